// Alarms: what needs a person now, taken from what the engine says of its parts and providers. "No alarms" is said only
// when status and providers are both known and fresh; else the answer is "not known". Any thread; values.
#pragma once

#include "api/engine_status.h"

#include <QString>
#include <QVector>

namespace ui {

class Session;

struct Alarm
{
    gateway::api::Health health = gateway::api::Health::Degraded;
    QString subject; // "provider azure-eu", "store"
    QString words;   // one sentence of evidence
    QString page;    // where to look; empty: nowhere yet
    QString argument;
};

struct AlarmState
{
    bool known = false;
    QVector<Alarm> alarms; // worst first

    int count(gateway::api::Health health) const;
};

AlarmState alarmsOf(const Session& session);

} // namespace ui

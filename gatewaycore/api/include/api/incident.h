// An incident: one stretch of trouble with one provider, from the first breaker that opened to five quiet minutes. A
// value of the admin API (GET incidents, events incident.opened and incident.closed). Any thread.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>

namespace gateway::api {

struct Incident
{
    QString id; // "inc_..."
    QString provider;
    QStringList candidates; // whose breakers opened, provider/model@region, in that order
    QString state;          // open closed
    QString severity;       // by harm: high when callers saw errors, low when every call was rescued
    QString sentence;
    QDateTime openedAt;
    QDateTime lastSeenAt; // the last change of a breaker, or the last call that was harmed or rescued
    std::optional<QDateTime> closedAt;
    qint64 callsFailed = 0;  // callers that got an error of it
    qint64 callsRescued = 0; // answered all the same: tried again, or by a fallback
    int openings = 0;        // of breakers, all its candidates together

    bool isOpen() const { return !closedAt; }
};

QJsonObject toJson(const Incident& incident);
Result<Incident> incidentFromJson(const QJsonObject& json);

} // namespace gateway::api

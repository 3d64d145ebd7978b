// An incident: one stretch of trouble with one provider, from the first breaker that opened to five quiet minutes, and
// what people said of it. A value of the admin API (GET incidents, GET incidents/{id}, events incident.opened, .closed,
// .acknowledged and .noted). Any thread.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

struct IncidentNote
{
    QDateTime at;
    QString by; // the principal
    QString text;
};

struct Incident
{
    static constexpr int kNotes = 200;
    static constexpr int kLongestNote = 2000;
    static constexpr int kLongestOwner = 64;

    QString id; // "inc_..."
    QString provider;
    QStringList candidates; // whose breakers opened, provider/model@region, in that order
    QString state;          // open closed
    QString severity;       // by harm: high when callers saw errors, low when every call was rescued
    QString title;          // a few words: "openai-eu: 1 candidate in trouble"
    QString sentence;
    QDateTime openedAt;
    QDateTime lastSeenAt; // the last change of a breaker, or the last call that was harmed or rescued
    std::optional<QDateTime> closedAt;
    qint64 callsFailed = 0;  // callers that got an error of it
    qint64 callsRescued = 0; // answered all the same: tried again, or by a fallback
    int openings = 0;        // of breakers, all its candidates together

    QString owner;          // who looks after it; empty: nobody has said so
    QString acknowledgedBy; // the principal; the first one stands
    std::optional<QDateTime> acknowledgedAt;
    QVector<IncidentNote> notes; // oldest first, at most kNotes; in lists and events the last one only
    int noteCount = 0;

    bool isOpen() const { return !closedAt; }
};

// GET incidents/{id}/handover: what the next person on duty must know, made of facts. Plain text.
struct Handover
{
    QString incident; // its id
    QDateTime at;
    QStringList lines; // at most 12
};

QJsonObject toJson(const Incident& incident);
QJsonObject toJson(const Handover& handover);
Result<Incident> incidentFromJson(const QJsonObject& json);
Result<Handover> handoverFromJson(const QJsonObject& json);

} // namespace gateway::api

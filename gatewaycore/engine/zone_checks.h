// ZoneChecks: runs the zero-rows check: when somebody asks, and by itself (isDue). The record is read in slices on the
// reading thread, so that no listing waits long for it. A run that is kept pages where attempts went outside that
// nobody was paged for before: an incident per tenant that stays until somebody has acknowledged it and a later run
// finds nothing new, and the event zone.violation. Thread: control. The parts must outlive it.
#pragma once

#include "engine/parts.h"
#include "engine/zone_report.h"

#include <QObject>
#include <QSet>

#include <functional>
#include <memory>

namespace gateway::engine {

class ZoneChecks
{
public:
    using Tell = std::function<void(const QString& event, const QJsonObject& data)>;
    using Done = std::function<void(api::Result<api::StandingCheck>)>;

    ZoneChecks(Parts& parts, QObject& context, Tell tell);
    ~ZoneChecks();

    struct Asked
    {
        qint64 sinceMs = 0;
        qint64 untilMs = 0;
        QStringList tenants;
        QString trigger; // asked run scheduled
        QString by;
        std::chrono::milliseconds patience{10'000}; // of reading; then it is INCOMPLETE
        bool keep = false;
        store::Store::Work alongside; // of a run that is kept
    };
    void run(Asked asked, Done done);

    void load();   // when the last scheduled run was, and what somebody was paged for
    void upkeep(); // runs what is due
    // What the tamper-evident log says of the record: verified broken unchecked. Without it: unchecked.
    void setChainState(std::function<QString()> state) { m_chainState = std::move(state); }

    // The verdict of the last kept run that looked at the tenant; empty: none did.
    QString lastVerdict(const QString& tenant) const { return m_lastVerdicts.value(tenant); }

    static constexpr qint64 kEveryMs = 3600 * 1000;
    static constexpr qint64 kLookBackMs = 25 * kEveryMs;     // of a run by the hour
    static constexpr qint64 kFarBackMs = 93 * 24 * kEveryMs; // of the first run of a day: the quarter
    struct Due
    {
        bool isDue = false;
        qint64 sinceMs = 0;
    };
    static Due isDue(qint64 lastMs, qint64 nowMs);

private:
    struct Run;
    void readOn(const std::shared_ptr<Run>& run);
    void report(const std::shared_ptr<Run>& run);
    void keep(const std::shared_ptr<Run>& run, api::StandingCheck check);
    QString page(const api::StandingCheck& check);
    struct Paged
    {
        QSet<QString> attempts; // "CALL/NUMBER"
        qint64 outside = 0;     // the most that a run found; of more than its rows can name
        QString incident;
    };
    // Notes what the run found of the tenant; true: somebody has to be told of it.
    bool isNew(const api::StandingCheck& check, const api::TenantZoneCheck& tenant);
    ZoneQuestion questionOf(const Asked& asked) const;

    Parts& m_parts;
    QObject& m_context;
    const Tell m_tell;
    std::function<QString()> m_chainState;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
    QHash<QString, QString> m_lastVerdicts;
    QHash<QString, Paged> m_paged; // by tenant
    qint64 m_lastMs = 0;           // of the last scheduled run
    bool m_scheduledRuns = false;
};

} // namespace gateway::engine

// AttributionWatch: what does not look right about who calls are said to come from. The tenant is proved by the
// credential; feature, agent and user are what the caller says, so they are watched for plausibility:
//   tenant_out_of_scope  calls refused because they claimed another tenant or what the credential may not use; per
//                        credential, the first at once, later ones together once an hour
//   first_seen           a credential with at least kSettledCalls calls names a feature or agent it never named before;
//                        at most kFirstSeenAnHour of those are told
//   session_loop         far more calls a minute or spend an hour than usual (call_pace.h)
//   unattributed_growth, share_shift   a tenant's day against the one before (spend_days.h)
// Findings are hints for a person and refuse nothing. Kept in memory, and bounded: the last kKept findings,
// kCredentials credentials with kNames names each; what was learned is learned again after a restart.
// Thread: control. `told` is called from within add() and tick().
#pragma once

#include "api/call.h"
#include "api/ledger_report.h"
#include "base/clock.h"
#include "observability/call_pace.h"
#include "observability/spend_days.h"

#include <QHash>
#include <QSet>
#include <QVector>

#include <deque>
#include <functional>

namespace gateway::observability {

class AttributionWatch
{
public:
    static constexpr int kKept = 100;
    static constexpr int kSettledCalls = 200;
    static constexpr int kFirstSeenAnHour = 5;
    static constexpr int kCredentials = 4096;
    static constexpr int kNames = 256; // a credential that names more is not watched for new ones

    using Told = std::function<void(const api::AttributionFinding&)>;
    explicit AttributionWatch(const Clock& clock, Told told = {}) : m_clock(clock), m_told(std::move(told)) {}

    void add(const api::Call& call); // every finished one
    void tick();                     // now and then: what is told with the hour or the day

    QVector<api::AttributionFinding> findings(const QDateTime& since = {}) const; // newest first

private:
    struct Credential
    {
        QString tenant;
        qint64 calls = 0;
        QSet<QString> names;
        int firstSeenTold = 0; // since firstSeenHour
        qint64 firstSeenHour = -1;
        qint64 outOfScope = 0; // not told yet
        QString example;       // of those, what was wrong with the last
        Monotonic tellFrom{0};
    };
    void tell(const char* kind, const QString& sentence);
    void tellOutOfScope(const QString& id, Credential& credential);
    void watchNames(const api::Call& call, Credential& credential);

    const Clock& m_clock;
    const Told m_told;
    std::deque<api::AttributionFinding> m_findings; // newest first
    QHash<QString, Credential> m_credentials;
    CallPace m_pace;
    SpendDays m_days;
};

} // namespace gateway::observability

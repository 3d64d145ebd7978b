// Canary: a draft that a part of the callers is served by while the others stay on the revision in force, what was
// asked for, how far it is, what its guards found and what became of it. Values of the admin API (config/canary). Any
// thread; values. Shares are 0 to 1; "unknown" is an empty optional and never a zero.
#pragma once

#include "api/money.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

// Who stays together on one side: all calls of a tenant, or all calls of one credential.
enum class StickyBy
{
    Tenant,
    Credential,
};
QString nameOf(StickyBy by); // tenant credential
std::optional<StickyBy> stickyByFromName(QStringView name);

enum class CanaryVerdict
{
    InsufficientData, // neither shown to be worse nor shown not to be
    Pass,             // every guard is shown not to be worse than what is tolerated
    Fail,             // at least one guard is shown to be worse
};
QString nameOf(CanaryVerdict verdict); // insufficient_data pass fail
std::optional<CanaryVerdict> canaryVerdictFromName(QStringView name);

enum class CanaryPhase
{
    Starting,    // being written down; no call goes to it yet
    Running,     // goes on by itself
    Paused,      // keeps its share, does not go on; a guard that fails still ends it
    Ready,       // passed at 100 %: a person promotes it
    Promoted,    // its revision is the one in force
    RolledBack,  // a guard failed: it reverted itself
    Aborted,     // a person ended it
    Interrupted, // the engine went down, or another config came into force meanwhile
};
QString nameOf(CanaryPhase phase); // starting running paused ready promoted rolled_back aborted interrupted
std::optional<CanaryPhase> canaryPhaseFromName(QStringView name);

enum class CanaryAction
{
    Pause,
    Resume,
    Advance, // to the next step now, although its least time or calls are not reached; never past a failed guard
    Abort,   // all callers back on the revision in force
};
QString nameOf(CanaryAction action); // pause resume advance abort

// What is asked for. What is left out is as the section `changes` of the config in force says.
struct CanaryPlan
{
    QString draft;
    StickyBy stickyBy = StickyBy::Tenant;
    QStringList exclude;               // tenants that stay on the revision in force; they count in neither arm
    QVector<int> steps;                // percent, rising, the last is 100; empty: as configured
    std::optional<qint64> stepSeconds; // at least on each step
    std::optional<qint64> leastCalls;  // of the canary on each step
    std::optional<bool> promotes;      // by itself, after a pass at 100 %
};

// One side, as counted since the canary began.
struct CanaryArm
{
    int revision = 0;
    qint64 calls = 0;
    qint64 answered = 0;
    qint64 failed = 0; // outcome failed or indeterminate
    qint64 refused = 0;
    qint64 truncated = 0;
    qint64 cancelled = 0;
    qint64 callers = 0; // distinct tenants or credentials, by what the canary is sticky by
    qint64 tenants = 0;
    std::optional<double> firstTokenMedianMs; // for an answer that is not streamed: its end
    std::optional<Money> meanCost;            // of an answered call
    qint64 costUnknown = 0;                   // answered calls of which nobody can say what they cost
    qint64 outsideZone = 0;                   // attempts outside the zone in force
};

struct CanaryGuard
{
    QString name; // errors refusals truncations first_token cost zone
    CanaryVerdict verdict = CanaryVerdict::InsufficientData;
    QString sentence;
    QString unit; // share (rise is a difference), ratio (rise is a part of the control's), attempts (a count)
    std::optional<double> control; // share; ms for first_token; US dollars for cost; count for zone
    std::optional<double> canary;
    std::optional<double> rise; // as measured
    std::optional<double> low;  // an interval for the rise that holds at every look
    std::optional<double> high;
    std::optional<double> tolerated; // empty: this guard is switched off
    qint64 controlCalls = 0;         // that the guard rests on
    qint64 canaryCalls = 0;
    qint64 unknown = 0; // of the canary's calls, without a value for this guard
};

struct CanaryStep
{
    int percent = 0;
    std::optional<QDateTime> begunAt;
    std::optional<QDateTime> endedAt;
    qint64 controlCalls = 0;
    qint64 canaryCalls = 0;
    std::optional<CanaryVerdict> verdict; // when it ended, or now
};

// Who did what to it, oldest first; also what it did by itself ("signalbox").
struct CanaryEntry
{
    QDateTime at;
    QString by;
    QString action; // start step pause resume advance abort fail pass promote interrupt
    QString text;   // the reason given, or what happened
};

struct CanaryStatus
{
    QString id;
    CanaryPhase phase = CanaryPhase::Starting;
    CanaryPlan plan; // completed: nothing in it is left out
    int baseRevision = 0;
    int revision = 0;
    int percent = 0; // of callers on it now; 0 when it is over
    QVector<CanaryStep> steps;
    std::optional<QDateTime> stepUntil; // the earliest end of this step
    CanaryArm control;
    CanaryArm canary;
    QVector<CanaryGuard> guards;
    CanaryVerdict verdict = CanaryVerdict::InsufficientData;
    QString sentence;         // the verdict in one or two sentences, with n
    double falseRollback = 0; // at most this share of harmless revisions reverts itself, all guards together
    double falsePass = 0;     // at most this share of revisions worse than tolerated passes
    QString startedBy;
    QString reason;
    QDateTime startedAt;
    std::optional<QDateTime> endedAt;
    QString endedBy;
    QString endReason;
    QVector<CanaryEntry> entries;
    QDateTime asOf;

    bool isOver() const { return endedAt.has_value(); }
};

// GET config/canary: the one that runs, if one does, and those that are over, newest first, at most 50.
struct CanaryReport
{
    std::optional<CanaryStatus> current;
    QVector<CanaryStatus> past;
};

QJsonObject toJson(const CanaryPlan& plan);
Result<CanaryPlan> canaryPlanFromJson(const QJsonObject& json);
QJsonObject toJson(const CanaryStatus& status);
Result<CanaryStatus> canaryStatusFromJson(const QJsonObject& json);
QJsonObject toJson(const CanaryReport& report);
Result<CanaryReport> canaryReportFromJson(const QJsonObject& json);

} // namespace gateway::api

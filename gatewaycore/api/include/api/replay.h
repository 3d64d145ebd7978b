// What-if replay: the calls of the record decided again under another config. No provider is called; what the engine
// knew when it routed each call stands in the record (decision.inputs) and is used again. Values of the admin API
// (config/replay). A replay is a job: it is started, runs beside the calls, and is asked for. Any thread; values.
#pragma once

#include "api/money.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QUrlQuery>
#include <QVector>

#include <optional>

namespace gateway::api {

// The config to decide under: exactly one of draft, yaml and revision.
struct ReplayRequest
{
    static constexpr qint64 kMost = 1'000'000;    // calls of one replay; a longer period is sampled
    static constexpr qint64 kMostListed = 20'000; // changes that are kept one by one; all are counted

    QString draft; // id of a draft
    QString yaml;  // the text of a config
    std::optional<int> revision;
    std::optional<QDateTime> since; // without: 24 hours before the end
    std::optional<QDateTime> until; // without: now
    QString tenant;                 // empty: all
    QString alias;                  // empty: all
    qint64 sample = 0;              // at most so many calls, spread evenly over the period; 0: as many as there are
};

// How the decision on one call differs.
enum class ReplayEffect
{
    Unchanged,      // the same candidate, or the same refusal, and the same chain behind it
    OtherCandidate, // another one would have been drawn
    NewlyRefused,
    NewlyAllowed,
    OtherRefusal, // refused by both, for another reason
    OtherChain,   // the same candidate; what follows when it fails differs
};
QString nameOf(ReplayEffect effect); // unchanged other-candidate newly-refused newly-allowed other-refusal other-chain
std::optional<ReplayEffect> replayEffectFromName(QStringView name);

// One call whose decision differs.
struct ReplayChange
{
    QString call;
    QDateTime startedAt;
    QString tenant;
    QString alias;
    QString effect;                  // nameOf(ReplayEffect)
    QString before;                  // the candidate that was drawn, or the code of the refusal
    QString after;                   // the same under the other config
    QString reason;                  // one sentence
    QString zoneBefore;              // empty: none
    QString zoneAfter;               // empty: none, or refused
    std::optional<Money> costBefore; // what its answer cost
    std::optional<Money> costAfter;  // its tokens at the price of the candidate it would get
    std::optional<Money> boundAfter; // the most it could have cost there
};

// Which of the changes are wanted. They come in the order of the record.
struct ReplayChangeQuery
{
    QString effect; // empty: all
    QString tenant;
    QString alias;
    QString after;   // the cursor of the page before
    int limit = 100; // 1 to 1,000
};

struct ReplayChangePage
{
    QVector<ReplayChange> changes;
    QString next;     // cursor; empty on the last page
    qint64 total = 0; // that match
};

// Calls by something (an effect, a code, a zone, a candidate, an alias) before and after.
struct ReplayCount
{
    QString name;
    qint64 before = 0;
    qint64 after = 0;
};

// Calls that cannot be decided again, and why.
struct ReplayGap
{
    QString code; // not-recorded, not-read, repetition, ...
    QString sentence;
    qint64 calls = 0;
};

// What the calls would cost. `known`: calls of which both sums are known; before, after and delta are theirs alone. The
// bounds are those of the calls of which both bounds are known.
struct ReplayCost
{
    qint64 known = 0;
    qint64 unknown = 0;
    Money before;
    Money after;
    Money delta;
    std::optional<Money> low; // 95 % interval of the delta; empty below 30 calls
    std::optional<Money> high;
    Money boundBefore; // the most they could have cost: what budgets reserve
    Money boundAfter;
};

// What callers would wait for: the first token of a stream, else the whole answer. A call that stays where it is keeps
// the latency it had; one that moves gets what its new candidate's answers took in the same period.
struct ReplayLatency
{
    qint64 known = 0;   // calls, of which the figures are
    qint64 unknown = 0; // their new candidate has not answered enough calls to say
    std::optional<qint64> p50BeforeMs;
    std::optional<qint64> p50AfterMs;
    std::optional<qint64> p95BeforeMs;
    std::optional<qint64> p95AfterMs;
    std::optional<double> meanDeltaMs; // per call
    std::optional<double> lowMs;       // 95 % interval of it
    std::optional<double> highMs;
};

// A provider's limit per minute against what the calls would have sent it, minute by minute.
struct ReplayHeadroom
{
    QString provider;
    QString unit;                // requests, tokens
    std::optional<qint64> limit; // under the other config; empty: none
    qint64 peakBefore = 0;       // in one minute
    qint64 peakAfter = 0;
    qint64 minutesOverBefore = 0; // minutes in which that limit would not have held
    qint64 minutesOverAfter = 0;
    std::optional<QDateTime> worstAt; // the minute of peakAfter
};

// A budget of the other config against what the calls of the period would have cost it.
struct ReplayBudget
{
    QString budget; // its id
    Money limit;
    Money before; // what these calls cost it
    Money after;
    std::optional<QDateTime> reachedAt; // when the period's own calls would have used it up
};

struct ReplayReport
{
    QString id;
    QString state = QStringLiteral("running"); // running done failed cancelled
    QString error;                             // of one that failed
    qint64 done = 0;                           // calls looked at so far
    qint64 total = 0;                          // calls to look at
    QString by;                                // who asked
    QDateTime startedAt;
    QDateTime endedAt;

    QString against;  // "draft d_12", "revision 7", "the text given"
    int revision = 0; // in force when it was asked
    QDateTime since;
    QDateTime until;
    QString tenant;
    QString alias;

    qint64 calls = 0;      // of the period and the filter
    qint64 sampled = 0;    // of them looked at
    qint64 replayable = 0; // of them decided again
    QVector<ReplayGap> gaps;
    QVector<ReplayCount> effects;    // by effect; before is 0
    qint64 changed = 0;              // calls whose decision differs
    qint64 listed = 0;               // of them in the list of changes: the first kMostListed
    QVector<ReplayCount> candidates; // calls by the candidate drawn
    QVector<ReplayCount> refusals;   // by code
    QVector<ReplayCount> zones;      // by the zone they were routed in
    QVector<ReplayCount> aliases;    // before: calls, after: of them changed
    QVector<ReplayCount> tenants;    // before: calls, after: of them changed
    ReplayCost cost;
    ReplayLatency latency;
    QVector<ReplayHeadroom> headroom;
    QVector<ReplayBudget> budgets;
    qint64 assumedHealthy = 0; // calls with a candidate of which the record knows nothing at that moment
    QString confidence;        // high medium low
    QStringList coverage;      // sentences: what it rests on and what it cannot say
    QString sentence;          // all of it in one

    bool isRunning() const { return state == QLatin1String("running"); }
};

QJsonObject toJson(const ReplayRequest& request);
Result<ReplayRequest> replayRequestFromJson(const QJsonObject& json);
QJsonObject toJson(const ReplayReport& report);
Result<ReplayReport> replayReportFromJson(const QJsonObject& json);
QJsonObject toJson(const ReplayChange& change);
Result<ReplayChange> replayChangeFromJson(const QJsonObject& json);
QJsonObject toJson(const ReplayChangePage& page);
Result<ReplayChangePage> replayChangePageFromJson(const QJsonObject& json);
QUrlQuery toQuery(const ReplayChangeQuery& query);
Result<ReplayChangeQuery> replayChangeQueryFromQuery(const QUrlQuery& query);

} // namespace gateway::api

// Levers: what an operator or a drill changed at run time without touching the config, what a change would move before
// it is made, and how a drill went. Values of the admin API (failovers, drills, providers/{name}/drain ...). Any
// thread; values. "Unknown" is an empty optional.
#pragma once

#include "api/money.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QVector>

#include <optional>

namespace gateway::api {

enum class LeverKind
{
    Drain,   // provider: gets no calls
    Weight,  // alias + candidate: another weight
    Breaker, // candidate: forced state
    Drill,   // provider, for a share of the calls of an alias or tenant: treated as failed
};
QString nameOf(LeverKind kind); // drain weight breaker drill
std::optional<LeverKind> leverKindFromName(QStringView name);

constexpr qint64 kDefaultLeverSeconds = 30 * 60;
constexpr qint64 kLongestLeverSeconds = 7 * 24 * 3600;

// When a lever is to end: at a time, after a duration from the engine's now, or by default.
struct LeverEnd
{
    std::optional<QDateTime> at;
    std::optional<qint64> seconds;
};

// What is asked for. Without an end it is kDefaultLeverSeconds; never more than kLongestLeverSeconds.
struct LeverRequest
{
    LeverKind kind = LeverKind::Drain;
    QString provider;           // Drain, Drill
    QString candidate;          // Weight, Breaker: provider/model@region
    QString alias;              // Weight; Drill: empty = every alias
    QString tenant;             // Drill: empty = every tenant
    std::optional<int> weight;  // Weight
    std::optional<int> percent; // Drill, 1 to 100
    QString breaker;            // Breaker: open closed half-open
    std::optional<QDateTime> endsAt;
    std::optional<qint64> durationSeconds; // instead of endsAt; counts from the engine's now
};

// POST providers/{name}/breaker: the short form for one provider. "auto" gives the breaker back to what is measured.
struct BreakerForce
{
    QString candidate; // empty: the provider's only one
    QString state;     // open closed half-open auto
    std::optional<QDateTime> endsAt;
    std::optional<qint64> durationSeconds;
};

struct LeverStatus
{
    QString id;
    LeverKind kind = LeverKind::Drain;
    QString provider;
    QString candidate;
    QString alias;
    QString tenant;
    std::optional<int> weight;
    std::optional<int> percent;
    QString breaker;
    QString reason;
    QString by;
    QDateTime setAt;
    QDateTime endsAt;
    std::optional<QDateTime> endedAt;
    std::optional<int> stagePercent; // a drain that has ended: the stage of its fail-back
    std::optional<QDateTime> stageSince;

    bool isInForce() const { return !endedAt; }
    bool isFailingBack() const { return endedAt && stagePercent && *stagePercent < 100; }
};
QString describe(const LeverStatus& lever); // "openai-eu is drained", "breaker of p/m@r forced open" ...

// Where the calls of one alias would go.
struct LeverTarget
{
    QString alias;
    QString target;  // candidate; empty: none
    QString verdict; // moves stays refused
    QString reason;
    std::optional<double> requestsPerMinute;
};

struct StrandedTenant
{
    QString tenant;
    QString zone;
    QString reason;
    std::optional<double> requestsPerMinute;
};

struct LeverPreview
{
    QDateTime asOf;
    QDateTime endsAt;                        // the end the lever would have
    std::optional<double> requestsPerMinute; // that move
    std::optional<double> requestsStaying;
    QString staysAt; // where those go that cannot move: a provider, or empty: they are refused
    std::optional<Money> costPerHourDelta;
    QVector<LeverTarget> targets;
    QVector<StrandedTenant> withoutTarget;
};

struct DrillStep
{
    QString servedBy;
    QString fallbackKind;
    qint64 requests = 0;
};

struct DrillCard
{
    QString id; // of its lever
    QString provider;
    QString alias;
    QString tenant;
    int percent = 0;
    QDateTime startedAt;
    std::optional<QDateTime> endedAt; // empty: runs
    qint64 requests = 0;
    qint64 controlRequests = 0; // not in the drill, for comparison
    QVector<DrillStep> steps;
    qint64 errors = 0;
    std::optional<double> latencyP50DeltaMs;
    std::optional<double> latencyP95DeltaMs;
    std::optional<qint64> restoreMs;
    QString verdict; // pass fail insufficient_data running
};

struct ProbeResult
{
    QString provider;
    bool ok = false;
    QString sentence;
    QDateTime at;
    std::optional<int> httpStatus;
    std::optional<double> firstByteMs;
};

QJsonObject toJson(const LeverRequest& request);
Result<LeverRequest> leverRequestFromJson(const QJsonObject& json);
QJsonObject toJson(const BreakerForce& force);
Result<BreakerForce> breakerForceFromJson(const QJsonObject& json);
QJsonObject toJson(const LeverStatus& lever);
Result<LeverStatus> leverStatusFromJson(const QJsonObject& json);
QJsonObject toJson(const LeverPreview& preview);
Result<LeverPreview> leverPreviewFromJson(const QJsonObject& json);
QJsonObject toJson(const DrillCard& card);
Result<DrillCard> drillCardFromJson(const QJsonObject& json);
QJsonObject toJson(const ProbeResult& probe);
Result<ProbeResult> probeResultFromJson(const QJsonObject& json);

} // namespace gateway::api

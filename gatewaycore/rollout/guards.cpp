#include "rollout/guards.h"

#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace gateway::rollout {
namespace {

using api::CanaryGuard;
using api::CanaryVerdict;
using config::CanaryPolicy;

enum class What
{
    Share,
    Median,
    Mean,
};

struct Row
{
    const char* name;
    What what;
    Harm harm; // of a share
    double CanaryPolicy::*tolerated;
    const char* unit;
    const char* worse; // "... of the canary's calls"
};

constexpr std::array<Row, 5> kRows{{
    {"errors", What::Share, Harm::Error, &CanaryPolicy::errorRise, "share", "failed"},
    {"refusals", What::Share, Harm::Refusal, &CanaryPolicy::refusalRise, "share", "were refused"},
    {"truncations", What::Share, Harm::Truncation, &CanaryPolicy::errorRise, "share", "were cut off"},
    {"first_token", What::Median, {}, &CanaryPolicy::firstTokenRise, "ratio", "median first token"},
    {"cost", What::Mean, {}, &CanaryPolicy::costRise, "ratio", "mean cost of a call"},
}};
constexpr double kAlphaOfOne = kFalseRollback / double(kRows.size());

QString percent(double share)
{
    return QLocale::c().toString(share * 100, 'f', 1) + QStringLiteral(" %");
}

QString valueText(const Row& row, double value)
{
    switch (row.what) {
    case What::Share:
        return percent(value);
    case What::Median:
        return QLocale::c().toString(value, 'f', 0) + QStringLiteral(" ms");
    case What::Mean:
        return QLocale::c().toString(value, 'g', 4) + QStringLiteral(" USD");
    }
    return {};
}

QString riseText(const Row& row, double rise)
{
    const QString number = QLocale::c().toString(rise * 100, 'f', 1);
    return row.what == What::Share ? number + QStringLiteral(" points") : number + QStringLiteral(" %");
}

// The numbers of one guard, put together from all steps.
struct Measured
{
    std::optional<double> control;
    std::optional<double> canary;
    qint64 controlCalls = 0;
    qint64 canaryCalls = 0;
    qint64 unknown = 0;
    Evidence evidence;
    std::optional<Interval> interval;
};

Measured measureShare(const Observation& seen, const Row& row, double tolerated)
{
    std::vector<Shares> steps;
    Share control;
    Share canary;
    for (const StepTally& step : seen.compared()) {
        const auto harm = std::size_t(row.harm);
        const Shares shares{{double(step.control.harms[harm]), double(step.control.calls)},
            {double(step.canary.harms[harm]), double(step.canary.calls)}};
        control = {control.hits + shares.control.hits, control.of + shares.control.of};
        canary = {canary.hits + shares.canary.hits, canary.of + shares.canary.of};
        steps.push_back(shares);
    }
    Measured all;
    all.controlCalls = qint64(control.of);
    all.canaryCalls = qint64(canary.of);
    if (control.of > 0)
        all.control = control.hits / control.of;
    if (canary.of > 0)
        all.canary = canary.hits / canary.of;
    all.evidence = riseOfShare(steps, tolerated);
    if (all.control && all.canary)
        all.interval = shareInterval(steps, kAlphaOfOne);
    return all;
}

Measured measureMedian(const Observation& seen, double tolerated)
{
    std::vector<CellPair> steps;
    Measured all;
    for (const StepTally& step : seen.compared()) {
        steps.push_back({step.control.firstToken, step.canary.firstToken});
        all.controlCalls += step.control.firstToken.of;
        all.canaryCalls += step.canary.firstToken.of;
        all.unknown += step.canary.firstTokenUnknown;
    }
    all.control = seen.arm(false).firstTokenMedianMs;
    all.canary = seen.arm(true).firstTokenMedianMs;
    all.evidence = riseOfMedian(steps, tolerated);
    if (all.control && all.canary)
        all.interval = medianInterval(steps, kAlphaOfOne);
    return all;
}

Measured measureMean(const Observation& seen, double tolerated)
{
    std::vector<MomentPair> steps;
    Moments control;
    Moments canary;
    Measured all;
    for (const StepTally& step : seen.compared()) {
        steps.push_back({step.control.cost, step.canary.cost});
        control.of += step.control.cost.of;
        control.sum += step.control.cost.sum;
        canary.of += step.canary.cost.of;
        canary.sum += step.canary.cost.sum;
        all.unknown += step.canary.costUnknown;
    }
    all.controlCalls = qint64(control.of);
    all.canaryCalls = qint64(canary.of);
    if (control.of > 0)
        all.control = control.mean();
    if (canary.of > 0)
        all.canary = canary.mean();
    all.evidence = riseOfMean(steps, tolerated);
    if (control.mean() > 0 && canary.mean() > 0 && std::min(control.of, canary.of) >= kLeastForMean)
        all.interval = meanInterval(steps, kAlphaOfOne);
    return all;
}

QString comparison(const Row& row, const Measured& all)
{
    const QString canary = all.canary ? valueText(row, *all.canary) : QStringLiteral("unknown");
    const QString control = all.control ? valueText(row, *all.control) : QStringLiteral("unknown");
    if (row.what == What::Share) {
        return QStringLiteral("%1 of %2 canary calls %3, against %4 of %5 control calls")
            .arg(canary)
            .arg(all.canaryCalls)
            .arg(QLatin1String(row.worse), control)
            .arg(all.controlCalls);
    }
    return QStringLiteral("the %1 is %2 in %3 canary calls and %4 in %5 control calls")
        .arg(QLatin1String(row.worse), canary)
        .arg(all.canaryCalls)
        .arg(control)
        .arg(all.controlCalls);
}

QString sentenceOf(const Row& row, const CanaryGuard& guard, const Measured& all, double tolerated, bool hidden)
{
    const QString what = comparison(row, all);
    const QString limit = riseText(row, tolerated);
    switch (guard.verdict) {
    case CanaryVerdict::Fail:
        if (!all.control)
            return QStringLiteral("%1; there is no control beside it, and more than half is shown to be so").arg(what);
        return all.interval && all.interval->low > tolerated
                   ? QStringLiteral("%1: a rise of at least %2, and %3 is tolerated")
                         .arg(what, riseText(row, all.interval->low), limit)
                   : QStringLiteral("%1: more than the rise of %2 that is tolerated").arg(what, limit);
    case CanaryVerdict::Pass:
        return QStringLiteral("%1: not more than the rise of %2 that is tolerated").arg(what, limit);
    case CanaryVerdict::InsufficientData:
        break;
    }
    if (hidden)
        return QStringLiteral("%1; of %2 answered canary calls nobody can say, which is too many to pass")
            .arg(what)
            .arg(all.unknown);
    return QStringLiteral("%1: too few to say whether that is a rise of more than %2").arg(what, limit);
}

CanaryGuard judgeRow(const Row& row, const Observation& seen, const CanaryPolicy& policy)
{
    const double tolerated = policy.*row.tolerated;
    CanaryGuard guard;
    guard.name = QLatin1String(row.name);
    guard.unit = QLatin1String(row.unit);
    const bool isOff = !std::isfinite(tolerated);
    const double asked = isOff ? 1e3 : tolerated;
    const Measured all = row.what == What::Share    ? measureShare(seen, row, asked)
                         : row.what == What::Median ? measureMedian(seen, asked)
                                                    : measureMean(seen, asked);
    guard.control = all.control;
    guard.canary = all.canary;
    guard.controlCalls = all.controlCalls;
    guard.canaryCalls = all.canaryCalls;
    guard.unknown = all.unknown;
    if (all.control && all.canary) {
        if (row.what == What::Share)
            guard.rise = *all.canary - *all.control;
        else if (*all.control > 0)
            guard.rise = *all.canary / *all.control - 1;
    }
    if (all.interval) {
        guard.low = all.interval->low;
        guard.high = all.interval->high;
    }
    if (isOff) {
        guard.verdict = CanaryVerdict::Pass;
        guard.sentence = comparison(row, all) + QStringLiteral("; this guard is off by the config");
        return guard;
    }
    guard.tolerated = tolerated;
    const qint64 answered = guard.canaryCalls + guard.unknown;
    const bool hidden = answered > 0 && double(guard.unknown) > kMostUnknown * double(answered);
    if (all.evidence.worse >= std::log(1 / kAlphaOfOne))
        guard.verdict = CanaryVerdict::Fail;
    else if (all.evidence.notWorse >= std::log(1 / kFalsePass) && !hidden)
        guard.verdict = CanaryVerdict::Pass;
    guard.sentence = sentenceOf(row, guard, all, tolerated, hidden);
    return guard;
}

// Nothing to test: one attempt outside is one too many.
CanaryGuard judgeZone(const Observation& seen)
{
    CanaryGuard guard;
    guard.name = QStringLiteral("zone");
    guard.unit = QStringLiteral("attempts");
    guard.tolerated = 0;
    const api::CanaryArm canary = seen.arm(true);
    const api::CanaryArm control = seen.arm(false);
    guard.canaryCalls = canary.calls;
    guard.controlCalls = control.calls;
    if (control.calls > 0)
        guard.control = double(control.outsideZone);
    if (canary.calls > 0) {
        guard.canary = double(canary.outsideZone);
        guard.rise = double(canary.outsideZone);
    }
    if (canary.outsideZone > 0) {
        guard.verdict = CanaryVerdict::Fail;
        guard.sentence =
            QStringLiteral("%1 attempts of %2 canary calls went outside the privacy zone in force; none may")
                .arg(canary.outsideZone)
                .arg(canary.calls);
    } else if (canary.calls > 0) {
        guard.verdict = CanaryVerdict::Pass;
        guard.sentence =
            QStringLiteral("no attempt of %1 canary calls went outside the privacy zone in force").arg(canary.calls);
    } else {
        guard.sentence = QStringLiteral("there is no canary call yet");
    }
    return guard;
}

} // namespace

QVector<CanaryGuard> judgeGuards(const Observation& seen, const CanaryPolicy& policy)
{
    QVector<CanaryGuard> guards;
    for (const Row& row : kRows)
        guards.append(judgeRow(row, seen, policy));
    guards.append(judgeZone(seen));
    return guards;
}

} // namespace gateway::rollout

#include "pages/config/replay_rows.h"

#include "models/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace ui::config {

using namespace gateway::api;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::config", text);
}

struct EffectWords
{
    const char* name;
    const char* words;
    Status status;
};

constexpr std::array kEffects{
    EffectWords{"newly-refused", "Newly refused", Status::Down},
    EffectWords{"other-candidate", "Another candidate", Status::Canary},
    EffectWords{"newly-allowed", "Newly allowed", Status::Ok},
    EffectWords{"other-refusal", "Refused for another reason", Status::Degraded},
    EffectWords{"other-chain", "Another fallback", Status::NotApplicable},
    EffectWords{"unchanged", "The same", Status::Ok},
};

const EffectWords* find(const QString& effect)
{
    for (const EffectWords& one : kEffects) {
        if (effect == QLatin1String(one.name))
            return &one;
    }
    return nullptr;
}

QString signedMs(double ms)
{
    const QString sign = ms > 0 ? QStringLiteral("+") : ms < 0 ? QStringLiteral("\u2212") : QString();
    return sign + models::durationFromUs(qRound64(std::abs(ms) * 1000));
}

QString times(const std::optional<qint64>& ms)
{
    return ms ? models::durationFromUs(*ms * 1000) : tr("not known");
}

Cell sumCell(const std::optional<Money>& money)
{
    return money ? Cell::number(models::dollarsAndCents(*money)) : Cell::number(tr("not known"), Token::Text3);
}

} // namespace

QString effectWords(const QString& effect)
{
    const EffectWords* known = find(effect);
    return known ? tr(known->words) : effect;
}

Status effectStatus(const QString& effect)
{
    const EffectWords* known = find(effect);
    return known ? known->status : Status::Unknown;
}

QString signedDollars(const Money& amount)
{
    return (amount.nano() > 0 ? QStringLiteral("+") : QString()) + models::dollarsAndCents(amount);
}

QVector<SummaryCell> replayCells(const ReplayReport& report)
{
    const double coverage = report.sampled > 0 ? double(report.replayable) / double(report.sampled) : 0;
    qint64 refused = 0;
    for (const ReplayCount& effect : report.effects) {
        if (effect.name == QLatin1String("newly-refused"))
            refused = effect.after;
    }
    QVector<SummaryCell> cells{
        {models::wholeNumber(report.replayable),
            tr("of %1 calls, %2").arg(models::wholeNumber(report.sampled), models::percent(coverage)),
            coverage < 0.95 ? Token::Degraded : Token::Text1, {}},
        {models::wholeNumber(report.changed), tr("decide otherwise"), Token::Text1, {}},
        {models::wholeNumber(refused), tr("newly refused"), refused > 0 ? Token::Down : Token::Text1, {}}};
    if (report.cost.known > 0)
        cells.append({signedDollars(report.cost.delta),
            report.cost.low && report.cost.high
                ? tr("cost, 95 %: %1 to %2").arg(signedDollars(*report.cost.low), signedDollars(*report.cost.high))
                : tr("cost, too few for an interval"),
            Token::Text1, {}});
    else
        cells.append({models::notApplicable(), tr("cost not known"), Token::Text3, {}});
    if (report.latency.meanDeltaMs)
        cells.append({signedMs(*report.latency.meanDeltaMs),
            report.latency.lowMs && report.latency.highMs
                ? tr("wait, 95 %: %1 to %2").arg(signedMs(*report.latency.lowMs), signedMs(*report.latency.highMs))
                : tr("wait, too few for an interval"),
            Token::Text1, {}});
    else
        cells.append({models::notApplicable(), tr("wait not known"), Token::Text3, {}});
    return cells;
}

QVector<models::Fact> replayFacts(const ReplayReport& report)
{
    QVector<models::Fact> facts;
    const auto add = [&facts](const QString& label, const QString& value) { facts.append({label, value, false}); };
    const QString format = QStringLiteral("d MMM yyyy HH:mm");
    add(tr("Period"), tr("%1 to %2 UTC%3%4")
                          .arg(report.since.toUTC().toString(format), report.until.toUTC().toString(format),
                              report.tenant.isEmpty() ? QString() : tr(", tenant %1").arg(report.tenant),
                              report.alias.isEmpty() ? QString() : tr(", alias %1").arg(report.alias)));
    add(tr("Compared"), tr("r%1 with %2").arg(report.revision).arg(report.against));
    add(tr("First token"),
        tr("p50 %1 to %2, p95 %3 to %4; n %5")
            .arg(times(report.latency.p50BeforeMs), times(report.latency.p50AfterMs), times(report.latency.p95BeforeMs),
                times(report.latency.p95AfterMs), models::wholeNumber(report.latency.known)));
    add(tr("Cost"), tr("%1 to %2 of %3 calls; not known of %4")
                        .arg(models::dollarsAndCents(report.cost.before), models::dollarsAndCents(report.cost.after),
                            models::wholeNumber(report.cost.known), models::wholeNumber(report.cost.unknown)));
    add(tr("Confidence"), report.confidence);
    for (const ReplayGap& gap : report.gaps)
        add(tr("Left out"), tr("%1: %2").arg(models::wholeNumber(gap.calls), gap.sentence));
    if (report.assumedHealthy > 0)
        add(tr("Assumed"), tr("%1 calls had a candidate of whose health nothing was recorded; it is taken for healthy")
                               .arg(models::wholeNumber(report.assumedHealthy)));
    return facts;
}

QVector<Cell> rowOf(const ReplayChange& change)
{
    Cell tenant = Cell::plain(change.tenant);
    tenant.note = change.alias;
    return {Cell::state(effectStatus(change.effect), effectWords(change.effect)), tenant,
        Cell::mono(change.before, Token::Text2), Cell::mono(change.after), sumCell(change.costBefore),
        sumCell(change.costAfter), Cell::plain(change.reason, Token::Text2)};
}

QVector<Cell> rowOf(const ReplayCount& count)
{
    const qint64 delta = count.after - count.before;
    return {Cell::mono(count.name), Cell::number(models::wholeNumber(count.before)),
        Cell::number(models::wholeNumber(count.after)),
        delta == 0 ? Cell::number(QStringLiteral("0"), Token::Text3)
                   : Cell::number((delta > 0 ? QStringLiteral("+") : QStringLiteral("\u2212")) +
                                  models::wholeNumber(std::abs(delta)))};
}

QVector<QVector<Cell>> limitRows(const ReplayReport& report)
{
    QVector<QVector<Cell>> rows;
    for (const ReplayHeadroom& one : report.headroom) {
        if (!one.limit)
            continue;
        const bool breaks = one.minutesOverAfter > 0;
        rows.append({breaks ? Cell::state(Status::Down, tr("Over")) : Cell::state(Status::Ok, tr("Inside")),
            Cell::plain(tr("%1, %2 a minute").arg(one.provider, one.unit)),
            Cell::number(models::wholeNumber(*one.limit)), Cell::number(models::wholeNumber(one.peakBefore)),
            Cell::number(models::wholeNumber(one.peakAfter)),
            Cell::plain(
                breaks ? models::plural(one.minutesOverAfter, tr("minute over"), tr("minutes over")) : QString(),
                Token::Text2)});
    }
    for (const ReplayBudget& one : report.budgets) {
        const bool breaks = one.reachedAt.has_value();
        rows.append({breaks ? Cell::state(Status::Down, tr("Used up")) : Cell::state(Status::Ok, tr("Inside")),
            Cell::plain(tr("budget %1").arg(one.budget)), Cell::number(models::dollarsAndCents(one.limit)),
            Cell::number(models::dollarsAndCents(one.before)), Cell::number(models::dollarsAndCents(one.after)),
            Cell::plain(breaks ? tr("at %1 UTC").arg(models::clockMinute(*one.reachedAt)) : QString(), Token::Text2)});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const QVector<Cell>& a, const QVector<Cell>& b) {
        return a[0].status == Status::Down && b[0].status != Status::Down;
    });
    return rows;
}

} // namespace ui::config

#include "pages/config/canary_rows.h"

#include "models/format.h"
#include "pages/config/config_stages.h"
#include "theme/paint.h"

#include <QCoreApplication>
#include <QPainter>

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

constexpr std::array<std::pair<const char*, const char*>, 6> kGuards{{
    {"errors", "Errors"},
    {"refusals", "Refusals"},
    {"truncations", "Cut off"},
    {"first_token", "First token, median"},
    {"cost", "Cost per call"},
    {"zone", "Outside the zone"},
}};

struct Forest
{
    double low = 0;
    double high = 0;
    double rise = 0;
    double tolerated = 0;
    bool hasInterval = false;
    bool hasRise = false;
    Status status = Status::CannotSay;
};

// The rise with its interval against zero and against what is tolerated.
class ForestPainter final : public CellPainter
{
public:
    void paint(QPainter& painter, const QRectF& rect, const Cell& cell, bool) const override
    {
        const auto forest = cell.payload.value<Forest>();
        const double span = 2.5 * forest.tolerated;
        if (span <= 0)
            return;
        const auto x = [&](double value) {
            return rect.left() + rect.width() * std::clamp((value + span) / (2 * span), 0.0, 1.0);
        };
        const qreal middle = std::round(rect.center().y());
        paint::vline(painter, x(0), rect.top() + 4, rect.bottom() - 3, color(Token::LineStrong));
        painter.save();
        QPen limit(color(Token::Down), 1);
        limit.setDashPattern({2, 2});
        painter.setPen(limit);
        painter.drawLine(
            QPointF(x(forest.tolerated) + 0.5, rect.top() + 4), QPointF(x(forest.tolerated) + 0.5, rect.bottom() - 3));
        painter.restore();
        const Token ink = forest.status == Status::CannotSay ? Token::Text3 : statusToken(forest.status);
        if (forest.hasInterval)
            painter.fillRect(
                QRectF(x(forest.low), middle - 1, std::max(2.0, x(forest.high) - x(forest.low)), 2), color(ink));
        if (forest.hasRise)
            painter.fillRect(QRectF(x(forest.rise) - 3, middle - 3, 6, 6), color(ink));
    }
};

const ForestPainter kForest;

QString valueWords(const CanaryGuard& guard, const std::optional<double>& value)
{
    if (!value)
        return tr("not known");
    if (guard.name == QLatin1String("first_token"))
        return models::durationFromUs(qRound64(*value * 1000));
    if (guard.name == QLatin1String("cost"))
        return models::dollarsAndCents(Money::fromNano(qRound64(*value * 1e9)));
    if (guard.unit == QLatin1String("attempts"))
        return models::wholeNumber(qRound64(*value));
    return models::percent(*value);
}

QString riseWords(const CanaryGuard& guard, double rise)
{
    const QString sign = rise > 0 ? QStringLiteral("+") : rise < 0 ? QStringLiteral("\u2212") : QString();
    const double size = std::abs(rise) * 100;
    const QString number = QString::number(size, 'f', size < 10 ? 1 : 0);
    return guard.unit == QLatin1String("share") ? tr("%1%2 points").arg(sign, number) : tr("%1%2 %").arg(sign, number);
}

Cell forestCell(const CanaryGuard& guard)
{
    if (!guard.tolerated)
        return Cell::plain(tr("switched off"), Token::Text3);
    if (guard.unit == QLatin1String("attempts"))
        return Cell::plain(tr("any is a fail"), Token::Text3);
    Cell cell;
    cell.kind = CellKind::Custom;
    cell.painter = &kForest;
    Forest forest;
    forest.tolerated = *guard.tolerated;
    forest.hasInterval = guard.low && guard.high;
    forest.low = guard.low.value_or(0);
    forest.high = guard.high.value_or(0);
    forest.hasRise = guard.rise.has_value();
    forest.rise = guard.rise.value_or(0);
    forest.status = statusOf(guard.verdict);
    cell.payload = QVariant::fromValue(forest);
    const QString limit = tr("tolerated %1").arg(riseWords(guard, *guard.tolerated));
    cell.text = !forest.hasRise      ? tr("not known, %1").arg(limit)
                : forest.hasInterval ? tr("%1 (%2 to %3), %4")
                                           .arg(riseWords(guard, forest.rise), riseWords(guard, forest.low),
                                               riseWords(guard, forest.high), limit)
                                     : tr("%1, %2").arg(riseWords(guard, forest.rise), limit);
    return cell;
}

QString verdictWords(const CanaryGuard& guard)
{
    if (!guard.tolerated && guard.name != QLatin1String("zone"))
        return tr("Off");
    switch (guard.verdict) {
    case CanaryVerdict::Pass:
        return guard.name == QLatin1String("zone") ? tr("None") : tr("Inside");
    case CanaryVerdict::Fail:
        return tr("Worse");
    case CanaryVerdict::InsufficientData:
        break;
    }
    return tr("Too few");
}

} // namespace

QString guardName(const QString& guard)
{
    for (const auto& [name, words] : kGuards) {
        if (guard == QLatin1String(name))
            return tr(words);
    }
    return guard;
}

QVector<Cell> rowOf(const CanaryGuard& guard)
{
    const bool isOff = !guard.tolerated && guard.name != QLatin1String("zone");
    Cell name = Cell::plain(guardName(guard.name));
    name.strong = true;
    Cell n = Cell::number(models::wholeNumber(guard.canaryCalls));
    if (guard.unknown > 0)
        n.text = tr("%1, %2 unknown").arg(n.text, models::wholeNumber(guard.unknown));
    return {name, Cell::number(valueWords(guard, guard.control), guard.control ? Token::Text1 : Token::Text3),
        Cell::number(valueWords(guard, guard.canary), guard.canary ? Token::Text1 : Token::Text3), forestCell(guard), n,
        Cell::state(isOff ? Status::NotApplicable : statusOf(guard.verdict), verdictWords(guard))};
}

QVector<QVector<Cell>> armRows(const CanaryStatus& canary)
{
    const CanaryArm& a = canary.control;
    const CanaryArm& b = canary.canary;
    QVector<QVector<Cell>> rows;
    const auto add = [&rows](
                         const QString& label, const QString& control, const QString& with, Token ink = Token::Text1) {
        rows.append({Cell::plain(label, Token::Text2), Cell::number(control), Cell::number(with, ink)});
    };
    const auto count = [&add](const QString& label, qint64 control, qint64 with, bool isBad = false) {
        add(label, models::wholeNumber(control), models::wholeNumber(with),
            isBad && with > 0 ? Token::Down : Token::Text1);
    };
    const auto share = [](qint64 part, qint64 whole) {
        return whole > 0 ? tr("%1, %2").arg(models::wholeNumber(part), models::percent(double(part) / double(whole)))
                         : models::wholeNumber(part);
    };
    count(tr("Calls"), a.calls, b.calls);
    count(canary.plan.stickyBy == StickyBy::Tenant ? tr("Tenants") : tr("Credentials"), a.callers, b.callers);
    add(tr("Failed"), share(a.failed, a.calls), share(b.failed, b.calls));
    add(tr("Refused"), share(a.refused, a.calls), share(b.refused, b.calls));
    add(tr("Cut off"), share(a.truncated, a.calls), share(b.truncated, b.calls));
    const auto token = [](const CanaryArm& arm) {
        return arm.firstTokenMedianMs ? models::durationFromUs(qRound64(*arm.firstTokenMedianMs * 1000))
                                      : tr("not known");
    };
    add(tr("First token, median"), token(a), token(b));
    const auto cost = [](const CanaryArm& arm) {
        const QString mean = arm.meanCost ? models::dollarsAndCents(*arm.meanCost) : tr("not known");
        return arm.costUnknown > 0 ? tr("%1, unknown of %2").arg(mean, models::wholeNumber(arm.costUnknown)) : mean;
    };
    add(tr("Mean cost"), cost(a), cost(b));
    count(tr("Attempts outside the zone"), a.outsideZone, b.outsideZone, true);
    return rows;
}

QVector<models::Fact> canaryFacts(const CanaryStatus& canary, const QDateTime& now)
{
    QVector<models::Fact> facts;
    const auto add = [&facts](const QString& label, const QString& value) { facts.append({label, value, false}); };
    add(tr("Compared"),
        tr("r%1 with r%2, draft %3").arg(canary.baseRevision).arg(canary.revision).arg(canary.plan.draft));
    add(tr("Who is in"), canary.plan.stickyBy == StickyBy::Tenant ? tr("whole tenants") : tr("whole credentials"));
    if (!canary.plan.exclude.isEmpty())
        add(tr("Left out"), canary.plan.exclude.join(QStringLiteral(", ")));
    add(tr("Started"), tr("%1 UTC by %2: %3").arg(when(canary.startedAt, now), canary.startedBy, canary.reason));
    if (canary.stepUntil && !canary.isOver())
        add(tr("This step"), *canary.stepUntil > now
                                 ? tr("at least %1 more").arg(models::timeLeft(*canary.stepUntil, now))
                                 : tr("has had its time"));
    add(tr("On fail"), tr("it reverts itself"));
    add(tr("On pass"), canary.plan.promotes.value_or(false) ? tr("it promotes itself") : tr("a person promotes it"));
    add(tr("Error rates"), tr("at most %1 of harmless revisions revert, at most %2 of worse ones pass")
                               .arg(models::percent(canary.falseRollback), models::percent(canary.falsePass)));
    if (canary.isOver())
        add(tr("Ended"), tr("%1 UTC by %2: %3").arg(when(*canary.endedAt, now), canary.endedBy, canary.endReason));
    return facts;
}

} // namespace ui::config

#include "pages/config/step_bar.h"

#include "models/format.h"
#include "theme/paint.h"
#include "theme/theme.h"

#include <QPainter>

namespace ui::config {

using namespace gateway::api;

namespace {

constexpr int kCell = 92;
constexpr int kHeight = 40;

} // namespace

StepBar::StepBar(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void StepBar::setCanary(const CanaryStatus& canary)
{
    m_canary = canary;
    QStringList words;
    for (const CanaryStep& step : canary.steps) {
        const bool isNow = !canary.isOver() && step.begunAt && !step.endedAt;
        words.append(tr("%1 %, %2")
                         .arg(step.percent)
                         .arg(isNow          ? tr("now")
                              : step.endedAt ? tr("done")
                              : step.begunAt ? tr("ended here")
                                             : tr("not yet")));
    }
    setAccessibleName(tr("Steps: %1").arg(words.join(QStringLiteral("; "))));
    updateGeometry();
    update();
}

QSize StepBar::sizeHint() const
{
    return {metrics().px(kCell) * std::max(1, int(m_canary.steps.size())) + 1, metrics().px(kHeight)};
}

void StepBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const qreal each =
        std::min<qreal>(metrics().px(kCell), (width() - 1.0) / std::max<qsizetype>(1, m_canary.steps.size()));
    const QRectF all(0, 0, each * qreal(m_canary.steps.size()) + 1, height());
    paint::box(painter, all, Metrics::radiusChip, color(Token::Sunken), color(Token::LineStrong));
    for (qsizetype i = 0; i < m_canary.steps.size(); ++i) {
        const CanaryStep& step = m_canary.steps[i];
        const qreal left = std::round(qreal(i) * each);
        const QRectF cell(left, 0, std::round(qreal(i + 1) * each) - left + 1, height());
        const bool isNow = !m_canary.isOver() && step.begunAt && !step.endedAt;
        if (isNow)
            paint::box(painter, cell, Metrics::radiusChip, color(Token::TintCanary), color(Token::Canary));
        else if (i > 0)
            paint::vline(painter, left, 1, height() - 1, color(Token::Line));
        const Token ink = isNow ? Token::Text1 : step.begunAt ? Token::Text2 : Token::Text3;
        paint::text(painter, QRectF(left + 10, metrics().px(4), each - 14, metrics().px(16)), type().uiStrong,
            color(ink), tr("%1 %").arg(step.percent));
        paint::text(painter, QRectF(left + 10, metrics().px(20), each - 14, metrics().px(16)), type().small,
            color(Token::Text3), step.begunAt ? tr("n %1").arg(models::wholeNumber(step.canaryCalls)) : tr("not yet"));
    }
}

} // namespace ui::config

#include "pages/traffic/money_bars.h"

#include "models/format.h"
#include "theme/paint.h"
#include "theme/theme.h"

#include <QPainter>

namespace ui::traffic {
namespace {

constexpr int kRow = 20;
constexpr qreal kLabel = 72;
constexpr qreal kAmount = 76;

QString amountText(const std::optional<gateway::api::Money>& amount)
{
    return amount ? QStringLiteral("$") + models::dollars(amount) : QStringLiteral("not known");
}

} // namespace

void MoneyBars::setAmounts(
    const std::optional<gateway::api::Money>& reserved, const std::optional<gateway::api::Money>& actual)
{
    m_reserved = reserved;
    m_actual = actual;
    setAccessibleName(tr("Reserved %1, actual %2").arg(amountText(reserved), amountText(actual)));
    update();
}

QSize MoneyBars::sizeHint() const
{
    return {260, 2 * metrics().px(kRow)};
}

void MoneyBars::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const qint64 full =
        std::max({m_reserved ? m_reserved->nano() : 0, m_actual ? m_actual->nano() : 0, std::int64_t(1)});
    const qreal row = metrics().px(kRow);
    const auto bar = [&](int index, const QString& label, const std::optional<gateway::api::Money>& amount, Token ink) {
        const QRectF line(0, index * row, width(), row);
        paint::text(painter, line, type().ui, color(Token::Text3), label);
        paint::text(painter, line, amount ? type().uiStrong : type().ui, color(amount ? Token::Text1 : Token::Text3),
            amountText(amount), Qt::AlignRight);
        const QRectF track(kLabel, line.center().y() - 5, width() - kLabel - kAmount - 10, 10);
        painter.fillRect(track, color(Token::Line));
        if (amount)
            painter.fillRect(
                QRectF(track.topLeft(), QSizeF(track.width() * double(amount->nano()) / double(full), 10)), color(ink));
    };
    bar(0, tr("Reserved"), m_reserved, Token::LineStrong);
    bar(1, tr("Actual"), m_actual, Token::Accent);
}

} // namespace ui::traffic

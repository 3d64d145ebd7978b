#include "shell/ladder_view.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"

#include <QPainter>

namespace ui {

using gateway::api::CheckRung;

namespace {

constexpr int kTitleLeft = 38;
constexpr int kDetailLeft = 176;

Status statusOf(CheckRung::State state)
{
    switch (state) {
    case CheckRung::State::Ok:
        return Status::Ok;
    case CheckRung::State::Warning:
        return Status::Degraded;
    case CheckRung::State::Failed:
        return Status::Down;
    case CheckRung::State::Running:
    case CheckRung::State::Waiting:
    case CheckRung::State::Skipped:
        break;
    }
    return Status::NotReached;
}

QString wordOf(CheckRung::State state)
{
    static const char* const kWords[] = {"waiting", "running", "ok", "warning", "failed", "not tried"};
    return QString::fromLatin1(kWords[int(state)]);
}

} // namespace

LadderView::LadderView(QWidget* parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void LadderView::setRungs(const QVector<CheckRung>& rungs)
{
    m_rungs = rungs;
    setAccessibleName(words());
    updateGeometry();
    update();
}

QString LadderView::words() const
{
    QStringList lines;
    for (const CheckRung& rung : m_rungs)
        lines.append(QStringLiteral("%1: %2. %3 %4")
                         .arg(titleOf(rung.name), wordOf(rung.state), rung.detail, rung.fix)
                         .trimmed());
    return lines.join(u'\n');
}

// Measures with a null painter, draws with one: the two can not drift apart.
int LadderView::layOut(QPainter* painter, int width) const
{
    const auto plain = [](QString words) { return words.remove(u'`'); };
    const int row = metrics().px(26);
    const int left = metrics().px(kDetailLeft);
    int y = 0;
    // what was not tried above the last rung that was is one line, not six
    qsizetype tried = m_rungs.size();
    while (tried > 0 && m_rungs[tried - 1].state == CheckRung::State::Skipped)
        --tried;
    QStringList skipped;
    for (const CheckRung& rung : m_rungs.mid(tried))
        skipped.append(rung.name == CheckRung::Name::Tls ? titleOf(rung.name) : titleOf(rung.name).toLower());
    for (const CheckRung& rung : m_rungs.mid(0, tried)) {
        const bool isQuiet = rung.state == CheckRung::State::Waiting || rung.state == CheckRung::State::Skipped;
        const bool isBad = rung.state == CheckRung::State::Failed || rung.state == CheckRung::State::Warning;
        const int room = width - left - 76;
        const QFontMetrics fm(type().ui);
        const auto wrapped = [&](const QString& words) {
            return words.isEmpty() ? 0 : fm.boundingRect(QRect(0, 0, room, 2000), Qt::TextWordWrap, words).height();
        };
        const int detail = qMax(row, wrapped(plain(rung.detail)) + 8);
        const int fix = isBad ? wrapped(plain(rung.fix)) : 0;
        if (painter) {
            const QRectF shape(14, y + (row - 14) / 2.0, 14, 14);
            if (rung.state == CheckRung::State::Running)
                paintIcon(*painter, shape, "clock", color(Token::Accent));
            else
                paintStatus(*painter, shape, statusOf(rung.state));
            paint::text(*painter, QRectF(kTitleLeft, y, left - kTitleLeft, row), isQuiet ? type().ui : type().uiMedium,
                color(isQuiet ? Token::Text3 : Token::Text1), titleOf(rung.name));
            painter->setFont(type().ui);
            painter->setPen(color(isQuiet ? Token::Text3 : Token::Text2));
            painter->drawText(QRect(left, y + 4, room, detail), Qt::TextWordWrap | Qt::AlignTop,
                rung.detail.isEmpty() ? wordOf(rung.state) : plain(rung.detail));
            if (rung.ms > 0)
                paint::text(*painter, QRectF(width - 74, y, 60, row), type().ui, color(Token::Text3),
                    QStringLiteral("%1 ms").arg(rung.ms), Qt::AlignRight);
            if (fix > 0) {
                painter->setPen(color(rung.state == CheckRung::State::Failed ? Token::Down : Token::Degraded));
                painter->drawText(
                    QRect(left, y + detail - 2, room, fix + 4), Qt::TextWordWrap | Qt::AlignTop, plain(rung.fix));
            }
        }
        y += detail + (fix > 0 ? fix + 6 : 0);
    }
    if (!skipped.isEmpty()) {
        if (painter) {
            paintStatus(*painter, QRectF(14, y + (row - 14) / 2.0, 14, 14), Status::NotReached);
            QString why = plain(m_rungs[tried].detail);
            if (why.isEmpty())
                why = QStringLiteral("Not tried");
            if (why.endsWith(u'.'))
                why.chop(1);
            paint::text(*painter, QRectF(kTitleLeft, y, width - kTitleLeft - 14, row), type().ui, color(Token::Text3),
                QStringLiteral("%1: %2").arg(why, skipped.join(QStringLiteral(", "))));
        }
        y += row;
    }
    return y;
}

QSize LadderView::sizeHint() const
{
    return {560, layOut(nullptr, qMax(width(), 560))};
}

int LadderView::heightForWidth(int width) const
{
    return layOut(nullptr, width);
}

void LadderView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    layOut(&painter, width());
}

} // namespace ui

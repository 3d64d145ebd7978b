#include "widgets/text_label.h"

#include "theme/paint.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QPainter>
#include <QTextLayout>

namespace ui {
namespace {

struct Marked
{
    QString plain;
    QVector<QTextLayout::FormatRange> formats;
};

// Takes the ** and ` marks out of the text and turns them into formats.
Marked withoutMarks(const QString& text, const QFont& base)
{
    Marked result;
    QFont strong = base;
    strong.setWeight(QFont::DemiBold);
    QFont mono = type().mono;
    if (base.pixelSize() > metrics().px(12))
        mono.setPixelSize(base.pixelSize() - 1);
    int openedAt = -1;
    QChar opener;
    const auto close = [&](const QFont& font) {
        QTextLayout::FormatRange range;
        range.start = openedAt;
        range.length = int(result.plain.size()) - openedAt;
        range.format.setFont(font);
        result.formats.append(range);
        openedAt = -1;
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        const bool stars = c == QLatin1Char('*') && text.mid(i, 2) == QLatin1String("**");
        if (stars || c == QLatin1Char('`')) {
            if (stars)
                ++i;
            if (openedAt < 0) {
                openedAt = int(result.plain.size());
                opener = c;
            } else if (opener == c) {
                close(stars ? strong : mono);
            }
            continue;
        }
        result.plain.append(c);
    }
    if (openedAt >= 0)
        close(opener == QLatin1Char('*') ? strong : mono);
    return result;
}

} // namespace

TextLabel::TextLabel(const QString& text, FontRole font, Token ink, QWidget* parent)
    : QWidget(parent), m_text(text), m_font(font), m_ink(ink)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(text);
}

void TextLabel::setText(const QString& text)
{
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    refreshToolTip();
    update();
}

void TextLabel::setInk(Token ink)
{
    if (m_ink == ink)
        return;
    m_ink = ink;
    update();
}

void TextLabel::setFontRole(FontRole font)
{
    if (m_font == font)
        return;
    m_font = font;
    updateGeometry();
    update();
}

void TextLabel::setWrapped(bool wrapped)
{
    if (m_wrapped == wrapped)
        return;
    m_wrapped = wrapped;
    QSizePolicy policy(QSizePolicy::Preferred, wrapped ? QSizePolicy::Minimum : QSizePolicy::Fixed);
    policy.setHeightForWidth(wrapped);
    setSizePolicy(policy);
    updateGeometry();
    update();
}

void TextLabel::setAlignment(Qt::Alignment alignment)
{
    m_alignment = alignment;
    update();
}

void TextLabel::setLineHeight(int at100)
{
    m_lineHeight = at100;
    updateGeometry();
}

int TextLabel::lineHeight() const
{
    if (m_lineHeight > 0)
        return metrics().px(m_lineHeight);
    const int px = (type().*m_font).pixelSize();
    // The type scale: 11 and 12 on 16, 13 on 18, 14 on 20, 16 on 22, 17 on 24, 22 on 28.
    return px <= metrics().px(12) ? metrics().px(16) : px + metrics().px(px >= metrics().px(16) ? 6 : 5);
}

int TextLabel::layOut(QTextLayout& layout, int width) const
{
    QTextOption option;
    option.setAlignment(m_alignment);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    const QFontMetricsF metrics(type().*m_font);
    const int height = lineHeight();
    const qreal lead = (height - metrics.height()) / 2;
    int y = 0;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(width);
        line.setPosition(QPointF(0, std::round(y + lead)));
        y += height;
    }
    layout.endLayout();
    return y;
}

QSize TextLabel::sizeHint() const
{
    const Marked marked = withoutMarks(m_text, type().*m_font);
    if (m_wrapped)
        return QSize(metrics().px(280), heightForWidth(metrics().px(280)));
    QTextLayout layout(marked.plain, type().*m_font);
    layout.setFormats(marked.formats);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    qreal width = 0;
    if (line.isValid()) {
        line.setNumColumns(int(marked.plain.size()));
        width = line.naturalTextWidth();
    }
    layout.endLayout();
    return QSize(int(std::ceil(width)) + 1, lineHeight());
}

QSize TextLabel::minimumSizeHint() const
{
    return QSize(m_wrapped ? metrics().px(60) : qMin(sizeHint().width(), metrics().px(24)), lineHeight());
}

int TextLabel::heightForWidth(int width) const
{
    if (!m_wrapped || m_text.isEmpty())
        return lineHeight();
    const Marked marked = withoutMarks(m_text, type().*m_font);
    QTextLayout layout(marked.plain, type().*m_font);
    layout.setFormats(marked.formats);
    return layOut(layout, width);
}

void TextLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QColor ink = color(isEnabled() ? m_ink : Token::TextDisabled);
    const Marked marked = withoutMarks(m_text, type().*m_font);
    if (!m_wrapped && marked.formats.isEmpty()) {
        paint::text(painter, rect(), type().*m_font, ink, marked.plain, m_alignment);
        return;
    }
    QTextLayout layout(marked.plain, type().*m_font);
    layout.setFormats(marked.formats);
    layOut(layout, m_wrapped ? width() : 100000);
    painter.setPen(ink);
    layout.draw(&painter, QPointF(0, m_wrapped ? 0 : (height() - lineHeight()) / 2.0));
}

bool TextLabel::event(QEvent* event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
        updateGeometry();
    return QWidget::event(event);
}

void TextLabel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    refreshToolTip();
}

void TextLabel::refreshToolTip()
{
    setToolTip(!m_wrapped && width() > 0 && sizeHint().width() > width() + 1 ? m_text : QString());
}

} // namespace ui

#include "widgets/panel.h"

#include "theme/paint.h"
#include "theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

namespace ui {

// Title and caption are painted, what stands at the right is widgets.
class PanelHeader : public QWidget
{
public:
    explicit PanelHeader(QWidget* parent) : QWidget(parent), m_layout(new QHBoxLayout(this))
    {
        m_layout->setContentsMargins(Metrics::panelPadding, 0, Metrics::panelPadding, 0);
        m_layout->setSpacing(12);
        m_layout->addStretch(1);
        refresh();
    }

    QString title;
    QString caption;
    bool captionIsMono = false;
    bool isObject = false;
    bool line = true;
    std::optional<Status> status;

    void add(QWidget* widget, Qt::Alignment alignment) { m_layout->addWidget(widget, 0, alignment); }
    void addAfterTitle(QWidget* widget)
    {
        m_layout->insertWidget(m_afterTitle++, widget, 0, Qt::AlignVCenter);
        refresh();
    }
    void refresh()
    {
        setFixedHeight(isObject ? metrics().panelHeaderObject() : metrics().panelHeader());
        m_layout->setContentsMargins(
            m_afterTitle > 0 ? int(wordsWidth()) + 12 : Metrics::panelPadding, 0, Metrics::panelPadding, 0);
        setAccessibleName(caption.isEmpty() ? title : title + QStringLiteral(", ") + caption);
        update();
    }

protected:
    void changeEvent(QEvent* event) override
    {
        if (event->type() == QEvent::FontChange)
            refresh();
        QWidget::changeEvent(event);
    }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        if (line)
            paint::hline(painter, 0, width(), height() - 1, color(Token::Line));
        qreal right = width() - Metrics::panelPadding;
        for (int i = 0; i < m_layout->count(); ++i) {
            const QWidget* widget = m_layout->itemAt(i)->widget();
            if (widget && widget->isVisible())
                right = qMin<qreal>(right, widget->x() - 8);
        }
        qreal x = Metrics::panelPadding;
        const qreal middle = (height() - 1) / 2.0;
        if (status) {
            const int size = 16;
            paintStatus(painter, QRectF(x, middle - size / 2.0, size, size), *status);
            x += size + 7;
        }
        const QRectF row(x, 0, right - x, height() - 1);
        x += paint::text(painter, row, isObject ? type().object : type().uiStrong, color(Token::Text1), title);
        if (!caption.isEmpty()) {
            x += 8;
            paint::text(painter, QRectF(x, 0, right - x, height() - 1), captionIsMono ? type().mono : type().small,
                color(captionIsMono ? Token::Text2 : Token::Text3), caption);
        }
    }

private:
    qreal wordsWidth() const
    {
        qreal width = Metrics::panelPadding + (status ? 23 : 0) +
                      paint::textWidth(isObject ? type().object : type().uiStrong, title);
        if (!caption.isEmpty())
            width += 8 + paint::textWidth(captionIsMono ? type().mono : type().small, caption);
        return width;
    }

    QHBoxLayout* m_layout;
    int m_afterTitle = 0;
};

namespace {

// Lies over the panel's children and paints what is outside of the rounded rectangle, and the border again.
class Corners : public QWidget
{
public:
    explicit Corners(QWidget* parent) : QWidget(parent)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setAttribute(Qt::WA_NoSystemBackground);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QPainterPath outside;
        outside.addRect(rect());
        QPainterPath inside;
        inside.addRoundedRect(QRectF(rect()), Metrics::radius, Metrics::radius);
        painter.fillPath(outside.subtracted(inside), color(Token::Canvas));
        paint::box(painter, rect(), Metrics::radius, QColor(), color(Token::Line));
    }
};

} // namespace

Panel::Panel(const QString& title, QWidget* parent) : QFrame(parent), m_layout(new QVBoxLayout(this)), m_body(nullptr)
{
    setFrameShape(QFrame::NoFrame);
    m_layout->setContentsMargins(1, 1, 1, 1);
    m_layout->setSpacing(0);
    // A widget and not only a layout: an empty layout gives its room to the header.
    auto* body = new QWidget(this);
    m_body = new QVBoxLayout(body);
    m_body->setContentsMargins(0, 0, 0, 0);
    m_body->setSpacing(0);
    m_layout->addWidget(body, 1);
    if (!title.isEmpty())
        setTitle(title);
}

PanelHeader* Panel::header()
{
    if (!m_header) {
        m_header = new PanelHeader(this);
        m_header->line = !m_isSection;
        m_layout->insertWidget(0, m_header);
    }
    return m_header;
}

void Panel::setTitle(const QString& title)
{
    if (header()->title == title)
        return;
    header()->title = title;
    setAccessibleName(title);
    m_header->refresh();
}

void Panel::setCaption(const QString& caption)
{
    if (header()->caption == caption && !m_header->captionIsMono)
        return;
    m_header->caption = caption;
    m_header->captionIsMono = false;
    m_header->refresh();
}

void Panel::setMonoCaption(const QString& caption)
{
    if (header()->caption == caption && m_header->captionIsMono)
        return;
    m_header->caption = caption;
    m_header->captionIsMono = true;
    m_header->refresh();
}

void Panel::setStatus(std::optional<Status> status)
{
    if (header()->status == status)
        return;
    header()->status = status;
    m_header->refresh();
}

void Panel::setObjectHeader(bool object)
{
    header()->isObject = object;
    m_header->refresh();
}

void Panel::setTone(Tone tone)
{
    if (m_tone == tone)
        return;
    m_tone = tone;
    update();
}

void Panel::addHeaderWidget(QWidget* widget, Qt::Alignment alignment)
{
    header()->add(widget, alignment);
}

void Panel::addTitleWidget(QWidget* widget)
{
    header()->addAfterTitle(widget);
}

void Panel::setBodyMargins(int horizontal, int vertical)
{
    m_body->setContentsMargins(horizontal, vertical, horizontal, vertical);
}

void Panel::setKeepsCorners(bool keep)
{
    if (keep && !m_corners) {
        m_corners = new Corners(this);
        m_corners->setGeometry(rect());
        m_corners->raise();
    } else if (!keep) {
        delete m_corners;
        m_corners = nullptr;
    }
}

Panel* Panel::section(const QString& title, QWidget* parent)
{
    auto* panel = new Panel(QString(), parent);
    panel->m_isSection = true;
    panel->m_layout->setContentsMargins(0, 0, 0, 0);
    panel->setTitle(title);
    return panel;
}

void Panel::paintEvent(QPaintEvent*)
{
    if (m_isSection)
        return;
    QPainter painter(this);
    const QColor fill = color(m_tone == Tone::Accent ? Token::AccentSoft
                              : m_tone == Tone::Down ? Token::TintDown
                                                     : Token::Panel);
    const QColor line = color(m_tone == Tone::Accent ? Token::Accent
                              : m_tone == Tone::Down ? Token::Down
                                                     : Token::Line);
    paint::box(painter, rect(), Metrics::radius, fill, line);
}

void Panel::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    if (m_corners) {
        m_corners->setGeometry(rect());
        m_corners->raise();
    }
}

Hairline::Hairline(Qt::Orientation orientation, QWidget* parent) : QWidget(parent)
{
    if (orientation == Qt::Horizontal)
        setFixedHeight(1);
    else
        setFixedWidth(1);
}

void Hairline::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), color(Token::Line));
}

} // namespace ui

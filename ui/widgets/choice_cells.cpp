#include "widgets/choice_cells.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/focus_ring.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

namespace ui {

class ChoiceCell : public QAbstractButton
{
public:
    enum class Look
    {
        Segment,
        MiniSegment,
        MenuPart,
        Tab
    };

    ChoiceCell(const QString& words, Look look, QWidget* parent) : QAbstractButton(parent), m_look(look)
    {
        setText(words);
        setAccessibleName(words);
        setCheckable(look != Look::MenuPart);
        setAttribute(Qt::WA_Hover);
        FocusRing::wantedBy(this);
        setFocusPolicy(Qt::TabFocus);
        setSizePolicy(QSizePolicy::Fixed, look == Look::Tab ? QSizePolicy::Expanding : QSizePolicy::Fixed);
    }

    QSize sizeHint() const override
    {
        // As wide as the heavier weight needs, so that choosing does not move the neighbours.
        const int words = int(std::ceil(paint::textWidth(font(true), text())));
        switch (m_look) {
        case Look::Segment:
            return QSize(words + 20, metrics().control());
        case Look::MenuPart:
            return QSize(words + 20 + 18, metrics().control());
        case Look::MiniSegment:
            return QSize(words + 16, metrics().miniSegment());
        case Look::Tab:
            break;
        }
        return QSize(words, metrics().panelHeader());
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        const bool strong = isChecked();
        const bool calm = !strong && !underMouse();
        const QColor ink = color(!isEnabled() ? Token::TextDisabled : calm ? Token::Text2 : Token::Text1);
        QRectF row = rect();
        if (m_look == Look::MenuPart) {
            row.adjust(10, 0, -22, 0);
            paint::text(painter, row, font(false), color(Token::Text1), text());
            paintIcon(painter, QRectF(width() - 22, 0, 12, height()), "chev", color(Token::Text2));
        } else {
            paint::text(painter, row, font(strong), ink, text(), Qt::AlignHCenter);
        }
        if (m_look == Look::Tab && strong)
            painter.fillRect(QRectF(0, height() - 2, width(), 2), color(Token::Accent));
    }

private:
    const QFont& font(bool strong) const
    {
        if (m_look == Look::MiniSegment)
            return strong ? type().smallMedium : type().small;
        if (m_look == Look::Tab)
            return type().uiMedium;
        return strong ? type().uiMedium : type().ui;
    }

    Look m_look;
};

ChoiceRow::ChoiceRow(const QString& name, QWidget* parent) : QWidget(parent), m_row(new QHBoxLayout(this))
{
    setAccessibleName(name);
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(0);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void ChoiceRow::addCell(QWidget* cell)
{
    m_row->addWidget(cell);
}

int ChoiceRow::addChoice(const QString& text, const QString& toolTip)
{
    ChoiceCell* cell = makeCell(text);
    cell->setToolTip(toolTip);
    const int index = count();
    m_cells.append(cell);
    addCell(cell);
    connect(cell, &QAbstractButton::clicked, this, [this, index] {
        const bool changed = index != m_current;
        setCurrent(index);
        if (changed)
            Q_EMIT chosen(index);
    });
    if (m_current < 0)
        setCurrent(0);
    return index;
}

QString ChoiceRow::choiceText(int index) const
{
    return m_cells.value(index) ? m_cells.at(index)->text() : QString();
}

void ChoiceRow::setChoiceText(int index, const QString& text)
{
    m_cells.at(index)->setText(text);
    m_cells.at(index)->setAccessibleName(text);
    m_cells.at(index)->updateGeometry();
}

void ChoiceRow::setCurrent(int index)
{
    m_current = index;
    for (int i = 0; i < count(); ++i)
        m_cells.at(i)->setChecked(i == index);
    update();
}

void ChoiceRow::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (step == 0 || m_cells.isEmpty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int next = qBound(0, m_current + step, count() - 1);
    if (next != m_current) {
        m_cells.at(next)->setFocus(Qt::TabFocusReason);
        m_cells.at(next)->click();
    }
}

Segment::Segment(const QString& name, Size size, QWidget* parent) : ChoiceRow(name, parent), m_size(size)
{
    m_row->setSpacing(1); // the dividers
}

ChoiceCell* Segment::makeCell(const QString& text)
{
    return new ChoiceCell(text, m_size == Size::Mini ? ChoiceCell::Look::MiniSegment : ChoiceCell::Look::Segment, this);
}

QAbstractButton* Segment::addMenuPart(const QString& text, const QString& toolTip)
{
    auto* part = new ChoiceCell(text, ChoiceCell::Look::MenuPart, this);
    part->setToolTip(toolTip);
    part->setAccessibleDescription(toolTip);
    addCell(part);
    return part;
}

void Segment::setPartText(QAbstractButton* part, const QString& text)
{
    part->setText(text);
    part->setAccessibleName(text);
    part->updateGeometry();
    part->update();
}

void Segment::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QColor line = color(Token::LineStrong);
    paint::box(painter, rect(), Metrics::radius, color(m_size == Size::Mini ? Token::Panel : Token::Raised), QColor());
    if (current() >= 0) {
        // Clipped by the control's own outline, so the first and last choice keep its corners.
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        QPainterPath outline;
        outline.addRoundedRect(
            QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Metrics::radius - 0.5, Metrics::radius - 0.5);
        painter.setClipPath(outline);
        painter.fillRect(m_cells.at(current())->geometry(), color(Token::Selected));
        painter.restore();
    }
    for (int i = 0; i + 1 < m_row->count(); ++i) {
        const QWidget* cell = m_row->itemAt(i)->widget();
        paint::vline(painter, cell->geometry().right() + 1, 0, height(), line);
    }
    paint::box(painter, rect(), Metrics::radius, QColor(), line);
}

TabStrip::TabStrip(const QString& name, QWidget* parent) : ChoiceRow(name, parent)
{
    m_row->setSpacing(16);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
}

ChoiceCell* TabStrip::makeCell(const QString& text)
{
    return new ChoiceCell(text, ChoiceCell::Look::Tab, this);
}

} // namespace ui

#include "shell/rail.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/focus_ring.h"

#include <QAbstractButton>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

class RailItem : public QAbstractButton
{
public:
    RailItem(const PageEntry& entry, int number, QWidget* parent) : QAbstractButton(parent), m_icon(entry.icon)
    {
        setText(entry.title);
        setCheckable(true);
        setAutoExclusive(true);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        FocusRing::wantedBy(this);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        if (number <= 9)
            setToolTip(QStringLiteral("%1 (Ctrl+%2)").arg(entry.title).arg(number));
        refreshName();
    }
    QSize sizeHint() const override { return QSize(40, metrics().railItem()); }

    void setBadge(Status status, int count)
    {
        if (m_status == status && m_count == count)
            return;
        m_status = status;
        m_count = count;
        refreshName();
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        if (isChecked())
            paint::box(painter, rect(), Metrics::radius, color(Token::Selected),
                theme().isHighContrast() ? color(Token::Accent) : QColor());
        else if (underMouse())
            paint::box(painter, rect(), Metrics::radius, color(Token::Hover), QColor());
        const bool narrow = width() < metrics().px(80);
        const qreal icon = narrow ? (width() - 16) / 2.0 : 8;
        paintIcon(painter, QRectF(icon, 0, 16, height()), m_icon, color(isChecked() ? Token::Accent : Token::Text3));
        if (narrow) {
            if (m_count > 0)
                paintStatus(painter, QRectF(width() - 13, 2, 11, 11), m_status);
            return;
        }
        qreal right = width() - 8;
        if (m_count > 0) {
            const QString count = QString::number(m_count);
            const qreal words = paint::textWidth(type().ui, count);
            paint::text(painter, QRectF(right - words, 0, words + 1, height()), type().ui, color(Token::Text2), count);
            right -= words + 5 + 12;
            paintStatus(painter, QRectF(right, (height() - 12) / 2.0, 12, 12), m_status);
            right -= 6;
        }
        paint::text(painter, QRectF(32, 0, right - 32, height()), type().uiMedium,
            color(isChecked() ? Token::Text1 : Token::Text2), text());
    }

private:
    void refreshName()
    {
        setAccessibleName(
            m_count > 0 ? QStringLiteral("%1, %2 %3").arg(text()).arg(m_count).arg(statusWord(m_status)) : text());
    }

    QString m_icon;
    Status m_status = Status::Ok;
    int m_count = 0;
};

namespace {

// 1 px with 7 px above and below, inset to the items.
class GroupLine : public QWidget
{
public:
    explicit GroupLine(QWidget* parent) : QWidget(parent) { setFixedHeight(15); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        paint::hline(painter, 8, width() - 8, 7, color(Token::Line));
    }
};

} // namespace

Rail::Rail(const PageRegistry& pages, QWidget* parent) : QWidget(parent)
{
    setAccessibleName(QStringLiteral("Pages"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 9, 8);
    column->setSpacing(0);
    bool atFoot = false;
    const QVector<PageEntry>& entries = pages.entries();
    for (int i = 0; i < entries.size(); ++i) {
        const PageEntry& entry = entries.at(i);
        if (entry.group == RailGroup::Foot && !atFoot) {
            column->addStretch(1);
            atFoot = true;
        } else if (i > 0 && entry.group != entries.at(i - 1).group) {
            column->addWidget(new GroupLine(this));
        }
        auto* item = new RailItem(entry, i + 1, this);
        m_items.append(item);
        m_names.append(entry.name);
        column->addWidget(item);
        connect(item, &QAbstractButton::clicked, this, [this, i] { Q_EMIT chosen(i); });
    }
    if (!atFoot)
        column->addStretch(1);
    setCollapsed(false);
}

void Rail::setCurrent(int index)
{
    if (index >= 0 && index < m_items.size())
        m_items.at(index)->setChecked(true);
}

void Rail::setBadge(const QString& page, Status status, int count)
{
    const qsizetype index = m_names.indexOf(page);
    if (index >= 0)
        m_items.at(index)->setBadge(status, count);
}

void Rail::setCollapsed(bool collapsed)
{
    m_collapsed = collapsed;
    setFixedWidth(collapsed ? metrics().px(48) : metrics().rail());
}

void Rail::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    for (int i = 0; i < m_items.size(); ++i) {
        if (m_items.at(i)->hasFocus()) {
            m_items.at(qBound(0, i + step, int(m_items.size()) - 1))->setFocus(Qt::TabFocusReason);
            return;
        }
    }
}

void Rail::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Window));
    paint::vline(painter, width() - 1, 0, height(), color(Token::Line));
}

} // namespace ui

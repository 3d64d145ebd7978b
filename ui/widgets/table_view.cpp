#include "widgets/table_view.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "widgets/cell.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

namespace ui {
namespace {

// The first cell starts at 12, the last ends at 12, all others are padded by half of their 16 px distance.
QRectF padded(const QRect& rect, int column, int columns)
{
    const int left = column == 0 ? Metrics::panelPadding : Metrics::cellPadding;
    const int right = column == columns - 1 ? Metrics::panelPadding : Metrics::cellPadding;
    return QRectF(rect).adjusted(left, 0, -right, 0);
}

} // namespace

TableHeader::TableHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent)
{
    setHighlightSections(false);
    setSectionsClickable(true);
    setSectionResizeMode(QHeaderView::Fixed);
    setMinimumSectionSize(24);
}

QSize TableHeader::sizeHint() const
{
    return QSize(QHeaderView::sizeHint().width(), metrics().tableHead());
}

void TableHeader::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), color(Token::Sunken));
    paint::hline(painter, 0, viewport()->width(), viewport()->height() - 1, color(Token::Line));
    painter.end();
    QHeaderView::paintEvent(event);
}

void TableHeader::paintSection(QPainter* painter, const QRect& rect, int logicalIndex) const
{
    painter->fillRect(rect, color(Token::Sunken));
    paint::hline(*painter, rect.left(), rect.right() + 1, rect.bottom(), color(Token::Line));
    if (!model())
        return;
    const QString words = model()->headerData(logicalIndex, Qt::Horizontal).toString();
    const auto alignment =
        Qt::Alignment(model()->headerData(logicalIndex, Qt::Horizontal, Qt::TextAlignmentRole).toInt());
    const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == logicalIndex;
    QRectF row = padded(rect, logicalIndex, count()).adjusted(0, 0, 0, -1);
    const bool right = alignment & Qt::AlignRight;
    constexpr qreal arrow = 12;
    if (sorted && right)
        row.setRight(row.right() - arrow - 2);
    const qreal used = paint::text(
        *painter, row, type().smallMedium, color(Token::Text3), words, right ? Qt::AlignRight : Qt::AlignLeft);
    if (!sorted)
        return;
    const QRectF at(right ? row.right() + 2 : row.left() + used + 3, row.center().y() - arrow / 2, arrow, arrow);
    painter->save();
    if (sortIndicatorOrder() == Qt::AscendingOrder) { // the chevron points at the larger end
        painter->translate(at.center());
        painter->scale(1, -1);
        painter->translate(-at.center());
    }
    paintIcon(*painter, at, "chev", color(Token::Accent));
    painter->restore();
}

RowDelegate::RowDelegate(TableView* view) : QStyledItemDelegate(view), m_view(view) {}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return QSize(80, metrics().tableRow());
}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool selected = option.state & QStyle::State_Selected;
    Token ground = Token::Panel;
    if (selected)
        ground = m_view->window()->isActiveWindow() || m_view->hasFocus() ? Token::Selected : Token::SelectedInactive;
    else if (m_view->hoverRow() == index.row())
        ground = Token::Hover;
    painter->fillRect(option.rect, color(ground));
    const bool last = index.row() == index.model()->rowCount() - 1;
    if (!last || m_view->viewport()->height() > option.rect.bottom() + 2)
        paint::hline(*painter, option.rect.left(), option.rect.right() + 1, option.rect.bottom(), color(Token::Line));
    if (selected && index.column() == 0)
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), Metrics::selectionBar, option.rect.height() - 1),
            color(Token::Accent));

    const QRectF inner = padded(option.rect, index.column(), index.model()->columnCount()).adjusted(0, 0, 0, -1);
    const QVariant value = index.data(CellRole);
    if (value.canConvert<Cell>())
        paintCell(*painter, inner, *static_cast<const Cell*>(value.constData()), selected);
    else
        paintCell(*painter, inner, Cell::plain(index.data(Qt::DisplayRole).toString()), selected);
}

TableView::TableView(const QString& name, QWidget* parent) : QTableView(parent)
{
    setAccessibleName(name);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    setHorizontalHeader(new TableHeader(this));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(16);
    setItemDelegate(new RowDelegate(this));
    applyMetrics();
    connect(this, &QAbstractItemView::activated, this,
        [this](const QModelIndex& index) { Q_EMIT rowActivated(index.row()); });
}

void TableView::applyMetrics()
{
    verticalHeader()->setDefaultSectionSize(metrics().tableRow());
    horizontalHeader()->setFixedHeight(metrics().tableHead());
    layOutColumns();
}

void TableView::setWidths(const QVector<Width>& widths)
{
    m_widths = widths;
    layOutColumns();
}

void TableView::setModel(QAbstractItemModel* model)
{
    QTableView::setModel(model);
    layOutColumns();
}

int TableView::heightForRows(int rows) const
{
    return metrics().tableHead() + rows * metrics().tableRow();
}

void TableView::layOutColumns()
{
    if (!model() || m_widths.isEmpty())
        return;
    const int columns = qMin(int(m_widths.size()), horizontalHeader()->count());
    int fixed = 0;
    int shares = 0;
    for (int i = 0; i < columns; ++i) {
        fixed += metrics().px(m_widths.at(i).fixed);
        shares += m_widths.at(i).share;
    }
    int rest = qMax(0, viewport()->width() - fixed);
    for (int i = 0; i < columns; ++i) {
        const int share = m_widths.at(i).share;
        const int extra = shares > 0 ? rest * share / shares : 0;
        rest -= extra;
        shares -= share;
        horizontalHeader()->resizeSection(i, metrics().px(m_widths.at(i).fixed) + extra);
    }
}

void TableView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    layOutColumns();
}

void TableView::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (!m_keyboardFocus || !currentIndex().isValid())
        return;
    const QRect row(
        0, rowViewportPosition(currentIndex().row()), viewport()->width(), rowHeight(currentIndex().row()) - 1);
    QPainter painter(viewport());
    painter.setPen(QPen(color(Token::Focus), 2));
    painter.drawRect(QRectF(row).adjusted(1, 1, -1, -1));
}

void TableView::setHoverRow(int row)
{
    if (row == m_hoverRow)
        return;
    for (const int changed : {m_hoverRow, row}) {
        if (changed >= 0)
            viewport()->update(0, rowViewportPosition(changed), viewport()->width(), metrics().tableRow());
    }
    m_hoverRow = row;
}

void TableView::mouseMoveEvent(QMouseEvent* event)
{
    QTableView::mouseMoveEvent(event);
    setHoverRow(rowAt(event->position().toPoint().y()));
}

void TableView::leaveEvent(QEvent* event)
{
    QTableView::leaveEvent(event);
    setHoverRow(-1);
}

void TableView::focusInEvent(QFocusEvent* event)
{
    QTableView::focusInEvent(event);
    m_keyboardFocus = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
                      event->reason() == Qt::ShortcutFocusReason;
    if (!currentIndex().isValid() && model() && model()->rowCount() > 0)
        selectRow(0);
    viewport()->update();
}

void TableView::focusOutEvent(QFocusEvent* event)
{
    QTableView::focusOutEvent(event);
    m_keyboardFocus = false;
    viewport()->update();
}

void TableView::keyPressEvent(QKeyEvent* event)
{
    // J and K move as in every pager; the row activates with Enter on every platform.
    if (event->key() == Qt::Key_J || event->key() == Qt::Key_K) {
        QKeyEvent move(QEvent::KeyPress, event->key() == Qt::Key_J ? Qt::Key_Down : Qt::Key_Up, Qt::NoModifier);
        QTableView::keyPressEvent(&move);
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        Q_EMIT rowActivated(currentIndex().row());
        return;
    }
    QTableView::keyPressEvent(event);
}

void TableView::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange && verticalHeader())
        applyMetrics();
}

void TableView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    if (current.row() != previous.row())
        Q_EMIT currentRowChanged(current.row());
}

} // namespace ui

// TableView: a QTableView with the visual system's table (design tokens, section 9): no grid, rows of one height, own
// header and delegate, row hover, accent bar and focus ring for the selected row. Columns get fixed widths and shares
// of the rest. The model returns ui::Cell for CellRole; without it the display text is drawn. Thread: UI.
#pragma once

#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVector>

namespace ui {

class TableHeader : public QHeaderView
{
    Q_OBJECT
public:
    explicit TableHeader(QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintSection(QPainter* painter, const QRect& rect, int logicalIndex) const override;
    void paintEvent(QPaintEvent* event) override;
};

class TableView;

class RowDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit RowDelegate(TableView* view);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    TableView* m_view;
};

class TableView : public QTableView
{
    Q_OBJECT
public:
    // A column's width: `fixed` pixels at 100 %, plus its share of what the view has left over.
    struct Width
    {
        int fixed = 80;
        int share = 0;
    };

    explicit TableView(const QString& name, QWidget* parent = nullptr);

    void setWidths(const QVector<Width>& widths);
    void setModel(QAbstractItemModel* model) override;
    int hoverRow() const { return m_hoverRow; }
    // The height that shows `rows` rows and the head without scrolling.
    int heightForRows(int rows) const;

Q_SIGNALS:
    void rowActivated(int row); // Enter or double click
    void currentRowChanged(int row);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void layOutColumns();
    void setHoverRow(int row);
    void applyMetrics();

    QVector<Width> m_widths;
    int m_hoverRow = -1;
    bool m_keyboardFocus = false;
};

} // namespace ui

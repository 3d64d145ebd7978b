// KeyValueGrid: facts as label and value, one row each (label text.3, value text.1 or mono). Thread: UI.
// Legend: swatches with words for a panel header.
#pragma once

#include "theme/theme.h"

#include <QVector>
#include <QWidget>

class QGridLayout;

namespace ui {

class TextLabel;

class KeyValueGrid : public QWidget
{
    Q_OBJECT
public:
    explicit KeyValueGrid(int labelWidth = 58, QWidget* parent = nullptr);
    // Adds the row at the first use of the label, later replaces its value.
    void set(const QString& label, const QString& value, bool isMono = false, Token ink = Token::Text1);
    void remove(const QString& label);

private:
    QGridLayout* m_grid;
    QVector<std::pair<TextLabel*, TextLabel*>> m_rows;
    int m_labelWidth;
};

struct LegendEntry
{
    QString words;
    Token ink = Token::Text2;
    bool hatched = false;
};

class Legend : public QWidget
{
    Q_OBJECT
public:
    explicit Legend(QWidget* parent = nullptr);
    void setEntries(const QVector<LegendEntry>& entries);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return QSize(0, sizeHint().height()); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVector<LegendEntry> m_entries;
};

} // namespace ui

// Segment and TabStrip: a row of exclusive choices. Segment is one bordered control (28 or 22 high), TabStrip is words
// with a line under the chosen one. Both are rows of buttons, so a screen reader finds each choice; arrow keys move.
// Thread: UI.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>

class QAbstractButton;
class QHBoxLayout;

namespace ui {

class ChoiceCell;

class ChoiceRow : public QWidget
{
    Q_OBJECT
public:
    explicit ChoiceRow(const QString& name, QWidget* parent);

    int addChoice(const QString& text, const QString& toolTip = {});
    int count() const { return int(m_cells.size()); }
    int current() const { return m_current; }
    QString choiceText(int index) const;
    void setChoiceText(int index, const QString& text);
    // Does not emit; -1: none.
    void setCurrent(int index);

Q_SIGNALS:
    void chosen(int index); // by the user

protected:
    void keyPressEvent(QKeyEvent* event) override;
    virtual ChoiceCell* makeCell(const QString& text) = 0;
    void addCell(QWidget* cell);
    QVector<ChoiceCell*> m_cells;
    QHBoxLayout* m_row;

private:
    int m_current = -1;
};

class Segment : public ChoiceRow
{
    Q_OBJECT
public:
    enum class Size
    {
        Regular,
        Mini
    };
    explicit Segment(const QString& name, Size size = Size::Regular, QWidget* parent = nullptr);
    // A part that is not a choice but opens something: words with a chevron. The caller connects clicked().
    QAbstractButton* addMenuPart(const QString& text, const QString& toolTip);
    static void setPartText(QAbstractButton* part, const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    ChoiceCell* makeCell(const QString& text) override;

private:
    Size m_size;
};

class TabStrip : public ChoiceRow
{
    Q_OBJECT
public:
    explicit TabStrip(const QString& name, QWidget* parent = nullptr);

protected:
    ChoiceCell* makeCell(const QString& text) override;
};

} // namespace ui

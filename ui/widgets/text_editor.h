// TextEditor: a text of some thousand lines with its numbers, marks at lines (what was found there, its words as
// tooltip) and grounds of lines (what was added and removed). Colours YAML lightly. Read-only or to edit. Thread: UI.
#pragma once

#include "theme/status_paint.h"
#include "theme/token.h"

#include <QHash>
#include <QStringList>
#include <QVector>
#include <QWidget>

namespace ui {

class EditorArea;

struct LineMark
{
    int line = 0; // from 1
    Status status = Status::Degraded;
    QString words;
};

class TextEditor : public QWidget
{
    Q_OBJECT
public:
    explicit TextEditor(const QString& name, QWidget* parent = nullptr);

    // Not told as edited(); an equal text keeps cursor and scroll.
    void setText(const QString& text);
    QString text() const;
    void setReadOnly(bool readOnly);
    bool isReadOnly() const;
    void setPlaceholder(const QString& words);
    void setMarks(const QVector<LineMark>& marks);
    const QVector<LineMark>& marks() const { return m_marks; }
    // Grounds by line; `numbers` instead of counting, one a line (a difference shows two texts).
    void setGrounds(const QHash<int, Token>& grounds, const QStringList& numbers = {});
    // Puts the cursor there and shows it in the middle.
    void goTo(int line);
    int currentLine() const;

Q_SIGNALS:
    void edited();

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void refreshGrounds();
    int gutter() const;

    QVector<LineMark> m_marks;
    QHash<int, Token> m_grounds;
    QStringList m_numbers;
    EditorArea* m_area;
    bool m_setting = false;
};

} // namespace ui

// A difference by its effect: groups in the order of risk, each sentence with what it was, what it is and its line.
// What only looks different is one line with its count, never left out. A line is opened with a click or with Enter.
// Painted; grows downwards. Thread: UI.
#pragma once

#include "api/config_change.h"

#include <QWidget>

namespace ui::config {

class MeaningView : public QWidget
{
    Q_OBJECT
public:
    explicit MeaningView(const QString& name, QWidget* parent = nullptr);

    void setReport(const gateway::api::DiffReport& report);
    const gateway::api::DiffReport& report() const { return m_report; }
    // All of it as text, as a screen reader hears it.
    QString words() const { return accessibleDescription(); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, 0}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

Q_SIGNALS:
    void lineWanted(int line); // in the new text

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Row
    {
        enum class Kind
        {
            Head,
            Sentence,
            Affected,
            Cosmetic
        };
        Kind kind = Kind::Head;
        int group = -1; // of the report; -1: who is affected
        int index = -1;
        int top = 0;
        int height = 0;
    };
    QVector<Row> layOut(int width) const;
    int rowAt(const QPoint& point) const;
    int lineOf(const Row& row) const;
    void move(int by);
    void paintHead(QPainter& painter, const Row& row) const;
    void paintSentence(QPainter& painter, const Row& row, bool isChosen) const;
    void paintAffected(QPainter& painter, const Row& row) const;
    const gateway::api::DiffSentence& sentenceOf(const Row& row) const;

    gateway::api::DiffReport m_report;
    int m_hover = -1;
    int m_current = -1;
    bool m_keyboard = false;
};

} // namespace ui::config

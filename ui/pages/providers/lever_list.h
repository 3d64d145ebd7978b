// The levers in force, and the providers that come back: what, why, who, how long still, and the way back. Hidden while
// there is none. Counts down by itself. Values in, wishes out. Thread: UI.
#pragma once

#include "api/lever.h"
#include "widgets/panel.h"

#include <QTimer>

#include <functional>

class QGridLayout;

namespace ui {
class Button;
class TextLabel;
} // namespace ui

namespace ui::providers {

class LeverList : public Panel
{
    Q_OBJECT
public:
    LeverList(std::function<QDateTime()> now, bool mayEnd, QWidget* parent = nullptr);

    // Those in force, those that come back, and drills that ended within the last hour.
    void setLevers(const QVector<gateway::api::LeverStatus>& levers);
    const QVector<gateway::api::LeverStatus>& shown() const { return m_levers; }
    Button* undoButton(int row) const { return m_rows[row].undo; }
    Button* cardButton(int row) const { return m_rows[row].card; }
    QString words(int row) const;

Q_SIGNALS:
    void undoWanted(const QString& id);
    void cardWanted(const QString& id);

private:
    struct Row
    {
        TextLabel* what = nullptr;
        TextLabel* why = nullptr;
        TextLabel* left = nullptr;
        Button* card = nullptr;
        Button* undo = nullptr;
    };
    void makeRow();
    void refresh();

    std::function<QDateTime()> m_now;
    bool m_mayEnd;
    QVector<gateway::api::LeverStatus> m_levers;
    QVector<Row> m_rows;
    QGridLayout* m_grid;
    QTimer m_tick;
};

} // namespace ui::providers

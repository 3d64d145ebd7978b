// ConnectionsSheet: the engines this console knows: name, environment, address, role, state with its reason, round
// trip, age of the data, version, pin, last use; and what can be done with each. Refreshed once a second while it is
// open. Thread: UI; deletes itself when closed.
#pragma once

#include "session/connection_hub.h"
#include "widgets/cell.h"
#include "widgets/sheet.h"

#include <QTimer>

namespace ui {

class Button;
class PlainTable;
class TextLabel;

class ConnectionsSheet : public Sheet
{
    Q_OBJECT
public:
    ConnectionsSheet(QWidget* window, ConnectionHub& hub);
    static ConnectionsSheet* openOn(QWidget* window, ConnectionHub& hub);

    PlainTable* table() const { return m_table; }

private:
    void refill();
    QVector<Cell> rowOf(const QString& id, const Connection& connection, const Session* session) const;
    QString chosen() const; // id
    void act(void (ConnectionsSheet::*what)(const QString& id));
    void show(const QString& id);
    void edit(const QString& id);
    void remove(const QString& id);
    void exportList();
    void importList();

    ConnectionHub& m_hub;
    PlainTable* m_table;
    TextLabel* m_words;
    QStringList m_ids;             // by row
    QVector<QVector<Cell>> m_rows; // as they are shown
    QTimer m_second;
};

} // namespace ui

// The watched tables: those whose rows change, and are under the log with every change (log_entry.h). A row's content
// is its columns in the order given here, with their types and lengths; the columns are part of the format on disk.
// When a migration adds a column, it becomes a second line for the same table with a higher `format`: new entries are
// written with the highest, old ones are read with theirs. Constants.
#pragma once

#include <QByteArray>

#include <span>

namespace gateway::store {

enum class KeyKind
{
    Integer,
    Text
};

struct LogTable
{
    const char* table;
    int format;      // 1, 2, ... of this table
    const char* key; // one column that is unique; "table/key" is the id of its entries
    KeyKind keyKind;
    const char* columns; // all of them, the key among them
};

std::span<const LogTable> logTables();
const LogTable* logTable(QByteArrayView table); // its newest format; null: it is not watched

} // namespace gateway::store

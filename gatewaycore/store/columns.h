// The columns of calls and attempts as tables of (name, member): the insert and the select of a row walk the same
// table, so they cannot disagree. Enumerations are stored by name, because numbers move when a list grows. Used by
// CallWriter and CallReader only.
#pragma once

#include "api/call.h"
#include "store/statement.h"

#include <QVariant>

#include <span>

namespace gateway::store {

template <typename Row>
struct Column
{
    const char* name;
    void (*bind)(Statement&, const Row&);
    void (*set)(Row&, const QVariant&);
};

std::span<const Column<api::Call>> callColumns();
std::span<const Column<api::Attempt>> attemptColumns();

// "a, b, c" with `prefix` before each name; "?, ?, ?" as many.
template <typename Row>
QString names(std::span<const Column<Row>> columns, const char* prefix = "")
{
    QStringList list;
    for (const Column<Row>& column : columns)
        list.append(QLatin1String(prefix) + QLatin1String(column.name));
    return list.join(QStringLiteral(", "));
}
QString marks(qsizetype count);

} // namespace gateway::store

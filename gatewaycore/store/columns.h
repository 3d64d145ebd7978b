// Where each member of a call and of an attempt is kept, as tables that the insert and the select of a row both walk,
// so they cannot disagree. What SQL filters, sums or joins has a column; the rest is a member of the JSON text in the
// column `detail`, left out where it is as in a new value. Enumerations are stored by name, because numbers move when a
// list grows. The views calls_full and attempts_full (migrations) show the members of `detail` as columns under the
// same names. Used by CallWriter and CallReader only.
#pragma once

#include "api/call.h"
#include "store/statement.h"

#include <QVariant>

#include <span>

namespace gateway::store {

class DetailWriter;

template <typename Row>
struct Column
{
    const char* name;
    void (*bind)(Statement&, const Row&);
    void (*set)(Row&, const QVariant&);
};

template <typename Row>
struct Detail
{
    const char* name;
    void (*write)(DetailWriter&, const char* name, const Row&); // nothing if it is as in a new value
    void (*set)(Row&, const QJsonValue&);
};

std::span<const Column<api::Call>> callColumns();
std::span<const Column<api::Attempt>> attemptColumns();
std::span<const Detail<api::Call>> callDetails();
std::span<const Detail<api::Attempt>> attemptDetails();

// "a, b, c" with `prefix` before each name, `detail` among them; "?, ?, ?" as many.
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

// RecordCases: the calls of a period as the record holds them, oldest first, in pieces of one short statement each, so
// that a replay of a month neither holds the WAL back nor a writer up. Its connection is its own and can only read.
// Belongs to the thread that opened it.
#pragma once

#include "replay/replay_case.h"
#include "store/database.h"
#include "store/statement.h"

#include <QByteArrayList>

#include <functional>

namespace gateway::replay {

struct RecordFilter
{
    qint64 sinceMs = 0;
    qint64 untilMs = 0; // exclusive
    QString tenant;     // empty: all
    QString alias;
    QStringList tenants; // whom the asker may see; empty: all
};

class RecordCases
{
public:
    static api::Result<std::unique_ptr<RecordCases>> open(const QString& databaseFile, const RecordFilter& filter);

    api::Result<qint64> count(); // calls that the filter lets through
    // Every call of the filter. `wanted` is asked first, with its number from 0: one that is not wanted is not read
    // further. `take` says false to stop.
    api::Outcome each(const std::function<bool(qint64)>& wanted, const std::function<bool(const CallRow&)>& take);

private:
    RecordCases(store::Connection connection, RecordFilter filter)
        : m_connection(std::move(connection)), m_filter(std::move(filter))
    {
        for (const QString& tenant : m_filter.tenants)
            m_seen.append(tenant.toUtf8());
    }
    bool isSeen(QByteArrayView tenant) const;

    store::Connection m_connection;
    RecordFilter m_filter;
    QByteArrayList m_seen; // tenants, as the record spells them
};

} // namespace gateway::replay

// CallReader: the record, read. It has a read-only connection of its own, so it sees committed calls only, never waits
// for the writer and never makes it wait. Belongs to the thread that opened it (control thread).
#pragma once

#include "api/call.h"
#include "api/result.h"
#include "store/call_filter.h"
#include "store/database.h"

#include <QSqlQuery>

#include <functional>

namespace gateway::store {

class CallReader
{
public:
    static api::Result<std::unique_ptr<CallReader>> open(const QString& databaseFile);

    // One page, newest first (by start, then arrival). Pages that follow a cursor neither repeat nor skip a call when
    // new ones arrive. Attempts are included; commitUs is -1 until the batch's duration is known (a moment after the
    // commit).
    // With `tenants` only calls of these are there. `total` is exact where an index can count (no filter, one of
    // tenant, alias and outcome, a provider of few attempts); else it stops at kMostCounted.
    static constexpr qint64 kMostCounted = 10'000;
    api::Result<api::CallPage> list(const api::CallQuery& query, const QStringList& tenants = {});

    api::Result<api::Call> find(const QString& id); // NotFound if there is none
    api::Result<bool> contains(const QString& id);

    // Calls since then that came with an idempotency-key and were answered, or whose end nobody knows: its digest (hex)
    // and the call's id. So that a repetition after a restart is not a second call.
    struct Repeatable
    {
        QString idempotency;
        QString id;
    };
    api::Result<std::vector<Repeatable>> repeatable(const QDateTime& since);

    // Every call that started at or after `since`, oldest first, for rebuilding aggregates. Stops early when the
    // visitor says false.
    api::Outcome recent(const QDateTime& since, const std::function<bool(const api::Call&)>& visitor);

private:
    explicit CallReader(Connection connection) : m_connection(std::move(connection)) {}
    api::Outcome readAttempts(api::Call& call, qint64 seq);

    struct Search
    {
        CallFilter filter;
        const char* indexing = "";
        bool countable = false; // an index knows how many there are
    };
    api::Result<Search> searchFor(const api::CallQuery& query, const QStringList& tenants);
    api::Result<qint64> count(const api::CallQuery& query, const Search& search);
    api::Result<qint64> counted(const QString& from, const CallFilter& filter);

    Connection m_connection;
    QSqlQuery m_attempts; // prepared once
};

} // namespace gateway::store

// Opens SQLite connections the one way this program uses them. The writing one: WAL, synchronous NORMAL until told
// otherwise, no automatic checkpoints (the filing thread does them), foreign keys and secure delete on, checked by
// quick_check. The reading one:
// read-only, so that it can neither write nor checkpoint. A connection belongs to the thread that opened it.
#pragma once

#include "api/result.h"

#include <QSqlDatabase>
#include <QString>

namespace gateway::store {

// Closes and removes the connection when it goes.
class Connection
{
public:
    Connection() = default;
    explicit Connection(QSqlDatabase database) : m_database(std::move(database)) {}
    Connection(Connection&& other) noexcept { std::swap(m_database, other.m_database); }
    Connection& operator=(Connection&& other) noexcept
    {
        std::swap(m_database, other.m_database);
        return *this;
    }
    ~Connection();
    QSqlDatabase& operator*() { return m_database; }
    QSqlDatabase* operator->() { return &m_database; }

private:
    QSqlDatabase m_database;
};

// A corrupt file is copied to FILE.corrupt-TIME (with its WAL) and refused. With `mustExist` a missing or empty file is
// refused as well: this data directory has had a database. A large database that was closed in good order is not
// checked where the caller offers to do that later.
api::Result<Connection> openWriter(const QString& file, bool mustExist, qint64 nowMs, bool* checkLater = nullptr);
api::Result<Connection> openReader(const QString& file);

QString quickCheck(QSqlDatabase& database);           // what is wrong with it; empty: nothing
bool markClosed(QSqlDatabase& database, bool closed); // whether it was closed in good order

} // namespace gateway::store

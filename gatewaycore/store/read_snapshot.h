// ReadSnapshot: while it lives, every query of the connection sees the record as it was at the first of them. For
// answers that are put together from several queries. Keep it short: the WAL cannot be taken back meanwhile.
#pragma once

#include <QSqlDatabase>

namespace gateway::store {

class ReadSnapshot
{
public:
    explicit ReadSnapshot(QSqlDatabase& database) : m_database(database), m_open(database.transaction()) {}
    ReadSnapshot(const ReadSnapshot&) = delete;
    ReadSnapshot& operator=(const ReadSnapshot&) = delete;
    ~ReadSnapshot()
    {
        if (m_open)
            m_database.commit();
    }
    bool isOpen() const { return m_open; }

private:
    QSqlDatabase& m_database;
    bool m_open;
};

} // namespace gateway::store

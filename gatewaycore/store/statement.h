// Statement: one prepared statement of the SQLite C API on a connection that QtSql opened, for what is written by the
// thousand. Values are bound in order; texts go as UTF-8 through a buffer of the statement's own, which is used again
// for every run, so a run allocates nothing. Errors are given as QtSql gives them (extended result code and text).
// Belongs to the thread of its connection and must go before it.
#pragma once

#include <QByteArrayView>
#include <QLatin1String>
#include <QSqlDatabase>
#include <QSqlError>
#include <QStringView>

#include <memory>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace gateway::audit {
class CanonicalBytes;
}

namespace gateway::store {

// The connection's own handle; null if the connection is closed, is none of SQLite, or QtSql runs on another SQLite
// library than the one we are linked to.
sqlite3* handleOf(const QSqlDatabase& database);

class Statement
{
public:
    Statement() = default;
    Statement(Statement&& other) noexcept { swap(other); }
    Statement& operator=(Statement&& other) noexcept
    {
        swap(other);
        return *this;
    }
    ~Statement();

    bool prepare(sqlite3* database, QByteArrayView sql);

    // The next parameters. bindUtf8(): the bytes must stay until run() has returned.
    void bind(qint64 number);
    void bindNull();
    void bind(QStringView text);
    void bindUtf8(QByteArrayView text);
    void bindCopy(QByteArrayView utf8);  // the bytes may go at once
    void bindBlob(QByteArrayView bytes); // must stay, as for bindUtf8()

    // What is bound from here on is written there too, as it will be stored; null: no more.
    void copyTo(audit::CanonicalBytes* copy) { m_copy = copy; }

    bool run();          // to its end, then it is ready to be bound again; false: error()
    bool next();         // one row of an answer; false at its end, or on an error
    void finish();       // ends an answer that was not read to its end
    int changes() const; // rows the last run changed
    QSqlError error() const;

    qint64 number(int column) const;
    QByteArrayView text(int column) const; // UTF-8, until next(), run() or finish()
    QByteArrayView blob(int column) const; // as text()
    bool isNull(int column) const;
    bool isInteger(int column) const;
    void canonical(int column, audit::CanonicalBytes& to) const; // as it is stored, whatever its type

private:
    void swap(Statement& other) noexcept;
    char* room(qsizetype bytes);

    sqlite3* m_database = nullptr;
    sqlite3_stmt* m_statement = nullptr;
    audit::CanonicalBytes* m_copy = nullptr;
    std::unique_ptr<char[]> m_buffer; // holds the texts of one run
    qsizetype m_used = 0;
    int m_at = 0;
    int m_code = 0;
};

} // namespace gateway::store

#include "store/statement.h"

#include "audit/chain/canonical.h"
#include "base/ascii.h"

#include <QSqlDriver>
#include <QSqlQuery>
#include <QVariant>

#include <sqlite3.h>

namespace gateway::store {
namespace {

constexpr qsizetype kBuffer = 64 << 10; // what does not fit any more is copied by SQLite

bool isOurLibrary(const QSqlDatabase& database)
{
    QSqlQuery query(database);
    return query.exec(QStringLiteral("SELECT sqlite_source_id()")) && query.next() &&
           query.value(0).toString() == QLatin1String(sqlite3_sourceid());
}

} // namespace

sqlite3* handleOf(const QSqlDatabase& database)
{
    const QVariant handle = database.driver() ? database.driver()->handle() : QVariant();
    if (!handle.isValid() || qstrcmp(handle.typeName(), "sqlite3*") != 0 || !isOurLibrary(database))
        return nullptr;
    return *static_cast<sqlite3* const*>(handle.constData());
}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

void Statement::swap(Statement& other) noexcept
{
    std::swap(m_database, other.m_database);
    std::swap(m_statement, other.m_statement);
    std::swap(m_copy, other.m_copy);
    std::swap(m_buffer, other.m_buffer);
    std::swap(m_used, other.m_used);
    std::swap(m_at, other.m_at);
    std::swap(m_code, other.m_code);
}

bool Statement::prepare(sqlite3* database, QByteArrayView sql)
{
    sqlite3_finalize(std::exchange(m_statement, nullptr));
    m_database = database;
    m_used = m_at = 0;
    m_code =
        sqlite3_prepare_v3(database, sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &m_statement, nullptr);
    return m_code == SQLITE_OK;
}

void Statement::bind(qint64 number)
{
    sqlite3_bind_int64(m_statement, ++m_at, number);
    if (m_copy)
        m_copy->integer(number);
}

void Statement::bindNull()
{
    sqlite3_bind_null(m_statement, ++m_at);
    if (m_copy)
        m_copy->null();
}

char* Statement::room(qsizetype bytes)
{
    if (!m_buffer)
        m_buffer.reset(new char[kBuffer]);
    return bytes <= kBuffer - m_used ? m_buffer.get() + m_used : nullptr;
}

void Statement::bind(QStringView text)
{
    if (text.isEmpty())
        return bindUtf8("");
    if (char* const to = room(text.size()); to && copyAscii(text, to)) {
        m_used += text.size();
        return bindUtf8({to, text.size()});
    }
    bindCopy(text.toUtf8());
}

void Statement::bindUtf8(QByteArrayView text)
{
    // SQLite takes a null pointer for NULL
    sqlite3_bind_text(m_statement, ++m_at, text.isEmpty() ? "" : text.data(), int(text.size()), SQLITE_STATIC);
    if (m_copy)
        m_copy->text(text);
}

void Statement::bindCopy(QByteArrayView utf8)
{
    if (char* const to = room(utf8.size())) {
        std::copy(utf8.begin(), utf8.end(), to);
        m_used += utf8.size();
        return bindUtf8({to, utf8.size()});
    }
    // SQLITE_TRANSIENT is a cast from -1
    sqlite3_bind_text(m_statement, ++m_at, utf8.data(), int(utf8.size()), SQLITE_TRANSIENT);
    if (m_copy)
        m_copy->text(utf8);
}

void Statement::bindBlob(QByteArrayView bytes)
{
    sqlite3_bind_blob(m_statement, ++m_at, bytes.isEmpty() ? "" : bytes.data(), int(bytes.size()), SQLITE_STATIC);
    if (m_copy)
        m_copy->blob(bytes);
}

bool Statement::run()
{
    m_code = sqlite3_step(m_statement);
    const bool good = m_code == SQLITE_DONE || m_code == SQLITE_ROW;
    if (!good)
        m_code = sqlite3_extended_errcode(m_database);
    finish();
    return good;
}

bool Statement::next()
{
    m_code = sqlite3_step(m_statement);
    if (m_code == SQLITE_ROW)
        return true;
    if (m_code != SQLITE_DONE)
        m_code = sqlite3_extended_errcode(m_database);
    finish();
    return false;
}

void Statement::finish()
{
    sqlite3_reset(m_statement); // tells of the error again, which is known
    m_used = m_at = 0;
}

int Statement::changes() const
{
    return sqlite3_changes(m_database);
}

QSqlError Statement::error() const
{
    if (m_code == SQLITE_OK || m_code == SQLITE_DONE || m_code == SQLITE_ROW)
        return {};
    return QSqlError(QStringLiteral("Unable to run a statement"), QString::fromUtf8(sqlite3_errmsg(m_database)),
        QSqlError::StatementError, QString::number(m_code));
}

qint64 Statement::number(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

QByteArrayView Statement::text(int column) const
{
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return {text, text ? sqlite3_column_bytes(m_statement, column) : 0};
}

QByteArrayView Statement::blob(int column) const
{
    const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(m_statement, column));
    return {bytes, bytes ? sqlite3_column_bytes(m_statement, column) : 0};
}

void Statement::canonical(int column, audit::CanonicalBytes& to) const
{
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_INTEGER:
        return to.integer(number(column));
    case SQLITE_TEXT:
        return to.text(text(column));
    case SQLITE_BLOB:
        return to.blob(blob(column));
    case SQLITE_FLOAT:
        return to.real(sqlite3_column_double(m_statement, column));
    default:
        return to.null();
    }
}

bool Statement::isInteger(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_INTEGER;
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

} // namespace gateway::store

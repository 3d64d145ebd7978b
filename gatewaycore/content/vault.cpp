#include "content/vault.h"

#include "base/key_file.h"
#include "content/cipher.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>
#include <QtEndian>

namespace gateway::content {
namespace {

constexpr qint64 kDayMs = 86'400'000;

constexpr const char* kTables[] = {
    // one key for what a tenant's calls of one UTC day are sealed with; `sealed` with the master key
    "CREATE TABLE IF NOT EXISTS data_keys (id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL,"
    " day INTEGER NOT NULL, sealed BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS data_keys_tenant ON data_keys (tenant, day)",
    "CREATE TABLE IF NOT EXISTS content (call TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, data_key INTEGER NOT NULL,"
    " started_ms INTEGER NOT NULL, kept_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, sealed BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS content_expires ON content (expires_ms)",
    "CREATE INDEX IF NOT EXISTS content_key ON content (data_key)",
    // covers the sums: rows are long
    "CREATE INDEX IF NOT EXISTS content_tenant ON content (tenant, kept_ms, length(sealed))",
};

// What a seal is bound to: content of one call cannot be shown as another's.
QByteArray boundTo(const QString& call, const QString& tenant)
{
    return "content\n" + tenant.toUtf8() + '\n' + call.toUtf8();
}

QByteArray keyBoundTo(const QString& tenant)
{
    return "data key\n" + tenant.toUtf8();
}

// flags, length of the request, request, answer; packed
QByteArray packed(const KeptCall& call)
{
    QByteArray plain(9, '\0');
    plain[0] = char((call.requestCut ? 1 : 0) | (call.answerCut ? 2 : 0));
    qToBigEndian<quint64>(quint64(call.request.size()), plain.data() + 1);
    plain += call.request + call.answer;
    QByteArray small = qCompress(plain, 1);
    wipe(plain);
    return small;
}

bool unpack(QByteArrayView small, KeptCall& call)
{
    QByteArray plain = qUncompress(reinterpret_cast<const uchar*>(small.data()), int(small.size()));
    if (plain.size() < 9)
        return false;
    const quint64 request = qFromBigEndian<quint64>(plain.constData() + 1);
    if (request > quint64(plain.size() - 9))
        return false;
    call.requestCut = (plain[0] & 1) != 0;
    call.answerCut = (plain[0] & 2) != 0;
    call.request = plain.mid(9, qsizetype(request));
    call.answer = plain.mid(9 + qsizetype(request));
    wipe(plain);
    return true;
}

api::Error unavailable(const QString& why)
{
    return api::failure(api::Failure::Unavailable, QStringLiteral("Kept content cannot be read: %1.").arg(why));
}

} // namespace

Vault::Vault(store::Connection connection, Secret master, RandomSource& random)
    : m_connection(std::move(connection)), m_master(std::move(master)), m_random(random)
{
}

Vault::~Vault()
{
    settle(true);
}

api::Result<std::unique_ptr<Vault>> Vault::open(const QString& directory, RandomSource& random, qint64 nowMs)
{
    auto connection = store::openWriter(directory + QStringLiteral("/content.db"), false, nowMs);
    if (!connection)
        return connection.error();
    QSqlQuery query(**connection);
    for (const char* table : kTables) {
        if (!query.exec(QLatin1String(table)))
            return unavailable(query.lastError().text());
    }
    if (!query.exec(QStringLiteral("SELECT count(*) FROM data_keys")) || !query.next())
        return unavailable(query.lastError().text());
    const bool hasKeys = query.value(0).toLongLong() > 0;
    query.finish();
    auto master = loadKeyFile(directory + QStringLiteral("/content.key"),
        {"content key", "there is content that was sealed with it"}, !hasKeys, random);
    if (!master)
        return master.error();
    std::unique_ptr<Vault> vault(new Vault(std::move(*connection), std::move(*master), random));
    if (!vault->countBytes())
        return unavailable(vault->m_trouble);
    return vault;
}

bool Vault::failed(const QSqlQuery& query)
{
    m_trouble = query.lastError().text();
    return false;
}

bool Vault::transact(const std::function<bool()>& work)
{
    if (!m_connection->transaction()) {
        m_trouble = m_connection->lastError().text();
        return false;
    }
    if (!work()) {
        m_connection->rollback();
        m_today.clear(); // a key that was made in it is not there
        return false;
    }
    if (m_connection->commit())
        return true;
    m_trouble = m_connection->lastError().text();
    m_connection->rollback();
    m_today.clear();
    return false;
}

bool Vault::countBytes()
{
    QSqlQuery query(*m_connection);
    if (!query.exec(QStringLiteral("SELECT coalesce(sum(length(sealed)), 0) FROM content")) || !query.next())
        return failed(query);
    m_bytes = query.value(0).toLongLong();
    return true;
}

// Today's key of the tenant, made when it is first needed.
std::optional<Vault::DataKey> Vault::keyOf(const QString& tenant, qint64 day)
{
    if (const auto known = m_today.constFind(tenant); known != m_today.cend() && known->first == day)
        return known->second;
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("SELECT id, sealed FROM data_keys WHERE tenant = ? AND day = ?"));
    query.addBindValue(tenant);
    query.addBindValue(day);
    if (!query.exec()) {
        failed(query);
        return std::nullopt;
    }
    DataKey found;
    if (query.next()) {
        if (auto key = unseal(m_master, query.value(1).toByteArray(), keyBoundTo(tenant)))
            found = {query.value(0).toLongLong(), Secret(std::move(*key))};
    }
    query.finish();
    if (found.id == 0) { // none, or one that another master key sealed
        found.key = freshKey(m_random);
        query.prepare(QStringLiteral("INSERT INTO data_keys (tenant, day, sealed) VALUES (?, ?, ?)"));
        query.addBindValue(tenant);
        query.addBindValue(day);
        query.addBindValue(seal(m_master, found.key.reveal(), keyBoundTo(tenant), m_random));
        if (!query.exec()) {
            failed(query);
            return std::nullopt;
        }
        found.id = query.lastInsertId().toLongLong();
    }
    m_today.insert(tenant, {day, found});
    return found;
}

std::optional<Secret> Vault::keyWithId(qint64 id, const QString& tenant)
{
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("SELECT sealed FROM data_keys WHERE id = ? AND tenant = ?"));
    query.addBindValue(id);
    query.addBindValue(tenant);
    if (!query.exec() || !query.next())
        return std::nullopt;
    auto key = unseal(m_master, query.value(0).toByteArray(), keyBoundTo(tenant));
    return key ? std::optional(Secret(std::move(*key))) : std::nullopt;
}

bool Vault::insert(const KeptCall& call)
{
    const auto key = keyOf(call.tenant, call.keptMs / kDayMs);
    if (!key)
        return false;
    QByteArray plain = packed(call);
    const QByteArray sealed = seal(key->key, plain, boundTo(call.call, call.tenant), m_random);
    wipe(plain);
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("INSERT OR IGNORE INTO content (call, tenant, data_key, started_ms, kept_ms,"
                                 " expires_ms, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)"));
    for (const QVariant& value : {QVariant(call.call), QVariant(call.tenant), QVariant(key->id),
             QVariant(call.startedMs), QVariant(call.keptMs), QVariant(call.expiresMs), QVariant(sealed)})
        query.addBindValue(value);
    if (!query.exec())
        return failed(query);
    if (query.numRowsAffected() > 0)
        m_bytes += sealed.size();
    return true;
}

bool Vault::keep(std::span<const KeptCall> calls)
{
    const qint64 before = m_bytes;
    const bool kept = transact(
        [&] { return std::all_of(calls.begin(), calls.end(), [this](const auto& call) { return insert(call); }); });
    if (!kept)
        m_bytes = before;
    return kept;
}

api::Result<std::optional<Vault::Place>> Vault::find(const QString& call, qint64 nowMs)
{
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("SELECT tenant, started_ms FROM content WHERE call = ? AND expires_ms > ?"));
    query.addBindValue(call);
    query.addBindValue(nowMs);
    if (!query.exec())
        return unavailable(query.lastError().text());
    if (!query.next())
        return std::optional<Place>();
    return std::optional(Place{query.value(0).toString(), query.value(1).toLongLong()});
}

api::Result<KeptCall> Vault::read(const QString& call, qint64 nowMs)
{
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("SELECT tenant, data_key, started_ms, kept_ms, expires_ms, sealed FROM content"
                                 " WHERE call = ? AND expires_ms > ?"));
    query.addBindValue(call);
    query.addBindValue(nowMs);
    if (!query.exec())
        return unavailable(query.lastError().text());
    if (!query.next())
        return api::failure(api::Failure::NotFound,
            QStringLiteral("Nothing is kept of the call %1, or not any more.").arg(call.left(80)));
    KeptCall kept;
    kept.call = call;
    kept.tenant = query.value(0).toString();
    kept.startedMs = query.value(2).toLongLong();
    kept.keptMs = query.value(3).toLongLong();
    kept.expiresMs = query.value(4).toLongLong();
    const auto key = keyWithId(query.value(1).toLongLong(), kept.tenant);
    auto plain = key ? unseal(*key, query.value(5).toByteArray(), boundTo(call, kept.tenant)) : std::nullopt;
    const bool good = plain && unpack(*plain, kept);
    if (plain)
        wipe(*plain);
    if (!good)
        return api::failure(api::Failure::CheckFailed,
            QStringLiteral("What is kept of the call %1 cannot be unsealed: it or its key was changed or deleted.")
                .arg(call.left(80)));
    return kept;
}

std::optional<std::vector<qint64>> Vault::expired(qint64 nowMs, int most)
{
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("SELECT rowid FROM content WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?"));
    query.addBindValue(nowMs);
    query.addBindValue(most);
    if (!query.exec()) {
        failed(query);
        return std::nullopt;
    }
    std::vector<qint64> rows;
    while (query.next())
        rows.push_back(query.value(0).toLongLong());
    return rows;
}

// In the order in which they came, until enough bytes are found.
std::optional<std::vector<qint64>> Vault::oldest(qint64 bytesTooMany, int most)
{
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("SELECT rowid, length(sealed) FROM content ORDER BY rowid LIMIT ?"));
    query.addBindValue(most);
    if (!query.exec()) {
        failed(query);
        return std::nullopt;
    }
    std::vector<qint64> rows;
    while (bytesTooMany > 0 && query.next()) {
        rows.push_back(query.value(0).toLongLong());
        bytesTooMany -= query.value(1).toLongLong();
    }
    return rows;
}

bool Vault::removeRows(const std::vector<qint64>& rows)
{
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("DELETE FROM content WHERE rowid = ?"));
    for (const qint64 row : rows) {
        query.bindValue(0, row);
        if (!query.exec())
            return failed(query);
    }
    return true;
}

bool Vault::removeUnusedKeys(qint64 today)
{
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("DELETE FROM data_keys WHERE day < ?"
                                 " AND NOT EXISTS (SELECT 1 FROM content WHERE data_key = data_keys.id)"));
    query.addBindValue(today);
    return query.exec() || failed(query);
}

std::optional<qint64> Vault::purge(qint64 nowMs, qint64 largestBytes, int most)
{
    auto rows = expired(nowMs, most);
    if (rows && rows->empty() && m_bytes > largestBytes)
        rows = oldest(m_bytes - largestBytes / 10 * 9, most); // with some air, or every call would make room for one
    if (!rows)
        return std::nullopt;
    if (!transact([&] { return removeRows(*rows) && removeUnusedKeys(nowMs / kDayMs); }) ||
        (!rows->empty() && !countBytes()))
        return std::nullopt;
    return qint64(rows->size());
}

void Vault::settle(bool emptied)
{
    QSqlQuery(*m_connection)
        .exec(emptied ? QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")
                      : QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)"));
}

bool Vault::shorten(const QString& tenant, qint64 ttlMs)
{
    QSqlQuery query(*m_connection);
    query.prepare(QStringLiteral("UPDATE content SET expires_ms = kept_ms + ? WHERE tenant = ?"
                                 " AND expires_ms > kept_ms + ?"));
    query.addBindValue(ttlMs);
    query.addBindValue(tenant);
    query.addBindValue(ttlMs);
    return query.exec() || failed(query);
}

// The keys first, in one transaction with the content: whoever has a copy of the content from before has noise.
bool Vault::shred(const QString& tenant)
{
    const bool done = transact([&] {
        for (const char* statement :
            {"DELETE FROM data_keys WHERE tenant = ?", "DELETE FROM content WHERE tenant = ?"}) {
            QSqlQuery query(*m_connection);
            query.prepare(QLatin1String(statement));
            query.addBindValue(tenant);
            if (!query.exec())
                return failed(query);
        }
        return true;
    });
    m_today.remove(tenant);
    settle(true);
    return done && countBytes();
}

api::Result<std::vector<Vault::Sum>> Vault::sums()
{
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral("SELECT tenant, count(*), sum(length(sealed)), min(kept_ms) FROM content"
                                   " GROUP BY tenant ORDER BY tenant")))
        return unavailable(query.lastError().text());
    std::vector<Sum> sums;
    while (query.next())
        sums.push_back({query.value(0).toString(), query.value(1).toLongLong(), query.value(2).toLongLong(),
            query.value(3).toLongLong()});
    return sums;
}

} // namespace gateway::content

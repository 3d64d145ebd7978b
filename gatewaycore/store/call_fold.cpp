#include "store/call_fold.h"

#include "store/statement.h"

#include <QSqlQuery>
#include <QVariant>

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gateway::store {
namespace {

// Sums by tenant are those by outcome, added up.
constexpr std::array kProperties{"outcome", "alias", "provider", "feature", "credential", "error_code"};

struct Sums
{
    qint64 calls = 0;
    qint64 answered = 0;
    qint64 priced = 0;
    qint64 costNano = 0;
    qint64 unpriced = 0;
    qint64 tokensIn = 0;
    qint64 tokensOut = 0;

    void add(const Sums& other)
    {
        calls += other.calls;
        answered += other.answered;
        priced += other.priced;
        costNano += other.costNano;
        unpriced += other.unpriced;
        tokensIn += other.tokensIn;
        tokensOut += other.tokensOut;
    }
};

struct Hash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

template <typename Value>
using Groups = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

// Of a group: a number, then texts with their lengths.
class Key
{
public:
    explicit Key(qint64 number) { m_bytes.append(reinterpret_cast<const char*>(&number), sizeof number); }
    Key& add(QByteArrayView text)
    {
        const auto size = std::uint32_t(text.size());
        m_bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
        m_bytes.append(text.data(), std::size_t(text.size()));
        return *this;
    }
    const std::string& bytes() const { return m_bytes; }

    static qint64 number(std::string_view& from)
    {
        qint64 number = 0;
        std::copy_n(from.data(), sizeof number, reinterpret_cast<char*>(&number));
        from.remove_prefix(sizeof number);
        return number;
    }
    static QByteArrayView text(std::string_view& from)
    {
        std::uint32_t size = 0;
        std::copy_n(from.data(), sizeof size, reinterpret_cast<char*>(&size));
        const QByteArrayView text(from.data() + sizeof size, qsizetype(size));
        from.remove_prefix(sizeof size + size);
        return text;
    }

private:
    std::string m_bytes;
};

template <typename Value>
Value& groupOf(Groups<Value>& groups, const Key& key)
{
    const auto known = groups.find(std::string_view(key.bytes()));
    return known != groups.end() ? known->second : groups[key.bytes()];
}

qint64 halfHourOf(qint64 ms)
{
    return ms >= 0 ? ms / kHalfHourMs : (ms + 1) / kHalfHourMs - 1;
}

QByteArrayView providerOf(QByteArrayView servedBy)
{
    return servedBy.first(std::max<qsizetype>(servedBy.indexOf('/'), 0));
}

class Fold
{
public:
    explicit Fold(sqlite3* database) : m_database(database) {}

    bool gather(qint64 from, qint64 to)
    {
        Statement calls;
        Statement attempts;
        // NULL for a cost that is not known
        if (!calls.prepare(m_database,
                "SELECT seq, started_ms, tenant, tokens_in, tokens_out, cost_nano, outcome, alias, served_by, feature,"
                " credential, error_code FROM calls WHERE seq > ? AND seq <= ? ORDER BY seq") ||
            !attempts.prepare(m_database, "SELECT call, provider, region FROM attempts WHERE call > ? AND call <= ?"
                                          " AND result NOT IN ('skipped', 'refused') ORDER BY call"))
            return false;
        for (Statement* statement : {&calls, &attempts}) {
            statement->bind(from);
            statement->bind(to);
        }
        bool attempt = attempts.next();
        while (calls.next()) {
            const qint64 seq = calls.number(0);
            const qint64 halfHour = halfHourOf(calls.number(1));
            const QByteArrayView tenant = calls.text(2);
            addCall(calls, halfHour, tenant);
            for (; attempt && attempts.number(0) <= seq; attempt = attempts.next()) {
                if (attempts.number(0) == seq)
                    ++groupOf(m_endpoints, Key(halfHour).add(tenant).add(attempts.text(1)).add(attempts.text(2)));
            }
        }
        return !calls.error().isValid() && !attempts.error().isValid();
    }

    bool write()
    {
        Statement sums;
        Statement endpoints;
        if (!sums.prepare(m_database,
                "INSERT INTO call_sums (property, half_hour, tenant, value, calls, answered, priced, cost_nano,"
                " unpriced, tokens_in, tokens_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (property, half_hour, tenant, value) DO UPDATE SET calls = calls + excluded.calls,"
                " answered = answered + excluded.answered, priced = priced + excluded.priced,"
                " cost_nano = cost_nano + excluded.cost_nano, unpriced = unpriced + excluded.unpriced,"
                " tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out") ||
            !endpoints.prepare(m_database,
                "INSERT INTO endpoint_sums (half_hour, tenant, provider, region, attempts) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (half_hour, tenant, provider, region) DO UPDATE SET"
                " attempts = attempts + excluded.attempts"))
            return false;
        for (std::size_t i = 0; i < kProperties.size(); ++i) {
            for (const auto& [key, sum] : m_sums[i]) {
                std::string_view at = key;
                sums.bindUtf8(kProperties[i]);
                sums.bind(Key::number(at));
                sums.bindUtf8(Key::text(at));
                sums.bindUtf8(Key::text(at));
                for (const qint64 number :
                    {sum.calls, sum.answered, sum.priced, sum.costNano, sum.unpriced, sum.tokensIn, sum.tokensOut})
                    sums.bind(number);
                if (!sums.run())
                    return false;
            }
        }
        for (const auto& [key, attempts] : m_endpoints) {
            std::string_view at = key;
            endpoints.bind(Key::number(at));
            for (int i = 0; i < 3; ++i)
                endpoints.bindUtf8(Key::text(at));
            endpoints.bind(attempts);
            if (!endpoints.run())
                return false;
        }
        return true;
    }

private:
    void addCall(const Statement& row, qint64 halfHour, QByteArrayView tenant)
    {
        Sums one;
        one.calls = 1;
        one.answered = row.text(6) == QByteArrayView("answered");
        one.tokensIn = row.number(3);
        one.tokensOut = row.number(4);
        one.priced = !row.isNull(5);
        one.costNano = row.number(5);
        one.unpriced = one.priced == 0 && one.tokensIn + one.tokensOut > 0;
        const std::array<QByteArrayView, kProperties.size()> values{
            row.text(6), row.text(7), providerOf(row.text(8)), row.text(9), row.text(10), row.text(11)};
        for (std::size_t i = 0; i < values.size(); ++i)
            groupOf(m_sums[i], Key(halfHour).add(tenant).add(values[i])).add(one);
    }

    sqlite3* m_database;
    std::array<Groups<Sums>, kProperties.size()> m_sums;
    Groups<qint64> m_endpoints;
};

} // namespace

WholeHalfHours::WholeHalfHours(qint64 sinceMs, qint64 untilMs)
    : first(halfHourOf(sinceMs + kHalfHourMs - 1)), end(halfHourOf(untilMs))
{
}

std::optional<qint64> callsFoldedUpTo(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'calls_folded'")))
        return std::nullopt;
    return query.next() ? query.value(0).toLongLong() : 0;
}

std::optional<qint64> foldCalls(QSqlDatabase& database, qint64 most)
{
    sqlite3* const handle = handleOf(database);
    const auto from = callsFoldedUpTo(database);
    QSqlQuery query(database);
    if (!handle || !from || !query.exec(QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls")) || !query.next())
        return std::nullopt;
    const qint64 to = std::min(query.value(0).toLongLong(), *from + most);
    query.finish();
    if (to <= *from)
        return 0;
    Fold fold(handle);
    if (!fold.gather(*from, to) || !fold.write() ||
        !query.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('calls_folded', ?)")))
        return std::nullopt;
    query.bindValue(0, QString::number(to));
    return query.exec() ? std::optional(to - *from) : std::nullopt;
}

} // namespace gateway::store

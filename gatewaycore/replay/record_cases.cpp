#include "replay/record_cases.h"

#include <algorithm>

namespace gateway::replay {
namespace {

constexpr qint64 kPiece = 4000; // calls of one statement

// The index is named: else SQLite may take the wrong one of three that could serve.
constexpr char kColumns[] =
    "SELECT seq, started_ms, tenant, alias, id, feature, agent, credential, surface, zone, outcome,"
    " error_code, served_by, cost_nano, end_us, detail, decision FROM calls ";
constexpr char kAfter[] = "started_ms >= ? AND started_ms < ? AND (started_ms > ? OR seq > ?)"
                          " ORDER BY started_ms, seq LIMIT ?";
constexpr char kOrderByTime[] = "INDEXED BY calls_started WHERE ";
constexpr char kOfTenant[] = "INDEXED BY calls_tenant WHERE tenant = ? AND ";
constexpr char kOfAlias[] = "INDEXED BY calls_alias WHERE alias = ? AND ";

std::string_view textOf(const store::Statement& row, int column)
{
    const QByteArrayView text = row.text(column);
    return {text.data(), std::size_t(text.size())};
}

api::Error failed(const QSqlError& error)
{
    return api::failure(api::Failure::Unavailable, QStringLiteral("The record cannot be read: %1.").arg(error.text()));
}

} // namespace

api::Result<std::unique_ptr<RecordCases>> RecordCases::open(const QString& databaseFile, const RecordFilter& filter)
{
    auto connection = store::openReader(databaseFile);
    if (!connection)
        return connection.error();
    return std::unique_ptr<RecordCases>(new RecordCases(std::move(*connection), filter));
}

bool RecordCases::isSeen(QByteArrayView tenant) const
{
    return m_seen.isEmpty() || std::any_of(m_seen.begin(), m_seen.end(),
                                   [&](const QByteArray& one) { return tenant == QByteArrayView(one); });
}

// Counted by walking an index; with more than one condition the rows that one index finds are looked at.
api::Result<qint64> RecordCases::count()
{
    const bool byTenant = !m_filter.tenant.isEmpty();
    const bool byAlias = !m_filter.alias.isEmpty();
    QStringList tenants = byTenant ? QStringList(m_filter.tenant) : m_filter.tenants;
    if (byTenant && !isSeen(m_filter.tenant.toUtf8()))
        return qint64(0);
    store::Statement counting;
    const QByteArray sql =
        QByteArray("SELECT count(*) FROM calls ") +
        (byAlias                ? "INDEXED BY calls_alias WHERE alias = ? AND started_ms >= ? AND started_ms < ?"
            : tenants.isEmpty() ? "INDEXED BY calls_started WHERE started_ms >= ? AND started_ms < ?"
                                : "INDEXED BY calls_tenant WHERE tenant = ? AND started_ms >= ? AND started_ms < ?") +
        (byAlias && !tenants.isEmpty() ? " AND tenant = ?" : "");
    if (!counting.prepare(store::handleOf(*m_connection), sql))
        return failed(counting.error());
    qint64 sum = 0;
    if (tenants.isEmpty())
        tenants.append(QString());
    for (const QString& tenant : std::as_const(tenants)) {
        if (byAlias)
            counting.bind(QStringView(m_filter.alias));
        else if (!tenant.isEmpty())
            counting.bind(QStringView(tenant));
        counting.bind(m_filter.sinceMs);
        counting.bind(m_filter.untilMs);
        if (byAlias && !tenant.isEmpty())
            counting.bind(QStringView(tenant));
        if (counting.next())
            sum += counting.number(0);
        counting.finish();
    }
    return sum;
}

api::Outcome RecordCases::each(
    const std::function<bool(qint64)>& wanted, const std::function<bool(const CallRow&)>& take)
{
    const bool byTenant = !m_filter.tenant.isEmpty();
    const bool byAlias = !byTenant && !m_filter.alias.isEmpty();
    const QByteArray alias = m_filter.alias.toUtf8();
    store::Statement rows;
    const QByteArray sql = QByteArray(kColumns) + (byTenant ? kOfTenant : byAlias ? kOfAlias : kOrderByTime) + kAfter;
    if (!rows.prepare(store::handleOf(*m_connection), sql))
        return failed(rows.error());
    qint64 afterMs = m_filter.sinceMs - 1;
    qint64 afterSeq = -1;
    qint64 number = 0;
    for (qint64 read = kPiece; read == kPiece;) {
        if (byTenant || byAlias)
            rows.bind(QStringView(byTenant ? m_filter.tenant : m_filter.alias));
        rows.bind(std::max(afterMs, m_filter.sinceMs));
        rows.bind(m_filter.untilMs);
        rows.bind(afterMs);
        rows.bind(afterSeq);
        rows.bind(kPiece);
        for (read = 0; rows.next(); ++read) {
            afterSeq = rows.number(0);
            afterMs = rows.number(1);
            const bool passes = isSeen(rows.text(2)) && (alias.isEmpty() || rows.text(3) == QByteArrayView(alias));
            if (!passes || !wanted(number++))
                continue;
            CallRow row;
            row.startedMs = afterMs;
            row.tenant = textOf(rows, 2);
            row.alias = textOf(rows, 3);
            row.id = textOf(rows, 4);
            row.feature = textOf(rows, 5);
            row.agent = textOf(rows, 6);
            row.credential = textOf(rows, 7);
            row.surface = textOf(rows, 8);
            row.zone = textOf(rows, 9);
            row.outcome = textOf(rows, 10);
            row.errorCode = textOf(rows, 11);
            row.servedBy = textOf(rows, 12);
            if (!rows.isNull(13))
                row.cost = api::Money::fromNano(rows.number(13));
            row.endUs = rows.number(14);
            row.detail = textOf(rows, 15);
            row.decision = textOf(rows, 16);
            if (!take(row)) {
                rows.finish();
                return api::Done{};
            }
        }
        if (rows.error().isValid() && rows.error().type() != QSqlError::NoError)
            return failed(rows.error());
        rows.finish();
    }
    return api::Done{};
}

} // namespace gateway::replay

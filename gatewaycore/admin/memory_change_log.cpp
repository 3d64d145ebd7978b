#include "admin/memory_change_log.h"

#include <algorithm>

namespace gateway::admin {
namespace {

QString keyOf(const Principal& by, const QString& operation)
{
    return by.name + u'\n' + operation;
}

bool fits(const api::AuditEntry& entry, const api::AuditQuery& query)
{
    return (!query.since || entry.at >= *query.since) && (!query.until || entry.at < *query.until) &&
           (query.principal.isEmpty() || entry.principal == query.principal) && entry.action.contains(query.action) &&
           (query.object.isEmpty() || entry.object == query.object) &&
           (query.outcome.isEmpty() || entry.outcome == query.outcome);
}

} // namespace

qint64 MemoryChangeLog::add(api::AuditEntry entry)
{
    entry.sequence = ++m_sequence;
    entry.at = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    m_entries.push_back(std::move(entry));
    if (m_entries.size() > std::size_t(kKept))
        m_entries.pop_front();
    return m_sequence;
}

void MemoryChangeLog::forgetOld()
{
    const Monotonic now = m_clock.monotonic();
    while (!m_order.empty() && (now - m_order.front().first >= kTime || m_order.size() >= std::size_t(kKept))) {
        m_known.remove(m_order.front().second);
        m_order.pop_front();
    }
}

void MemoryChangeLog::remember(
    const QString& key, const QByteArray& digest, const QString& operation, api::Operation::State state)
{
    const Monotonic began = m_clock.monotonic();
    m_known.insert(key,
        Known{digest, began, {operation, state, 0, {}, QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC)}});
    m_order.emplace_back(began, key);
}

void MemoryChangeLog::begin(const Principal& by, Intent intent, Done<Begun> done)
{
    Begun begun;
    const QString operation = intent.entry.operation;
    if (!operation.isEmpty()) {
        forgetOld();
        const QString key = keyOf(by, operation);
        if (const auto found = m_known.constFind(key); found != m_known.constEnd()) {
            begun.before = found->operation;
            begun.sameRequest = found->digest.isEmpty() || found->digest == intent.digest;
            return done(begun);
        }
        remember(key, intent.digest, operation, api::Operation::State::UnderWay);
    }
    begun.isNew = true;
    begun.change = {by, intent.entry.reason, operation, add(std::move(intent.entry)), {}};
    done(begun);
}

void MemoryChangeLog::finish(
    const Change& change, const api::AdminReply& reply, const QJsonObject& before, const QJsonObject& after)
{
    const bool applied = reply.status < 300;
    for (api::AuditEntry& entry : m_entries) {
        if (entry.sequence != change.sequence)
            continue;
        entry.outcome = applied               ? QStringLiteral("applied")
                        : reply.status >= 500 ? QStringLiteral("failed")
                                              : QStringLiteral("refused");
        entry.status = reply.status;
        entry.before = before;
        entry.after = after;
    }
    const auto found = m_known.find(keyOf(change.by, change.operation));
    if (found == m_known.end())
        return;
    // a reply of 5xx is no result: the caller may try again under the same key
    if (reply.status >= 500) {
        m_known.erase(found);
        return;
    }
    found->operation.state = applied ? api::Operation::State::Applied : api::Operation::State::NotApplied;
    found->operation.status = reply.status;
    found->operation.reply = reply.body;
}

void MemoryChangeLog::settle(const Principal& by, const QString& key, Done<api::Operation> done)
{
    forgetOld();
    const QString known = keyOf(by, key);
    if (!m_known.contains(known))
        remember(known, {}, key, api::Operation::State::NotApplied);
    done(m_known.value(known).operation);
}

void MemoryChangeLog::entries(const api::AuditQuery& query, Done<api::AuditPage> done)
{
    api::AuditPage page;
    for (auto entry = m_entries.rbegin(); entry != m_entries.rend(); ++entry) {
        if (!fits(*entry, query))
            continue;
        ++page.total;
        if (query.before > 0 && entry->sequence >= query.before)
            continue;
        if (page.entries.size() < query.limit)
            page.entries.append(*entry);
        else if (page.next == 0)
            page.next = page.entries.last().sequence;
    }
    done(page);
}

} // namespace gateway::admin

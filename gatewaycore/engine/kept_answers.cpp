#include "engine/kept_answers.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace gateway::engine {

QByteArray KeptAnswers::digest(std::initializer_list<QByteArrayView> parts)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArrayView part : parts) {
        const quint64 length = qToLittleEndian(quint64(part.size()));
        hash.addData(QByteArrayView(reinterpret_cast<const char*>(&length), sizeof length));
        hash.addData(part);
    }
    return hash.result();
}

void KeptAnswers::insert(const QByteArray& key, Entry entry)
{
    entry.at = m_clock.monotonic();
    entry.order = m_order.insert(m_order.end(), key);
    if (entry.answer)
        m_bytes += entry.answer->body.size();
    m_entries.insert(key, std::move(entry));
    trim();
}

void KeptAnswers::erase(QHash<QByteArray, Entry>::iterator entry)
{
    if (entry->answer)
        m_bytes -= entry->answer->body.size();
    m_order.erase(entry->order);
    m_entries.erase(entry);
}

// The oldest go: those past their age, then as many as are too many. What is in flight stays: its call ends it.
void KeptAnswers::trim()
{
    const Monotonic oldest = m_clock.monotonic() - Monotonic(kAge);
    for (auto at = m_order.begin(); at != m_order.end();) {
        const auto entry = m_entries.find(*at++);
        const bool over = m_bytes > kBytes || m_entries.size() > kEntries;
        if (!over && entry->at >= oldest)
            break;
        if (entry->answer)
            erase(entry);
    }
}

KeptAnswers::Result KeptAnswers::begin(const QByteArray& key, const QByteArray& request)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = m_entries.find(key);
    if (entry == m_entries.end()) {
        insert(key, Entry{request, nullptr, {}, {}});
        return {};
    }
    if (!entry->request.isEmpty() && entry->request != request)
        return {Found::Conflict, nullptr};
    if (!entry->answer)
        return {Found::InFlight, nullptr};
    return {entry->answer->body.isEmpty() ? Found::Gone : Found::Answer, entry->answer};
}

void KeptAnswers::finish(const QByteArray& key, KeptAnswer answer)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = m_entries.find(key);
    if (entry == m_entries.end())
        return;
    if (answer.body.size() > kLargest)
        answer.body.clear();
    m_bytes += answer.body.size();
    entry->answer = std::make_shared<const KeptAnswer>(std::move(answer));
    trim();
}

void KeptAnswers::forget(const QByteArray& key)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = m_entries.find(key);
    if (entry != m_entries.end())
        erase(entry);
}

void KeptAnswers::remember(const QByteArray& key, const QString& callId)
{
    const std::lock_guard lock(m_mutex);
    if (m_entries.contains(key))
        return;
    KeptAnswer answer;
    answer.callId = callId;
    insert(key, Entry{{}, std::make_shared<const KeptAnswer>(std::move(answer)), {}, {}});
}

std::shared_ptr<const KeptAnswer> KeptAnswers::find(const QByteArray& key, std::chrono::milliseconds ttl) const
{
    const std::lock_guard lock(m_mutex);
    const auto entry = m_entries.constFind(key);
    const bool fresh = entry != m_entries.constEnd() && entry->answer && !entry->answer->body.isEmpty() &&
                       m_clock.monotonic() - entry->at <= ttl;
    return fresh ? entry->answer : nullptr;
}

void KeptAnswers::keep(const QByteArray& key, KeptAnswer answer)
{
    if (answer.body.size() > kLargest || answer.body.isEmpty())
        return;
    const std::lock_guard lock(m_mutex);
    if (const auto entry = m_entries.find(key); entry != m_entries.end())
        erase(entry);
    insert(key, Entry{{}, std::make_shared<const KeptAnswer>(std::move(answer)), {}, {}});
}

QByteArray exactKey(const ExactKey& key)
{
    const QByteArray revision = QByteArray::number(key.revision);
    return KeptAnswers::digest({"exact", key.tenant, key.zone, key.alias, key.surface, key.shape, key.body, revision});
}

} // namespace gateway::engine

// MemoryChangeLog: a ChangeLog that lasts as long as its process: for tests, and for handlers tried without a database.
// Remembers 1,000 keys and as many entries for ten minutes. Control thread; answers at once.
#pragma once

#include "admin/change_log.h"
#include "base/clock.h"

#include <QHash>

#include <deque>

namespace gateway::admin {

class MemoryChangeLog final : public ChangeLog
{
public:
    static constexpr int kKept = 1000;
    static constexpr std::chrono::minutes kTime{10};

    explicit MemoryChangeLog(const Clock& clock) : m_clock(clock) {}

    void begin(const Principal& by, Intent intent, Done<Begun> done) override;
    void finish(const Change& change, const api::AdminReply& reply, const QJsonObject& before,
        const QJsonObject& after) override;
    void settle(const Principal& by, const QString& key, Done<api::Operation> done) override;
    void note(const api::AuditEntry& entry) override { add(entry); }
    void entries(const api::AuditQuery& query, Done<api::AuditPage> done) override;

private:
    struct Known
    {
        QByteArray digest; // empty: void, no request came under this key
        Monotonic began{0};
        api::Operation operation;
    };
    qint64 add(api::AuditEntry entry);
    void forgetOld();
    void remember(const QString& key, const QByteArray& digest, const QString& operation, api::Operation::State state);

    const Clock& m_clock;
    QHash<QString, Known> m_known;
    std::deque<std::pair<Monotonic, QString>> m_order;
    std::deque<api::AuditEntry> m_entries; // oldest first
    qint64 m_sequence = 0;
};

} // namespace gateway::admin

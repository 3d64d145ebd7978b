#include "engine/record_retention.h"

#include "observability/log.h"

#include <algorithm>

namespace gateway::engine {

using observability::log;
using observability::LogLevel;

RecordRetention::RecordRetention(store::Store& store, const Clock& clock) : m_store(store), m_clock(clock) {}

RecordRetention::~RecordRetention()
{
    m_alive.reset();
}

void RecordRetention::setPolicy(const config::AuditPolicy& policy)
{
    m_policy = policy;
}

std::optional<qint64> RecordRetention::removeUntilMs() const
{
    if (!m_policy.retentionStated)
        return std::nullopt;
    const qint64 before = m_clock.wallMs() - std::chrono::milliseconds(m_policy.retention).count();
    return std::min(before, m_keepSince.value_or(before));
}

void RecordRetention::tick()
{
    if (m_clock.monotonic() < m_next)
        return;
    m_next = m_clock.monotonic() + kEvery;
    start();
}

void RecordRetention::start()
{
    const std::optional<qint64> before = removeUntilMs();
    if (m_isRunning || !before)
        return;
    m_isRunning = true;
    m_inRun = 0;
    nextPiece(*before);
}

void RecordRetention::nextPiece(qint64 beforeMs)
{
    auto piece = std::make_shared<store::RemovedPiece>();
    m_store.submit(
        [piece, beforeMs, now = m_clock.wallMs()](QSqlDatabase& database) {
            const auto removed = store::removeCalls(database, beforeMs, now, kPiece);
            *piece = removed.value_or(store::RemovedPiece());
            return removed.has_value();
        },
        [this, alive = std::weak_ptr<bool>(m_alive), piece, beforeMs](bool committed) {
            if (alive.expired())
                return;
            QMetaObject::invokeMethod(
                this, [this, committed, piece, beforeMs] { pieceRemoved(committed, *piece, beforeMs); },
                Qt::QueuedConnection);
        });
}

void RecordRetention::pieceRemoved(bool committed, const store::RemovedPiece& piece, qint64 beforeMs)
{
    if (committed && piece.calls > 0) {
        m_inRun += piece.calls;
        return nextPiece(beforeMs);
    }
    m_isRunning = false;
    if (!committed && !m_failed)
        log(LogLevel::Error, "records.not_removed", {{"message", m_store.health().detail}});
    m_failed = !committed;
    if (m_inRun == 0)
        return;
    log(LogLevel::Info, "records.removed", {{"calls", m_inRun}});
    Q_EMIT removed(m_inRun);
}

api::RecordRetention RecordRetention::status(const store::RecordAge& age) const
{
    const auto at = [](qint64 ms) {
        return ms == 0 ? std::optional<QDateTime>() : QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
    };
    api::RecordRetention status;
    status.hours = m_policy.retention.count();
    status.stated = m_policy.retentionStated;
    status.oldest = at(age.oldestMs);
    status.lastPurge = at(age.lastPurgeMs);
    status.removed = age.removed;
    const std::optional<qint64> until = removeUntilMs();
    if (until)
        status.removeUntil = at(*until);
    if (!until)
        status.sentence = QStringLiteral("Records are kept for ever: the config states no audit.retention.");
    else if (m_failed)
        status.sentence = QStringLiteral("Old records cannot be removed now; it is tried again every minute.");
    else if (m_keepSince && *until == *m_keepSince)
        status.sentence =
            QStringLiteral("Records older than %1 h are removed, but not those that a budget still counts.")
                .arg(status.hours);
    else
        status.sentence = QStringLiteral("Records older than %1 h are removed; their sums stay.").arg(status.hours);
    return status;
}

} // namespace gateway::engine

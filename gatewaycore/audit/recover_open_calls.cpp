#include "audit/recover_open_calls.h"

#include "store/call_reader.h"

#include <condition_variable>
#include <mutex>

namespace gateway::audit {
namespace {

// Waits until all records handed over are settled.
class WaitingSink final : public CommitSink
{
public:
    void recordsSettled(std::vector<Acknowledgement> acknowledgements) override
    {
        const std::lock_guard lock(m_mutex);
        for (const Acknowledgement& each : acknowledgements) {
            ++m_settled;
            m_lost = m_lost || each.durability == Durability::Lost;
        }
        m_changed.notify_all();
    }
    bool waitForAll(int count)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_settled >= count; });
        return !m_lost;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_settled = 0;
    bool m_lost = false;
};

} // namespace

api::Result<int> recoverOpenCalls(Recorder& recorder, store::CallReader& reader, OpenCalls& openCalls, qint64 nowMs)
{
    const QString found = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC).toString(Qt::ISODateWithMs);
    std::vector<std::shared_ptr<const api::Call>> missing;
    for (const api::Call& open : openCalls.leftOver()) {
        const api::Result<bool> known = reader.contains(open.id);
        if (!known)
            return known.error();
        if (*known)
            continue;
        auto call = std::make_shared<api::Call>(open);
        call->errorDetail =
            QStringLiteral("The engine stopped with this call open; it was found at the start of %1.").arg(found);
        missing.push_back(std::move(call));
    }
    WaitingSink sink;
    for (std::size_t i = 0; i < missing.size(); ++i)
        recorder.record(missing[i], &sink, quint64(i));
    if (!sink.waitForAll(int(missing.size())))
        return api::failure(api::Failure::Unavailable,
            QStringLiteral(
                "The calls that were open when the engine stopped could not be recorded; they stay listed."));
    openCalls.clearLeftOver();
    return int(missing.size());
}

} // namespace gateway::audit

#include "store/journal_thread.h"

#include <thread>

namespace gateway::store {
namespace {

using namespace std::chrono_literals;
using audit::Durability;
using std::chrono::steady_clock;

constexpr auto kPace = 20ms; // per batch, when the journal runs full though the database takes what it can

} // namespace

JournalThread::JournalThread(const Clock& clock, FilingThread& filing)
    : m_clock(clock), m_filing(filing), m_journal(filing.journal())
{
    setObjectName(QStringLiteral("journal"));
    start();
}

JournalThread::~JournalThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_one();
    wait();
}

void JournalThread::run()
{
    std::vector<PendingRecord> records;
    for (;;) {
        records.clear();
        std::vector<PendingWork> works;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stop || !m_records.empty() || !m_works.empty(); });
            if (m_stop && m_records.empty() && m_works.empty())
                return;
            records.swap(m_records);
            works.swap(m_works);
        }
        process(records, std::move(works));
    }
}

void JournalThread::process(std::vector<PendingRecord>& records, std::vector<PendingWork> works)
{
    const quint64 before = m_journal.lastDurable();
    if (!records.empty()) {
        m_journal.append(records, m_durabilities);
        m_waiting.fetch_sub(qint64(records.size()), std::memory_order_relaxed);
        acknowledge(records); // callers first, they wait for their last byte
        pass(records, before);
    }
    {
        const std::lock_guard lock(m_mutex);
        m_settled += records.size();
        if (m_readers > 0)
            m_settledMore.notify_all();
    }
    if (!works.empty()) {
        for (PendingWork& work : works)
            work.after = m_journal.lastDurable();
        m_filing.push(std::move(works));
    }
    // the database's pace becomes the callers' before the journal is full
    if (!m_journal.hasPlenty() && m_filing.isAvailable())
        std::this_thread::sleep_for(kPace);
}

void JournalThread::acknowledge(std::span<const PendingRecord> records)
{
    // a sink is a worker: a handful
    std::vector<std::pair<audit::CommitSink*, std::vector<audit::Acknowledgement>>> bySink;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (!records[i].sink)
            continue;
        auto found = std::find_if(
            bySink.begin(), bySink.end(), [&](const auto& entry) { return entry.first == records[i].sink; });
        if (found == bySink.end())
            found = bySink.insert(bySink.end(), {records[i].sink, {}});
        found->second.push_back({records[i].token, m_durabilities[i]});
    }
    for (auto& [sink, acknowledgements] : bySink)
        sink->recordsSettled(std::move(acknowledgements));
}

void JournalThread::pass(std::span<PendingRecord> records, quint64 before)
{
    const Monotonic now = m_clock.monotonic();
    std::vector<JournalledCall> calls;
    calls.reserve(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (m_durabilities[i] == Durability::Lost)
            continue;
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - records[i].handedOver);
        calls.push_back({++before, std::move(records[i].call), std::max<qint64>(took.count(), 0), now});
    }
    if (!calls.empty())
        m_filing.push(std::move(calls));
}

bool JournalThread::waitUntilSettled(steady_clock::time_point deadline)
{
    std::unique_lock lock(m_mutex);
    const quint64 pushed = m_pushed;
    if (m_settled >= pushed)
        return true;
    ++m_readers;
    const bool settled = m_settledMore.wait_until(lock, deadline, [&] { return m_settled >= pushed; });
    --m_readers;
    return settled;
}

void JournalThread::push(PendingRecord record)
{
    record.handedOver = m_clock.monotonic();
    m_waiting.fetch_add(1, std::memory_order_relaxed);
    bool first = false;
    {
        const std::lock_guard lock(m_mutex);
        first = m_records.empty() && m_works.empty();
        m_records.push_back(std::move(record));
        ++m_pushed;
    }
    if (first) // otherwise the thread has been told
        m_wake.notify_one();
}

void JournalThread::push(PendingWork work)
{
    {
        const std::lock_guard lock(m_mutex);
        m_works.push_back(std::move(work));
    }
    m_wake.notify_one();
}

} // namespace gateway::store

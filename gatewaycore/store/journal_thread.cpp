#include "store/journal_thread.h"

#include <thread>

namespace gateway::store {
namespace {

using namespace std::chrono_literals;
using audit::Durability;
using std::chrono::steady_clock;

constexpr auto kGather = 5ms;            // of records for which nobody waits: at 10,000 calls a second 50 to a write
constexpr std::size_t kPresses = 256;    // of those: no more gathering
constexpr std::size_t kManyOfATurn = 16; // a long turn's first callers need not wait for its end
constexpr auto kPace = 20ms;             // per batch, when the journal runs full though the database takes what it can

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
            if (!waitForMore(lock))
                return;
            records.swap(m_records);
            works.swap(m_works);
            m_pressing = false;
            m_untold.store(false, std::memory_order_relaxed);
        }
        process(records, std::move(works));
    }
}

bool JournalThread::waitForMore(std::unique_lock<std::mutex>& lock)
{
    const auto presses = [this] {
        return m_stop || m_pressing || !m_works.empty() || m_readers > 0 || m_records.size() >= kPresses;
    };
    m_wake.wait(lock, [this] { return m_stop || !m_records.empty() || !m_works.empty(); });
    if (!presses())
        m_wake.wait_for(lock, kGather, presses);
    return !m_stop || !m_records.empty() || !m_works.empty();
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
    m_wake.notify_one(); // no more gathering
    const bool settled = m_settledMore.wait_until(lock, deadline, [&] { return m_settled >= pushed; });
    --m_readers;
    return settled;
}

void JournalThread::push(PendingRecord record, audit::Haste haste)
{
    record.handedOver = m_clock.monotonic();
    m_waiting.fetch_add(1, std::memory_order_relaxed);
    bool wake = false;
    {
        const std::lock_guard lock(m_mutex);
        m_records.push_back(std::move(record));
        ++m_pushed;
        const std::size_t count = m_records.size();
        switch (haste) {
        case audit::Haste::Now:
            wake = !std::exchange(m_pressing, true);
            break;
        case audit::Haste::EndOfTurn:
            m_pressing = true;
            wake = count == kManyOfATurn;
            m_untold.store(!wake, std::memory_order_relaxed);
            break;
        case audit::Haste::Relaxed: // the first begins the gathering
            wake = count == 1 || count == kPresses;
            break;
        }
    }
    if (wake)
        m_wake.notify_one();
}

void JournalThread::endOfTurn()
{
    // a record of another worker may be told of early, which does no harm
    if (m_untold.load(std::memory_order_relaxed) && m_untold.exchange(false, std::memory_order_relaxed))
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

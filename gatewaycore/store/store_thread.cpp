#include "store/store_thread.h"

#include <map>

namespace gateway::store {
namespace {

using namespace std::chrono_literals;

constexpr auto kIdle = 100ms; // without work before tidying up

} // namespace

Store::Thread::Thread(StoreOptions options, std::unique_ptr<DataLock> lock)
    : m_options(std::move(options)),
      m_clock(m_options.clock ? *m_options.clock : m_systemClock),
      m_lock(std::move(lock))
{
    setObjectName(QStringLiteral("store"));
}

Store::Thread::~Thread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_one();
    wait();
}

api::Outcome Store::Thread::begin()
{
    auto ready = m_ready.get_future();
    start();
    return ready.get();
}

void Store::Thread::run()
{
    auto committer = Committer::open(m_options, m_clock);
    if (!committer) {
        m_ready.set_value(committer.error());
        return;
    }
    m_committer = std::move(*committer);
    m_ready.set_value(api::Done{});
    loop();
    m_committer.reset(); // here: the connection belongs to this thread
}

void Store::Thread::loop()
{
    bool tidy = false; // something is left to do when idle
    for (;;) {
        std::vector<PendingRecord> records;
        std::vector<PendingWork> works;
        {
            std::unique_lock lock(m_mutex);
            const auto hasWork = [this] { return m_stop || !m_records.empty() || !m_works.empty(); };
            if (tidy)
                m_wake.wait_for(lock, kIdle, hasWork);
            else
                m_wake.wait(lock, hasWork);
            if (m_stop && m_records.empty() && m_works.empty())
                return;
            records.swap(m_records);
            works.swap(m_works);
        }
        if (!records.empty() || !works.empty()) {
            process(std::move(records), std::move(works));
            tidy = true;
        } else {
            Committer::Calls committed;
            tidy = m_committer->idle(committed);
            observe(committed);
        }
    }
}

void Store::Thread::process(std::vector<PendingRecord> records, std::vector<PendingWork> works)
{
    std::vector<audit::Durability> durabilities;
    Committer::Calls committed;
    m_committer->commit(records, works, durabilities, committed);
    m_waiting.fetch_sub(qint64(records.size()), std::memory_order_relaxed);

    // callers first, they wait for their last byte
    std::map<audit::CommitSink*, std::vector<audit::Acknowledgement>> bySink;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i].sink)
            bySink[records[i].sink].push_back({records[i].token, durabilities[i]});
    }
    for (auto& [sink, acknowledgements] : bySink)
        sink->recordsSettled(std::move(acknowledgements));
    for (PendingWork& work : works) {
        if (work.done)
            work.done(work.succeeded);
    }
    observe(committed);
}

void Store::Thread::observe(const Committer::Calls& calls)
{
    if (calls.empty())
        return;
    Observer observer;
    {
        const std::lock_guard lock(m_mutex);
        observer = m_observer;
    }
    if (observer)
        observer(calls);
}

void Store::Thread::push(PendingRecord record)
{
    record.handedOver = m_clock.monotonic();
    m_waiting.fetch_add(1, std::memory_order_relaxed);
    bool first = false;
    {
        const std::lock_guard lock(m_mutex);
        first = m_records.empty() && m_works.empty();
        m_records.push_back(std::move(record));
    }
    if (first) // otherwise the thread has been told
        m_wake.notify_one();
}

void Store::Thread::push(PendingWork work)
{
    {
        const std::lock_guard lock(m_mutex);
        m_works.push_back(std::move(work));
    }
    m_wake.notify_one();
}

void Store::Thread::setObserver(Observer observer)
{
    const std::lock_guard lock(m_mutex);
    m_observer = std::move(observer);
}

bool Store::Thread::accepting() const
{
    return m_committer->accepting() && queueLength() < m_options.queueLimit;
}

api::Part Store::Thread::health() const
{
    api::Part part = m_committer->health();
    if (part.health == api::Health::Ok && queueLength() >= m_options.queueLimit) {
        part.health = api::Health::Down;
        part.detail = QStringLiteral("%1 records wait for their commit; new calls are refused.").arg(queueLength());
    }
    return part;
}

} // namespace gateway::store

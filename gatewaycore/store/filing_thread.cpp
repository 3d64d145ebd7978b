#include "store/filing_thread.h"

#include <sys/resource.h>

namespace gateway::store {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kIdle = 100ms;   // without work before tidying up
constexpr auto kGather = 100ms; // when nobody waits; decision 0132
constexpr auto kAtTheEnd = 5s;
constexpr auto kLate = 2s;              // then the record is behind, and says so
constexpr std::size_t kMost = 1000;     // calls in a transaction
constexpr std::size_t kPresses = kMost; // that wait: no more gathering
constexpr std::size_t kInMemory = 8192;
constexpr int kNice = 3; // callers first; low enough to keep up with them

} // namespace

FilingThread::FilingThread(const StoreOptions& options, const Clock& clock) : m_options(options), m_clock(clock)
{
    setObjectName(QStringLiteral("filing"));
}

FilingThread::~FilingThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_one();
    wait();
}

api::Outcome FilingThread::begin()
{
    auto ready = m_ready.get_future();
    start();
    return ready.get();
}

void FilingThread::run()
{
    auto filing = Filing::open(m_options, m_clock);
    if (!filing) {
        m_ready.set_value(filing.error());
        return;
    }
    m_filing = std::move(*filing);
    m_skipping = isBehind();
    while (isBehind() && isAvailable())
        turn();
    m_filed = m_filing->filedUpTo();
    m_tidy = true;
    ::setpriority(PRIO_PROCESS, 0, kNice); // Linux: of this thread
    m_ready.set_value(api::Done{});
    loop();
    m_filing.reset(); // here: the connection belongs to this thread
}

void FilingThread::loop()
{
    while (waitForMore()) {
        m_filing->lookAtCheck();
        m_filing->journal().provide();
        turn();
        if (m_filing->walIsLarge())
            m_filing->checkpoint();
    }
    const auto deadline = steady_clock::now() + kAtTheEnd;
    do
        turn();
    while ((isBehind() || !m_works.empty()) && isAvailable() && steady_clock::now() < deadline);
    if (isBehind() || !isAvailable())
        return;
    std::vector<PendingWork> last;
    {
        const std::lock_guard lock(m_mutex);
        if (m_lastWork.work)
            last.push_back(std::move(m_lastWork));
    }
    if (!last.empty())
        commit({{}, m_filing->filedUpTo()}, std::move(last));
    m_filing->close();
}

bool FilingThread::waitForMore()
{
    std::unique_lock lock(m_mutex);
    const auto presses = [this] { return m_stop || !m_works.empty() || m_readers > 0; };
    if (!isAvailable()) { // tried again in a while, or never; work is told no at once
        const auto asked = [this] { return m_stop || !m_works.empty(); };
        if (m_filing->state() == Filing::State::Unavailable)
            m_wake.wait_until(lock, m_filing->nextTry(), asked);
        else
            m_wake.wait(lock, asked);
        return !m_stop;
    }
    if (m_stop || !m_taken.empty() || m_skipping || m_filing->filedUpTo() < m_inJournal)
        return !m_stop;
    const auto any = [this] { return m_stop || !m_works.empty() || !m_calls.empty(); };
    if (!m_tidy && m_filing->journal().hasRoom()) {
        m_wake.wait(lock, any);
    } else if (!m_wake.wait_for(lock, kIdle, any)) {
        lock.unlock();
        m_filing->checkpoint();
        m_tidy = m_filing->isChecking() || !m_filing->journal().hasRoom(); // room may come back while nothing comes
        return true;
    }
    if (!m_stop && m_works.empty())
        m_wake.wait_for(lock, kGather, [&] { return presses() || m_calls.size() >= kPresses; });
    return !m_stop;
}

void FilingThread::turn()
{
    Batch batch = collect();
    std::vector<PendingWork> works = takeWorks(batch.upTo);
    if (batch.upTo > m_filing->filedUpTo() || !works.empty())
        commit(std::move(batch), std::move(works));
}

// The next calls in the order of the journal, from memory as far as they are there.
FilingThread::Batch FilingThread::collect()
{
    Batch batch;
    batch.upTo = m_filing->filedUpTo();
    if (!m_filing->mayTry())
        return batch;
    const quint64 next = batch.upTo + 1;
    {
        const std::lock_guard lock(m_mutex);
        if (m_taken.empty()) {
            m_taken.insert(
                m_taken.end(), std::make_move_iterator(m_calls.begin()), std::make_move_iterator(m_calls.end()));
            m_calls.clear();
        }
        if (m_skipping) { // what was not pushed is durable already
            m_inJournal = m_filing->journal().lastDurable();
            m_skipping = m_inJournal - batch.upTo > kInMemory / 2;
        }
    }
    while (!m_taken.empty() && m_taken.front().sequence < next)
        m_taken.pop_front();
    if (!m_taken.empty() && m_taken.front().sequence == next) {
        while (!m_taken.empty() && batch.calls.size() < kMost) {
            batch.calls.push_back(std::move(m_taken.front()));
            m_taken.pop_front();
        }
        batch.upTo = batch.calls.back().sequence;
        return batch;
    }
    const quint64 until = m_taken.empty() ? m_inJournal : m_taken.front().sequence - 1;
    if (until < next)
        return batch;
    Journal::Stored stored = m_filing->journal().read(next, until, kMost);
    batch.calls = std::move(stored.calls);
    batch.upTo = stored.upTo != 0 ? stored.upTo : until; // what is not there any more has been put aside
    return batch;
}

// Those whose turn it is: the calls before them are filed with them. Far behind, nobody waits for that.
std::vector<PendingWork> FilingThread::takeWorks(quint64 upTo)
{
    const bool farBehind = m_filing->journal().lastDurable() - upTo > kInMemory || !m_filing->mayTry();
    const std::lock_guard lock(m_mutex);
    std::vector<PendingWork> works;
    std::size_t count = 0;
    while (count < m_works.size() && (farBehind || m_works[count].after <= upTo))
        works.push_back(std::move(m_works[count++]));
    m_works.erase(m_works.begin(), m_works.begin() + qptrdiff(count));
    return works;
}

void FilingThread::commit(Batch batch, std::vector<PendingWork> works)
{
    Filing::Calls filed;
    if (m_filing->file(batch.calls, batch.upTo, works, filed)) {
        m_tidy = true;
        remember(batch);
    } else { // they are in the journal, and come from there
        const std::lock_guard lock(m_mutex);
        m_taken.clear();
        m_calls.clear();
        m_skipping = true;
        m_filedMore.notify_all();
    }
    for (PendingWork& work : works) {
        if (work.done)
            work.done(work.succeeded);
    }
    m_sums.add(m_filing->lastSeq() - qint64(filed.size()) + 1, filed);
    observe(filed);
}

void FilingThread::remember(const Batch& batch)
{
    const bool behind = isBehind();
    const std::lock_guard lock(m_mutex);
    m_filed = batch.upTo;
    if (!behind)
        m_oldest = {};
    else if (!batch.calls.empty() && batch.calls.back().acknowledged.count() != 0)
        m_oldest = batch.calls.back().acknowledged;
    if (m_readers > 0)
        m_filedMore.notify_all();
}

void FilingThread::observe(const Filing::Calls& calls)
{
    if (calls.empty())
        return;
    Store::Observer observer;
    {
        const std::lock_guard lock(m_mutex);
        observer = m_observer;
    }
    if (observer)
        observer(calls);
}

void FilingThread::push(std::vector<JournalledCall> calls)
{
    bool wake = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_oldest.count() == 0)
            m_oldest = calls.front().acknowledged;
        m_skipping = m_skipping || m_calls.size() + calls.size() > kInMemory;
        if (m_skipping)
            return;
        wake = m_calls.empty() || (m_calls.size() < kPresses && m_calls.size() + calls.size() >= kPresses);
        if (m_calls.empty())
            m_calls = std::move(calls);
        else
            m_calls.insert(m_calls.end(), std::make_move_iterator(calls.begin()), std::make_move_iterator(calls.end()));
    }
    if (wake)
        m_wake.notify_one();
}

void FilingThread::push(std::vector<PendingWork> works)
{
    {
        const std::lock_guard lock(m_mutex);
        m_works.insert(m_works.end(), std::make_move_iterator(works.begin()), std::make_move_iterator(works.end()));
    }
    m_wake.notify_one();
}

void FilingThread::fold(qint64 most, std::function<void(bool more)> done)
{
    auto more = std::make_shared<bool>(false);
    std::vector<PendingWork> works(1);
    works[0].work = [this, most, more](QSqlDatabase& database) {
        const auto folded = m_sums.fold(database, most);
        *more = folded.value_or(false);
        return folded.has_value();
    };
    works[0].done = [this, more, done = std::move(done)](bool committed) {
        m_sums.folded(committed);
        done(committed && *more);
    };
    push(std::move(works));
}

void FilingThread::setLastWork(PendingWork work)
{
    const std::lock_guard lock(m_mutex);
    m_lastWork = std::move(work);
}

void FilingThread::setObserver(Store::Observer observer)
{
    const std::lock_guard lock(m_mutex);
    m_observer = std::move(observer);
}

bool FilingThread::waitUntilFiled(quint64 sequence, steady_clock::time_point deadline)
{
    std::unique_lock lock(m_mutex);
    if (m_filed >= sequence)
        return true;
    ++m_readers;
    m_wake.notify_one();
    m_filedMore.wait_until(lock, deadline, [&] { return m_filed >= sequence || !isAvailable(); });
    --m_readers;
    return m_filed >= sequence;
}

bool FilingThread::isRefusing() const
{
    const Filing::State state = m_filing->state();
    return state == Filing::State::Damaged || (state != Filing::State::Available && m_options.refuseWhenUnavailable);
}

api::Part FilingThread::health() const
{
    qint64 behind = 0;
    Monotonic age{};
    {
        const std::lock_guard lock(m_mutex);
        behind = qint64(m_filing->journal().lastDurable() - m_filed);
        if (behind > 0 && m_oldest.count() != 0)
            age = m_clock.monotonic() - m_oldest;
    }
    api::Part part;
    part.health = isRefusing() ? api::Health::Down : api::Health::Degraded;
    const QString refused = isRefusing() ? QStringLiteral(" New calls are refused.") : QString();
    switch (m_filing->state()) {
    case Filing::State::Available:
        break;
    case Filing::State::Unavailable:
        part.detail = QStringLiteral("The database cannot be written (%1); %2 records wait in the journal.%3")
                          .arg(m_filing->trouble())
                          .arg(behind)
                          .arg(refused);
        return part;
    case Filing::State::Broken:
        part.detail = QStringLiteral("The disk failed to keep what the database wrote (%1); restart the engine to"
                                     " recover. %2 records wait in the journal.%3")
                          .arg(m_filing->trouble())
                          .arg(behind)
                          .arg(refused);
        return part;
    case Filing::State::Damaged:
        part.detail = QStringLiteral("The database is damaged (%1); stop the engine and restore a backup."
                                     " %2 records wait in the journal.%3")
                          .arg(m_filing->trouble())
                          .arg(behind)
                          .arg(refused);
        return part;
    }
    if (age > kLate) {
        part.detail =
            QStringLiteral("The record that is shown is behind by %1 calls, the oldest %2 s old; they are safe in"
                           " the journal and follow.")
                .arg(behind)
                .arg(std::chrono::duration_cast<std::chrono::seconds>(age).count());
        return part;
    }
    part.health = api::Health::Ok;
    part.detail = QStringLiteral("Records are committed to the journal and filed in the database.");
    return part;
}

} // namespace gateway::store

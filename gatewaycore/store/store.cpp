#include "store/store.h"

#include "store/data_lock.h"
#include "store/journal_thread.h"

#include <QDir>

#include <sys/stat.h>

namespace gateway::store {

struct Store::Parts
{
    explicit Parts(const StoreOptions& asked) : options(asked), clock(asked.clock ? *asked.clock : systemClock) {}

    const StoreOptions options;
    const SystemClock systemClock;
    const Clock& clock;
    std::unique_ptr<DataLock> lock; // released after the database is closed
    std::unique_ptr<FilingThread> filing;
    std::unique_ptr<JournalThread> journal; // ends first: what it still appends is filed
};

Store::Store(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

Store::~Store() = default;

api::Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options)
{
    if (!QDir(options.directory).exists()) {
        if (!QDir().mkpath(options.directory))
            return api::failure(api::Failure::Unavailable,
                QStringLiteral("The data directory %1 cannot be made.").arg(options.directory));
        ::chmod(options.directory.toLocal8Bit().constData(), 0700);
    }
    auto lock = DataLock::take(options.directory);
    if (!lock)
        return lock.error();
    auto parts = std::make_unique<Parts>(options);
    parts->lock = std::move(*lock);
    parts->filing = std::make_unique<FilingThread>(parts->options, parts->clock);
    if (const api::Outcome ready = parts->filing->begin(); !ready)
        return ready.error();
    parts->journal = std::make_unique<JournalThread>(parts->clock, *parts->filing);
    return std::unique_ptr<Store>(new Store(std::move(parts)));
}

void Store::record(std::shared_ptr<const api::Call> call, audit::CommitSink* sink, quint64 token, audit::Haste haste)
{
    m_parts->journal->push(PendingRecord{std::move(call), sink, token, {}}, haste);
}

void Store::endOfTurn()
{
    m_parts->journal->endOfTurn();
}

bool Store::accepting() const
{
    return !m_parts->filing->journal().isBroken() && m_parts->filing->journal().hasRoom() &&
           !m_parts->filing->isRefusing() && queueLength() < m_parts->options.queueLimit;
}

void Store::submit(Work work, Done done)
{
    m_parts->journal->push(PendingWork{std::move(work), std::move(done), 0, false});
}

Store::Work Store::together(Work effect, Work mark)
{
    if (!mark)
        return effect;
    return [effect = std::move(effect), mark = std::move(mark)](
               QSqlDatabase& database) { return effect(database) && mark(database); };
}

bool Store::submitAndWait(Work work)
{
    // shared: the waiter may be gone before set_value has returned
    auto committed = std::make_shared<std::promise<bool>>();
    auto result = committed->get_future();
    submit(std::move(work), [committed](bool ok) { committed->set_value(ok); });
    return result.get();
}

void Store::setLastWork(Work work, Done done)
{
    m_parts->filing->setLastWork({std::move(work), std::move(done), 0, false});
}

void Store::fold(qint64 most, std::function<void(bool more)> done)
{
    m_parts->filing->fold(most, std::move(done));
}

void Store::setObserver(Observer observer)
{
    m_parts->filing->setObserver(std::move(observer));
}

qint64 Store::queueLength() const
{
    return m_parts->journal->queueLength();
}

bool Store::waitUntilFiled(std::chrono::milliseconds most) const
{
    const auto deadline = std::chrono::steady_clock::now() + most;
    return m_parts->journal->waitUntilSettled(deadline) &&
           m_parts->filing->waitUntilFiled(m_parts->filing->journal().lastDurable(), deadline);
}

api::Part Store::health() const
{
    const Journal& journal = m_parts->filing->journal();
    api::Part part = m_parts->filing->health();
    part.name = QStringLiteral("store");
    const auto down = [&part](const QString& detail) {
        part.health = api::Health::Down;
        part.detail = detail;
        return part;
    };
    if (journal.isBroken())
        return down(
            QStringLiteral("The journal is not written any more: %1. Restart the engine to recover. New calls are"
                           " refused.")
                .arg(journal.trouble()));
    if (!journal.hasRoom())
        return down(QStringLiteral("%1 There is no more room for records: %2. New calls are refused.")
                        .arg(part.detail,
                            journal.trouble().isEmpty() ? QStringLiteral("the journal is full") : journal.trouble()));
    if (queueLength() >= m_parts->options.queueLimit)
        return down(QStringLiteral("%1 records wait for the journal; new calls are refused.").arg(queueLength()));
    if (part.health == api::Health::Ok && journal.damaged() > 0) {
        part.health = api::Health::Degraded;
        part.detail = QStringLiteral("%1 parts of the journal could not be read any more; they were put aside in %2.")
                          .arg(journal.damaged())
                          .arg(m_parts->options.directory + QStringLiteral("/journal"));
    }
    return part;
}

QString Store::databaseFile() const
{
    return m_parts->options.directory + QStringLiteral("/signalbox.db");
}

} // namespace gateway::store

#include "store/store.h"

#include "store/store_thread.h"

#include <QDir>

#include <sys/stat.h>

namespace gateway::store {

Store::Store(std::unique_ptr<Thread> thread) : m_thread(std::move(thread)) {}

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
    auto thread = std::make_unique<Thread>(options, std::move(*lock));
    if (const api::Outcome ready = thread->begin(); !ready)
        return ready.error();
    return std::unique_ptr<Store>(new Store(std::move(thread)));
}

void Store::record(std::shared_ptr<const api::Call> call, audit::CommitSink* sink, quint64 token)
{
    m_thread->push(PendingRecord{std::move(call), sink, token, {}});
}

bool Store::accepting() const
{
    return m_thread->accepting();
}

void Store::submit(Work work, Done done)
{
    m_thread->push(PendingWork{std::move(work), std::move(done)});
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

void Store::setObserver(Observer observer)
{
    m_thread->setObserver(std::move(observer));
}

qint64 Store::queueLength() const
{
    return m_thread->queueLength();
}

api::Part Store::health() const
{
    return m_thread->health();
}

QString Store::databaseFile() const
{
    return m_thread->options().directory + QStringLiteral("/signalbox.db");
}

} // namespace gateway::store

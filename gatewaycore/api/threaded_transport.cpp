#include "api/threaded_transport.h"

#include "threaded_worker.h"

#include <QCoreApplication>
#include <QMutex>
#include <QNetworkInformation>
#include <QPointer>
#include <QPromise>
#include <QThread>

#include <map>
#include <mutex>

namespace gateway::api {
namespace {

// Threads whose transport is gone and that are still on their way out: a name that is being resolved may keep one for
// seconds, and whoever closed the connection does not wait for it. The application waits for them at its very end.
class Leaving
{
public:
    static void add(QThread* thread)
    {
        static std::once_flag once;
        std::call_once(once, [] { qAddPostRoutine(&Leaving::waitForAll); });
        const QMutexLocker lock(&s_mutex);
        s_threads.append(thread);
        sweep();
    }

private:
    static void sweep()
    {
        for (qsizetype i = s_threads.size(); i-- > 0;) {
            if (s_threads[i]->isFinished() && s_threads[i]->wait(0))
                delete s_threads.takeAt(i);
        }
    }
    static void waitForAll()
    {
        const QMutexLocker lock(&s_mutex);
        for (QThread* thread : std::exchange(s_threads, {})) {
            thread->wait();
            delete thread;
        }
    }
    static inline QMutex s_mutex;
    static inline QList<QThread*> s_threads;
};

class ThreadedTransport final : public AdminTransport
{
    Q_OBJECT
public:
    ThreadedTransport(ThreadedWorker::Make make, QString description);
    ~ThreadedTransport() override;

    QFuture<Result<AdminReply>> send(const AdminRequest& request) override;
    std::unique_ptr<EventStream> subscribe(qint64 since) override;
    QString description() const override { return m_description; }
    LinkStatus link() const override { return m_link; }
    void retryNow() override
    {
        post([](ThreadedWorker& worker) { worker.retryNow(); });
    }

    void post(std::function<void(ThreadedWorker&)> work);

Q_SIGNALS:
    void closing();

private:
    using Promise = QPromise<Result<AdminReply>>;
    void answered(quint64 number, const ThreadedWorker::Answer& answer);

    const QString m_description;
    QThread* const m_thread;
    ThreadedWorker* const m_worker; // lives on m_thread; valid for as long as this
    std::map<quint64, Promise> m_open;
    quint64 m_lastNumber = 0;
    LinkStatus m_link;
};

class ThreadedEventStream final : public EventStream
{
    Q_OBJECT
public:
    ThreadedEventStream(ThreadedTransport& transport, ThreadedWorker* worker, quint64 number, qint64 since)
        : m_transport(&transport), m_number(number), m_underWay(std::make_shared<EventsUnderWay>())
    {
        connect(worker, &ThreadedWorker::eventsArrived, this, [this](quint64 stream, const QVector<Event>& events) {
            if (stream != m_number)
                return;
            m_underWay->count -= int(events.size());
            Q_EMIT eventsArrived(events);
        });
        connect(worker, &ThreadedWorker::gapFound, this, [this](quint64 stream, qint64 first, qint64 last) {
            if (stream == m_number)
                Q_EMIT gapFound(first, last);
        });
        connect(worker, &ThreadedWorker::streamState, this, [this](quint64 stream, State state, const QString& reason) {
            if (stream == m_number)
                Q_EMIT stateChanged(state, reason);
        });
        connect(&transport, &ThreadedTransport::closing, this,
            [this] { Q_EMIT stateChanged(State::Lost, QStringLiteral("The connection was closed.")); });
        transport.post([number, since, underWay = m_underWay](
                           ThreadedWorker& there) { there.subscribe(number, since, underWay); });
    }
    ~ThreadedEventStream() override
    {
        if (m_transport)
            m_transport->post([number = m_number](ThreadedWorker& worker) { worker.unsubscribe(number); });
    }

private:
    const QPointer<ThreadedTransport> m_transport;
    const quint64 m_number;
    const std::shared_ptr<EventsUnderWay> m_underWay;
};

ThreadedTransport::ThreadedTransport(ThreadedWorker::Make make, QString description)
    : m_description(std::move(description)), m_thread(new QThread), m_worker(new ThreadedWorker(std::move(make)))
{
    connect(m_worker, &ThreadedWorker::answered, this, &ThreadedTransport::answered);
    connect(m_worker, &ThreadedWorker::linkChanged, this, [this](const LinkStatus& link) {
        m_link = link;
        Q_EMIT linkChanged(link);
    });
    connect(m_worker, &ThreadedWorker::changeChecking, this, &AdminTransport::changeChecking);
    connect(m_worker, &ThreadedWorker::changeSettled, this, &AdminTransport::changeSettled);
    m_worker->moveToThread(m_thread);
    connect(m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread->setObjectName(QStringLiteral("attach"));
    m_thread->start();
    post([](ThreadedWorker& worker) { worker.begin(); });
}

ThreadedTransport::~ThreadedTransport()
{
    disconnect(m_worker, nullptr, this, nullptr);
    Q_EMIT closing();
    // the last that is posted: whatever was asked before is still begun, and ends with the inner transport
    post([thread = m_thread](ThreadedWorker& worker) {
        worker.end();
        thread->quit();
    });
    Leaving::add(m_thread);
    auto open = std::exchange(m_open, {}); // taken out first: a continuation may ask us again
    for (auto& [number, promise] : open) {
        promise.addResult(Result<AdminReply>(
            failure(Failure::Unreachable, QStringLiteral("The connection to %1 was given up.").arg(m_description))));
        promise.finish();
    }
}

void ThreadedTransport::post(std::function<void(ThreadedWorker&)> work)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, work = std::move(work)] { work(*worker); }, Qt::QueuedConnection);
}

QFuture<Result<AdminReply>> ThreadedTransport::send(const AdminRequest& request)
{
    Promise promise;
    promise.start();
    QFuture<Result<AdminReply>> future = promise.future();
    const quint64 number = ++m_lastNumber;
    m_open.emplace(number, std::move(promise));
    post([number, request](ThreadedWorker& worker) { worker.send(number, request); });
    return future;
}

std::unique_ptr<EventStream> ThreadedTransport::subscribe(qint64 since)
{
    return std::make_unique<ThreadedEventStream>(*this, m_worker, ++m_lastNumber, since);
}

void ThreadedTransport::answered(quint64 number, const ThreadedWorker::Answer& answer)
{
    auto open = m_open.extract(number);
    if (open.empty())
        return;
    open.mapped().addResult(*answer);
    open.mapped().finish();
}

} // namespace

std::shared_ptr<AdminTransport> makeThreaded(
    std::function<std::unique_ptr<AdminTransport>()> make, const QString& description)
{
    // so that the transports hear when the network comes back; where there is no such service they find out by trying
    if (QCoreApplication::instance() && QThread::currentThread() == QCoreApplication::instance()->thread())
        QNetworkInformation::loadBackendByFeatures(QNetworkInformation::Feature::Reachability);
    return std::make_shared<ThreadedTransport>(std::move(make), description);
}

} // namespace gateway::api

#include "threaded_transport.moc"

#include "engine/worker.h"

#include "engine/worker_loop.h"
#ifdef Q_OS_LINUX
#include "http/epoll_dispatcher.h"
#endif

namespace gateway::engine {

Worker::Worker(int index, WorkerServices services) : m_index(index), m_services(services)
{
    m_thread.setObjectName(QStringLiteral("worker-%1").arg(index));
}

Worker::~Worker()
{
    stop();
}

api::Result<quint16> Worker::start(
    http::ServerOptions options, WorkerPolicy policy, credential::CredentialBookPtr credentials)
{
#ifdef Q_OS_LINUX
    m_thread.setEventDispatcher(new http::EpollDispatcher);
#endif
    m_thread.start();
    // a guest on the thread, so that the loop and its sockets are made there
    auto* guest = new QObject;
    guest->moveToThread(&m_thread);
    api::Result<quint16> port = quint16(0);
    QMetaObject::invokeMethod(
        guest,
        [&] {
            m_loop = new WorkerLoop(m_services);
            m_loop->setPolicy(std::move(policy));
            m_loop->setCredentials(std::move(credentials));
            port = m_loop->listen(std::move(options));
        },
        Qt::BlockingQueuedConnection);
    guest->deleteLater();
    return port;
}

void Worker::setPolicy(WorkerPolicy policy, std::function<void()> taken)
{
    QMetaObject::invokeMethod(
        m_loop,
        [loop = m_loop, policy = std::move(policy), taken = std::move(taken)] {
            loop->setPolicy(policy);
            if (taken)
                taken();
        },
        Qt::QueuedConnection);
}

int Worker::upstreamConnections(const QString& provider) const
{
    return m_loop ? m_loop->upstreamConnections(provider) : 0;
}

void Worker::setCredentials(credential::CredentialBookPtr credentials)
{
    QMetaObject::invokeMethod(
        m_loop, [loop = m_loop, credentials = std::move(credentials)] { loop->setCredentials(credentials); },
        Qt::QueuedConnection);
}

void Worker::closeIdleConnections()
{
    QMetaObject::invokeMethod(m_loop, &WorkerLoop::closeIdleConnections, Qt::QueuedConnection);
}

void Worker::cutCalls()
{
    if (m_loop)
        QMetaObject::invokeMethod(m_loop, &WorkerLoop::cutCalls, Qt::BlockingQueuedConnection);
}

void Worker::stop()
{
    if (!m_thread.isRunning())
        return;
    if (m_loop)
        QMetaObject::invokeMethod(
            m_loop,
            [loop = m_loop] {
                loop->settleRecords();
                delete loop;
            },
            Qt::BlockingQueuedConnection);
    m_loop = nullptr;
    m_thread.quit();
    m_thread.wait();
}

} // namespace gateway::engine

#include "simulator/simulator_server.h"

#include "http/epoll_dispatcher.h"
#include "simulator/simulator_connection.h"

#include <QHostAddress>
#include <QTcpServer>

#include <future>

namespace gateway::simulator {

SimulatorServer::SimulatorServer(Profile profile) : m_simulator(std::move(profile), m_clock)
{
    m_thread.setObjectName(QStringLiteral("simulator"));
    m_thread.setEventDispatcher(new http::EpollDispatcher);
}

SimulatorServer::~SimulatorServer()
{
    if (m_listener)
        m_listener->deleteLater(); // with its connections, on its own thread
    m_thread.quit();
    m_thread.wait();
}

api::Outcome SimulatorServer::listen(const QString& host, quint16 port)
{
    const QHostAddress address(host);
    if (address.isNull())
        return api::failure(api::Failure::Invalid,
            QStringLiteral("The simulator listens on an address, and \"%1\" is none.").arg(host));
    m_thread.start();
    auto* listener = new QTcpServer;
    listener->moveToThread(&m_thread);
    m_listener = listener;

    std::promise<QString> answer;
    QMetaObject::invokeMethod(listener, [&answer, listener, address, port, this] {
        listener->setListenBacklogSize(1024);
        listener->setMaxPendingConnections(1024);
        QObject::connect(listener, &QTcpServer::newConnection, listener, [listener, this] {
            while (QTcpSocket* socket = listener->nextPendingConnection())
                new SimulatorConnection(socket, m_simulator, listener);
        });
        const bool listens = listener->listen(address, port);
        m_port = listener->serverPort();
        answer.set_value(listens ? QString() : listener->errorString());
    });
    const QString wrong = answer.get_future().get();
    if (!wrong.isEmpty())
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("The simulator cannot listen on %1:%2: %3.").arg(host).arg(port).arg(wrong));
    m_host = host;
    return api::Done{};
}

QString SimulatorServer::url() const
{
    const QString host = m_host.contains(QLatin1Char(':')) ? QStringLiteral("[%1]").arg(m_host) : m_host;
    return QStringLiteral("http://%1:%2").arg(host).arg(m_port);
}

QString SimulatorServer::baseUrl() const
{
    return url() + QStringLiteral("/v1");
}

} // namespace gateway::simulator

// SimulatorServer: the simulated provider on a real socket, on a thread of its own with the epoll dispatcher, so that a
// slow stream here never delays the engine in the same process. Made and destroyed on any one thread; listen() and the
// destructor wait for the thread, everything else returns at once.
#pragma once

#include "simulator/simulator.h"

#include <QString>
#include <QThread>

#include <memory>

class QTcpServer;

namespace gateway::simulator {

class SimulatorServer
{
public:
    explicit SimulatorServer(Profile profile);
    ~SimulatorServer();
    Q_DISABLE_COPY_MOVE(SimulatorServer)

    // Port 0: any free one. Once per server.
    api::Outcome listen(const QString& host, quint16 port);
    quint16 port() const { return m_port; }
    QString url() const;     // http://127.0.0.1:PORT
    QString baseUrl() const; // what a provider's base_url takes: url() + "/v1"

    Ledger& ledger() { return m_simulator.ledger(); }

private:
    SystemClock m_clock;
    Simulator m_simulator;
    QString m_host;
    quint16 m_port = 0;
    QThread m_thread;
    QTcpServer* m_listener = nullptr; // lives on m_thread
};

} // namespace gateway::simulator

// SimulatorConnection: one caller's connection. Reads requests, plays their scripts piece by piece at the scripted
// times, and ends them as scripted: next request, FIN, RST or silence. Deletes itself when the peer is gone. Thread:
// the simulator's.
#pragma once

#include "simulator/request_reader.h"
#include "simulator/simulator.h"

#include <QElapsedTimer>
#include <QTcpSocket>
#include <QTimer>

namespace gateway::simulator {

class SimulatorConnection final : public QObject
{
    Q_OBJECT
public:
    SimulatorConnection(QTcpSocket* socket, Simulator& simulator, QObject* parent);

private:
    void readMore();
    void begin();
    void play();
    void finish();
    void hangUp(ScriptEnd how);
    void peerLeft();
    void note(Ended how);

    QTcpSocket* m_socket;
    Simulator& m_simulator;
    RequestReader m_reader;
    Simulator::Turn m_turn;
    qsizetype m_next = 0; // piece to be played
    qint64 m_sent = 0;
    bool m_playing = false;
    bool m_closeAfter = false;
    QElapsedTimer m_since;
    QTimer m_timer;
};

} // namespace gateway::simulator

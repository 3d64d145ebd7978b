#include "simulator/simulator_connection.h"

#include <sys/socket.h>

namespace gateway::simulator {

SimulatorConnection::SimulatorConnection(QTcpSocket* socket, Simulator& simulator, QObject* parent)
    : QObject(parent), m_socket(socket), m_simulator(simulator)
{
    m_socket->setParent(this);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &SimulatorConnection::play);
    connect(m_socket, &QTcpSocket::readyRead, this, &SimulatorConnection::readMore);
    connect(m_socket, &QTcpSocket::disconnected, this, &SimulatorConnection::peerLeft);
    readMore();
}

void SimulatorConnection::readMore()
{
    if (m_playing)
        return; // one answer at a time; what is pipelined waits in the socket
    const RequestReader::State state = m_reader.feed(m_socket->readAll());
    if (m_reader.takeContinue())
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    if (state == RequestReader::State::Ready) {
        begin();
    } else if (state == RequestReader::State::Malformed) {
        m_simulator.ledger().malformed();
        m_socket->write("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        m_socket->disconnectFromHost();
    }
}

void SimulatorConnection::begin()
{
    const SimRequest request = m_reader.take();
    m_closeAfter = request.header("connection").toLower() == "close";
    m_turn = m_simulator.answer(request);
    m_next = 0;
    m_sent = 0;
    m_playing = true;
    m_since.start();
    play();
}

void SimulatorConnection::play()
{
    const qint64 now = m_since.nsecsElapsed() / 1000;
    while (m_next < m_turn.script.pieces.size() && m_turn.script.pieces[m_next].dueUs <= now) {
        const QByteArray& bytes = m_turn.script.pieces[m_next].bytes;
        m_socket->write(bytes);
        m_sent += bytes.size();
        ++m_next;
    }
    m_socket->flush();
    if (m_next < m_turn.script.pieces.size())
        m_timer.start(int((m_turn.script.pieces[m_next].dueUs - now + 999) / 1000));
    else
        finish();
}

void SimulatorConnection::finish()
{
    if (m_turn.script.end != ScriptEnd::KeepAlive) {
        hangUp(m_turn.script.end);
        return;
    }
    note(Ended::Answered);
    m_playing = false;
    if (m_closeAfter)
        m_socket->disconnectFromHost();
    else
        QMetaObject::invokeMethod(this, &SimulatorConnection::readMore, Qt::QueuedConnection);
}

void SimulatorConnection::hangUp(ScriptEnd how)
{
    if (how == ScriptEnd::Stall) {
        note(Ended::Stalled); // and nothing more: the peer must lose patience
        return;
    }
    note(Ended::CutByUs);
    if (how == ScriptEnd::Close) {
        m_socket->disconnectFromHost();
        return;
    }
    while (m_socket->bytesToWrite() > 0 && m_socket->waitForBytesWritten(1000)) {
    }
    const linger atOnce{1, 0}; // close() then sends RST
    setsockopt(int(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    m_socket->abort();
}

void SimulatorConnection::peerLeft()
{
    if (m_playing && m_turn.script.end != ScriptEnd::Stall)
        note(Ended::PeerLeft);
    m_timer.stop();
    m_playing = true; // nothing is read any more
    deleteLater();
}

void SimulatorConnection::note(Ended how)
{
    if (m_turn.ledgerNumber > 0)
        m_simulator.ledger().ended(std::exchange(m_turn.ledgerNumber, 0), how, m_sent);
}

} // namespace gateway::simulator

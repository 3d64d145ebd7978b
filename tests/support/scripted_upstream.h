// ScriptedUpstream: an upstream that reads a request, records it, sends exactly the bytes it was told to, and then
// keeps the connection, closes it (FIN) or resets it (RST). Blocking sockets on threads of its own, no Qt event loop,
// nothing of gatewaycore. Its record of requests is the witness of "one attempt, one POST". Any thread may set the next
// answer and read the record.
#pragma once

#include <QByteArray>
#include <QList>
#include <QMutex>

#include <atomic>
#include <thread>
#include <vector>

namespace gateway::test {

enum class Hangup
{
    Stay,
    Fin,
    Reset,
};

struct ScriptedAnswer
{
    QByteArray bytes;
    Hangup then = Hangup::Stay;
};

struct ReceivedRequest
{
    QByteArray head;
    QByteArray body;
};

class ScriptedUpstream
{
public:
    ScriptedUpstream(); // listens on a free port of 127.0.0.1
    ~ScriptedUpstream();
    Q_DISABLE_COPY_MOVE(ScriptedUpstream)

    quint16 port() const { return m_port; }
    void setAnswer(ScriptedAnswer answer); // for every request from now on
    QList<ReceivedRequest> takeRequests(); // and forgets them
    int connections() const { return m_connections; }

private:
    void acceptLoop();
    void serve(int descriptor);
    bool serveOne(int descriptor, QByteArray& buffer);

    int m_listener = -1;
    quint16 m_port = 0;
    std::atomic<bool> m_stopping = false;
    std::atomic<int> m_connections = 0;
    QMutex m_mutex;
    ScriptedAnswer m_answer;
    QList<ReceivedRequest> m_requests;
    std::vector<std::thread> m_serving; // touched by the accept thread, then by the destructor
    std::thread m_accepting;
};

} // namespace gateway::test

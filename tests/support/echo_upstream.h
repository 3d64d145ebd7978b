// EchoUpstream: an upstream that gives back what it was told, in every place in which a provider can: it finds the
// markers in a request and puts them into answers, error messages and codes, head fields, finish reasons, names of
// models, stream errors and broken JSON. Which of these is chosen by a scenario ("scn-...") that stands in the request,
// as a rule the model's name; which dialect, by the path. Blocking sockets on threads of its own. Also a collector:
// what it received can be taken.
#pragma once

#include <QByteArray>
#include <QList>
#include <QMutex>

#include <atomic>
#include <thread>
#include <vector>

namespace gateway::test {

class EchoUpstream
{
public:
    // Markers are what this finds: kMarkerBegin, then letters and digits.
    static constexpr char kMarkerBegin[] = "mkQ7Zx9Vt2";
    static constexpr qsizetype kMarkerLength = 24;

    EchoUpstream(); // listens on a free port of 127.0.0.1
    ~EchoUpstream();
    Q_DISABLE_COPY_MOVE(EchoUpstream)

    quint16 port() const { return m_port; }
    static const QList<QByteArray>& scenarios();
    QByteArray received(); // all requests, one after the other
    int requests() const { return m_requests; }

private:
    void acceptLoop();
    void serve(int descriptor);
    bool serveOne(int descriptor, QByteArray& buffer);

    int m_listener = -1;
    quint16 m_port = 0;
    std::atomic<bool> m_stopping = false;
    std::atomic<int> m_requests = 0;
    QMutex m_mutex;
    QByteArray m_received;
    std::vector<std::thread> m_serving; // touched by the accept thread, then by the destructor
    std::thread m_accepting;
};

} // namespace gateway::test

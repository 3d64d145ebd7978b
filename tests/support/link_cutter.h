// LinkCutter: the network between a client and an engine on loopback, with its bad habits: it ends connections (FIN,
// RST) after so many bytes, goes silent while they stay open (half-open), delays, swallows an answer after the request
// went through, refuses, and finds the engine elsewhere after a restart. It carries bytes and knows nothing of what
// they mean, so it serves TLS as well. Its moments are numbers of bytes, not of time: a plan that is made from a seed
// cuts at the same place in every run. Thread: lives on one of its own; every function may be called from the test's.
#pragma once

#include <QObject>
#include <QThread>

#include <atomic>
#include <functional>
#include <optional>

namespace gateway::test {

class LinkCutter
{
public:
    enum class Cut
    {
        Fin,     // both sides are closed
        Rst,     // both sides are reset
        HalfOpen // nothing comes through any more; the sockets stay open until heal()
    };
    enum class Side
    {
        FromClient,
        FromEngine
    };
    struct Plan
    {
        Cut cut = Cut::Fin;
        Side side = Side::FromClient;
        qint64 afterBytes = 0; // of that side, counted over all connections from now on
        bool swallows = false; // the bytes that reach the limit are not passed on
    };

    explicit LinkCutter(quint16 engine);
    ~LinkCutter();
    Q_DISABLE_COPY_MOVE(LinkCutter)

    quint16 port() const { return m_port; }
    void setEngine(quint16 port);    // of connections from now on
    void plan(const Plan& plan);     // once; replaces the one before
    void cutNow(Cut cut);            // all there are
    void heal();                     // half-open connections are reset, and new ones work again
    void setDelay(int milliseconds); // of every piece, both ways
    void setRefusing(bool refusing); // nobody listens
    int cuts() const { return m_cuts; }
    int connections() const { return m_connections; } // that were made so far

private:
    class Wiring;
    void run(const std::function<void(Wiring&)>& work); // on its thread, and waits

    QThread m_thread;
    Wiring* m_wiring = nullptr;
    quint16 m_port = 0;
    std::atomic<int> m_cuts{0};
    std::atomic<int> m_connections{0};
};

} // namespace gateway::test

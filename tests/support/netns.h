// TwoNamespaces: two network namespaces joined by one link (a veth pair), so that a test has an engine on another
// machine without having one: 10.77.0.1 is the engine's side, 10.77.0.2 the client's. The namespaces have no name: they
// live as long as this object or a process inside them, and the kernel takes them back, also after kill -9.
// Needs Linux, CAP_SYS_ADMIN and `ip`; whyNot() says what is missing, and a test that reads it skips.
// Thread: a namespace belongs to a thread, and threads made later inherit it; enter() is for the calling one only.
#pragma once

#include <QString>
#include <QStringList>

#include <functional>

namespace gateway::test {

class TwoNamespaces
{
public:
    enum class Side
    {
        Engine,
        Client
    };
    static QString whyNot(); // empty: they can be made here

    TwoNamespaces();
    ~TwoNamespaces();
    Q_DISABLE_COPY_MOVE(TwoNamespaces)

    QString problem() const { return m_problem; } // empty: both are up and joined
    static QString addressOf(Side side);

    // The calling thread goes in, for good.
    bool enter(Side side) const;
    // For a child process (Program): it starts inside.
    std::function<void()> inside(Side side) const;

    // The link. None of it is told to either end except by reset() and, to the local end, by down().
    void down();           // the cable is pulled: the interfaces lose their carrier
    void silence();        // both directions: everything sent is dropped, nobody is told
    void silenceAnswers(); // what the client sends arrives; what the engine sends does not
    void up();             // ends all of these
    void reset();          // every connection between the two ends with a RST; new ones are possible at once
    bool isUp() const { return m_up; }

private:
    bool run(Side side, const QStringList& command);
    int fdOf(Side side) const { return side == Side::Engine ? m_engine : m_client; }

    int m_engine = -1;
    int m_client = -1;
    bool m_up = false;
    QString m_problem;
};

} // namespace gateway::test

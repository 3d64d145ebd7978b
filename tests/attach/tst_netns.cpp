// The two namespaces themselves: joined, cut in each way, joined again, and gone afterwards. What the other attach
// tests conclude rests on this.
#include "netns.h"

#include <QElapsedTimer>
#include <QTest>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

using gateway::test::TwoNamespaces;
using Side = TwoNamespaces::Side;

namespace {

// A blocking echo on the engine's side.
class Echo
{
public:
    explicit Echo(const TwoNamespaces& link)
    {
        m_thread = std::thread([this, &link] {
            link.enter(Side::Engine);
            m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(7007);
            address.sin_addr.s_addr = htonl(INADDR_ANY);
            if (::bind(m_listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
                ::listen(m_listener, 8) != 0)
                return;
            ready = true;
            for (;;) {
                const int peer = ::accept(m_listener, nullptr, nullptr);
                if (peer < 0)
                    return;
                std::thread([peer] {
                    char byte = 0;
                    while (::recv(peer, &byte, 1, 0) == 1)
                        ::send(peer, &byte, 1, MSG_NOSIGNAL);
                    ::close(peer);
                }).detach();
            }
        });
    }
    ~Echo()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        ::close(m_listener);
        m_thread.join();
    }
    std::atomic<bool> ready = false;

private:
    int m_listener = -1;
    std::thread m_thread;
};

// Within 400 ms, or -1: a connect that waits by itself tries for two minutes.
int connectToEngine()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(7007);
    ::inet_pton(AF_INET, "10.77.0.1", &address.sin_addr);
    ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    pollfd wait{fd, POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    if (::poll(&wait, 1, 400) != 1 || ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        ::close(fd);
        return -1;
    }
    ::fcntl(fd, F_SETFL, 0);
    const timeval limit{0, 400'000};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return fd;
}

// 1: the byte came back, 0: nothing within the limit, -1: the connection broke.
int ask(int fd)
{
    char byte = 'x';
    if (::send(fd, &byte, 1, MSG_NOSIGNAL) != 1)
        return -1;
    const auto got = ::recv(fd, &byte, 1, 0);
    if (got == 1)
        return 1;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
}

} // namespace

class TestNetns : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void theEnginesSideIsElsewhere();
    void silenceIsNotTold_data();
    void silenceIsNotTold();
    void aResetIsTold();

private:
    std::unique_ptr<TwoNamespaces> m_link;
    std::unique_ptr<Echo> m_echo;
};

void TestNetns::initTestCase()
{
    if (const QString why = TwoNamespaces::whyNot(); !why.isEmpty())
        QSKIP(qPrintable(why));
    m_link = std::make_unique<TwoNamespaces>();
    QVERIFY2(m_link->isUp(), qPrintable(m_link->problem()));
    m_echo = std::make_unique<Echo>(*m_link);
    QTRY_VERIFY(m_echo->ready);
    QVERIFY(m_link->enter(Side::Client));
}

void TestNetns::theEnginesSideIsElsewhere()
{
    const int fd = connectToEngine();
    QVERIFY(fd >= 0);
    QCOMPARE(ask(fd), 1);
    ::close(fd);
}

void TestNetns::silenceIsNotTold_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("silence") << 0;
    QTest::newRow("silence of answers") << 1;
    QTest::newRow("down") << 2;
}

void TestNetns::silenceIsNotTold()
{
    QFETCH(int, kind);
    const int fd = connectToEngine();
    QVERIFY(fd >= 0);
    QCOMPARE(ask(fd), 1);
    kind == 0 ? m_link->silence() : kind == 1 ? m_link->silenceAnswers() : m_link->down();
    QVERIFY(!m_link->isUp());
    QCOMPARE(ask(fd), 0);
    QCOMPARE(connectToEngine(), -1);
    m_link->up();
    QVERIFY2(m_link->problem().isEmpty(), qPrintable(m_link->problem()));
    // the byte that was lost is sent again by TCP, and comes back
    char byte = 0;
    bool isBack = false;
    for (int turn = 0; turn < 30 && !isBack; ++turn)
        isBack = ::recv(fd, &byte, 1, 0) == 1; // 400 ms at most
    QVERIFY(isBack);
    QCOMPARE(ask(fd), 1);
    ::close(fd);
}

void TestNetns::aResetIsTold()
{
    const int fd = connectToEngine();
    QVERIFY(fd >= 0);
    QCOMPARE(ask(fd), 1);
    m_link->reset();
    QVERIFY2(m_link->problem().isEmpty(), qPrintable(m_link->problem()));
    QCOMPARE(ask(fd), -1);
    ::close(fd);
    const int again = connectToEngine();
    QVERIFY(again >= 0);
    QCOMPARE(ask(again), 1);
    ::close(again);
}

QTEST_GUILESS_MAIN(TestNetns)
#include "tst_netns.moc"

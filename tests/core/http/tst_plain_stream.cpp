// PlainStream and Connector with a peer that takes little, gives a byte at a time, closes at every moment, or is not
// there: nothing lost, nothing twice, one word about the end.
#include "http/connector.h"
#include "http/plain_stream.h"
#include "scripted_peer.h"

#include <QTest>

using namespace httptest;

namespace {

class Owner final : public StreamOwner
{
public:
    Owner() { stream = std::make_unique<PlainStream>(static_cast<StreamOwner&>(*this)); }
    void streamReady() override
    {
        ++ready;
        if (onReady)
            onReady();
    }
    void streamReadable() override
    {
        char bytes[4096];
        const qint64 count = stream->read(bytes, sizeof bytes);
        if (count > 0) {
            got.append(bytes, count);
            largestRead = std::max(largestRead.load(), count);
        } else if (count == ByteStream::Ended) {
            ++ends;
        }
        size = got.size();
    }
    void streamDrained() override { ++drained; }
    void streamFailed(StreamFailure why, const QString& text) override
    {
        failure = why;
        failureText = text;
        ++failures;
    }
    void streamEnded() override { ++broken; }

    std::unique_ptr<PlainStream> stream;
    std::function<void()> onReady;
    QByteArray got;
    QString failureText;
    StreamFailure failure{};
    std::atomic<int> ready = 0;
    std::atomic<int> ends = 0;
    std::atomic<int> broken = 0;
    std::atomic<int> drained = 0;
    std::atomic<int> failures = 0;
    std::atomic<qint64> size = 0;
    std::atomic<qint64> largestRead = 0;
};

struct Host
{
    explicit Host(bool epoll) : worker(epoll)
    {
        worker.run([this] { owner = std::make_unique<Owner>(); });
    }
    ~Host()
    {
        worker.run([this] { owner.reset(); });
    }
    void connectTo(const char* host, quint16 port)
    {
        worker.run([&] { owner->stream->connectTo(QLatin1String(host), port); });
    }
    Worker worker;
    std::unique_ptr<Owner> owner;
};

QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        bytes[i] = char('a' + (i * 7 + i / 251) % 26);
    return bytes;
}

} // namespace

class TestPlainStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void kinds_data()
    {
        QTest::addColumn<bool>("epoll");
        QTest::newRow("epoll") << true;
        QTest::newRow("fallback") << false;
    }

    // a peer that does not read yet: every write is short, in the head, in the body, behind earlier ones
    void shortWrites_data() { kinds_data(); }
    void shortWrites()
    {
        QFETCH(bool, epoll);
        const QByteArray big = pattern(3 << 20);
        QByteArray expected;
        for (int i = 0; i < 4; ++i)
            expected += big.first(1000 + i) + big + "12\r\n" + big.first(70000) + "\r\n";
        std::atomic<bool> go = false;
        QByteArray seen;
        std::atomic<bool> done = false;
        ScriptedPeer peer([&](Wire& wire, int) {
            const int small = 256 * 1024; // far below what is sent; smaller ones meet the loopback's 64 KiB segments
            ::setsockopt(wire.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
            eventually([&] { return go.load(); });
            while (wire.buffer().size() < expected.size() && wire.readSome() == Wire::Got::Bytes) {
            }
            seen = wire.takeBuffer();
            done = true;
        });
        Host host(epoll);
        host.connectTo("127.0.0.1", peer.port());
        QVERIFY(eventually([&] { return host.owner->ready == 1; }));
        host.worker.run([&] {
            for (int i = 0; i < 4; ++i) {
                QVERIFY(host.owner->stream->write(QByteArrayView(big).first(1000 + i), big));
                QVERIFY(host.owner->stream->write({"12\r\n", QByteArrayView(big).first(70000), "\r\n"}));
            }
            QVERIFY(host.owner->stream->pending() > 0);
        });
        go = true;
        QVERIFY(eventually([&] { return done.load(); }, 60000));
        QVERIFY(seen == expected);
        QVERIFY(host.owner->drained > 0);
        QVERIFY(eventually([&] { return host.worker.ask([&] { return host.owner->stream->pending(); }) == 0; }));
    }

    void oneByteAtATime_data() { kinds_data(); }
    void oneByteAtATime()
    {
        QFETCH(bool, epoll);
        const QByteArray text = pattern(200);
        Host host(epoll);
        ScriptedPeer peer([&](Wire& wire, int) {
            for (qsizetype i = 0; i < text.size(); ++i) {
                wire.send(QByteArrayView(text).sliced(i, 1));
                eventually([&] { return host.owner->size > i; });
            }
        });
        host.connectTo("127.0.0.1", peer.port());
        QVERIFY(eventually([&] { return host.owner->ends > 0; }));
        QCOMPARE(host.owner->got, text);
        QCOMPARE(host.owner->largestRead.load(), 1);
        host.worker.run([] {});
        QCOMPARE(host.owner->ends.load(), 1); // told once, and the loop is left in peace
        QCOMPARE(host.owner->broken.load(), 0);
    }

    void readingStopsAndGoesOn_data() { kinds_data(); }
    void readingStopsAndGoesOn()
    {
        QFETCH(bool, epoll);
        ScriptedPeer peer([&](Wire& wire, int) {
            wire.send("first");
            wire.readUntil("go");
            wire.send("second");
        });
        Host host(epoll);
        host.connectTo("127.0.0.1", peer.port());
        QVERIFY(eventually([&] { return host.owner->size == 5; }));
        host.worker.run([&] {
            host.owner->stream->setReading(false);
            QVERIFY(host.owner->stream->write({"go"}));
        });
        std::this_thread::sleep_for(50ms);
        QCOMPARE(host.owner->size.load(), 5); // neither the bytes nor the close behind them
        QCOMPARE(host.owner->ends.load(), 0);
        host.worker.run([&] { host.owner->stream->setReading(true); });
        QVERIFY(eventually([&] { return host.owner->ends == 1; }));
        QCOMPARE(host.owner->got, QByteArray("firstsecond"));
    }

    // what a peer said before it reset the connection is still read after our write has failed
    void writeFailsAndTheAnswerIsStillRead()
    {
        std::atomic<bool> said = false;
        ScriptedPeer peer([&](Wire& wire, int) {
            wire.readUntil("x");
            wire.send("413");
            said = true; // closes with bytes unread: a reset
        });
        Host host(true);
        host.connectTo("127.0.0.1", peer.port());
        QVERIFY(eventually([&] { return host.owner->ready == 1; }));
        host.worker.run([&] {
            host.owner->stream->setReading(false);
            QVERIFY(host.owner->stream->write({}, QByteArray(32 << 20, 'x')));
        });
        QVERIFY(eventually([&] { return host.owner->broken == 1; }));
        host.worker.run([&] {
            QVERIFY(!host.owner->stream->write({"more"}));
            QCOMPARE(host.owner->stream->pending(), 0);
            char bytes[16];
            QCOMPARE(host.owner->stream->read(bytes, sizeof bytes), 3);
            QCOMPARE(host.owner->stream->read(bytes, sizeof bytes), qint64(ByteStream::Ended));
        });
    }

    void silenceIsToldFromAClose()
    {
        std::atomic<bool> close = false;
        std::atomic<bool> closed = false;
        ScriptedPeer peer([&](Wire& wire, int number) {
            eventually([&] { return close.load(); });
            if (number == 1)
                wire.send("unasked");
            else
                wire.close();
            closed = true;
            eventually([&] { return !close.load(); });
        });
        for (int kind = 0; kind < 2; ++kind) {
            close = closed = false;
            Host host(true);
            host.connectTo("127.0.0.1", peer.port());
            QVERIFY(eventually([&] { return host.owner->ready == 1; }));
            host.worker.run([&] {
                QVERIFY(host.owner->stream->isSilent(ByteStream::Ask::Kernel));
                close = true;
                eventually([&] { return closed.load(); });
                std::this_thread::sleep_for(20ms); // it is in the kernel; our loop has not turned
                QVERIFY(!host.owner->stream->isSilent(ByteStream::Ask::Kernel));
            });
            close = false;
        }
    }

    void refusedAndUnknown_data() { kinds_data(); }
    void refusedAndUnknown()
    {
        QFETCH(bool, epoll);
        quint16 port = 0;
        {
            ScriptedPeer gone([](Wire&, int) {});
            port = gone.port();
        }
        Host refused(epoll);
        refused.worker.run([&] {
            refused.owner->stream->connectTo(QStringLiteral("127.0.0.1"), port);
            QCOMPARE(refused.owner->failures.load(), 0); // not from inside
        });
        QVERIFY(eventually([&] { return refused.owner->failures == 1; }));
        QCOMPARE(refused.owner->failure, StreamFailure::Connect);
        QCOMPARE(refused.owner->failureText, QStringLiteral("Connection refused"));
        Host unknown(epoll);
        unknown.connectTo("nope.invalid", 80);
        QVERIFY(eventually([&] { return unknown.owner->failures == 1; }));
        QCOMPARE(unknown.owner->failure, StreamFailure::Resolve);
        QVERIFY(!unknown.owner->failureText.isEmpty());
    }

    void nextAddressIsTried_data() { kinds_data(); }
    void nextAddressIsTried()
    {
        QFETCH(bool, epoll);
        ScriptedPeer peer([](Wire& wire, int) { wire.readToEnd(); }); // on 127.0.0.1 alone
        struct Wait final : ConnectorOwner
        {
            std::atomic<int> descriptor = -1;
            std::atomic<int> failures = 0;
            void connectorDone(int fd) override { descriptor = fd; }
            void connectorFailed(StreamFailure, const QString&) override { ++failures; }
        } wait;
        Worker worker(epoll);
        std::unique_ptr<Connector> connector;
        worker.run([&] {
            connector = std::make_unique<Connector>(static_cast<ConnectorOwner&>(wait));
            // refused, not of this machine, then the one that answers
            connector->start({QHostAddress(QStringLiteral("::1")), QHostAddress(QStringLiteral("127.0.0.9")),
                                 QHostAddress(QStringLiteral("127.0.0.1"))},
                peer.port());
        });
        QVERIFY(eventually([&] { return wait.descriptor >= 0 || wait.failures > 0; }));
        QCOMPARE(wait.failures.load(), 0);
        worker.run([&] { connector.reset(); });
        ::close(wait.descriptor);
    }

    void destroyedWhileItConnects_data() { kinds_data(); }
    void destroyedWhileItConnects()
    {
        QFETCH(bool, epoll);
        Host host(epoll);
        ScriptedPeer peer([](Wire& wire, int) { wire.readToEnd(); });
        host.worker.run([&] {
            for (const char* name : {"127.0.0.1", "localhost", "nope.invalid"}) {
                Owner owner;
                owner.stream->connectTo(QLatin1String(name), peer.port());
            }
        });
        host.worker.run([] {});
        host.connectTo("localhost", peer.port());
        QVERIFY(eventually([&] { return host.owner->ready == 1; }));
    }
};

QTEST_GUILESS_MAIN(TestPlainStream)
#include "tst_plain_stream.moc"

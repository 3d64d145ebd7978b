// The upstream client against scripted peers: one request on the wire per exchange whatever the peer does, exactly one
// end told to the listener, and a name for every way to fail.
#include "scripted_peer.h"
#include "upstream_fixture.h"

#include <QTest>

using namespace httptest;

namespace {

const QByteArray kPlain =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"answer\":\"yes\"}";
const QByteArray kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n";

} // namespace

class TestUpstream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsWhatItIsGivenAndReusesTheConnection()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            while (self->readRequest(wire))
                wire.send(kPlain);
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        for (int i = 0; i < 20; ++i) {
            UpstreamCall call;
            bool reused = false;
            bool timed = false;
            call.onEnd = [&] {
                reused = call.exchange->connectionReused();
                timed = call.exchange->connectedAt().count() > 0 &&
                        call.exchange->sentAt() >= call.exchange->connectedAt() &&
                        call.exchange->firstByteAt() >= call.exchange->sentAt() &&
                        call.exchange->bytesReceived() == kPlain.size();
            };
            QVERIFY(host.finish(call, target));
            QCOMPARE(call.completes.load(), 1);
            QCOMPARE(call.failures.load(), 0);
            QCOMPARE(call.status.load(), 200);
            QCOMPARE(call.body, QByteArray("{\"answer\":\"yes\"}"));
            QCOMPARE(reused, i > 0);
            QVERIFY(timed);
            QCOMPARE(call.toldInsideStart.load(), 0);
            QCOMPARE(call.wrongOrder.load(), 0);
        }
        QCOMPARE(peer.connections(), 1);
        QCOMPARE(peer.requests(), 20);
        QCOMPARE(host.open(target), 1);
        const QByteArray head = peer.lastHead();
        QVERIFY(head.startsWith("POST /v1/chat/completions HTTP/1.1\r\nhost: " + target.hostField + "\r\n"));
        QVERIFY(head.contains("\r\nauthorization: Bearer key-in-clear\r\n"));
        QVERIFY(head.contains("\r\ncontent-length: 13\r\n"));
    }

    void pathAndFieldsCannotInject()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            while (self->readRequest(wire))
                wire.send(kPlain);
        });
        self = &peer;
        UpstreamHost host;
        UpstreamRequest request;
        request.path = "/v1/a b\r\nX-Evil: 1\r\n\r\nPOST /x#f";
        request.fields.append({QByteArrayLiteral("x-a"), QByteArrayLiteral("1\r\nX-Evil: 1")});
        request.fields.append({QByteArrayLiteral("X-Evil:"), QByteArrayLiteral("1")});
        request.fields.append({QByteArrayLiteral("Host"), QByteArrayLiteral("other")});
        request.fields.append({QByteArrayLiteral("Content-Length"), QByteArrayLiteral("999")});
        request.fields.append({QByteArrayLiteral("transfer-encoding"), QByteArrayLiteral("chunked")});
        request.fields.append({QByteArrayLiteral("x-good"), QByteArrayLiteral("yes")});
        request.body = "body";
        UpstreamCall call;
        QVERIFY(host.finish(call, UpstreamHost::plainTarget(peer.port()), {}, request));
        QCOMPARE(call.completes.load(), 1);
        const QByteArray head = peer.lastHead();
        QVERIFY(head.startsWith("POST /v1/a%20b%0D%0AX-Evil:%201%0D%0A%0D%0APOST%20/x%23f HTTP/1.1\r\n"));
        QVERIFY(!head.contains("\r\nX-Evil"));
        QVERIFY(!head.contains("other"));
        QVERIFY(!head.contains("999"));
        QVERIFY(!head.contains("chunked"));
        QVERIFY(head.contains("\r\nx-good: yes\r\n"));
        QCOMPARE(peer.requests(), 1);

        UpstreamRequest bad = UpstreamHost::simplePost();
        bad.method = "POST / HTTP/1.1\r\n";
        UpstreamCall refused;
        QVERIFY(host.finish(refused, UpstreamHost::plainTarget(peer.port()), {}, bad));
        QCOMPARE(refused.failures.load(), 1);
        QCOMPARE(refused.toldInsideStart.load(), 0);
        QCOMPARE(peer.requests(), 1);
    }

    // F9, and the reason QNetworkAccessManager is not used: whatever the peer does, one POST.
    void neverTwoPosts_data()
    {
        QTest::addColumn<int>("stage");
        QTest::addColumn<bool>("reset");
        const char* names[] = {
            "at once", "after a byte", "after the head", "after the request", "after a status line", "in the body"};
        for (int stage = 0; stage < 6; ++stage) {
            QTest::addRow("fin %s", names[stage]) << stage << false;
            QTest::addRow("rst %s", names[stage]) << stage << true;
        }
    }
    void neverTwoPosts()
    {
        QFETCH(int, stage);
        QFETCH(bool, reset);
        for (const bool pooled : {false, true}) {
            ScriptedPeer* self = nullptr;
            std::atomic<int> begun = 0;
            ScriptedPeer peer([&](Wire& wire, int number) {
                if (pooled && number == 0) {
                    self->readRequest(wire);
                    wire.send(kPlain);
                }
                if (stage > 0) {
                    // a big body: the request is still being sent while the peer goes away
                    const bool got = stage == 1   ? wire.readAtLeast(1)
                                     : stage == 2 ? wire.readUntil("\r\n\r\n")
                                                  : self->readRequest(wire);
                    begun += stage < 3 && got;
                }
                if (stage == 4)
                    wire.send("HTTP/1.1 200 OK\r\n");
                if (stage == 5)
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                if (reset)
                    wire.reset();
                else
                    wire.close();
            });
            self = &peer;
            UpstreamHost host;
            const auto target = UpstreamHost::plainTarget(peer.port());
            if (pooled) {
                UpstreamCall first;
                QVERIFY(host.finish(first, target));
                QCOMPARE(first.completes.load(), 1);
            }
            UpstreamCall call;
            QVERIFY(
                host.finish(call, target, {}, UpstreamHost::simplePost(QByteArray(stage < 3 ? 4 << 20 : 100, 'b'))));
            QCOMPARE(call.failures.load(), 1);
            QCOMPARE(call.completes.load(), 0);
            const bool answering = stage >= 4;
            // a reset may overtake what was sent before it
            if (!(answering && reset))
                QCOMPARE(
                    call.failure, answering ? UpstreamFailure::ClosedMidAnswer : UpstreamFailure::ClosedBeforeAnswer);
            QCOMPARE(host.open(target), 0);
            host.worker.run([] {});
            QVERIFY(peer.requests() + begun.load() - (pooled ? 1 : 0) <= 1);
        }
    }

    void staleConnectionIsNotUsed()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (self->readRequest(wire))
                wire.send(kPlain);
        }); // closes after one answer without saying so
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        for (int i = 0; i < 10; ++i) {
            UpstreamCall call;
            QVERIFY(host.finish(call, target));
            QCOMPARE(call.completes.load(), 1);
            QVERIFY(eventually([&] { return host.open(target) == 0; }));
        }
        QCOMPARE(peer.connections(), 10);
        QCOMPARE(peer.requests(), 10);
    }

    void staleConnectionIsSeenBeforeTheEventLoopSeesIt()
    {
        ScriptedPeer* self = nullptr;
        std::atomic<bool> closeNow = false;
        std::atomic<bool> closed = false;
        ScriptedPeer peer([&](Wire& wire, int number) {
            while (self->readRequest(wire)) {
                wire.send(kPlain);
                if (number == 0) {
                    eventually([&] { return closeNow.load(); });
                    wire.close();
                    closed = true;
                    return;
                }
            }
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        UpstreamCall first;
        QVERIFY(host.finish(first, target));
        UpstreamCall second;
        host.worker.run([&] {
            closeNow = true;
            eventually([&] { return closed.load(); });
            std::this_thread::sleep_for(50ms); // the FIN is in the kernel; our loop has not run
            second.exchange = host.client().start(target, {}, UpstreamHost::simplePost(), second);
        });
        QVERIFY(eventually([&] { return second.ended(); }));
        host.drop(second);
        QCOMPARE(second.completes.load(), 1);
        QCOMPARE(peer.connections(), 2);
    }

    // A peer that closes after so many answers, unannounced and right behind the last: the next call, made from inside
    // the end of the one before, finds it out and takes a new connection. No call is lost, none is sent twice.
    void closeBetweenCallsLosesNone_data()
    {
        QTest::addColumn<int>("answers");
        QTest::newRow("one") << 1;
        QTest::newRow("two") << 2;
    }
    void closeBetweenCallsLosesNone()
    {
        QFETCH(int, answers);
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            for (int i = 0; i < answers && self->readRequest(wire); ++i)
                wire.send(kPlain);
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        constexpr int kCalls = 40;
        for (int i = 0; i < kCalls; ++i) {
            UpstreamCall call;
            QVERIFY(host.finish(call, target));
            QVERIFY2(call.completes == 1, qPrintable(call.text));
            // the close is on its way: wait until it is in the kernel or seen, with the loop asleep meanwhile
            if (i % answers == answers - 1)
                host.worker.run([] { std::this_thread::sleep_for(10ms); });
        }
        QCOMPARE(peer.requests(), kCalls);
        QCOMPARE(peer.connections(), kCalls / answers);
    }

    void unsolicitedBytesCloseTheConnection()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (self->readRequest(wire))
                wire.send(kPlain);
            std::this_thread::sleep_for(30ms);
            wire.send(kPlain); // an answer to a question nobody asked yet
            self->linger(wire);
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        for (int i = 0; i < 3; ++i) {
            UpstreamCall call;
            QVERIFY(host.finish(call, target));
            QCOMPARE(call.completes.load(), 1);
            QVERIFY(eventually([&] { return host.open(target) == 0; }));
        }
        QCOMPARE(peer.connections(), 3);
    }

    void extraBytesAfterTheAnswer()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (self->readRequest(wire))
                wire.send(kPlain + kPlain);
            self->linger(wire);
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        UpstreamCall call;
        QVERIFY(host.finish(call, target));
        QCOMPARE(call.completes.load(), 1);
        QCOMPARE(call.body, QByteArray("{\"answer\":\"yes\"}"));
        QVERIFY(eventually([&] { return host.open(target) == 0; }));
    }

    void answersInEveryFraming_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("reusable");
        QTest::newRow("length") << kPlain << QByteArray("{\"answer\":\"yes\"}") << true;
        QTest::newRow("chunked") << kChunked << QByteArray("hello world") << true;
        QTest::newRow("until close") << QByteArray("HTTP/1.1 200 OK\r\n\r\nup to the end")
                                     << QByteArray("up to the end") << false;
        QTest::newRow("1.0") << QByteArray("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok") << QByteArray("ok")
                             << false;
        QTest::newRow("says close") << QByteArray(
                                           "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok")
                                    << QByteArray("ok") << false;
        QTest::newRow("second field says close")
            << QByteArray("HTTP/1.1 200 OK\r\nConnection: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            << QByteArray("ok") << false;
        QTest::newRow("204") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << QByteArray() << true;
        QTest::newRow("interim") << "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + kPlain
                                 << QByteArray("{\"answer\":\"yes\"}") << true;
        QTest::newRow("redirect is an answer")
            << QByteArray(
                   "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
            << QByteArray() << true;
        QTest::newRow("no reason") << QByteArray("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok") << QByteArray("ok")
                                   << true;
    }
    void answersInEveryFraming()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, body);
        QFETCH(bool, reusable);
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            while (self->readRequest(wire)) {
                wire.send(answer);
                if (!reusable)
                    return;
            }
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        for (int i = 0; i < 2; ++i) {
            UpstreamCall call;
            QVERIFY(host.finish(call, target));
            QVERIFY2(call.completes == 1, qPrintable(call.text));
            QCOMPARE(call.body, body);
        }
        QCOMPARE(peer.connections(), reusable ? 1 : 2);
        QCOMPARE(peer.requests(), 2);
    }

    void badAnswers_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("not http") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        QTest::newRow("version 2") << QByteArray("HTTP/2.0 200 OK\r\n\r\n");
        QTest::newRow("status 99") << QByteArray("HTTP/1.1 099 OK\r\n\r\n");
        QTest::newRow("status 600") << QByteArray("HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("switch") << QByteArray(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
        QTest::newRow("1xx flood") << QByteArray("HTTP/1.1 100 Continue\r\n\r\n").repeated(100) + kPlain;
        QTest::newRow("two lengths") << QByteArray(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok");
        QTest::newRow("length and chunked")
            << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        QTest::newRow("negative length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n");
        QTest::newRow("gzip, chunked") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
        QTest::newRow("bad chunk size") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        QTest::newRow("chunk too long") << QByteArray(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n");
        QTest::newRow("chunk overflow") << QByteArray(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n");
        QTest::newRow("bare LF") << QByteArray("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        QTest::newRow("endless line") << "HTTP/1.1 200 OK\r\nX: " + QByteArray(100000, 'x');
        QTest::newRow("too many fields") << "HTTP/1.1 200 OK\r\n" + QByteArray("X: y\r\n").repeated(200) + "\r\n";
        QTest::newRow("folded") << QByteArray("HTTP/1.1 200 OK\r\nX: y\r\n z\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("body over the cap")
            << "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + QByteArray(200000, 'x');
    }
    void badAnswers()
    {
        QFETCH(QByteArray, answer);
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (self->readRequest(wire))
                wire.send(answer);
            self->linger(wire);
        });
        self = &peer;
        MessageLimits limits;
        limits.bodyBytes = 100000;
        UpstreamHost host(limits);
        const auto target = UpstreamHost::plainTarget(peer.port());
        UpstreamCall call;
        QVERIFY(host.finish(call, target));
        QCOMPARE(call.failures.load(), 1);
        QCOMPARE(call.completes.load(), 0);
        QCOMPARE(call.failure, UpstreamFailure::BadAnswer);
        QVERIFY(!call.text.isEmpty());
        QCOMPARE(host.open(target), 0);
        QCOMPARE(peer.requests(), 1);
    }

    void cutAtEveryByte_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("plain") << kPlain;
        QTest::newRow("chunked") << kChunked;
    }
    void cutAtEveryByte()
    {
        QFETCH(QByteArray, answer);
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int number) {
            if (self->readRequest(wire))
                wire.send(QByteArrayView(answer).first(number));
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        for (qsizetype cut = 0; cut < answer.size(); ++cut) {
            UpstreamCall call;
            QVERIFY(host.finish(call, target));
            QCOMPARE(call.completes.load(), 0);
            QCOMPARE(call.failures.load(), 1);
            QCOMPARE(call.failure, cut == 0 ? UpstreamFailure::ClosedBeforeAnswer : UpstreamFailure::ClosedMidAnswer);
            QCOMPARE(call.wrongOrder.load(), 0);
            QCOMPARE(peer.requests(), int(cut) + 1);
        }
    }

    void splitAtEveryByte()
    {
        ScriptedPeer* self = nullptr;
        std::atomic<int> cut = 1;
        ScriptedPeer peer([&](Wire& wire, int) {
            while (self->readRequest(wire)) {
                wire.send(QByteArrayView(kChunked).first(cut));
                std::this_thread::sleep_for(2ms);
                wire.send(QByteArrayView(kChunked).sliced(cut));
            }
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        for (; cut < kChunked.size(); ++cut) {
            UpstreamCall call;
            QVERIFY(host.finish(call, target));
            QCOMPARE(call.completes.load(), 1);
            QCOMPARE(call.body, QByteArray("hello world"));
        }
        QCOMPARE(peer.connections(), 1);
    }

    void answerBeforeTheRequestWasSent()
    {
        // 413 and close with megabytes unread: the reset must not swallow the answer that came before it
        ScriptedPeer peer([&](Wire& wire, int) {
            wire.readUntil("\r\n\r\n");
            wire.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much");
            std::this_thread::sleep_for(20ms);
        });
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        for (int i = 0; i < 10; ++i) {
            UpstreamCall call;
            QVERIFY(host.finish(call, target, {}, UpstreamHost::simplePost(QByteArray(16 << 20, 'b'))));
            QVERIFY2(call.completes == 1, qPrintable(call.text));
            QCOMPARE(call.status.load(), 413);
            QCOMPARE(host.open(target), 0);
        }
    }

    void refused()
    {
        quint16 port = 0;
        {
            ScriptedPeer gone([](Wire&, int) {});
            port = gone.port();
        }
        UpstreamHost host;
        UpstreamCall call;
        QVERIFY(host.finish(call, UpstreamHost::plainTarget(port)));
        QCOMPARE(call.failures.load(), 1);
        QCOMPARE(call.failure, UpstreamFailure::Connect);
        QCOMPARE(call.toldInsideStart.load(), 0);
    }

    void nameWithoutAddress()
    {
        UpstreamHost host;
        UpstreamTarget target = UpstreamHost::plainTarget(80);
        target.host = QStringLiteral("nope.invalid");
        UpstreamCall call;
        UpstreamTimeouts timeouts;
        timeouts.connect = 15s;
        QVERIFY(host.finish(call, target, timeouts));
        QCOMPARE(call.failures.load(), 1);
        QCOMPARE(call.failure, UpstreamFailure::Resolve);
        QCOMPARE(call.toldInsideStart.load(), 0);
    }

    void connectTimeout()
    {
        // a listener that accepts nothing and whose backlog is full: further SYNs are dropped
        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener, reinterpret_cast<sockaddr*>(&where), sizeof where);
        ::listen(listener, 0);
        socklen_t size = sizeof where;
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size);
        std::vector<int> fillers;
        for (int i = 0; i < 4; ++i) {
            fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&where), sizeof where);
        }
        UpstreamHost host;
        UpstreamCall call;
        UpstreamTimeouts timeouts;
        timeouts.connect = 200ms;
        const auto target = UpstreamHost::plainTarget(ntohs(where.sin_port));
        QVERIFY(host.finish(call, target, timeouts));
        QCOMPARE(call.failure, UpstreamFailure::ConnectTimeout);
        QCOMPARE(host.open(target), 0);
        for (const int fd : fillers)
            ::close(fd);
        ::close(listener);
    }

    void timeouts_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<UpstreamFailure>("failure");
        QTest::newRow("silence") << QByteArray() << UpstreamFailure::FirstByteTimeout;
        QTest::newRow("in the head") << kPlain.first(20) << UpstreamFailure::IdleTimeout;
        QTest::newRow("after the head") << kPlain.first(kPlain.size() - 16) << UpstreamFailure::IdleTimeout;
        QTest::newRow("a byte before the end") << kPlain.chopped(1) << UpstreamFailure::IdleTimeout;
    }
    void timeouts()
    {
        QFETCH(QByteArray, answer);
        QFETCH(UpstreamFailure, failure);
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (self->readRequest(wire))
                wire.send(answer);
            self->linger(wire);
        });
        self = &peer;
        UpstreamHost host;
        UpstreamTimeouts timeouts;
        timeouts.firstByte = timeouts.idle = 200ms;
        UpstreamCall call;
        const auto target = UpstreamHost::plainTarget(peer.port());
        QVERIFY(host.finish(call, target, timeouts));
        QCOMPARE(call.failures.load(), 1);
        QCOMPARE(call.failure, failure);
        QCOMPARE(host.open(target), 0);
        QCOMPARE(peer.requests(), 1);
    }

    void slowDripIsNotIdle()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (!self->readRequest(wire))
                return;
            for (const char c : kPlain) {
                wire.send(QByteArrayView(&c, 1));
                std::this_thread::sleep_for(10ms);
            }
        });
        self = &peer;
        UpstreamHost host;
        UpstreamTimeouts timeouts;
        timeouts.firstByte = timeouts.idle = 500ms; // less than the whole takes, more than any gap
        UpstreamCall call;
        QVERIFY(host.finish(call, UpstreamHost::plainTarget(peer.port()), timeouts));
        QCOMPARE(call.completes.load(), 1);
    }

    void backPressure()
    {
        constexpr qint64 kTotal = 48 << 20;
        std::atomic<qint64> sent = 0;
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (!self->readRequest(wire))
                return;
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(kTotal) + "\r\n\r\n");
            const QByteArray piece(256 * 1024, 'x');
            for (qint64 left = kTotal; left > 0; left -= piece.size()) {
                if (!wire.send(piece))
                    return;
                sent += piece.size();
            }
            self->linger(wire);
        });
        self = &peer;
        MessageLimits limits;
        limits.bodyBytes = kTotal;
        UpstreamHost host(limits);
        UpstreamCall call;
        call.keepBody = false;
        call.onHead = [&] { call.exchange->pause(); };
        UpstreamTimeouts timeouts;
        timeouts.idle = 300ms; // a pause is not the provider's silence
        host.start(call, UpstreamHost::plainTarget(peer.port()), timeouts);
        QVERIFY(eventually([&] { return call.heads.load() == 1; }));
        qint64 before = -1;
        QVERIFY(eventually([&] {
            const qint64 now = sent;
            const bool still = now == before && now > 0;
            before = now;
            std::this_thread::sleep_for(400ms);
            return still;
        }));
        QVERIFY2(sent < 16 << 20, qPrintable(QString::number(sent)));
        QVERIFY(call.received <= 128 * 1024);
        QCOMPARE(call.failures.load(), 0);
        // pause after every piece, resume from outside
        call.onBody = [&] {
            call.exchange->pause();
            QMetaObject::invokeMethod(
                host.worker.context(),
                [&] {
                    if (call.exchange)
                        call.exchange->resume();
                },
                Qt::QueuedConnection);
        };
        host.worker.run([&] {
            const qint64 received = call.received;
            call.exchange->resume();
            QCOMPARE(call.received.load(), received); // goes on from the event loop, not from inside
        });
        QVERIFY(eventually([&] { return call.ended(); }));
        QCOMPARE(call.completes.load(), 1);
        QCOMPARE(call.received.load(), kTotal);
        host.drop(call);
    }

    void pausedWhenThePeerCloses()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (self->readRequest(wire))
                wire.send("HTTP/1.1 200 OK\r\n\r\n" + QByteArray(3 << 20, 'y'));
        });
        self = &peer;
        UpstreamHost host;
        UpstreamCall call;
        call.keepBody = false;
        call.onHead = [&] { call.exchange->pause(); };
        host.start(call, UpstreamHost::plainTarget(peer.port()));
        QVERIFY(eventually([&] { return call.heads.load() == 1; }));
        host.worker.run([&] { call.exchange->resume(); });
        QVERIFY(eventually([&] { return call.ended(); }));
        QCOMPARE(call.completes.load(), 1);
        QCOMPARE(call.received.load(), qint64(3 << 20));
        host.drop(call);
    }

    void cancelCloses_data()
    {
        QTest::addColumn<int>("when");
        QTest::newRow("before it is connected") << 0;
        QTest::newRow("waiting for the answer") << 1;
        QTest::newRow("from upstreamHead") << 2;
        QTest::newRow("from upstreamBody") << 3;
        QTest::newRow("from upstreamComplete") << 4;
    }
    void cancelCloses()
    {
        QFETCH(int, when);
        ScriptedPeer* self = nullptr;
        std::atomic<int> ended = 0;
        ScriptedPeer peer([&](Wire& wire, int) {
            if (self->readRequest(wire) && when > 1)
                wire.send(kPlain);
            self->linger(wire);
            ++ended;
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        UpstreamCall call;
        const auto drop = [&] { call.exchange.reset(); };
        if (when == 2)
            call.onHead = drop;
        if (when == 3)
            call.onBody = drop;
        if (when == 4)
            call.onEnd = drop;
        if (when == 0) {
            host.worker.run([&] {
                call.exchange = host.client().start(target, {}, UpstreamHost::simplePost(), call);
                call.exchange.reset();
            });
        } else {
            host.start(call, target);
            if (when == 1) {
                QVERIFY(eventually([&] { return peer.requests() == 1; }));
                host.drop(call);
            }
            QVERIFY(eventually([&] { return host.worker.ask([&] { return call.exchange == nullptr; }); }));
        }
        if (when < 4) {
            QVERIFY(eventually([&] { return host.open(target) == 0; }));
            QVERIFY(eventually([&] { return ended.load() == peer.connections(); }));
            QCOMPARE(call.completes + call.failures, 0); // nobody is told after letting go
        } else {
            QCOMPARE(host.open(target), 1);
        }
    }

    void poolIsKeyedByOrigin()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            while (self->readRequest(wire))
                wire.send(kPlain);
        });
        self = &peer;
        UpstreamHost host;
        auto one = UpstreamHost::plainTarget(peer.port());
        auto two = one;
        two.poolKey += "|other";
        for (const auto& target : {one, two, one, two}) {
            UpstreamCall call;
            QVERIFY(host.finish(call, target));
            QCOMPARE(call.completes.load(), 1);
        }
        QCOMPARE(peer.connections(), 2);
        QCOMPARE(host.open(one), 1);
        QCOMPARE(host.open(two), 1);
    }

    void nextCallFromInsideComplete()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            while (self->readRequest(wire))
                wire.send(kPlain);
        });
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        UpstreamCall first;
        UpstreamCall second;
        first.onEnd = [&] {
            second.insideStart = true;
            second.exchange = host.client().start(target, {}, UpstreamHost::simplePost(), second);
            second.insideStart = false;
        };
        QVERIFY(host.finish(first, target));
        QVERIFY(eventually([&] { return second.ended(); }));
        host.drop(second);
        QCOMPARE(second.completes.load(), 1);
        QCOMPARE(second.toldInsideStart.load(), 0);
        QCOMPARE(peer.connections(), 1);
    }

    void clientDestroyedBeforeItsExchanges()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer([&](Wire& wire, int) {
            self->readRequest(wire);
            self->linger(wire);
        });
        self = &peer;
        UpstreamCall call;
        {
            UpstreamHost host;
            host.start(call, UpstreamHost::plainTarget(peer.port()));
            QVERIFY(eventually([&] { return peer.requests() == 1; }));
        }
        call.exchange->pause();
        call.exchange->resume();
        call.exchange.reset();
        QCOMPARE(call.completes + call.failures, 0);
    }

    void manyAtOnce()
    {
        ScriptedPeer* self = nullptr;
        ScriptedPeer peer(
            [&](Wire& wire, int) {
                while (self->readRequest(wire))
                    wire.send(kChunked);
            },
            256);
        self = &peer;
        UpstreamHost host;
        const auto target = UpstreamHost::plainTarget(peer.port());
        for (int round = 0; round < 3; ++round) {
            std::vector<std::unique_ptr<UpstreamCall>> calls;
            for (int i = 0; i < 60; ++i) {
                calls.push_back(std::make_unique<UpstreamCall>());
                host.start(*calls.back(), target);
            }
            for (auto& call : calls) {
                QVERIFY(eventually([&] { return call->ended(); }));
                QCOMPARE(call->body, QByteArray("hello world"));
                host.drop(*call);
            }
        }
        QCOMPARE(peer.requests(), 180);
        QVERIFY(peer.connections() <= 60);
    }
};

QTEST_GUILESS_MAIN(TestUpstream)
#include "tst_upstream.moc"

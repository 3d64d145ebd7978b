// The HTTP server over real loopback sockets: what it answers, when it closes, what a peer can make it hold, and that a
// broken answer never looks whole. The server runs on a worker with EpollDispatcher; the test is a blocking client.
#include "http_fixture.h"

#include <QTest>

#include <sys/resource.h>
#include <sys/wait.h>

using namespace httptest;

namespace {

const QByteArray kHost = "Host: a\r\n";

QByteArray get(const char* target, const char* more = "")
{
    return QByteArray("GET ") + target + " HTTP/1.1\r\n" + kHost + more + "\r\n";
}

QByteArray post(const char* target, const QByteArray& body)
{
    return QByteArray("POST ") + target + " HTTP/1.1\r\n" + kHost +
           "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

ServerOptions quick()
{
    ServerOptions options;
    options.connection.head = 300ms;
    options.connection.bodyGrace = 300ms;
    options.connection.keepAliveIdle = 300ms;
    options.connection.writeStall = 500ms;
    return options;
}

// Holds an exchange and notes what its listener is told. Lives on the worker.
struct Held final : ExchangeListener
{
    std::unique_ptr<Exchange> exchange;
    std::atomic<int> left = 0;
    std::atomic<int> ready = 0;
    std::atomic<bool> held = false;
    std::atomic<bool> insideCall = false;
    std::atomic<int> toldInsideCall = 0;
    std::function<void()> onReady;

    void hold(std::unique_ptr<Exchange> given)
    {
        exchange = std::move(given);
        exchange->setListener(this);
        held = true;
    }
    void callerLeft() override
    {
        toldInsideCall += insideCall;
        ++left;
    }
    void callerReady() override
    {
        toldInsideCall += insideCall;
        ++ready;
        if (onReady)
            onReady();
    }
};

void holdEverything(ServerHost& host, Held& held)
{
    host.handler.onRequest = [&held](std::unique_ptr<Exchange> exchange) { held.hold(std::move(exchange)); };
    host.beforeWheel = [&held] { held.exchange.reset(); };
}

} // namespace

class TestServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAndKeepsTheConnection()
    {
        ServerHost host;
        QVERIFY(host.started);
        Wire wire = host.connect();
        for (int i = 0; i < 3; ++i) {
            QVERIFY(wire.send(post("/a?b=1", "hello")));
            const Answer answer = readAnswer(wire);
            QCOMPARE(answer.status, 200);
            QVERIFY(answer.complete);
            QVERIFY(answer.keepAlive);
            QCOMPARE(answer.body, QByteArray("POST /a?b=1 5"));
            QVERIFY(answer.head.contains("\r\ndate: "));
        }
        QCOMPARE(host.connections(), 1);
    }

    void answersPipelinedRequestsInOrder()
    {
        ServerHost host;
        // every second one is answered later, from the event loop
        int number = 0;
        host.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
            const QByteArray text = exchange->head().target.toByteArray() + '!' + exchange->body();
            if (++number % 2) {
                exchange->respond(plain(200, text));
            } else {
                auto* kept = exchange.release();
                QMetaObject::invokeMethod(
                    host.worker.context(),
                    [kept, text] {
                        kept->respond(plain(200, text));
                        delete kept;
                    },
                    Qt::QueuedConnection);
            }
        };
        Wire wire = host.connect();
        QByteArray all;
        constexpr int kCount = 500;
        for (int i = 0; i < kCount; ++i)
            all += post(("/" + QByteArray::number(i)).constData(), QByteArray(i % 7, 'b'));
        QVERIFY(wire.send(all));
        for (int i = 0; i < kCount; ++i) {
            const Answer answer = readAnswer(wire);
            QVERIFY2(answer.complete, qPrintable(QString::number(i)));
            QCOMPARE(answer.body, "/" + QByteArray::number(i) + '!' + QByteArray(i % 7, 'b'));
        }
    }

    void nextRequestIsNotHandledInsideRespond()
    {
        Held held;
        std::atomic<bool> inside = false;
        std::atomic<int> nested = 0;
        ServerHost host;
        host.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
            nested += inside;
            if (exchange->head().target == QByteArrayView("/held"))
                held.hold(std::move(exchange));
            else
                exchange->respond(plain(200, "second"));
        };
        host.beforeWheel = [&] { held.exchange.reset(); };
        Wire wire = host.connect();
        QVERIFY(wire.send(get("/held") + get("/next")));
        QVERIFY(eventually([&] { return held.held.load(); }));
        host.worker.run([&] {
            inside = true;
            held.exchange->respond(plain(200, "first"));
            inside = false;
        });
        QCOMPARE(readAnswer(wire).body, QByteArray("first"));
        QCOMPARE(readAnswer(wire).body, QByteArray("second"));
        QCOMPARE(nested.load(), 0);
    }

    void headHasNoBody()
    {
        ServerHost host;
        Wire wire = host.connect();
        QVERIFY(wire.send("HEAD /x HTTP/1.1\r\n" + kHost + "\r\n" + get("/y")));
        const Answer head = readAnswer(wire, true);
        QCOMPARE(head.status, 200);
        QVERIFY(head.head.contains("content-length: 9\r\n"));
        QCOMPARE(readAnswer(wire).body, QByteArray("GET /y 0"));
    }

    void headOfAStreamHasNoBody()
    {
        ServerHost host;
        host.handler.onRequest = [](std::unique_ptr<Exchange> exchange) {
            exchange->beginStream(200, {});
            exchange->send("piece");
            exchange->finishStream("last");
        };
        Wire wire = host.connect();
        QVERIFY(wire.send("HEAD / HTTP/1.1\r\n" + kHost + "\r\n" + get("/y")));
        QVERIFY(readAnswer(wire, true).complete);
        const Answer next = readAnswer(wire);
        QCOMPARE(next.status, 200);
        QCOMPARE(next.body, QByteArray("piecelast"));
    }

    void statusesWithoutBody_data()
    {
        QTest::addColumn<int>("status");
        QTest::newRow("204") << 204;
        QTest::newRow("304") << 304;
    }
    void statusesWithoutBody()
    {
        QFETCH(int, status);
        ServerHost host;
        host.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
            exchange->respond(plain(status, "must not be sent"));
        };
        Wire wire = host.connect();
        QVERIFY(wire.send(get("/") + get("/")));
        for (int i = 0; i < 2; ++i) {
            const Answer answer = readAnswer(wire);
            QCOMPARE(answer.status, status);
            QVERIFY(!answer.head.contains("content-length"));
        }
    }

    void http10()
    {
        ServerHost host;
        Wire closing = host.connect();
        QVERIFY(closing.send("GET / HTTP/1.0\r\n" + kHost + "\r\n"));
        QCOMPARE(closing.readToEnd(), Wire::Got::End);
        QVERIFY(closing.buffer().toLower().contains("connection: close"));
        QVERIFY(closing.buffer().endsWith("GET / 0"));

        Wire staying = host.connect();
        for (int i = 0; i < 2; ++i) {
            QVERIFY(staying.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n" + kHost + "\r\n"));
            const Answer answer = readAnswer(staying);
            QVERIFY(answer.head.contains("connection: keep-alive"));
            QCOMPARE(answer.body, QByteArray("GET / 0"));
        }
    }

    void http10StreamEndsWithTheConnection()
    {
        ServerHost host;
        host.handler.onRequest = [](std::unique_ptr<Exchange> exchange) {
            exchange->beginStream(200, {});
            exchange->send("one ");
            exchange->finishStream("two");
        };
        Wire wire = host.connect();
        QVERIFY(wire.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n" + kHost + "\r\n"));
        QCOMPARE(wire.readToEnd(), Wire::Got::End);
        QVERIFY(!wire.buffer().toLower().contains("transfer-encoding"));
        QVERIFY(wire.buffer().endsWith("\r\n\r\none two"));
    }

    void http10StreamCutIsAReset()
    {
        Held held;
        ServerHost host;
        holdEverything(host, held);
        Wire wire = host.connect();
        QVERIFY(wire.send("GET / HTTP/1.0\r\n" + kHost + "\r\n"));
        QVERIFY(eventually([&] { return held.held.load(); }));
        host.worker.run([&] {
            held.exchange->beginStream(200, {});
            held.exchange->send("half of it");
        });
        QVERIFY(wire.readUntil("half of it"));
        host.worker.run([&] { held.exchange.reset(); });
        QCOMPARE(wire.readToEnd(), Wire::Got::Reset); // a clean end would mean "complete"
    }

    void expectContinue()
    {
        ServerHost host;
        Wire wire = host.connect();
        QVERIFY(wire.send("POST / HTTP/1.1\r\n" + kHost + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
        QVERIFY(wire.readUntil("\r\n\r\n"));
        QCOMPARE(wire.takeBuffer(), QByteArray("HTTP/1.1 100 Continue\r\n\r\n"));
        QVERIFY(wire.send("body"));
        QCOMPARE(readAnswer(wire).body, QByteArray("POST / 4"));
        // the expectation is not remembered for the next request
        QVERIFY(wire.send("POST / HTTP/1.1\r\n" + kHost + "Content-Length: 4\r\n\r\nbod"));
        QCOMPARE(wire.readSome(150), Wire::Got::Nothing);
        QVERIFY(wire.send("y"));
        QVERIFY(wire.readUntil("POST / 4"));
        QVERIFY(wire.buffer().startsWith("HTTP/1.1 200 "));
    }

    void chunkedUpload()
    {
        ServerHost host;
        QByteArray got;
        host.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
            got = exchange->body();
            exchange->respond(plain(200, "ok"));
        };
        Wire wire = host.connect();
        QVERIFY(
            wire.send("POST / HTTP/1.1\r\n" + kHost +
                      "Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n \r\n6\r\nworld!\r\n0\r\nT: v\r\n\r\n" +
                      get("/")));
        QVERIFY(readAnswer(wire).complete);
        QVERIFY(readAnswer(wire).complete);
        QCOMPARE(host.handler.handled.load(), 2);
    }

    void splitAtEveryByte()
    {
        ServerHost host;
        host.handler.onRequest = [](std::unique_ptr<Exchange> exchange) {
            exchange->respond(plain(200, exchange->head().target.toByteArray() + exchange->body()));
        };
        const QByteArray request = "POST /t HTTP/1.1\r\n" + kHost +
                                   "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + post("/u", "xyz");
        Wire wire = host.connect();
        for (qsizetype cut = 1; cut < request.size(); ++cut) {
            QVERIFY(wire.send(QByteArrayView(request).first(cut)));
            // the first part must have been read for the cut to mean something
            QVERIFY(eventually([&] {
                int queued = 0;
                socklen_t size = sizeof queued;
                tcp_info info{};
                size = sizeof info;
                ::getsockopt(wire.descriptor(), IPPROTO_TCP, TCP_INFO, &info, &size);
                return info.tcpi_unacked == 0 && queued == 0;
            }));
            host.worker.run([] {});
            QVERIFY(wire.send(QByteArrayView(request).sliced(cut)));
            QCOMPARE(readAnswer(wire).body, QByteArray("/tabc"));
            QCOMPARE(readAnswer(wire).body, QByteArray("/uxyz"));
        }
    }

    void earlyRefusalIsReadByACallerWhoStillSends()
    {
        ServerHost host;
        host.handler.onHead = [](const RequestHead&) { return std::optional(plain(401, "who are you")); };
        for (int i = 0; i < 20; ++i) {
            Wire wire = host.connect();
            const QByteArray body(8 << 20, 'b');
            QVERIFY(wire.send(
                "POST / HTTP/1.1\r\n" + kHost + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n"));
            QVERIFY(wire.send(body)); // all of it: the refusal must not break the pipe
            const Answer answer = readAnswer(wire);
            QCOMPARE(answer.status, 401);
            QCOMPARE(answer.body, QByteArray("who are you"));
            QVERIFY(answer.head.contains("connection: close"));
            QCOMPARE(wire.readToEnd(), Wire::Got::End);
            QCOMPARE(host.handler.handled.load(), 0);
        }
        QVERIFY(eventually([&] { return host.connections() == 0; }));
    }

    void sizesOverTheLimit_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        QTest::newRow("target") << "GET /" + QByteArray(9000, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n" << 414;
        QTest::newRow("field") << get("/", ("X: " + QByteArray(40000, 'a') + "\r\n").constData()) << 431;
        QTest::newRow("fields") << get("/", QByteArray("X: y\r\n").repeated(101).constData()) << 431;
        QTest::newRow("length") << "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 33554433\r\n\r\n" << 413;
        QTest::newRow("chunked") << "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n" +
                                        ("100000\r\n" + QByteArray(0x100000, 'c') + "\r\n").repeated(33)
                                 << 413;
        QTest::newRow("extensions") << "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n" +
                                           ("1;" + QByteArray(900, 'e') + "\r\nx\r\n").repeated(100)
                                    << 400;
        QTest::newRow("expectation") << "POST / HTTP/1.1\r\n" + kHost + "Expect: wonders\r\nContent-Length: 1\r\n\r\n"
                                     << 417;
        QTest::newRow("smuggling") << "POST / HTTP/1.1\r\n" + kHost +
                                          "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                                          get("/admin")
                                   << 400;
    }
    void sizesOverTheLimit()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        ServerHost host;
        Wire wire = host.connect();
        wire.send(request);
        const Answer answer = readAnswer(wire);
        QCOMPARE(answer.status, status);
        QVERIFY(answer.complete);
        QVERIFY(!answer.keepAlive);
        QCOMPARE(host.handler.handled.load(), 0);
        QVERIFY(eventually([&] {
            wire.close();
            return host.connections() == 0;
        }));
    }

    void headDeadline()
    {
        ServerHost host(quick());
        Wire slow = host.connect();
        QVERIFY(slow.send("GET / HTTP/1.1\r\nHos"));
        QCOMPARE(readAnswer(slow).status, 408);
        QCOMPARE(slow.readToEnd(), Wire::Got::End);
        Wire silent = host.connect();
        QCOMPARE(silent.readToEnd(), Wire::Got::End);
        QCOMPARE(silent.buffer(), QByteArray()); // nobody asked anything
        slow.close();
        silent.close();
        QVERIFY(eventually([&] { return host.connections() == 0; }));
    }

    void headDeadlineIsNotMovedByDrips()
    {
        ServerHost host(quick());
        Wire wire = host.connect();
        QVERIFY(wire.send("GET / HTTP/1.1\r\nX: "));
        bool answered = false;
        for (int i = 0; i < 400 && !answered; ++i) {
            wire.send("a");
            answered = wire.readSome(50) == Wire::Got::Bytes;
        }
        QVERIFY(answered);
        QVERIFY(wire.buffer().startsWith("HTTP/1.1 408 "));
    }

    void slowBodyIsRefused()
    {
        ServerHost host(quick());
        Wire wire = host.connect();
        // a large first piece is no credit for what comes after it
        QVERIFY(wire.send("POST / HTTP/1.1\r\n" + kHost + "Content-Length: 1000000\r\n\r\n" + QByteArray(400000, 'x')));
        bool answered = false;
        for (int i = 0; i < 400 && !answered; ++i) {
            wire.send("x");
            answered = wire.readSome(50) == Wire::Got::Bytes;
        }
        QVERIFY(answered);
        QCOMPARE(readAnswer(wire).status, 408);
        QCOMPARE(host.handler.handled.load(), 0);
    }

    void steadyBodyIsNotRefused()
    {
        ServerOptions options = quick();
        options.connection.bodyBytesPerSecond = 1000;
        ServerHost host(options);
        Wire wire = host.connect();
        QVERIFY(wire.send("POST / HTTP/1.1\r\n" + kHost + "Content-Length: 100000\r\n\r\n"));
        for (int i = 0; i < 20; ++i) {
            QVERIFY(wire.send(QByteArray(5000, 'x')));
            std::this_thread::sleep_for(50ms);
        }
        QCOMPARE(readAnswer(wire).body, QByteArray("POST / 100000"));
    }

    void idleConnectionIsClosed()
    {
        ServerHost host(quick());
        Wire wire = host.connect();
        QVERIFY(wire.send(get("/")));
        QVERIFY(readAnswer(wire).keepAlive);
        QCOMPARE(wire.readToEnd(), Wire::Got::End);
        QCOMPARE(wire.buffer(), QByteArray());
        QVERIFY(eventually([&] { return host.connections() == 0; }));
    }

    void callerWhoTakesNothingIsCut()
    {
        Held held;
        ServerHost host(quick());
        holdEverything(host, held);
        Wire wire = host.connect("127.0.0.1", 4096);
        QVERIFY(wire.send(get("/")));
        QVERIFY(eventually([&] { return held.held.load(); }));
        host.worker.run([&] {
            held.exchange->beginStream(200, {});
            held.exchange->send(QByteArray(16 << 20, 's'));
        });
        QVERIFY(eventually([&] { return held.left.load() == 1; }));
        QCOMPARE(host.connections(), 0);
    }

    void backPressure()
    {
        Held held;
        ServerHost host;
        holdEverything(host, held);
        Wire wire = host.connect("127.0.0.1", 4096);
        QVERIFY(wire.send(get("/")));
        QVERIFY(eventually([&] { return held.held.load(); }));
        // a source of 64 MiB that obeys isBufferFull, as the engine does
        constexpr qint64 kTotal = 64 << 20;
        const QByteArray piece(32 * 1024, 'p');
        qint64 given = 0;
        qint64 peak = 0;
        auto more = [&] {
            held.insideCall = true;
            while (given < kTotal && !held.exchange->isBufferFull()) {
                held.exchange->send(piece);
                given += piece.size();
            }
            if (given == kTotal)
                held.exchange->finishStream();
            held.insideCall = false;
        };
        held.onReady = more;
        host.worker.run([&] {
            held.exchange->beginStream(200, {});
            more();
            peak = given;
        });
        // nothing is read yet: kernel buffers and one write buffer, not the whole source
        QVERIFY2(peak < 12 << 20, qPrintable(QString::number(peak)));
        qint64 received = 0;
        while (received < kTotal && wire.readSome() == Wire::Got::Bytes)
            received += wire.takeBuffer().size();
        QVERIFY(received >= kTotal);
        // at least once; how often depends on how fast the two threads happen to be
        QVERIFY(held.ready.load() > 0);
        QCOMPARE(held.toldInsideCall.load(), 0);
    }

    void callerLeavesMidStream_data()
    {
        QTest::addColumn<bool>("reset");
        QTest::newRow("closes") << false;
        QTest::newRow("resets") << true;
    }
    void callerLeavesMidStream()
    {
        QFETCH(bool, reset);
        Held held;
        ServerHost host;
        holdEverything(host, held);
        Wire wire = host.connect();
        QVERIFY(wire.send(get("/")));
        QVERIFY(eventually([&] { return held.held.load(); }));
        host.worker.run([&] {
            held.exchange->beginStream(200, {});
            held.exchange->send("first");
        });
        QVERIFY(wire.readUntil("first"));
        if (reset)
            wire.reset();
        else
            wire.close();
        QVERIFY(eventually([&] { return held.left.load() > 0; }));
        host.worker.run([&] {
            QVERIFY(!held.exchange->isOpen());
            held.exchange->send("into the void");
            held.exchange->finishStream();
            held.exchange->respond(plain(200, "no"));
            held.exchange->abort();
        });
        host.worker.run([] {});
        QCOMPARE(held.left.load(), 1);
        QCOMPARE(host.connections(), 0);
    }

    void callerLeavesWhileWeWrite()
    {
        // the write itself brings the news: the listener is told once, and not from inside send()
        Held held;
        ServerHost host;
        holdEverything(host, held);
        for (int i = 0; i < 10; ++i) {
            held.held = false;
            held.left = 0;
            Wire wire = host.connect();
            QVERIFY(wire.send(get("/")));
            QVERIFY(eventually([&] { return held.held.load(); }));
            host.worker.run([&] {
                held.exchange->beginStream(200, {});
                wire.reset(); // from here: the event loop cannot see it first
                held.insideCall = true;
                for (int n = 0; n < 50; ++n)
                    held.exchange->send(QByteArray(100000, 'x'));
                held.insideCall = false;
            });
            QVERIFY(eventually([&] { return held.left.load() == 1; }));
            QCOMPARE(held.toldInsideCall.load(), 0);
            host.worker.run([&] { held.exchange.reset(); });
            QCOMPARE(held.left.load(), 1);
        }
    }

    void exchangeDestroyedUnansweredCuts()
    {
        ServerHost host;
        host.handler.onRequest = [](std::unique_ptr<Exchange>) {};
        Wire wire = host.connect();
        QVERIFY(wire.send(get("/") + get("/")));
        QVERIFY(wire.readToEnd() != Wire::Got::Nothing);
        QCOMPARE(wire.buffer(), QByteArray());
        QCOMPARE(host.handler.handled.load(), 1);
        QCOMPARE(host.connections(), 0);
    }

    void unfinishedStreamIsNotComplete()
    {
        ServerHost host;
        host.handler.onRequest = [](std::unique_ptr<Exchange> exchange) {
            exchange->beginStream(200, {});
            exchange->send("a part");
        };
        Wire wire = host.connect();
        QVERIFY(wire.send(get("/")));
        wire.readToEnd();
        const Answer answer = parseAnswer(wire.buffer(), false, true);
        QVERIFY(!answer.complete);
    }

    void misuseDoesNotBreakFraming()
    {
        ServerHost host;
        host.handler.onRequest = [](std::unique_ptr<Exchange> exchange) {
            exchange->send("before the stream");
            exchange->finishStream("no stream");
            exchange->beginStream(200, {});
            exchange->beginStream(500, {});
            exchange->respond(plain(500, "second answer"));
            exchange->send("");
            exchange->send("x");
            exchange->finishStream();
            exchange->send("after the end");
            exchange->finishStream();
            exchange->respond(plain(500, "third answer"));
        };
        Wire wire = host.connect();
        for (int i = 0; i < 2; ++i) {
            QVERIFY(wire.send(get("/")));
            const Answer answer = readAnswer(wire);
            QCOMPARE(answer.status, 200);
            QCOMPARE(answer.body, QByteArray("x"));
            QCOMPARE(wire.buffer(), QByteArray());
        }
    }

    void slowReaderOfAClosingAnswerGetsAll()
    {
        ServerHost host;
        const QByteArray big(6 << 20, 'z');
        host.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
            Response response = plain(200, big);
            response.close = true;
            exchange->respond(response);
        };
        Wire wire = host.connect("127.0.0.1", 4096);
        QVERIFY(wire.send(get("/")));
        // slower than the linger time (2 s), faster than the stall limit
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 3000 && wire.readSome(1000, 4096) == Wire::Got::Bytes)
            std::this_thread::sleep_for(20ms);
        QCOMPARE(wire.readToEnd(), Wire::Got::End);
        const Answer answer = parseAnswer(wire.buffer());
        QVERIFY(answer.complete);
        QCOMPARE(answer.body.size(), big.size());
    }

    void headerInjection()
    {
        ServerHost host;
        host.handler.onRequest = [](std::unique_ptr<Exchange> exchange) {
            Response response = plain(200, "four");
            for (const char* value : {"a\r\nx-evil: 1", "a\nx-evil: 1", "a\rx-evil: 1", "a\tb\x01"})
                response.fields.append({QByteArrayLiteral("x-value"), QByteArray(value)});
            response.fields.append({QByteArrayLiteral("x-nul"), QByteArray("a\0b", 3)});
            for (const char* name : {"x evil", "x-evil:", "", "x\r\nx-evil", "x-\xc3\xa9"})
                response.fields.append({QByteArray(name), QByteArrayLiteral("1")});
            response.fields.append({QByteArrayLiteral("Content-Length"), QByteArrayLiteral("0")});
            response.fields.append({QByteArrayLiteral("Transfer-Encoding"), QByteArrayLiteral("chunked")});
            response.fields.append({QByteArrayLiteral("Connection"), QByteArrayLiteral("close")});
            response.fields.append({QByteArrayLiteral("x-good"), QByteArrayLiteral("caf\xc3\xa9")});
            exchange->respond(response);
        };
        Wire wire = host.connect();
        QVERIFY(wire.send(get("/")));
        const Answer answer = readAnswer(wire);
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.body, QByteArray("four"));
        QVERIFY(answer.keepAlive);
        QVERIFY(!answer.head.contains("evil"));
        QVERIFY(!answer.head.contains("x-value"));
        QVERIFY(!answer.head.contains("x-nul"));
        QVERIFY(!answer.head.contains("transfer-encoding"));
        QCOMPARE(answer.head.count("content-length"), 1);
        QVERIFY(answer.head.contains("x-good: caf\xc3\xa9\r\n"));
    }

    void capPerAddress()
    {
        ServerOptions options;
        options.connection.connectionsPerAddress = 3;
        ServerHost host(options);
        std::vector<Wire> wires;
        for (int i = 0; i < 3; ++i) {
            wires.push_back(host.connect());
            QVERIFY(wires.back().send(get("/")));
            QVERIFY(readAnswer(wires.back()).complete);
        }
        Wire fourth = host.connect();
        QVERIFY(fourth.readToEnd() != Wire::Got::Nothing);
        wires.pop_back();
        QVERIFY(eventually([&] { return host.connections() == 2; }));
        Wire again = host.connect();
        QVERIFY(again.send(get("/")));
        QVERIFY(readAnswer(again).complete);
        // whatever way connections end, the count comes back
        for (int i = 0; i < 50; ++i) {
            again.reset();
            again = Wire();
            QVERIFY(eventually([&] { return host.connections() == 2; }));
            again = host.connect();
            QVERIFY(again.send(i % 2 ? QByteArray("nonsense\r\n\r\n") : get("/")));
            QVERIFY(readAnswer(again).status > 0);
        }
    }

    void capInAll()
    {
        ServerOptions options;
        options.connection.connectionsPerWorker = 2;
        ServerHost host(options);
        Wire a = host.connect();
        Wire b = host.connect();
        QVERIFY(a.send(get("/")) && readAnswer(a).complete);
        QVERIFY(b.send(get("/")) && readAnswer(b).complete);
        Wire c = host.connect();
        QVERIFY(c.readToEnd() != Wire::Got::Nothing);
        QCOMPARE(host.connections(), 2);
        QVERIFY(a.send(get("/")) && readAnswer(a).complete);
    }

    void drain()
    {
        Held held;
        ServerHost host;
        host.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
            if (exchange->head().target == QByteArrayView("/held"))
                held.hold(std::move(exchange));
            else
                exchange->respond(plain(200, "ok"));
        };
        host.beforeWheel = [&] { held.exchange.reset(); };
        Wire idle = host.connect();
        QVERIFY(idle.send(get("/")) && readAnswer(idle).complete);
        Wire busy = host.connect();
        QVERIFY(busy.send(get("/held")));
        QVERIFY(eventually([&] { return held.held.load(); }));
        host.worker.run([&] { host.server().drain(); });
        QCOMPARE(idle.readToEnd(), Wire::Got::End);
        QVERIFY(!host.connect().isOpen());
        QCOMPARE(host.connections(), 1);
        host.worker.run([&] { held.exchange->respond(plain(200, "late but whole")); });
        const Answer answer = readAnswer(busy);
        QCOMPARE(answer.body, QByteArray("late but whole"));
        QVERIFY(answer.head.contains("connection: close"));
        QCOMPARE(busy.readToEnd(), Wire::Got::End);
        busy.close();
        QVERIFY(eventually([&] { return host.connections() == 0; }));
    }

    void serverDestroyedWhileCallsAreOpen()
    {
        Held held;
        {
            ServerHost host;
            host.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) { held.hold(std::move(exchange)); };
            Wire wire = host.connect();
            QVERIFY(wire.send(get("/")));
            QVERIFY(eventually([&] { return held.held.load(); }));
        }
        QCOMPARE(held.left.load(), 1);
        QVERIFY(!held.exchange->isOpen());
        held.exchange->respond(plain(200, "nobody"));
    }

    void twoServersShareAPort()
    {
        ServerOptions options;
        options.sharePort = true;
        ServerHost first(options);
        QVERIFY(first.started);
        options.port = first.port();
        ServerHost second(options);
        QVERIFY(second.started);
        QCOMPARE(second.port(), first.port());
        std::vector<Wire> wires;
        for (int i = 0; i < 200; ++i) {
            wires.push_back(first.connect());
            QVERIFY(wires.back().send(get("/")));
            QVERIFY(readAnswer(wires.back()).complete);
        }
        QVERIFY(first.handler.handled > 20);
        QVERIFY(second.handler.handled > 20);
        QCOMPARE(first.handler.handled + second.handler.handled, 200);
    }

    void portInUseSaysSo()
    {
        ServerHost host;
        host.worker.run([&] {
            ServerOptions options;
            options.port = host.port();
            Server other(options, host.handler, host.wheel(), host.clock());
            const auto outcome = other.start();
            QVERIFY(!outcome.ok());
            QCOMPARE(outcome.error().failure, gateway::api::Failure::Unavailable);
            QVERIFY(outcome.error().message.contains(QString::number(host.port())));
            QVERIFY(!outcome.error().hint.isEmpty());
            ServerOptions named;
            named.host = QStringLiteral("gateway.example");
            Server unknown(named, host.handler, host.wheel(), host.clock());
            QCOMPARE(unknown.start().error().failure, gateway::api::Failure::Invalid);
        });
    }

    void addressForms()
    {
        if (!Wire::to(1, "::1").isOpen() && errno == EADDRNOTAVAIL)
            QSKIP("this machine has no IPv6");
        std::mutex mutex;
        QString seen;
        const auto remember = [&](ServerHost& host) {
            host.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
                const std::lock_guard lock(mutex);
                seen = exchange->peer().toString();
                exchange->respond(plain(200, "ok"));
            };
        };
        ServerOptions options;
        options.host = QStringLiteral("::1");
        ServerHost six(options);
        QVERIFY(six.started);
        remember(six);
        Wire wire = six.connect("::1");
        QVERIFY(wire.send("GET / HTTP/1.1\r\nHost: [::1]:4180\r\n\r\n"));
        QVERIFY(readAnswer(wire).complete);
        QCOMPARE(seen, QStringLiteral("::1"));

        options.host = QStringLiteral("::");
        ServerHost both(options);
        QVERIFY(both.started);
        remember(both);
        Wire four = both.connect("127.0.0.1");
        QVERIFY(four.send(get("/")));
        QVERIFY(readAnswer(four).complete);
        QCOMPARE(seen, QStringLiteral("127.0.0.1"));

        options.host = QStringLiteral("localhost");
        ServerHost local(options);
        QVERIFY(local.started);
        QVERIFY(local.connect().isOpen());
    }

    // In a child process, because the limit holds for the whole process.
    void runsOutOfDescriptors()
    {
        const pid_t child = ::fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            const std::string self = QCoreApplication::applicationFilePath().toStdString();
            ::execl(self.c_str(), self.c_str(), "--descriptors", nullptr);
            ::_exit(90);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
    }
};

namespace {

// The child of runsOutOfDescriptors(): 0 when the server survived; otherwise the number of the step that failed.
int descriptorChild()
{
    ServerHost host;
    if (!host.started)
        return 10;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 80;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 11;
    // client and server ends come from the same purse: it is empty at about 35 connections
    std::vector<Wire> wires;
    for (int i = 0; i < 200; ++i) {
        Wire wire = host.connect();
        if (!wire.isOpen())
            break;
        if (i < 10 && (!wire.send(get("/")) || readAnswer(wire).status != 200))
            return 15;
        wires.push_back(std::move(wire));
    }
    if (int(wires.size()) == 200 || !eventually([&] { return ::dup(0) < 0; }))
        return 16;
    // Whether client or server took the last one depends on how many were open before. So the purse grows by one until
    // a client has it: its connection then waits in the backlog and cannot be accepted.
    bool waiting = false;
    for (int i = 0; i < 20 && !waiting; ++i) {
        ++limit.rlim_cur;
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
            return 17;
        wires.push_back(host.connect());
        waiting = wires.back().isOpen();
        if (!waiting)
            wires.pop_back();
    }
    if (!waiting || host.connections() >= int(wires.size()))
        return 18;
    const auto cpu = [] {
        timespec used{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        return double(used.tv_sec) * 1e3 + double(used.tv_nsec) / 1e6;
    };
    const double before = cpu();
    std::this_thread::sleep_for(1000ms);
    const double used = cpu() - before;
    if (used > 200) { // reliability.md F20: at most 20 % of a processor
        std::fprintf(stderr, "%.0f ms of processor time in a second\n", used);
        return 12;
    }
    // one that was accepted is served meanwhile
    if (!wires.front().send(get("/")) || readAnswer(wires.front()).status != 200)
        return 13;
    while (wires.size() > 5)
        wires.pop_back();
    Wire late = host.connect();
    if (!late.isOpen() || !late.send(get("/")) || readAnswer(late).status != 200)
        return 14;
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    if (app.arguments().contains(QStringLiteral("--descriptors")))
        return descriptorChild();
    TestServer test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_server.moc"

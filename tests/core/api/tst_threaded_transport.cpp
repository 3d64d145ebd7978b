// A transport on a thread of its own: every future ends once and in the caller's thread, the threads never meet in an
// object, and closing waits for nothing.
#include "scripted_admin.h"

#include "api/http_transport.h"
#include "api/threaded_transport.h"

#include <QElapsedTimer>
#include <QPromise>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <QTimer>

using namespace gateway;
using api::AdminReply;
using api::AdminRequest;
using api::Failure;

namespace {

using Promise = QPromise<api::Result<AdminReply>>;

// Answers what it is told, from its own thread; what it leaves open it ends when it goes, as every transport does.
class Inner final : public api::AdminTransport
{
    Q_OBJECT
public:
    struct Log
    {
        std::atomic<int> sent{0};
        std::atomic<int> retried{0};
        std::atomic<bool> isGone{false};
        std::atomic<bool> wasElsewhere{false}; // something was called on another thread than the first
    };
    explicit Inner(std::shared_ptr<Log> log) : m_log(std::move(log)), m_home(QThread::currentThread()) {}
    ~Inner() override
    {
        home();
        for (auto& promise : m_open) {
            promise->addResult(
                api::Result<AdminReply>(api::failure(Failure::Unreachable, QStringLiteral("the inner one is gone"))));
            promise->finish();
        }
        m_log->isGone = true;
    }
    QFuture<api::Result<AdminReply>> send(const AdminRequest& request) override
    {
        home();
        ++m_log->sent;
        const auto promise = std::make_shared<Promise>();
        promise->start();
        if (request.path == QLatin1String("/never")) {
            m_open.append(promise);
        } else {
            QTimer::singleShot(0, this, [promise, request] {
                promise->addResult(api::Result<AdminReply>(AdminReply{200, {{QStringLiteral("path"), request.path}}}));
                promise->finish();
            });
        }
        if (request.path == QLatin1String("/checking")) {
            Q_EMIT changeChecking(request.idempotencyKey, request.path);
            Q_EMIT changeSettled(request.idempotencyKey, true);
        }
        return promise->future();
    }
    std::unique_ptr<api::EventStream> subscribe(qint64 since) override
    {
        home();
        auto stream = std::make_unique<api::EventStream>();
        api::EventStream* it = stream.get();
        QTimer::singleShot(0, it, [it, since] {
            Q_EMIT it->stateChanged(api::EventStream::State::Live, {});
            Q_EMIT it->gapFound(since + 1, since + 2);
            qint64 number = since + 3;
            for (int batch = 0; batch < 600; ++batch) { // more than may be under way
                QVector<api::Event> events;
                for (int i = 0; i < 100; ++i)
                    events.append({number++, QStringLiteral("x"), {}});
                Q_EMIT it->eventsArrived(events);
            }
            auto* later = new QTimer(it);
            later->callOnTimeout(it, [it, number]() mutable {
                Q_EMIT it->eventsArrived({{number++, QStringLiteral("late"), {}}});
            });
            later->start(20);
        });
        return stream;
    }
    QString description() const override { return QStringLiteral("inner"); }
    api::LinkStatus link() const override
    {
        api::LinkStatus status;
        status.state = api::LinkStatus::State::Connected;
        status.roundTripP50Ms = 3;
        return status;
    }
    void retryNow() override
    {
        home();
        ++m_log->retried;
        Q_EMIT linkChanged(link());
    }

private:
    void home()
    {
        if (QThread::currentThread() != m_home || m_home == QCoreApplication::instance()->thread())
            m_log->wasElsewhere = true;
    }
    const std::shared_ptr<Log> m_log;
    QThread* const m_home;
    QList<std::shared_ptr<Promise>> m_open;
};

AdminRequest get(const char* path)
{
    AdminRequest request;
    request.path = QLatin1String(path);
    request.idempotencyKey = QStringLiteral("k");
    return request;
}

std::shared_ptr<api::AdminTransport> threaded(const std::shared_ptr<Inner::Log>& log)
{
    return api::makeThreaded([log] { return std::make_unique<Inner>(log); }, QStringLiteral("https://gw.example"));
}

} // namespace

class TestThreadedTransport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void answersComeInTheCallersThread();
    void signalsCross();
    void eventsAreBoundedAndGapsTold();
    void destroyedWhileOpen();
    void continuationsMayAskAgain();
    void destroyedByItsOwnAnswer();
    void withoutInnerNothingHangs();
    void manyAtOnce();
    void oneThatHangsHoldsUpNobody();
};

void TestThreadedTransport::answersComeInTheCallersThread()
{
    const auto log = std::make_shared<Inner::Log>();
    const auto transport = threaded(log);
    QCOMPARE(transport->description(), QStringLiteral("https://gw.example"));
    QThread* finishedIn = nullptr;
    QString path;
    transport->send(get("/a")).then([&](const api::Result<AdminReply>& reply) {
        finishedIn = QThread::currentThread();
        path = reply->body.value(QStringLiteral("path")).toString();
    });
    QTRY_VERIFY(finishedIn != nullptr);
    QCOMPARE(finishedIn, QThread::currentThread());
    QCOMPARE(path, QStringLiteral("/a"));
    QVERIFY(!log->wasElsewhere);
}

void TestThreadedTransport::signalsCross()
{
    const auto log = std::make_shared<Inner::Log>();
    const auto transport = threaded(log);
    QSignalSpy links(transport.get(), &api::AdminTransport::linkChanged);
    QSignalSpy checking(transport.get(), &api::AdminTransport::changeChecking);
    QSignalSpy settled(transport.get(), &api::AdminTransport::changeSettled);
    QCOMPARE(transport->link().state, api::LinkStatus::State::Connecting);
    QTRY_COMPARE(transport->link().state, api::LinkStatus::State::Connected);
    QCOMPARE(transport->link().roundTripP50Ms, std::optional<qint64>(3));
    const qsizetype before = links.size();
    transport->retryNow();
    QTRY_COMPARE(links.size(), before + 1);
    QCOMPARE(log->retried.load(), 1);
    transport->send(get("/checking"));
    QTRY_COMPARE(settled.size(), 1);
    QCOMPARE(checking.size(), 1);
    QCOMPARE(checking[0][1].toString(), QStringLiteral("/checking"));
}

void TestThreadedTransport::eventsAreBoundedAndGapsTold()
{
    const auto log = std::make_shared<Inner::Log>();
    const auto transport = threaded(log);
    auto stream = transport->subscribe(10);
    qint64 next = 11; // every number comes or is told of
    bool late = false;
    int gaps = 0;
    connect(stream.get(), &api::EventStream::gapFound, this, [&](qint64 first, qint64 last) {
        QCOMPARE(first, next);
        QVERIFY(last >= first);
        next = last + 1;
        ++gaps;
    });
    connect(stream.get(), &api::EventStream::eventsArrived, this, [&](const QVector<api::Event>& events) {
        for (const api::Event& one : events) {
            QCOMPARE(one.sequence, next);
            ++next;
        }
        late = late || events.first().type == QLatin1String("late");
    });
    QThread::msleep(300); // this thread does not read; the other one must neither wait nor hoard
    QTRY_VERIFY(late);
    QCOMPARE(gaps, 2); // the inner one's, and ours
    stream.reset();
    const qint64 at = next;
    QTest::qWait(100);
    QCOMPARE(next, at);
    QVERIFY(!log->wasElsewhere);
}

void TestThreadedTransport::destroyedWhileOpen()
{
    for (int round = 0; round < 20; ++round) {
        const auto log = std::make_shared<Inner::Log>();
        auto transport = threaded(log);
        const auto stream = transport->subscribe(0);
        QSignalSpy states(stream.get(), &api::EventStream::stateChanged);
        QList<QFuture<api::Result<AdminReply>>> open;
        for (int i = 0; i < 20; ++i)
            open.append(transport->send(get(i % 2 == 0 ? "/never" : "/a")));
        if (round % 2 == 0)
            QTRY_COMPARE(log->sent.load(), 20);
        transport.reset();
        for (const auto& future : open) {
            QVERIFY(future.isFinished());
            QCOMPARE(future.resultCount(), 1);
            if (!future.result().ok())
                QCOMPARE(future.result().error().failure, Failure::Unreachable);
        }
        QCOMPARE(states.last()[0].value<api::EventStream::State>(), api::EventStream::State::Lost);
        QTRY_VERIFY(log->isGone.load());
        QVERIFY(!log->wasElsewhere);
    }
}

void TestThreadedTransport::continuationsMayAskAgain()
{
    const auto log = std::make_shared<Inner::Log>();
    auto transport = threaded(log);
    api::AdminTransport* const raw = transport.get();
    bool second = false;
    transport->send(get("/a")).then([&](const api::Result<AdminReply>&) {
        raw->send(get("/b")).then([&](const api::Result<AdminReply>& reply) { second = reply.ok(); });
    });
    QTRY_VERIFY(second);
}

void TestThreadedTransport::destroyedByItsOwnAnswer()
{
    const auto log = std::make_shared<Inner::Log>();
    auto transport = threaded(log);
    transport->send(get("/a")).then([&](const api::Result<AdminReply>&) { transport.reset(); });
    QTRY_VERIFY(!transport);
    QTRY_VERIFY(log->isGone.load());
}

void TestThreadedTransport::withoutInnerNothingHangs()
{
    const auto transport =
        api::makeThreaded([] { return std::unique_ptr<api::AdminTransport>(); }, QStringLiteral("nowhere"));
    const auto future = transport->send(get("/a"));
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().error().failure, Failure::Unreachable);
    const auto stream = transport->subscribe(0);
    transport->retryNow();
}

void TestThreadedTransport::manyAtOnce()
{
    std::vector<std::shared_ptr<Inner::Log>> logs;
    std::vector<std::shared_ptr<api::AdminTransport>> all;
    QList<QFuture<api::Result<AdminReply>>> open;
    for (int i = 0; i < 16; ++i) {
        logs.push_back(std::make_shared<Inner::Log>());
        all.push_back(threaded(logs.back()));
        for (int j = 0; j < 50; ++j)
            open.append(all.back()->send(get("/a")));
    }
    for (const auto& future : open) {
        QTRY_VERIFY(future.isFinished());
        QVERIFY(future.result().ok());
    }
    all.clear();
    for (const auto& log : logs)
        QTRY_VERIFY(log->isGone.load() && !log->wasElsewhere.load());
}

// The one goes to an engine that never answers, and is closed in the middle of that; the other does not notice.
void TestThreadedTransport::oneThatHangsHoldsUpNobody()
{
    test::ScriptedAdmin mute([](const test::ScriptedAdmin::Asked&) {
        test::ScriptedAdmin::Answer answer;
        answer.how = test::ScriptedAdmin::Answer::How::Silence;
        return answer;
    });
    test::ScriptedAdmin good([](const test::ScriptedAdmin::Asked&) { return test::ScriptedAdmin::Answer(); });
    const auto to = [](quint16 port) {
        return api::makeThreaded(
            [port] {
                api::HttpTransportOptions options;
                options.base = QUrl(QStringLiteral("http://127.0.0.1:%1").arg(port));
                options.token = "t";
                return std::make_unique<api::HttpTransport>(options);
            },
            QStringLiteral("http"));
    };
    auto hanging = to(mute.port());
    const auto working = to(good.port());
    const auto never = hanging->send(get("/api/v1/status"));
    QTRY_COMPARE(mute.asked().size(), 1);
    const auto soon = working->send(get("/api/v1/status"));
    QTRY_VERIFY(soon.isFinished());
    QVERIFY(soon.result().ok());
    QVERIFY(!never.isFinished());
    hanging.reset();
    QVERIFY(never.isFinished());
    QCOMPARE(never.result().error().failure, Failure::Unreachable);
}

QTEST_GUILESS_MAIN(TestThreadedTransport)
#include "tst_threaded_transport.moc"

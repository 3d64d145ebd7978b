// Two consoles and a command line on one engine: an embedded session, a session attached over TLS from another network
// namespace and `signalboxctl events` see the same events in the same order under the same numbers, while calls and
// changes make some 2,000 of them, and although the attached link is cut in the middle.
#include "remote_engine.h"

#include "engine_thread.h"
#include "raw_client.h"
#include "session/session.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

#include <atomic>
#include <cstdio>
#include <map>
#include <thread>

using namespace gateway;
using namespace gateway::test;

namespace {

constexpr int kCallers = 4;
constexpr qint64 kEvents = 2000;

// What one of the three saw: number -> type and data, byte for byte, and whether each number was the next.
struct Seen
{
    const char* who;
    std::map<qint64, QByteArray> events;
    qint64 last = -1;
    qint64 told = 0;
    QStringList wrong;

    void take(qint64 sequence, const QString& type, const QJsonObject& data)
    {
        if (last >= 0 && sequence != last + 1)
            wrong.append(QStringLiteral("%1: %2 after %3").arg(QLatin1String(who)).arg(sequence).arg(last));
        last = sequence;
        events.emplace(sequence, type.toUtf8() + ' ' + QJsonDocument(data).toJson(QJsonDocument::Compact));
    }
    void takeGap(qint64 first, qint64 lastMissing)
    {
        if (last >= 0 && first != last + 1)
            wrong.append(QStringLiteral("%1: a hole from %2 after %3").arg(QLatin1String(who)).arg(first).arg(last));
        told += lastMissing - first + 1;
        last = lastMissing;
    }
    void follow(ui::Session& session, QObject* context)
    {
        QObject::connect(&session, &ui::Session::eventsArrived, context, [this](const QVector<api::Event>& events) {
            for (const api::Event& event : events)
                take(event.sequence, event.type, event.data);
        });
        QObject::connect(&session, &ui::Session::gapFound, context,
            [this](qint64 first, qint64 lastMissing) { takeGap(first, lastMissing); });
    }
};

} // namespace

class TestSameEvents : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void threeSeeTheSame();

private:
    std::unique_ptr<TwoNamespaces> m_link;
    std::unique_ptr<RemoteEngine> m_facts; // its files, URL and pin; the engine itself runs in this process
    std::unique_ptr<EngineThread> m_engine;
};

void TestSameEvents::initTestCase()
{
    for (const QString& why : {TwoNamespaces::whyNot(), RemoteEngine::whyNot()}) {
        if (!why.isEmpty())
            QSKIP(qPrintable(why));
    }
    m_link = std::make_unique<TwoNamespaces>();
    QVERIFY2(m_link->isUp(), qPrintable(m_link->problem()));
    m_facts = std::make_unique<RemoteEngine>(*m_link);
    const QString wrong = m_facts->prepare();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    // The engine's threads are made while this one stands on the engine's side, and stay there.
    QVERIFY(m_link->enter(TwoNamespaces::Side::Engine));
    engine::GatewayOptions options;
    options.configFile = m_facts->configFile();
    options.dataDirectory = m_facts->dataDirectory();
    options.workers = 1;
    m_engine = std::make_unique<EngineThread>(options);
    const auto failure = m_engine->start();
    QVERIFY2(!failure, failure ? qPrintable(failure->error.message) : "");
    QVERIFY(m_link->enter(TwoNamespaces::Side::Client));
}

void TestSameEvents::threeSeeTheSame()
{
    if (!m_engine)
        QSKIP("no namespaces here");
    ui::SessionOptions here;
    ui::Session embedded(m_engine->transport(), here);
    ui::SessionOptions there;
    there.embedded = false;
    ui::Session attached(std::make_shared<api::HttpTransport>(m_facts->options()), there);
    Seen byEmbedded{"embedded", {}, -1, 0, {}};
    Seen byAttached{"attached", {}, -1, 0, {}};
    Seen byCommand{"signalboxctl", {}, -1, 0, {}};
    byEmbedded.follow(embedded, this);
    byAttached.follow(attached, this);
    embedded.start();
    attached.start();
    QVERIFY(QTest::qWaitFor([&] { return attached.streamState() == api::EventStream::State::Live; }, 20'000));
    QVERIFY(QTest::qWaitFor([&] { return embedded.streamState() == api::EventStream::State::Live; }, 20'000));

    QFile output(m_facts->file(QStringLiteral("events.jsonl")));
    QProcess command; // inherits this thread's side
    command.setChildProcessModifier(m_link->inside(TwoNamespaces::Side::Client));
    command.setStandardOutputFile(output.fileName());
    command.setStandardErrorFile(m_facts->file(QStringLiteral("events.log")));
    command.start(qEnvironmentVariable("SIGNALBOX_BIN") + QStringLiteral("/signalboxctl"),
        {QStringLiteral("--url"), m_facts->url(), QStringLiteral("--token-file"), m_facts->tokenFile(),
            QStringLiteral("--pin"), m_facts->pin(), QStringLiteral("events"), QStringLiteral("--since"),
            QStringLiteral("0")});
    QVERIFY(command.waitForStarted());

    const QByteArray key = issueKey(embedded.client(), QStringLiteral("load"));
    QVERIFY(!key.isEmpty());
    std::atomic<bool> stopping = false;
    std::vector<std::thread> callers;
    for (int i = 0; i < kCallers; ++i) {
        callers.emplace_back([&] {
            m_link->enter(TwoNamespaces::Side::Engine);
            while (!stopping) {
                rawCall(4180, chatRequest(key, "load", false, "again"));
                std::this_thread::sleep_for(std::chrono::milliseconds(50)); // some 80 events a second
            }
        });
    }
    const auto lastOf = [&] { return byEmbedded.last; };
    const auto change = [&](int number) {
        api::LeverRequest request;
        request.kind = api::LeverKind::Drill;
        request.provider = QStringLiteral("simulator-b");
        request.tenant = QStringLiteral("acme");
        request.percent = 1;
        request.durationSeconds = 600;
        const auto lever = await(embedded.client().startDrill(request, QStringLiteral("change %1").arg(number)));
        if (lever)
            await(embedded.client().endLever(lever->id, QStringLiteral("change %1 back").arg(number)));
    };
    QVERIFY(QTest::qWaitFor([&] { return lastOf() >= 0; }, 20'000));
    const qint64 begin = lastOf();
    int changes = 0;
    bool cut = false;
    QDeadlineTimer deadline(90'000);
    while (lastOf() - begin < kEvents && !deadline.hasExpired()) {
        change(changes++);
        QTest::qWait(50);
        if (!cut && lastOf() - begin > kEvents / 3) {
            cut = true;
            m_link->silence();
            QTest::qWait(1500);
            m_link->reset();
            m_link->up();
        }
    }
    stopping = true;
    for (std::thread& caller : callers)
        caller.join();

    const auto status = await(embedded.client().status());
    QVERIFY(status);
    const qint64 end = status->eventSequence;
    QVERIFY2(QTest::qWaitFor([&] { return byEmbedded.last >= end && byAttached.last >= end; }, 60'000),
        qPrintable(
            QStringLiteral("embedded at %1, attached at %2 of %3").arg(byEmbedded.last).arg(byAttached.last).arg(end)));
    const auto readCommand = [&] {
        byCommand = Seen{"signalboxctl", {}, -1, 0, {}};
        QFile file(output.fileName());
        if (!file.open(QIODevice::ReadOnly))
            return false;
        while (!file.atEnd()) {
            const QJsonObject line = QJsonDocument::fromJson(file.readLine()).object();
            if (line.value(QLatin1String("type")) == QLatin1String("gap"))
                byCommand.takeGap(
                    line.value(QLatin1String("first")).toInteger(), line.value(QLatin1String("last")).toInteger());
            else if (!line.isEmpty())
                byCommand.take(line.value(QLatin1String("sequence")).toInteger(),
                    line.value(QLatin1String("type")).toString(), line.value(QLatin1String("data")).toObject());
        }
        return byCommand.last >= end;
    };
    const auto said = [&] {
        QFile file(m_facts->file(QStringLiteral("events.log")));
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    };
    QVERIFY2(QTest::qWaitFor(readCommand, 60'000),
        qPrintable(QStringLiteral("signalboxctl at %1 of %2: %3").arg(byCommand.last).arg(end).arg(said())));
    command.terminate();
    command.waitForFinished();

    std::printf("%lld events; seen by embedded %zu, attached %zu (missing and told: %lld), signalboxctl %zu (%lld); %d "
                "changes\n",
        static_cast<long long>(end), byEmbedded.events.size(), byAttached.events.size(),
        static_cast<long long>(byAttached.told), byCommand.events.size(), static_cast<long long>(byCommand.told),
        changes);
    std::fflush(stdout);
    QVERIFY(cut);
    QVERIFY(end - begin >= kEvents);
    for (const Seen* seen : {&byEmbedded, &byAttached, &byCommand})
        QVERIFY2(seen->wrong.isEmpty(), qPrintable(seen->wrong.join(u'\n')));
    QCOMPARE(byAttached.told, 0); // the engine keeps ten thousand: after a short cut nothing is missing
    QCOMPARE(byCommand.told, 0);
    for (const Seen* seen : {&byAttached, &byCommand}) {
        QVERIFY(qint64(seen->events.size()) >= kEvents);
        for (const auto& [sequence, event] : seen->events) {
            if (sequence > end) // the last calls are told of when they are filed; who listened longest heard them
                break;
            const auto same = byEmbedded.events.find(sequence);
            if (same == byEmbedded.events.end())
                QVERIFY2(sequence < byEmbedded.events.begin()->first, "the embedded console missed one");
            else
                QCOMPARE(event, same->second);
        }
    }
}

QTEST_GUILESS_MAIN(TestSameEvents)
#include "tst_same_events.moc"

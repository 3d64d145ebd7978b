// Reliability F18: the link between a console and an engine is cut at seeded moments, in every way it can be, while
// changes are under way. Afterwards every change is there once, or its sender was told that it was not applied; the
// event stream has every event, or tells of the gap; a peer with another certificate is given nothing. A real
// signalboxd over TLS with a pin, a real transport, and the cutter between them.
#include "certificates.h"
#include "link_cutter.h"
#include "program.h"
#include "raw_client.h"
#include "scripted_admin.h"

#include "api/http_transport.h"
#include "api/local_engine.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace gateway;
using namespace gateway::test;
using api::AdminReply;
using api::AdminRequest;
using Cut = LinkCutter::Cut;

namespace {

constexpr int kCuts = 50;  // of each kind
constexpr int kLanes = 10; // consoles at once; each is cut for itself
constexpr quint32 kSeed = 20261122;

// The limits of a real console are 15 s and 12 s; these stand for them, and two seconds of silence for ten minutes. Not
// shorter: handshakes of ten consoles at once must fit in, also on a computer that does other things.
constexpr std::chrono::milliseconds kTimeout{1'200};
constexpr std::chrono::milliseconds kSilence{1'000};
constexpr qint64 kSleepMs = 2'000;
constexpr qint64 kHalfOpenMs = 1'300;

struct Told
{
    bool isReply = false;
    int status = 0;
    QString message;
};

struct Lane
{
    explicit Lane(quint16 engine) : cutter(engine) {}

    LinkCutter cutter;
    std::unique_ptr<api::HttpTransport> transport;
    std::unique_ptr<api::EventStream> stream;
    QList<qint64> seen;
    QList<std::pair<qint64, qint64>> gaps;
    QList<std::pair<QString, QFuture<api::Result<AdminReply>>>> open;
    enum class Phase
    {
        Whole,
        Silent,
        Over
    };
    Phase phase = Phase::Whole;
    int cutsBefore = 0;
    int connectionsBefore = 0;
    QElapsedTimer silent;

    bool isDone() const
    {
        return std::all_of(open.begin(), open.end(), [](const auto& one) { return one.second.isFinished(); });
    }
    bool isTold(qint64 number) const
    {
        return std::any_of(gaps.begin(), gaps.end(),
            [number](const auto& gap) { return number >= gap.first && number <= gap.second; });
    }
};

bool waitUntil(const std::function<bool()>& done, int milliseconds = 30'000)
{
    return QTest::qWaitFor(done, milliseconds);
}

} // namespace

class TestLinkFaults : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void cuts_data();
    void cuts();
    void engineRestarts();
    void certificateChanges();
    void cleanupTestCase();

private:
    bool startEngine();
    api::HttpTransportOptions options(quint16 port) const;
    void openLanes(int count);
    void change(Lane& lane, const QString& key, bool twice = false);
    void plan(Lane& lane, Cut cut);
    void gather(Lane& lane);
    void judgeChanges();
    void judgeEvents(bool mayHaveGaps);
    QHash<QString, int> effects();
    QJsonObject ask(const char* path);

    QTemporaryDir m_directory;
    CertificateMaker m_maker;
    TestCertificate m_certificate;
    std::unique_ptr<Program> m_engine;
    std::vector<std::unique_ptr<Lane>> m_lanes;
    std::unique_ptr<Lane> m_witness; // is never cut by us
    QMultiHash<QString, Told> m_told;
    QRandomGenerator m_random{kSeed};
    int m_number = 0;
    int m_inDoubt = 0;
    int m_applied = 0;
    int m_notApplied = 0;
};

void TestLinkFaults::initTestCase()
{
    qRegisterMetaType<QVector<api::Event>>();
    m_certificate = m_maker.selfSigned(QStringLiteral("engine"));
    QVERIFY(!m_certificate.certificate.isNull());
    QFile config(m_directory.filePath(QStringLiteral("signalbox.yaml")));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write(R"(signalbox: 1
server:
  gateway: "127.0.0.1:0"
  admin: {listen: "127.0.0.1:0", tls: {certificate: ")" +
                 m_certificate.certificateFile.toUtf8() + R"(", key: ")" + m_certificate.keyFile.toUtf8() + R"("}}
providers:
  - {name: up, kind: simulator, region: eu-west-1, retention: zero}
aliases:
  - {name: fast, purpose: tests, owner: tests, candidates: [{provider: up, model: sim-small-2026-09-01}]}
tenants:
  - {name: acme}
)");
    config.close();
    QVERIFY(startEngine());
}

bool TestLinkFaults::startEngine()
{
    m_engine = std::make_unique<Program>(QStringLiteral("signalboxd"),
        QStringList{QStringLiteral("--config"), m_directory.filePath(QStringLiteral("signalbox.yaml")),
            QStringLiteral("--data-dir"), m_directory.filePath(QStringLiteral("data")), QStringLiteral("--workers"),
            QStringLiteral("1")});
    if (m_engine->waitForReady())
        return true;
    qWarning("%s", qPrintable(m_engine->log()));
    return false;
}

api::HttpTransportOptions TestLinkFaults::options(quint16 port) const
{
    api::HttpTransportOptions options;
    options.base = QUrl(QStringLiteral("https://127.0.0.1:%1").arg(port));
    const auto token = api::readToken(api::tokenFile(m_directory.filePath(QStringLiteral("data"))));
    options.token = token ? *token : QByteArray();
    options.pin = m_certificate.pin();
    options.timeout = kTimeout;
    options.eventSilence = kSilence;
    options.firstReconnect = std::chrono::milliseconds(10);
    options.lastReconnect = std::chrono::milliseconds(100);
    return options;
}

void TestLinkFaults::openLanes(int count)
{
    const quint16 port = portOf(m_engine->field("admin"));
    const auto openOne = [&](std::chrono::milliseconds silence) {
        auto lane = std::make_unique<Lane>(port);
        api::HttpTransportOptions wanted = options(lane->cutter.port());
        wanted.eventSilence = silence;
        lane->transport = std::make_unique<api::HttpTransport>(wanted);
        lane->stream = lane->transport->subscribe(-1);
        Lane* const it = lane.get();
        connect(it->stream.get(), &api::EventStream::eventsArrived, this, [it](const QVector<api::Event>& events) {
            for (const api::Event& event : events)
                it->seen.append(event.sequence);
        });
        connect(it->stream.get(), &api::EventStream::gapFound, this, [it](qint64 first, qint64 last) {
            it->gaps.append({first, last});
        });
        connect(it->transport.get(), &api::AdminTransport::changeChecking, this, [this] { ++m_inDoubt; });
        return lane;
    };
    m_witness = openOne(std::chrono::seconds(12));
    for (int i = 0; i < count; ++i)
        m_lanes.push_back(openOne(kSilence));
    QVERIFY(waitUntil([this] {
        return std::all_of(m_lanes.begin(), m_lanes.end(), [](const auto& lane) {
            return lane->transport->link().state == api::LinkStatus::State::Connected;
        }) && m_witness->transport->link().state == api::LinkStatus::State::Connected;
    }));
}

void TestLinkFaults::cleanup()
{
    m_lanes.clear();
    m_witness.reset();
    m_told.clear();
}

// Half of the changes are credentials, half are drills; each carries its key as note or reason.
void TestLinkFaults::change(Lane& lane, const QString& key, bool twice)
{
    AdminRequest request;
    request.method = QStringLiteral("POST");
    request.idempotencyKey = key;
    request.reason = key;
    if (m_number++ % 2 == 0) {
        request.path = QStringLiteral("/api/v1/credentials");
        request.body = {{QStringLiteral("tenant"), QStringLiteral("acme")},
            {QStringLiteral("aliases"), QJsonArray{QStringLiteral("*")}}, {QStringLiteral("note"), key}};
    } else {
        request.path = QStringLiteral("/api/v1/drills");
        request.body = {{QStringLiteral("provider"), QStringLiteral("up")}, {QStringLiteral("percent"), 1},
            {QStringLiteral("duration_s"), 3600}};
    }
    lane.open.append({key, lane.transport->send(request)});
    if (twice)
        lane.open.append({key, lane.transport->send(request)});
}

// A moment between the first byte of the handshake and the last of the answer.
void TestLinkFaults::plan(Lane& lane, Cut cut)
{
    const bool fromClient = m_random.bounded(2) == 0;
    LinkCutter::Plan plan;
    plan.cut = cut;
    plan.side = fromClient ? LinkCutter::Side::FromClient : LinkCutter::Side::FromEngine;
    plan.afterBytes = 1 + m_random.bounded(fromClient ? 1'300 : 2'300);
    plan.swallows = m_random.bounded(2) == 0;
    lane.phase = Lane::Phase::Whole;
    lane.cutsBefore = lane.cutter.cuts();
    lane.connectionsBefore = lane.cutter.connections();
    lane.cutter.plan(plan);
}

void TestLinkFaults::gather(Lane& lane)
{
    for (const auto& [key, future] : std::as_const(lane.open)) {
        const api::Result<AdminReply> result = future.result();
        m_told.insert(key, result.ok() ? Told{true, result->status, {}} : Told{false, 0, result.error().message});
    }
    lane.open.clear();
}

QJsonObject TestLinkFaults::ask(const char* path)
{
    api::HttpTransportOptions direct = options(portOf(m_engine->field("admin")));
    direct.timeout = std::chrono::seconds(20);
    api::HttpTransport transport(direct);
    AdminRequest request;
    request.path = QLatin1String(path);
    if (request.path == QLatin1String("/api/v1/audit"))
        request.query.addQueryItem(QStringLiteral("limit"), QStringLiteral("1000"));
    const auto future = transport.send(request);
    waitUntil([&] { return future.isFinished(); });
    return future.isFinished() && future.result().ok() ? future.result()->body : QJsonObject();
}

QHash<QString, int> TestLinkFaults::effects()
{
    QHash<QString, int> found;
    for (const auto& [path, field] :
        {std::pair{"/api/v1/credentials", "note"}, std::pair{"/api/v1/failovers", "reason"}}) {
        for (const QJsonValue& item : ask(path).value(QLatin1String("items")).toArray())
            ++found[item.toObject().value(QLatin1String(field)).toString()];
    }
    return found;
}

// What was told against what is there, and against the engine's own log.
void TestLinkFaults::judgeChanges()
{
    const QHash<QString, int> there = effects();
    QHash<QString, int> logged;
    for (const QJsonValue& item : ask("/api/v1/audit").value(QLatin1String("items")).toArray()) {
        const QJsonObject entry = item.toObject();
        if (entry.value(QLatin1String("outcome")).toString() == QLatin1String("applied"))
            ++logged[entry.value(QLatin1String("operation")).toString()];
    }
    const auto keys = m_told.uniqueKeys();
    QVERIFY(!keys.isEmpty());
    for (const QString& key : keys) {
        const int count = there.value(key);
        QStringList words;
        bool saidApplied = false;
        bool saidNot = true;
        for (const Told& told : m_told.values(key)) {
            words.append(told.isReply ? QString::number(told.status) : told.message);
            const bool isApplied =
                (told.isReply && told.status == 201) || told.message.contains(QStringLiteral("change was applied;"));
            const bool isUnknown = told.message.contains(QStringLiteral("not known"));
            saidApplied = saidApplied || isApplied;
            saidNot = saidNot && !isApplied && !isUnknown;
            QVERIFY2(!told.isReply || told.status == 201 || told.status == 409, qPrintable(key + words.join(u'|')));
            QVERIFY2(!isUnknown, qPrintable(key + words.join(u'|'))); // both kinds mark their effect
        }
        const QByteArray what =
            QStringLiteral("%1 is there %2 times, told: %3").arg(key).arg(count).arg(words.join(u'|')).toUtf8();
        QVERIFY2(count <= 1, what.constData());
        QVERIFY2(!saidApplied || count == 1, what.constData());
        QVERIFY2(!saidNot || count == 0 || m_told.count(key) > 1, what.constData());
        QVERIFY2(logged.value(key) == count, what.constData());
        ++(count == 1 ? m_applied : m_notApplied);
    }
}

// Every lane has what the witness has, or told of the gap.
void TestLinkFaults::judgeEvents(bool mayHaveGaps)
{
    const auto complete = [this] {
        const qint64 last = m_witness->seen.isEmpty() ? 0 : m_witness->seen.last();
        return std::all_of(m_lanes.begin(), m_lanes.end(), [last](const auto& lane) {
            return (!lane->seen.isEmpty() && lane->seen.last() >= last) || lane->isTold(last);
        });
    };
    QVERIFY2(waitUntil(complete), "a stream did not come to the newest event");
    QVERIFY(!m_witness->seen.isEmpty());
    for (const auto& lane : m_lanes) {
        QVERIFY(std::is_sorted(lane->seen.begin(), lane->seen.end()));
        const QSet<qint64> seen(lane->seen.begin(), lane->seen.end());
        QCOMPARE(seen.size(), lane->seen.size()); // none twice
        for (const qint64 number : std::as_const(m_witness->seen)) {
            QVERIFY2(seen.contains(number) || lane->isTold(number) || number <= lane->seen.value(0),
                qPrintable(QStringLiteral("event %1 is missing and not told of").arg(number)));
        }
        if (!mayHaveGaps)
            QVERIFY(lane->gaps.isEmpty());
    }
}

void TestLinkFaults::cuts_data()
{
    QTest::addColumn<Cut>("cut");
    QTest::addColumn<qint64>("silentMs");
    QTest::addColumn<bool>("twice");
    QTest::newRow("RST") << Cut::Rst << qint64(0) << false;
    QTest::newRow("FIN") << Cut::Fin << qint64(0) << false;
    QTest::newRow("half-open") << Cut::HalfOpen << kHalfOpenMs << false;
    QTest::newRow("ten minutes of sleep") << Cut::HalfOpen << kSleepMs << false;
    QTest::newRow("duplicate command") << Cut::Rst << qint64(0) << true;
}

void TestLinkFaults::cuts()
{
    QFETCH(Cut, cut);
    QFETCH(qint64, silentMs);
    QFETCH(bool, twice);
    openLanes(kLanes);
    int cuts = 0;
    for (int round = 0; round < kCuts / kLanes; ++round) {
        for (std::size_t i = 0; i < m_lanes.size(); ++i) {
            plan(*m_lanes[i], cut);
            change(*m_lanes[i],
                QStringLiteral("%1-%2-%3")
                    .arg(QString::fromLatin1(QTest::currentDataTag()).replace(u' ', u'-'))
                    .arg(round)
                    .arg(i),
                twice);
        }
        const auto tend = [&](Lane& lane) {
            if (lane.phase == Lane::Phase::Silent && lane.silent.elapsed() > silentMs) {
                lane.phase = Lane::Phase::Over;
                lane.cutter.heal();
            }
            if (lane.phase != Lane::Phase::Whole)
                return;
            if (lane.cutter.cuts() > lane.cutsBefore) {
                lane.phase = cut == Cut::HalfOpen ? Lane::Phase::Silent : Lane::Phase::Over;
                lane.silent.start();
            } else if (lane.isDone()) {
                lane.cutter.cutNow(cut); // the moment lay behind the answer: then it is cut at rest
            }
        };
        const auto areOver = [&] {
            bool areAll = true;
            for (const auto& lane : m_lanes) {
                tend(*lane);
                areAll = areAll && lane->phase == Lane::Phase::Over && lane->isDone();
            }
            return areAll;
        };
        QVERIFY2(waitUntil(areOver), "a change did not come to an end");
        for (const auto& lane : m_lanes) {
            gather(*lane);
            ++cuts;
        }
    }
    QCOMPARE(cuts, kCuts);
    judgeChanges();
    judgeEvents(false);
}

// Half of the times it is killed, half of the times it goes down in order; each lane has a change under way.
void TestLinkFaults::engineRestarts()
{
    openLanes(5);
    for (int round = 0; round < kCuts / 5; ++round) {
        // it goes down when so many have been answered, with the others somewhere between here and there
        const auto enough = std::ptrdiff_t(m_random.bounded(int(m_lanes.size())));
        for (std::size_t i = 0; i < m_lanes.size(); ++i)
            change(*m_lanes[i], QStringLiteral("restart-%1-%2").arg(round).arg(i));
        waitUntil([&] {
            return std::count_if(m_lanes.begin(), m_lanes.end(), [](const auto& lane) { return lane->isDone(); }) >=
                   enough;
        });
        if (round % 2 == 0)
            m_engine->kill9();
        else
            QVERIFY(m_engine->stop() == 0);
        QVERIFY(startEngine());
        const quint16 port = portOf(m_engine->field("admin"));
        m_witness->cutter.setEngine(port);
        for (const auto& lane : m_lanes)
            lane->cutter.setEngine(port);
        QVERIFY2(waitUntil([this] {
            return std::all_of(m_lanes.begin(), m_lanes.end(), [](const auto& lane) { return lane->isDone(); });
        }),
            "a change did not come to an end");
        for (const auto& lane : m_lanes)
            gather(*lane);
    }
    // one more, so that there is an event after the last restart
    QVERIFY(waitUntil([this] { return m_witness->transport->link().state == api::LinkStatus::State::Connected; }));
    change(*m_lanes[0], QStringLiteral("restart-last"));
    QVERIFY(waitUntil([this] { return m_lanes[0]->isDone(); }));
    gather(*m_lanes[0]);
    judgeChanges();
    judgeEvents(true);
}

// Somebody else answers at the address, with a certificate of its own: it is given nothing, and what was in doubt
// waits.
void TestLinkFaults::certificateChanges()
{
    const TestCertificate other = m_maker.selfSigned(QStringLiteral("impostor"));
    ScriptedAdmin impostor([](const ScriptedAdmin::Asked&) { return ScriptedAdmin::Answer(); }, other.forServer());
    const quint16 port = portOf(m_engine->field("admin"));
    openLanes(kLanes);
    int blocked = 0;
    for (int round = 0; round < kCuts / kLanes; ++round) {
        for (std::size_t i = 0; i < m_lanes.size(); ++i) {
            Lane& lane = *m_lanes[i];
            plan(lane, Cut::Rst);
            change(lane, QStringLiteral("certificate-%1-%2").arg(round).arg(i));
            if (i % 2 == 0)
                lane.cutter.setEngine(impostor.port()); // of the connections from now on, the change's among them
        }
        QVERIFY2(waitUntil([&] {
            for (const auto& lane : m_lanes) {
                // for the others: once a connection of this round has gone to the engine
                if (lane->cutter.connections() > lane->connectionsBefore)
                    lane->cutter.setEngine(impostor.port());
                if (lane->isDone() && lane->cutter.cuts() == lane->cutsBefore)
                    lane->cutter.cutNow(Cut::Rst);
            }
            return std::all_of(m_lanes.begin(), m_lanes.end(), [](const auto& lane) {
                return lane->transport->link().state == api::LinkStatus::State::CertificateChanged;
            });
        }),
            "a changed certificate was not noticed");
        for (const auto& lane : m_lanes) {
            QCOMPARE(lane->transport->link().offered->sha256, other.pin());
            ++blocked;
            lane->cutter.setEngine(port);
            lane->transport->retryNow();
        }
        QVERIFY2(waitUntil([&] {
            for (const auto& lane : m_lanes) {
                if (lane->transport->link().state == api::LinkStatus::State::CertificateChanged)
                    lane->transport->retryNow();
            }
            return std::all_of(m_lanes.begin(), m_lanes.end(), [](const auto& lane) {
                return lane->isDone() && lane->transport->link().state == api::LinkStatus::State::Connected;
            });
        }),
            "a change did not come to an end after the right certificate was back");
        for (const auto& lane : m_lanes)
            gather(*lane);
    }
    QCOMPARE(blocked, kCuts);
    QCOMPARE(impostor.received(), QByteArray());
    change(*m_lanes[0], QStringLiteral("certificate-last"));
    QVERIFY(waitUntil([&] { return m_lanes[0]->isDone(); }));
    gather(*m_lanes[0]);
    judgeChanges();
    judgeEvents(false);
}

void TestLinkFaults::cleanupTestCase()
{
    qInfo("changes: %d applied, %d not; %d were in doubt", m_applied, m_notApplied, m_inDoubt);
    QVERIFY2(m_inDoubt > 0 && m_applied > 0 && m_notApplied > 0, "no cut fell into a change; the test shows nothing");
}

QTEST_GUILESS_MAIN(TestLinkFaults)
#include "tst_link_faults.moc"

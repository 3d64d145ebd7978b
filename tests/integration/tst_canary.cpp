// Canaries on a real engine with simulated providers: a bad revision reverts itself (errors, a slow first token, a
// dearer model, refusals, an attempt outside the zone), the control does not feel it, and every call after the rollback
// carries the revision before; a good one passes and waits for a person; too few calls say so and promote nothing; a
// person, another config and a restart end it.
#include "engine_fixture.h"
#include "raw_client.h"

#include "api/canary_client.h"
#include "api/config_client.h"
#include "api/local_engine.h"
#include "config/compiler.h"
#include "config/config_file.h"
#include "engine/desk_rollout.h"
#include "simulator/simulator_server.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTest>

#include <algorithm>

using namespace gateway;
using namespace gateway::test;
using api::CanaryPhase;
using api::CanaryVerdict;

namespace {

constexpr int kKeys = 40;
constexpr int kThreads = 4;

constexpr char kPrices[] = "version: test-1\nprices:\n"
                           "  - {provider: a, model: \"sim-*\", valid_from: 2026-01-01, input_usd_per_million: \"0\", "
                           "output_usd_per_million: \"100\"}\n"
                           "  - {provider: b, model: \"sim-*\", valid_from: 2026-01-01, input_usd_per_million: \"0\", "
                           "output_usd_per_million: \"100\"}\n"
                           "  - {provider: c, model: \"sim-*\", valid_from: 2026-01-01, input_usd_per_million: \"0\", "
                           "output_usd_per_million: \"100\"}\n"
                           "  - {provider: dear, model: \"sim-*\", valid_from: 2026-01-01, input_usd_per_million: "
                           "\"0\", output_usd_per_million: \"300\"}\n";
const QByteArray kGood("{provider: a, model: sim-tokens-10-fast, weight: 1}");

} // namespace

class TestCanary : public QObject
{
    Q_OBJECT

    simulator::SimulatorServer m_a{simulator::Profile::immediate()};
    simulator::SimulatorServer m_b{simulator::Profile::immediate()};
    QTemporaryDir m_directory;
    std::unique_ptr<EmbeddedEngine> m_engine;
    QList<QByteArray> m_keys;
    QByteArray m_base;
    int m_sent = 0;

    // What stands beside the one alias: `rest` of the file, `quota` of the tenant, region of provider c.
    QByteArray configWith(const QByteArray& candidate, const QByteArray& quota = {}, const QByteArray& regionOfC = "us",
        const QByteArray& urlOfA = {}) const
    {
        const QByteArray a = urlOfA.isEmpty() ? m_a.baseUrl().toUtf8() : urlOfA;
        const QByteArray b = m_b.baseUrl().toUtf8();
        return "signalbox: 1\nzones: [{name: here, regions: [local], retention: any}]\nproviders:\n"
               "  - {name: a, kind: openai-compatible, base_url: '" +
               a +
               "', region: local}\n"
               "  - {name: b, kind: openai-compatible, base_url: '" +
               b +
               "', region: local}\n"
               "  - {name: c, kind: openai-compatible, base_url: '" +
               b + "', region: " + regionOfC +
               "}\n"
               "  - {name: dear, kind: openai-compatible, base_url: '" +
               b + "', region: local}\nprices: {book: '" + m_directory.filePath(QStringLiteral("p.yaml")).toUtf8() +
               "'}\naliases:\n  - name: fast\n    candidates: [" + candidate +
               "]\ntenants:\n  - {name: acme, zone: here" + quota +
               "}\nchanges: {canary: {steps: [50, 100], at_least: none, least_calls: 30}}\n";
    }

    void startEngine()
    {
        m_base = configWith(kGood);
        m_engine = std::make_unique<EmbeddedEngine>(m_base);
        QCOMPARE(m_engine->start(), QString());
        m_keys.clear();
        for (int i = 0; i < kKeys; ++i) {
            api::CredentialRequest request;
            request.tenant = QStringLiteral("acme");
            request.aliases = QStringList{QStringLiteral("*")};
            QByteArray key;
            QCOMPARE(m_engine->issueKey(request, key), QString());
            m_keys.append(key);
        }
    }

    // --- the canary: made of the engine's own parts, over the engine's data path
    std::unique_ptr<store::Store> m_store;
    QTemporaryDir m_storeDirectory;
    SystemClock m_clock;
    SodiumRandom m_random;
    config::SnapshotPtr m_inForce;
    QMap<QString, config::SnapshotPtr> m_drafts;
    std::unique_ptr<engine::Rollout> m_rollout;
    QStringList m_events;
    int m_promotions = 0;
    QSet<QString> m_fed;

    config::SnapshotPtr compiled(const QByteArray& text, int revision) const
    {
        config::Problems problems;
        const auto file = config::parseConfig(QStringLiteral("t.yaml"), text, problems);
        auto snapshot = file ? config::compile(*file, config::KeySource(), problems) : nullptr;
        if (!snapshot) {
            qWarning("%s", qPrintable(config::describe(problems)));
            return nullptr;
        }
        snapshot->revision = revision;
        return snapshot;
    }

    void startRollout()
    {
        m_rollout.reset();
        if (!m_store) {
            store::StoreOptions options;
            options.directory = m_storeDirectory.path();
            options.clock = &m_clock;
            auto store = store::Store::open(options);
            QVERIFY2(store, "no store");
            m_store = std::move(*store);
        }
        engine::Gateway& gateway = m_engine->gateway();
        engine::Rollout::Services services{*m_store, m_clock, m_random, gateway, {}, {}, {}, {}, {}, {}, {}};
        services.inForce = [this] { return m_inForce; };
        services.compiled = [this](const QString& draft, const admin::Change&,
                                const engine::Rollout::Done<config::SnapshotPtr>& done) {
            const config::SnapshotPtr snapshot = m_drafts.value(draft);
            done(snapshot ? api::Result<config::SnapshotPtr>(snapshot)
                          : api::failure(api::Failure::NotFound, QStringLiteral("no such draft")));
        };
        services.note = [](const api::CanaryStatus&) {};
        services.promote = [this](const QString&, const admin::Change&, const std::function<void(api::Outcome)>& done) {
            ++m_promotions;
            done(api::Done{});
        };
        services.tryBeside = [&gateway](const config::SnapshotPtr& snapshot, const rollout::Assignment& callers,
                                 std::function<void()> everywhere) {
            return gateway.tryBeside(snapshot, callers, std::move(everywhere));
        };
        services.endTrial = [&gateway](std::function<void()> everywhere) { gateway.endTrial(std::move(everywhere)); };
        services.tell = [this](const QString& event, const QJsonObject&) { m_events.append(event); };
        m_rollout = std::make_unique<engine::Rollout>(std::move(services));
        QVERIFY(m_rollout->load());
    }

    template <typename T>
    api::Result<T> answered(const std::function<void(engine::Rollout::Done<T>)>& ask)
    {
        std::optional<api::Result<T>> answer;
        ask([&answer](api::Result<T> result) { answer = std::move(result); });
        const QDeadlineTimer deadline(20'000);
        while (!answer && !deadline.hasExpired())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
        return answer ? *answer : api::failure(api::Failure::Unavailable, QStringLiteral("no answer within 20 s"));
    }

    admin::Change change() const
    {
        admin::Change change;
        change.by.name = QStringLiteral("tester");
        change.reason = QStringLiteral("test");
        return change;
    }
    api::Result<api::CanaryStatus> startCanary(const QByteArray& draft, api::CanaryPlan plan = {})
    {
        plan.draft = QStringLiteral("d%1").arg(m_drafts.size() + 1);
        plan.stickyBy = api::StickyBy::Credential;
        m_drafts.insert(plan.draft, compiled(draft, m_inForce->revision + 1));
        return answered<api::CanaryStatus>([&](const engine::Rollout::Done<api::CanaryStatus>& done) {
            m_rollout->startCanary(plan, change(), done);
        });
    }
    api::Result<api::CanaryStatus> act(api::CanaryAction action)
    {
        return answered<api::CanaryStatus>([&](const engine::Rollout::Done<api::CanaryStatus>& done) {
            m_rollout->actOnCanary(action, change(), done);
        });
    }
    api::CanaryStatus status() const
    {
        const api::CanaryReport report = m_rollout->canaries();
        return report.current ? *report.current : report.past.value(0);
    }

    // Calls by all keys in turn, in threads; then the canary hears of them, as it would from the record.
    QVector<api::Call> send(int calls, bool stream = false)
    {
        const QDateTime before = QDateTime::currentDateTimeUtc().addMSecs(-5);
        sendOnly(calls, stream);
        return take(before, calls);
    }
    void sendOnly(int calls, bool stream = false)
    {
        inThreads(kThreads, [&](int thread) {
            for (int i = thread; i < calls; i += kThreads) {
                const QByteArray& key = m_keys[(m_sent + i) % m_keys.size()];
                rawCall(m_engine->port(), chatRequest(key, "fast", stream, "hello"));
            }
        });
        m_sent += calls;
    }
    QVector<api::Call> take(const QDateTime& since, int expected)
    {
        QVector<api::Call> fresh;
        api::CallQuery query;
        query.since = since;
        query.limit = 1000;
        const auto page = waitFor(m_engine->client().calls(query));
        if (!page)
            return {};
        std::vector<std::shared_ptr<const api::Call>> feed;
        for (auto call = page->calls.rbegin(); call != page->calls.rend(); ++call) {
            if (m_fed.contains(call->id))
                continue;
            m_fed.insert(call->id);
            fresh.append(*call);
            feed.push_back(std::make_shared<const api::Call>(*call));
        }
        if (fresh.size() != expected)
            qWarning("%lld calls are recorded, %d were made", (long long)fresh.size(), expected);
        m_rollout->add(feed);
        tick();
        return fresh;
    }
    void tick()
    {
        m_rollout->tick();
        // what it has begun (a step, an end) comes back from the workers and the store
        const QDeadlineTimer deadline(20'000);
        const auto settled = [this] {
            const api::CanaryReport report = m_rollout->canaries();
            return !report.current || !report.current->endedAt;
        };
        for (int i = 0; i < 20 || (!settled() && !deadline.hasExpired()); ++i)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    }
    // Until it is over or the calls are used up; all calls made.
    QVector<api::Call> drive(int most, bool stream = false)
    {
        QVector<api::Call> all;
        while (all.size() < most && m_rollout->canaries().current && status().phase != CanaryPhase::Ready)
            all += send(40, stream);
        return all;
    }
    api::CanaryReport reportWhen(const std::function<bool(const api::CanaryReport&)>& wanted, int calls);
    api::Result<api::CanaryStatus> startWithDraft(const QByteArray& text, QString& draft);
    QVector<api::Call> lastCalls(int count);
    static int countOf(const QVector<api::Call>& calls, int revision)
    {
        return int(std::count_if(
            calls.begin(), calls.end(), [revision](const api::Call& call) { return call.revision == revision; }));
    }

private Q_SLOTS:
    void initTestCase();
    void init();
    void aBadRevisionRevertsItself_data();
    void aBadRevisionRevertsItself();
    void aBrokenProviderOpensNoBreakerOfTheControl();
    void aGoodRevisionPassesAndWaits();
    void tooFewCallsPromoteNothing();
    void aPersonEndsIt();
    void pausedItGoesNoFurtherAndStillReverts();
    void anotherConfigEndsIt();
    void aRestartFindsNoneRunning();
    void oneAtATime();
    void plansThatMakeNoSense();
    // the engine's own, over the admin API, with a real draft
    void aBadDraftRevertsItself();
    void aGoodDraftIsPromoted();
    void aRollbackEndsTheCanary();
    void aKilledEngineComesUpOnTheBase();
};

void TestCanary::initTestCase()
{
    QVERIFY(m_a.listen(QStringLiteral("127.0.0.1"), 0));
    QVERIFY(m_b.listen(QStringLiteral("127.0.0.1"), 0));
    QFile prices(m_directory.filePath(QStringLiteral("p.yaml")));
    QVERIFY(prices.open(QIODevice::WriteOnly));
    prices.write(kPrices);
}

void TestCanary::init()
{
    m_rollout.reset();
    m_store.reset();
    QDir(m_storeDirectory.path()).removeRecursively();
    QDir().mkpath(m_storeDirectory.path());
    m_drafts.clear();
    m_events.clear();
    m_promotions = 0;
    m_fed.clear();
    startEngine();
    m_inForce = compiled(m_base, 1);
    QVERIFY(m_inForce);
    startRollout();
}

void TestCanary::aBadRevisionRevertsItself_data()
{
    QTest::addColumn<QByteArray>("candidate");
    QTest::addColumn<QByteArray>("quota");
    QTest::addColumn<QByteArray>("regionOfC");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<QString>("guard");
    const QByteArray same = kGood;
    QTest::newRow("errors") << QByteArray("{provider: b, model: sim-500-fast, weight: 1}") << QByteArray()
                            << QByteArray("us") << false << "errors";
    QTest::newRow("slow first token") << QByteArray("{provider: b, model: sim-first-150-tokens-10, weight: 1}")
                                      << QByteArray() << QByteArray("us") << true << "first_token";
    QTest::newRow("dearer") << QByteArray("{provider: dear, model: sim-tokens-10-fast, weight: 1}") << QByteArray()
                            << QByteArray("us") << false << "cost";
    QTest::newRow("refuses") << same << QByteArray(", quota: {requests_per_minute: 1}") << QByteArray("us") << false
                             << "refusals";
    // the draft calls the American provider a local one
    QTest::newRow("outside the zone") << QByteArray("{provider: c, model: sim-tokens-10-fast, weight: 1}")
                                      << QByteArray() << QByteArray("local") << false << "zone";
}

void TestCanary::aBadRevisionRevertsItself()
{
    QFETCH(QByteArray, candidate);
    QFETCH(QByteArray, quota);
    QFETCH(QByteArray, regionOfC);
    QFETCH(bool, stream);
    QFETCH(QString, guard);
    send(40, stream); // before it: in no arm
    const auto started = startCanary(configWith(candidate, quota, regionOfC));
    QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    QCOMPARE(int(started->phase), int(CanaryPhase::Running));
    QCOMPARE(started->percent, 50);
    const QVector<api::Call> calls = drive(1200, stream);
    const api::CanaryStatus ended = status();
    QVERIFY2(ended.phase == CanaryPhase::RolledBack, qPrintable(nameOf(ended.phase) + u' ' + ended.sentence));
    QCOMPARE(int(ended.verdict), int(CanaryVerdict::Fail));
    QStringList failed;
    for (const api::CanaryGuard& each : ended.guards) {
        if (each.verdict == CanaryVerdict::Fail)
            failed.append(each.name);
    }
    QVERIFY2(failed.contains(guard), qPrintable(ended.sentence));
    qInfo("%s", qPrintable(ended.sentence));
    QVERIFY(m_events.contains(QStringLiteral("canary.failed")));
    QVERIFY(ended.endedAt && ended.endedBy == QLatin1String("signalbox") && ended.percent == 0);

    // the control did not feel it, and had about half of the callers
    QVERIFY(countOf(calls, 1) > 0 && countOf(calls, 2) > 0);
    QCOMPARE(countOf(calls, 1) + countOf(calls, 2), int(calls.size()));
    for (const api::Call& call : calls) {
        if (call.revision == 1)
            QVERIFY2(call.outcome == api::CallOutcome::Answered, qPrintable(call.errorDetail));
    }
    // sticky: no credential is on both sides
    QHash<QString, int> side;
    for (const api::Call& call : calls)
        QCOMPARE(side.value(call.credential, call.revision), (side[call.credential] = call.revision));
    // from now on everybody is back
    const QVector<api::Call> after = send(80, stream);
    QCOMPARE(countOf(after, 1), 80);
    for (const api::Call& call : after)
        QVERIFY2(call.outcome == api::CallOutcome::Answered, qPrintable(call.errorDetail));
    QCOMPARE(m_promotions, 0);
}

// The same provider, reached where nobody answers: what the canary finds out about it is the canary's.
void TestCanary::aBrokenProviderOpensNoBreakerOfTheControl()
{
    const auto started = startCanary(configWith(kGood, {}, "us", "http://127.0.0.1:9/v1"));
    QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    const QVector<api::Call> calls = drive(800);
    QVERIFY2(status().phase == CanaryPhase::RolledBack, qPrintable(status().sentence));
    for (const api::Call& call : calls) {
        if (call.revision == 1)
            QVERIFY2(call.outcome == api::CallOutcome::Answered, qPrintable(call.errorDetail));
    }
    for (const api::Call& call : send(40))
        QVERIFY2(call.outcome == api::CallOutcome::Answered, qPrintable(call.errorDetail));
}

void TestCanary::aGoodRevisionPassesAndWaits()
{
    const auto started = startCanary(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}"));
    QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    drive(4000);
    const api::CanaryStatus passed = status();
    QVERIFY2(passed.phase == CanaryPhase::Ready, qPrintable(nameOf(passed.phase) + u' ' + passed.sentence));
    QCOMPARE(passed.percent, 100);
    QCOMPARE(m_promotions, 0); // a person does
    QVERIFY(m_events.contains(QStringLiteral("canary.passed")));
    qInfo("%s", qPrintable(passed.sentence));
    QCOMPARE(countOf(send(40), 2), 40);

    // somebody promotes it: its revision is the one in force
    m_inForce = m_drafts.last();
    m_rollout->configInForce();
    tick();
    QCOMPARE(int(status().phase), int(CanaryPhase::Promoted));
}

void TestCanary::tooFewCallsPromoteNothing()
{
    const auto started = startCanary(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}"));
    QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    for (int i = 0; i < 3; ++i)
        send(40);
    QCOMPARE(status().percent, 50); // it has its least calls, and no verdict that would let it go to everybody
    QVERIFY(status().canary.calls > 30);
    QVERIFY(act(api::CanaryAction::Advance)); // a person may hurry; the verdict does not
    QCOMPARE(status().percent, 100);
    for (int i = 0; i < 3; ++i)
        send(40);
    const api::CanaryStatus now = status();
    QCOMPARE(int(now.phase), int(CanaryPhase::Running));
    QCOMPARE(int(now.verdict), int(CanaryVerdict::InsufficientData));
    QVERIFY2(now.sentence.contains(QLatin1String("n = ")), qPrintable(now.sentence));
    QCOMPARE(m_promotions, 0);
    QVERIFY(!act(api::CanaryAction::Advance)); // there is no step after the last
}

void TestCanary::aPersonEndsIt()
{
    QVERIFY(startCanary(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}")));
    QVERIFY(countOf(send(80), 2) > 0);
    QElapsedTimer taken;
    taken.start();
    const auto ended = act(api::CanaryAction::Abort);
    qInfo("all callers were back, and it was written down, after %lld ms", (long long)taken.elapsed());
    QVERIFY2(ended, ended ? "" : qPrintable(ended.error().message));
    QCOMPARE(int(ended->phase), int(CanaryPhase::Aborted));
    QCOMPARE(ended->endedBy, QStringLiteral("tester"));
    QCOMPARE(countOf(send(80), 2), 0);
    QVERIFY(!act(api::CanaryAction::Abort)); // there is none any more
    QVERIFY(m_events.contains(QStringLiteral("canary.aborted")));
}

void TestCanary::pausedItGoesNoFurtherAndStillReverts()
{
    QVERIFY(startCanary(configWith("{provider: b, model: sim-500-fast, weight: 1}")));
    QVERIFY(act(api::CanaryAction::Pause));
    QVERIFY(!act(api::CanaryAction::Pause));
    drive(800);
    QVERIFY2(status().phase == CanaryPhase::RolledBack, qPrintable(status().sentence));
    QVERIFY(!status().steps[1].begunAt);
    QCOMPARE(countOf(send(40), 2), 0);
}

void TestCanary::anotherConfigEndsIt()
{
    QVERIFY(startCanary(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}")));
    QVERIFY(countOf(send(40), 2) > 0);
    m_engine->gateway().reload(); // the same text: read anew, so the canary stood beside another policy
    m_inForce = compiled(m_base, 1);
    m_rollout->configInForce();
    tick();
    QCOMPARE(int(status().phase), int(CanaryPhase::Interrupted));
    QCOMPARE(countOf(send(80), 2), 0);
}

void TestCanary::aRestartFindsNoneRunning()
{
    QVERIFY(startCanary(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}")));
    m_engine->gateway().endTrial({}); // as a process that died: no worker knows of it
    startRollout();
    const api::CanaryReport report = m_rollout->canaries();
    QVERIFY(!report.current);
    QCOMPARE(report.past.size(), 1);
    QCOMPARE(int(report.past.first().phase), int(CanaryPhase::Interrupted));
    QVERIFY(report.past.first().endedAt);
    QVERIFY(m_events.contains(QStringLiteral("canary.interrupted")));
    startRollout(); // once is enough
    QCOMPARE(m_rollout->canaries().past.size(), 1);
    QCOMPARE(m_events.count(QStringLiteral("canary.interrupted")), 1);
}

void TestCanary::oneAtATime()
{
    QVERIFY(startCanary(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}")));
    const auto second = startCanary(configWith(kGood));
    QVERIFY(!second);
    QCOMPARE(int(second.error().failure), int(api::Failure::Conflict));
}

void TestCanary::plansThatMakeNoSense()
{
    const auto refused = [&](const api::CanaryPlan& plan) {
        const auto started = startCanary(configWith(kGood), plan);
        return !started && started.error().failure == api::Failure::Invalid;
    };
    api::CanaryPlan plan;
    plan.steps = {50, 25, 100};
    QVERIFY(refused(plan));
    plan.steps = {50};
    QVERIFY(refused(plan));
    plan.steps.clear();
    plan.leastCalls = 5; // fewer than the config asks for
    QVERIFY(refused(plan));
    plan.leastCalls.reset();
    plan.promotes = true; // by the config a person does
    QVERIFY(refused(plan));
    plan.promotes.reset();
    plan.exclude = QStringList{QStringLiteral("nobody")};
    QVERIFY(refused(plan));
    QVERIFY(!m_rollout->canaries().current);
}

// --- over the admin API

// The report, as soon as it is as wanted.
api::CanaryReport TestCanary::reportWhen(const std::function<bool(const api::CanaryReport&)>& wanted, int calls)
{
    const api::GatewayClient client = m_engine->client();
    const api::CanaryClient canaries(client);
    const QDeadlineTimer deadline(60'000);
    api::CanaryReport report;
    do {
        if (calls > 0)
            sendOnly(calls);
        const auto answer = waitFor(canaries.report());
        if (!answer) {
            qWarning("%s", qPrintable(answer.error().message));
            return report;
        }
        report = *answer;
    } while (!wanted(report) && !deadline.hasExpired());
    return report;
}

api::Result<api::CanaryStatus> TestCanary::startWithDraft(const QByteArray& text, QString& draft)
{
    const api::GatewayClient client = m_engine->client();
    api::DraftRequest request;
    request.text = QString::fromUtf8(text);
    const auto made = waitFor(api::ConfigClient(client).createDraft(request, QStringLiteral("test")));
    if (!made)
        return made.error();
    draft = made->id;
    api::CanaryPlan plan;
    plan.draft = draft;
    plan.stickyBy = api::StickyBy::Credential;
    return waitFor(api::CanaryClient(client).start(plan, QStringLiteral("try it")));
}

QVector<api::Call> TestCanary::lastCalls(int count)
{
    api::CallQuery query;
    query.limit = count;
    const auto page = waitFor(m_engine->client().calls(query));
    return page ? page->calls : QVector<api::Call>();
}

void TestCanary::aBadDraftRevertsItself()
{
    QString draft;
    const auto started = startWithDraft(configWith("{provider: b, model: sim-500-fast, weight: 1}"), draft);
    QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    QCOMPARE(started->baseRevision, 1);
    QVERIFY(started->revision > 1);
    const api::CanaryReport report = reportWhen([](const auto& now) { return !now.current; }, 40);
    QVERIFY2(!report.current && report.past.size() == 1, "it goes on");
    QCOMPARE(int(report.past.first().phase), int(CanaryPhase::RolledBack));
    QVERIFY2(report.past.first().sentence.startsWith(QLatin1String("Fails on errors")),
        qPrintable(report.past.first().sentence));
    const api::GatewayClient client = m_engine->client();
    const auto kept = waitFor(api::ConfigClient(client).draft(draft));
    QVERIFY(kept);
    QCOMPARE(kept->state, QStringLiteral("rolled_back"));
    QCOMPARE(kept->canary.verdict, QStringLiteral("fail"));
    QCOMPARE(kept->revision, report.past.first().revision);
    QCOMPARE(waitFor(client.status())->revision, 1);
    sendOnly(80);
    for (const api::Call& call : lastCalls(80)) {
        QCOMPARE(call.revision, 1);
        QCOMPARE(int(call.outcome), int(api::CallOutcome::Answered));
    }
}

void TestCanary::aGoodDraftIsPromoted()
{
    QString draft;
    const auto started = startWithDraft(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}"), draft);
    QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    const api::GatewayClient client = m_engine->client();
    api::PromoteRequest request;
    request.draft = draft;
    QVERIFY(!waitFor(api::ConfigClient(client).promote(request, QStringLiteral("too early"))));
    const api::CanaryReport ready =
        reportWhen([](const auto& now) { return !now.current || now.current->phase == CanaryPhase::Ready; }, 80);
    QVERIFY2(ready.current, ready.past.isEmpty() ? "" : qPrintable(ready.past.first().endReason));
    QCOMPARE(int(ready.current->phase), int(CanaryPhase::Ready));
    QCOMPARE(waitFor(client.status())->revision, 1); // a person promotes
    const auto promoted = waitFor(api::ConfigClient(client).promote(request, QStringLiteral("it passed")));
    QVERIFY2(promoted, promoted ? "" : qPrintable(promoted.error().message));
    QCOMPARE(promoted->revision.number, started->revision);
    const api::CanaryReport over = reportWhen([](const auto& now) { return !now.current; }, 0);
    QCOMPARE(int(over.past.first().phase), int(CanaryPhase::Promoted));
    QCOMPARE(waitFor(client.status())->revision, started->revision);
}

// The one-click rollback of the config, in the middle of a canary.
void TestCanary::aRollbackEndsTheCanary()
{
    QString draft;
    const auto started = startWithDraft(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}"), draft);
    QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    sendOnly(40);
    const api::GatewayClient client = m_engine->client();
    QElapsedTimer taken;
    taken.start();
    const auto rolledBack = waitFor(api::ConfigClient(client).rollBack(0, QStringLiteral("enough")));
    qInfo("the rollback was answered after %lld ms", (long long)taken.elapsed());
    QVERIFY2(rolledBack, rolledBack ? "" : qPrintable(rolledBack.error().message));
    sendOnly(80);
    for (const api::Call& call : lastCalls(80))
        QCOMPARE(call.revision, 1);
    const api::CanaryReport over = reportWhen([](const auto& now) { return !now.current; }, 0);
    QVERIFY(!over.current);
    QCOMPARE(int(over.past.first().phase), int(CanaryPhase::Interrupted));
}

void TestCanary::aKilledEngineComesUpOnTheBase()
{
    QTemporaryDir directory;
    QFile file(directory.filePath(QStringLiteral("signalbox.yaml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(m_base);
    file.close();
    const QString data = directory.filePath(QStringLiteral("data"));
    const auto start = [&] {
        return std::make_unique<Program>(QStringLiteral("signalboxd"),
            QStringList{QStringLiteral("--config"), file.fileName(), QStringLiteral("--data-dir"), data,
                QStringLiteral("--gateway"), QStringLiteral("127.0.0.1:0"), QStringLiteral("--admin"),
                QStringLiteral("127.0.0.1:0"), QStringLiteral("--workers"), QStringLiteral("1")});
    };
    const auto ask = [&](const Program& engine, const QByteArray& method, const QByteArray& path,
                         const QJsonObject& body = {}) {
        QJsonObject answer;
        inThreads(1, [&](int) {
            const auto token = api::readToken(api::tokenFile(data));
            QByteArray headers = "Authorization: Bearer " + (token ? *token : QByteArray()) +
                                 "\r\nConnection: close\r\nx-signalbox-reason: test\r\n";
            const QByteArray text = body.isEmpty() ? QByteArray() : QJsonDocument(body).toJson(QJsonDocument::Compact);
            if (!text.isEmpty())
                headers += "Content-Type: application/json\r\n";
            answer = QJsonDocument::fromJson(
                rawCall(portOf(engine.field("admin")), httpRequest(method, path, headers, text)).body)
                         .object();
        });
        return answer;
    };
    auto engine = start();
    QVERIFY2(engine->waitForReady(), qPrintable(engine->log()));
    const QJsonObject key = ask(*engine, "POST", "/api/v1/credentials",
        {{QStringLiteral("tenant"), QStringLiteral("acme")},
            {QStringLiteral("aliases"), QJsonArray{QStringLiteral("*")}}});
    const QJsonObject draft = ask(*engine, "POST", "/api/v1/config/drafts",
        {{QStringLiteral("yaml"),
            QString::fromUtf8(configWith("{provider: b, model: sim-tokens-10-fast, weight: 1}"))}});
    QVERIFY2(draft.contains(QLatin1String("id")), QJsonDocument(draft).toJson());
    const QJsonObject started = ask(*engine, "POST", "/api/v1/config/canary",
        {{QStringLiteral("draft"), draft.value(QLatin1String("id"))},
            {QStringLiteral("sticky_by"), QStringLiteral("credential")}, {QStringLiteral("steps"), QJsonArray{100}}});
    QCOMPARE(started.value(QLatin1String("phase")).toString(), QStringLiteral("running"));
    const auto revisionServed = [&] {
        QByteArray revision;
        inThreads(1, [&](int) {
            revision = rawCall(portOf(engine->field("gateway")),
                chatRequest(key.value(QLatin1String("key")).toString().toLatin1(), "fast", false, "hello"))
                           .header("x-signalbox-revision");
        });
        return revision.toInt();
    };
    QCOMPARE(revisionServed(), started.value(QLatin1String("revision")).toInt());
    engine->kill9();
    engine = start();
    QVERIFY2(engine->waitForReady(), qPrintable(engine->log()));
    QCOMPARE(engine->ready().value(QLatin1String("revision")).toInt(), 1);
    QCOMPARE(revisionServed(), 1);
    const QJsonObject report = ask(*engine, "GET", "/api/v1/config/canary");
    QVERIFY(report.value(QLatin1String("current")).isNull());
    const QJsonObject last = report.value(QLatin1String("past")).toArray().first().toObject();
    QCOMPARE(last.value(QLatin1String("phase")).toString(), QStringLiteral("interrupted"));
    QCOMPARE(last.value(QLatin1String("id")), started.value(QLatin1String("id")));
}

QTEST_GUILESS_MAIN(TestCanary)
#include "tst_canary.moc"

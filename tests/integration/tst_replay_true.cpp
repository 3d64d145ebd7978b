// What replay predicts is what happens: some hundred calls are made under config A, replayed against config B, and then
// really made under B with the same request ids. Every decision (each candidate's verdict and code, the steps, the
// refusal, who is first, what follows, the zone) must be the predicted one, and the report must count what came true.
// A provider is drained, a breaker forced and a weight shifted all the while; latency budgets lie far from what is
// measured, so that no timing decides.
#include "engine_fixture.h"
#include "raw_client.h"

#include "api/replay_client.h"
#include "config/compiler.h"
#include "replay/compare.h"
#include "replay/quota_replay.h"
#include "simulator/simulator_server.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <random>

using namespace gateway;
using namespace gateway::test;

namespace {

const QByteArray kPrices =
    "version: true-1\n"
    "prices:\n"
    "  - {provider: [a, c], model: \"sim-*\", valid_from: 2026-01-01, input_usd_per_million: \"1\", "
    "output_usd_per_million: \"100\"}\n"
    "  - {provider: [b, d], model: \"sim-*\", valid_from: 2026-01-01, input_usd_per_million: \"2\", "
    "output_usd_per_million: \"300\"}\n"
    "models:\n"
    "  - {provider: a, model: sim-tokens-10-fast, max_output_tokens: 4000, context_tokens: 2000}\n"
    "  - {provider: b, model: sim-tokens-10-fast, max_output_tokens: 500, capabilities: [images]}\n"
    "  - {provider: c, model: sim-tokens-10-fast, max_output_tokens: 4000, capabilities: [tools, json_schema]}\n";

const QByteArray kAliasesA =
    "aliases:\n"
    "  - name: chat\n"
    "    candidates:\n"
    "      - {provider: a, model: sim-tokens-10-fast, weight: 50}\n"
    "      - {provider: b, model: sim-tokens-10-fast, weight: 30}\n"
    "      - {provider: c, model: sim-tokens-10-fast, weight: 20}\n"
    "    fallback: [{kind: smaller-model, provider: a, model: sim-tokens-5-fast}, {kind: refuse}]\n"
    "  - name: docs\n"
    "    cost_ceiling_usd: '0.2'\n"
    "    candidates:\n"
    "      - {provider: c, model: sim-tokens-10-fast, weight: 3}\n"
    "      - {provider: d, model: sim-tokens-10-fast, weight: 7}\n"
    "  - name: quick\n"
    "    candidates:\n"
    "      - {provider: a, model: sim-first-2000-tokens-5, weight: 1}\n"
    "      - {provider: a, model: sim-tokens-10-fast, weight: 12}\n"
    "  - {name: old, candidates: [{provider: b, model: sim-tokens-10-fast, weight: 1}]}\n"
    "  - name: lame\n"
    "    candidates: [{provider: b, model: sim-tokens-9-fast, weight: 1}, {provider: c, model: sim-tokens-10-fast, "
    "weight: 1}]\n"
    "tenants: [{name: acme, zone: wide}, {name: beta, zone: wide}, {name: gamma, zone: wide}, "
    "{name: limited, zone: wide}]\n";

const QByteArray kAliasesB =
    "aliases:\n"
    "  - name: chat\n"
    "    degrade: refuse\n"
    "    candidates:\n"
    "      - {provider: b, model: sim-tokens-10-fast, weight: 60}\n"
    "      - {provider: c, model: sim-tokens-10-fast, weight: 40}\n"
    "      - {provider: a, model: sim-tokens-10-fast, weight: 0}\n"
    "    fallback: [{kind: other-provider, provider: d, model: sim-tokens-10-fast}]\n"
    "  - name: docs\n"
    "    cost_ceiling_usd: '0.04'\n"
    "    candidates:\n"
    "      - {provider: c, model: sim-tokens-10-fast, weight: 5}\n"
    "      - {provider: a, model: sim-tokens-10-fast, weight: 5}\n"
    "      - {provider: d, model: sim-tokens-10-fast, weight: 90}\n"
    "    fallback: [{kind: smaller-model, provider: b, model: sim-tokens-5-fast}]\n"
    "  - name: quick\n"
    "    latency_budget_ms: {interactive: 1000, streaming: 1000}\n"
    "    candidates:\n"
    "      - {provider: a, model: sim-first-2000-tokens-5, weight: 6}\n"
    "      - {provider: a, model: sim-tokens-10-fast, weight: 6}\n"
    "  - {name: new, candidates: [{provider: d, model: sim-tokens-10-fast, weight: 1}, {provider: b, model: "
    "sim-tokens-10-fast, weight: 1}]}\n"
    "  - name: lame\n"
    "    candidates: [{provider: b, model: sim-tokens-9-fast, weight: 9}]\n"
    "    fallback: [{kind: other-provider, provider: c, model: sim-tokens-10-fast}]\n"
    "tenants: [{name: acme, zone: eu}, {name: beta, zone: wide}, {name: gamma, zone: eu}, "
    "{name: limited, zone: wide, quota: {requests_per_minute: 3}}]\n";

const QByteArray kShort = ",\"max_completion_tokens\":20"; // so that it is cheap enough

struct Request
{
    QByteArray id;
    int key = 0;
    QByteArray alias;
    bool stream = false;
    QByteArray prompt;
    QByteArray headers;
    QByteArray fields;
};

constexpr int kRequests = 480;
constexpr int kLimited = 6; // of the tenant with a quota, one after the other
constexpr int kThreads = 4;

std::vector<Request> madeRequests()
{
    std::mt19937 random(20261123);
    const auto one = [&](unsigned of) { return random() % of == 0; };
    const QByteArray aliases[] = {"chat", "chat", "chat", "docs", "docs", "quick", "old", "new", "lame", "nobody"};
    std::vector<Request> all;
    for (int i = 0; i < kRequests; ++i) {
        Request request;
        request.id = "order-" + QByteArray::number(i * 7919 % 100'003);
        request.key = i < kLimited ? 3 : int(random() % 5 % 3) + (one(12) ? 4 : 0); // 4 and above: narrow scope
        request.key = std::min(request.key, 4);
        request.alias = i < kLimited ? "chat" : aliases[random() % std::size(aliases)];
        request.stream = one(3);
        request.prompt = QByteArray(one(8) ? 14'000 : int(5 + random() % 900), 'x');
        request.headers = "x-request-id: " + request.id + "\r\n";
        if (one(5))
            request.headers += "x-signalbox-zone: eu\r\n";
        if (one(9))
            request.headers += "x-signalbox-zone: wide\r\n";
        if (one(5))
            request.headers += "x-signalbox-cost-ceiling-usd: 0.0" + QByteArray::number(1 + random() % 9) + "\r\n";
        if (one(6))
            request.headers += "x-signalbox-degrade: refuse\r\n";
        if (one(6))
            request.headers += "x-signalbox-workload-class: background\r\n";
        if (one(5))
            request.headers += "x-signalbox-latency-budget-ms: 20000\r\n";
        if (one(5))
            request.fields += ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}]";
        if (one(7))
            request.fields +=
                ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":{}}}";
        if (one(2))
            request.fields += ",\"max_completion_tokens\":" + QByteArray::number(one(6) ? 3000 : 20 + random() % 300);
        all.push_back(request);
    }
    return all;
}

} // namespace

class TestReplayTrue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void predictedIsWhatHappens();

private:
    QByteArray config(const QByteArray& rest) const;
    bool write(const QByteArray& text) const;
    QList<QByteArray> send(const std::vector<Request>& requests); // our id of each call
    void warmUp();
    template <typename T>
    api::Result<T> ask(QFuture<api::Result<T>> future)
    {
        return waitFor(std::move(future));
    }

    simulator::SimulatorServer m_one{simulator::Profile()};
    simulator::SimulatorServer m_other{simulator::Profile()};
    QTemporaryDir m_directory;
    std::unique_ptr<EmbeddedEngine> m_engine;
    QList<QByteArray> m_keys;
};

QByteArray TestReplayTrue::config(const QByteArray& rest) const
{
    const auto provider = [](const char* name, const QString& url, const char* where) {
        return QByteArray("  - {name: ") + name + ", kind: openai-compatible, base_url: '" + url.toUtf8() + "', " +
               where + "}\n";
    };
    return "signalbox: 1\n"
           "zones:\n"
           "  - {name: eu, regions: [eu-west-1], retention: zero}\n"
           "  - {name: wide, regions: [eu-west-1, us-east-1], retention: any}\n"
           "providers:\n" +
           provider("a", m_one.baseUrl(), "region: eu-west-1, retention: zero") +
           provider("b", m_other.baseUrl(), "region: us-east-1, retention: provider-default") +
           provider("c", m_one.baseUrl(), "region: eu-west-1, retention: zero") +
           provider("d", m_other.baseUrl(), "region: eu-west-1, retention: zero") + "prices: {book: '" +
           m_directory.filePath(QStringLiteral("p.yaml")).toUtf8() + "'}\n" + rest;
}

bool TestReplayTrue::write(const QByteArray& text) const
{
    QFile file(m_engine->file(QStringLiteral("signalbox.yaml")));
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text) == text.size();
}

void TestReplayTrue::initTestCase()
{
    QVERIFY(m_one.listen(QStringLiteral("127.0.0.1"), 0));
    QVERIFY(m_other.listen(QStringLiteral("127.0.0.1"), 0));
    QFile prices(m_directory.filePath(QStringLiteral("p.yaml")));
    QVERIFY(prices.open(QIODevice::WriteOnly));
    prices.write(kPrices);
    prices.close();
    m_engine = std::make_unique<EmbeddedEngine>(config(kAliasesA));
    QCOMPARE(m_engine->start(), QString());
    for (const char* tenant : {"acme", "beta", "gamma", "limited", "acme"}) {
        api::CredentialRequest request;
        request.tenant = QString::fromLatin1(tenant);
        request.aliases = m_keys.size() < 4 ? QStringList(QStringLiteral("*"))
                                            : QStringList{QStringLiteral("docs"), QStringLiteral("lame")};
        QByteArray key;
        QCOMPARE(m_engine->issueKey(request, key), QString());
        m_keys.append(key);
    }
}

// Enough answers that every candidate's p95 is known before the first call that counts, and stays as it is: some of the
// slow one come first, then of the others.
void TestReplayTrue::warmUp()
{
    inThreads(24, [this](int i) {
        for (const bool stream : {false, true}) {
            for (int tries = 0; tries < 40; ++tries) {
                const RawReply reply = rawCall(m_engine->port(),
                    chatRequest(m_keys[2], "quick", stream, "warm",
                        "x-request-id: warm-" + QByteArray::number(i * 1000 + tries * 2 + stream) + "\r\n"));
                if (reply.header("x-signalbox-served-by").contains("first-2000"))
                    break;
            }
        }
    });
}

QList<QByteArray> TestReplayTrue::send(const std::vector<Request>& requests)
{
    QList<QByteArray> ids(qsizetype(requests.size()));
    QByteArray* const into = ids.data();
    inThreads(kThreads, [&](int thread) {
        for (std::size_t i = 0; i < requests.size(); ++i) {
            // those with a quota go one after the other, so that their order is the same each time
            if (i < kLimited ? thread != 0 : int(i % kThreads) != thread)
                continue;
            const Request& one = requests[i];
            const RawReply reply = rawCall(m_engine->port(),
                chatRequest(m_keys[one.key], one.alias, one.stream, one.prompt, one.headers, one.fields));
            into[i] = reply.header("x-request-id");
        }
    });
    return ids;
}

void TestReplayTrue::predictedIsWhatHappens()
{
    const api::GatewayClient client = m_engine->client();
    warmUp();
    // an operator's hand lies on the engine all the while
    api::LeverEnd hour;
    hour.seconds = 3600;
    QVERIFY(ask(client.drainProvider(QStringLiteral("d"), hour, QStringLiteral("test"))));
    api::BreakerForce force;
    force.candidate = QStringLiteral("b/sim-tokens-9-fast@us-east-1");
    force.state = QStringLiteral("open");
    force.durationSeconds = 3600;
    QVERIFY(ask(client.forceBreaker(QStringLiteral("b"), force, QStringLiteral("test"))));
    api::LeverRequest weight;
    weight.kind = api::LeverKind::Weight;
    weight.alias = QStringLiteral("chat");
    weight.candidate = QStringLiteral("c/sim-tokens-10-fast@eu-west-1");
    weight.weight = 70;
    weight.durationSeconds = 3600;
    QVERIFY(ask(client.applyLever(weight, QStringLiteral("test"))));

    const std::vector<Request> requests = madeRequests();
    // a key that a worker knows was sent to it after the levers
    api::CredentialRequest last;
    last.tenant = QStringLiteral("acme");
    last.aliases = QStringList(QStringLiteral("*"));
    QByteArray key;
    QCOMPARE(m_engine->issueKey(last, key), QString());
    RawReply first;
    inThreads(1, [&](int) { first = rawCall(m_engine->port(), chatRequest(key, "docs", false, "first", {}, kShort)); });
    QVERIFY2(first.status == 200, first.body);
    const auto lead = m_engine->call(first.header("x-request-id"));
    QVERIFY(lead);
    QTest::qWait(2); // it began before the period
    const QDateTime since = QDateTime::currentDateTimeUtc();
    const QList<QByteArray> before = send(requests);
    const QDateTime until = QDateTime::currentDateTimeUtc().addMSecs(1);

    // the prediction, through the admin API
    const api::ReplayClient replays(client);
    api::ReplayRequest order;
    order.yaml = QString::fromUtf8(config(kAliasesB));
    order.since = since;
    order.until = until;
    auto started = ask(replays.start(order));
    QVERIFY2(started.ok(), started.ok() ? "" : qPrintable(started.error().message + started.error().hint));
    api::ReplayReport report = *started;
    QTRY_VERIFY_WITH_TIMEOUT(
        (report = ask(replays.report(started->id)).value()).state != QLatin1String("running"), 60'000);
    QCOMPARE(report.state, QStringLiteral("done"));
    QCOMPARE(report.calls, kRequests);
    QCOMPARE(report.replayable, kRequests);
    QVERIFY2(report.gaps.isEmpty(), qPrintable(report.coverage.join(u'\n')));

    // the same, call by call, as the run over the record does it
    replay::CaseReader reader;
    std::vector<replay::ReplayCase> cases;
    for (const QByteArray& id : before) {
        const auto call = m_engine->call(id);
        QVERIFY2(call.ok(), id.constData());
        cases.push_back(reader.read(*call));
        QVERIFY(cases.back().gap == replay::Gap::None);
    }
    std::vector<std::size_t> byTime(cases.size());
    for (std::size_t i = 0; i < byTime.size(); ++i)
        byTime[i] = i;
    std::stable_sort(byTime.begin(), byTime.end(),
        [&](std::size_t x, std::size_t y) { return cases[x].startedMs < cases[y].startedMs; });
    config::Problems problems;
    const auto file = config::parseConfig(QStringLiteral("b"), config(kAliasesB), problems);
    QVERIFY(file);
    const config::SnapshotPtr snapshot(config::compile(*file, config::KeySource(), problems));
    QVERIFY2(snapshot, qPrintable(config::describe(problems)));
    // scopes of credentials are asked of the engine's own book by the desk; here they are known from the keys
    std::vector<credential::Credential> scopes;
    for (int key = 0; key < m_keys.size(); ++key) {
        credential::Credential scope;
        scope.id = QString::fromLatin1(m_keys[key].split('_').value(1));
        scope.aliases =
            key < 4 ? QStringList(QStringLiteral("*")) : QStringList{QStringLiteral("docs"), QStringLiteral("lame")};
        scopes.push_back(scope);
    }
    const credential::CredentialBook book(Secret(QByteArray("pepper")), scopes);
    const replay::Decider decider(*snapshot, &book);
    replay::Neighbours neighbours;
    neighbours.note(reader.read(*lead));
    replay::QuotaReplay quotas(*snapshot, since.toMSecsSinceEpoch());
    std::vector<replay::Decision> predicted(cases.size());
    for (const std::size_t i : byTime) {
        predicted[i] = decider.decide(cases[i], &neighbours, &quotas);
        neighbours.note(cases[i]);
    }

    // now B is put in force, and the same calls are really made
    QVERIFY(write(config(kAliasesB)));
    m_engine->gateway().reload();
    QTRY_COMPARE_WITH_TIMEOUT(m_engine->gateway().revision(), 2, 10'000);
    QTRY_COMPARE_WITH_TIMEOUT(
        [&] {
            RawReply reply;
            inThreads(1, [&](int) {
                reply = rawCall(m_engine->port(), chatRequest(m_keys[0], "docs", false, "x", {}, kShort));
            });
            return reply.header("x-signalbox-revision");
        }(),
        QByteArray("2"), 10'000);
    const QList<QByteArray> after = send(requests);

    QStringList differences;
    std::array<qint64, 6> effects{};
    QSet<QString> refusals;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto call = m_engine->call(after[qsizetype(i)]);
        QVERIFY2(call.ok(), after[qsizetype(i)].constData());
        const replay::ReplayCase real = reader.read(*call);
        QCOMPARE(call->revision, 2);
        QCOMPARE(real.seed, cases[i].seed);
        const QString foretold = replay::linesOf(predicted[i]).join(u'\n');
        const QString happened = replay::linesOf(real).join(u'\n');
        if (foretold != happened)
            differences.append(
                QStringLiteral("%1 (%2, %3):\npredicted\n%4\nhappened\n%5\n")
                    .arg(QString::fromLatin1(requests[i].id), real.alias, real.tenant, foretold, happened));
        const replay::Choice was = replay::choiceOf(cases[i]);
        const replay::Choice is = replay::choiceOf(real);
        ++effects[std::size_t(replay::effectOf(was, is))];
        refusals.insert(api::nameOf(is.refusal));
    }
    QVERIFY2(differences.isEmpty(),
        qPrintable(QStringLiteral("%1 of %2 decisions differ:\n").arg(differences.size()).arg(requests.size()) +
                   differences.mid(0, 5).join(u'\n')));
    // the report counted what came true
    for (std::size_t i = 0; i < effects.size(); ++i)
        QVERIFY2(
            report.effects[qsizetype(i)].after == effects[i], qPrintable(QStringLiteral("%1: %2 predicted, %3 happened")
                                                                             .arg(report.effects[qsizetype(i)].name)
                                                                             .arg(report.effects[qsizetype(i)].after)
                                                                             .arg(effects[i])));
    // and the calls were varied enough to mean something
    for (std::size_t i = 0; i < effects.size(); ++i)
        QVERIFY2(effects[i] > 0, qPrintable(api::nameOf(api::ReplayEffect(i))));
    for (const char* code : {"", "quota_caller", "no_route_in_zone", "alias_unknown", "cost_ceiling", "scope_denied"})
        QVERIFY2(refusals.contains(QString::fromLatin1(code)), code);
    qInfo(
        "%d calls: %lld unchanged, %lld another candidate, %lld newly refused, %lld newly allowed, %lld other refusal, "
        "%lld other chain; all as predicted",
        kRequests, static_cast<long long>(effects[0]), static_cast<long long>(effects[1]),
        static_cast<long long>(effects[2]), static_cast<long long>(effects[3]), static_cast<long long>(effects[4]),
        static_cast<long long>(effects[5]));

    // the list of changes is whole and can be paged
    qint64 listed = 0;
    api::ReplayChangeQuery query;
    query.limit = 50;
    do {
        const auto page = ask(replays.changes(report.id, query));
        QVERIFY(page);
        QCOMPARE(page->total, report.changed);
        for (const api::ReplayChange& change : page->changes)
            QVERIFY2(change.before != change.after || change.effect == QLatin1String("other-chain"),
                qPrintable(change.call));
        listed += page->changes.size();
        query.after = page->next;
    } while (!query.after.isEmpty());
    QCOMPARE(listed, report.changed);
}

QTEST_GUILESS_MAIN(TestReplayTrue)
#include "tst_replay_true.moc"

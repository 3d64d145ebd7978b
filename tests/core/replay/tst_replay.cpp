// A recorded decision is made again: under the same config it is the same, under another it is what the engine would
// have decided there, candidate by candidate. What the record does not know is counted, what cannot be replayed says
// why.
#include "replay_samples.h"

#include "base/fnv.h"
#include "replay/compare.h"
#include "replay/quota_replay.h"

#include <QJsonDocument>

#include <random>

using namespace gateway;
using namespace gateway::test;
using api::ErrorCode;
using api::ReplayEffect;
using routing::Moment;
using std::chrono::milliseconds;

namespace {

const QByteArray kPlain =
    "signalbox: 1\n"
    "providers:\n"
    "  - {name: a, kind: openai, key: 'env:K', region: eu-west-1, retention: zero}\n"
    "  - {name: b, kind: anthropic, key: 'env:K', region: us-east-1, retention: provider-default}\n"
    "  - {name: c, kind: cohere, key: 'env:K', region: eu-west-1, retention: zero}\n"
    "  - {name: d, kind: openai-compatible, base_url: 'http://127.0.0.1:9/v1'}\n";

// Whoever has no zone is served by nobody where there are zones.
const QByteArray kZones = "zones:\n"
                          "  - {name: eu, regions: [eu-west-1], retention: zero}\n"
                          "  - {name: wide, regions: [eu-west-1, us-east-1], retention: any}\n";

const QByteArray kProviders = kPlain + kZones;

// Two configs that differ in everything that routing asks.
QByteArray configA()
{
    return kProviders +
           "aliases:\n"
           "  - name: fast\n"
           "    candidates:\n"
           "      - {provider: a, model: gpt-6-luna, weight: 50}\n"
           "      - {provider: b, model: claude-haiku-4-5-20251001, weight: 30}\n"
           "      - {provider: c, model: command-x, weight: 20}\n"
           "    fallback: [{kind: smaller-model, provider: a, model: gpt-5.4-nano-2026-03-01}, {kind: refuse}]\n"
           "  - name: tight\n"
           "    cost_ceiling_usd: '0.05'\n"
           "    latency_budget_ms: {interactive: 900, streaming: 300}\n"
           "    candidates: [{provider: a, model: gpt-6-sol, weight: 1}, {provider: b, model: claude-opus-4-1, weight: "
           "9}]\n"
           "    fallback: [{kind: other-provider, provider: d, model: local-1}]\n"
           "tenants: [{name: acme, zone: wide}, {name: beta, zone: eu}, {name: free}]\n";
}

QByteArray configB()
{
    return kProviders +
           "aliases:\n"
           "  - name: fast\n"
           "    degrade: refuse\n"
           "    cost_ceiling_usd: '0.2'\n"
           "    candidates:\n"
           "      - {provider: b, model: claude-haiku-4-5-20251001, weight: 70}\n"
           "      - {provider: a, model: gpt-6-luna, weight: 30}\n"
           "      - {provider: d, model: local-1, weight: 0}\n"
           "    fallback: [{kind: other-region, provider: c, model: command-x}]\n"
           "  - name: tight\n"
           "    latency_budget_ms: {interactive: 2000, streaming: 100}\n"
           "    candidates: [{provider: a, model: gpt-6-sol, weight: 5}, {provider: d, model: local-1, weight: 5}]\n"
           "    fallback: [{kind: smaller-model, provider: a, model: gpt-6-luna}, {kind: refuse}]\n"
           "tenants: [{name: acme, zone: eu}, {name: beta, zone: wide}]\n";
}

// Every candidate, in whichever config it stands, is as well as its label says.
Health healthFrom(quint64 round)
{
    return [round](const config::Candidate& candidate) {
        const quint64 draw = fnv1a64(candidate.label.toUtf8(), fnv1a64(QByteArray::number(round)));
        Moment moment;
        moment.breaker = draw % 7 == 0   ? Moment::Breaker::Open
                         : draw % 7 == 1 ? Moment::Breaker::HalfOpen
                                         : Moment::Breaker::Closed;
        if (draw / 7 % 3 != 0)
            moment.p95 = milliseconds(draw / 21 % 2500);
        if (draw / 11 % 2)
            moment.failurePermille = int(draw / 22 % 600);
        // of a provider: what lies on one of its candidates lies on all
        const quint64 ofProvider = fnv1a64(candidate.provider->name.toUtf8(), fnv1a64(QByteArray::number(round * 3)));
        moment.lever = ofProvider % 9 == 0   ? Moment::Lever::Drained
                       : ofProvider % 9 == 1 ? Moment::Lever::FailingBack
                                             : Moment::Lever::None;
        return moment;
    };
}

Asked askedFrom(std::mt19937_64& random, int number)
{
    const auto one = [&](quint64 of) { return random() % of == 0; };
    Asked asked;
    asked.id = QStringLiteral("req_%1").arg(number, 8, 10, QLatin1Char('0'));
    asked.tenant = QStringList{QStringLiteral("acme"), QStringLiteral("beta"), QStringLiteral("free"),
        QStringLiteral("gone")}[qsizetype(random() % 4)];
    asked.alias = one(20) ? QStringLiteral("nobody") : one(2) ? QStringLiteral("fast") : QStringLiteral("tight");
    asked.startedMs = kBegin + qint64(random() % 86'400'000);
    asked.bodyBytes = qint64(random() % (one(10) ? 3'000'000 : 5'000));
    asked.stream = one(2);
    for (const transform::Feature feature : {transform::Feature::Tools, transform::Feature::ImagesInline,
             transform::Feature::JsonSchema, transform::Feature::Logprobs, transform::Feature::HostedTools}) {
        if (one(6))
            asked.features.setFlag(feature);
    }
    if (one(2))
        asked.maxOutputTokens = qint64(random() % (one(5) ? 500'000 : 4'000));
    if (one(3))
        asked.workloadClass = config::WorkloadClass(random() % config::kWorkloadClasses);
    asked.zone = one(4)   ? QStringLiteral("eu")
                 : one(6) ? QStringLiteral("wide")
                 : one(9) ? QStringLiteral("mars")
                          : QString();
    if (one(3))
        asked.ceiling = api::Money::fromNano(qint64(random() % 100'000'000));
    if (one(3))
        asked.latencyBudget = milliseconds(1 + random() % 3000);
    asked.degradeServes = !one(5);
    if (one(2))
        asked.seed = random();
    asked.elapsedMs = qint64(random() % (one(10) ? 2'000 : 2));
    return asked;
}

replay::ReplayCase caseOf(const api::Call& call)
{
    replay::CaseReader reader;
    return reader.read(call);
}

QString told(const QStringList& lines)
{
    return lines.join(u'\n');
}

Asked simple(const QString& id = QStringLiteral("req_1"))
{
    Asked asked;
    asked.id = id;
    return asked;
}

} // namespace

class TestReplay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void seedIsTheSameEverywhere();
    void inputsAreShortAndWhole();
    void sameConfigSameDecision();
    void otherConfigAsDecidedThere();
    void aCandidateNobodyKnows();
    void momentsOfTheCallBefore();
    void leversLieOnProviders();
    void refusedBeforeRouting();
    void effectsAndReasons();
    void whatCannotBeReplayed();
    void quotasAreFilledAgain();
    void placesComeBack();
};

// Published test vectors of FNV-1a, 64 bits.
void TestReplay::seedIsTheSameEverywhere()
{
    QCOMPARE(fnv1a64(""), 0xcbf29ce484222325ULL);
    QCOMPARE(fnv1a64("a"), 0xaf63dc4c8601ec8cULL);
    QCOMPARE(fnv1a64("foobar"), 0x85944171f73967e8ULL);
    QCOMPARE(engine::seedOf("foobar"), 0x85944171f73967e8ULL);
}

void TestReplay::inputsAreShortAndWhole()
{
    const SampleEngine engine(snapshotOf(configA()), {});
    const QByteArray usual = engine.call(simple()).decision.text();
    QVERIFY2(usual.contains(",\"inputs\":{\"body_bytes\":400}"), usual.constData());

    Asked asked = simple();
    asked.stream = true;
    asked.features = transform::Feature::Tools | transform::Feature::TokenArrays;
    asked.maxOutputTokens = 77;
    asked.zone = QStringLiteral("eu");
    asked.ceiling = api::Money::fromDecimal(u"0.5");
    asked.latencyBudget = milliseconds(800);
    asked.degradeServes = false;
    asked.seed = 0xfedcba9876543210ULL;
    asked.startedMs = kBegin + 86'400'000 - 2; // routed on the next day
    asked.elapsedMs = 5;
    const replay::ReplayCase read = caseOf(engine.call(asked));
    QVERIFY(read.gap == replay::Gap::None);
    QCOMPARE(read.bodyBytes, 400);
    QCOMPARE(read.request.body.size(), 400);
    QVERIFY(read.request.stream);
    QVERIFY(read.request.features == asked.features);
    QCOMPARE(read.request.maxOutputTokens, asked.maxOutputTokens);
    QCOMPARE(read.zoneAsked, asked.zone);
    QVERIFY(read.ceilingAsked == asked.ceiling);
    QVERIFY(read.budgetAsked == asked.latencyBudget);
    QVERIFY(!read.degradeServes);
    QCOMPARE(read.seed, *asked.seed);
    QCOMPARE(read.elapsed.count(), 5);
    QCOMPARE(read.today, utcDay(kBegin).addDays(1));
    QVERIFY(read.workloadClass == config::WorkloadClass::Streaming);
    // what a caller may write as it likes is no way into the record
    transform::CallRequest request;
    request.serviceTier = "my secret text";
    engine::CallInputs inputs;
    inputs.request = &request;
    QCOMPARE(engine::textOf(inputs).text(), QByteArray("{\"inputs\":{\"body_bytes\":0,\"service_tier\":\"other\"}}"));
    request.serviceTier = "Flex";
    QCOMPARE(engine::textOf(inputs).text(), QByteArray("{\"inputs\":{\"body_bytes\":0,\"service_tier\":\"flex\"}}"));
    // every name of a feature is read back as what it was
    for (const engine::FeatureName& row : engine::featureNames()) {
        Asked one = simple();
        one.features = row.feature;
        QVERIFY2(caseOf(engine.call(one)).request.features == transform::Features(row.feature), row.name);
    }
    QVERIFY(QJsonDocument::fromJson(engine.call(asked).decision.text()).isObject());
}

void TestReplay::sameConfigSameDecision()
{
    const config::SnapshotPtr snapshot = snapshotOf(configA());
    const replay::Decider decider(*snapshot, nullptr);
    std::mt19937_64 random(7);
    for (int i = 0; i < 3000; ++i) {
        const SampleEngine engine(snapshot, healthFrom(quint64(i / 10)));
        const replay::ReplayCase call = caseOf(engine.call(askedFrom(random, i)));
        QVERIFY(call.gap == replay::Gap::None);
        const replay::Decision again = decider.decide(call);
        QCOMPARE(told(replay::linesOf(again)), told(replay::linesOf(call)));
        QVERIFY(replay::effectOf(replay::choiceOf(call), replay::choiceOf(again)) == ReplayEffect::Unchanged);
        QCOMPARE(again.ground.assumed, 0);
    }
}

// What is predicted from the record of A is what an engine with B decides about the same request at the same moment.
void TestReplay::otherConfigAsDecidedThere()
{
    const config::SnapshotPtr a = snapshotOf(configA());
    const config::SnapshotPtr b = snapshotOf(configB());
    const replay::Decider decider(*b, nullptr);
    std::mt19937_64 random(11);
    int compared = 0;
    std::array<int, 6> effects{};
    for (int i = 0; i < 5000; ++i) {
        const Health health = healthFrom(quint64(i / 10));
        const Asked asked = askedFrom(random, i);
        const replay::ReplayCase call = caseOf(SampleEngine(a, health).call(asked));
        const replay::Decision predicted = decider.decide(call);
        // a candidate that A did not have at that alias is unknown to the record; those calls are compared below
        if (predicted.ground.assumed > 0)
            continue;
        const replay::ReplayCase real = caseOf(SampleEngine(b, health).call(asked));
        QCOMPARE(told(replay::linesOf(predicted)), told(replay::linesOf(real)));
        ++compared;
        ++effects[std::size_t(replay::effectOf(replay::choiceOf(call), replay::choiceOf(predicted)))];
    }
    QVERIFY2(compared > 200, qPrintable(QString::number(compared)));
    // with health that B's new candidates are assumed to have, nothing is left out
    const Health healthy = [](const config::Candidate&) { return Moment(); };
    for (int i = 0; i < 5000; ++i) {
        const Asked asked = askedFrom(random, 10'000 + i);
        const replay::ReplayCase call = caseOf(SampleEngine(a, healthy).call(asked));
        const replay::Decision predicted = decider.decide(call);
        const replay::ReplayCase real = caseOf(SampleEngine(b, healthy).call(asked));
        QCOMPARE(told(replay::linesOf(predicted)), told(replay::linesOf(real)));
        ++effects[std::size_t(replay::effectOf(replay::choiceOf(call), replay::choiceOf(predicted)))];
    }
    for (std::size_t i = 0; i < effects.size(); ++i)
        QVERIFY2(effects[i] > 20, qPrintable(api::nameOf(ReplayEffect(i)))); // the configs differ in all of them
}

void TestReplay::aCandidateNobodyKnows()
{
    const config::SnapshotPtr a =
        snapshotOf(kPlain + "aliases: [{name: fast, candidates: [{provider: a, model: m, weight: 1}]}]\n");
    const config::SnapshotPtr b =
        snapshotOf(kPlain + "aliases: [{name: fast, candidates: [{provider: d, model: m, weight: 1}]}]\n");
    const replay::ReplayCase call = caseOf(SampleEngine(a, {}).call(simple()));
    const replay::Decision decision = replay::Decider(*b, nullptr).decide(call);
    QVERIFY(!decision.isRefused());
    QCOMPARE(decision.first()->label, QStringLiteral("d/m"));
    QCOMPARE(decision.ground.assumed, 1);
    QCOMPARE(decision.ground.recorded, 0);
}

void TestReplay::momentsOfTheCallBefore()
{
    const QByteArray two = kPlain + "aliases:\n  - {name: fast, candidates: [{provider: a, model: m, weight: 1}]}\n"
                                    "  - {name: slow, candidates: [{provider: d, model: m, weight: 1}]}\n";
    const config::SnapshotPtr a = snapshotOf(two);
    const config::SnapshotPtr b =
        snapshotOf(kPlain + "aliases: [{name: fast, candidates: [{provider: d, model: m, weight: 1}]}]\n");
    const SampleEngine engine(a, [](const config::Candidate& candidate) {
        Moment moment;
        if (candidate.label == QLatin1String("d/m"))
            moment.breaker = Moment::Breaker::Open;
        moment.weight = 0; // of that alias alone
        return moment;
    });
    Asked other = simple(QStringLiteral("req_0"));
    other.alias = QStringLiteral("slow");
    replay::Neighbours neighbours;
    neighbours.note(caseOf(engine.call(other)));

    Asked asked = simple();
    asked.startedMs = kBegin + 10'000;
    const replay::Decider decider(*b, nullptr);
    const replay::Decision soon = decider.decide(caseOf(engine.call(asked)), &neighbours);
    QCOMPARE(soon.ground.borrowed, 1);
    QCOMPARE(soon.refusal, ErrorCode::ProviderUnavailable);
    asked.startedMs = kBegin + replay::Neighbours::kAgeMs + 1;
    const replay::Decision late = decider.decide(caseOf(engine.call(asked)), &neighbours);
    QCOMPARE(late.ground.assumed, 1);
    QVERIFY(!late.isRefused());
}

void TestReplay::leversLieOnProviders()
{
    const config::SnapshotPtr a =
        snapshotOf(kPlain + "aliases:\n  - name: fast\n    candidates: [{provider: a, model: m, "
                            "weight: 1}, {provider: b, model: m, weight: 1}]\n");
    const config::SnapshotPtr b = snapshotOf(kPlain + "aliases:\n  - name: fast\n    candidates: [{provider: a, model: "
                                                      "other, weight: 1}, {provider: b, model: m, weight: 1}]\n");
    // the lever comes behind the breaker, so the recorded code says nothing of it
    const SampleEngine engine(a, [](const config::Candidate& candidate) {
        Moment moment;
        if (candidate.provider->name == QLatin1String("a")) {
            moment.lever = Moment::Lever::Drained;
            moment.breaker = Moment::Breaker::Open;
        }
        return moment;
    });
    const replay::ReplayCase call = caseOf(engine.call(simple()));
    QCOMPARE(call.candidates[0].code, QStringLiteral("breaker_open"));
    const replay::Decision decision = replay::Decider(*b, nullptr).decide(call);
    QCOMPARE(QByteArray(decision.plan.decision.candidates[0].objection.code), QByteArray("drained"));
}

void TestReplay::refusedBeforeRouting()
{
    const config::SnapshotPtr a = snapshotOf(configA());
    const config::SnapshotPtr b = snapshotOf(configB());
    const SampleEngine engine(a, {});
    // an alias that only B has
    Asked asked = simple();
    asked.alias = QStringLiteral("nobody");
    replay::ReplayCase call = caseOf(engine.call(asked));
    QVERIFY(!call.routed);
    QCOMPARE(replay::choiceOf(call).name(), QStringLiteral("alias_unknown"));
    QCOMPARE(replay::Decider(*b, nullptr).decide(call).refusal, ErrorCode::AliasUnknown);
    call.alias = QStringLiteral("fast");
    QVERIFY(!replay::Decider(*b, nullptr).decide(call).isRefused());
    // a scope that refused under A is asked anew of the credentials, where they are known
    call.error = ErrorCode::ScopeDenied;
    QCOMPARE(replay::Decider(*b, nullptr).decide(call).refusal, ErrorCode::ScopeDenied);
    credential::Credential known;
    known.id = call.credential;
    known.tenant = call.tenant;
    known.aliases = QStringList{QStringLiteral("fast")};
    const credential::CredentialBook book(Secret(QByteArray("pepper")), {known});
    QVERIFY(!replay::Decider(*b, &book).decide(call).isRefused());
    call.error = ErrorCode::TenantMismatch;
    QCOMPARE(replay::Decider(*b, &book).decide(call).refusal, ErrorCode::TenantMismatch);
    // a tenant that B does not have
    asked = simple();
    asked.tenant = QStringLiteral("free");
    QCOMPARE(replay::Decider(*b, nullptr).decide(caseOf(engine.call(asked))).refusal, ErrorCode::ScopeDenied);
    // a wider zone than B's
    asked = simple();
    asked.zone = QStringLiteral("wide");
    QCOMPARE(replay::Decider(*b, nullptr).decide(caseOf(engine.call(asked))).refusal, ErrorCode::NoRouteInZone);
}

void TestReplay::effectsAndReasons()
{
    const auto with = [](const QByteArray& candidates, const QByteArray& rest = {}) {
        return snapshotOf(kProviders + "aliases:\n  - name: fast\n    candidates: [" + candidates + "]\n" + rest +
                          "tenants: [{name: acme, zone: wide}]\n");
    };
    const QByteArray onlyA = "{provider: a, model: m, weight: 1}";
    const QByteArray onlyB = "{provider: b, model: m, weight: 1}";
    const auto changeOf = [&](const config::SnapshotPtr& before, const config::SnapshotPtr& after,
                              const Asked& asked = simple()) {
        const replay::ReplayCase call = caseOf(SampleEngine(before, {}).call(asked));
        const replay::Decision decision = replay::Decider(*after, nullptr).decide(call);
        const replay::Choice was = replay::choiceOf(call);
        const replay::Choice is = replay::choiceOf(decision);
        return QStringLiteral("%1 | %2 -> %3 | %4")
            .arg(api::nameOf(replay::effectOf(was, is)), was.name(), is.name(),
                replay::reasonOf(call, was, decision, is));
    };
    QCOMPARE(changeOf(with(onlyA), with(onlyA)), QStringLiteral("unchanged | a/m@eu-west-1 -> a/m@eu-west-1 | "));
    QCOMPARE(changeOf(with(onlyA), with(onlyB)),
        QStringLiteral("other-candidate | a/m@eu-west-1 -> b/m@us-east-1 | a/m@eu-west-1 is no candidate of fast; "
                       "b/m@us-east-1 is drawn instead."));
    QCOMPARE(changeOf(with(onlyA), with("{provider: a, model: m, weight: 0}, " + onlyB)),
        QStringLiteral("other-candidate | a/m@eu-west-1 -> b/m@us-east-1 | a/m@eu-west-1: weight 0; b/m@us-east-1 is "
                       "drawn instead."));
    Asked inEu = simple();
    inEu.zone = QStringLiteral("eu");
    QVERIFY(
        changeOf(with(onlyA), with(onlyB), inEu)
            .startsWith(QStringLiteral("newly-refused | a/m@eu-west-1 -> no_route_in_zone | It would be refused: ")));
    QVERIFY(changeOf(with(onlyB), with(onlyA), inEu)
                .startsWith(QStringLiteral("newly-allowed | no_route_in_zone -> a/m@eu-west-1 | ")));
    QCOMPARE(changeOf(with(onlyA), with(onlyA, "    fallback: [{kind: smaller-model, provider: c, model: m}]\n")),
        QStringLiteral("other-chain | a/m@eu-west-1 -> a/m@eu-west-1 | If a/m@eu-west-1 fails, what follows is "
                       "c/m@eu-west-1 (smaller-model) instead of nothing."));
    Asked dear = inEu;
    dear.ceiling = api::Money::fromNano(1);
    QVERIFY(
        changeOf(with(onlyB), with(onlyA), dear).startsWith(QStringLiteral("other-refusal | no_route_in_zone -> ")));
}

void TestReplay::whatCannotBeReplayed()
{
    const SampleEngine engine(snapshotOf(configA()), {});
    api::Call call = engine.call(simple());
    call.surface = QStringLiteral("telex");
    QVERIFY(caseOf(call).gap == replay::Gap::NoSurface);
    call = engine.call(simple());
    call.cache = QStringLiteral("repetition");
    QVERIFY(caseOf(call).gap == replay::Gap::Repetition);
    call = engine.call(simple());
    call.decision = QJsonObject{{QStringLiteral("alias"), QStringLiteral("fast")}};
    QVERIFY(caseOf(call).gap == replay::Gap::NoInputs);
    call.decision = {};
    QVERIFY(caseOf(call).gap == replay::Gap::NoInputs);
    call.error = ErrorCode::InvalidRequest;
    QVERIFY(caseOf(call).gap == replay::Gap::NotRead);
    call.decision = api::JsonText::fromText("{\"inputs\":"); // torn
    call.error = ErrorCode::None;
    QVERIFY(caseOf(call).gap == replay::Gap::NoInputs);
}

void TestReplay::quotasAreFilledAgain()
{
    const config::SnapshotPtr b = snapshotOf(kPlain + "aliases: [{name: fast, candidates: [{provider: a, model: m}]}]\n"
                                                      "tenants: [{name: acme, quota: {requests_per_minute: 2}}]\n");
    const SampleEngine engine(b, {});
    const replay::Decider decider(*b, nullptr);
    replay::QuotaReplay quotas(*b, kBegin);
    QVERIFY(quotas.limitsAnything());
    const auto at = [&](qint64 seconds) {
        Asked asked = simple();
        asked.startedMs = kBegin + seconds * 1000;
        return decider.decide(caseOf(engine.call(asked)), nullptr, &quotas).refusal;
    };
    QCOMPARE(at(0), ErrorCode::None);
    QCOMPARE(at(1), ErrorCode::None);
    QCOMPARE(at(2), ErrorCode::QuotaCaller);
    QCOMPARE(quotas.refusedBy(), QStringLiteral("tenant acme"));
    QCOMPARE(at(31), ErrorCode::None); // one every 30 s
    QCOMPARE(at(32), ErrorCode::QuotaCaller);
}

void TestReplay::placesComeBack()
{
    const config::SnapshotPtr b = snapshotOf(kPlain + "aliases: [{name: fast, candidates: [{provider: a, model: m}]}]\n"
                                                      "tenants: [{name: acme, quota: {concurrency: 1}}]\n");
    const SampleEngine engine(b, {});
    const replay::Decider decider(*b, nullptr);
    replay::QuotaReplay quotas(*b, kBegin);
    const auto at = [&](qint64 ms) {
        Asked asked = simple();
        asked.startedMs = kBegin + ms; // each takes 40 ms
        return decider.decide(caseOf(engine.call(asked)), nullptr, &quotas).refusal;
    };
    QCOMPARE(at(0), ErrorCode::None);
    QCOMPARE(at(39), ErrorCode::QuotaCaller);
    QCOMPARE(at(40), ErrorCode::None);
}

QTEST_GUILESS_MAIN(TestReplay)
#include "tst_replay.moc"

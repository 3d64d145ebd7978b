// The prover against brute force: 1,000 random configs, compiled by the real compiler; for every tenant, alias, zone
// that a request may ask for, state of every breaker, shifted weight and wish for degraded answers a request is walked
// through the engine's own makePlan and the rule that permit asks at every attempt. The endpoints it comes to must be
// those the prover names, and what an auditor would say of them, written here a third time, must be its verdict. Then
// the filter is broken on purpose, in three ways, to show that this test can fail.
#include "compiled.h"
#include "engine/kept_answers.h"
#include "engine/plan.h"
#include "engine/zone.h"
#include "privacy/prover.h"
#include "privacy/uses.h"

#include <QSet>
#include <QTest>

#include <random>

using namespace gateway;
using config::PolicySnapshot;

namespace {

const QDate kToday(2026, 11, 23);
const QDateTime kNow(kToday, QTime(12, 0), Qt::UTC);
constexpr int kConfigs = 1000;

class Dice
{
public:
    explicit Dice(unsigned seed) : m_random(seed) {}
    int below(int most) { return int(m_random() % unsigned(most)); }
    bool chance(int percent) { return below(100) < percent; }
    QByteArray of(std::initializer_list<const char*> words) { return words.begin()[below(int(words.size()))]; }

private:
    std::mt19937 m_random;
};

// A config as somebody could write it: zones that overlap, providers whose region is not stated, tenants without a
// zone, contracts that agree, are tighter, wider, over or not yet begun.
QByteArray randomConfig(Dice& dice)
{
    static const char* const regions[] = {"eu-west-1", "eu-central-1", "us-east-1", "local"};
    QByteArray yaml = "signalbox: 1\n";
    const int zones = dice.chance(6) ? 0 : 1 + dice.below(3);
    if (zones > 0)
        yaml += "zones:\n";
    for (int i = 0; i < zones; ++i) {
        QByteArrayList allowed;
        for (const char* region : regions) {
            if (dice.chance(45))
                allowed.append(region);
        }
        if (allowed.isEmpty())
            allowed.append(regions[dice.below(4)]);
        yaml += "  - {name: z" + QByteArray::number(i) + ", regions: [" + allowed.join(", ") +
                "], retention: " + dice.of({"zero", "any"}) + "}\n";
    }
    const int providers = 2 + dice.below(3);
    yaml += "providers:\n";
    for (int i = 0; i < providers; ++i) {
        yaml += "  - {name: p" + QByteArray::number(i) + ", kind: simulator";
        if (dice.chance(90))
            yaml += QByteArray(", region: ") + regions[dice.below(4)];
        if (dice.chance(90))
            yaml += ", retention: " + dice.of({"zero", "zero", "provider-default", "none-stated"});
        yaml += "}\n";
    }
    const auto provider = [&] { return "p" + QByteArray::number(dice.below(providers)); };
    yaml += "aliases:\n";
    const int aliases = 1 + dice.below(3);
    for (int i = 0; i < aliases; ++i) {
        yaml += "  - name: a" + QByteArray::number(i) + "\n    candidates:\n";
        const int candidates = 1 + dice.below(3);
        for (int c = 0; c < candidates; ++c)
            yaml += "      - {provider: " + provider() + ", model: m" + QByteArray::number(c) +
                    "-2026-09-01, weight: " + QByteArray::number(c == 0 ? 10 : 10 * dice.below(3)) + "}\n";
        const int steps = dice.below(3);
        const bool degrades = dice.chance(75);
        if (steps > 0)
            yaml += "    fallback:\n";
        for (int s = 0; s < steps; ++s)
            yaml += "      - {kind: " +
                    (degrades ? dice.of({"other-region", "other-provider", "smaller-model"})
                              : dice.of({"other-region", "other-provider"})) +
                    ", provider: " + provider() + ", model: f" + QByteArray::number(s) + "-2026-09-01}\n";
        const bool cached = degrades && dice.chance(30);
        if (steps > 0 && dice.chance(40))
            yaml += QByteArray(cached ? "      - {kind: cached}\n" : "") + "      - {kind: refuse}\n";
        if (!degrades)
            yaml += "    degrade: refuse\n";
        if (cached)
            yaml += "    cache: {exact: {ttl: 1h}}\n";
    }
    yaml += "tenants:\n";
    const auto zone = [&] { return "z" + QByteArray::number(dice.below(zones)); };
    for (int i = 0; i < 3; ++i) {
        yaml += "  - {name: t" + QByteArray::number(i);
        const bool zoned = zones > 0 && dice.chance(90);
        const QByteArray own = zoned ? zone() : QByteArray();
        if (zoned)
            yaml += ", zone: " + own;
        if (zones > 0 && dice.chance(60)) {
            yaml += ", contract: {reference: MSA-" + QByteArray::number(i) +
                    ", zone: " + (zoned && dice.chance(60) ? own : zone()) + ", dated: 2026-01-10";
            yaml += dice.of({"", "", "", ", effective_from: 2027-01-01", ", effective_until: 2026-10-31"}) + "}";
        }
        yaml += "}\n";
    }
    return yaml;
}

// How the engine under test filters; the real one, or a broken one.
struct Engine
{
    privacy::Rules rules = engine::zoneRules();
    bool routesByZone = true; // makePlan asks its own filter, which cannot be replaced, only not be given a zone
};

class Moments final : public routing::Moments
{
public:
    quint32 open = 0; // by Candidate::index
    bool weights = false;
    routing::Moment of(const config::Candidate& candidate) const override
    {
        routing::Moment moment;
        if ((open >> candidate.index) & 1)
            moment.breaker = routing::Moment::Breaker::Open;
        if (weights)
            moment.weight = 1; // a lever can give weight to one that has none
        return moment;
    }
};

struct Reached
{
    const config::Candidate* candidate = nullptr;
    const config::Zone* asked = nullptr; // a zone the request asked for
};

// Every endpoint that some request of the tenant comes to.
std::vector<Reached> bruteForce(
    const PolicySnapshot& snapshot, const PolicySnapshot& now, const QString& name, const Engine& engine)
{
    std::vector<Reached> all;
    const config::Tenant* tenant = snapshot.tenantByName.value(name);
    if (!tenant)
        return all; // scope_denied
    QStringList hints{QString(), QStringLiteral("no-such-zone")};
    for (const auto& zone : snapshot.zones)
        hints.append(zone->name);
    for (const QString& hint : hints) {
        const auto zone = engine.rules.effective(snapshot, tenant, hint);
        if (!zone)
            continue;
        for (const auto& alias : snapshot.aliases) {
            quint32 mask = 0;
            for (const config::Candidate& candidate : alias->candidates)
                mask |= 1U << candidate.index;
            for (const config::FallbackStep& step : alias->fallback)
                mask |= step.candidate.provider ? 1U << step.candidate.index : 0;
            Moments moments;
            quint32 seed = 0;
            for (quint32 open = mask;; open = (open - 1) & mask) { // every subset
                moments.open = open;
                for (const bool weights : {false, true}) {
                    moments.weights = weights;
                    for (const bool degrade : {false, true}) {
                        routing::RouteInput input;
                        input.alias = alias.get();
                        input.zone = engine.routesByZone ? *zone : nullptr;
                        input.seed = ++seed;
                        input.today = kToday;
                        input.moments = &moments;
                        const engine::Plan plan = engine::makePlan(input, degrade && alias->degradeServes);
                        for (const fallback::ChainStep& step : plan.steps) {
                            if (step.kind == config::FallbackKind::Refuse)
                                break;
                            if (step.candidate && !*engine.rules.attempt(*step.candidate, *zone, now, name))
                                all.push_back({step.candidate, hint.isEmpty() ? nullptr : *zone});
                        }
                    }
                }
                if (open == 0)
                    break;
            }
        }
    }
    return all;
}

// What an auditor would say, from the words of the config alone.
bool isInside(const config::Zone& zone, const config::Provider& provider)
{
    return !provider.region.isEmpty() && zone.regions.contains(provider.region) &&
           (zone.retention == QLatin1String("any") || provider.retention == QLatin1String("zero"));
}

const config::Zone* contractZone(const PolicySnapshot& snapshot, const QString& tenant)
{
    const config::Tenant* one = snapshot.tenantByName.value(tenant);
    if (!one || !one->contract)
        return nullptr;
    const QDate from = one->contract->effectiveFrom.isValid() ? one->contract->effectiveFrom : one->contract->dated;
    const bool over = one->contract->effectiveUntil.isValid() && one->contract->effectiveUntil < kToday;
    return from <= kToday && !over ? one->contract->zone : nullptr;
}

bool isWider(const config::Zone& zone, const config::Zone& contract)
{
    for (const QString& region : zone.regions) {
        if (!contract.regions.contains(region))
            return true;
    }
    return zone.retention == QLatin1String("any") && contract.retention != QLatin1String("any");
}

struct Expected
{
    QSet<QString> endpoints;
    QString verdict;
};

Expected expected(
    const PolicySnapshot& snapshot, const PolicySnapshot* canary, const QString& tenant, const Engine& engine)
{
    Expected all;
    bool violated = false;
    std::vector<const config::Zone*> promises;
    const auto promise = [&](const PolicySnapshot& from) {
        const config::Tenant* one = from.tenantByName.value(tenant);
        const config::Zone* contract = contractZone(from, tenant);
        if (one && one->zone)
            promises.push_back(one->zone);
        if (contract)
            promises.push_back(contract);
        violated = violated || (one && one->zone && contract && isWider(*one->zone, *contract));
    };
    const auto walk = [&](const PolicySnapshot& of) {
        for (const Reached& reached : bruteForce(of, snapshot, tenant, engine)) {
            all.endpoints.insert(reached.candidate->label);
            const config::Provider& provider = *reached.candidate->provider;
            for (const config::Zone* zone : promises)
                violated = violated || !isInside(*zone, provider);
            violated = violated || (reached.asked && !isInside(*reached.asked, provider));
        }
    };
    promise(snapshot);
    walk(snapshot);
    if (canary) {
        promise(*canary);
        walk(*canary);
    }
    const config::Tenant* own = snapshot.tenantByName.value(tenant);
    all.verdict = violated                                         ? QStringLiteral("VIOLATION")
                  : snapshot.zones.empty()                         ? QStringLiteral("UNZONED")
                  : all.endpoints.isEmpty() && !(own && own->zone) ? QStringLiteral("REFUSED")
                                                                   : QStringLiteral("PROVED");
    return all;
}

struct Tally
{
    int tenants = 0;
    int agreed = 0;
    QMap<QString, int> verdicts;
    QString firstDifference;
};

// `judged`: what the prover is told the filters are; `walked`: what the requests are walked through.
Tally compare(int configs, const privacy::Rules& judged, const Engine& walked, unsigned seed, bool canaries = true)
{
    Tally tally;
    for (int i = 0; i < configs; ++i) {
        Dice dice(seed + unsigned(i));
        const QByteArray yaml = randomConfig(dice);
        const auto snapshot = compiled(yaml, 1);
        const auto canary = dice.chance(30) && canaries ? compiled(randomConfig(dice), 2) : nullptr;
        if (!snapshot)
            continue;
        const api::ZoneProof proof = privacy::prove({*snapshot, canary.get(), {}, kNow}, judged);
        for (const api::TenantProof& tenant : proof.tenants) {
            const Expected wanted = expected(*snapshot, canary.get(), tenant.tenant, walked);
            QSet<QString> named;
            for (const api::ReachableEndpoint& endpoint : tenant.endpoints)
                named.insert(endpoint.target);
            const bool same = named == wanted.endpoints && tenant.verdict == wanted.verdict;
            ++tally.tenants;
            tally.agreed += same ? 1 : 0;
            ++tally.verdicts[tenant.verdict];
            if (!same && tally.firstDifference.isEmpty())
                tally.firstDifference =
                    QStringLiteral("config %1, %2: proof %3 {%4}, requests %5 {%6}\n%7")
                        .arg(i)
                        .arg(tenant.tenant, tenant.verdict, QStringList(named.begin(), named.end()).join(u' '),
                            wanted.verdict, QStringList(wanted.endpoints.begin(), wanted.endpoints.end()).join(u' '),
                            QString::fromUtf8(yaml));
        }
    }
    return tally;
}

// Broken filters.
const char* objectsToNothing(const config::Candidate&, const config::Zone*)
{
    return "";
}
const char* asksForNothing(const config::Candidate&, const config::Zone*, const PolicySnapshot&, const QString&)
{
    return "";
}
std::optional<const config::Zone*> widens(
    const PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& asked)
{
    for (const auto& zone : snapshot.zones) {
        if (zone->name == asked)
            return zone.get();
    }
    return engine::effectiveZone(snapshot, tenant, asked);
}

} // namespace

class TestProver : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithBruteForce()
    {
        const Tally tally = compare(kConfigs, engine::zoneRules(), {}, 1);
        QVERIFY2(tally.agreed == tally.tenants, qPrintable(tally.firstDifference));
        QVERIFY(tally.tenants >= 3 * kConfigs);
        for (const char* verdict : {"PROVED", "VIOLATION", "REFUSED", "UNZONED"})
            QVERIFY2(tally.verdicts.value(QString::fromLatin1(verdict)) > 50, verdict); // all of them were met
        qInfo("%d tenants of %d configs: %d proved, %d violated, %d refused, %d unzoned", tally.tenants, kConfigs,
            tally.verdicts[QStringLiteral("PROVED")], tally.verdicts[QStringLiteral("VIOLATION")],
            tally.verdicts[QStringLiteral("REFUSED")], tally.verdicts[QStringLiteral("UNZONED")]);
    }

    // An engine that does not filter is not what the prover says of the real one; and told of it, the prover says so.
    void aBrokenEngineIsSeen_data()
    {
        QTest::addColumn<int>("fault");
        QTest::newRow("it does not filter") << 0;
        QTest::newRow("a request may widen, and attempts are not asked") << 1;
        QTest::newRow("a missing zone is none") << 2;
    }
    void aBrokenEngineIsSeen()
    {
        QFETCH(int, fault);
        Engine broken;
        broken.rules.attempt = &asksForNothing;
        if (fault == 0) {
            broken.rules.objection = &objectsToNothing;
            broken.routesByZone = false;
        } else if (fault == 1) {
            broken.rules.effective = &widens;
        } else {
            broken.rules.effective = [](const PolicySnapshot& snapshot, const config::Tenant* tenant,
                                         const QString& asked) -> std::optional<const config::Zone*> {
                if (tenant && !tenant->zone && asked.isEmpty())
                    return nullptr;
                return engine::effectiveZone(snapshot, tenant, asked);
            };
        }
        const Tally unaware = compare(150, engine::zoneRules(), broken, 7000);
        QVERIFY2(unaware.agreed < unaware.tenants - 5, "the comparison would not have noticed");
        const Tally told = compare(150, broken.rules, broken, 7000);
        QVERIFY2(told.agreed == told.tenants, qPrintable(told.firstDifference));
        if (fault != 2) { // without a zone there is nothing that it could break
            const Tally whole = compare(150, engine::zoneRules(), {}, 7000);
            QVERIFY(told.verdicts[QStringLiteral("VIOLATION")] > whole.verdicts[QStringLiteral("VIOLATION")]);
        }
    }

    // Permit asks anew at every attempt, and asks the tenant's own zone in the config in force: a request that could
    // widen its zone would still get nowhere by it. (Of a canary permit asks only what is in force, so there the hint's
    // own rule is all there is; the prover knows, and says so.)
    void permitHoldsWhatTheHintLetsThrough()
    {
        Engine broken;
        broken.rules.effective = &widens;
        const Tally told = compare(150, broken.rules, broken, 7000, false);
        QVERIFY2(told.agreed == told.tenants, qPrintable(told.firstDifference));
        const Tally whole = compare(150, engine::zoneRules(), {}, 7000, false);
        QCOMPARE(told.verdicts[QStringLiteral("VIOLATION")], whole.verdicts[QStringLiteral("VIOLATION")]);
        QVERIFY(whole.verdicts[QStringLiteral("VIOLATION")] > 5);
        const Tally withCanaries = compare(150, broken.rules, broken, 7000);
        QVERIFY2(withCanaries.agreed == withCanaries.tenants, qPrintable(withCanaries.firstDifference));
    }

    void aCounterexampleIsASentence()
    {
        const auto snapshot = compiled("signalbox: 1\nzones:\n"
                                       "  - {name: eu-only, regions: [eu-west-1], retention: zero}\n"
                                       "  - {name: world, regions: [eu-west-1, us-east-1], retention: zero}\n"
                                       "providers:\n"
                                       "  - {name: openai-eu, kind: simulator, region: eu-west-1, retention: zero}\n"
                                       "  - {name: openai-us, kind: simulator, region: us-east-1, retention: zero}\n"
                                       "aliases:\n  - name: fast\n    candidates:\n"
                                       "      - {provider: openai-eu, model: m-2026-09-01, weight: 1}\n"
                                       "    fallback:\n"
                                       "      - {kind: other-region, provider: openai-us, model: m-2026-09-01}\n"
                                       "  - name: far\n    candidates:\n"
                                       "      - {provider: openai-us, model: m-2026-09-01, weight: 1}\n"
                                       "tenants:\n"
                                       "  - {name: acme, zone: world, contract: {reference: MSA-17, zone: eu-only, "
                                       "dated: 2026-01-10}}\n"
                                       "  - {name: good, zone: eu-only}\n  - {name: lost}\n");
        QVERIFY(snapshot);
        const api::ZoneProof proof = privacy::prove({*snapshot, nullptr, {}, kNow}, engine::zoneRules());
        QCOMPARE(proof.verdict, QStringLiteral("VIOLATION"));
        const api::TenantProof& acme = proof.tenants[0];
        QCOMPARE(acme.contractZone, QStringLiteral("eu-only"));
        QCOMPARE(acme.configuredZone, QStringLiteral("world"));
        const QStringList found = privacy::findings(proof);
        QVERIFY2(found.contains(QStringLiteral(
                     "acme -> alias fast -> fallback other-region -> openai-us@us-east-1: region us-east-1 not in "
                     "eu-only (contract MSA-17).")),
            qPrintable(found.join(u'\n')));
        QVERIFY(found.join(u'\n').contains(QStringLiteral("zone world: world allows region us-east-1")));
        const api::TenantProof& good = proof.tenants[1];
        QCOMPARE(good.verdict, QStringLiteral("PROVED"));
        QCOMPARE(good.endpoints.size(), 1);
        QVERIFY(std::any_of(good.warnings.begin(), good.warnings.end(), [](const api::ProofWarning& warning) {
            return warning.code == QLatin1String("no_route") && warning.alias == QLatin1String("far");
        }));
        QCOMPARE(proof.tenants[2].verdict, QStringLiteral("REFUSED"));
        QVERIFY(proof.tenants[2].endpoints.isEmpty());
    }

    // A kept answer is found again only by the same tenant in the same zone.
    void theCacheIsKeyedByTenantAndZone()
    {
        const auto key = [](const char* tenant, const char* zone) {
            return engine::exactKey({tenant, zone, "fast", "openai.chat", "whole", "{}", 1});
        };
        QCOMPARE(key("acme", "eu"), key("acme", "eu"));
        QVERIFY(key("acme", "eu") != key("acme", "world"));
        QVERIFY(key("acme", "eu") != key("other", "eu"));
        QVERIFY(key("acme", "eu") != key("acmee", "u")); // the parts do not run together
    }

    void everyUseIsNamed()
    {
        QSet<QByteArray> names;
        for (const privacy::Use& use : privacy::uses()) {
            names.insert(use.name);
            QVERIFY(qstrlen(use.sentence) > 20);
        }
        for (const char* name : {"candidate", "fallback", "canary", "cached", "embedding", "count_tokens", "probe",
                 "mirror", "judge", "semantic_cache"})
            QVERIFY2(names.contains(name), name);
    }
};

QTEST_GUILESS_MAIN(TestProver)
#include "tst_prover.moc"

// Choosing a candidate: zone first and closed, weights as configured, the same draw for the same seed.
#include "routing/decision_text.h"
#include "routing/route.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace gateway;
using routing::Verdict;

class TestRoute : public QObject
{
    Q_OBJECT

    struct World
    {
        config::Provider eu, us, silent;
        config::Zone zone{QStringLiteral("eu-only"), {QStringLiteral("eu-west-1")}, QStringLiteral("zero")};
        config::Alias alias;
        World()
        {
            eu.name = QStringLiteral("eu");
            eu.region = QStringLiteral("eu-west-1");
            eu.retention = QStringLiteral("zero");
            us.name = QStringLiteral("us");
            us.region = QStringLiteral("us-east-1");
            us.retention = QStringLiteral("zero");
            silent.name = QStringLiteral("silent");
            alias.name = QStringLiteral("a");
            add(eu, 80);
            add(us, 20);
        }
        void add(const config::Provider& provider, int weight)
        {
            config::Candidate candidate;
            candidate.provider = &provider;
            candidate.model = QStringLiteral("m");
            candidate.modelUtf8 = "m";
            candidate.weight = weight;
            candidate.label = provider.name + QStringLiteral("/m");
            candidate.index = int(alias.candidates.size());
            alias.candidates.push_back(candidate);
        }
        routing::RouteInput input(quint64 seed, bool zoned = false) const
        {
            routing::RouteInput input;
            input.alias = &alias;
            input.zone = zoned ? &zone : nullptr;
            input.seed = seed;
            return input;
        }
    };

private Q_SLOTS:
    void drawsByWeight()
    {
        const World world;
        int eu = 0;
        for (quint64 seed = 0; seed < 10'000; ++seed)
            eu += routing::route(world.input(seed)).chosen->provider == &world.eu;
        QVERIFY2(eu > 7800 && eu < 8200, qPrintable(QString::number(eu))); // 80 % +- 5 sigma
    }
    void sameSeedSameDraw()
    {
        const World world;
        for (quint64 seed = 0; seed < 100; ++seed)
            QCOMPARE(routing::route(world.input(seed)).chosen, routing::route(world.input(seed)).chosen);
    }
    void zoneIsNeverLeft()
    {
        const World world;
        for (quint64 seed = 0; seed < 2000; ++seed) {
            const routing::RouteDecision decision = routing::route(world.input(seed, true));
            QVERIFY(decision.chosen);
            QCOMPARE(decision.chosen->provider, &world.eu);
            QVERIFY(decision.candidates[1].verdict == Verdict::Rejected);
            QCOMPARE(QByteArray(decision.candidates[1].objection.code), QByteArray("zone_region"));
        }
    }
    void emptySetIsARefusal()
    {
        World world;
        world.zone.regions = QStringList{QStringLiteral("mars")};
        const routing::RouteDecision decision = routing::route(world.input(1, true));
        QVERIFY(!decision.chosen);
        QCOMPARE(decision.refusal, api::ErrorCode::NoRouteInZone);
        QCOMPARE(decision.candidates.size(), 2u);
    }
    void unknownIsNotEligible()
    {
        World world;
        world.alias.candidates.clear();
        world.add(world.silent, 100);
        QVERIFY(routing::route(world.input(1)).chosen); // no zone asked
        QVERIFY(
            !routing::route(world.input(1, true)).chosen); // a zone asked, and the provider does not say where it is
        world.silent.region = QStringLiteral("eu-west-1");
        QVERIFY(!routing::route(world.input(1, true)).chosen); // nor what it keeps
        world.silent.retention = QStringLiteral("provider-default");
        QCOMPARE(
            QByteArray(routing::zoneObjection(world.alias.candidates[0], &world.zone)), QByteArray("zone_retention"));
        world.silent.retention = QStringLiteral("zero");
        QVERIFY(routing::route(world.input(1, true)).chosen);
    }
    void weightZeroIsNeverDrawn()
    {
        World world;
        world.alias.candidates[0].weight = 0;
        for (quint64 seed = 0; seed < 500; ++seed)
            QCOMPARE(routing::route(world.input(seed)).chosen->provider, &world.us);
        world.alias.candidates[1].weight = 0;
        QVERIFY(!routing::route(world.input(1)).chosen);
    }
    // The filters in their order: the first that says no gives the code, and lifting it says what would have won.
    void filtersInOrder()
    {
        struct Known final : routing::Moments
        {
            QHash<const config::Provider*, routing::Moment> moments;
            routing::Moment of(const config::Candidate& candidate) const override
            {
                return moments.value(candidate.provider);
            }
        };
        World world;
        config::ModelFacts facts;
        facts.contextTokens = 1000;
        facts.maxOutputTokens = 500;
        facts.capabilities = QStringList{QStringLiteral("json_schema")};
        facts.retires = QDate(2026, 1, 1);
        world.alias.candidates[0].facts = &facts;
        Known known;
        routing::Moment& eu = known.moments[&world.eu];
        eu.breaker = routing::Moment::Breaker::Open;
        eu.lever = routing::Moment::Lever::Drained;
        eu.p95 = std::chrono::milliseconds(900);
        eu.upperBound = api::Money::fromNano(5'000'000);
        routing::RouteInput input = world.input(1);
        input.moments = &known;
        input.today = QDate(2026, 11, 22);
        input.needs = {true, false, false, 6000, 400};
        input.ceiling = api::Money::fromNano(1'000'000);
        input.remaining = std::chrono::milliseconds(500);
        known.moments[&world.us].upperBound = api::Money::fromNano(1000);

        const auto code = [&] { return QByteArray(routing::route(input).candidates[0].objection.code); };
        QCOMPARE(code(), QByteArray("no_tools"));
        facts.capabilities->append(QStringLiteral("tools"));
        QCOMPARE(code(), QByteArray("context_too_long"));
        facts.contextTokens = 1200;
        input.needs.maxOutputTokens = 501;
        QCOMPARE(code(), QByteArray("output_too_long"));
        facts.maxOutputTokens.reset(); // unknown is no objection
        QCOMPARE(code(), QByteArray("model_retired"));
        facts.retires = QDate(2026, 11, 23);
        QCOMPARE(code(), QByteArray("cost_ceiling"));
        eu.upperBound.reset();
        QCOMPARE(code(), QByteArray("price_unknown"));
        eu.upperBound = api::Money::fromNano(1'000'000);
        QCOMPARE(code(), QByteArray("latency"));
        eu.p95.reset();
        QCOMPARE(code(), QByteArray("breaker_open"));
        QVERIFY(routing::route(input).chosen->provider == &world.us);
        eu.breaker = routing::Moment::Breaker::Closed;
        QCOMPARE(code(), QByteArray("drained"));
        world.alias.candidates[1].weight = 0;
        QCOMPARE(int(routing::route(input).refusal), int(api::ErrorCode::ProviderUnavailable));
        QCOMPARE(routing::route(input, routing::Filter::Lever).chosen->provider, &world.eu);
        eu.lever = routing::Moment::Lever::None;
        QCOMPARE(code(), QByteArray());
    }
    // The classic bug: a candidate that fails half of its calls must not draw its whole share.
    void failuresLowerTheShare()
    {
        struct Known final : routing::Moments
        {
            const config::Provider* failing = nullptr;
            routing::Moment of(const config::Candidate& candidate) const override
            {
                routing::Moment moment;
                if (candidate.provider == failing)
                    moment.failurePermille = 900;
                return moment;
            }
        };
        World world;
        world.alias.candidates[0].weight = 50;
        world.alias.candidates[1].weight = 50;
        Known known;
        known.failing = &world.eu;
        int eu = 0;
        for (quint64 seed = 0; seed < 10'000; ++seed) {
            routing::RouteInput input = world.input(seed);
            input.moments = &known;
            eu += routing::route(input).chosen->provider == &world.eu;
        }
        QVERIFY2(eu > 700 && eu < 1150, qPrintable(QString::number(eu))); // 100 of 1,100 parts: 9.1 %
    }
    void toldInWords()
    {
        const World world;
        const routing::RouteInput input = world.input(3, true);
        QByteArray text;
        JsonWriter out(text);
        out.beginObject();
        routing::writeMembers(out, input, routing::route(input), 7);
        out.endObject();
        const QJsonObject json = QJsonDocument::fromJson(text).object();
        QCOMPARE(json.value(QStringLiteral("snapshot_revision")).toInt(), 7);
        const QJsonArray rows = json.value(QStringLiteral("candidates")).toArray();
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[0].toObject().value(QStringLiteral("verdict")).toString(), QStringLiteral("chosen"));
        QCOMPARE(rows[1].toObject().value(QStringLiteral("reason")).toString(),
            QStringLiteral("region us-east-1 lies outside zone eu-only"));
    }
};

QTEST_APPLESS_MAIN(TestRoute)
#include "tst_route.moc"

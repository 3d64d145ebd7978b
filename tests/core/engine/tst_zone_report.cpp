// The zone check on values: what each verdict needs, and that an endpoint is judged by routing's own filter.
#include "engine/zone_report.h"

#include <QTest>

using namespace gateway;
using engine::ZoneQuestion;
using store::EndpointCount;

namespace {

struct Config
{
    std::shared_ptr<config::PolicySnapshot> snapshot = std::make_shared<config::PolicySnapshot>();

    Config()
    {
        zone("eu", {QStringLiteral("eu-west-1"), QStringLiteral("eu-central-1")}, "zero");
        zone("world", {QStringLiteral("eu-west-1"), QStringLiteral("us-east-1")}, "any");
        provider("openai-eu", "eu-west-1", "zero");
        provider("openai-us", "us-east-1", "zero");
        provider("keeper", "eu-west-1", "provider-default");
        provider("nowhere", "", "");
        auto alias = std::make_unique<config::Alias>();
        alias->name = QStringLiteral("fast");
        alias->candidates.push_back(candidate(0));
        alias->candidates.push_back(candidate(3));
        alias->fallback.push_back({config::FallbackKind::OtherRegion, candidate(1)});
        alias->fallback.push_back({config::FallbackKind::SmallerModel, candidate(2)});
        alias->fallback.push_back({config::FallbackKind::Refuse, {}});
        snapshot->aliasByName.insert(alias->name, alias.get());
        snapshot->aliases.push_back(std::move(alias));
        auto other = std::make_unique<config::Alias>();
        other->name = QStringLiteral("slow");
        other->candidates.push_back(candidate(1));
        snapshot->aliasByName.insert(other->name, other.get());
        snapshot->aliases.push_back(std::move(other));
    }
    void zone(const char* name, const QStringList& regions, const char* retention)
    {
        snapshot->zones.push_back(std::make_unique<config::Zone>(
            config::Zone{QString::fromLatin1(name), regions, QString::fromLatin1(retention)}));
    }
    void provider(const char* name, const char* region, const char* retention)
    {
        auto one = std::make_unique<config::Provider>();
        one->name = QString::fromLatin1(name);
        one->region = QString::fromLatin1(region);
        one->retention = QString::fromLatin1(retention);
        snapshot->providers.push_back(std::move(one));
    }
    config::Candidate candidate(std::size_t index) const
    {
        config::Candidate one;
        one.provider = snapshot->providers[index].get();
        one.model = QStringLiteral("m");
        one.label = one.provider->name + QStringLiteral("/m@") + one.provider->region;
        return one;
    }
    // Indexes into the zones; -1: none.
    void tenant(const char* name, int zone, int contract)
    {
        auto one = std::make_unique<config::Tenant>();
        one->name = QString::fromLatin1(name);
        one->zone = zone < 0 ? nullptr : snapshot->zones[std::size_t(zone)].get();
        if (contract >= 0)
            one->contract = config::TenantContract{
                QStringLiteral("MSA-17"), snapshot->zones[std::size_t(contract)].get(), QDate(2026, 1, 10)};
        snapshot->tenantByName.insert(one->name, one.get());
        snapshot->tenants.push_back(std::move(one));
    }
    ZoneQuestion question() const
    {
        ZoneQuestion question;
        question.snapshot = snapshot;
        question.aliasesOf.insert(QStringLiteral("acme"), {QStringLiteral("fast")});
        question.sinceMs = 1000;
        question.nowMs = 5000;
        return question;
    }
};

EndpointCount sent(const char* tenant, const char* provider, const char* region, qint64 attempts)
{
    return {QString::fromLatin1(tenant), QString::fromLatin1(provider), QString::fromLatin1(region), attempts};
}

} // namespace

class TestZoneReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verdicts_data();
    void verdicts();
    void everyStepIsAsked();
    void aTenantThatIsGone();
    void theWorstIsTheVerdict();
    void onlyTenantsAskedFor();
};

void TestZoneReport::verdicts_data()
{
    QTest::addColumn<int>("zone");
    QTest::addColumn<int>("contract");
    QTest::addColumn<QByteArray>("provider");
    QTest::addColumn<QByteArray>("region");
    QTest::addColumn<int>("attempts");
    QTest::addColumn<QByteArray>("verdict");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char* name, int zone, int contract, const char* provider, const char* region,
                         int attempts, const char* verdict, const char* words) {
        QTest::newRow(name) << zone << contract << QByteArray(provider) << QByteArray(region) << attempts
                            << QByteArray(verdict) << QByteArray(words);
    };
    row("inside", 0, 0, "openai-eu", "eu-west-1", 7, "PASS", "0 of 7 attempts went outside zone eu.");
    row("nothing sent", 0, 0, "openai-eu", "eu-west-1", 0, "NO_DATA", "No attempt");
    row("other region", 0, 0, "openai-us", "us-east-1", 7, "FAIL", "7 of 7 attempts went outside zone eu.");
    row("keeps data", 0, 0, "keeper", "eu-west-1", 7, "FAIL", "7 of 7");
    row("region not stated", 0, 0, "nowhere", "", 7, "FAIL", "7 of 7");
    row("provider gone, region in the zone", 0, 0, "gone", "eu-west-1", 7, "INCOMPLETE", "no longer knows");
    row("provider gone, region outside", 0, 0, "gone", "us-east-1", 7, "FAIL", "7 of 7");
    row("provider moved here since", 0, 0, "openai-eu", "eu-central-1", 7, "INCOMPLETE", "no longer knows");
    row("provider moved out since", 0, 0, "openai-us", "eu-west-1", 7, "INCOMPLETE", "no longer knows");
    row("provider gone, no region", 0, 0, "gone", "", 7, "INCOMPLETE", "no longer knows");
    row("looser than the contract", 1, 0, "openai-eu", "eu-west-1", 7, "FAIL", "contract says zone eu and the config");
    row("tighter than the contract", 0, 1, "openai-eu", "eu-west-1", 7, "FAIL", "contract says zone world");
    row("contract, but no zone", -1, 0, "openai-eu", "eu-west-1", 7, "FAIL", "the config no zone");
    row("differs, nothing sent", 1, 0, "openai-eu", "eu-west-1", 0, "FAIL", "contract");
    row("differs and outside", 0, 1, "openai-us", "us-east-1", 7, "FAIL",
        "outside zone eu. The contract says zone world.");
    row("no zone, no contract", -1, -1, "openai-eu", "eu-west-1", 7, "INCOMPLETE", "No zone is configured");
    row("no contract", 0, -1, "openai-eu", "eu-west-1", 7, "PASS", "states no contract");
}

void TestZoneReport::verdicts()
{
    QFETCH(int, zone);
    QFETCH(int, contract);
    QFETCH(QByteArray, provider);
    QFETCH(QByteArray, region);
    QFETCH(int, attempts);
    QFETCH(QByteArray, verdict);
    QFETCH(QByteArray, words);
    Config config;
    config.tenant("acme", zone, contract);
    std::vector<EndpointCount> counts;
    if (attempts > 0)
        counts.push_back(sent("acme", provider.constData(), region.constData(), attempts));
    const api::ZoneCheck report = zoneReport(config.question(), counts);
    QCOMPARE(report.tenants.size(), 1);
    const api::TenantZoneCheck& check = report.tenants.first();
    QCOMPARE(check.verdict, QString::fromLatin1(verdict));
    QVERIFY2(check.sentence.contains(QString::fromLatin1(words)), qPrintable(check.sentence));
    QCOMPARE(check.attempts, attempts);
    QCOMPARE(report.verdict, check.verdict);
    QVERIFY(report.query.contains(QStringLiteral("attempts")));
    QCOMPARE(report.until.toMSecsSinceEpoch(), 5000);
}

void TestZoneReport::everyStepIsAsked()
{
    Config config;
    config.tenant("acme", 0, 0);
    const QVector<api::ZoneEndpoint> endpoints = zoneReport(config.question(), {}).tenants.first().endpoints;
    QCOMPARE(endpoints.size(), 4); // of "fast" alone; refuse is no endpoint
    QVERIFY(endpoints[0].eligible);
    QCOMPARE(endpoints[0].step, QStringLiteral("candidate"));
    QVERIFY(!endpoints[1].eligible);
    QVERIFY(endpoints[1].why.contains(QStringLiteral("not stated")));
    QCOMPARE(endpoints[2].step, QStringLiteral("other-region"));
    QCOMPARE(endpoints[2].why, QStringLiteral("region us-east-1 lies outside zone eu"));
    QCOMPARE(endpoints[3].why, QStringLiteral("keeps data (provider-default), zone eu allows zero"));
    ZoneQuestion all = config.question();
    all.aliasesOf[QStringLiteral("acme")] = QStringList{QStringLiteral("*")};
    QCOMPARE(zoneReport(all, {}).tenants.first().endpoints.size(), 5);
    all.aliasesOf.clear(); // nobody holds a credential of it
    QCOMPARE(zoneReport(all, {}).tenants.first().endpoints.size(), 0);
}

void TestZoneReport::aTenantThatIsGone()
{
    Config config;
    config.tenant("acme", 0, 0);
    const api::ZoneCheck report = zoneReport(
        config.question(), {sent("acme", "openai-eu", "eu-west-1", 3), sent("left", "openai-us", "us-east-1", 4)});
    QCOMPARE(report.tenants.size(), 2);
    QCOMPARE(report.tenants.last().tenant, QStringLiteral("left"));
    QCOMPARE(report.tenants.last().verdict, QStringLiteral("INCOMPLETE"));
    QCOMPARE(report.tenants.last().unknown, 4);
    QCOMPARE(report.verdict, QStringLiteral("INCOMPLETE"));
}

void TestZoneReport::theWorstIsTheVerdict()
{
    Config config;
    config.tenant("acme", 0, 0);
    config.tenant("beta", 0, 0);
    config.tenant("gamma", 0, 0);
    const EndpointCount good = sent("acme", "openai-eu", "eu-west-1", 3);
    QCOMPARE(zoneReport(config.question(), {good}).verdict, QStringLiteral("NO_DATA")); // of beta and gamma
    QCOMPARE(zoneReport(config.question(), {good, sent("beta", "gone", "eu-west-1", 1)}).verdict,
        QStringLiteral("INCOMPLETE"));
    const std::vector<EndpointCount> bad{
        good, sent("beta", "gone", "eu-west-1", 1), sent("gamma", "openai-us", "us-east-1", 1)};
    QCOMPARE(zoneReport(config.question(), bad).verdict, QStringLiteral("FAIL"));
    QCOMPARE(zoneReport(Config().question(), {}).verdict, QStringLiteral("NO_DATA"));
}

void TestZoneReport::onlyTenantsAskedFor()
{
    Config config;
    config.tenant("acme", 0, 0);
    config.tenant("beta", 1, 0);
    ZoneQuestion question = config.question();
    question.tenants = QStringList{QStringLiteral("acme")};
    const api::ZoneCheck report =
        zoneReport(question, {sent("acme", "openai-eu", "eu-west-1", 3), sent("left", "gone", "x", 1)});
    QCOMPARE(report.tenants.size(), 1);
    QCOMPARE(report.verdict, QStringLiteral("PASS"));
}

QTEST_GUILESS_MAIN(TestZoneReport)
#include "tst_zone_report.moc"

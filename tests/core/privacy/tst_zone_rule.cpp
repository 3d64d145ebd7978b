// The rule of a zone against the filter that routes: they are written twice, so that one can judge the other, and here
// they are shown to agree on every combination of words. And the days on which a contract holds.
#include "privacy/zone_rule.h"

#include "compiled.h"
#include "routing/route.h"

#include <QTest>

using namespace gateway;

class TestZoneRule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheFilter()
    {
        const QStringList regions{QString(), QStringLiteral("eu-west-1"), QStringLiteral("us-east-1")};
        const QStringList kept{
            QString(), QStringLiteral("zero"), QStringLiteral("provider-default"), QStringLiteral("none-stated")};
        int inside = 0;
        int all = 0;
        for (const QString& region : regions) {
            for (const QString& retention : kept) {
                config::Provider provider;
                provider.region = region;
                provider.retention = retention;
                config::Candidate candidate;
                candidate.provider = &provider;
                for (const QStringList& allowed : {QStringList{QStringLiteral("eu-west-1")},
                         QStringList{QStringLiteral("eu-west-1"), QStringLiteral("us-east-1")},
                         QStringList{QStringLiteral("ap-1")}}) {
                    for (const QString& wanted : {QStringLiteral("zero"), QStringLiteral("any")}) {
                        const config::Zone zone{QStringLiteral("z"), allowed, wanted};
                        const bool filter = *routing::zoneObjection(candidate, &zone) == 0;
                        const QString why = privacy::outside(privacy::termsOf(zone), privacy::endpointOf(provider));
                        QVERIFY2(filter == why.isEmpty(),
                            qPrintable(region + u'/' + retention + QStringLiteral(": ") + why));
                        inside += filter ? 1 : 0;
                        ++all;
                    }
                }
            }
        }
        QCOMPARE(all, 72);
        QVERIFY(inside > 5 && inside < all - 5);
    }

    void whatAZoneAllowsBeyondAnother()
    {
        const privacy::ZoneTerms eu{
            QStringLiteral("eu"), {QStringLiteral("a"), QStringLiteral("b")}, QStringLiteral("zero")};
        const privacy::ZoneTerms one{QStringLiteral("one"), {QStringLiteral("a")}, QStringLiteral("zero")};
        const privacy::ZoneTerms any{QStringLiteral("any"), {QStringLiteral("a")}, QStringLiteral("any")};
        QVERIFY(privacy::isWithin(one, eu));
        QVERIFY(!privacy::isWithin(eu, one));
        QVERIFY(!privacy::isWithin(any, eu)); // its regions are fewer, but it lets keep
        QCOMPARE(privacy::beyond(eu, one), QStringList{QStringLiteral("region b")});
        QCOMPARE(privacy::beyond(any, one), QStringList{QStringLiteral("providers that keep data")});
    }

    void whenAContractHolds()
    {
        const auto snapshot =
            compiled("signalbox: 1\nzones: [{name: eu, regions: [a], retention: zero}]\ntenants:\n"
                     "  - {name: t, zone: eu, contract: {reference: M, zone: eu, dated: 2026-01-10,"
                     " effective_from: 2026-02-01, effective_until: 2026-12-31, approvers: [jana, ben]}}\n"
                     "  - {name: u, zone: eu, contract: {reference: N, zone: eu, dated: 2026-01-10}}\n"
                     "  - {name: v, zone: eu}\n");
        QVERIFY(snapshot);
        const config::Tenant& t = *snapshot->tenants[0];
        QCOMPARE(t.contract->approvers, (QStringList{QStringLiteral("jana"), QStringLiteral("ben")}));
        using enum privacy::ContractState;
        QVERIFY(privacy::stateOn(t, QDate(2026, 1, 31)) == NotYet);
        QVERIFY(privacy::stateOn(t, QDate(2026, 2, 1)) == Holds);
        QVERIFY(privacy::stateOn(t, QDate(2026, 12, 31)) == Holds);
        QVERIFY(privacy::stateOn(t, QDate(2027, 1, 1)) == Ended);
        QVERIFY(privacy::stateOn(*snapshot->tenants[1], QDate(2026, 1, 9)) == NotYet); // from its date
        QVERIFY(privacy::stateOn(*snapshot->tenants[1], QDate(2036, 1, 9)) == Holds);
        QVERIFY(privacy::stateOn(*snapshot->tenants[2], QDate(2026, 1, 9)) == None);
    }

    void contractsAreReadStrictly_data()
    {
        QTest::addColumn<QByteArray>("contract");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char* name, const char* contract, const char* words) {
            QTest::newRow(name) << QByteArray(contract) << QByteArray(words);
        };
        row("ends before it begins", "reference: M, zone: eu, dated: 2026-01-10, effective_until: 2026-01-09",
            "does not end before");
        row("ends before its effect",
            "reference: M, zone: eu, dated: 2026-01-10, effective_from: 2026-03-01, effective_until: 2026-02-01",
            "does not end before");
        row("no reference", "reference: ' ', zone: eu, dated: 2026-01-10", "reference");
        row("nobody", "reference: M, zone: eu, dated: 2026-01-10, approvers: []", "Name those who signed");
        row("twice", "reference: M, zone: eu, dated: 2026-01-10, approvers: [jana, jana]", "second time");
        row("no day", "reference: M, zone: eu, dated: 2026-01-10, effective_from: soon", "effective_from");
        row("unknown zone", "reference: M, zone: mars, dated: 2026-01-10", "mars");
        row("misspelt", "reference: M, zone: eu, dated: 2026-01-10, effective_untill: 2027-01-01", "effective_until");
    }
    void contractsAreReadStrictly()
    {
        QFETCH(QByteArray, contract);
        QFETCH(QByteArray, words);
        config::Problems problems;
        const QByteArray yaml = "signalbox: 1\nzones: [{name: eu, regions: [a], retention: zero}]\n"
                                "tenants: [{name: t, zone: eu, contract: {" +
                                contract + "}}]\n";
        const auto file = config::parseConfig(QStringLiteral("t.yaml"), yaml, problems);
        QVERIFY(file);
        QVERIFY(!config::compile(*file, config::KeySource(), problems));
        QVERIFY2(config::describe(problems).contains(QString::fromUtf8(words)), qPrintable(config::describe(problems)));
    }

    void aMissingZoneIsSaid()
    {
        const auto some = compiled("signalbox: 1\nzones: [{name: eu, regions: [a], retention: zero}]\n"
                                   "tenants: [{name: t, zone: eu}, {name: lost}]\n");
        QVERIFY(some->warnings.join(u' ').contains(QStringLiteral("The tenants lost have no zone")));
        const auto none = compiled("signalbox: 1\ntenants: [{name: lost}]\n");
        QVERIFY(!none->warnings.join(u' ').contains(QStringLiteral("no zone")));
    }
};

QTEST_GUILESS_MAIN(TestZoneRule)
#include "tst_zone_rule.moc"

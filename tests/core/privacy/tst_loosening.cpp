// What makes a change looser than what was in force, and what does not: by what it comes to, not by the line that was
// edited.
#include "compiled.h"
#include "privacy/loosening.h"

#include <QTest>

using namespace gateway;

namespace {

struct Text
{
    QByteArray zones = "  - {name: eu, regions: [eu-west-1], retention: zero}\n"
                       "  - {name: world, regions: [eu-west-1, us-east-1], retention: any}\n";
    QByteArray region = "us-east-1";
    QByteArray retention = "zero";
    QByteArray url = "http://127.0.0.1:1/v1";
    QByteArray name = "up";
    QByteArray zone = "zone: eu, ";
    QByteArray contract = "contract: {reference: MSA-17, zone: eu, dated: 2026-01-10}";

    QByteArray yaml() const
    {
        return "signalbox: 1\n" + (zones.isEmpty() ? QByteArray() : "zones:\n" + zones) +
               "providers:\n  - {name: " + name + ", kind: openai-compatible, base_url: '" + url +
               "', region: " + region + ", retention: " + retention +
               "}\naliases:\n  - name: fast\n    candidates: [{provider: " + name +
               ", model: m-2026-09-01, weight: 1}]\ntenants:\n  - {name: acme, " + zone + contract + "}\n";
    }
};

} // namespace

class TestLoosening : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changes_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QByteArray>("words"); // empty: not looser
        const auto row = [](const char* name, auto change, const char* words, auto first) {
            Text before;
            first(before);
            Text after = before;
            change(after);
            QTest::newRow(name) << before.yaml() << after.yaml() << QByteArray(words);
        };
        const auto asIs = [](Text&) {};
        row("nothing", asIs, "", asIs);
        row(
            "a wider zone", [](Text& t) { t.zone = "zone: world, "; },
            "acme moves from zone eu to world, which allows region us-east-1 and providers that keep data.", asIs);
        row(
            "a tighter zone", [](Text& t) { t.zone = "zone: eu, "; }, "", [](Text& t) { t.zone = "zone: world, "; });
        row(
            "its zone is taken away", [](Text& t) { t.zone = ""; }, "Zone eu is taken away from acme", asIs);
        row("it gets a zone", asIs, "", asIs);
        row(
            "the zone grows", [](Text& t) { t.zones.replace("[eu-west-1], r", "[eu-west-1, us-east-1], r"); },
            "Zone eu now allows region us-east-1; it is the zone or the contract of acme.", asIs);
        row(
            "the zone lets keep", [](Text& t) { t.zones.replace("retention: zero", "retention: any"); },
            "Zone eu now allows providers that keep data", asIs);
        row(
            "the zone shrinks", [](Text& t) { t.zones.replace("[eu-west-1, us-east-1]", "[eu-west-1]"); }, "", asIs);
        row(
            "no zones any more",
            [](Text& t) {
                t.zones = "";
                t.zone = "";
                t.contract = "quota: {concurrency: 5}";
            },
            "The config has no zones any more", asIs);
        row(
            "zones at last", [](Text& t) { t = Text(); }, "",
            [](Text& t) {
                t.zones = "";
                t.zone = "";
                t.contract = "quota: {concurrency: 5}";
            });
        row(
            "the contract is gone", [](Text& t) { t.contract = "quota: {concurrency: 5}"; },
            "Contract MSA-17 of acme is gone", asIs);
        row(
            "the contract names a wider zone", [](Text& t) { t.contract.replace("zone: eu", "zone: world"); },
            "The contract of acme names zone world instead of eu", asIs);
        row(
            "the contract names a tighter zone", [](Text& t) { t.contract.replace("zone: world", "zone: eu"); }, "",
            [](Text& t) { t.contract.replace("zone: eu", "zone: world"); });
        row(
            "the contract ends", [](Text& t) { t.contract.replace("10}", "10, effective_until: 2026-12-31}"); },
            "The contract of acme ends on 2026-12-31 already.", asIs);
        row(
            "the contract holds longer", [](Text& t) { t.contract.replace("2026-12-31", "2027-12-31"); }, "",
            [](Text& t) { t.contract.replace("10}", "10, effective_until: 2026-12-31}"); });
        row(
            "the contract begins later", [](Text& t) { t.contract.replace("10}", "10, effective_from: 2027-01-01}"); },
            "The contract of acme holds from 2027-01-01 only.", asIs);
        row(
            "another reference", [](Text& t) { t.contract.replace("MSA-17", "MSA-18"); }, "", asIs);
        row(
            "the provider is said to be here", [](Text& t) { t.region = "eu-west-1"; },
            "Provider up is now said to be in eu-west-1 with retention zero, by which zone eu lets it in.", asIs);
        row(
            "the provider is said to keep nothing", [](Text& t) { t.retention = "zero"; },
            "by which zone eu lets it in",
            [](Text& t) {
                t.region = "eu-west-1";
                t.retention = "provider-default";
            });
        row(
            "the provider is said to be elsewhere", [](Text& t) { t.region = "us-east-1"; }, "",
            [](Text& t) { t.region = "eu-west-1"; });
        row(
            "renamed and relabelled, the same address",
            [](Text& t) {
                t.name = "up-eu";
                t.region = "eu-west-1";
            },
            "Provider up-eu is now said to be in eu-west-1", asIs);
        row(
            "another provider at another address",
            [](Text& t) {
                t.name = "up-eu";
                t.region = "eu-west-1";
                t.url = "http://127.0.0.2:1/v1";
            },
            "", asIs);
        row(
            "the same name at another address",
            [](Text& t) {
                t.region = "eu-west-1";
                t.url = "http://127.0.0.2:1/v1";
            },
            "Provider up is now said to be in eu-west-1", asIs);
    }
    void changes()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(QByteArray, words);
        const auto was = compiled(before, 1);
        const auto is = compiled(after, 2);
        QVERIFY(was && is);
        const QStringList sentences = privacy::loosens(*was, *is);
        if (words.isEmpty())
            QVERIFY2(sentences.isEmpty(), qPrintable(sentences.join(u'\n')));
        else
            QVERIFY2(sentences.join(u'\n').contains(QString::fromUtf8(words)),
                qPrintable(QStringLiteral("\"%1\"").arg(sentences.join(u'\n'))));
    }

    // A tenant that is new has nothing that it could lose.
    void aNewTenantLoosensNothing()
    {
        Text text;
        const auto was = compiled(text.yaml(), 1);
        const auto is = compiled(text.yaml() + "  - {name: late, zone: world}\n", 2);
        QVERIFY(privacy::loosens(*was, *is).isEmpty());
        QVERIFY(privacy::loosens(*is, *was).isEmpty()); // and one that goes takes its calls along
    }
};

QTEST_GUILESS_MAIN(TestLoosening)
#include "tst_loosening.moc"

// The zero-rows check over a database: each attempt judged by what the revision of its call said, whatever the config
// says now; what is missing in the record is told; a scan in slices finds what one in a single go finds.
#include "compiled.h"
#include "engine/zone_checks.h"
#include "engine/zone_report.h"
#include "store/call_fold.h"
#include "store/database.h"
#include "store/migrations.h"
#include "store/zone_history.h"
#include "store/zone_scan.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace gateway;
using std::chrono::milliseconds;

namespace {

constexpr qint64 kStart = 1'795'305'600'000; // the beginning of a half hour
constexpr qint64 kHour = 3'600'000;

// Revision 1: acme in `world`. Revision 2: acme in `eu`, and the keeper keeps. Revision 4: acme has no zone.
QByteArray yaml(const QByteArray& zone, const QByteArray& retention = "zero")
{
    return "signalbox: 1\nzones:\n  - {name: eu, regions: [eu-west-1, eu-central-1], retention: zero}\n"
           "  - {name: narrow, regions: [eu-central-1], retention: zero}\n"
           "  - {name: world, regions: [eu-west-1, eu-central-1, us-east-1], retention: any}\nproviders:\n"
           "  - {name: openai-eu, kind: simulator, region: eu-west-1, retention: zero}\n"
           "  - {name: openai-us, kind: simulator, region: us-east-1, retention: zero}\n"
           "  - {name: keeper, kind: simulator, region: eu-west-1, retention: " +
           retention +
           "}\n  - {name: nowhere, kind: simulator}\naliases:\n  - name: fast\n    candidates:\n"
           "      - {provider: openai-eu, model: m-2026-09-01, weight: 1}\n"
           "      - {provider: nowhere, model: m-2026-09-01, weight: 1}\n"
           "    fallback:\n      - {kind: other-region, provider: openai-us, model: m-2026-09-01}\n"
           "tenants:\n  - {name: acme" +
           (zone.isEmpty() ? QByteArray() : ", zone: " + zone) + "}\n  - {name: idle, zone: eu}\n";
}

} // namespace

class TestZoneCheck : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    QString m_file;
    store::Connection m_connection;
    std::shared_ptr<config::PolicySnapshot> m_now;
    int m_seq = 0;

    void run(const QString& sql, const QVariantList& values = {})
    {
        QSqlQuery query(*m_connection);
        QVERIFY2(query.prepare(sql), qPrintable(query.lastError().text()));
        for (const QVariant& value : values)
            query.addBindValue(value);
        QVERIFY2(query.exec(), qPrintable(query.lastError().text()));
    }
    int call(int revision, const char* zone, qint64 at = kStart + 1000, const char* tenant = "acme")
    {
        const int seq = ++m_seq;
        run(QStringLiteral(
                "INSERT INTO calls (seq, batch, waited_us, id, started_ms, tenant, feature, agent, credential, surface,"
                " alias, zone, outcome, error_code, served_by, tokens_in, tokens_out, feature_proved, idempotency,"
                " routed_us, end_us, detail, decision) VALUES (?, 1, 0, ?, ?, ?, '', '', 'c', 's', 'fast', ?,"
                " 'answered', '', '', 0, 0, 0, '', 0, 0, ?, '{}')"),
            {seq, QStringLiteral("req_%1").arg(seq), at, QString::fromLatin1(tenant), QString::fromLatin1(zone),
                revision == 0 ? QStringLiteral("{}") : QStringLiteral("{\"revision\":%1}").arg(revision)});
        return seq;
    }
    void attempt(int seq, const char* provider, const char* region, const char* result = "answered", int number = 1)
    {
        run(QStringLiteral("INSERT INTO attempts (call, number, provider, model, region, result, error_code, start_us,"
                           " sent_us, cost_known, detail) VALUES (?, ?, ?, 'm', ?, ?, '', 0, 0, 1, '{}')"),
            {seq, number, QString::fromLatin1(provider), QString::fromLatin1(region), QString::fromLatin1(result)});
    }
    void sent(int revision, const char* zone, const char* provider, const char* region)
    {
        attempt(call(revision, zone), provider, region);
    }
    store::ZoneScan scan(qint64 since = kStart, qint64 until = kStart + 2 * kHour, const QStringList& tenants = {},
        milliseconds slice = milliseconds(60'000))
    {
        store::ZoneScan scan;
        scan.sinceMs = since;
        scan.untilMs = until;
        scan.tenants = tenants;
        for (int i = 0; i < 1000 && !scan.isDone(); ++i) {
            const api::Outcome read = store::advance(scan, m_file, slice);
            if (!read)
                qWarning("%s", qPrintable(read.error().message));
        }
        return scan;
    }
    api::StandingCheck check(const QStringList& tenants = {QStringLiteral("acme")})
    {
        engine::ZoneQuestion question;
        question.snapshot = m_now;
        question.tenants = tenants;
        question.sinceMs = kStart;
        question.untilMs = question.nowMs = kStart + 2 * kHour;
        question.aliasesOf.insert(QStringLiteral("acme"), {QStringLiteral("fast")});
        const auto report = engine::readZoneReport(question, scan(question.sinceMs, question.untilMs, tenants), m_file);
        if (!report)
            qWarning("%s", qPrintable(report.error().message));
        return report ? *report : api::StandingCheck();
    }

private Q_SLOTS:
    void init()
    {
        m_seq = 0;
        static int number = 0;
        m_file = m_directory.filePath(QStringLiteral("%1.db").arg(++number));
        auto opened = store::openWriter(m_file, false, 0);
        QVERIFY(opened.ok());
        m_connection = std::move(*opened);
        QVERIFY(store::migrate(*m_connection, store::latestSchema()).ok());
        QVERIFY(store::writeZonesOf(*m_connection, *compiled(yaml("world"), 1), kStart));
        QVERIFY(store::writeZonesOf(*m_connection, *compiled(yaml("eu", "provider-default"), 2), kStart));
        QVERIFY(store::writeZonesOf(*m_connection, *compiled(yaml(""), 4), kStart));
        m_now = compiled(yaml("eu", "provider-default"), 2);
    }
    void cleanup() { m_connection = {}; }

    void asOfItsRevision_data()
    {
        QTest::addColumn<int>("revision");
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("region");
        QTest::addColumn<QByteArray>("verdict");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char* name, int revision, const char* zone, const char* provider, const char* region,
                             const char* verdict, const char* words) {
            QTest::newRow(name) << revision << QByteArray(zone) << QByteArray(provider) << QByteArray(region)
                                << QByteArray(verdict) << QByteArray(words);
        };
        row("inside", 2, "eu", "openai-eu", "eu-west-1", "PASS", "0 of 1 attempt went outside");
        row("outside now, inside then", 1, "world", "openai-us", "us-east-1", "PASS", "0 of 1");
        row("other region", 2, "eu", "openai-us", "us-east-1", "FAIL", "region us-east-1 not in eu");
        row("kept nothing then", 1, "world", "keeper", "eu-west-1", "PASS", "0 of 1");
        row("keeps data", 2, "eu", "keeper", "eu-west-1", "FAIL", "retention provider-default, eu wants zero");
        row("outside the tighter zone it asked for", 2, "narrow", "openai-eu", "eu-west-1", "FAIL", "not in narrow");
        row("inside the call's zone, outside its tenant's", 2, "world", "openai-us", "us-east-1", "FAIL", "not in eu");
        row("region not stated", 2, "eu", "nowhere", "", "FAIL", "region not stated");
        row("region not known for sure", 2, "eu", "openai-eu", "eu-central-1", "FAIL", "recorded in region");
        row("unknown provider", 2, "eu", "stranger", "eu-west-1", "FAIL", "knows no provider stranger");
        row("unknown zone", 2, "gone", "openai-eu", "eu-west-1", "FAIL", "knows no zone gone");
        row("no zone then", 4, "", "openai-eu", "eu-west-1", "FAIL", "had no zone in revision 4");
        row("revision not written down", 3, "eu", "openai-eu", "eu-west-1", "INCOMPLETE", "revision 3");
        row("no revision", 0, "eu", "openai-us", "us-east-1", "INCOMPLETE", "revision 0");
    }
    void asOfItsRevision()
    {
        QFETCH(int, revision);
        QFETCH(QByteArray, zone);
        QFETCH(QByteArray, provider);
        QFETCH(QByteArray, region);
        QFETCH(QByteArray, verdict);
        QFETCH(QByteArray, words);
        sent(revision, zone.constData(), provider.constData(), region.constData());
        const api::StandingCheck found = check();
        QCOMPARE(found.check.verdict, QString::fromLatin1(verdict));
        QCOMPARE(found.scanned, 1);
        QVERIFY2(found.check.tenants[0].sentence.contains(QString::fromLatin1(words)),
            qPrintable(found.check.tenants[0].sentence));
        QCOMPARE(found.rows.size(), verdict == "FAIL" ? 1 : 0);
        QCOMPARE(found.coveragePercent, verdict == "INCOMPLETE" ? 0 : 100);
    }

    void nothingScannedIsNoData()
    {
        const api::StandingCheck none = check();
        QCOMPARE(none.check.verdict, QStringLiteral("NO_DATA"));
        QCOMPARE(none.scanned, 0);
        // nothing of these left the engine
        attempt(call(2, "eu"), "openai-us", "us-east-1", "skipped");
        attempt(call(2, "eu"), "openai-us", "us-east-1", "refused");
        QCOMPARE(check().check.verdict, QStringLiteral("NO_DATA"));
        // and these belong to another time, and to somebody else
        attempt(call(2, "eu", kStart - 1), "openai-us", "us-east-1");
        attempt(call(2, "eu", kStart + 2 * kHour), "openai-us", "us-east-1");
        attempt(call(2, "eu", kStart, "idle"), "openai-eu", "eu-west-1");
        QCOMPARE(check().check.verdict, QStringLiteral("NO_DATA"));
        QCOMPARE(check({}).check.verdict, QStringLiteral("NO_DATA")); // acme has none, and that is not a PASS
    }

    // The planted one among many is found, with its call and its number; failed attempts count, for they were there.
    void onePlantedAttempt()
    {
        for (int i = 0; i < 50; ++i)
            sent(2, "eu", "openai-eu", "eu-west-1");
        QCOMPARE(check().check.verdict, QStringLiteral("PASS"));
        attempt(17, "openai-us", "us-east-1", "failed", 2);
        const api::StandingCheck found = check();
        QCOMPARE(found.check.verdict, QStringLiteral("FAIL"));
        QCOMPARE(found.scanned, 51);
        QCOMPARE(found.outside, 1);
        QCOMPARE(found.rows.size(), 1);
        QCOMPARE(found.rows[0].call, QStringLiteral("req_17"));
        QCOMPARE(found.rows[0].number, 2);
        QCOMPARE(found.rows[0].revision, 2);
        QCOMPARE(found.check.tenants[0].outsideCalls, QStringList{QStringLiteral("req_17")});
        QVERIFY(found.check.query.contains(QStringLiteral("FROM calls")));
    }

    void whatIsMissingIsTold()
    {
        for (int i = 0; i < 10; ++i)
            sent(2, "eu", "openai-eu", "eu-west-1");
        const auto codes = [this] {
            QStringList told;
            const api::StandingCheck found = check();
            for (const api::ZoneGap& gap : found.gaps)
                told.append(QStringLiteral("%1 %2").arg(gap.code).arg(gap.count));
            return found.check.verdict + u' ' + told.join(QStringLiteral(", "));
        };
        QCOMPARE(codes(), QStringLiteral("PASS "));
        run(QStringLiteral("DELETE FROM calls WHERE seq = 5"));
        QCOMPARE(codes(), QStringLiteral("INCOMPLETE calls_missing 1, attempts_without_call 1"));
        run(QStringLiteral("DELETE FROM attempts WHERE call = 5"));
        QCOMPARE(codes(), QStringLiteral("INCOMPLETE calls_missing 1"));
        run(QStringLiteral("UPDATE calls SET seq = 5 WHERE seq = 10"));
        run(QStringLiteral("UPDATE attempts SET call = 5 WHERE call = 10"));
        QCOMPARE(codes(), QStringLiteral("PASS "));
        attempt(99, "openai-us", "us-east-1"); // of no call that there is
        QCOMPARE(codes(), QStringLiteral("INCOMPLETE attempts_without_call 1"));
    }

    // Sums that were made when the calls came are a witness against a record that was changed since.
    void theSumsAreAWitness()
    {
        for (int i = 0; i < 10; ++i)
            sent(2, "eu", "openai-eu", "eu-west-1");
        QCOMPARE(store::foldCalls(*m_connection, 1000), std::optional<qint64>(10));
        QCOMPARE(check().check.verdict, QStringLiteral("PASS"));
        sent(2, "eu", "openai-eu", "eu-west-1"); // not folded yet: no difference
        QVERIFY(check().gaps.isEmpty());
        run(QStringLiteral("DELETE FROM attempts WHERE call = 3"));
        api::StandingCheck found = check();
        QCOMPARE(found.check.verdict, QStringLiteral("INCOMPLETE"));
        QCOMPARE(found.gaps.size(), 1);
        QCOMPARE(found.gaps[0].code, QStringLiteral("attempts_gone"));
        QVERIFY(found.coveragePercent < 100);
        attempt(3, "openai-us", "us-east-1"); // in its place, as if it had always been there
        found = check();
        QCOMPARE(found.check.verdict, QStringLiteral("FAIL"));
        QCOMPARE(found.outside, 1);
        QCOMPARE(found.gaps.size(), 2);
    }

    void slicesAddUp()
    {
        std::mt19937 random(5);
        for (int i = 0; i < 3000; ++i) {
            const int seq =
                call(int(random() % 5), "eu", kStart + qint64(random() % 7'000'000), random() % 4 ? "acme" : "idle");
            for (int number = 1; number <= int(random() % 3); ++number)
                attempt(seq, random() % 9 ? "openai-eu" : "openai-us", random() % 9 ? "eu-west-1" : "us-east-1",
                    random() % 6 ? "answered" : "skipped", number);
            if (i == 1500)
                QVERIFY(store::foldCalls(*m_connection, 100'000).has_value());
        }
        for (const QStringList& tenants : {QStringList(), QStringList{QStringLiteral("idle")}}) {
            const store::ZoneScan whole = scan(kStart + 5000, kStart + 6'000'000, tenants);
            const store::ZoneScan sliced = scan(kStart + 5000, kStart + 6'000'000, tenants, milliseconds(0));
            QVERIFY(whole.isDone() && sliced.isDone());
            QVERIFY(whole.attempts > 300);
            QCOMPARE(sliced.attempts, whole.attempts);
            QCOMPARE(sliced.calls, whole.calls);
            QCOMPARE(sliced.groups.size(), whole.groups.size());
            for (const auto& [group, attempts] : whole.groups)
                QCOMPARE(sliced.groups.at(group), attempts);
            for (const store::ZoneScan* one : {&whole, &sliced}) {
                QCOMPARE(one->attemptsGone, 0);
                QCOMPARE(one->attemptsAdded, 0);
                QCOMPARE(one->missingCalls, 0);
            }
            // against one statement over the same rows
            QSqlQuery query(*m_connection);
            QVERIFY(query.prepare(QStringLiteral(
                "SELECT count(*) FROM calls c JOIN attempts a ON a.call = c.seq WHERE c.started_ms >= ? AND"
                " c.started_ms < ? AND a.result NOT IN ('skipped', 'refused') AND (? = '' OR c.tenant = ?)")));
            for (const QVariant& value : {QVariant(kStart + 5000), QVariant(kStart + 6'000'000),
                     QVariant(tenants.value(0, QStringLiteral(""))), QVariant(tenants.value(0, QStringLiteral("")))})
                query.addBindValue(value);
            QVERIFY(query.exec() && query.next());
            QCOMPARE(whole.attempts, query.value(0).toLongLong());
        }
    }

    // A scan that was given up half way is no PASS.
    void aScanThatIsNotOverIsIncomplete()
    {
        for (int i = 0; i < 2000; ++i)
            sent(2, "eu", "openai-eu", "eu-west-1");
        store::ZoneScan half;
        half.sinceMs = kStart;
        half.untilMs = kStart + 2 * kHour;
        QVERIFY(store::advance(half, m_file, milliseconds(0)).ok());
        QVERIFY(!half.isDone());
        engine::ZoneQuestion question;
        question.snapshot = m_now;
        question.tenants = {QStringLiteral("acme")};
        const api::StandingCheck found = engine::zoneReport(question, half, *store::readRevisions(*m_connection));
        QCOMPARE(found.check.verdict, QStringLiteral("INCOMPLETE"));
        QCOMPARE(found.gaps[0].code, QStringLiteral("not_counted"));
        QVERIFY(found.coveragePercent > 0 && found.coveragePercent < 100);
    }

    void aContractThatTheConfigBreaks()
    {
        m_now = compiled(yaml("world").replace("zone: world}", "zone: world, contract: {reference: MSA-17, zone: eu, "
                                                               "dated: 2026-01-10}}"),
            1);
        sent(1, "world", "openai-eu", "eu-west-1");
        const api::StandingCheck found = check();
        QCOMPARE(found.check.verdict, QStringLiteral("FAIL"));
        QCOMPARE(found.outside, 0);
        QVERIFY(found.check.tenants[0].sentence.contains(QStringLiteral("which allows region us-east-1")));
        // tighter than it was promised is no breach
        m_now = compiled(yaml("eu").replace("zone: eu}\n  - {name: idle", "zone: eu, contract: {reference: MSA-17, "
                                                                          "zone: world, dated: 2026-01-10}}\n"
                                                                          "  - {name: idle"),
            1);
        QVERIFY(m_now->tenants[0]->contract);
        QCOMPARE(check().check.verdict, QStringLiteral("PASS"));
    }

    void whereATenantMayGo()
    {
        const api::TenantZoneCheck tenant = check().check.tenants[0];
        QCOMPARE(tenant.endpoints.size(), 3);
        QVERIFY(tenant.endpoints[0].eligible);
        QVERIFY(!tenant.endpoints[1].eligible);
        QVERIFY(tenant.endpoints[1].why.contains(QStringLiteral("not stated")));
        QCOMPARE(tenant.endpoints[2].step, QStringLiteral("other-region"));
        QVERIFY(!tenant.endpoints[2].eligible);
    }

    // Hourly, and the first run of a day looks back over the quarter; a clock that went back runs at once.
    void whenItRuns()
    {
        using engine::ZoneChecks;
        const qint64 noon = QDateTime(QDate(2026, 11, 23), QTime(12, 0), Qt::UTC).toMSecsSinceEpoch();
        const qint64 hour = ZoneChecks::kEveryMs;
        QVERIFY(ZoneChecks::isDue(0, noon).isDue);
        QCOMPARE(ZoneChecks::isDue(0, noon).sinceMs, noon - ZoneChecks::kFarBackMs);
        QVERIFY(!ZoneChecks::isDue(noon - hour + 1, noon).isDue);
        QVERIFY(ZoneChecks::isDue(noon - hour, noon).isDue);
        QCOMPARE(ZoneChecks::isDue(noon - hour, noon).sinceMs, noon - ZoneChecks::kLookBackMs);
        const qint64 pastMidnight = noon + 12 * hour + 60'000;
        QCOMPARE(ZoneChecks::isDue(pastMidnight - hour, pastMidnight).sinceMs, pastMidnight - ZoneChecks::kFarBackMs);
        QVERIFY(ZoneChecks::isDue(noon + hour, noon).isDue);
    }

    void aTenantThatIsGone()
    {
        attempt(call(2, "eu", kStart, "idle"), "openai-eu", "eu-west-1");
        m_now = compiled(yaml("eu").replace("  - {name: idle, zone: eu}\n", ""), 5);
        const api::StandingCheck found = check({});
        QCOMPARE(found.check.tenants.size(), 2);
        QCOMPARE(found.check.tenants[1].tenant, QStringLiteral("idle"));
        QCOMPARE(found.check.tenants[1].verdict, QStringLiteral("PASS"));
        QVERIFY(found.check.tenants[1].sentence.contains(QStringLiteral("no longer knows")));
    }
};

QTEST_GUILESS_MAIN(TestZoneCheck)
#include "tst_zone_check.moc"

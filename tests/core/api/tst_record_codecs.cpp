// The values of zones/check, checklist and calls/summary survive their JSON, and what a summary is asked survives its
// query. Wrong types, unknown groups and too many steps are errors.
#include "api/call_summary.h"
#include "api/checklist.h"
#include "api/engine_status.h"
#include "api/privacy_client.h"
#include "api/zone_check.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace gateway::api;

namespace {

const QDateTime kTime = QDateTime::fromMSecsSinceEpoch(1'795'305'600'123, Qt::UTC);

QJsonObject overTheWire(const QJsonObject& json)
{
    return QJsonDocument::fromJson(QJsonDocument(json).toJson(QJsonDocument::Compact)).object();
}

CallSummaryQuery sampleQuery()
{
    CallSummaryQuery query;
    query.filter.since = kTime;
    query.filter.until = kTime.addSecs(3600);
    query.filter.tenant = QStringLiteral("acme & sons");
    query.filter.alias = QStringLiteral("a+b");
    query.filter.provider = QStringLiteral("p%1");
    query.filter.outcome = CallOutcome::Truncated;
    query.by = QStringLiteral("feature");
    query.stepSeconds = 60;
    return query;
}

} // namespace

class TestRecordCodecs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void zoneCheckSurvives();
    void privacySurvives();
    void privacyQueriesSurvive();
    void checklistItemSurvives();
    void summarySurvives();
    void summaryQuerySurvives();
    void summaryQueryIsBounded_data();
    void summaryQueryIsBounded();
    void issuedCredentialSurvives();
    void wrongTypesAreErrors();
};

void TestRecordCodecs::zoneCheckSurvives()
{
    ZoneCheck check{QStringLiteral("FAIL"), kTime, kTime.addSecs(-60), kTime, 4, QStringLiteral("SELECT 1"), {}};
    check.tenants.append(TenantZoneCheck{QStringLiteral("acme"), QStringLiteral("eu"), QStringLiteral("MSA-1"),
        QStringLiteral("world"), QStringLiteral("FAIL"), QStringLiteral("Looser."),
        {ZoneEndpoint{QStringLiteral("fast"), QStringLiteral("p/m@r"), QStringLiteral("smaller-model"), true,
            QStringLiteral("why")}},
        10, 2, 1, {QStringLiteral("c-1"), QStringLiteral("c-2")}});
    const QJsonObject json = toJson(check);
    const auto back = zoneCheckFromJson(overTheWire(json));
    QVERIFY(back.ok());
    QCOMPARE(toJson(*back), json);
    QCOMPARE(back->tenants.first().endpoints.first().step, QStringLiteral("smaller-model"));
    QCOMPARE(back->tenants.first().outsideCalls.size(), 2);
    QCOMPARE(back->tenants.first().unknown, 1);
}

// Every member is given a value that is not its default, so a row that is missing in a table is seen.
void TestRecordCodecs::privacySurvives()
{
    const QString word = QStringLiteral("w");
    const QStringList words{QStringLiteral("a"), QStringLiteral("b")};
    const auto survives = [](const auto& value, auto read) {
        const QJsonObject json = toJson(value);
        for (auto member = json.begin(); member != json.end(); ++member) {
            const QJsonValue one = member.value();
            const bool empty = one.isNull() || (one.isString() && one.toString().isEmpty()) ||
                               (one.isArray() && one.toArray().isEmpty()) || (one.isDouble() && one.toDouble() == 0);
            if (empty)
                qWarning("%s says nothing", qPrintable(member.key()));
            if (empty)
                return false;
        }
        const auto back = read(overTheWire(json));
        return back.ok() && toJson(*back) == json;
    };
    const ZoneProof proof{word, word, kTime, 3, 4, {{word, word, word}},
        {TenantProof{word, word, word, word, word, word, word, 5,
            {ReachableEndpoint{word, word, word, word, words, words}}, {ZonePath{word, word, word, word, word, word}},
            2, {ProofWarning{word, word, word, word}}}}};
    QVERIFY(survives(proof, &zoneProofFromJson));
    QCOMPARE(zoneProofFromJson(toJson(proof))->tenants[0].counterexamples[0].sentence, word);
    StandingCheck check{7, word, word, word, {word, kTime, kTime.addSecs(-9), kTime, 4, word, {}}, 12, 3,
        {ZoneRow{word, 2, kTime, word, word, word, word, word, 4, word}}, 98, {ZoneGap{word, 2, word}}, word, word};
    check.check.tenants.append(TenantZoneCheck{word, word, word, word, word, word, {}, 10, 2, 1, words});
    QVERIFY(survives(check, &standingCheckFromJson));
    QCOMPARE(zoneCheckFromJson(toJson(check))->tenants.size(), 1); // who knows only that can read it
    QVERIFY(survives(
        ZoneCheckRun{7, kTime, word, word, kTime, kTime, word, 4, word, word, 12, 3, 98, word}, &zoneCheckRunFromJson));
    QVERIFY(survives(ZoneRecord{word, word, words, word, word, word, word, word, word, words, 1, 2, kTime,
                         kTime.addDays(1), words, words},
        &zoneRecordFromJson));
    const ZoneException exception{word, word, word, word, kTime, kTime.addDays(1)};
    QVERIFY(survives(exception, &zoneExceptionFromJson));
    QVERIFY(survives(ZoneAudit{word, kTime, kTime, word, word, word, kTime, word, 4,
                         {AuditedTenant{word, word, word, word, word, word, word, word, word}}, {exception}},
        &zoneAuditFromJson));
    QVERIFY(survives(AuditSignature{word, word}, &auditSignatureFromJson));
    QVERIFY(survives(ExceptionRequest{word, word, kTime}, &exceptionRequestFromJson));
    const Money money = Money::fromNano(1'200'000);
    QVERIFY(survives(KeyReach{word, word, kTime, kTime, word,
                         {ReachRow{word, word, word, word, word, word, 1, 2, money, 3, kTime, kTime}}, 4, 5, 6, money,
                         7, words, words, words, words, words, kTime, kTime, true, kTime},
        &keyReachFromJson));
    QVERIFY(!zoneProofFromJson({{QStringLiteral("tenants"), 1}}).ok());
    QVERIFY(!standingCheckFromJson({{QStringLiteral("rows"), QStringLiteral("x")}}).ok());
    QVERIFY(!exceptionRequestFromJson({{QStringLiteral("expires_at"), QStringLiteral("soon")}}).ok());
    QVERIFY(!keyReachFromJson({{QStringLiteral("spent_usd"), 1}}).ok());
}

void TestRecordCodecs::privacyQueriesSurvive()
{
    const ZoneCheckQuery query{kTime, kTime.addSecs(9), QStringLiteral("a+b %2f")};
    const auto back = zoneCheckQueryFromQuery(QUrlQuery(toQuery(query).toString(QUrl::FullyEncoded)));
    QVERIFY(back.ok());
    QCOMPARE(back->since, query.since);
    QCOMPARE(back->until, query.until);
    QCOMPARE(back->tenant, query.tenant);
    QVERIFY(!zoneCheckQueryFromQuery(QUrlQuery(QStringLiteral("since=yesterday"))).ok());
    QVERIFY(!zoneCheckQueryFromQuery(QUrlQuery(QStringLiteral("until=2026-13-01T00:00:00Z"))).ok());
}

void TestRecordCodecs::checklistItemSurvives()
{
    const ChecklistItem item{QStringLiteral("aliases-pinned"), 2, QStringLiteral("Aliases are pinned"),
        QStringLiteral("partly"), QStringLiteral("1 of 2."), QStringLiteral("routes"), kTime};
    const auto back = checklistItemFromJson(overTheWire(toJson(item)));
    QVERIFY(back.ok());
    QCOMPARE(toJson(*back), toJson(item));
    QCOMPARE(back->asOf, kTime);
}

void TestRecordCodecs::summarySurvives()
{
    CallSummary summary{QStringLiteral("tenant"), 60, 12, true, {}};
    summary.rows.append(
        CallSummaryRow{kTime, QStringLiteral("acme"), 9, 7, Money::fromDecimal(QStringLiteral("0.0012")), 1, 900, 100});
    summary.rows.append(CallSummaryRow{kTime, QString(), 3, 0, {}, 3, 0, 0});
    const auto back = callSummaryFromJson(overTheWire(toJson(summary)));
    QVERIFY(back.ok());
    QCOMPARE(toJson(*back), toJson(summary));
    QVERIFY(!back->rows.last().cost); // nothing is known, so it is not zero
}

void TestRecordCodecs::summaryQuerySurvives()
{
    const CallSummaryQuery asked = sampleQuery();
    const QUrlQuery wire(toQuery(asked).toString(QUrl::FullyEncoded));
    const auto back = callSummaryQueryFromQuery(wire);
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().message));
    QCOMPARE(back->filter.tenant, asked.filter.tenant);
    QCOMPARE(back->filter.alias, asked.filter.alias);
    QCOMPARE(back->filter.provider, asked.filter.provider);
    QCOMPARE(back->filter.since, asked.filter.since);
    QCOMPARE(back->filter.until, asked.filter.until);
    QVERIFY(back->filter.outcome == asked.filter.outcome);
    QCOMPARE(back->by, asked.by);
    QCOMPARE(back->stepSeconds, asked.stepSeconds);
    QVERIFY(!wire.hasQueryItem(QStringLiteral("limit")));
}

void TestRecordCodecs::summaryQueryIsBounded_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<bool>("good");
    const QString whole = QStringLiteral("since=2026-11-22T00:00:00.000Z&until=2026-11-23T00:00:00.000Z");
    QTest::newRow("whole") << whole << true;
    QTest::newRow("no since") << QStringLiteral("until=2026-11-23T00:00:00.000Z") << false;
    QTest::newRow("no until") << QStringLiteral("since=2026-11-23T00:00:00.000Z") << false;
    QTest::newRow("backwards") << QStringLiteral("until=2026-11-22T00:00:00.000Z&since=2026-11-23T00:00:00.000Z")
                               << false;
    QTest::newRow("500 steps") << whole + QStringLiteral("&step=173") << true;
    QTest::newRow("too many steps") << whole + QStringLiteral("&step=172") << false;
    QTest::newRow("step of words") << whole + QStringLiteral("&step=day") << false;
    QTest::newRow("step zero") << whole + QStringLiteral("&step=0") << false;
    QTest::newRow("unknown group") << whole + QStringLiteral("&by=user;DROP") << false;
    QTest::newRow("a limit") << whole + QStringLiteral("&limit=5") << true;
    QTest::newRow("unknown key") << whole + QStringLiteral("&colour=5") << false;
}

void TestRecordCodecs::summaryQueryIsBounded()
{
    QFETCH(QString, query);
    QFETCH(bool, good);
    QCOMPARE(callSummaryQueryFromQuery(QUrlQuery(query)).ok(), good);
}

void TestRecordCodecs::issuedCredentialSurvives()
{
    IssuedCredential issued{QStringLiteral("AbC"), QStringLiteral("sbx_x")};
    QCOMPARE(toJson(issued).keys(), QStringList({QStringLiteral("id"), QStringLiteral("key")}));
    issued.replaces = QStringLiteral("Old");
    issued.replacedUntil = kTime;
    const auto back = issuedCredentialFromJson(overTheWire(toJson(issued)));
    QVERIFY(back.ok());
    QCOMPARE(back->replaces, issued.replaces);
    QVERIFY(back->replacedUntil == issued.replacedUntil);
}

void TestRecordCodecs::wrongTypesAreErrors()
{
    QVERIFY(!zoneCheckFromJson({{QStringLiteral("tenants"), 5}}).ok());
    QVERIFY(!zoneCheckFromJson({{QStringLiteral("tenants"), QJsonArray{QJsonValue(1)}}}).ok());
    QVERIFY(!checklistItemFromJson({{QStringLiteral("number"), QStringLiteral("1")}}).ok());
    QVERIFY(!callSummaryFromJson({{QStringLiteral("rows"), QStringLiteral("many")}}).ok());
    QVERIFY(!issuedCredentialFromJson({{QStringLiteral("key"), 1}}).ok());
}

QTEST_GUILESS_MAIN(TestRecordCodecs)
#include "tst_record_codecs.moc"

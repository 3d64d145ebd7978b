// The values of the tamper-evident log survive their JSON; wrong types and times are errors.
#include "api/chain.h"

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

ChainVerification sample()
{
    ChainVerification result;
    result.verdict = QStringLiteral("FAIL");
    result.sentence = QStringLiteral("A sentence.");
    result.startedAt = kTime;
    result.endedAt = kTime.addSecs(3);
    result.entries = 9'007'199'254'740'993; // wider than a double
    result.rows = 2;
    result.heads = 3;
    result.anchored = 4;
    result.tail = 5;
    result.unsealed = 6;
    result.purged = 7;
    result.key = QStringLiteral("ed25519:00");
    result.keyIsGiven = true;
    result.anchor = QStringLiteral("/a/b");
    result.findingCount = 8;
    result.findings = {
        {QStringLiteral("changed"), QStringLiteral("calls"), 12, QStringLiteral("req_1"), QStringLiteral("x")}};
    return result;
}

} // namespace

class TestChainCodecs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verificationSurvives();
    void standingSurvives();
    void keyAndReceiptSurvive();
    void evidenceSurvives();
    void timesOfEvidenceAreChecked();
    void wrongTypesAreErrors();
};

void TestChainCodecs::verificationSurvives()
{
    const QJsonObject json = toJson(sample());
    const auto read = chainVerificationFromJson(overTheWire(json));
    QVERIFY(read.ok());
    QCOMPARE(toJson(*read), json);
    QCOMPARE(read->entries, 9'007'199'254'740'993);
    QCOMPARE(read->findings.first().seq, 12);
    QCOMPARE(read->endedAt, kTime.addSecs(3));
}

void TestChainCodecs::standingSurvives()
{
    ChainStanding standing;
    standing.engine = QStringLiteral("eng_1");
    standing.size = 10;
    standing.unsealed = 2;
    standing.head = ChainHead{4, 9, QString(64, u'f'), kTime};
    standing.anchor = QStringLiteral("/x");
    standing.anchorIsOutside = true;
    standing.anchorState = QStringLiteral("failing");
    standing.anchorDetail = QStringLiteral("why");
    standing.key = QStringLiteral("k");
    standing.isVerifying = true;
    standing.last = sample();
    const QJsonObject json = toJson(standing);
    const auto read = chainStandingFromJson(overTheWire(json));
    QVERIFY(read.ok());
    QCOMPARE(toJson(*read), json);
    QCOMPARE(read->head->size, 9);
    QCOMPARE(read->last->verdict, QStringLiteral("FAIL"));
    const auto empty = chainStandingFromJson(overTheWire(toJson(ChainStanding())));
    QVERIFY(empty.ok());
    QVERIFY(!empty->head && !empty->last);
}

void TestChainCodecs::keyAndReceiptSurvive()
{
    const ChainKey key{QString(64, u'a'), QStringLiteral("f"), QStringLiteral("env:X"), kTime};
    const auto read = chainKeyFromJson(overTheWire(toJson(key)));
    QVERIFY(read.ok());
    QCOMPARE(toJson(*read), toJson(key));
    const QJsonObject document{
        {QStringLiteral("format"), QStringLiteral("x")}, {QStringLiteral("a"), QJsonArray{1, 2}}};
    QCOMPARE(toJson(*receiptFromJson(overTheWire(toJson(Receipt{document})))), document);
}

void TestChainCodecs::evidenceSurvives()
{
    const EvidenceRequest request{kTime, kTime.addDays(1), QStringLiteral("acme")};
    QCOMPARE(toJson(*evidenceRequestFromJson(overTheWire(toJson(request)))), toJson(request));
    const EvidencePack pack{QStringLiteral("a.zip"), QStringLiteral("/d/a.zip"), 10, QString(64, u'0'),
        QStringLiteral("PASS"), QStringLiteral("PASS"), 3, 4,
        {{QStringLiteral("manifest.json"), 5, QString(64, u'1')}}};
    QCOMPARE(toJson(*evidencePackFromJson(overTheWire(toJson(pack)))), toJson(pack));
}

void TestChainCodecs::timesOfEvidenceAreChecked()
{
    QVERIFY(!evidenceRequestFromJson({}).ok());
    QVERIFY(!evidenceRequestFromJson(toJson(EvidenceRequest{kTime, kTime, {}})).ok());
    QVERIFY(!evidenceRequestFromJson({{QStringLiteral("since"), QStringLiteral("yesterday")},
                                         {QStringLiteral("until"), QStringLiteral("2026-01-01T00:00:00Z")}})
                 .ok());
}

void TestChainCodecs::wrongTypesAreErrors()
{
    for (const char* field : {"verdict", "entries", "key_is_given", "findings", "started_at"}) {
        QJsonObject json = toJson(sample());
        json.insert(QLatin1String(field), QJsonObject());
        QVERIFY2(!chainVerificationFromJson(json).ok(), field);
    }
}

QTEST_GUILESS_MAIN(TestChainCodecs)
#include "tst_chain_codecs.moc"

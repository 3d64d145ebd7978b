// An engine and a client of different age: the status of an older engine still reads, a newer one's too, and the
// handshake says what each of them cannot do with the other.
#include "api/handshake.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>

using namespace gateway::api;

namespace {

QJsonObject parsed(const char* text)
{
    return QJsonDocument::fromJson(QByteArray(text)).object();
}

// As an engine of today writes it.
EngineStatus ofToday()
{
    EngineStatus status;
    status.version = QStringLiteral("0.1.0");
    status.apiMajor = kApiMajor;
    status.apiMinor = kApiMinor;
    status.features = knownFeatures();
    return status;
}

} // namespace

class TestHandshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anOlderStatusStillReads();
    void aNewerStatusReadsToo();
    void theCertificateSurvives();
    void aWrongTypeIsAnError();
    void theSameAgeNeedsNoWord();
    void anOlderEngineLacksWhatCameLater();
    void aNewerEngineOffersWhatWeCannotShow();
    void anotherMajorDoesNotWork();
    void namesOfStrangersAreCut();
    void knownFeaturesAreSorted();
};

void TestHandshake::anOlderStatusStillReads()
{
    const auto status = engineStatusFromJson(parsed(
        R"({"version":"0.0.4","pid":7,"revision":3,"gateway":"http://127.0.0.1:4180","ready":true,"parts":[]})"));
    QVERIFY(status.ok());
    QCOMPARE(status->version, QStringLiteral("0.0.4"));
    QCOMPARE(status->apiMajor, 0);
    QVERIFY(status->features.isEmpty());
    QVERIFY(status->engineId.isEmpty());
    QVERIFY(!status->certificate);
}

void TestHandshake::aNewerStatusReadsToo()
{
    const auto status = engineStatusFromJson(parsed(
        R"({"version":"3.0.0","ready":true,"api_major":1,"api_minor":9,"features":["calls","cables"],)"
        R"("engine_id":"e-1","name":"gw-eu","environment":"prod","weather":{"wind":[1,2]},"tide":4,"moods":null,)"
        R"("parts":[{"name":"store","health":"sleepy","detail":"","depth":3}],"next_pin":"ab"})"));
    QVERIFY2(status.ok(), status.ok() ? "" : qPrintable(status.error().message));
    QCOMPARE(status->apiMinor, 9);
    QCOMPARE(status->features, QStringList({QStringLiteral("calls"), QStringLiteral("cables")}));
    QCOMPARE(status->environment, QStringLiteral("prod"));
    QCOMPARE(status->nextPin, QStringLiteral("ab"));
    QCOMPARE(status->parts.first().health, Health::Unknown);
}

void TestHandshake::theCertificateSurvives()
{
    EngineStatus status = ofToday();
    status.engineId = QStringLiteral("e-1");
    status.certificate = CertificateFacts{QString(64, u'a'), QStringLiteral("CN=gw"), QStringLiteral("CN=ca"),
        {QStringLiteral("gw.example"), QStringLiteral("10.0.0.1")},
        QDateTime::fromSecsSinceEpoch(1'790'000'000, Qt::UTC), QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC),
        true};
    const auto back = engineStatusFromJson(QJsonDocument::fromJson(QJsonDocument(toJson(status)).toJson()).object());
    QVERIFY(back.ok());
    QVERIFY(back->certificate.has_value());
    QCOMPARE(toJson(*back), toJson(status));
    QCOMPARE(back->certificate->names.size(), 2);
    QVERIFY(back->certificate->selfSigned);
}

void TestHandshake::aWrongTypeIsAnError()
{
    QVERIFY(!engineStatusFromJson(parsed(R"({"api_major":"1"})")).ok());
    QVERIFY(!engineStatusFromJson(parsed(R"({"features":{"calls":true}})")).ok());
    QVERIFY(!engineStatusFromJson(parsed(R"({"features":[1]})")).ok());
    QVERIFY(!engineStatusFromJson(parsed(R"({"certificate":{"sha256":5}})")).ok());
}

void TestHandshake::theSameAgeNeedsNoWord()
{
    const Handshake hand = handshakeWith(ofToday());
    QVERIFY(hand.works);
    QVERIFY(hand.missing.isEmpty());
    QVERIFY(hand.unknown.isEmpty());
    QCOMPARE(hand.sentence, QString());
}

void TestHandshake::anOlderEngineLacksWhatCameLater()
{
    const Handshake hand = handshakeWith(EngineStatus());
    QVERIFY(hand.works);
    QVERIFY(hand.unknown.isEmpty());
    for (const char* feature : {"audit", "calls/summary", "zones/check", "checklist", "whoami"})
        QVERIFY2(hand.missing.contains(QString::fromLatin1(feature)), feature);
    for (const char* feature : {"calls", "failovers", "status", "config/check"})
        QVERIFY2(!hand.missing.contains(QString::fromLatin1(feature)), feature);
    QVERIFY(hand.sentence.contains(QStringLiteral("version 1.0")));
    QVERIFY(hand.sentence.contains(QStringLiteral("does not offer audit")));
}

void TestHandshake::aNewerEngineOffersWhatWeCannotShow()
{
    EngineStatus status = ofToday();
    status.apiMinor = 9;
    status.features += {QStringLiteral("drift"), QStringLiteral("drift/accept"), QStringLiteral("evals")};
    status.features.removeAll(QStringLiteral("exports"));
    const Handshake hand = handshakeWith(status);
    QVERIFY(hand.works);
    QCOMPARE(
        hand.unknown, QStringList({QStringLiteral("drift"), QStringLiteral("drift/accept"), QStringLiteral("evals")}));
    QCOMPARE(hand.missing, QStringList(QStringLiteral("exports")));
    QCOMPARE(hand.sentence,
        QStringLiteral("The engine speaks version 1.9 of the contract, this program version 1.%1. The engine does not "
                       "offer exports. This program cannot show drift and evals of the engine.")
            .arg(kApiMinor));
}

void TestHandshake::anotherMajorDoesNotWork()
{
    EngineStatus status = ofToday();
    status.apiMajor = 2;
    status.apiMinor = 0;
    const Handshake hand = handshakeWith(status);
    QVERIFY(!hand.works);
    QVERIFY(hand.sentence.contains(QStringLiteral("2.0")));
    status.apiMajor = -1; // nonsense is taken for an engine from before the handshake
    QVERIFY(handshakeWith(status).works);
}

void TestHandshake::namesOfStrangersAreCut()
{
    EngineStatus status = ofToday();
    for (int i = 0; i < 5000; ++i)
        status.features.append(QStringLiteral("x%1\n").arg(i) + QString(1000, u'y'));
    const Handshake hand = handshakeWith(status);
    QVERIFY(hand.works);
    QVERIFY(hand.sentence.size() < 600);
    QVERIFY(!hand.sentence.contains(u'\n'));
    QVERIFY(hand.sentence.contains(QStringLiteral("more")));
}

void TestHandshake::knownFeaturesAreSorted()
{
    const QStringList known = knownFeatures();
    QVERIFY(std::is_sorted(known.begin(), known.end()));
    QVERIFY(std::adjacent_find(known.begin(), known.end()) == known.end());
}

QTEST_GUILESS_MAIN(TestHandshake)
#include "tst_handshake.moc"

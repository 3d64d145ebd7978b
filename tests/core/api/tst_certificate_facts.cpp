// What a person compares of a certificate: whole fingerprints in any usual spelling and no short forms, and facts that
// survive their way over the wire.
#include "certificates.h"

#include "api/certificate_facts.h"

#include <QTest>

using namespace gateway;

class TestCertificateFacts : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void factsOfACertificate();
    void hostileNamesAreTamed();
    void pins_data();
    void pins();

private:
    test::CertificateMaker m_maker;
};

void TestCertificateFacts::factsOfACertificate()
{
    const auto self = m_maker.selfSigned(QStringLiteral("self"), "DNS:gw.example,IP:10.0.0.1");
    const api::CertificateFacts facts = api::factsOf(self.certificate);
    QCOMPARE(facts.sha256, self.pin());
    QCOMPARE(facts.subject, QStringLiteral("signalbox test self"));
    QCOMPARE(facts.issuer, facts.subject);
    QCOMPARE(facts.names, (QStringList{QStringLiteral("10.0.0.1"), QStringLiteral("gw.example")}));
    QVERIFY(facts.selfSigned);
    QVERIFY(facts.notBefore < facts.notAfter);
    const auto again = api::certificateFactsFromJson(toJson(facts));
    QVERIFY(again.ok());
    QCOMPARE(again->sha256, facts.sha256);
    QCOMPARE(again->names, facts.names);
    QCOMPARE(again->notAfter, facts.notAfter);
    QVERIFY(again->selfSigned);
    QVERIFY(!api::certificateFactsFromJson({{QStringLiteral("names"), 3}}).ok());
    const auto leaf = m_maker.signedBy(self, QStringLiteral("leaf"));
    QVERIFY(!api::factsOf(leaf.certificate).selfSigned);
    QCOMPARE(api::factsOf(leaf.certificate).issuer, QStringLiteral("signalbox test self"));
    QVERIFY(api::factsOf(QSslCertificate()).sha256.isEmpty());
}

void TestCertificateFacts::hostileNamesAreTamed()
{
    QByteArray names = "DNS:a0.example";
    for (int i = 1; i < 300; ++i)
        names += ",DNS:a" + QByteArray::number(i) + ".example";
    const auto many = m_maker.selfSigned(QStringLiteral("many"), names);
    QVERIFY(!many.certificate.isNull());
    QVERIFY(api::factsOf(many.certificate).names.size() <= 100);
}

void TestCertificateFacts::pins_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    const QString hex = QStringLiteral("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    QString colons;
    for (int i = 0; i < 64; i += 2)
        colons += (i > 0 ? QStringLiteral(":") : QString()) + hex.mid(i, 2).toUpper();
    QTest::newRow("plain") << hex << true;
    QTest::newRow("upper case") << hex.toUpper() << true;
    QTest::newRow("colons") << colons << true;
    QTest::newRow("groups") << api::groupedPin(hex) << true;
    QTest::newRow("with its name") << QStringLiteral("sha256:") + hex << true;
    QTest::newRow("as openssl prints it") << QStringLiteral("sha256 Fingerprint=") + colons << true;
    QTest::newRow("spaces around") << QStringLiteral("  \n") + hex + QStringLiteral("\n") << true;
    QTest::newRow("short") << hex.left(63) << false;
    QTest::newRow("SHA-1") << hex.left(40) << false;
    QTest::newRow("long") << hex + QStringLiteral("0") << false;
    QTest::newRow("not hex") << QString(hex).replace(0, 1, QStringLiteral("g")) << false;
    QTest::newRow("digits of another script") << QString(hex).replace(0, 1, QChar(0x0660)) << false;
    QTest::newRow("dashes") << QString(colons).replace(u':', u'-') << false;
    QTest::newRow("nothing") << QString() << false;
    QTest::newRow("name alone") << QStringLiteral("sha256:") << false;
}

void TestCertificateFacts::pins()
{
    QFETCH(QString, text);
    QFETCH(bool, good);
    const QString hex = QStringLiteral("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    QCOMPARE(api::pinFromText(text), good ? hex : QString());
    QCOMPARE(api::groupedPin(hex).split(u' ').size(), 16);
}

QTEST_GUILESS_MAIN(TestCertificateFacts)
#include "tst_certificate_facts.moc"

// Principals, pairing codes and whoami survive their JSON with every member set; a role that nobody knows is an error,
// not the least or the greatest of them.
#include "api/principal.h"

#include <QJsonDocument>
#include <QTest>

using namespace gateway::api;

namespace {

const QDateTime kTime = QDateTime::fromMSecsSinceEpoch(1'795'305'600'123, Qt::UTC);

QJsonObject overTheWire(const QJsonObject& json)
{
    return QJsonDocument::fromJson(QJsonDocument(json).toJson(QJsonDocument::Compact)).object();
}

template <typename T>
void verifyRoundTrip(const T& value, Result<T> (*fromJson)(const QJsonObject&))
{
    const QJsonObject json = toJson(value);
    for (auto member = json.begin(); member != json.end(); ++member)
        QVERIFY2(!member->isNull() && member->toVariant() != QVariant(QStringLiteral("")), qPrintable(member.key()));
    const Result<T> back = fromJson(overTheWire(json));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().message));
    QCOMPARE(toJson(*back), json);
}

PrincipalInfo samplePrincipal()
{
    PrincipalInfo info;
    info.name = QStringLiteral("night-shift");
    info.role = Role::Operator;
    info.tenants = {QStringLiteral("acme")};
    info.source = QStringLiteral("config");
    info.certificate = QString(64, u'a');
    info.note = QStringLiteral("the screen in the hall");
    info.createdAt = kTime;
    info.expiresAt = kTime.addDays(1);
    info.revokedAt = kTime.addSecs(60);
    info.lastUsedAt = kTime.addSecs(30);
    info.lastPeer = QStringLiteral("10.0.0.7");
    return info;
}

} // namespace

class TestPrincipalCodecs : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void roles();
    void values();
    void openEnds();
    void wrongTypesAreErrors();
};

void TestPrincipalCodecs::roles()
{
    for (const Role role : kRoles)
        QCOMPARE(roleFromName(nameOf(role)), std::optional(role));
    for (const char* wrong : {"", "root", "Admin", "admin ", "administrator"})
        QCOMPARE(roleFromName(QString::fromLatin1(wrong)), std::nullopt);
}

void TestPrincipalCodecs::values()
{
    verifyRoundTrip(samplePrincipal(), &principalInfoFromJson);
    verifyRoundTrip(WhoAmI{QStringLiteral("night-shift"), Role::Auditor, {QStringLiteral("acme")},
                        QStringLiteral("certificate"), {QStringLiteral("GET /api/v1/status")}, kTime},
        &whoAmIFromJson);
    verifyRoundTrip(PrincipalRequest{QStringLiteral("night-shift"), Role::Developer, {QStringLiteral("acme")}, kTime,
                        QStringLiteral("a note")},
        &principalRequestFromJson);
    verifyRoundTrip(
        IssuedPrincipal{QStringLiteral("night-shift"), QStringLiteral("sba_0_0")}, &issuedPrincipalFromJson);
    verifyRoundTrip(Pairing{QStringLiteral("night-shift"), QStringLiteral("sbp_0_0"),
                        QStringLiteral("signalbox://pair?code=sbp_0_0"), kTime},
        &pairingFromJson);
}

// A principal without an end says so by null, not by a time long ago.
void TestPrincipalCodecs::openEnds()
{
    PrincipalInfo info = samplePrincipal();
    info.expiresAt.reset();
    info.revokedAt.reset();
    info.lastUsedAt.reset();
    const Result<PrincipalInfo> back = principalInfoFromJson(overTheWire(toJson(info)));
    QVERIFY(back.ok());
    QVERIFY(!back->expiresAt && !back->revokedAt && !back->lastUsedAt);
    QVERIFY(toJson(info).value(QStringLiteral("expires_at")).isNull());
}

void TestPrincipalCodecs::wrongTypesAreErrors()
{
    for (const QJsonValue& role : {QJsonValue(QStringLiteral("root")), QJsonValue(4), QJsonValue(true)})
        QVERIFY(!principalRequestFromJson({{QStringLiteral("role"), role}}).ok());
    QVERIFY(!principalRequestFromJson({{QStringLiteral("tenants"), QStringLiteral("acme")}}).ok());
    QVERIFY(!principalRequestFromJson({{QStringLiteral("expires_at"), QStringLiteral("soon")}}).ok());
    QVERIFY(!whoAmIFromJson({{QStringLiteral("may"), QStringLiteral("everything")}}).ok());
    QVERIFY(!issuedPrincipalFromJson({{QStringLiteral("token"), 7}}).ok());
}

QTEST_GUILESS_MAIN(TestPrincipalCodecs)
#include "tst_principal_codecs.moc"

// server and roles: what the engine calls itself, where the admin API listens and for whom, and who has which role.
#include "config/compiler.h"
#include "full_config.h"

#include <QTemporaryFile>
#include <QTest>

using namespace gateway;
using namespace gateway::config;

namespace {

const QByteArray kPin = "AB:" + QByteArray("cd:").repeated(30) + "ef"; // as openssl prints it
const QString kDigits = QStringLiteral("ab") + QStringLiteral("cd").repeated(30) + QStringLiteral("ef");

struct Compiled
{
    std::unique_ptr<PolicySnapshot> snapshot;
    Problems problems;
};

// The full config with other server: and roles: parts.
Compiled compileWith(const QByteArray& server, const QByteArray& roles = "[]")
{
    QByteArray text = fullConfig();
    const qsizetype at = text.indexOf("server:");
    text.replace(at, text.indexOf('\n', at) - at, "server: " + server);
    text.replace("roles:\n  - {principal: alice, role: auditor}", "roles: " + roles);
    Compiled result;
    if (const auto file = parseConfig(QStringLiteral("t.yaml"), text, result.problems))
        result.snapshot = compile(*file, testKeys(), result.problems);
    return result;
}

} // namespace

class TestConfigServer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_file.open());
        m_file.write("x");
        m_file.flush();
        m_path = m_file.fileName().toUtf8();
    }

    void whole()
    {
        const Compiled result = compileWith("{name: eu-1, environment: prod, gateway: \"127.0.0.1:0\", admin: {listen: "
                                            "\"0.0.0.0:4181\", tls: {certificate: " +
                                                m_path + ", key: " + m_path + ", client_ca: " + m_path +
                                                ", next_pin: \"" + kPin +
                                                "\"}, hosts: [gw.example, 10.0.0.7, \"fd00::7\"], origins: "
                                                "[\"https://console.example\", \"https://console.example:8443\"]}}",
            "[{principal: alice, role: auditor}, {principal: probe, role: viewer, tenants: [acme], certificate: \"" +
                kPin + "\"}]");
        QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
        const PolicySnapshot& s = *result.snapshot;
        QCOMPARE(s.engineName.name, QStringLiteral("eu-1"));
        QCOMPARE(s.engineName.environment, QStringLiteral("prod"));
        QCOMPARE(s.admin.host, QStringLiteral("0.0.0.0"));
        QVERIFY(s.admin.tls && !s.admin.tls->selfSigned);
        QCOMPARE(s.admin.tls->nextPin, kDigits);
        QCOMPARE(s.admin.tls->clientCa, QString::fromUtf8(m_path));
        QCOMPARE(s.admin.hosts.size(), 3);
        QCOMPARE(s.admin.origins.size(), 2);
        QCOMPARE(s.roles.size(), std::size_t(2));
        QCOMPARE(s.roles[1].certificate, kDigits);
        QCOMPARE(s.roles[1].tenants, QStringList{QStringLiteral("acme")});
        QVERIFY(!s.warnings.join(u'\n').contains(QStringLiteral("Roles")));
        QVERIFY(!s.warnings.join(u'\n').contains(QStringLiteral("without TLS")));
    }

    void selfSigned()
    {
        for (const QByteArray& tls : {QByteArray("self-signed"), QByteArray("{certificate: self-signed}"),
                 QByteArray("{certificate: self-signed, client_ca: " + m_path + "}")}) {
            const Compiled result = compileWith("{admin: {listen: \"0.0.0.0:4181\", tls: " + tls + "}}");
            QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
            QVERIFY(result.snapshot->admin.tls->selfSigned);
        }
    }

    void nothingIsStatedByDefault()
    {
        const Compiled result = compileWith("{gateway: \"127.0.0.1:0\"}");
        QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
        QCOMPARE(result.snapshot->admin.host, QStringLiteral("127.0.0.1"));
        QVERIFY(!result.snapshot->admin.tls);
        QVERIFY(result.snapshot->engineName.environment.isEmpty());
        QVERIFY(result.snapshot->admin.hosts.isEmpty() && result.snapshot->admin.origins.isEmpty());
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<QByteArray>("roles");
        QTest::addColumn<QString>("field");
        const auto row = [](const char* name, const QByteArray& server, const QByteArray& roles, const char* field) {
            QTest::newRow(name) << server << roles << QString::fromLatin1(field);
        };
        const QByteArray plain = "{}";
        const QByteArray none = "[]";
        row("environment", "{environment: production}", none, "server.environment");
        row("name with a blank", "{name: \"eu 1\"}", none, "server.name");
        row("unknown field", "{admin: {listen: \"127.0.0.1:1\", token: x}}", none, "server.admin.token");
        row("a word for tls", "{admin: {tls: selfsigned}}", none, "server.admin.tls");
        row("no key", "{admin: {tls: {certificate: /nonexistent}}}", none, "server.admin.tls.key");
        row("no such authority", "{admin: {tls: {certificate: self-signed, client_ca: /nonexistent}}}", none,
            "server.admin.tls.client_ca");
        row("short pin", "{admin: {tls: {certificate: self-signed, next_pin: \"ab:cd\"}}}", none,
            "server.admin.tls.next_pin");
        row("self-signed gateway", "{gateway: {listen: \"127.0.0.1:1\", tls: self-signed}}", none,
            "server.gateway.tls");
        row("hosts of the gateway", "{gateway: {listen: \"127.0.0.1:1\", hosts: [a]}}", none, "server.gateway.hosts");
        row("host with a port", "{admin: {hosts: [\"gw.example:4181\"]}}", none, "server.admin.hosts");
        row("host with a scheme", "{admin: {hosts: [\"https://gw.example\"]}}", none, "server.admin.hosts");
        row("every host", "{admin: {hosts: [\"*\"]}}", none, "server.admin.hosts");
        row("every origin", "{admin: {origins: [\"*\"]}}", none, "server.admin.origins");
        row("null origin", "{admin: {origins: [\"null\"]}}", none, "server.admin.origins");
        row("origin with a path", "{admin: {origins: [\"https://a.example/x\"]}}", none, "server.admin.origins");
        row("origin with a user", "{admin: {origins: [\"https://u@a.example\"]}}", none, "server.admin.origins");
        row("role", plain, "[{principal: a, role: root}]", "roles[0].role");
        row("no role", plain, "[{principal: a}]", "roles[0].role");
        row("principal twice", plain, "[{principal: a, role: viewer}, {principal: a, role: admin}]",
            "roles[1].principal");
        row("local token", plain, "[{principal: local-token, role: viewer}]", "roles[0].principal");
        row("no such tenant", plain, "[{principal: a, role: viewer, tenants: [acne]}]", "roles[0].tenants");
        row("bound to nothing", plain, "[{principal: a, role: viewer, tenants: []}]", "roles[0].tenants");
        row("certificate nobody asks for", plain, "[{principal: a, role: viewer, certificate: \"" + kPin + "\"}]",
            "roles[0].certificate");
    }

    void refused()
    {
        QFETCH(QByteArray, server);
        QFETCH(QByteArray, roles);
        QFETCH(QString, field);
        const Compiled result = compileWith(server, roles);
        QVERIFY2(!result.snapshot, "the file was taken");
        QStringList fields;
        for (const Problem& problem : result.problems)
            fields.append(problem.field);
        QVERIFY2(fields.contains(field), qPrintable(describe(result.problems)));
    }

    void oneCertificateIsOnePrincipal()
    {
        const Compiled result = compileWith("{admin: {tls: {certificate: self-signed, client_ca: " + m_path + "}}}",
            "[{principal: a, role: viewer, certificate: \"" + kPin +
                "\"}, {principal: b, role: admin, certificate: "
                "\"" +
                kDigits.toLatin1() + "\"}]");
        QVERIFY(!result.snapshot);
    }

private:
    QTemporaryFile m_file;
    QByteArray m_path;
};

QTEST_GUILESS_MAIN(TestConfigServer)
#include "tst_config_server.moc"

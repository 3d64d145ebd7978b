#include "remote_engine.h"

#include "raw_client.h"

#include "api/local_engine.h"

#include <QCryptographicHash>
#include <QFile>
#include <QSslCertificate>
#include <QStandardPaths>

#include <thread>

namespace gateway::test {

QByteArray commonConfig()
{
    return R"(providers:
  - {name: simulator, kind: simulator, region: local, retention: zero}
  - {name: simulator-b, kind: simulator, region: local, retention: zero}
zones:
  - {name: eu-only, regions: [eu-west-1], retention: zero}
  - {name: home, regions: [local, eu-west-1], retention: zero}
aliases:
  - name: fast-summariser
    purpose: one-paragraph summaries
    owner: platform
    candidates:
      - {provider: simulator, model: sim-small-2026-09-01, weight: 1}
    fallback:
      - {kind: other-provider, provider: simulator-b, model: sim-small-2026-09-01}
      - {kind: refuse}
  - name: support-chat
    purpose: answers to customers' questions
    owner: support
    candidates:
      - {provider: simulator, model: sim-large-2026-09-01, weight: 1}
    fallback:
      - {kind: smaller-model, provider: simulator-b, model: sim-small-2026-09-01}
      - {kind: refuse}
    cost_ceiling_usd: "0.50"
  - name: load
    purpose: calls without a pause
    owner: tests
    candidates:
      - {provider: simulator, model: sim-fast-tokens-8, weight: 1}
tenants:
  - {name: load, zone: home, quota: {requests_per_minute: 600000, concurrency: 200}}
  - {name: demo, zone: home, quota: {requests_per_minute: 60000, concurrency: 200}}
  - {name: acme, zone: home, quota: {requests_per_minute: 60000, concurrency: 200}}
budgets:
  - {scope: {tenant: demo}, period: day, time_zone: UTC, amount_usd: "25", soft: [80, 95], at_limit: warn}
  - {scope: {tenant: acme}, period: month, time_zone: Europe/Berlin, amount_usd: "500", soft: [80, 95], at_limit: refuse}
)";
}

RemoteEngine::RemoteEngine(const TwoNamespaces& link) : m_link(link) {}

QString RemoteEngine::whyNot()
{
    return QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty()
               ? QStringLiteral("the program openssl is not installed")
               : QString();
}

QString RemoteEngine::makeCertificate()
{
    const QString certificate = file(QStringLiteral("admin.pem"));
    QProcess openssl;
    openssl.start(QStringLiteral("openssl"),
        {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("ec"),
            QStringLiteral("-pkeyopt"), QStringLiteral("ec_paramgen_curve:prime256v1"), QStringLiteral("-nodes"),
            QStringLiteral("-days"), QStringLiteral("30"), QStringLiteral("-subj"), QStringLiteral("/CN=engine.test"),
            QStringLiteral("-addext"), QStringLiteral("subjectAltName=IP:10.77.0.1"), QStringLiteral("-keyout"),
            file(QStringLiteral("admin.key")), QStringLiteral("-out"), certificate});
    if (!openssl.waitForFinished() || openssl.exitCode() != 0)
        return QStringLiteral("openssl: ") + QString::fromUtf8(openssl.readAllStandardError());
    const auto made = QSslCertificate::fromPath(certificate);
    if (made.isEmpty())
        return QStringLiteral("openssl made no certificate");
    m_pin = QString::fromLatin1(made.first().digest(QCryptographicHash::Sha256).toHex());
    return {};
}

QString RemoteEngine::prepare()
{
    if (const QString wrong = makeCertificate(); !wrong.isEmpty())
        return wrong;
    QFile config(configFile());
    if (!config.open(QIODevice::WriteOnly))
        return config.errorString();
    config.write("signalbox: 1\nserver:\n  gateway: \"127.0.0.1:4180\"\n  admin: {listen: \"10.77.0.1:4181\", tls: "
                 "{certificate: \"" +
                 file(QStringLiteral("admin.pem")).toUtf8() + "\", key: \"" +
                 file(QStringLiteral("admin.key")).toUtf8() + "\"}}\n" + commonConfig());
    return {};
}

QString RemoteEngine::start()
{
    if (const QString wrong = prepare(); !wrong.isEmpty())
        return wrong;
    m_program = std::make_unique<Program>(QStringLiteral("signalboxd"),
        QStringList{QStringLiteral("--config"), configFile(), QStringLiteral("--data-dir"), dataDirectory(),
            QStringLiteral("--workers"), QStringLiteral("1")},
        m_link.inside(TwoNamespaces::Side::Engine));
    return m_program->waitForReady() ? QString() : QStringLiteral("signalboxd is not ready: ") + m_program->log();
}

api::HttpTransportOptions RemoteEngine::options() const
{
    api::HttpTransportOptions options;
    options.base = QUrl(url());
    if (const auto token = api::readToken(tokenFile()))
        options.token = *token;
    options.pin = m_pin;
    options.client = "signalbox-tests";
    return options;
}

void RemoteEngine::inside(const std::function<void()>& work) const
{
    std::thread([&] {
        if (m_link.enter(TwoNamespaces::Side::Engine))
            work();
    }).join();
}

qint64 RemoteEngine::residentBytes() const
{
    QFile status(QStringLiteral("/proc/%1/statm").arg(m_program->pid()));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    return status.readAll().split(' ').value(1).toLongLong() * 4096;
}

QByteArray issueKey(const api::GatewayClient& client, const QString& tenant)
{
    api::CredentialRequest request;
    request.tenant = tenant;
    request.aliases = {QStringLiteral("*")};
    const auto issued = await(client.issueCredential(request, QStringLiteral("for the test's calls")));
    if (!issued)
        qWarning("no key: %s", qPrintable(issued.error().message));
    return issued ? issued->key.toUtf8() : QByteArray();
}

int makeCalls(quint16 gatewayPort, const QByteArray& demoKey, const QByteArray& acmeKey, int count)
{
    int answered = 0;
    for (int i = 0; i < count; ++i) {
        const QByteArray alias = i % 3 == 0 ? "support-chat" : "fast-summariser";
        const QByteArray prompt = "question number " + QByteArray::number(i);
        answered +=
            rawCall(gatewayPort, chatRequest(i % 4 == 0 ? acmeKey : demoKey, alias, i % 2 == 0, prompt)).status == 200;
    }
    return answered;
}

} // namespace gateway::test

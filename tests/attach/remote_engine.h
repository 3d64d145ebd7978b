// RemoteEngine: signalboxd on the engine's side of two namespaces, its admin API over TLS at 10.77.0.1:4181 with a
// certificate of its own that nobody signed, its gateway on its own loopback; and what a client needs to attach: URL,
// token, pin. Simulated providers; every alias has one candidate, so that two engines given the same calls do the same.
// Thread: the one that made it, which must be inside the client's namespace before start().
#pragma once

#include "netns.h"
#include "program.h"

#include "api/gateway_client.h"
#include "api/http_transport.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QTemporaryDir>

#include <memory>

namespace gateway::test {

// The config both sides of a comparison use, after a `server:` section of their own.
QByteArray commonConfig();

class RemoteEngine
{
public:
    explicit RemoteEngine(const TwoNamespaces& link);

    static QString whyNot(); // of what it needs beside the namespaces; empty: nothing is missing

    QString prepare(); // certificate and config; empty, or why not
    QString start();   // prepares and starts signalboxd
    QString url() const { return QStringLiteral("https://10.77.0.1:4181"); }
    const QString& pin() const { return m_pin; }
    QString configFile() const { return file(QStringLiteral("signalbox.yaml")); }
    QString tokenFile() const { return m_directory.filePath(QStringLiteral("data/admin.token")); }
    QString dataDirectory() const { return m_directory.filePath(QStringLiteral("data")); }
    QString file(const QString& name) const { return m_directory.filePath(name); }
    quint16 gatewayPort() const { return 4180; } // on 127.0.0.1 of its own namespace
    Program& program() { return *m_program; }
    qint64 residentBytes() const;

    api::HttpTransportOptions options() const;
    // Runs blocking work on a thread inside the engine's namespace and waits for it.
    void inside(const std::function<void()>& work) const;
    const TwoNamespaces& link() const { return m_link; }

private:
    QString makeCertificate();

    const TwoNamespaces& m_link;
    QTemporaryDir m_directory;
    QString m_pin;
    std::unique_ptr<Program> m_program;
};

// A gateway key for a tenant, through the admin API; empty on failure.
QByteArray issueKey(const api::GatewayClient& client, const QString& tenant);
// The same calls on every engine: some plain, some streamed, of two tenants and two aliases. Blocks; call it where the
// gateway's loopback is. The number that were answered 200.
int makeCalls(quint16 gatewayPort, const QByteArray& demoKey, const QByteArray& acmeKey, int count);

template <typename T>
api::Result<T> await(QFuture<api::Result<T>> future, int milliseconds = 20'000)
{
    const QDeadlineTimer deadline(milliseconds);
    while (!future.isFinished() && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    if (!future.isFinished())
        return api::failure(api::Failure::Unavailable, QStringLiteral("no answer in time"));
    return future.result();
}

} // namespace gateway::test

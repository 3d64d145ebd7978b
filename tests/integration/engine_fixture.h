// Help for tests that need a whole engine: a config written from a few lines, an engine in this process or as a
// program, a key for it, and the record read from the database file itself, not through the engine. One thread.
#pragma once

#include "program.h"

#include "api/gateway_client.h"
#include "engine/gateway.h"

#include <QCoreApplication>
#include <QDeadlineTimer>

#include <QMap>
#include <QTemporaryDir>

#include <functional>
#include <memory>

namespace gateway::test {

// One alias "fast" -> provider "up" (openai-compatible) at this base URL; tenant "acme".
QByteArray oneProviderConfig(const QString& baseUrl, const QByteArray& model = "m-2026-09-01");

// A call as the database holds it.
struct RecordedCall
{
    QString id;
    QString outcome;
    QString error;
    QString stream;
    int httpStatus = 0;
    int attempts = 0;
};

class RecordFile
{
public:
    explicit RecordFile(const QString& dataDirectory); // opens the database read-only
    ~RecordFile();
    Q_DISABLE_COPY_MOVE(RecordFile)

    bool isOpen() const { return m_open; }
    QMap<QString, QList<RecordedCall>> callsById() const; // one entry each, if all is well
    QList<RecordedCall> calls(const QString& id) const;
    qint64 callCount() const;
    QString integrity() const; // "ok"

private:
    QString m_connection;
    bool m_open = false;
};

// An engine in this process.
class EmbeddedEngine
{
public:
    explicit EmbeddedEngine(const QByteArray& config);

    // Before start(): other breaker times, so that a test need not wait for the real ones.
    void setBreaker(const fallback::BreakerOptions& options) { m_breaker = options; }

    QString start(); // empty, or why not
    quint16 port() const;
    const QByteArray& key() const { return m_key; }
    QString issueKey(const api::CredentialRequest& request, QByteArray& key); // empty, or why not
    api::Result<api::Call> call(const QByteArray& id);                        // as the admin API tells it
    api::GatewayClient client() const;
    engine::Gateway& gateway() { return *m_gateway; }
    QString file(const QString& name) const { return m_directory.filePath(name); } // beside the config
    // The data directory, when the record in it has caught up with what was answered: any reading through the API sees
    // to that.
    QString recordDirectory() const;
    QString dataDirectory() const { return m_directory.filePath(QStringLiteral("data")); }

private:
    QTemporaryDir m_directory;
    std::unique_ptr<engine::Gateway> m_gateway;
    fallback::BreakerOptions m_breaker;
    QByteArray m_key;
};

// Waits for a future while events are served; on a timeout the result is an error.
template <typename T>
api::Result<T> waitFor(QFuture<api::Result<T>> future)
{
    const QDeadlineTimer deadline(20'000);
    while (!future.isFinished() && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    if (!future.isFinished())
        return api::failure(api::Failure::Unavailable, QStringLiteral("no answer within 20 s"));
    return future.result();
}

// Runs blocking work (raw calls) on threads while this one serves events, which an embedded engine needs.
void inThreads(int count, const std::function<void(int)>& work);

} // namespace gateway::test

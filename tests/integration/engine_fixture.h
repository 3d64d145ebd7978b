// Help for tests that need a whole engine: a config written from a few lines, an engine in this process or as a
// program, a key for it, and the record read from the database file itself, not through the engine. One thread.
#pragma once

#include "program.h"

#include "engine/gateway.h"

#include <QMap>
#include <QTemporaryDir>

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

    QString start(); // empty, or why not
    quint16 port() const;
    const QByteArray& key() const { return m_key; }
    QString dataDirectory() const { return m_directory.filePath(QStringLiteral("data")); }

private:
    QTemporaryDir m_directory;
    std::unique_ptr<engine::Gateway> m_gateway;
    QByteArray m_key;
};

} // namespace gateway::test

// How to find the engine of a data directory: runtime.json says where it listens, admin.token lets one in. Used by the
// command line and by a console that attaches to a running local engine. Any thread; reads files.
#pragma once

#include "api/result.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QString>

namespace gateway::api {

struct RuntimeFacts
{
    qint64 pid = 0;
    QString version;
    QDateTime startedAt;
    QString gatewayUrl;
    QString adminUrl;
    QString adminPin = {}; // SHA-256 of the admin listener's certificate, hex; empty: it does not speak TLS
};

QJsonObject toJson(const RuntimeFacts& facts);
Result<RuntimeFacts> runtimeFactsFromJson(const QJsonObject& json);

QString runtimeFile(const QString& dataDirectory);
QString tokenFile(const QString& dataDirectory);
// Where engines of this user keep their data unless told otherwise: the XDG data directory, signalbox/ in it.
QString defaultDataDirectory();

// Unreachable if no engine runs there (no runtime.json).
Result<RuntimeFacts> readRuntime(const QString& dataDirectory);
// NotPermitted if the file cannot be read, Invalid if it holds no token.
Result<QByteArray> readToken(const QString& file);

} // namespace gateway::api

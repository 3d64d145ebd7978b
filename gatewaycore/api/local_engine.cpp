#include "api/local_engine.h"

#include "json_fields.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QStandardPaths>

#include <algorithm>

namespace gateway::api {
namespace {

constexpr qint64 kLargestFile = 64 * 1024;

constexpr auto kRuntimeFields = std::tuple{
    field("pid", &RuntimeFacts::pid),
    field("version", &RuntimeFacts::version),
    field("started_at", &RuntimeFacts::startedAt),
    field("gateway", &RuntimeFacts::gatewayUrl),
    field("admin", &RuntimeFacts::adminUrl),
    field("admin_sha256", &RuntimeFacts::adminPin),
};

} // namespace

QJsonObject toJson(const RuntimeFacts& facts)
{
    return writeFields(facts, kRuntimeFields);
}

Result<RuntimeFacts> runtimeFactsFromJson(const QJsonObject& json)
{
    return parseFields<RuntimeFacts>(json, kRuntimeFields);
}

QString runtimeFile(const QString& dataDirectory)
{
    return QDir(dataDirectory).filePath(QStringLiteral("runtime.json"));
}

QString tokenFile(const QString& dataDirectory)
{
    return QDir(dataDirectory).filePath(QStringLiteral("admin.token"));
}

QString defaultDataDirectory()
{
    return QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation))
        .filePath(QStringLiteral("signalbox"));
}

Result<RuntimeFacts> readRuntime(const QString& dataDirectory)
{
    QFile file(runtimeFile(dataDirectory));
    if (!file.open(QIODevice::ReadOnly)) {
        return failure(Failure::Unreachable, QStringLiteral("No engine runs in %1.").arg(dataDirectory),
            QStringLiteral("Start signalboxd or signalbox, or name another place with --data-dir or --url."));
    }
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.read(kLargestFile), &error);
    Result<RuntimeFacts> facts = runtimeFactsFromJson(document.object());
    if (error.error != QJsonParseError::NoError || !facts || facts->adminUrl.isEmpty())
        return failure(
            Failure::Invalid, QStringLiteral("%1 does not say where an engine listens.").arg(file.fileName()));
    return facts;
}

Result<QByteArray> readToken(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(Failure::NotPermitted,
            QStringLiteral("The token file %1 cannot be read: %2").arg(path, file.errorString()));
    const QByteArray token = file.read(kLargestFile).trimmed();
    const auto isPlain = [](char c) { return c > 0x20 && c < 0x7f; };
    if (token.isEmpty() || !std::all_of(token.begin(), token.end(), isPlain))
        return failure(Failure::Invalid, QStringLiteral("The file %1 holds no token.").arg(path));
    return token;
}

} // namespace gateway::api

#include "session/connection_book.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QUrl>
#include <QUrlQuery>
#include <QUuid>

#include <algorithm>

namespace ui {

using namespace gateway::api;

namespace {

constexpr qint64 kLargestFile = 1 << 20;
constexpr qsizetype kMost = 500;

Environment environmentFrom(const QString& word)
{
    for (const Environment each : {Environment::Prod, Environment::Stage}) {
        if (word == wordOf(each))
            return each;
    }
    return Environment::Local;
}

bool isEngineUrl(const QUrl& url)
{
    const bool isWeb = url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("http");
    return url.isValid() && isWeb && !url.host().isEmpty() && url.userInfo().isEmpty();
}

} // namespace

QJsonObject toJson(const Connection& connection)
{
    return {{QStringLiteral("id"), connection.id}, {QStringLiteral("name"), connection.name},
        {QStringLiteral("environment"), wordOf(connection.environment)},
        {QStringLiteral("environment_pinned"), connection.environmentPinned}, {QStringLiteral("url"), connection.url},
        {QStringLiteral("pin"), connection.pin}, {QStringLiteral("next_pin"), connection.nextPin},
        {QStringLiteral("certificate"),
            connection.certificate ? QJsonValue(gateway::api::toJson(*connection.certificate)) : QJsonValue()},
        {QStringLiteral("ca_file"), connection.caFile},
        {QStringLiteral("client_certificate"), connection.clientCertificateFile},
        {QStringLiteral("client_key"), connection.clientKeyFile}, {QStringLiteral("token_file"), connection.tokenFile},
        {QStringLiteral("principal"), connection.principal}, {QStringLiteral("role"), connection.role},
        {QStringLiteral("engine_id"), connection.engineId}, {QStringLiteral("read_only"), connection.readOnly},
        {QStringLiteral("last_used"),
            connection.lastUsed ? QJsonValue(connection.lastUsed->toUTC().toString(Qt::ISODate)) : QJsonValue()}};
}

std::optional<Connection> connectionFromJson(const QJsonObject& json)
{
    const auto text = [&json](const char* key) { return json.value(QLatin1String(key)).toString(); };
    Connection connection;
    connection.id = text("id");
    connection.name = text("name");
    connection.environment = environmentFrom(text("environment"));
    connection.environmentPinned = json.value(QLatin1String("environment_pinned")).toBool();
    connection.url = text("url");
    connection.pin = text("pin").isEmpty() ? QString() : pinFromText(text("pin"));
    connection.nextPin = text("next_pin").isEmpty() ? QString() : pinFromText(text("next_pin"));
    if (json.value(QLatin1String("certificate")).isObject()) {
        const auto facts = certificateFactsFromJson(json.value(QLatin1String("certificate")).toObject());
        if (facts && facts->sha256 == connection.pin)
            connection.certificate = *facts;
    }
    connection.caFile = text("ca_file");
    connection.clientCertificateFile = text("client_certificate");
    connection.clientKeyFile = text("client_key");
    connection.tokenFile = text("token_file");
    connection.principal = text("principal");
    connection.role = text("role");
    connection.engineId = text("engine_id");
    connection.readOnly = json.value(QLatin1String("read_only")).toBool();
    const QDateTime used = QDateTime::fromString(text("last_used"), Qt::ISODate);
    if (used.isValid())
        connection.lastUsed = used.toUTC();
    // a pin that was written and cannot be read is no pin to do without
    const bool pinLost = !text("pin").isEmpty() && connection.pin.isEmpty();
    if (!isEngineUrl(QUrl(connection.url, QUrl::StrictMode)) || pinLost)
        return std::nullopt;
    return connection;
}

std::optional<PairingLink> pairingLinkFromText(const QString& text)
{
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    if (url.scheme() != QLatin1String("signalbox") || url.host() != QLatin1String("pair"))
        return std::nullopt;
    const QUrlQuery query(url);
    PairingLink link{query.queryItemValue(QStringLiteral("url"), QUrl::FullyDecoded),
        query.queryItemValue(QStringLiteral("pin"), QUrl::FullyDecoded),
        query.queryItemValue(QStringLiteral("code"), QUrl::FullyDecoded)};
    if (!link.pin.isEmpty()) {
        link.pin = pinFromText(link.pin);
        if (link.pin.isEmpty())
            return std::nullopt;
    }
    if (!isEngineUrl(QUrl(link.url, QUrl::StrictMode)) || !link.code.startsWith(QLatin1String("sbp_")))
        return std::nullopt;
    return link;
}

ConnectionBook::ConnectionBook(QString file, QObject* parent) : QObject(parent), m_file(std::move(file)) {}

Outcome ConnectionBook::load()
{
    if (m_file.isEmpty() || !QFileInfo::exists(m_file))
        return Done{};
    QFile file(m_file);
    const auto refuse = [this](const QString& why) {
        m_mayWrite = false; // what is there may be somebody's work
        return Outcome(
            failure(Failure::Invalid, QStringLiteral("The list of connections %1 cannot be used: %2").arg(m_file, why),
                QStringLiteral("It is left as it is; nothing is written over it.")));
    };
    if (!file.open(QIODevice::ReadOnly))
        return refuse(file.errorString());
    if (file.size() > kLargestFile)
        return refuse(QStringLiteral("it is larger than 1 MiB."));
    QJsonParseError error;
    const QJsonObject json = QJsonDocument::fromJson(file.readAll(), &error).object();
    if (error.error != QJsonParseError::NoError)
        return refuse(error.errorString());
    const int format = json.value(QLatin1String("format")).toInt();
    if (format > kFormat)
        return refuse(QStringLiteral("a newer Signalbox wrote it."));
    if (format < kFormat)
        QFile::copy(m_file, m_file + QStringLiteral(".format%1").arg(format));
    m_connections.clear();
    for (const QJsonValue& value : json.value(QLatin1String("connections")).toArray()) {
        const auto connection = connectionFromJson(value.toObject());
        if (connection && !connection->id.isEmpty() && m_connections.size() < kMost)
            m_connections.append(*connection);
    }
    Q_EMIT changed();
    return Done{};
}

const Connection* ConnectionBook::find(const QString& id) const
{
    const auto found =
        std::find_if(m_connections.begin(), m_connections.end(), [&id](const Connection& c) { return c.id == id; });
    return found == m_connections.end() ? nullptr : &*found;
}

const Connection* ConnectionBook::findUrl(const QString& url) const
{
    // the root's slash is none to strip for QUrl
    const auto plain = [](const QString& text) {
        QUrl one = QUrl(text).adjusted(QUrl::StripTrailingSlash);
        if (one.path() == QLatin1String("/"))
            one.setPath({});
        return one;
    };
    const QUrl wanted = plain(url);
    for (const Connection& connection : m_connections) {
        if (plain(connection.url) == wanted)
            return &connection;
    }
    return nullptr;
}

Result<QString> ConnectionBook::put(Connection connection)
{
    if (!isEngineUrl(QUrl(connection.url, QUrl::StrictMode)))
        return failure(Failure::Invalid, QStringLiteral("An engine's address is like https://gateway.example:4181."));
    if (connection.id.isEmpty())
        connection.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const QString id = connection.id;
    const auto found =
        std::find_if(m_connections.begin(), m_connections.end(), [&id](const Connection& c) { return c.id == id; });
    if (found != m_connections.end())
        *found = std::move(connection);
    else if (m_connections.size() < kMost)
        m_connections.append(std::move(connection));
    else
        return failure(Failure::Invalid, QStringLiteral("The list holds %1 connections at most.").arg(kMost));
    const Outcome saved = save();
    Q_EMIT changed();
    if (!saved)
        return saved.error();
    return id;
}

Outcome ConnectionBook::remove(const QString& id)
{
    if (m_connections.removeIf([&id](const Connection& connection) { return connection.id == id; }) == 0)
        return Done{};
    const Outcome saved = save();
    Q_EMIT changed();
    return saved;
}

QByteArray ConnectionBook::exported() const
{
    QJsonArray array;
    for (const Connection& connection : m_connections)
        array.append(toJson(connection));
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), kFormat}, {QStringLiteral("connections"), array}})
        .toJson(QJsonDocument::Indented);
}

Result<int> ConnectionBook::import(const QByteArray& json)
{
    QJsonParseError error;
    const QJsonObject root = QJsonDocument::fromJson(json.left(kLargestFile), &error).object();
    if (error.error != QJsonParseError::NoError || !root.value(QLatin1String("connections")).isArray())
        return failure(Failure::Invalid, QStringLiteral("This is not a list of connections."));
    int added = 0;
    for (const QJsonValue& value : root.value(QLatin1String("connections")).toArray()) {
        auto connection = connectionFromJson(value.toObject());
        if (!connection || findUrl(connection->url) || m_connections.size() >= kMost)
            continue;
        connection->id = QUuid::createUuid().toString(QUuid::WithoutBraces); // its secret, if any, is not ours
        connection->lastUsed.reset();
        m_connections.append(*connection);
        ++added;
    }
    const Outcome saved = save();
    Q_EMIT changed();
    if (!saved)
        return saved.error();
    return added;
}

Outcome ConnectionBook::save()
{
    if (m_file.isEmpty())
        return Done{};
    if (!m_mayWrite)
        return failure(Failure::Unavailable,
            QStringLiteral("The list of connections %1 could not be read, so it is not written over.").arg(m_file));
    QDir().mkpath(QFileInfo(m_file).absolutePath());
    QSaveFile file(m_file);
    const QByteArray text = exported();
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) ||
        file.write(text) != text.size() || !file.commit())
        return failure(Failure::Unavailable,
            QStringLiteral("The list of connections %1 cannot be written: %2").arg(m_file, file.errorString()));
    return Done{};
}

} // namespace ui

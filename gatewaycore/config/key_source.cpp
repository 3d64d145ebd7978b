#include "config/key_source.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace gateway::config {
namespace {

constexpr qint64 kLongestKey = 64 << 10;

api::Error wrong(QString message, QString hint = {})
{
    return api::failure(api::Failure::Invalid, std::move(message), std::move(hint));
}

bool canStandInHeader(const QByteArray& key)
{
    return std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// A Google service account comes as the JSON file that Google gives out.
bool isServiceAccount(const QByteArray& bytes)
{
    return QJsonDocument::fromJson(bytes).object().value(QLatin1String("type")) == QLatin1String("service_account");
}

} // namespace

KeySource::KeySource()
    : KeySource([](const QByteArray& name) -> std::optional<QByteArray> {
          if (!qEnvironmentVariableIsSet(name.constData()))
              return std::nullopt;
          return qgetenv(name.constData());
      })
{
}

KeySource::KeySource(Environment environment) : m_environment(std::move(environment)) {}

// The bytes behind a reference, without the last line break of a file; not empty.
api::Result<KeySource::Read> KeySource::read(const QString& reference) const
{
    const qsizetype colon = reference.indexOf(u':');
    const QStringView scheme = QStringView(reference).left(std::max<qsizetype>(colon, 0));
    const QString name = reference.mid(colon + 1);
    QByteArray bytes;
    QString warning;
    if (scheme == QLatin1String("env")) {
        if (name.isEmpty())
            return wrong(QStringLiteral("The name of the environment variable is missing after env:."));
        const std::optional<QByteArray> value = m_environment(name.toUtf8());
        if (!value || value->isEmpty())
            return wrong(QStringLiteral("The environment variable %1 is not set.").arg(name.left(200)),
                QStringLiteral("Set it for the engine's process, or use file:PATH."));
        bytes = *value;
    } else if (scheme == QLatin1String("file")) {
        QFile file(name);
        if (QFileInfo(name).isDir() || !file.open(QIODevice::ReadOnly))
            return wrong(QStringLiteral("The key file %1 cannot be read: %2.").arg(name, file.errorString()));
        bytes = file.read(kLongestKey + 1);
        if (bytes.endsWith('\n'))
            bytes.chop(1);
        if (bytes.endsWith('\r'))
            bytes.chop(1);
        if (bytes.isEmpty())
            return wrong(QStringLiteral("The key file %1 is empty.").arg(name));
        constexpr auto others =
            QFileDevice::ReadGroup | QFileDevice::ReadOther | QFileDevice::WriteGroup | QFileDevice::WriteOther;
        if (file.permissions() & others)
            warning =
                QStringLiteral("The key file %1 can be read by other users of this machine; its mode should be 0600.")
                    .arg(name);
    } else if (scheme == QLatin1String("vault")) {
        return wrong(QStringLiteral("This engine has no vault; the key cannot be read from one."),
            QStringLiteral("Use env:NAME or file:PATH."));
    } else {
        // not repeated: this is most likely the key itself
        return wrong(
            QStringLiteral("A key must not stand in the config file."), QStringLiteral("Use env:NAME or file:PATH."));
    }
    return Read{std::move(bytes), std::move(warning)};
}

api::Result<Secret> KeySource::resolveText(const QString& reference) const
{
    api::Result<Read> found = read(reference);
    if (!found)
        return found.error();
    const auto canStand = [](char c) { return c >= 0x20 && c < 0x7f; };
    if (found->bytes.size() > kLongestKey || !std::all_of(found->bytes.begin(), found->bytes.end(), canStand))
        return wrong(QStringLiteral("What is behind %1 has control or non-ASCII characters, or is too long.")
                         .arg(reference.left(200)));
    return Secret(std::move(found->bytes));
}

api::Result<KeySource::Key> KeySource::resolve(const QString& reference) const
{
    api::Result<Read> found = read(reference);
    if (!found)
        return found.error();
    QByteArray bytes = std::move(found->bytes);
    Key key;
    key.warning = std::move(found->warning);
    const bool isFile = bytes.trimmed().startsWith('{');
    if (isFile && bytes.size() <= kLongestKey && isServiceAccount(bytes)) {
        key.isServiceAccount = true;
        bytes = QJsonDocument::fromJson(bytes).toJson(QJsonDocument::Compact);
    } else if (isFile) { // another kind of key file would go out as a bearer token, secrets and all
        return wrong(QStringLiteral("The key behind %1 is a JSON file, but not that of a Google service account.")
                         .arg(reference.left(200)));
    } else if (bytes.size() > kLongestKey || !canStandInHeader(bytes)) {
        return wrong(
            QStringLiteral("The key behind %1 has white space, control or non-ASCII characters, or is too long.")
                .arg(reference.left(200)));
    }
    key.secret = Secret(std::move(bytes));
    return key;
}

} // namespace gateway::config

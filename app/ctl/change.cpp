#include "change.h"

#include <QRegularExpression>
#include <QStringList>

namespace ctl {

using namespace gateway;

std::shared_ptr<Change> addReason(CLI::App& command)
{
    auto change = std::make_shared<Change>();
    command.add_option("--reason", change->reason, "Why, for the audit log")->type_name("TEXT");
    command.add_flag("--dry-run", change->dryRun, "Show what would be sent and what would happen; change nothing");
    command.add_option("--if-revision", change->ifRevision, "Only while this revision of the config is in force")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    return change;
}

std::shared_ptr<Change> addChange(CLI::App& command, const std::string& untold)
{
    auto change = addReason(command);
    command.add_option("--expires", change->expires, "When it ends: 30m, 2h, 1d or an RFC 3339 time; " + untold)
        ->type_name("TIME");
    return change;
}

QString reasonOr(const std::string& given, const QString& verb)
{
    if (!given.empty())
        return QString::fromStdString(given);
    const QString user = qEnvironmentVariable("USER");
    return verb + QStringLiteral(" with signalboxctl") + (user.isEmpty() ? QString() : QStringLiteral(" by ") + user);
}

std::optional<qint64> millisFrom(const QString& text)
{
    static const QRegularExpression span(QStringLiteral("\\A([0-9]{1,9})(ms|s|m|h|d)\\z"));
    const QRegularExpressionMatch match = span.match(text);
    if (!match.hasMatch())
        return {};
    const QString unit = match.captured(2);
    const qint64 ms = unit == QLatin1String("ms")  ? 1
                      : unit == QLatin1String("s") ? 1000
                      : unit == QLatin1String("m") ? 60'000
                      : unit == QLatin1String("h") ? 3'600'000
                                                   : 86'400'000;
    return match.captured(1).toLongLong() * ms;
}

namespace {

std::optional<QDateTime> rfc3339From(const QString& text)
{
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    // without an offset nobody knows which hour is meant
    return time.isValid() && time.timeSpec() != Qt::LocalTime ? std::optional(time.toUTC()) : std::nullopt;
}

} // namespace

api::Result<Expiry> expiryFrom(const std::string& given)
{
    const QString text = QString::fromStdString(given);
    if (text.isEmpty())
        return Expiry{};
    const std::optional<qint64> span = millisFrom(text);
    if (span && *span >= 1000 && *span / 1000 < 1'000'000LL * 86'400)
        return Expiry{{}, *span / 1000};
    if (const std::optional<QDateTime> time = rfc3339From(text))
        return Expiry{time, {}};
    return api::failure(api::Failure::Invalid,
        QStringLiteral("--expires is a duration, as 30m, or an RFC 3339 time, as 2027-01-31T00:00:00Z."));
}

api::Result<std::optional<QDateTime>> pastFrom(const std::string& given, const QString& option)
{
    const QString text = QString::fromStdString(given);
    if (text.isEmpty())
        return std::optional<QDateTime>();
    if (const std::optional<qint64> span = millisFrom(text))
        return std::optional(QDateTime::currentDateTimeUtc().addMSecs(-*span));
    if (const std::optional<QDateTime> time = rfc3339From(text))
        return time;
    return api::failure(api::Failure::Invalid,
        QStringLiteral("%1 is a duration (90s, 15m, 2h, 7d) or an RFC 3339 time, as 2027-01-31T00:00:00Z.")
            .arg(option));
}

QStringList listFrom(const std::string& text)
{
    QStringList list;
    for (const QString& part : QString::fromStdString(text).split(u',', Qt::SkipEmptyParts))
        list.append(part.trimmed());
    return list;
}

} // namespace ctl

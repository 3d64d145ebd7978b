#include "change.h"

namespace ctl {

using namespace gateway;

std::shared_ptr<Change> addReason(CLI::App& command)
{
    auto change = std::make_shared<Change>();
    command.add_option("--reason", change->reason, "Why, for the audit")->type_name("TEXT");
    return change;
}

std::shared_ptr<Change> addChange(CLI::App& command, const std::string& untold)
{
    auto change = addReason(command);
    command.add_option("--expires", change->expires, "When it ends: 30m, 2h, 1d or an RFC 3339 time; " + untold)
        ->type_name("TIME");
    command.add_flag("--dry-run", change->dryRun, "Show what would happen, change nothing");
    return change;
}

QString reasonOr(const std::string& given, const QString& verb)
{
    if (!given.empty())
        return QString::fromStdString(given);
    const QString user = qEnvironmentVariable("USER");
    return verb + QStringLiteral(" with signalboxctl") + (user.isEmpty() ? QString() : QStringLiteral(" by ") + user);
}

api::Result<Expiry> expiryFrom(const std::string& given)
{
    const QString text = QString::fromStdString(given);
    if (text.isEmpty())
        return Expiry{};
    const QString number = text.chopped(1);
    const QChar unit = text.back();
    const qint64 seconds = unit == u's' ? 1 : unit == u'm' ? 60 : unit == u'h' ? 3600 : unit == u'd' ? 86'400 : 0;
    bool isNumber = false;
    const qint64 count = number.toLongLong(&isNumber);
    if (seconds > 0 && isNumber && count > 0 && count < 1'000'000)
        return Expiry{{}, count * seconds};
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!time.isValid() || time.timeSpec() == Qt::LocalTime)
        return api::failure(api::Failure::Invalid,
            QStringLiteral("--expires is a duration, as 30m, or an RFC 3339 time, as 2027-01-31T00:00:00Z."));
    return Expiry{time.toUTC(), {}};
}

} // namespace ctl

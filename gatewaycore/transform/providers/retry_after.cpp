#include "transform/providers/retry_after.h"

#include <QDateTime>
#include <QLocale>

namespace gateway::transform {
namespace {

constexpr qint64 kLongest = 24ll * 3600 * 1000;

std::optional<qint64> plausible(double ms)
{
    if (!(ms >= 0) || ms > double(kLongest))
        return std::nullopt;
    return qint64(ms);
}

} // namespace

std::optional<qint64> retryAfterMs(const http::MessageHead& head, qint64 nowMs)
{
    bool isNumber = false;
    if (const double ms = head.value("retry-after-ms").toByteArray().toDouble(&isNumber); isNumber)
        return plausible(ms);
    const QByteArray value = head.value("retry-after").toByteArray();
    if (value.isEmpty())
        return std::nullopt;
    if (const double seconds = value.toDouble(&isNumber); isNumber)
        return plausible(seconds * 1000);
    QDateTime date =
        QLocale::c().toDateTime(QString::fromLatin1(value), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    date.setTimeSpec(Qt::UTC);
    return date.isValid() ? plausible(double(date.toMSecsSinceEpoch() - nowMs)) : std::nullopt;
}

} // namespace gateway::transform

#include "output.h"

#include <QJsonDocument>

#include <cstdio>

namespace ctl {
namespace {

void put(std::FILE* to, const QByteArray& bytes)
{
    std::fwrite(bytes.constData(), 1, std::size_t(bytes.size()), to);
    std::fflush(to);
}

} // namespace

void printLine(const QString& text)
{
    put(stdout, text.toUtf8() + '\n');
}

void printJson(const QJsonObject& object)
{
    put(stdout, QJsonDocument(object).toJson(QJsonDocument::Indented));
}

void printJson(const QJsonArray& array)
{
    put(stdout, QJsonDocument(array).toJson(QJsonDocument::Indented));
}

void printJsonLine(const QJsonObject& object)
{
    put(stdout, QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
}

void say(const QString& text)
{
    put(stderr, text.toUtf8() + '\n');
}

int fail(const gateway::api::Error& error)
{
    say(QStringLiteral("signalboxctl: ") + error.message);
    if (!error.hint.isEmpty())
        say(QStringLiteral("  ") + error.hint);
    return exitCodeOf(error.failure);
}

QString timeText(const QDateTime& time)
{
    return time.isValid() ? time.toUTC().toString(Qt::ISODate) : QString();
}

QString timeText(const std::optional<QDateTime>& time)
{
    return time ? timeText(*time) : QString();
}

QString millisText(const std::optional<double>& ms)
{
    return ms ? QString::number(*ms, 'f', *ms < 100 ? 1 : 0) + QStringLiteral(" ms") : QString();
}

QString millisText(qint64 us)
{
    return us < 0 ? QString() : millisText(std::optional(double(us) / 1000.0));
}

QString bytesText(qint64 bytes)
{
    if (bytes < 1024 * 1024)
        return QString::number(bytes / 1024) + QStringLiteral(" KiB");
    return QString::number(double(bytes) / (1024.0 * 1024.0), 'f', 1) + QStringLiteral(" MiB");
}

} // namespace ctl

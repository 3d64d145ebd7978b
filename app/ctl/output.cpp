#include "output.h"

#include "table.h"

#include <QJsonDocument>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace ctl {
namespace {

// Qt ignores SIGPIPE as soon as there is a socket, so the end of a pipe shows here.
[[noreturn]] void endForOutput(int error)
{
    if (error == EPIPE) {
        std::signal(SIGPIPE, SIG_DFL);
        std::raise(SIGPIPE);
    }
    std::fprintf(stderr, "signalboxctl: The output cannot be written: %s.\n", std::strerror(error));
    std::_Exit(Error);
}

} // namespace

void printBytes(const QByteArray& bytes)
{
    const bool written =
        std::fwrite(bytes.constData(), 1, std::size_t(bytes.size()), stdout) == std::size_t(bytes.size());
    if (!written || std::fflush(stdout) != 0)
        endForOutput(errno);
}

void printLine(const QString& text)
{
    printBytes(text.toUtf8() + '\n');
}

void printJson(const QJsonObject& object)
{
    printBytes(QJsonDocument(object).toJson(QJsonDocument::Indented));
}

void printJson(const QJsonArray& array)
{
    printBytes(QJsonDocument(array).toJson(QJsonDocument::Indented));
}

void printJsonLine(const QJsonObject& object)
{
    printBytes(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
}

void say(const QString& text)
{
    const QByteArray line = text.toUtf8() + '\n';
    std::fwrite(line.constData(), 1, std::size_t(line.size()), stderr);
    std::fflush(stderr);
}

int fail(const gateway::api::Error& error)
{
    // what an engine says is text from outside
    say(QStringLiteral("signalboxctl: ") + plain(error.message));
    if (!error.hint.isEmpty())
        say(QStringLiteral("  ") + plain(error.hint));
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
    if (bytes < qint64(1024) * 1024 * 1024)
        return QString::number(double(bytes) / (1024.0 * 1024.0), 'f', 1) + QStringLiteral(" MiB");
    return QString::number(double(bytes) / (1024.0 * 1024.0 * 1024.0), 'f', 1) + QStringLiteral(" GiB");
}

} // namespace ctl

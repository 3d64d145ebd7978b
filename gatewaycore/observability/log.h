// Structured logging: one JSON object per line on stderr, {"time", "level", "event", ...fields}. The names of fields
// are a closed list (kFields in log.cpp); a field outside it is dropped and the line says so. Every line passes a
// Redactor at the sink. Writing happens on a thread of its own behind a bounded queue: when the sink is slow the oldest
// lines are lost and counted, a worker never waits. Each event may write 20 lines in 10 s; what is held back is counted
// and told in the event's next line. log() from any thread, also before startLog() and after stopLog(): then it writes
// at once, on the caller's thread.
#pragma once

#include "base/secret.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <initializer_list>
#include <variant>

namespace gateway::observability {

enum class LogLevel
{
    Trace,
    Debug,
    Info,
    Warning,
    Error
};

struct LogField
{
    const char* name;
    std::variant<QString, qint64, double, bool> value;

    LogField(const char* fieldName, const QString& text) : name(fieldName), value(text) {}
    LogField(const char* fieldName, const char* text) : name(fieldName), value(QString::fromUtf8(text)) {}
    LogField(const char* fieldName, int number) : name(fieldName), value(qint64(number)) {}
    LogField(const char* fieldName, qint64 number) : name(fieldName), value(number) {}
    LogField(const char* fieldName, double number) : name(fieldName), value(number) {}
    LogField(const char* fieldName, bool flag) : name(fieldName), value(flag) {}
};

struct LogOptions
{
    LogLevel level = LogLevel::Info;
    std::size_t queueLines = 8192;
    // Where finished, redacted lines go (with their line feed); empty: stderr. Called on the log thread.
    std::function<void(QByteArrayView)> writer;
};

void startLog(LogOptions options);
void stopLog(); // writes what waits

// `event` is a constant name such as "provider.unreachable"; facts go into fields, not into it.
void log(LogLevel level, const char* event, std::initializer_list<LogField> fields = {});

// Provider keys, the pepper, the admin token: never shown in a line from now on.
void keepOutOfLog(const Secret& secret);

qint64 logLinesSuppressed();
qint64 logLinesDropped();

} // namespace gateway::observability

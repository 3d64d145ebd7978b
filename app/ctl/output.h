// Where words go: data on stdout, talk on stderr; and how times and numbers are written for people.
#pragma once

#include "session.h"

#include <QJsonArray>
#include <QJsonObject>

#include <optional>

namespace ctl {

// Output that cannot be written ends the program: quietly when the reader has gone (`| head`), else with exit code 1.
// Half an answer must not look like a whole one.
void printBytes(const QByteArray& bytes);
void printLine(const QString& text);
void printJson(const QJsonObject& object);
void printJson(const QJsonArray& array);
void printJsonLine(const QJsonObject& object);
void say(const QString& text); // stderr
// Says what went wrong and gives the exit code for it.
int fail(const gateway::api::Error& error);

// A list as --json (one array) or --jsonl (one object a line); false if neither was asked for.
template <typename Values>
bool printAsJson(const Options& options, const Values& values)
{
    if (!options.json && !options.jsonl)
        return false;
    QJsonArray array;
    for (const auto& value : values) {
        if (options.jsonl)
            printJsonLine(toJson(value));
        else
            array.append(toJson(value));
    }
    if (!options.jsonl)
        printJson(array);
    return true;
}

// toJson is found where the value is (api::), also if its header comes after this one.
// One object: --json over several lines, --jsonl on one.
template <typename Value>
bool printOneAsJson(const Options& options, const Value& value)
{
    if (!options.json && !options.jsonl)
        return false;
    if (options.jsonl)
        printJsonLine(toJson(value));
    else
        printJson(toJson(value));
    return true;
}

QString timeText(const QDateTime& time); // RFC 3339, UTC, seconds
QString timeText(const std::optional<QDateTime>& time);
QString millisText(qint64 us); // "12.3 ms"; "" for never
QString millisText(const std::optional<double>& ms);
QString bytesText(qint64 bytes);

} // namespace ctl

// Check: one thing that doctor looked at: ok, a warning, failed, or skipped because something before it failed; with a
// sentence and, when it is not ok, what to do. A value; any thread.
#pragma once

#include <QJsonObject>
#include <QString>
#include <QVector>

namespace ctl {

struct Check
{
    enum class State
    {
        Ok,
        Warning, // it works, and somebody should know
        Failed,
        Skipped
    };
    QString name; // "token file", "connection: TLS"
    State state = State::Ok;
    QString detail;
    QString fix; // empty when nothing is to be done
};
using Checks = QVector<Check>;

QString nameOf(Check::State state); // ok warning fail skipped
QJsonObject toJson(const Check& check);
void printChecks(const Checks& checks);     // a table for people
Check::State worstOf(const Checks& checks); // Skipped counts as Ok

inline Check ok(QString name, QString detail)
{
    return {std::move(name), Check::State::Ok, std::move(detail), {}};
}
inline Check warning(QString name, QString detail, QString fix)
{
    return {std::move(name), Check::State::Warning, std::move(detail), std::move(fix)};
}
inline Check failed(QString name, QString detail, QString fix)
{
    return {std::move(name), Check::State::Failed, std::move(detail), std::move(fix)};
}
inline Check skipped(QString name, QString detail)
{
    return {std::move(name), Check::State::Skipped, std::move(detail), {}};
}

} // namespace ctl

// The small languages inside config values: durations, names, dates, and "did you mean". Pure functions; any thread.
#pragma once

#include <QDate>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace gateway::config {

// "250ms", "2s", "5m", "1h", "30d": a whole number and one unit, nothing else.
std::optional<std::chrono::milliseconds> durationFromText(QStringView text);
QString textOf(std::chrono::milliseconds duration); // in the largest unit that is exact

// Names of aliases, providers, tenants, zones: [A-Za-z0-9._-]{1,64}
bool isName(QStringView text);

std::optional<QDate> dateFromText(QStringView text); // 2026-11-22

// The entry of `known` that `text` was probably meant to be, or an empty string: case and - or _ do not count, then few
// letters' difference, then one containing the other (api_key -> key).
QString nearestName(const QString& text, const QStringList& known);

} // namespace gateway::config

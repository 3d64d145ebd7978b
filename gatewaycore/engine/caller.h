// What a request says of its caller: the credential it presents and the x-signalbox-* headers. Reading is tolerant of
// where a key stands (each SDK has its own header) and strict about values. Pure functions; any thread.
#pragma once

#include "config/policy_snapshot.h"
#include "http/message.h"
#include "transform/call_error.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <variant>

namespace gateway::engine {

// Authorization: Bearer, x-api-key, api-key, x-goog-api-key or ?key=; empty if none.
QByteArray presentedKey(const http::RequestHead& head);

struct CallerHints
{
    std::optional<config::WorkloadClass> workloadClass;
    QString feature;
    QString agent;
    QString tenant; // only cross-checked with the credential
    QString user;
    QString zone; // may tighten, never widen
    std::optional<std::chrono::milliseconds> latencyBudget;
    std::optional<api::Money> costCeiling;
    std::optional<bool> degradeServes; // x-signalbox-degrade: serve | refuse
    QByteArray idempotencyKey;
};

std::variant<CallerHints, transform::CallError> callerHints(const http::RequestHead& head);

} // namespace gateway::engine

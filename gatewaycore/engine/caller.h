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

// Authorization: Bearer, x-api-key, api-key, x-goog-api-key or ?key=; empty if none. A view
// into the head.
QByteArrayView presentedKey(const http::RequestHead& head);

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
    QByteArrayView requestId; // into the head
    QByteArray traceparent;   // empty without one, or where it is not as W3C writes it
};

// The part of a traceparent that every version has, 00-TRACE-SPAN-FLAGS; empty for anything else. It comes from outside
// and is never a reason to refuse a call.
QByteArray readTraceparent(QByteArrayView text);

std::variant<CallerHints, transform::CallError> callerHints(const http::RequestHead& head);

} // namespace gateway::engine

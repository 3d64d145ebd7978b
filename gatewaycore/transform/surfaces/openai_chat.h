// The callers' surface POST /v1/chat/completions (OpenAI chat completions, wire.md 1.1): reads requests, writes errors
// and stream ends in that dialect. Pure functions; any thread.
#pragma once

#include "transform/call_error.h"
#include "transform/chat_request.h"

#include <QStringList>

#include <variant>

namespace gateway::transform::openai_chat {

// Checks the document strictly and the few fields the gateway acts on; unknown fields are the caller's business.
std::variant<ChatRequest, CallError> parse(QByteArray body);

// {"error": {"message", "type", "param", "code", "signalbox": {...}}}
QByteArray errorBody(const CallError& error, QStringView requestId);

// An error after the stream began: one data event with the error, and no [DONE] (openai-node throws on it).
QByteArray errorEvent(const CallError& error, QStringView requestId);

// {"object": "list", "data": [{"id", "object": "model", "created", "owned_by"}]}
QByteArray modelList(const QStringList& aliases, qint64 createdSeconds);

} // namespace gateway::transform::openai_chat

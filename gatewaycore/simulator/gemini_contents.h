// The checks of a conversation in Gemini's form: roles, parts, calls and their answers, thought signatures. Pure; any
// thread.
#pragma once

#include "simulator/chat_request.h"

namespace gateway::simulator {

// Fills prompt and toolResult of `request`; counts text into `bytes`.
std::optional<Fault> readGeminiContents(const QJsonArray& contents, ChatRequest& request, qsizetype& bytes);

// A thoughtSignature for the answer of one call.
QByteArray thoughtSignature(quint64 number);

Fault geminiFault(const QString& message);

} // namespace gateway::simulator

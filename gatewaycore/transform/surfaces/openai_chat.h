// The callers' surface POST /v1/chat/completions (OpenAI chat completions, wire.md 1.1), also under Azure's paths. Read
// in openai_chat.cpp (what routing needs) and openai_chat_unify.cpp (all of it), written in openai_chat_writer.cpp,
// passed on in openai_chat_relay.cpp. Stateless; any thread.
#pragma once

#include "transform/surface.h"

#include <functional>

namespace gateway::transform {

const Surface& openAiChat();

// GET /v1/models in OpenAI's shape, and one row of it.
QByteArray openAiModelList(const QStringList& aliases, qint64 createdSeconds);
QByteArray openAiModel(const QString& alias, qint64 createdSeconds);

// The parts that openAiChat() is made of.
std::variant<UnifiedRequest, CallError> unifyOpenAiChat(const CallRequest& request);
QByteArray openAiChatBody(const Answer& answer, const AnswerContext& context);
std::unique_ptr<StreamWriter> openAiChatWriter(
    const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> errorBody);

} // namespace gateway::transform

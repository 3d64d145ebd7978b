// The OpenAI dialect of the simulator: turns an answer into the bytes that OpenAI's documentation promises
// (wire.md 1.1, 5), key order included, and bends them where the wishes say so. Pure functions; any thread.
#pragma once

#include "simulator/chat_answer.h"
#include "simulator/script.h"

namespace gateway::simulator {

// What every answer carries: ids, the clock, the remaining rate limit.
struct AnswerContext
{
    QByteArray requestId; // x-request-id
    qint64 createdSeconds = 0;
    qint64 callNumber = 0;
};

Script openAiChat(const ChatRequest& request, const ChatAnswer& answer, const Wishes& wishes, const Profile& profile,
    const AnswerContext& context, Dice& dice);
Script openAiError(int status, const QString& message, const QString& param, const QString& code, const Wishes& wishes,
    const Profile& profile, const AnswerContext& context);
// The error that stands for a status, in the words of the documentation.
Script openAiErrorFor(
    int status, const ChatRequest& request, const Wishes& wishes, const Profile& profile, const AnswerContext& context);
Script openAiModels(const Profile& profile, const AnswerContext& context);

} // namespace gateway::simulator

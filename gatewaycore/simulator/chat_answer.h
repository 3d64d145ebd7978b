// ChatAnswer: what the simulated model says, before it has a dialect: text in token pieces, tool calls, a reason to
// stop and its token counts. Pure function of the request, the wishes and the dice. A value; any thread.
#pragma once

#include "simulator/chat_request.h"
#include "simulator/dice.h"
#include "simulator/wishes.h"

#include <QStringList>

namespace gateway::simulator {

struct ChatToolCall
{
    QByteArray id;
    QString name;
    QStringList argumentPieces; // joined: one JSON object
};

struct ChatAnswer
{
    QStringList textPieces; // joined: the content; UTF-8 of more than one byte occurs on purpose
    QString refusal;
    QList<ChatToolCall> toolCalls;
    QByteArray finishReason; // in OpenAI's words
    int promptTokens = 0;
    int completionTokens = 0;
};

ChatAnswer composeAnswer(const ChatRequest& request, const Wishes& wishes, const Profile& profile, Dice& dice);

} // namespace gateway::simulator

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
    QByteArray tag; // hex digits that a dialect makes its id of
    QString name;
    QStringList argumentPieces; // joined: one JSON object
};

struct ChatAnswer
{
    QStringList thinkingPieces;
    QStringList textPieces; // joined: the content; UTF-8 of more than one byte occurs on purpose
    QString refusal;
    QList<ChatToolCall> toolCalls;
    QByteArray finishReason; // in OpenAI's words
    QString stopSequence;    // the one that was hit
    // disjoint: each dialect adds up what its own numbers include
    int freshTokens = 0;   // of the prompt, neither read from a cache nor written to one
    int cachedTokens = 0;  // read from a cache
    int writtenTokens = 0; // written to a cache
    int spokenTokens = 0;  // text and tool calls
    int thoughtTokens = 0;

    int promptTokens() const { return freshTokens + cachedTokens + writtenTokens; }
    QString text() const { return textPieces.join(QString()); }
    QString thinking() const { return thinkingPieces.join(QString()); }
};

ChatAnswer composeAnswer(const ChatRequest& request, const Wishes& wishes, const Profile& profile, Dice& dice);

} // namespace gateway::simulator

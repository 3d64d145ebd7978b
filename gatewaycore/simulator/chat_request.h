// ChatRequest: what the simulator understands of a request for an answer, whatever its dialect. Read with Qt's JSON
// parser on purpose: the engine reads requests with its own, and a witness must not share its eyes. A value; any
// thread.
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>

namespace gateway::simulator {

struct ChatTool
{
    QString name;
    QJsonObject parameters; // JSON schema
};

struct ChatRequest
{
    QString model;
    QString prompt;       // text of the last user message
    QString toolResult;   // content of the last message if it answers a tool call
    int promptTokens = 0; // about four bytes of text to a token
    std::optional<int> maxTokens;
    QStringList stopSequences;
    bool stream = false;
    bool includeUsage = false;
    bool wantsJson = false; // structured output
    QJsonObject jsonSchema;
    QList<ChatTool> tools;
    bool mustCallTool = false; // tool_choice required or a named function
    bool mayCallTool = true;   // tool_choice is not none
    QString namedTool;
    bool parallelTools = true;
    bool thinks = false;        // reasoning was asked for
    bool showsThinking = false; // and is to be seen, where the dialect lets the caller choose
    bool wantsSeals = false;    // Responses: encrypted reasoning was asked for
};

// An error of the dialect. An empty message stands for the provider's own words for that status.
struct Fault
{
    int status = 400;
    QString message;
    QString param;
    QByteArray code; // the dialect's word beside the status; empty: what the status deserves
};

// Tokens of so much text in so many messages, roughly, as a provider might count them.
int roughTokens(qsizetype bytes, qsizetype messages);

// Nothing if it is not one JSON object.
std::optional<QJsonObject> jsonObject(const QByteArray& body);

} // namespace gateway::simulator

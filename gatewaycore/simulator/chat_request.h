// ChatRequest: what the simulator understands of a chat completion request (wire.md 1.1). Read with Qt's JSON parser on
// purpose: the engine reads requests with its own, and a witness must not share its eyes. A value; any thread.
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>

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
    QString toolResult;   // content of the last message if its role is tool
    int promptTokens = 0; // about four bytes of text to a token
    std::optional<int> maxTokens;
    bool stream = false;
    bool includeUsage = false;
    bool wantsJson = false; // response_format json_object or json_schema
    QJsonObject jsonSchema;
    QList<ChatTool> tools;
    bool mustCallTool = false; // tool_choice required or a named function
    bool mayCallTool = true;   // tool_choice is not none
    QString namedTool;
    bool parallelTools = true;
};

// An error of the request as OpenAI words it.
struct ChatFault
{
    QString message;
    QString param;
    QString code;
};

// Fills `request`; the fault if the body is no chat request.
std::optional<ChatFault> readChatRequest(const QByteArray& body, ChatRequest& request);

} // namespace gateway::simulator

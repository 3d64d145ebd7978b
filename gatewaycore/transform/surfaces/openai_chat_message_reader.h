// ChatMessageReader: reads the "messages" of a chat completion request into a UnifiedRequest. What leads the
// conversation as system or developer becomes its system texts, the results of parallel calls one user message. What a
// message says that has no field there goes into `others` under its place. Lives while one request is unified; one
// thread.
#pragma once

#include "transform/call_error.h"
#include "transform/json_view.h"
#include "transform/unified_request.h"

#include <QHash>

namespace gateway::transform {

class ChatMessageReader
{
public:
    explicit ChatMessageReader(UnifiedRequest& out) : m_out(out) {}

    std::optional<CallError> read(JsonView messages); // nothing if it is no list

private:
    void readMessage(JsonView message, const QByteArray& place);
    void readContent(JsonView content, const QByteArray& place, std::vector<Part>& parts);
    void readPart(JsonView json, const QByteArray& place, std::vector<Part>& parts);
    static void readThinking(JsonView message, std::vector<Part>& parts);
    void readAssistant(JsonView message, const QByteArray& place, std::vector<Part>& parts);
    void readCall(JsonView call, const QByteArray& place, std::vector<Part>& parts);
    void readResult(JsonView message, const QByteArray& role, const QByteArray& place);
    void refuse(const QByteArray& field, const char* what);
    void other(const QByteArray& place, JsonView value);

    UnifiedRequest& m_out;
    std::optional<CallError> m_wrong;
    QHash<QByteArray, QByteArray> m_names; // call id -> function, of the calls so far
    bool m_results = false;                // the last message holds tool results: the next one joins it
};

} // namespace gateway::transform

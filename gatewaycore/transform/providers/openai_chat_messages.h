// ChatMessages: the conversation of a request of another dialect as the "messages" of a chat completion request.
// Results of tools are messages of their own, before the rest of their turn; what a speaker of the dialect does not
// take back (thinking, marks, media of earlier answers) is noted. Lives while one request is written; one thread.
#pragma once

#include "base/json_writer.h"
#include "transform/call_error.h"
#include "transform/json_view.h"
#include "transform/losses.h"
#include "transform/provider_dialect.h"
#include "transform/providers/chat_quirks.h"
#include "transform/providers/request_parts.h"
#include "transform/unified_request.h"

namespace gateway::transform {

class ChatMessages
{
public:
    ChatMessages(JsonWriter& json, const UnifiedRequest& request, const Target& target, Losses& losses);

    // The array's value; an error leaves it unfinished.
    std::optional<CallError> write();

private:
    struct Placed
    {
        const Part* part;
        QByteArray field; // "messages[2].content[0]"
    };

    bool has(ChatField field) const { return m_quirks.has(field); }
    void refuse(const char* what, const QByteArray& field);
    void writeText(const char* role, const QByteArray& name, const std::vector<Placed>& parts);
    void writeMessage(const Message& message, std::size_t index);
    void writeContent(const std::vector<Placed>& parts);
    void writePart(const Placed& placed);
    void noteSignature(const Part& part, const QByteArray& field);
    void writeMark(const Part& part, const QByteArray& field);
    void writeImage(const Part& part, const QByteArray& field);
    void writeFile(const Part& part, const QByteArray& field);
    void writeAssistant(const Message& message, std::size_t index);
    void writeThinking(const std::vector<Placed>& thoughts);
    void writeCall(const Part& call, const CallRefs::Ref& ref, const QByteArray& field);
    void writeResult(const Part& result, const CallRefs::Ref& ref, const QByteArray& field);
    QByteArray callIdOf(const CallRefs::Ref& ref) const;

    JsonWriter& m_json;
    const UnifiedRequest& m_request;
    const Target& m_target;
    const ChatQuirks& m_quirks;
    Losses& m_losses;
    const CallRefs m_refs;
    const bool m_marks; // breakpoints of a prompt cache can be said
    std::optional<CallError> m_wrong;
};

} // namespace gateway::transform

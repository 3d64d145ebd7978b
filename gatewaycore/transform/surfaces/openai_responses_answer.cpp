// A whole answer of another dialect as a Response object.
#include "transform/surfaces/openai_responses_object.h"

namespace gateway::transform {
namespace {

class AnswerItems
{
public:
    AnswerItems(const ResponsesObject& object, StopReason stop)
        : m_object(object),
          m_lastStatus(
              ResponsesObject::statusFor(stop) == ResponsesObject::Status::Completed ? "completed" : "incomplete")
    {
    }

    std::vector<QByteArray> write(const Answer& answer)
    {
        for (const Part& part : answer.parts)
            add(part, &part == &answer.parts.back());
        if (!answer.facts.stopExplanation.isEmpty() && answer.facts.stop == StopReason::Safety && !m_refused)
            m_content.push_back(refusalContent(answer.facts.stopExplanation));
        endMessage(m_lastStatus);
        return std::move(m_items);
    }

private:
    void add(const Part& part, bool isLast)
    {
        const char* const status = isLast ? m_lastStatus : "completed";
        switch (part.kind) {
        case Part::Kind::Text:
            m_content.push_back(textContent(part.text));
            break;
        case Part::Kind::Refusal:
            m_refused = true;
            m_content.push_back(refusalContent(part.text));
            break;
        case Part::Kind::Thinking:
            endMessage("completed");
            m_items.push_back(reasoningItem(nextId(kOwnReasoning.data()), part.text,
                encryptedContent(
                    part.signature, part.signer, part.redacted ? SignaturePlace::Redacted : SignaturePlace::Thinking)));
            break;
        case Part::Kind::ToolCall:
            endMessage("completed");
            addCall(part, status);
            break;
        case Part::Kind::Image:
            endMessage("completed");
            m_items.push_back(imageItem(nextId("ig_"), status, part.data));
            break;
        case Part::Kind::Document:
        case Part::Kind::Audio:
        case Part::Kind::ToolResult:
            break; // no model answers with these in a form that this dialect has
        }
    }

    void addCall(const Part& part, const char* status)
    {
        // a signature that stands on the call itself goes before it, as thinking does
        const QByteArray carried = encryptedContent(part.signature, part.signer, SignaturePlace::NextPart);
        if (!carried.isEmpty())
            m_items.push_back(reasoningItem(nextId(kOwnReasoning.data()), {}, carried));
        CallItem call;
        call.id = nextId(part.custom ? "ctc_" : "fc_");
        call.callId = m_ids.unique(part.callId, call.id);
        call.name = part.name;
        call.custom = part.custom;
        call.arguments = part.arguments.isEmpty() && !part.custom ? QByteArray("{}") : part.arguments;
        m_items.push_back(callItem(call, status));
    }

    void endMessage(const char* status)
    {
        if (m_content.empty())
            return;
        m_items.push_back(messageItem(nextId("msg_"), status, m_content));
        m_content.clear();
    }

    QByteArray nextId(const char* prefix) const { return m_object.itemId(prefix, int(m_items.size())); }

    const ResponsesObject& m_object;
    const char* const m_lastStatus;
    std::vector<QByteArray> m_items;
    std::vector<QByteArray> m_content; // of the open message
    CallIds m_ids;
    bool m_refused = false;
};

} // namespace

QByteArray responsesAnswerBody(const CallRequest& request, const Answer& answer, const AnswerContext& context)
{
    const ResponsesObject object(request, context);
    const std::vector<QByteArray> output = AnswerItems(object, answer.facts.stop).write(answer);
    ResponsesObject::State state;
    state.status = ResponsesObject::statusFor(answer.facts.stop);
    state.model = answer.facts.model.toUtf8();
    state.output = &output;
    state.facts = &answer.facts;
    if (state.status == ResponsesObject::Status::Failed)
        state.error = R"({"code":"server_error","message":"The model's output was malformed."})";
    return object.json(state);
}

} // namespace gateway::transform

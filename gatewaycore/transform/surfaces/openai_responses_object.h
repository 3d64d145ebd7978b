// Writing the Response object and its output items as OpenAI's SDKs demand them: every field their type names is there,
// what the caller stated is echoed as it was written. One object per answer or stream; one thread. The request must
// outlive it.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/signature.h"
#include "transform/surface.h"

#include <QSet>

#include <vector>

namespace gateway::transform {

class ResponsesObject
{
public:
    ResponsesObject(const CallRequest& request, const AnswerContext& context);

    enum class Status
    {
        InProgress,
        Completed,
        Incomplete,
        Failed,
    };
    struct State
    {
        Status status = Status::InProgress;
        QByteArray model;
        const std::vector<QByteArray>* output = nullptr; // items as JSON
        const AnswerFacts* facts = nullptr;              // at the end
        QByteArray error;                                // JSON; of Failed
    };
    QByteArray json(const State& state) const;

    // "msg_" + what no other answer has; `number` tells the items of one answer apart
    QByteArray itemId(const char* prefix, int number) const;
    static Status statusFor(StopReason stop);

private:
    void writeUsage(JsonWriter& json, const api::Tokens& tokens) const;

    const AnswerContext m_context;
    QByteArray m_echo; // members that say what the request said
};

// Output items. `status`: in_progress, completed, incomplete.
QByteArray messageItem(const QByteArray& id, const char* status, const std::vector<QByteArray>& content);
QByteArray textContent(QByteArrayView text);
QByteArray refusalContent(QByteArrayView refusal);
QByteArray reasoningItem(const QByteArray& id, QByteArrayView summary, QByteArrayView encrypted);
QByteArray imageItem(const QByteArray& id, const char* status, QByteArrayView base64);

struct CallItem
{
    QByteArray id;
    QByteArray callId;
    QByteArray name;
    QByteArray arguments; // of a custom tool: its input
    bool custom = false;
    QByteArray thoughtSignature; // sealed; beside the call where it came too late to stand before it
};
QByteArray callItem(const CallItem& call, const char* status);

// Ids of calls: the SDKs refuse an answer that uses one twice, and some providers have none.
class CallIds
{
public:
    QByteArray unique(const QByteArray& callId, const QByteArray& itemId);

private:
    QSet<QByteArray> m_used;
};

// What a caller hands back to let a model go on thinking: OpenAI's own as it is, anybody else's in our envelope.
QByteArray encryptedContent(const QByteArray& signature, Signer signer, SignaturePlace place);

// {"code", "message", "signalbox"}
QByteArray responsesError(const CallError& error, QByteArrayView signalbox);

// A whole answer.
QByteArray responsesAnswerBody(const CallRequest& request, const Answer& answer, const AnswerContext& context);

// Reasoning items of ours have ids that begin so; OpenAI does not know them.
inline constexpr QByteArrayView kOwnReasoning("rs_sbx_");

} // namespace gateway::transform

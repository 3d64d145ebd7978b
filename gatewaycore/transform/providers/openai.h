// The provider dialect of OpenAI chat completions (kinds openai, openai-compatible, simulator): builds the upstream
// request and reads answers and stream events. Between this dialect and the OpenAI surface only what must change is
// changed (the model's name, the request for a usage chunk); everything else is the caller's bytes.
// Pure functions and small readers; any thread.
#pragma once

#include "api/call.h"
#include "transform/call_error.h"
#include "transform/chat_request.h"

#include <variant>

namespace gateway::transform::openai {

// An output limit that the caller did not state and the gateway needs, so that the call's cost has a bound.
struct AddedLimit
{
    const char* field; // servers differ: max_completion_tokens, max_tokens
    qint64 tokens;
};

// The caller's body with "model" replaced and, for a stream, a usage chunk asked for.
QByteArray requestBody(const ChatRequest& request, QByteArrayView model, std::optional<AddedLimit> limit = {});

// What an answer says besides its content.
struct AnswerFacts
{
    api::Tokens tokens; // source None: the answer said nothing
    QString model;
    QString finishReason;
};

// A whole 200 answer. An error inside a 200 (some compatible servers do that) is an error.
std::variant<AnswerFacts, CallError> readAnswer(QByteArrayView body, QByteArrayView providerKey);

// One stream event's meaning. The event is forwarded as it came unless it is only the usage chunk that we asked for.
struct StreamFacts
{
    enum class Kind
    {
        Data,
        UsageOnly,
        Done,
        Error,
        Malformed
    };
    Kind kind = Kind::Data;
    bool hasContent = false; // a content, tool, refusal or reasoning delta: from here on nothing may be repeated
    std::optional<CallError> error;
};

class StreamReader
{
public:
    explicit StreamReader(QByteArrayView providerKey) : m_providerKey(providerKey.toByteArray()) {}
    StreamFacts read(QByteArrayView data);
    const AnswerFacts& facts() const { return m_facts; }
    qint64 contentEvents() const { return m_contentEvents; }
    bool hasFinished() const { return !m_facts.finishReason.isEmpty(); }

private:
    QByteArray m_providerKey;
    AnswerFacts m_facts;
    qint64 m_contentEvents = 0;
};

// An answer that is not a 200, in our terms. Its retry advice is in its head: see retry_after.h.
CallError readError(int status, QByteArrayView body, QByteArrayView providerKey);

} // namespace gateway::transform::openai

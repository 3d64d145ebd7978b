#include "transform/providers/cohere_answer.h"

#include "transform/parts.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/error_meaning.h"

#include <algorithm>

namespace gateway::transform {
namespace {

void addText(Answer& answer, Part::Kind kind, QByteArray text)
{
    if (text.isEmpty())
        return;
    Part part;
    part.kind = kind;
    part.text = std::move(text);
    answer.parts.push_back(std::move(part));
}

// Where a stream says what an event is: in the data, and for most servers in the event's name too.
QByteArray typeOf(const Frame& frame, JsonView event)
{
    return event.member("type").text().value_or(frame.name.toByteArray());
}

} // namespace

api::Tokens cohereTokens(JsonView usage)
{
    api::Tokens tokens;
    const JsonView billed = usage.member("billed_units");
    const JsonView counted = usage.member("tokens");
    const auto stated = [&](const char* name) {
        return hasCount(billed.member(name)) ? billed.member(name) : counted.member(name);
    };
    const JsonView in = stated("input_tokens");
    const JsonView out = stated("output_tokens");
    if (!hasCount(in) && !hasCount(out))
        return tokens;
    tokens.source = api::TokenSource::Reported;
    tokens.inCacheRead = std::min(statedCount(usage.member("cached_tokens")), statedCount(in));
    tokens.inUncached = statedCount(in) - tokens.inCacheRead;
    tokens.outText = statedCount(out);
    return tokens;
}

std::variant<Answer, CallError> cohereAnswer(JsonView root)
{
    const JsonView message = root.member("message");
    if (message.type() != JsonType::Object)
        return unreadable(QStringLiteral("Cohere's answer has no message."));
    Answer answer;
    addText(answer, Part::Kind::Thinking, textOf(message.member("tool_plan")));
    if (message.member("content").type() == JsonType::String)
        addText(answer, Part::Kind::Text, textOf(message.member("content")));
    message.member("content").eachElement([&answer](JsonView block) {
        addText(answer, Part::Kind::Thinking, textOf(block.member("thinking")));
        addText(answer, Part::Kind::Text, textOf(block.member("text")));
        return true;
    });
    bool called = false;
    message.member("tool_calls").eachElement([&](JsonView call) {
        Part part;
        part.kind = Part::Kind::ToolCall;
        part.callId = textOf(call.member("id"));
        part.name = textOf(call.member("function").member("name"));
        part.arguments = textOf(call.member("function").member("arguments"));
        answer.parts.push_back(std::move(part));
        called = true;
        return true;
    });
    const QByteArray word = textOf(root.member("finish_reason"));
    answer.facts.tokens = cohereTokens(root.member("usage"));
    answer.facts.finishReason = shortText(root.member("finish_reason"));
    answer.facts.stop = promoted(stopReasonOf(Dialect::Cohere, word).reason, called);
    answer.facts.id = textOf(root.member("id")).left(200);
    if (answer.facts.stop == StopReason::ModelError)
        return failedGeneration(word);
    return answer;
}

std::variant<Answer, CallError> cohereEmbeddings(JsonView root)
{
    const JsonView vectors = root.member("embeddings").member("float");
    if (vectors.type() != JsonType::Array)
        return unreadable(QStringLiteral("Cohere's answer has no embeddings."));
    Answer answer;
    if (!readVectors(vectors, answer))
        return unreadable(QStringLiteral("An embedding in Cohere's answer is not a list of numbers."));
    answer.facts.tokens = cohereTokens(root.member("meta"));
    answer.facts.id = textOf(root.member("id")).left(200);
    return answer;
}

StreamReader::Read CohereStream::read(const Frame& frame, std::vector<StreamEvent>* events)
{
    if (frame.data.trimmed() == QByteArrayView("[DONE]"))
        return readEnd(m_ended);
    const JsonText text = JsonText::parse(frame.data);
    if (text.error || text.root.type() != JsonType::Object)
        return readError(unreadable(QStringLiteral("An event of Cohere's stream is not a JSON object.")));
    const JsonView event = text.root;
    const QByteArray type = typeOf(frame, event);
    const JsonView message = event.member("delta").member("message");
    if (type == "message-start") {
        m_facts.id = textOf(event.member("id")).left(200);
        m_parts.begin(events, m_facts.id, {});
        return {};
    }
    if (type == "content-start") {
        m_parts.close(events);
        return content(message.member("content"), events);
    }
    if (type == "content-delta")
        return content(message.member("content"), events);
    if (type == "content-end" || type == "tool-call-end") {
        m_parts.close(events);
        return {};
    }
    if (type == "tool-plan-delta")
        return said(Part::Kind::Thinking, textOf(message.member("tool_plan")), events);
    if (type == "tool-call-start")
        return startCall(event, events);
    if (type == "tool-call-delta")
        return moreCall(event, events);
    if (type == "message-end")
        return end(event, events);
    // an error in the shape of an error body, without a type
    if (type.isEmpty() || type == "error") {
        if (const auto said = event.member("message").text()) {
            ProviderWords words;
            words.message = *said;
            return readError(errorOf(500, words, m_providerKey));
        }
    }
    return {}; // citations, debug, and what is newer than this program
}

StreamReader::Read CohereStream::content(JsonView content, std::vector<StreamEvent>* events)
{
    if (const auto thinking = content.member("thinking").text(); thinking && !thinking->isEmpty())
        return said(Part::Kind::Thinking, *thinking, events);
    return said(Part::Kind::Text, textOf(content.member("text")), events);
}

StreamReader::Read CohereStream::said(Part::Kind kind, QByteArray text, std::vector<StreamEvent>* events)
{
    if (text.isEmpty())
        return {};
    m_parts.text(events, kind, std::move(text));
    ++m_contentEvents;
    return readContent();
}

StreamReader::Read CohereStream::startCall(JsonView event, std::vector<StreamEvent>* events)
{
    const JsonView call = event.member("delta").member("message").member("tool_calls");
    const qint64 key = event.member("index").integer().value_or(0);
    m_parts.openTool(events, key, textOf(call.member("id")), textOf(call.member("function").member("name")));
    m_parts.arguments(events, key, textOf(call.member("function").member("arguments")));
    ++m_contentEvents;
    return readContent();
}

StreamReader::Read CohereStream::moreCall(JsonView event, std::vector<StreamEvent>* events)
{
    const JsonView call = event.member("delta").member("message").member("tool_calls");
    if (!m_parts.arguments(
            events, event.member("index").integer().value_or(0), textOf(call.member("function").member("arguments"))))
        return readError(unreadable(QStringLiteral("Cohere sent arguments of a tool call that is not open.")));
    ++m_contentEvents;
    return readContent();
}

StreamReader::Read CohereStream::end(JsonView event, std::vector<StreamEvent>* events)
{
    m_parts.close(events);
    const JsonView delta = event.member("delta");
    const QByteArray word = textOf(delta.member("finish_reason"));
    m_facts.finishReason = shortText(delta.member("finish_reason"));
    m_facts.stop = promoted(stopReasonOf(Dialect::Cohere, word).reason, m_parts.hasTools());
    m_facts.tokens = cohereTokens(delta.member("usage"));
    if (const auto said = delta.member("error").text()) {
        ProviderWords words;
        words.message = *said;
        return readError(errorOf(500, words, m_providerKey));
    }
    if (m_facts.stop == StopReason::ModelError)
        return readError(failedGeneration(word));
    m_ended = !word.isEmpty();
    return readEnd(m_ended);
}

bool CohereStream::mayEndHere(std::vector<StreamEvent>*)
{
    return m_ended; // message-end is the mark, and nothing stands for it
}

} // namespace gateway::transform

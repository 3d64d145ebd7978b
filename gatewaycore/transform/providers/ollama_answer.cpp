#include "transform/providers/ollama_answer.h"

#include "transform/parts.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/error_meaning.h"

#include <QCryptographicHash>

#include <array>

namespace gateway::transform {
namespace {

// Ollama's errors are a sentence and nothing else.
constexpr std::array kSentences{
    ErrorSentence{400, "context length", 400, "context_length_exceeded"},
    ErrorSentence{500, "context length", 400, "context_length_exceeded"},
    ErrorSentence{404, "not found", 404, "model_not_found"},
    ErrorSentence{500, "does not support", 400, nullptr},
    ErrorSentence{0, "maximum pending requests", 503, nullptr},
};

Part callOf(JsonView call, const QByteArray& created, int number)
{
    Part part;
    part.kind = Part::Kind::ToolCall;
    const JsonView function = call.member("function");
    part.callId = textOf(call.member("id"));
    if (part.callId.isEmpty()) {
        const QByteArray hash = QCryptographicHash::hash(created, QCryptographicHash::Sha256).toHex().left(12);
        part.callId = "call_" + hash + '_' + QByteArray::number(number);
    }
    part.name = textOf(function.member("name"));
    const JsonView arguments = function.member("arguments");
    if (arguments.type() == JsonType::Object)
        part.arguments = arguments.raw().toByteArray();
    else
        part.arguments = arguments.text().value_or("{}"); // some servers behind it give a text
    return part;
}

void readFacts(AnswerFacts& facts, JsonView root, bool called)
{
    const QByteArray word = textOf(root.member("done_reason"));
    facts.tokens = ollamaTokens(root);
    facts.finishReason = shortText(root.member("done_reason"));
    // servers of old say only that they are done
    facts.stop = promoted(word.isEmpty() ? StopReason::Stop : stopReasonOf(Dialect::Ollama, word).reason, called);
}

} // namespace

api::Tokens ollamaTokens(JsonView root)
{
    api::Tokens tokens;
    const JsonView in = root.member("prompt_eval_count");
    const JsonView out = root.member("eval_count");
    if (!hasCount(in) && !hasCount(out))
        return tokens;
    tokens.source = api::TokenSource::Reported;
    tokens.inUncached = statedCount(in);
    tokens.outText = statedCount(out);
    return tokens;
}

CallError ollamaError(int status, const QByteArray& message, QByteArrayView providerKey)
{
    return errorOfSentence(status, message, kSentences, providerKey);
}

std::variant<Answer, CallError> ollamaAnswer(JsonView root)
{
    const JsonView message = root.member("message");
    if (message.type() != JsonType::Object)
        return unreadable(QStringLiteral("Ollama's answer has no message."));
    if (root.member("done").boolean() == false)
        return unreadable(QStringLiteral("Ollama's answer says that it is not complete."));
    Answer answer;
    for (const auto& [kind, name] :
        {std::pair(Part::Kind::Thinking, "thinking"), std::pair(Part::Kind::Text, "content")}) {
        Part part;
        part.kind = kind;
        part.text = textOf(message.member(name));
        if (!part.text.isEmpty())
            answer.parts.push_back(std::move(part));
    }
    int calls = 0;
    message.member("tool_calls").eachElement([&](JsonView call) {
        answer.parts.push_back(callOf(call, textOf(root.member("created_at")), calls++));
        return true;
    });
    readFacts(answer.facts, root, calls > 0);
    answer.facts.model = shortText(root.member("model"));
    return answer;
}

std::variant<Answer, CallError> ollamaEmbeddings(JsonView root)
{
    const JsonView vectors = root.member("embeddings");
    if (vectors.type() != JsonType::Array)
        return unreadable(QStringLiteral("Ollama's answer has no embeddings."));
    Answer answer;
    if (!readVectors(vectors, answer))
        return unreadable(QStringLiteral("An embedding in Ollama's answer is not a list of numbers."));
    answer.facts.tokens = ollamaTokens(root);
    answer.facts.model = shortText(root.member("model"));
    return answer;
}

StreamReader::Read OllamaStream::read(const Frame& frame, std::vector<StreamEvent>* events)
{
    const JsonText text = JsonText::parse(frame.data);
    if (text.error || text.root.type() != JsonType::Object)
        return readError(unreadable(QStringLiteral("A line of Ollama's stream is not a JSON object.")));
    const JsonView root = text.root;
    if (const auto said = root.member("error").text())
        return readError(ollamaError(500, *said, m_providerKey));

    if (m_created.isEmpty()) {
        m_created = textOf(root.member("created_at"));
        m_facts.model = shortText(root.member("model"));
        m_parts.begin(events, {}, m_facts.model.toUtf8());
    }
    Read read;
    const JsonView message = root.member("message");
    if (const QByteArray thinking = textOf(message.member("thinking")); !thinking.isEmpty()) {
        m_parts.text(events, Part::Kind::Thinking, thinking);
        read.content = true;
    }
    if (const QByteArray content = textOf(message.member("content")); !content.isEmpty()) {
        m_parts.text(events, Part::Kind::Text, content);
        read.content = true;
    }
    message.member("tool_calls").eachElement([&](JsonView call) {
        const int number = m_calls++; // of the stream: lines count anew
        const Part part = callOf(call, m_created, number);
        m_parts.openTool(events, number, part.callId, part.name);
        m_parts.arguments(events, number, part.arguments);
        m_parts.close(events);
        read.content = true;
        return true;
    });
    m_contentEvents += read.content;
    if (root.member("done").boolean() == true) {
        m_parts.close(events);
        readFacts(m_facts, root, m_parts.hasTools());
        m_done = true;
        read.ended = true;
    }
    return read;
}

bool OllamaStream::mayEndHere(std::vector<StreamEvent>*)
{
    return m_done; // the last line says that it is the last
}

} // namespace gateway::transform

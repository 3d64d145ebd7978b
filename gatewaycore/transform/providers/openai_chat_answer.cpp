// Answers of the chat dialect: whole, in short (what the record needs), and as a stream.
#include "transform/part_sequencer.h"
#include "transform/parts.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/error_meaning.h"
#include "transform/providers/openai_chat.h"

#include <algorithm>

namespace gateway::transform {
namespace {

using api::ErrorCode;

constexpr std::size_t kMostCalls = 1024; // in one stream: each fragment is looked up among them

// Totals with details inside them, taken apart (wire.md section 4).
api::Tokens readUsage(JsonView usage, bool reasoningOutside)
{
    api::Tokens tokens;
    if (usage.type() != JsonType::Object)
        return tokens;
    tokens.source = api::TokenSource::Reported;
    const JsonView in = usage.member("prompt_tokens_details");
    const JsonView out = usage.member("completion_tokens_details");
    tokens.inCacheRead = statedCount(in.member("cached_tokens"));
    if (in.member("cached_tokens").isMissing())
        tokens.inCacheRead = statedCount(usage.member("prompt_cache_hit_tokens")); // DeepSeek
    const JsonView byLife = in.member("cache_write_tokens_details");
    const qint64 written = statedCount(in.member("cache_write_tokens"));
    tokens.inCacheWrite12h = std::min(written, statedCount(byLife.member("ttl_12h_tokens")));
    tokens.inCacheWrite30m = written - tokens.inCacheWrite12h; // the shorter life where it is not said
    tokens.inAudio = statedCount(in.member("audio_tokens"));
    tokens.inImage = statedCount(in.member("image_tokens"));
    tokens.inUncached = std::max<qint64>(
        0, statedCount(usage.member("prompt_tokens")) - tokens.inCacheRead - written - tokens.inAudio - tokens.inImage);
    tokens.outReasoning = statedCount(out.member("reasoning_tokens"));
    tokens.outAudio = statedCount(out.member("audio_tokens"));
    tokens.predictionAccepted = statedCount(out.member("accepted_prediction_tokens"));
    tokens.predictionRejected = statedCount(out.member("rejected_prediction_tokens"));
    const qint64 apart = (reasoningOutside ? 0 : tokens.outReasoning) + tokens.outAudio + tokens.predictionAccepted +
                         tokens.predictionRejected;
    tokens.outText = std::max<qint64>(0, statedCount(usage.member("completion_tokens")) - apart);
    return tokens;
}

CallError errorInside(JsonView error, QByteArrayView key)
{
    // OpenRouter's code is an HTTP status
    const int status = int(error.member("code").integer().value_or(502));
    ProviderWords words;
    words.message = error.type() == JsonType::String ? textOf(error) : textOf(error.member("message"));
    words.code = textOf(error.member("code"));
    if (words.code.isEmpty())
        words.code = textOf(error.member("type"));
    return errorOf(status >= 400 && status < 600 ? status : 502, words, key);
}

// The JSON of a 200, or why it is not an answer.
std::variant<JsonText, CallError> answerOf(QByteArrayView body, QByteArrayView key)
{
    JsonText text = JsonText::parse(body);
    if (text.error || text.root.type() != JsonType::Object)
        return unreadable(QStringLiteral("The provider's answer is not a JSON object."));
    const JsonView error = text.root.member("error");
    if (error.type() == JsonType::Object || error.type() == JsonType::String)
        return errorInside(error, key);
    if (text.root.member("choices").type() != JsonType::Array)
        return unreadable(QStringLiteral("The provider's answer has no choices."));
    return text;
}

// The provider's own word and what it means.
void setStop(AnswerFacts& facts, JsonView word, bool toolCalled)
{
    QByteArray unescaped;
    facts.finishReason = shortText(word);
    facts.stop = promoted(stopReasonOf(Dialect::OpenAiChat, word.textIn(unescaped)).reason, toolCalled);
}

// Whether the caller's SDK cannot read it as it is: what repairedChatAnswer() puts right.
bool isLax(JsonView choices, JsonView firstReason, StopReason stop)
{
    if (firstReason.type() == JsonType::String && !firstReason.isEmptyText() && !firstReason.isText("function_call") &&
        !firstReason.isText(wordFor(Dialect::OpenAiChat, stop)))
        return true;
    bool lax = false;
    choices.eachElement([&](JsonView choice) {
        const JsonView message = choice.member("message");
        lax = message.member("reasoning").type() == JsonType::String ||
              message.member("content").type() == JsonType::Array;
        return !lax;
    });
    return lax;
}

AnswerFacts factsOf(JsonView root, const Target& target)
{
    AnswerFacts facts;
    const JsonView choices = root.member("choices");
    const JsonView first = choices.at(0);
    const JsonView message = first.member("message");
    const JsonView reason = first.member("finish_reason");
    facts.tokens = readUsage(root.member("usage"), chatQuirks(target.kind()).reasoningOutside);
    const JsonView model = root.member("model");
    facts.model = model.isText(target.candidate.modelUtf8) ? target.candidate.model : shortText(model); // shared mostly
    facts.id = textOf(root.member("id")).left(200);
    facts.serviceTier = textOf(root.member("service_tier")).left(32);
    setStop(facts, reason,
        !message.member("tool_calls").at(0).isMissing() || message.member("function_call").type() == JsonType::Object);
    facts.isLax = isLax(choices, reason, facts.stop);
    return facts;
}

// Mistral: content as a list of text and thinking pieces.
void readChunks(JsonView content, std::vector<Part>& parts)
{
    content.eachElement([&](JsonView piece) {
        Part part;
        if (textOf(piece.member("type")) == "thinking") {
            part.kind = Part::Kind::Thinking;
            piece.member("thinking").eachElement([&](JsonView inner) {
                part.text += textOf(inner.member("text"));
                return true;
            });
        } else {
            part.text = textOf(piece.member("text"));
        }
        if (!part.text.isEmpty())
            parts.push_back(std::move(part));
        return true;
    });
}

QByteArray reasoningOf(JsonView message)
{
    const QByteArray text = textOf(message.member("reasoning_content"));
    return text.isEmpty() ? textOf(message.member("reasoning")) : text;
}

// The text of a chunk that says nothing else: one choice, with content and neither tools, thoughts nor a reason to
// stop. Missing: it says more.
JsonView onlyText(JsonView choices)
{
    const JsonView choice = choices.at(0);
    if (!choices.at(1).isMissing() || choice.member("index").integer().value_or(0) != 0 ||
        choice.member("finish_reason").type() == JsonType::String)
        return {};
    JsonView text;
    bool more = false;
    choice.member("delta").eachMember([&](QByteArrayView key, JsonView value) {
        if (key == QByteArrayView("content"))
            text = value;
        else
            more = more || !(key == QByteArrayView("role") || value.isNull());
        return true;
    });
    return more || text.type() != JsonType::String || text.isEmptyText() ? JsonView() : text;
}

class ChatStream final : public StreamReader
{
public:
    explicit ChatStream(const Target& target)
        : m_key(target.provider().key.reveal()), m_quirks(chatQuirks(target.kind()))
    {
    }

    Read read(const Frame& frame, std::vector<StreamEvent>* events) override;
    bool mayEndHere(std::vector<StreamEvent>* events) override
    {
        m_parts.close(events);
        return m_quirks.mayOmitEndMark && !m_facts.finishReason.isEmpty();
    }

private:
    void readChoice(JsonView choice, std::vector<StreamEvent>* events, Read& read);
    void readTool(JsonView call, std::vector<StreamEvent>* events, Read& read);
    void addText(Part::Kind kind, const QByteArray& text, std::vector<StreamEvent>* events)
    {
        if (!text.isEmpty())
            m_parts.text(events, kind, text);
    }

    const QByteArray m_key;
    const ChatQuirks& m_quirks;
    PartSequencer m_parts;
    bool m_toolCalled = false;

    struct ToolCall
    {
        qint64 sent = -1;
        QByteArray id;
        qint64 key = -1;
    };
    std::vector<ToolCall> m_calls;
};

StreamReader::Read ChatStream::read(const Frame& frame, std::vector<StreamEvent>* events)
{
    Read read;
    if (frame.data == QByteArrayView("[DONE]")) {
        m_parts.close(events);
        read.ended = true;
        return read;
    }
    if (frame.name.isEmpty() && m_shape.matches(frame.data)) {
        read.content = true;
        read.shape = &m_shape;
        ++m_contentEvents;
        if (events)
            addText(Part::Kind::Text, m_shape.text(), events);
        return read;
    }
    m_json = JsonText::parse(frame.data);
    if (m_json.error || m_json.root.type() != JsonType::Object) {
        read.error = unreadable(QStringLiteral("The provider sent a stream event that is not JSON."));
        return read;
    }
    read.json = m_json.root;
    JsonView choices;
    JsonView obfuscation;
    JsonView usage;
    JsonView groq;
    JsonView error;
    m_json.root.eachMember([&](QByteArrayView key, JsonView value) {
        if (key == QByteArrayView("choices"))
            choices = value;
        else if (key == QByteArrayView("usage"))
            usage = value;
        else if (key == QByteArrayView("error"))
            error = value;
        else if (key == QByteArrayView("obfuscation"))
            obfuscation = value;
        else if (key == QByteArrayView("x_groq"))
            groq = value;
        else if (key == QByteArrayView("model") && m_facts.model.isEmpty())
            m_facts.model = shortText(value);
        else if (key == QByteArrayView("id") && m_facts.id.isEmpty())
            m_facts.id = textOf(value).left(200);
        else if (key == QByteArrayView("service_tier") && m_facts.serviceTier.isEmpty())
            m_facts.serviceTier = textOf(value).left(32);
        return true;
    });
    if (error.type() == JsonType::Object || error.type() == JsonType::String) {
        read.error = errorInside(error, m_key);
        return read;
    }
    if (frame.name == QByteArrayView("error")) {
        read.error = errorInside(m_json.root, m_key);
        return read;
    }
    read.hasUsage = usage.type() == JsonType::Object;
    if (!read.hasUsage && groq.type() == JsonType::Object)
        usage = groq.member("usage");
    // usage may come on its own chunk, on the last one with choices, or twice: the latest statement counts
    if (usage.type() == JsonType::Object)
        m_facts.tokens = readUsage(usage, m_quirks.reasoningOutside);
    if (events)
        m_parts.begin(events, m_facts.id, m_facts.model.toUtf8());
    bool any = false;
    choices.eachElement([&](JsonView choice) {
        any = true;
        readChoice(choice, events, read);
        return !read.error;
    });
    if (read.content)
        ++m_contentEvents;
    read.usageOnly = !any && usage.type() == JsonType::Object;
    const JsonView text = frame.name.isEmpty() && usage.type() != JsonType::Object ? onlyText(choices) : JsonView();
    read.learned = !text.isMissing();
    if (read.learned)
        m_shape.learn(frame.data, text, {}, obfuscation);
    return read;
}

void ChatStream::readChoice(JsonView choice, std::vector<StreamEvent>* events, Read& read)
{
    const bool first = choice.member("index").integer().value_or(0) == 0;
    choice.member("delta").eachMember([&](QByteArrayView key, JsonView value) {
        const bool empty = value.isNull() || value.isEmptyText() || value.raw() == QByteArrayView("[]");
        if (empty || key == QByteArrayView("role"))
            return true;
        read.content = true;
        if (!first)
            return true;
        if (key == QByteArrayView("content")) {
            if (value.type() == JsonType::Array) {
                read.repair = true;
                std::vector<Part> pieces;
                readChunks(value, pieces);
                for (const Part& piece : pieces)
                    addText(piece.kind, piece.text, events);
            } else if (events) {
                addText(Part::Kind::Text, textOf(value), events);
            }
        } else if (key == QByteArrayView("reasoning_content") || key == QByteArrayView("reasoning")) {
            read.repair = read.repair || key == QByteArrayView("reasoning");
            if (events)
                addText(Part::Kind::Thinking, textOf(value), events);
        } else if (key == QByteArrayView("refusal")) {
            addText(Part::Kind::Refusal, textOf(value), events);
        } else if (key == QByteArrayView("tool_calls")) {
            read.repair = true; // their numbers depend on each other: the relay follows them
            value.eachElement([&](JsonView call) {
                readTool(call, events, read);
                return !read.error;
            });
        } else if (key == QByteArrayView("function_call")) {
            m_toolCalled = true;
            const QByteArray name = textOf(value.member("name"));
            if (!name.isEmpty())
                m_parts.openTool(events, 0, name, name);
            m_parts.arguments(events, 0, textOf(value.member("arguments")));
        }
        return true;
    });
    const JsonView reason = choice.member("finish_reason");
    if (!first || reason.type() != JsonType::String)
        return;
    setStop(m_facts, reason, m_toolCalled);
    read.repair = read.repair || !reason.isText(wordFor(Dialect::OpenAiChat, m_facts.stop));
}

// Known by its id where a fragment has one (some number every call 0), else by the number it was given last.
void ChatStream::readTool(JsonView call, std::vector<StreamEvent>* events, Read& read)
{
    m_toolCalled = true;
    const qint64 sent = call.member("index").integer().value_or(-1);
    const QByteArray id = textOf(call.member("id"));
    const bool custom = textOf(call.member("type")) == "custom";
    const JsonView inner = call.member(custom || !call.member("custom").isMissing() ? "custom" : "function");
    const QByteArray fragment = argumentsOf(inner.member(inner.member("input").isMissing() ? "arguments" : "input"));
    ToolCall* known = nullptr;
    for (ToolCall& row : m_calls) {
        if (id.isEmpty() ? sent < 0 || row.sent == sent : row.id == id)
            known = &row;
    }
    if (!known && m_calls.size() >= kMostCalls) {
        read.error = unreadable(QStringLiteral("The provider sent more tool calls than any model makes."));
        return;
    }
    if (!known) {
        m_calls.push_back({sent, id, qint64(m_calls.size())});
        known = &m_calls.back();
        if (events) {
            const QByteArray ownId = id.isEmpty() ? "call_" + QByteArray::number(known->key) : id;
            m_parts.openTool(events, known->key, ownId, textOf(inner.member("name")), custom);
            const QByteArray signature =
                textOf(call.member("extra_content").member("google").member("thought_signature"));
            if (!signature.isEmpty())
                m_parts.signature(events, signature, Signer::Google);
        }
    }
    known->sent = sent;
    if (events && !m_parts.arguments(events, known->key, fragment))
        read.error = unreadable(QStringLiteral("The provider mixed the arguments of two tool calls."));
}

} // namespace

std::variant<AnswerFacts, CallError> openAiChatFacts(QByteArrayView body, const Target& target)
{
    auto read = answerOf(body, target.provider().key.reveal());
    if (auto* error = std::get_if<CallError>(&read))
        return std::move(*error);
    return factsOf(std::get<JsonText>(read).root, target);
}

std::variant<Answer, CallError> openAiChatAnswer(QByteArrayView body, const Target& target)
{
    auto read = answerOf(body, target.provider().key.reveal());
    if (auto* error = std::get_if<CallError>(&read))
        return std::move(*error);
    const JsonView root = std::get<JsonText>(read).root;
    Answer answer;
    answer.facts = factsOf(root, target);
    const JsonView message = root.member("choices").at(0).member("message");
    if (const QByteArray thinking = reasoningOf(message); !thinking.isEmpty())
        answer.parts.push_back(textPart(thinking, Part::Kind::Thinking));
    const JsonView content = message.member("content");
    if (content.type() == JsonType::Array)
        readChunks(content, answer.parts);
    else if (const QByteArray text = textOf(content); !text.isEmpty())
        answer.parts.push_back(textPart(text));
    if (const QByteArray refusal = textOf(message.member("refusal")); !refusal.isEmpty())
        answer.parts.push_back(textPart(refusal, Part::Kind::Refusal));
    int number = 0;
    message.member("tool_calls").eachElement([&](JsonView call) {
        const bool custom = textOf(call.member("type")) == "custom";
        const JsonView inner = call.member(custom ? "custom" : "function");
        Part part;
        part.kind = Part::Kind::ToolCall;
        part.custom = custom;
        part.callId = textOf(call.member("id"));
        if (part.callId.isEmpty())
            part.callId = "call_" + QByteArray::number(number);
        part.name = textOf(inner.member("name"));
        part.arguments = argumentsOf(inner.member(custom ? "input" : "arguments"));
        part.signature = textOf(call.member("extra_content").member("google").member("thought_signature"));
        part.signer = part.signature.isEmpty() ? Signer::Unknown : Signer::Google;
        answer.parts.push_back(std::move(part));
        ++number;
        return true;
    });
    if (const JsonView call = message.member("function_call"); call.type() == JsonType::Object) {
        Part part;
        part.kind = Part::Kind::ToolCall;
        part.name = textOf(call.member("name"));
        part.callId = part.name;
        part.arguments = argumentsOf(call.member("arguments"));
        answer.parts.push_back(std::move(part));
    }
    return answer;
}

std::unique_ptr<StreamReader> openAiChatStream(const Target& target)
{
    return std::make_unique<ChatStream>(target);
}

} // namespace gateway::transform

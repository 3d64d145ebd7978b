#include "transform/providers/bedrock_answer.h"

#include "transform/providers/answer_parts.h"
#include "transform/providers/error_meaning.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

// AWS's names that need another status or code than they come with. Statuses of exceptions inside a stream are those
// the same exceptions have outside.
struct Name
{
    const char* name; // first letter small: events write it so
    const char* inMessage;
    int status;
    const char* code; // for error_meaning.h; nullptr: the name with a capital
};
constexpr std::array kNames{
    Name{"validationException", "too long", 400, "context_length_exceeded"},
    Name{"validationException", "exceeds the maximum number of tokens", 400, "context_length_exceeded"},
    Name{"validationException", "exceed context limit", 400, "context_length_exceeded"},
    Name{"validationException", "maximum context length", 400, "context_length_exceeded"},
    Name{"validationException", "model identifier is invalid", 404, "model_not_found"},
    Name{"validationException", "end of its life", 404, "model_not_found"},
    Name{"validationException", "content filter", 400, "content_filter"},
    Name{"validationException", nullptr, 400, nullptr},
    Name{"throttlingException", nullptr, 429, nullptr},
    Name{"serviceQuotaExceededException", nullptr, 429, nullptr},
    Name{"modelNotReadyException", nullptr, 429, nullptr},
    Name{"modelTimeoutException", nullptr, 408, nullptr},
    Name{"modelErrorException", nullptr, 424, nullptr},
    Name{"modelStreamErrorException", nullptr, 424, nullptr},
    Name{"internalServerException", nullptr, 500, nullptr},
    Name{"serviceUnavailableException", nullptr, 503, nullptr},
    Name{"resourceNotFoundException", nullptr, 404, nullptr},
    Name{"accessDeniedException", nullptr, 403, nullptr},
    Name{"expiredTokenException", nullptr, 403, nullptr},
    Name{"unrecognizedClientException", nullptr, 403, nullptr},
    Name{"invalidSignatureException", nullptr, 403, nullptr},
    Name{"incompleteSignatureException", nullptr, 403, nullptr},
    Name{"missingAuthenticationTokenException", nullptr, 403, nullptr},
};

QByteArray withFirst(QByteArray name, bool capital)
{
    if (!name.isEmpty()) {
        const char c = name.front();
        if (capital && c >= 'a' && c <= 'z')
            name[0] = char(c - 'a' + 'A');
        else if (!capital && c >= 'A' && c <= 'Z')
            name[0] = char(c - 'A' + 'a');
    }
    return name;
}

// "ThrottlingException:http://internal.amazon.com/..." and "com.amazon.coral.service#ThrottlingException"
QByteArray bareName(QByteArrayView name)
{
    QByteArray bare = name.toByteArray().trimmed();
    if (const qsizetype colon = bare.indexOf(':'); colon >= 0)
        bare.truncate(colon);
    return bare.mid(bare.lastIndexOf('#') + 1).left(100);
}

QByteArray messageIn(JsonView root)
{
    for (const char* key : {"message", "Message"}) {
        if (const auto text = root.member(key).text())
            return *text;
    }
    return {};
}

Part textPart(Part::Kind kind, QByteArray text)
{
    Part part;
    part.kind = kind;
    part.text = std::move(text);
    return part;
}

// One block of a whole answer; nothing for what is not the caller's (tools that Bedrock runs, citations).
std::optional<Part> partOf(JsonView block)
{
    if (const auto text = block.member("text").text())
        return textPart(Part::Kind::Text, *text);
    if (const JsonView call = block.member("toolUse"); call.type() == JsonType::Object) {
        if (call.member("type").text() == QByteArray("server_tool_use"))
            return std::nullopt;
        Part part;
        part.kind = Part::Kind::ToolCall;
        part.callId = call.member("toolUseId").text().value_or(QByteArray());
        part.name = call.member("name").text().value_or(QByteArray());
        const JsonView input = call.member("input");
        part.arguments = input.type() == JsonType::Object ? input.raw().toByteArray() : QByteArray("{}");
        return part;
    }
    if (const JsonView reasoning = block.member("reasoningContent"); reasoning.type() == JsonType::Object) {
        const JsonView text = reasoning.member("reasoningText");
        Part part = textPart(Part::Kind::Thinking, text.member("text").text().value_or(QByteArray()));
        part.signer = Signer::Bedrock;
        part.signature = text.member("signature").text().value_or(QByteArray());
        if (const auto data = reasoning.member("redactedContent").text()) {
            part.redacted = true;
            part.signature = *data;
        }
        return part;
    }
    if (const JsonView cited = block.member("citationsContent"); cited.type() == JsonType::Object) {
        QByteArray text;
        cited.member("content").eachElement([&text](JsonView piece) {
            text += piece.member("text").text().value_or(QByteArray());
            return true;
        });
        return textPart(Part::Kind::Text, text);
    }
    if (const JsonView image = block.member("image"); image.type() == JsonType::Object) {
        Part part;
        part.kind = Part::Kind::Image;
        part.mediaType = "image/" + image.member("format").text().value_or("png");
        part.data = image.member("source").member("bytes").text().value_or(QByteArray());
        return part;
    }
    return std::nullopt;
}

} // namespace

api::Tokens bedrockTokens(JsonView usage)
{
    api::Tokens tokens;
    if (usage.type() != JsonType::Object)
        return tokens;
    tokens.source = api::TokenSource::Reported;
    tokens.inUncached = statedCount(usage.member("inputTokens"));
    tokens.inCacheRead = statedCount(usage.member("cacheReadInputTokens"));
    const qint64 written = statedCount(usage.member("cacheWriteInputTokens"));
    qint64 hour = 0;
    usage.member("cacheDetails").eachElement([&hour](JsonView detail) {
        if (detail.member("ttl").text() == QByteArray("1h"))
            hour += statedCount(detail.member("inputTokens"));
        return true;
    });
    tokens.inCacheWrite1h = std::min(hour, written);
    tokens.inCacheWrite5m = written - tokens.inCacheWrite1h;
    tokens.outText = statedCount(usage.member("outputTokens"));
    return tokens;
}

CallError bedrockError(int status, QByteArrayView name, QByteArrayView body, QByteArrayView providerKey)
{
    const JsonText text = JsonText::parse(body);
    QByteArray bare = bareName(name);
    if (bare.isEmpty() && !text.error)
        bare = bareName(text.root.member("__type").text().value_or(QByteArray()));
    ProviderWords words;
    words.message = text.error ? QByteArray() : messageIn(text.root);
    words.code = withFirst(bare, true);
    const QByteArray small = withFirst(bare, false);
    const QByteArray said = words.message.toLower();
    for (const Name& row : kNames) {
        if (small != row.name || (row.inMessage && !said.contains(row.inMessage)))
            continue;
        if (status < 300 || status >= 400)
            status = row.status;
        if (row.code)
            words.code = row.code;
        break;
    }
    return errorOf(status, words, providerKey);
}

CallError bedrockException(const Frame& frame, QByteArrayView providerKey)
{
    return bedrockError(500, frame.name, frame.data, providerKey);
}

std::variant<Answer, CallError> bedrockAnswer(JsonView root)
{
    const JsonView message = root.member("output").member("message");
    if (message.type() != JsonType::Object)
        return unreadable(QStringLiteral("Bedrock's answer has no message."));
    Answer answer;
    bool called = false;
    message.member("content").eachElement([&](JsonView block) {
        if (std::optional<Part> part = partOf(block)) {
            called = called || part->kind == Part::Kind::ToolCall;
            answer.parts.push_back(std::move(*part));
        }
        return true;
    });
    const QByteArray word = root.member("stopReason").text().value_or(QByteArray());
    answer.facts.tokens = bedrockTokens(root.member("usage"));
    answer.facts.finishReason = shortText(root.member("stopReason"));
    answer.facts.stop = promoted(stopReasonOf(Dialect::Bedrock, word).reason, called);
    if (answer.facts.stop == StopReason::ModelError)
        return failedGeneration(word);
    answer.facts.serviceTier = root.member("serviceTier").member("type").text().value_or(QByteArray()).left(40);
    answer.facts.model = shortText(root.member("trace").member("promptRouter").member("invokedModelId"));
    return answer;
}

StreamReader::Read BedrockStream::content()
{
    ++m_contentEvents;
    return readContent();
}

StreamReader::Read BedrockStream::read(const Frame& frame, std::vector<StreamEvent>* events)
{
    if (frame.isException)
        return readError(bedrockException(frame, m_providerKey));
    const JsonText text = JsonText::parse(frame.data);
    if (text.error || text.root.type() != JsonType::Object)
        return readError(unreadable(QStringLiteral("A frame of Bedrock's stream is not a JSON object.")));
    const JsonView event = text.root;
    if (frame.name == QByteArrayView("messageStart")) {
        m_parts.begin(events, {}, {});
    } else if (frame.name == QByteArrayView("contentBlockStart")) {
        openBlock(event, events);
        const bool tool = event.member("start").member("toolUse").type() == JsonType::Object;
        return tool && !m_serverTools.contains(m_block) ? content() : Read();
    } else if (frame.name == QByteArrayView("contentBlockDelta")) {
        return readDelta(event, events);
    } else if (frame.name == QByteArrayView("contentBlockStop")) {
        m_parts.close(events);
        m_block = -1;
    } else if (frame.name == QByteArrayView("messageStop")) {
        return stop(event.member("stopReason").text().value_or(QByteArray()), events);
    } else if (frame.name == QByteArrayView("metadata")) {
        if (const JsonView usage = event.member("usage"); usage.type() == JsonType::Object) {
            m_facts.tokens = bedrockTokens(usage);
            m_hasUsage = true;
        }
        m_facts.serviceTier = event.member("serviceTier").member("type").text().value_or(QByteArray()).left(40);
        m_facts.model = shortText(event.member("trace").member("promptRouter").member("invokedModelId"));
        return readEnd(m_stopped);
    }
    return {}; // an event newer than this program
}

void BedrockStream::openBlock(JsonView event, std::vector<StreamEvent>* events)
{
    m_parts.close(events);
    m_block = event.member("contentBlockIndex").integer().value_or(-1);
    const JsonView start = event.member("start");
    const JsonView tool = start.member("toolUse");
    if (tool.member("type").text() == QByteArray("server_tool_use") || !start.member("toolResult").isMissing()) {
        m_serverTools.insert(m_block);
    } else if (tool.type() == JsonType::Object) {
        m_parts.openTool(events, m_block, tool.member("toolUseId").text().value_or(QByteArray()),
            tool.member("name").text().value_or(QByteArray()));
    }
}

StreamReader::Read BedrockStream::readDelta(JsonView event, std::vector<StreamEvent>* events)
{
    const qint64 block = event.member("contentBlockIndex").integer().value_or(m_block);
    if (block != m_block) { // a text block that never said it began
        m_parts.close(events);
        m_block = block;
    }
    if (m_serverTools.contains(block))
        return {};
    const JsonView delta = event.member("delta");
    if (const auto text = delta.member("text").text()) {
        m_parts.text(events, Part::Kind::Text, *text);
        return text->isEmpty() ? Read() : content();
    }
    if (const JsonView tool = delta.member("toolUse"); tool.type() == JsonType::Object) {
        if (!m_parts.arguments(events, block, tool.member("input").text().value_or(QByteArray())))
            return readError(unreadable(QStringLiteral("Bedrock sent arguments of a tool call that is not open.")));
        return content();
    }
    if (const JsonView reasoning = delta.member("reasoningContent"); reasoning.type() == JsonType::Object)
        return readReasoning(reasoning, events);
    if (!delta.member("image").isMissing())
        return readError(unreadable(QStringLiteral("Bedrock streams an image, which the gateway cannot pass on.")));
    return {}; // citations and what is newer than this program
}

StreamReader::Read BedrockStream::readReasoning(JsonView reasoning, std::vector<StreamEvent>* events)
{
    if (const auto text = reasoning.member("text").text()) {
        m_parts.text(events, Part::Kind::Thinking, *text);
        return text->isEmpty() ? Read() : content();
    }
    if (const auto signature = reasoning.member("signature").text()) {
        if (!m_parts.isOpen() || m_parts.openKind() != Part::Kind::Thinking)
            m_parts.text(events, Part::Kind::Thinking, {}); // thinking that is not shown is signed all the same
        m_parts.signature(events, *signature, Signer::Bedrock);
        return content();
    }
    if (const auto data = reasoning.member("redactedContent").text()) {
        m_parts.redactedThinking(events, *data, Signer::Bedrock);
        return content();
    }
    return {};
}

StreamReader::Read BedrockStream::stop(QByteArrayView word, std::vector<StreamEvent>* events)
{
    m_parts.close(events);
    m_facts.finishReason = QString::fromUtf8(word.first(std::min<qsizetype>(word.size(), 200)));
    m_facts.stop = promoted(stopReasonOf(Dialect::Bedrock, word).reason, m_parts.hasTools());
    m_stopped = !word.isEmpty();
    if (m_facts.stop == StopReason::ModelError)
        return readError(failedGeneration(word));
    return readEnd(m_stopped && m_hasUsage); // usage before the stop: there is nothing left to come
}

// The usage comes after the stop: without it the stream was cut, and what it cost would be a guess.
bool BedrockStream::mayEndHere(std::vector<StreamEvent>*)
{
    return false;
}

} // namespace gateway::transform

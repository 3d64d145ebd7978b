#include "transform/surfaces/anthropic_messages_request.h"

#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/signature.h"

#include <algorithm>

namespace gateway::transform {
namespace {

// A member that says nothing is not lost.
bool saysNothing(JsonView value)
{
    const QByteArrayView raw = value.raw();
    return value.isMissing() || value.isNull() || raw == QByteArrayView("false") || raw == QByteArrayView("[]") ||
           raw == QByteArrayView("{}") || value.isEmptyText();
}

} // namespace

std::variant<UnifiedRequest, CallError> AnthropicRequestReader::read()
{
    m_request.operation = m_call.operation;
    m_request.stream = m_call.stream;
    m_request.maxOutputTokens = m_call.maxOutputTokens;
    m_call.root.eachMember([this](QByteArrayView key, JsonView value) {
        if (!value.isNull())
            readMember(key, value);
        return !m_error;
    });
    if (!m_error && m_request.maxOutputTokens == 0 && m_request.operation == Operation::Generate)
        refuse("max_tokens", "at least 1: only Anthropic's own API fills a cache without an answer");
    if (m_error)
        return *m_error;
    return std::move(m_request);
}

void AnthropicRequestReader::readMember(QByteArrayView key, JsonView value)
{
    const auto is = [key](const char* name) { return key == QByteArrayView(name); };
    if (is("model") || is("stream") || is("max_tokens"))
        return; // known already
    if (is("system"))
        readSystem(value);
    else if (is("messages"))
        readMessages(value);
    else if (is("tools"))
        readTools(value);
    else if (is("tool_choice"))
        readToolChoice(value);
    else if (is("thinking"))
        readThinkingMode(value);
    else if (is("output_config"))
        readOutputConfig(value);
    else if (is("stop_sequences"))
        readStops(value);
    else if (is("cache_control"))
        m_request.cacheAll = cacheLife(value, "cache_control");
    else if (is("service_tier"))
        m_request.serviceTier = textOf(value);
    else if (is("speed") && textOf(value) == "standard")
        return;
    else if (is("metadata")) {
        m_request.endUser = textOf(value.member("user_id"));
        keepUnknown(value, "metadata", {"user_id"});
    } else if (is("temperature") || is("top_p") || is("top_k")) {
        if (value.type() != JsonType::Number)
            refuse(key.toByteArray(), "a number");
        QByteArray& field = is("temperature") ? m_request.temperature : is("top_p") ? m_request.topP : m_request.topK;
        field = value.raw().toByteArray();
    } else {
        keep(key.toByteArray(), value);
    }
}

void AnthropicRequestReader::readSystem(JsonView value)
{
    if (value.type() == JsonType::String) {
        Part part;
        part.text = textOf(value);
        if (!part.text.isEmpty())
            m_request.system.insert(m_request.system.begin(), std::move(part));
        return;
    }
    if (value.type() != JsonType::Array)
        return refuse("system", "a text or a list of text blocks");
    std::vector<Part> parts;
    readContent(value, parts, "system");
    // before instructions of leading messages, wherever the member stands in the body
    m_request.system.insert(
        m_request.system.begin(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
}

void AnthropicRequestReader::readMessages(JsonView value)
{
    std::size_t index = 0;
    value.eachElement([&](JsonView message) {
        readMessage(message, indexed("messages", index++));
        return !m_error;
    });
}

void AnthropicRequestReader::readMessage(JsonView message, const QByteArray& path)
{
    const QByteArray role = textOf(message.member("role"));
    if (role != "user" && role != "assistant" && role != "system")
        return refuse(path + ".role", "user, assistant or system");
    Message made;
    made.role = role == "user" ? Role::User : role == "assistant" ? Role::Assistant : Role::System;
    const JsonView content = message.member("content");
    if (content.type() == JsonType::String) {
        Part part;
        part.text = textOf(content);
        made.parts.push_back(std::move(part));
    } else if (content.type() == JsonType::Array) {
        readContent(content, made.parts, path + ".content");
    } else {
        return refuse(path + ".content", "a text or a list of blocks");
    }
    m_carried.reset(); // what it belonged to is not there
    keepUnknown(message, path, {"role", "content"});
    if (made.role == Role::System && m_request.messages.empty())
        std::move(made.parts.begin(), made.parts.end(), std::back_inserter(m_request.system));
    else
        m_request.messages.push_back(std::move(made));
}

void AnthropicRequestReader::readContent(JsonView content, std::vector<Part>& parts, const QByteArray& path)
{
    std::size_t index = 0;
    content.eachElement([&](JsonView block) {
        readBlock(block, parts, indexed(path, index++));
        return !m_error;
    });
}

void AnthropicRequestReader::readBlock(JsonView block, std::vector<Part>& parts, const QByteArray& path)
{
    const QByteArray type = textOf(block.member("type"));
    if (type == "thinking" || type == "redacted_thinking")
        return readThinking(block, type == "redacted_thinking", parts);
    Part part;
    part.cacheMark = cacheLife(block.member("cache_control"), path);
    if (type == "text") {
        part.text = needText(block, "text", path);
        keepUnknown(block, path, {"type", "text", "cache_control"});
    } else if (type == "image" || type == "document") {
        part.kind = type == "image" ? Part::Kind::Image : Part::Kind::Document;
        if (!readMedia(block, part, parts, path))
            return;
    } else if (type == "tool_use") {
        part.kind = Part::Kind::ToolCall;
        part.callId = needText(block, "id", path);
        part.name = needText(block, "name", path);
        const JsonView input = block.member("input");
        part.arguments = input.isMissing() ? QByteArray("{}") : input.raw().toByteArray();
        m_toolNames.insert(part.callId, part.name);
        keepUnknown(block, path, {"type", "id", "name", "input", "cache_control", "caller"});
    } else if (type == "tool_result") {
        readToolResult(block, part, path);
    } else if (type == "search_result") {
        readSearchResult(block, part, path);
    } else if (type.isEmpty()) {
        return refuse(path + ".type", "the block's type");
    } else {
        // tools that Anthropic ran, and blocks newer than this program
        return keep(path, block);
    }
    if (m_carried) {
        part.signature = m_carried->signature;
        part.signer = m_carried->signer;
        m_carried.reset();
    }
    parts.push_back(std::move(part));
}

void AnthropicRequestReader::readThinking(JsonView block, bool redacted, std::vector<Part>& parts)
{
    const QByteArray value = textOf(block.member(redacted ? "data" : "signature"));
    const Signature signature = opened(value, Signer::Anthropic);
    Part part;
    part.kind = Part::Kind::Thinking;
    part.text = textOf(block.member("thinking"));
    part.signature = signature.bytes;
    part.signer = value.isEmpty() ? Signer::Unknown : signature.signer;
    part.redacted = redacted || signature.place == SignaturePlace::Redacted;
    if (signature.place == SignaturePlace::NextPart && part.text.isEmpty()) {
        m_carried = std::move(part);
        return;
    }
    parts.push_back(std::move(part));
}

// false: it has become other parts, or none
bool AnthropicRequestReader::readMedia(JsonView block, Part& part, std::vector<Part>& parts, const QByteArray& path)
{
    const JsonView source = block.member("source");
    const QByteArray type = textOf(source.member("type"));
    const bool image = part.kind == Part::Kind::Image;
    if (!image) {
        part.fileName = textOf(block.member("title"));
        keepUnknown(block, path, {"type", "source", "cache_control", "title"});
    } else {
        keepUnknown(block, path, {"type", "source", "cache_control"});
    }
    if (type == "base64") {
        part.mediaType = textOf(source.member("media_type"));
        part.data = needText(source, "data", path + ".source");
    } else if (type == "url") {
        part.url = needText(source, "url", path + ".source");
    } else if (type == "file") {
        part.fileId = needText(source, "file_id", path + ".source");
    } else if (type == "text" && !image) {
        part.mediaType = "text/plain";
        part.data = needText(source, "data", path + ".source").toBase64();
    } else if (type == "content" && !image) {
        const JsonView content = source.member("content");
        if (content.type() == JsonType::String) {
            part.mediaType = "text/plain";
            part.data = textOf(content).toBase64();
            return true;
        }
        readContent(content, parts, path + ".source.content");
        return false;
    } else {
        refuse(path + ".source", "base64, url, file or text");
        return false;
    }
    return true;
}

void AnthropicRequestReader::readToolResult(JsonView block, Part& part, const QByteArray& path)
{
    part.kind = Part::Kind::ToolResult;
    part.callId = needText(block, "tool_use_id", path);
    part.name = m_toolNames.value(part.callId);
    part.isError = block.member("is_error").boolean().value_or(false);
    const JsonView content = block.member("content");
    if (content.type() == JsonType::String) {
        Part text;
        text.text = textOf(content);
        part.content.push_back(std::move(text));
    } else if (content.type() == JsonType::Array) {
        readContent(content, part.content, path + ".content");
    } else if (!content.isMissing() && !content.isNull()) {
        refuse(path + ".content", "a text or a list of blocks");
    }
    keepUnknown(block, path, {"type", "tool_use_id", "content", "is_error", "cache_control"});
}

// What was found is text for a model of another maker; that it can be cited is lost.
void AnthropicRequestReader::readSearchResult(JsonView block, Part& part, const QByteArray& path)
{
    const QByteArray title = textOf(block.member("title"));
    const QByteArray source = textOf(block.member("source"));
    part.text = title + (title.isEmpty() || source.isEmpty() ? "" : "\n") + source;
    block.member("content").eachElement([&](JsonView piece) {
        part.text += (part.text.isEmpty() ? "" : "\n") + textOf(piece.member("text"));
        return true;
    });
    keep(path + ".type", block.member("type"));
}

void AnthropicRequestReader::readTools(JsonView value)
{
    std::size_t index = 0;
    value.eachElement([&](JsonView tool) {
        readTool(tool, indexed("tools", index++));
        return !m_error;
    });
}

void AnthropicRequestReader::readTool(JsonView tool, const QByteArray& path)
{
    Tool made;
    made.raw = tool.raw().toByteArray();
    made.name = textOf(tool.member("name"));
    made.cacheMark = cacheLife(tool.member("cache_control"), path);
    const QByteArray type = tool.member("type").text().value_or("custom");
    if (type != "custom") {
        made.kind = Tool::Kind::Hosted;
    } else {
        if (made.name.isEmpty())
            return refuse(path + ".name", "the tool's name");
        made.description = textOf(tool.member("description"));
        const JsonView schema = tool.member("input_schema");
        if (schema.type() != JsonType::Object)
            return refuse(path + ".input_schema", "a JSON schema");
        made.schema = schema.raw().toByteArray();
        made.strict = tool.member("strict").boolean();
        keepUnknown(tool, path, {"type", "name", "description", "input_schema", "strict", "cache_control"});
    }
    m_request.tools.push_back(std::move(made));
}

void AnthropicRequestReader::readToolChoice(JsonView value)
{
    const QByteArray type = textOf(value.member("type"));
    ToolChoice choice;
    if (type == "any")
        choice.mode = ToolChoice::Mode::Required;
    else if (type == "none")
        choice.mode = ToolChoice::Mode::None;
    else if (type == "tool") {
        choice.mode = ToolChoice::Mode::Named;
        choice.name = needText(value, "name", "tool_choice");
    } else if (type != "auto")
        return refuse("tool_choice.type", "auto, any, tool or none");
    m_request.toolChoice = std::move(choice);
    if (const auto single = value.member("disable_parallel_tool_use").boolean(); single && *single)
        m_request.parallelTools = false;
    keepUnknown(value, "tool_choice", {"type", "name", "disable_parallel_tool_use"});
}

void AnthropicRequestReader::readThinkingMode(JsonView value)
{
    const QByteArray type = textOf(value.member("type"));
    Reasoning& reasoning = m_request.reasoning;
    if (type == "enabled" || type == "adaptive")
        reasoning.enabled = true;
    else if (type == "disabled")
        reasoning.enabled = false;
    else if (type == "between_tools") {
        reasoning.enabled = false; // the nearest anybody else has
        keep("thinking.type", value.member("type"));
    } else
        return refuse("thinking.type", "adaptive, enabled, disabled or between_tools");
    if (const JsonView budget = value.member("budget_tokens"); !budget.isMissing() && !budget.isNull()) {
        reasoning.budgetTokens = budget.integer();
        if (!reasoning.budgetTokens || *reasoning.budgetTokens < 1)
            return refuse("thinking.budget_tokens", "a whole number of at least 1024");
    }
    const QByteArray display = textOf(value.member("display"));
    if (display == "summarized" || display == "omitted")
        reasoning.showThoughts = display == "summarized";
    else if (!display.isEmpty())
        keep("thinking.display", value.member("display"));
    keepUnknown(value, "thinking", {"type", "budget_tokens", "display"});
}

void AnthropicRequestReader::readOutputConfig(JsonView value)
{
    if (const QByteArray word = textOf(value.member("effort")); !word.isEmpty()) {
        m_request.reasoning.effort = effortOf(word);
        if (!m_request.reasoning.effort)
            return refuse("output_config.effort", "low, medium, high, xhigh or max");
    }
    const JsonView format = value.member("format");
    if (format.type() == JsonType::Object) {
        const JsonView schema = format.member("schema");
        if (textOf(format.member("type")) != "json_schema" || schema.type() != JsonType::Object)
            return refuse("output_config.format", "a JSON schema");
        m_request.format.kind = OutputFormat::Kind::JsonSchema;
        m_request.format.schema = schema.raw().toByteArray();
        m_request.format.strict = true; // Anthropic always keeps to it
        keepUnknown(format, "output_config.format", {"type", "schema"});
    }
    keepUnknown(value, "output_config", {"effort", "format"});
}

void AnthropicRequestReader::readStops(JsonView value)
{
    if (value.type() != JsonType::Array)
        return refuse("stop_sequences", "a list of texts");
    value.eachElement([this](JsonView stop) {
        if (stop.type() != JsonType::String)
            refuse("stop_sequences", "a list of texts");
        m_request.stop.push_back(textOf(stop));
        return !m_error;
    });
}

void AnthropicRequestReader::keepUnknown(
    JsonView object, const QByteArray& path, std::initializer_list<const char*> known)
{
    object.eachMember([&](QByteArrayView key, JsonView value) {
        const bool isKnown =
            std::any_of(known.begin(), known.end(), [key](const char* name) { return key == QByteArrayView(name); });
        if (!isKnown)
            keep(path + '.' + key.toByteArray(), value);
        return true;
    });
}

void AnthropicRequestReader::keep(QByteArray name, JsonView value)
{
    if (!saysNothing(value))
        m_request.others.push_back({std::move(name), value.raw().toByteArray()});
}

std::optional<CacheLife> AnthropicRequestReader::cacheLife(JsonView control, const QByteArray& path)
{
    if (control.type() != JsonType::Object)
        return std::nullopt;
    const QByteArray ttl = textOf(control.member("ttl"));
    if (ttl.isEmpty())
        return CacheLife::Default;
    if (ttl == "5m")
        return CacheLife::Minutes5;
    if (ttl == "1h")
        return CacheLife::Hour1;
    refuse(path + ".cache_control.ttl", "5m or 1h");
    return std::nullopt;
}

QByteArray AnthropicRequestReader::needText(JsonView object, const char* member, const QByteArray& path)
{
    const std::optional<QByteArray> text = object.member(member).text();
    if (!text)
        refuse(path + '.' + member, "a text");
    return text.value_or(QByteArray());
}

void AnthropicRequestReader::refuse(const QByteArray& path, const char* what)
{
    if (!m_error)
        m_error = invalidRequest(
            QStringLiteral("\"%1\" must be %2.").arg(QString::fromUtf8(path), QLatin1String(what)), path);
}

} // namespace gateway::transform

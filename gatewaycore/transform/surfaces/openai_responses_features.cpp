#include "transform/surfaces/openai_responses_features.h"

#include "transform/parts.h"
#include "transform/surfaces/openai_responses_object.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

// Items of tools that the caller's own client runs or that carry no state: nothing special is needed to read them.
constexpr std::array kPlainItems{
    "message",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "reasoning",
};

constexpr std::array kKeptItems{
    "item_reference",
    "compaction",
    "compaction_summary",
    "compaction_trigger",
};

} // namespace

bool isOwnReasoningReference(JsonView item, QByteArrayView type)
{
    return (type.isEmpty() || type == QByteArrayView("item_reference")) && item.member("role").isMissing() &&
           textOf(item.member("id")).startsWith(kOwnReasoning);
}

bool isKeptItem(JsonView item, QByteArrayView type)
{
    if (isOwnReasoningReference(item, type))
        return false;
    const auto is = [&](const char* name) { return type == QByteArrayView(name); };
    if (type.isEmpty()) // the type of a reference may be left out
        return item.member("role").isMissing() && item.member("id").type() == JsonType::String;
    return std::any_of(kKeptItems.begin(), kKeptItems.end(), is);
}

void ResponsesFeatures::readField(QByteArrayView key, JsonView value)
{
    const auto is = [&](const char* name) { return key == QByteArrayView(name); };
    if (is("previous_response_id") || is("conversation") || is("prompt")) {
        m_request.features |= Feature::Stateful;
        m_request.namesOther = true; // what was said before is paid for again
    } else if (is("background")) {
        if (value.boolean() == true)
            m_request.features |= Feature::Stateful;
    } else if (is("tools")) {
        readTools(value);
    } else if (is("text")) {
        if (textOf(value.member("format").member("type")) == "json_schema")
            m_request.features |= Feature::JsonSchema;
    } else if (is("top_logprobs")) {
        if (value.integer().value_or(0) > 0)
            m_request.features |= Feature::Logprobs;
    } else if (is("include")) {
        value.eachElement([&](JsonView one) {
            if (textOf(one) == "message.output_text.logprobs")
                m_request.features |= Feature::Logprobs;
            return true;
        });
    }
}

void ResponsesFeatures::readTools(JsonView tools)
{
    tools.eachElement([&](JsonView tool) {
        const QByteArray type = textOf(tool.member("type"));
        m_request.features |= type == "function" ? Feature::Tools
                              : type == "custom" ? Feature::CustomTools
                                                 : Feature::HostedTools;
        return true;
    });
}

void ResponsesFeatures::readInput(JsonView input)
{
    input.eachElement([&](JsonView item) {
        readItem(item);
        return true;
    });
}

void ResponsesFeatures::readItem(JsonView item)
{
    const QByteArray type = textOf(item.member("type"));
    if (isKeptItem(item, type)) {
        m_request.features |= Feature::Stateful;
        m_request.namesOther = true;
        return;
    }
    const auto is = [&](const char* name) { return type == name; };
    if (type == "item_reference" || (!type.isEmpty() && std::none_of(kPlainItems.begin(), kPlainItems.end(), is)))
        return; // of a hosted tool's past: another provider does without it, and that is reported
    for (const char* list : {"content", "output"}) {
        item.member(list).eachElement([&](JsonView part) {
            readPart(part);
            return true;
        });
    }
}

void ResponsesFeatures::readPart(JsonView part)
{
    const QByteArray type = textOf(part.member("type"));
    const bool byId = part.member("file_id").type() == JsonType::String;
    if (type == "input_image") {
        if (byId) {
            m_request.features |= Feature::FileIds;
            m_request.namesOther = true;
        } else if (part.member("image_url").raw().startsWith("\"data:")) {
            m_request.features |= Feature::ImagesInline;
        } else {
            m_request.features |= Feature::ImagesByUrl;
            ++m_request.namedImages;
        }
    } else if (type == "input_file") {
        const bool byUrl = part.member("file_url").type() == JsonType::String;
        m_request.features |= byId ? Feature::FileIds : Feature::Documents;
        m_request.namesOther = m_request.namesOther || byId || byUrl;
    } else if (type == "input_audio") {
        m_request.features |= Feature::AudioIn;
    }
}

} // namespace gateway::transform

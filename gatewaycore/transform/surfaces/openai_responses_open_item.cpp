#include "transform/surfaces/openai_responses_open_item.h"

#include "base/json_writer.h"
#include "transform/body_edit.h"
#include "transform/json_view.h"
#include "transform/parts.h"
#include "transform/surfaces/openai_responses_object.h"

#include <array>

namespace gateway::transform {
namespace {

// Where an item keeps what its parts hold.
struct Home
{
    const char* type;
    const char* member;
};
constexpr std::array kHomes{
    Home{"message", "content"},
    Home{"reasoning", "summary"},
    Home{"function_call", "arguments"},
    Home{"custom_tool_call", "input"},
};

QByteArray summaryPart(QByteArrayView text)
{
    QByteArray out;
    JsonWriter(out).beginObject().member("type", "summary_text").member("text", text).endObject();
    return out;
}

} // namespace

ResponsesOpenItem::ResponsesOpenItem(qint64 outputIndex, JsonView item)
    : m_outputIndex(outputIndex),
      m_item(item.raw().toByteArray()),
      m_type(textOf(item.member("type"))),
      m_id(textOf(item.member("id")))
{
}

void ResponsesOpenItem::note(QByteArrayView type, JsonView event)
{
    const auto is = [&](const char* name) { return type == QByteArrayView(name); };
    if (is("response.content_part.added") || is("response.reasoning_summary_part.added")) {
        m_partType = textOf(event.member("part").member("type"));
        m_text.clear();
    } else if (is("response.content_part.done") || is("response.reasoning_summary_part.done")) {
        if (const JsonView part = event.member("part"); part.type() == JsonType::Object)
            m_parts.push_back(part.raw().toByteArray());
        m_partType.clear();
        m_text.clear();
    } else if (is("response.function_call_arguments.done") || is("response.custom_tool_call_input.done")) {
        const JsonView whole = event.member(m_type == "custom_tool_call" ? "input" : "arguments");
        m_text = textOf(whole);
        m_done = true;
    } else if (type.endsWith(".delta")) {
        m_text += textOf(event.member("delta"));
    }
}

void ResponsesOpenItem::endPart(const WriteEvent& event)
{
    const auto members = [&](const char* index, const char* name, const QByteArray& value, bool isText) {
        QByteArray out;
        JsonWriter json(out);
        json.member("item_id", m_id).member("output_index", m_outputIndex);
        if (index)
            json.member(index, qint64(m_parts.size()));
        if (isText)
            json.member(name, value);
        else
            json.memberRaw(name, value);
        return out;
    };
    if (m_type == "function_call" && !m_done) {
        event("response.function_call_arguments.done", members(nullptr, "arguments", m_text, true));
    } else if (m_type == "custom_tool_call" && !m_done) {
        event("response.custom_tool_call_input.done", members(nullptr, "input", m_text, true));
    } else if (m_partType == "output_text") {
        const QByteArray part = textContent(m_text);
        event("response.output_text.done",
            members("content_index", "text", m_text, true) + QByteArrayLiteral(",\"logprobs\":[]"));
        event("response.content_part.done", members("content_index", "part", part, false));
        m_parts.push_back(part);
    } else if (m_partType == "refusal") {
        const QByteArray part = refusalContent(m_text);
        event("response.refusal.done", members("content_index", "refusal", m_text, true));
        event("response.content_part.done", members("content_index", "part", part, false));
        m_parts.push_back(part);
    } else if (m_partType == "summary_text") {
        const QByteArray part = summaryPart(m_text);
        event("response.reasoning_summary_text.done", members("summary_index", "text", m_text, true));
        event("response.reasoning_summary_part.done", members("summary_index", "part", part, false));
        m_parts.push_back(part);
    }
}

QByteArray ResponsesOpenItem::close(const WriteEvent& event)
{
    endPart(event);
    const JsonText text = JsonText::parse(m_item);
    const JsonView item = text.root;
    BodyEdit edit(m_item);
    for (const Home& home : kHomes) {
        const JsonView place = item.member(home.member);
        if (m_type != home.type || place.isMissing())
            continue;
        QByteArray value = jsonString(m_text);
        if (place.type() == JsonType::Array) {
            value.clear();
            JsonWriter json(value);
            json.beginArray();
            for (const QByteArray& part : m_parts)
                json.raw(part);
            json.endArray();
        }
        edit.replace(place, value);
    }
    if (const JsonView status = item.member("status"); !status.isMissing())
        edit.replace(status, "\"incomplete\"");
    const QByteArray closed = edit.apply();
    QByteArray members;
    JsonWriter(members).member("output_index", m_outputIndex).memberRaw("item", closed);
    event("response.output_item.done", members);
    return closed;
}

} // namespace gateway::transform

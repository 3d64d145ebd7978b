#include "transform/providers/anthropic_tools.h"

#include "transform/body_edit.h"
#include "transform/field_name.h"

#include <QSet>

namespace gateway::transform {

void AnthropicTools::write(JsonWriter& json)
{
    QSet<QByteArray> allowed; // empty: all
    if (m_request.toolChoice)
        allowed = {m_request.toolChoice->allowed.begin(), m_request.toolChoice->allowed.end()};
    bool declares = false;
    QByteArray list;
    JsonWriter listJson(list);
    listJson.beginArray();
    for (std::size_t i = 0; i < m_request.tools.size(); ++i) {
        const Tool& tool = m_request.tools[i];
        const QByteArray field = indexed("tools", i);
        if (!allowed.isEmpty() && !allowed.contains(tool.name))
            continue;
        writeTool(listJson, tool, field);
        declares = true;
    }
    if (!allowed.isEmpty())
        m_losses.change("tool_choice", "the provider has no list of allowed tools: the others are not shown to it");
    if (!declares) {
        // a conversation with calls of tools is refused where no tool is declared; none of these may be called
        for (const QByteArray& name : calledTools()) {
            listJson.beginObject()
                .member("name", name)
                .key("input_schema")
                .beginObject()
                .member("type", "object")
                .endObject()
                .endObject();
        }
    }
    listJson.endArray();
    if (!declares && m_request.toolChoice && m_request.toolChoice->mode != ToolChoice::Mode::Auto &&
        m_request.toolChoice->mode != ToolChoice::Mode::None)
        m_losses.drop("tool_choice", "there is no tool to choose");
    if (list == "[]")
        return;
    json.memberRaw("tools", list);
    if (declares)
        writeChoice(json);
    else
        json.key("tool_choice").beginObject().member("type", "none").endObject();
}

void AnthropicTools::writeTool(JsonWriter& json, const Tool& tool, const QByteArray& field)
{
    json.beginObject().member("name", tool.name).memberIf("description", tool.description);
    const JsonText parsed = JsonText::parse(tool.schema);
    const JsonView schema = parsed.root;
    if (schema.type() != JsonType::Object) {
        json.key("input_schema").beginObject().member("type", "object").key("properties").beginObject().endObject();
        json.endObject();
    } else if (schema.member("type").isMissing()) {
        BodyEdit edit(tool.schema);
        edit.addMember(schema, "type", "\"object\"");
        json.memberRaw("input_schema", edit.apply());
    } else {
        json.memberRaw("input_schema", tool.schema);
    }
    if (tool.strict.value_or(false)) {
        if (m_facts.schemas)
            json.memberBool("strict", true);
        else
            m_losses.drop(field + ".strict", "the model does not keep to schemas strictly");
    }
    m_marks.write(json, tool.cacheMark, field);
    json.endObject();
}

void AnthropicTools::writeChoice(JsonWriter& json)
{
    const bool single = m_request.parallelTools == false;
    if (!m_request.toolChoice && !single)
        return;
    ToolChoice choice = m_request.toolChoice.value_or(ToolChoice{});
    const bool forced = choice.mode == ToolChoice::Mode::Required || choice.mode == ToolChoice::Mode::Named;
    if (forced && !m_facts.forcedTools) {
        m_losses.change("tool_choice", "the model cannot be made to call a tool: it may");
        choice.mode = ToolChoice::Mode::Auto;
    }
    json.key("tool_choice").beginObject();
    switch (choice.mode) {
    case ToolChoice::Mode::Auto:
        json.member("type", "auto");
        break;
    case ToolChoice::Mode::None:
        json.member("type", "none");
        break;
    case ToolChoice::Mode::Required:
        json.member("type", "any");
        break;
    case ToolChoice::Mode::Named:
        json.member("type", "tool").member("name", choice.name);
        break;
    }
    if (single && choice.mode != ToolChoice::Mode::None)
        json.memberBool("disable_parallel_tool_use", true);
    json.endObject();
}

std::vector<QByteArray> AnthropicTools::calledTools() const
{
    std::vector<QByteArray> names;
    QSet<QByteArray> known;
    for (const Message& message : m_request.messages) {
        for (const Part& part : message.parts) {
            if (part.kind != Part::Kind::ToolCall || known.contains(part.name))
                continue;
            known.insert(part.name);
            names.push_back(part.name);
        }
    }
    return names;
}

} // namespace gateway::transform

#include "transform/surfaces/openai_fields.h"

#include "transform/parts.h"

namespace gateway::transform {
namespace {

// A tool that the provider runs has no name but its type.
QByteArray nameIn(JsonView tool, ToolForm form)
{
    const QByteArray type = textOf(tool.member("type"));
    if (form == ToolForm::Nested)
        return textOf(tool.member(type).member("name"));
    const QByteArray name = textOf(tool.member("name"));
    return name.isEmpty() ? type : name;
}

} // namespace

std::optional<ToolChoice> openAiToolChoice(JsonView value, ToolForm form)
{
    using Mode = ToolChoice::Mode;
    const QByteArray type = value.type() == JsonType::String ? textOf(value) : textOf(value.member("type"));
    if (type == "auto")
        return ToolChoice{Mode::Auto, {}, {}};
    if (type == "none")
        return ToolChoice{Mode::None, {}, {}};
    if (type == "required")
        return ToolChoice{Mode::Required, {}, {}};
    if (type == "function" || type == "custom") {
        const JsonView tool = form == ToolForm::Nested ? value.member(type) : value;
        return ToolChoice{Mode::Named, textOf(tool.member("name")), {}};
    }
    if (type != "allowed_tools")
        return std::nullopt;
    const JsonView allowed = form == ToolForm::Nested ? value.member("allowed_tools") : value;
    ToolChoice choice;
    choice.mode = textOf(allowed.member("mode")) == "required" ? Mode::Required : Mode::Auto;
    allowed.member("tools").eachElement([&](JsonView tool) {
        choice.allowed.push_back(nameIn(tool, form));
        return true;
    });
    return choice;
}

bool readOpenAiSchema(JsonView object, OutputFormat& format)
{
    const JsonView schema = object.member("schema");
    format.kind = OutputFormat::Kind::JsonSchema;
    format.name = textOf(object.member("name"));
    format.description = textOf(object.member("description"));
    format.schema = schema.raw().toByteArray();
    format.strict = object.member("strict").boolean();
    return schema.type() == JsonType::Object;
}

std::optional<CacheLife> openAiCacheAll(JsonView options)
{
    if (textOf(options.member("mode")) == "explicit")
        return std::nullopt;
    return cacheLifeOf(textOf(options.member("ttl")));
}

} // namespace gateway::transform

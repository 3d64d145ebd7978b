#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/surfaces/gemini_fields.h"
#include "transform/surfaces/gemini_unify.h"

#include <array>

namespace gateway::transform::gemini {
namespace {

// Google's task types in the unified form; its others keep their own word.
struct TaskType
{
    const char* google;
    const char* unified;
};
constexpr std::array kTaskTypes{
    TaskType{"RETRIEVAL_DOCUMENT", "search_document"},
    TaskType{"RETRIEVAL_QUERY", "search_query"},
    TaskType{"CLASSIFICATION", "classification"},
    TaskType{"CLUSTERING", "clustering"},
    TaskType{"TASK_TYPE_UNSPECIFIED", ""},
};

// One text of an embedding: what its parts say, together.
std::optional<CallError> readEmbedded(JsonView one, EmbedRequest& out, bool first)
{
    const JsonView content = field(one, "content");
    QByteArray text = content.text().value_or(QByteArray());
    bool onlyText = true;
    field(content, "parts").eachElement([&](JsonView part) {
        onlyText = onlyText && field(part, "text").type() == JsonType::String;
        text += textOf(field(part, "text"));
        return onlyText;
    });
    if (!onlyText)
        return invalidRequest(QStringLiteral("The alias is served by a provider that embeds texts only."), "content");
    out.texts.push_back(text);
    const JsonView inner = field(one, "embedContentConfig");
    const JsonView options = inner.type() == JsonType::Object ? inner : one;
    QByteArray purpose = textOf(field(options, "taskType")).toUpper();
    for (const TaskType& row : kTaskTypes) {
        if (purpose == row.google)
            purpose = row.unified;
    }
    const QByteArray title = textOf(field(options, "title"));
    const auto dimensions = wholeNumber(field(options, "outputDimensionality"));
    if (!first && (purpose != out.purpose || title != out.title || dimensions != out.dimensions))
        return invalidRequest(QStringLiteral("The alias is served by a provider whose options count for all texts of a "
                                             "request, and this one has several."),
            "requests");
    out.purpose = purpose;
    out.title = title;
    out.dimensions = dimensions;
    return std::nullopt;
}

} // namespace

std::variant<UnifiedRequest, CallError> unifyEmbed(const CallRequest& request)
{
    UnifiedRequest out;
    out.operation = Operation::Embed;
    const JsonView batch = field(request.root, "requests");
    out.embed.single = batch.type() != JsonType::Array;
    std::optional<CallError> wrong;
    if (out.embed.single)
        wrong = readEmbedded(request.root, out.embed, true);
    batch.eachElement([&](JsonView one) {
        wrong = readEmbedded(one, out.embed, out.embed.texts.empty());
        return !wrong;
    });
    if (wrong)
        return *wrong;
    return out;
}

} // namespace gateway::transform::gemini

#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/surfaces/gemini_fields.h"
#include "transform/surfaces/gemini_unify.h"

#include <array>

namespace gateway::transform::gemini {
namespace {

struct Number
{
    const char* name;
    QByteArray UnifiedRequest::*value;
};
constexpr std::array kNumbers{
    Number{"temperature", &UnifiedRequest::temperature},
    Number{"topP", &UnifiedRequest::topP},
    Number{"topK", &UnifiedRequest::topK},
    Number{"frequencyPenalty", &UnifiedRequest::frequencyPenalty},
    Number{"presencePenalty", &UnifiedRequest::presencePenalty},
    Number{"seed", &UnifiedRequest::seed},
};

void other(UnifiedRequest& out, QByteArray name, JsonView value)
{
    if (!value.isNull())
        out.others.push_back({std::move(name), value.raw().toByteArray()});
}

void readThinking(JsonView config, UnifiedRequest& out)
{
    config.eachMember([&](QByteArrayView rawKey, JsonView value) {
        const QByteArray key = camelCase(rawKey);
        if (key == "includeThoughts") {
            out.reasoning.showThoughts = value.boolean();
        } else if (key == "thinkingBudget") {
            if (const auto budget = wholeNumber(value); budget && *budget >= 0)
                out.reasoning.budgetTokens = budget;
            else if (budget) // -1: the model's own choice
                out.reasoning.enabled = true;
        } else if (key == "thinkingLevel") {
            out.reasoning.effort = effortOf(textOf(value));
        } else {
            other(out, "generationConfig.thinkingConfig." + key, value);
        }
        return true;
    });
}

} // namespace

std::optional<CallError> readGenerationConfig(JsonView config, UnifiedRequest& out)
{
    std::optional<CallError> wrong;
    config.eachMember([&](QByteArrayView rawKey, JsonView value) {
        const QByteArray key = camelCase(rawKey);
        if (value.isNull() || key == "maxOutputTokens" || key == "candidateCount")
            return true; // parse() has read them
        for (const Number& row : kNumbers) {
            if (key != row.name)
                continue;
            if (value.type() == JsonType::Number)
                out.*row.value = value.raw().toByteArray();
            else
                wrong = invalidRequest(QStringLiteral("\"%1\" must be a number.").arg(QLatin1String(row.name)),
                    QByteArray("generationConfig.") + row.name);
            return !wrong;
        }
        if (key == "stopSequences") {
            value.eachElement([&](JsonView word) {
                out.stop.push_back(textOf(word));
                return true;
            });
        } else if (key == "responseMimeType") {
            const QByteArray type = textOf(value);
            if (type == "application/json" && out.format.kind == OutputFormat::Kind::Text)
                out.format.kind = OutputFormat::Kind::JsonObject;
            else if (type != "application/json" && type != "text/plain" && !type.isEmpty())
                other(out, "generationConfig.responseMimeType", value);
        } else if (key == "responseSchema" || key == "responseJsonSchema") {
            out.format.kind = OutputFormat::Kind::JsonSchema;
            out.format.name = "response";
            out.format.schema = key == "responseSchema" ? jsonSchemaOf(value) : value.raw().toByteArray();
        } else if (key == "thinkingConfig") {
            readThinking(value, out);
        } else if (key == "responseModalities") {
            bool onlyText = true;
            value.eachElement([&](JsonView word) {
                onlyText = onlyText && textOf(word).toUpper() == "TEXT";
                return true;
            });
            if (!onlyText)
                wrong =
                    invalidRequest(QStringLiteral("The alias is served by a provider of another dialect, which answers "
                                                  "a caller of this one in text only."),
                        "generationConfig.responseModalities");
        } else if ((key == "responseLogprobs" && value.boolean().value_or(false)) || key == "logprobs") {
            wrong = invalidRequest(QStringLiteral("The alias is served by a provider of another dialect, whose "
                                                  "log probabilities cannot be given in this one."),
                "generationConfig." + key);
        } else if (key != "responseLogprobs") {
            other(out, "generationConfig." + key,
                value); // mediaResolution, speechConfig, audioTimestamp, routingConfig ...
        }
        return !wrong;
    });
    return wrong;
}

} // namespace gateway::transform::gemini

// What models on Bedrock take beside what Converse has for all of them, read off the model's id: Converse forwards
// additionalModelRequestFields to the model as they are, and each maker has its own words there. An id that names no
// model (an application inference profile, a provisioned model) is Opaque: it gets only what Converse itself defines.
// Pure; any thread.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/losses.h"
#include "transform/unified_request.h"

#include <optional>

namespace gateway::transform {

struct BedrockModel
{
    enum class Family
    {
        Claude,
        Nova,
        GptOss,
        Other,
        Opaque,
    };
    enum class Thinking
    {
        None,
        Budget,       // thinking.budget_tokens
        Adaptive,     // thinking.type adaptive or disabled, effort
        AdaptiveOnly, // cannot be turned off
        Effort,       // a field for the effort and nothing else
    };
    Family family = Family::Other;
    Thinking thinking = Thinking::None;
    bool sampling = true; // takes temperature, top_p, top_k

    bool caches() const { return family != Family::Other && family != Family::GptOss; }
    bool takesToolStatus() const { return family == Family::Claude || family == Family::Nova; }
};

BedrockModel bedrockModel(QByteArrayView id);

// What else of a request decides about thinking.
struct ThinkingContext
{
    std::optional<qint64> maxTokens;
    bool toolIsForced = false;
    bool historyLacksThinking = false; // a tool call under way came without its thinking
};

// Writes the model's own fields for reasoning into `additional` (an open object) and gives the value of
// outputConfig.effort (empty: none). What is not carried is noted.
struct ThinkingResult
{
    QByteArray effort;
    bool thinks = false; // Claude then takes no sampling parameters
};
ThinkingResult writeThinking(const BedrockModel& model, const Reasoning& reasoning, const ThinkingContext& context,
    JsonWriter& additional, Losses& losses);

} // namespace gateway::transform

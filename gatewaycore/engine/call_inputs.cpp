#include "engine/call_inputs.h"

#include "base/fnv.h"
#include "config/price_book.h"

#include <array>

namespace gateway::engine {
namespace {

using transform::Feature;
using transform::Operation;

// Kept in records: a name is not changed and not used again.
constexpr std::array kFeatures{
    FeatureName{Feature::Tools, "tools"},
    FeatureName{Feature::ImagesInline, "images_inline"},
    FeatureName{Feature::ImagesByUrl, "images_by_url"},
    FeatureName{Feature::Documents, "documents"},
    FeatureName{Feature::FileIds, "file_ids"},
    FeatureName{Feature::AudioIn, "audio_in"},
    FeatureName{Feature::AudioOut, "audio_out"},
    FeatureName{Feature::JsonSchema, "json_schema"},
    FeatureName{Feature::Choices, "choices"},
    FeatureName{Feature::Logprobs, "logprobs"},
    FeatureName{Feature::CustomTools, "custom_tools"},
    FeatureName{Feature::HostedTools, "hosted_tools"},
    FeatureName{Feature::Stateful, "stateful"},
    FeatureName{Feature::Prediction, "prediction"},
    FeatureName{Feature::Embeddings, "embeddings"},
    FeatureName{Feature::TokenArrays, "token_arrays"},
};

// The words providers have for a class of service beside the standard one. Another word is the caller's own text, which
// is not kept: it stands in the record as "other", and no price knows that name either.
constexpr std::array kTiers{"auto", "flex", "batch", "priority", "fast", "scale", "reserved", "performance"};

const char* tierWord(const QByteArray& asked)
{
    const QByteArray word = config::tierName(asked);
    if (word.isEmpty())
        return "default";
    for (const char* known : kTiers) {
        if (word == known)
            return known;
    }
    return "other";
}

// 16 digits: as a JSON number it would not survive every reader.
void writeSeed(JsonWriter& out, quint64 seed)
{
    std::array<char, 16> digits;
    for (std::size_t i = 0; i < digits.size(); ++i)
        digits[i] = "0123456789abcdef"[seed >> (60 - 4 * i) & 0xf];
    out.member("seed", QByteArrayView(digits.data(), qsizetype(digits.size())));
}

} // namespace

quint64 seedOf(QByteArrayView requestId)
{
    return fnv1a64(requestId);
}

std::span<const FeatureName> featureNames()
{
    return kFeatures;
}

const char* nameOf(Operation operation)
{
    return operation == Operation::Generate ? "generate" : operation == Operation::Embed ? "embed" : "count-tokens";
}

void writeInputs(JsonWriter& out, const CallInputs& inputs)
{
    const transform::CallRequest& request = *inputs.request;
    out.key("inputs").beginObject();
    out.member("body_bytes", qint64(request.body.size()));
    if (request.operation != Operation::Generate)
        out.member("operation", QByteArrayView(nameOf(request.operation)));
    if (request.stream)
        out.memberBool("stream", true);
    if (request.features) {
        out.key("features").beginArray();
        for (const FeatureName& row : kFeatures) {
            if (request.features.testFlag(row.feature))
                out.string(QByteArrayView(row.name));
        }
        out.endArray();
    }
    if (request.maxOutputTokens)
        out.member("max_output_tokens", *request.maxOutputTokens);
    if (request.choices != 1)
        out.member("choices", request.choices);
    if (request.namedImages != 0)
        out.member("named_images", request.namedImages);
    if (request.namesOther)
        out.memberBool("names_other", true);
    if (!request.serviceTier.isEmpty())
        out.member("service_tier", QByteArrayView(tierWord(request.serviceTier)));
    if (!inputs.zone.isEmpty())
        out.member("zone", inputs.zone);
    if (inputs.costCeiling)
        out.member("cost_ceiling_usd", inputs.costCeiling->toDecimal());
    if (inputs.latencyBudget)
        out.member("latency_budget_ms", qint64(inputs.latencyBudget->count()));
    if (!inputs.degradeServes)
        out.member("degrade", QByteArrayView("refuse"));
    if (inputs.seed)
        writeSeed(out, *inputs.seed);
    if (inputs.elapsedMs != 0)
        out.member("elapsed_ms", inputs.elapsedMs);
    if (inputs.today.isValid())
        out.member("today", inputs.today.toString(Qt::ISODate));
    out.endObject();
}

} // namespace gateway::engine

#include "transform/capability.h"

#include "transform/providers/chat_quirks.h"
#include "transform/surface.h"

#include <array>

namespace gateway::transform {
namespace {

using config::ProviderKind;
using enum Carried;

constexpr std::array kRows{
    CapabilityRow{Feature::Tools, "tools"},
    CapabilityRow{Feature::CustomTools, "free-text tools"},
    CapabilityRow{Feature::HostedTools, "tools the provider runs"},
    CapabilityRow{Feature::JsonSchema, "structured output"},
    CapabilityRow{Feature::ImagesInline, "images in the request"},
    CapabilityRow{Feature::ImagesByUrl, "images by address"},
    CapabilityRow{Feature::Documents, "documents in the request"},
    CapabilityRow{Feature::FileIds, "files the provider keeps"},
    CapabilityRow{Feature::AudioIn, "audio in the request"},
    CapabilityRow{Feature::AudioOut, "spoken answers"},
    CapabilityRow{Feature::Choices, "several choices"},
    CapabilityRow{Feature::Logprobs, "log probabilities"},
    CapabilityRow{Feature::Prediction, "predicted output"},
    CapabilityRow{Feature::Stateful, "state the provider keeps"},
    CapabilityRow{Feature::Embeddings, "embeddings"},
    CapabilityRow{Feature::TokenArrays, "embeddings of token ids"},
};

// What a provider of another dialect than the caller's can be given: what its translate() does with it, in the words of
// tst_capability_losses, which holds the two together. Of a model that is older than its dialect less may go over; that
// is reported with the call. Providers of the caller's own dialect get the caller's bytes: whatever it is, they say
// themselves what they do not have.
struct Matrix
{
    Dialect provider;
    Carried tools, customTools, hostedTools, jsonSchema, imagesInline, imagesByUrl, documents, fileIds, audioIn,
        audioOut, choices, logprobs, prediction, stateful, embeddings, tokenArrays;
};

// clang-format off
constexpr std::array kMatrix{
    //                               tools cust  host  schema imgIn imgUrl docs  fileId audIn audOut n    logp  pred  state embed tokens
    Matrix{Dialect::OpenAiChat,      Yes,  Yes,  No,   Yes,   Yes,  Yes,   Yes,  No,    Yes,  No,    No,  No,   Lossy, No,  Yes,  Yes},
    Matrix{Dialect::OpenAiResponses, Yes,  Yes,  No,   Yes,   Yes,  Yes,   Yes,  No,    No,   No,    No,  No,   Lossy, No,  No,   No},
    Matrix{Dialect::Anthropic,       Yes,  No,   No,   Yes,   Yes,  Yes,   Yes,  No,    No,   No,    No,  No,   Lossy, No,  No,   No},
    Matrix{Dialect::Gemini,          Yes,  No,   No,   Yes,   Yes,  Yes,   Yes,  No,    Yes,  No,    No,  No,   Lossy, No,  Yes,  No},
    Matrix{Dialect::Bedrock,         Yes,  No,   No,   Yes,   Yes,  No,    Yes,  No,    Yes,  No,    No,  No,   Lossy, No,  No,   No},
    Matrix{Dialect::Cohere,          Yes,  No,   No,   Yes,   Yes,  Yes,   No,   No,    No,   No,    No,  No,   Lossy, No,  Yes,  No},
    Matrix{Dialect::Ollama,          Yes,  No,   No,   Yes,   Yes,  No,    No,   No,    No,   No,    No,  No,   Lossy, No,  Yes,  No},
};
// clang-format on

Carried cellOf(const Matrix& row, Feature feature)
{
    switch (feature) {
    case Feature::Tools:
        return row.tools;
    case Feature::CustomTools:
        return row.customTools;
    case Feature::HostedTools:
        return row.hostedTools;
    case Feature::JsonSchema:
        return row.jsonSchema;
    case Feature::ImagesInline:
        return row.imagesInline;
    case Feature::ImagesByUrl:
        return row.imagesByUrl;
    case Feature::Documents:
        return row.documents;
    case Feature::FileIds:
        return row.fileIds;
    case Feature::AudioIn:
        return row.audioIn;
    case Feature::AudioOut:
        return row.audioOut;
    case Feature::Choices:
        return row.choices;
    case Feature::Logprobs:
        return row.logprobs;
    case Feature::Prediction:
        return row.prediction;
    case Feature::Stateful:
        return row.stateful;
    case Feature::Embeddings:
        return row.embeddings;
    case Feature::TokenArrays:
        return row.tokenArrays;
    }
    Q_UNREACHABLE();
}

// What a speaker of the chat dialect lacks of it (chat_quirks.h), and what becomes of the feature then.
struct Lacking
{
    Feature feature;
    ChatField field;
    Carried carried;
};
constexpr std::array kLacking{
    Lacking{Feature::CustomTools, ChatField::CustomTools, No},
    Lacking{Feature::JsonSchema, ChatField::JsonSchema, Lossy}, // JSON, but nobody promises the schema
    Lacking{Feature::ImagesByUrl, ChatField::ImageUrls, No},
    Lacking{Feature::Documents, ChatField::Files, No},
    Lacking{Feature::AudioIn, ChatField::Audio, No},
};

Carried ofSpeaker(ProviderKind kind, Feature feature, Carried byDialect)
{
    for (const Lacking& row : kLacking) {
        if (row.feature == feature && !chatQuirks(kind).has(row.field))
            return row.carried;
    }
    return byDialect;
}

// State is kept by OpenAI and Azure; others who speak the dialect have no such thing (wire.md 1.2).
bool keepsState(ProviderKind kind)
{
    return kind == ProviderKind::OpenAi || kind == ProviderKind::AzureOpenAi || kind == ProviderKind::Gemini ||
           kind == ProviderKind::Vertex;
}

} // namespace

std::vector<CapabilityRow> capabilityRows()
{
    return {kRows.begin(), kRows.end()};
}

Carried carries(const ProviderDialect& provider, ProviderKind kind, Dialect caller, Feature feature)
{
    if (provider.dialect() == caller)
        return feature == Feature::Stateful && !keepsState(kind) ? No : Yes;
    for (const Matrix& row : kMatrix) {
        if (row.provider != provider.dialect())
            continue;
        const Carried cell = cellOf(row, feature);
        return row.provider == Dialect::OpenAiChat ? ofSpeaker(kind, feature, cell) : cell;
    }
    return No;
}

QString cannotServe(const CallRequest& request, const config::Candidate& candidate)
{
    if (!request.features)
        return {};
    const ProviderKind kind = candidate.provider->kind;
    const Dialect caller = request.surface->dialect();
    const ProviderDialect& provider = providerDialect(kind, candidate.modelUtf8, caller);
    for (const CapabilityRow& row : kRows) {
        if (request.features.testFlag(row.feature) && carries(provider, kind, caller, row.feature) == No)
            return QStringLiteral("%1 cannot be given %2 from this caller")
                .arg(candidate.provider->name, QLatin1String(row.name));
    }
    return {};
}

} // namespace gateway::transform

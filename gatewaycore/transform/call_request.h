// CallRequest: what the engine needs to know of a request to decide about it, read from the caller's bytes by a
// surface. The bytes themselves stay whole in `body`; the views point into it. Reading it is cheap and happens for
// every call; the full UnifiedRequest is only made for a provider of another dialect. A value that moves with its body.
#pragma once

#include "transform/dialect.h"
#include "transform/json_view.h"

#include <QByteArray>
#include <QFlags>
#include <QString>

#include <optional>

namespace gateway::transform {

class Surface;

// What a request needs of whoever answers it. Each is a row of the capability matrix (capability.h).
enum class Feature
{
    Tools = 1 << 0,
    ImagesInline = 1 << 1,
    ImagesByUrl = 1 << 2,
    Documents = 1 << 3, // inline files (PDF)
    FileIds = 1 << 4,   // a file the provider keeps
    AudioIn = 1 << 5,
    AudioOut = 1 << 6,
    JsonSchema = 1 << 7,
    Choices = 1 << 8, // more than one
    Logprobs = 1 << 9,
    CustomTools = 1 << 10, // free-text or grammar tools
    HostedTools = 1 << 11, // tools the provider runs: web search, code interpreter ...
    Stateful = 1 << 12,    // previous_response_id, conversation, background, cachedContent: state the provider keeps
    Prediction = 1 << 13,
    Embeddings = 1 << 14,
    TokenArrays = 1 << 15, // embeddings of token ids instead of text
};
Q_DECLARE_FLAGS(Features, Feature)
Q_DECLARE_OPERATORS_FOR_FLAGS(Features)

struct CallRequest
{
    const Surface* surface = nullptr;
    Operation operation = Operation::Generate;
    QByteArray body; // as received; every view below points into it
    JsonText json;   // of the body
    JsonView root;
    JsonView model; // Missing where the path names it
    QString alias;
    bool stream = false;
    bool wantsUsageChunk = false; // chat: stream_options.include_usage
    bool streamAsArray = false;   // Gemini without alt=sse: one JSON array
    std::optional<qint64> maxOutputTokens;
    qint64 choices = 1; // "n", candidateCount
    Features features;
    qint64 namedImages = 0;  // images by URL: what they cost is not in the bytes
    bool namesOther = false; // files, audio or conversations by id or URL: what they cost nobody can tell beforehand
    QByteArray serviceTier;  // as asked; empty: none
    // what a same-dialect provider is given of the caller's head
    QByteArray apiVersion; // anthropic-version
    QByteArray betas;      // anthropic-beta
};

} // namespace gateway::transform

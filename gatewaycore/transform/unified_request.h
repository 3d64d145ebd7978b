// UnifiedRequest: a request without a dialect. A surface fills it from the caller's bytes, a provider dialect writes it
// in its own words. Texts are UTF-8; numbers, schemas and tool arguments stay the caller's own JSON text, so that
// nothing is rounded and no key changes its place. What a surface has no field for here goes into `others` under its
// own name: the provider reports it as a loss. A value; any thread.
#pragma once

#include "transform/dialect.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace gateway::transform {

enum class CacheLife // of a prompt-cache breakpoint
{
    Default,
    Minutes5,
    Minutes30,
    Hour1,
    Hours12,
};

enum class Effort
{
    None,
    Minimal,
    Low,
    Medium,
    High,
    XHigh,
    Max,
};

struct Part
{
    enum class Kind
    {
        Text,
        Image,
        Document,
        Audio,
        ToolCall,   // by the assistant
        ToolResult, // by the user (also where the dialect has a role for it)
        Thinking,
        Refusal,
    };
    Kind kind = Kind::Text;
    QByteArray text; // Text, Refusal; Thinking (may be empty: redacted or hidden)

    // Image, Document, Audio: exactly one of data, url, fileId
    QByteArray mediaType; // "image/png"; empty: not stated
    QByteArray data;      // base64
    QByteArray url;
    QByteArray fileId;
    QByteArray fileName;
    QByteArray detail; // images: auto, low, high, original

    // ToolCall, ToolResult
    QByteArray callId;         // may be empty where the dialect has none (Gemini, Ollama)
    QByteArray name;           // of the function; of a result too, where it is known
    QByteArray arguments;      // JSON text; of a custom tool: plain text
    bool custom = false;       // a free-text tool
    bool isError = false;      // of a result
    std::vector<Part> content; // of a result: texts, images, documents

    // Thinking, and tool calls and texts of Gemini
    QByteArray signature; // as its signer wrote it, without our envelope (signature.h)
    Signer signer = Signer::Unknown;
    bool redacted = false; // Thinking: `signature` is the opaque data

    std::optional<CacheLife> cacheMark; // a breakpoint after this part
};

enum class Role
{
    System, // in the middle of a conversation; what leads it is UnifiedRequest::system
    User,
    Assistant,
};

struct Message
{
    Role role = Role::User;
    std::vector<Part> parts;
    QByteArray name; // of the participant, where given
};

struct Tool
{
    enum class Kind
    {
        Function,
        Custom, // free text, perhaps with a grammar
        Hosted, // run by the provider
    };
    Kind kind = Kind::Function;
    QByteArray name;
    QByteArray description;
    QByteArray schema; // JSON text; empty: no parameters
    std::optional<bool> strict;
    QByteArray raw; // the caller's own JSON; what Custom and Hosted have to be read from
    std::optional<CacheLife> cacheMark;
};

struct ToolChoice
{
    enum class Mode
    {
        Auto,
        None,
        Required,
        Named,
    };
    Mode mode = Mode::Auto;
    QByteArray name;                 // Named
    std::vector<QByteArray> allowed; // not empty: only these (with Auto or Required)
};

struct Reasoning
{
    std::optional<Effort> effort;
    std::optional<qint64> budgetTokens; // thinking tokens; 0: off
    std::optional<bool> enabled;        // Anthropic: adaptive or enabled / disabled
    std::optional<bool> showThoughts;   // Gemini includeThoughts, Responses summary, Anthropic display
};

struct OutputFormat
{
    enum class Kind
    {
        Text,
        JsonObject,
        JsonSchema,
    };
    Kind kind = Kind::Text;
    QByteArray name;
    QByteArray description;
    QByteArray schema; // JSON text
    std::optional<bool> strict;
};

// A field that has no place here: its name in the caller's dialect and its JSON.
struct OtherField
{
    QByteArray name;
    QByteArray raw;
};

struct EmbedRequest
{
    std::vector<QByteArray> texts;
    std::vector<QByteArray> tokenArrays; // JSON text; either these or texts
    bool single = false;                 // the caller sent one text, not a list of one
    std::optional<qint64> dimensions;
    bool base64 = false; // how the caller wants the vectors
    QByteArray purpose;  // Gemini taskType / Cohere input_type, in Cohere's words: search_document, search_query,
                         // classification, clustering; empty: not stated
    QByteArray title;
    QByteArray user;
};

struct UnifiedRequest
{
    Operation operation = Operation::Generate;
    std::vector<Part> system; // texts that lead the conversation
    std::vector<Message> messages;
    bool stream = false;
    std::optional<qint64> maxOutputTokens;
    qint64 choices = 1;

    std::vector<Tool> tools;
    std::optional<ToolChoice> toolChoice;
    std::optional<bool> parallelTools;
    OutputFormat format;
    Reasoning reasoning;

    // numbers as written by the caller; empty: not stated
    QByteArray temperature;
    QByteArray topP;
    QByteArray topK;
    QByteArray frequencyPenalty;
    QByteArray presencePenalty;
    QByteArray seed;
    std::vector<QByteArray> stop;

    QByteArray verbosity;   // low, medium, high
    QByteArray serviceTier; // auto, default, flex, priority, standard ... in the caller's words
    QByteArray endUser;     // user, safety_identifier, metadata.user_id
    QByteArray promptCacheKey;
    std::optional<CacheLife> cacheAll; // Anthropic's top-level cache_control, OpenAI's prompt_cache_options explicit

    std::vector<OtherField> others; // logit_bias, logprobs, prediction, audio, metadata, safetySettings, ...
    EmbedRequest embed;             // Operation::Embed
};

} // namespace gateway::transform

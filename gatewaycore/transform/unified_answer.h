// Answers without a dialect: a whole one (Answer), a stream's events (StreamEvent), and what either says besides its
// content (AnswerFacts). A provider dialect reads them from the wire, a surface writes them in the caller's words.
// Values; any thread.
#pragma once

#include "api/tokens.h"
#include "transform/call_error.h"
#include "transform/stop_reason.h"
#include "transform/unified_request.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace gateway::transform {

// What an answer says besides its content; what the record keeps.
struct AnswerFacts
{
    api::Tokens tokens;                 // source None: the answer said nothing
    QString model;                      // as the answer names it
    QString finishReason;               // the provider's own word
    StopReason stop = StopReason::None; // promoted
    QByteArray stopSequence;            // which one, where stated
    QByteArray stopCategory;            // of a refusal, where stated
    QByteArray stopExplanation;
    QByteArray serviceTier; // as served, in the provider's words
    QByteArray id;          // the provider's id of the answer
    bool isLax = false;     // chat: not quite the dialect; a whole answer that is passed on has to be put right
};

struct Answer
{
    AnswerFacts facts;
    std::vector<Part> parts; // Text, Thinking, ToolCall, Refusal, Image, Audio, in the provider's order
    std::vector<std::vector<float>> embeddings;
    std::optional<qint64> countedTokens;
};

// One event of a stream. Readers keep this order: Begin once; then for every part PartBegin, its Deltas and Signatures,
// PartEnd, one part open at a time, numbered from 0 without gaps; what the answer says besides its content stands in
// the reader's facts() at the end. Pings and unknown events of a provider are no events here.
struct StreamEvent
{
    enum class Kind
    {
        Begin,     // id, model
        PartBegin, // part, partKind; of a tool call: callId, name
        Delta,     // text: of the part's text, or of its arguments
        Signature, // of the open part: text, signer
        PartEnd,
    };
    Kind kind = Kind::Delta;
    int part = -1;
    Part::Kind partKind = Part::Kind::Text;
    bool redacted = false; // PartBegin of thinking whose data comes as Signature
    bool custom = false;   // PartBegin of a call of a free-text tool
    QByteArray text;
    QByteArray callId;
    QByteArray name;
    Signer signer = Signer::Unknown;
};

} // namespace gateway::transform

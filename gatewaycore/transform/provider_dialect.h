// ProviderDialect: how one family of providers is asked and understood. One file pair per dialect in providers/; each
// is stateless and lives for the whole process, so any thread may use it. What belongs to one stream is its
// StreamReader.
//
// Two ways through (decisions/0070): where the caller speaks the same dialect, passOn() changes only what must change
// in the caller's bytes, and the answer's bytes go back as they came (relay and repair: StreamRelay); otherwise
// translate() writes the request from a UnifiedRequest, and readAnswer() and the StreamReader give Answer and
// StreamEvents to the surface.
#pragma once

#include "config/policy_snapshot.h"
#include "http/message.h"
#include "transform/call_request.h"
#include "transform/event_shape.h"
#include "transform/frame_reader.h"
#include "transform/losses.h"
#include "transform/unified_answer.h"

#include <memory>
#include <variant>

namespace gateway::transform {

// Where a request goes. The engine adds authorisation (upstream_auth), length and host; the dialect names everything
// else.
struct Target
{
    const config::Candidate& candidate;
    // An output limit to add because the call's cost must have a bound and the caller states none.
    std::optional<qint64> outputLimit;
    // The Google Cloud project of a vertex provider's service account.
    QByteArray project;

    const config::Provider& provider() const { return *candidate.provider; }
    config::ProviderKind kind() const { return candidate.provider->kind; }
    QByteArrayView model() const { return candidate.modelUtf8; }
};

struct Outgoing
{
    QByteArray path; // with basePath; percent-encoded, may have a query
    QByteArray body;
    http::Fields fields; // the dialect's own: anthropic-version ...; content-type and accept are the engine's
};

using OutgoingOrError = std::variant<Outgoing, CallError>;

class StreamReader
{
public:
    virtual ~StreamReader() = default;

    struct Read
    {
        bool content = false;   // text, thinking, a tool call, a refusal: from here on nothing may be repeated
        bool ended = false;     // the dialect's end mark
        bool repair = false;    // not quite the dialect: the relay has something to put right
        bool hasUsage = false;  // chat: usage where the dialect has it
        bool usageOnly = false; // chat: a chunk of usage without choices
        // The event that was read, until the next one is; Missing where it was known by its shape.
        JsonView json = {};
        bool learned = false;              // events like it will be known by their shape
        const EventShape* shape = nullptr; // it is the one learned last, with another text
        std::optional<CallError> error;    // a frame that is not this dialect's, or the provider's own error
    };
    // `events`: appended to, in StreamEvent's order; nullptr where the frame itself is passed on and only facts count.
    virtual Read read(const Frame& frame, std::vector<StreamEvent>* events) = 0;

    // Tokens are replaced by later statements, never added. Complete once the stream has ended.
    const AnswerFacts& facts() const { return m_facts; }
    // The stream may end here although its end mark was not seen: it said why it stopped, and the dialect (or a lax
    // server) has no mark. Events that end the open part are appended.
    virtual bool mayEndHere(std::vector<StreamEvent>* events) = 0;
    qint64 contentEvents() const { return m_contentEvents; }

protected:
    AnswerFacts m_facts;
    JsonText m_json; // the event that Read::json is a view of
    EventShape m_shape;
    qint64 m_contentEvents = 0; // to estimate tokens by, where the stream was cut
};

class ProviderDialect
{
public:
    virtual ~ProviderDialect() = default;

    virtual Dialect dialect() const = 0;
    virtual Framing framing() const = 0;
    virtual Signer signer() const { return Signer::Unknown; }

    virtual OutgoingOrError translate(const UnifiedRequest& request, const Target& target, Losses& losses) const = 0;
    // Same dialect. Generate, Embed and CountTokens alike; what this provider does not have is a CallError. Losses are
    // for speakers of the same dialect who know fewer fields (Mistral refuses what it does not know).
    virtual OutgoingOrError passOn(const CallRequest& request, const Target& target, Losses& losses) const = 0;

    // Of a 200. An error inside a 200 is an error.
    virtual std::variant<Answer, CallError> readAnswer(
        Operation operation, QByteArrayView body, const Target& target) const = 0;
    // Only what the record needs: for answers that are passed on.
    virtual std::variant<AnswerFacts, CallError> readFacts(
        Operation operation, QByteArrayView body, const Target& target) const;
    virtual std::unique_ptr<StreamReader> streamReader(const Target& target) const = 0;
    // Not a 200. Advice to retry that stands in the body is in retryAfterMs; that in the head is the engine's to read.
    virtual CallError readError(
        int status, const http::ResponseHead& head, QByteArrayView body, const Target& target) const = 0;

    virtual bool canCountTokens() const { return false; }
};

// Who speaks to a provider of this kind, for a caller of this dialect. A model of another maker on a shared cloud
// (Claude on Vertex) has its maker's dialect.
const ProviderDialect& providerDialect(config::ProviderKind kind, QByteArrayView model, Dialect caller);

} // namespace gateway::transform

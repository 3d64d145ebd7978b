// What Cohere v2 says: whole answers, embeddings, usage in buckets, and the events of a stream. Its tool plan is the
// model's thinking before it calls, not its answer, and is given as thinking. Pure functions and one reader per
// stream; any thread.
#pragma once

#include "transform/part_sequencer.h"
#include "transform/provider_dialect.h"

namespace gateway::transform {

// {"billed_units", "tokens", "cached_tokens"}: what is billed is what counts here (decisions/0077), and `tokens` only
// where nothing is billed.
api::Tokens cohereTokens(JsonView usage);

std::variant<Answer, CallError> cohereAnswer(JsonView root);
std::variant<Answer, CallError> cohereEmbeddings(JsonView root);

class CohereStream final : public StreamReader
{
public:
    explicit CohereStream(QByteArrayView providerKey) : m_providerKey(providerKey.toByteArray()) {}

    Read read(const Frame& frame, std::vector<StreamEvent>* events) override;
    bool mayEndHere(std::vector<StreamEvent>* events) override;

private:
    Read content(JsonView content, std::vector<StreamEvent>* events);
    Read said(Part::Kind kind, QByteArray text, std::vector<StreamEvent>* events);
    Read startCall(JsonView event, std::vector<StreamEvent>* events);
    Read moreCall(JsonView event, std::vector<StreamEvent>* events);
    Read end(JsonView event, std::vector<StreamEvent>* events);

    const QByteArray m_providerKey;
    PartSequencer m_parts;
    bool m_ended = false;
};

} // namespace gateway::transform

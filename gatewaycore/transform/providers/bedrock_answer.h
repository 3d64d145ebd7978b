// What Bedrock says: whole Converse answers, usage in buckets, errors and the exceptions inside a stream.
// Pure functions and one reader per stream; any thread.
#pragma once

#include "transform/part_sequencer.h"
#include "transform/provider_dialect.h"

#include <QSet>

namespace gateway::transform {

// {"inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens", "cacheDetails": [{"ttl",
// "inputTokens"}]}: input without what was read from or written to the cache; reasoning is inside output and not told
// apart.
api::Tokens bedrockTokens(JsonView usage);

// An error's name as AWS writes it ("ThrottlingException", "throttlingException", "ThrottlingException:http://...").
CallError bedrockError(int status, QByteArrayView name, QByteArrayView body, QByteArrayView providerKey);
// An exception inside a stream that began with a 200.
CallError bedrockException(const Frame& frame, QByteArrayView providerKey);

std::variant<Answer, CallError> bedrockAnswer(JsonView root);

// messageStart, then blocks (text blocks often without a contentBlockStart), messageStop with the reason, and at last
// metadata with the usage: only then is the stream at its end. A stream without messageStop or without its usage was
// cut, whatever came before.
class BedrockStream final : public StreamReader
{
public:
    explicit BedrockStream(QByteArrayView providerKey) : m_providerKey(providerKey.toByteArray()) {}

    Read read(const Frame& frame, std::vector<StreamEvent>* events) override;
    bool mayEndHere(std::vector<StreamEvent>* events) override;

private:
    void openBlock(JsonView event, std::vector<StreamEvent>* events);
    Read readDelta(JsonView event, std::vector<StreamEvent>* events);
    Read readReasoning(JsonView reasoning, std::vector<StreamEvent>* events);
    Read stop(QByteArrayView word, std::vector<StreamEvent>* events);
    Read content();

    const QByteArray m_providerKey;
    PartSequencer m_parts;
    qint64 m_block = -1;        // contentBlockIndex of the open block
    QSet<qint64> m_serverTools; // blocks of tools that Bedrock runs itself: not the caller's
    bool m_stopped = false;
    bool m_hasUsage = false;
};

} // namespace gateway::transform

// Reads a stream of Anthropic's messages API (wire.md 1.4): named events from message_start to message_stop. Blocks of
// tools that the provider runs itself, and blocks newer than this program, are no parts of the unified answer; they
// are passed over. One stream, one thread.
#pragma once

#include "transform/part_sequencer.h"
#include "transform/provider_dialect.h"
#include "transform/providers/anthropic_usage.h"

namespace gateway::transform {

class AnthropicStreamReader final : public StreamReader
{
public:
    explicit AnthropicStreamReader(QByteArray providerKey) : m_providerKey(std::move(providerKey)) {}

    Read read(const Frame& frame, std::vector<StreamEvent>* events) override;
    // Never: the dialect has an end mark, and a stream without it was cut.
    bool mayEndHere(std::vector<StreamEvent>*) override { return false; }

private:
    enum class Block
    {
        None,
        Text,
        Thinking,
        Tool,
        Other,
    };

    void start(JsonView message, std::vector<StreamEvent>* events);
    void blockStart(JsonView event, Read& read, std::vector<StreamEvent>* events);
    enum class Piece
    {
        Text,
        Thinking,
        Signature,
        Arguments,
        Other,
    };
    struct Delta
    {
        Piece piece = Piece::Other;
        JsonView text;
    };
    static Delta deltaOf(JsonView event);
    bool isExpected(Piece piece) const; // in the open block
    void blockDelta(Piece piece, const QByteArray& text, Read& read, std::vector<StreamEvent>* events);
    void blockStop(Read& read, std::vector<StreamEvent>* events);
    void delta(JsonView event);
    void content(Read& read);

    const QByteArray m_providerKey;
    PartSequencer m_sequencer;
    AnthropicUsage m_usage;
    Block m_block = Block::None;
    qint64 m_index = -1;         // of the open block
    QByteArray m_wholeInput;     // of a tool call that came with its arguments at once
    bool m_hasFragments = false; // of the open tool call
    Piece m_learned = Piece::Other;
};

} // namespace gateway::transform

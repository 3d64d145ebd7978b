// Streams as Anthropic's messages API writes them (wire.md 1.4): named events, because its SDKs pass over any event
// without a name. The writer makes one from the events of another dialect; the relay passes one on frame by frame.
// One stream, one thread.
#pragma once

#include "transform/surface.h"

#include <functional>

namespace gateway::transform {

using ErrorText = std::function<QByteArray(const CallError&)>; // an error's body

class AnthropicStreamWriter final : public StreamWriter
{
public:
    AnthropicStreamWriter(AnswerContext context, ErrorText errorText);

    void write(const StreamEvent& event, QByteArray& out) override;
    void finish(const AnswerFacts& facts, QByteArray& tail) override;
    void fail(const CallError& error, QByteArray& tail) override;

private:
    void begin(const QByteArray& model, QByteArray& out); // once
    // The beginning of a part waits for the event after it: a signature of a text or a tool call stands before it.
    void open(QByteArray& out);
    void close(QByteArray& out);
    void delta(const char* type, const char* member, const QByteArray& text, QByteArray& out);
    void wholeBlock(QByteArrayView block, QByteArray& out);
    void signature(const StreamEvent& event, QByteArray& out);

    const AnswerContext m_context;
    const ErrorText m_errorText;
    bool m_begun = false;
    std::optional<StreamEvent> m_waiting; // a PartBegin that is not written yet
    bool m_open = false;
    Part::Kind m_kind = Part::Kind::Text;
    bool m_hasArguments = false; // of the open tool call
    bool m_refused = false;
    int m_blocks = 0;
};

class AnthropicStreamRelay final : public StreamRelay
{
public:
    explicit AnthropicStreamRelay(ErrorText errorText) : m_errorText(std::move(errorText)) {}

    void relay(const Frame& frame, const StreamReader::Read& read, const AnswerFacts& soFar, QByteArray& out,
        QByteArray& tail) override;
    void fail(const CallError& error, QByteArray& tail) override;
    void finish(QByteArray& tail) override;

private:
    const ErrorText m_errorText;
    bool m_begun = false;
    bool m_ended = false;
};

} // namespace gateway::transform

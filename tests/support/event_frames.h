// Eventstream frames from their text form in the corpus (tests/corpus/bedrock/README.md), and back: an encoder and a
// checking decoder of our own, so that neither the engine's reader nor the simulator's writer vouches for itself. Pure;
// any thread.
#pragma once

#include <QByteArray>
#include <QList>

namespace gateway::test {

struct EventFrame
{
    QByteArray form; // "event" or "exception": the value of :message-type
    QByteArray type; // the value of :event-type or :exception-type
    QByteArray payload;

    friend bool operator==(const EventFrame&, const EventFrame&) = default;
};

// Lines of "FORM TYPE JSON"; '#' starts a comment. Empty if a line does not follow that.
QList<EventFrame> parseFrames(const QByteArray& text);

QByteArray encodeFrame(const EventFrame& frame);
QByteArray framesFromText(const QByteArray& text); // the bytes of all of them

// Every frame with its lengths and both checksums checked. `wrong`: the first thing that does not fit, or empty.
QList<EventFrame> decodeFrames(const QByteArray& bytes, QByteArray* wrong = nullptr);

} // namespace gateway::test

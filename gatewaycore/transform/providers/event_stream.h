// EventStreamReader: AWS event-stream frames (application/vnd.amazon.eventstream), cut anywhere. A frame is
//
//   u32 total length | u32 length of headers | u32 CRC of these 8 bytes | headers | payload | u32 CRC of all before
//
// big endian. Both checksums must hold and both lengths must make sense before a byte is believed; after Broken or
// TooLarge the stream is at its end, for nothing says where the next frame begins. Headers of every type are skipped
// over; those that are read (":message-type", ":event-type", ":exception-type", ":error-code") are strings.
// One stream, one thread.
#pragma once

#include "transform/frame_reader.h"

namespace gateway::transform {

class EventStreamReader final : public FrameReader
{
public:
    Step next(QByteArrayView& bytes) override;
    // name: the event's or exception's type; of a ":message-type" error its code, and its message as {"message": ...}
    Frame frame() const override { return {m_name, m_data, m_isException}; }
    bool hasPartialFrame() const override { return !m_delivered && !m_buffer.isEmpty(); }

private:
    bool prelude(); // lengths and their checksum; false: broken
    bool readFrame();
    bool readHeaders(QByteArrayView headers);

    QByteArray m_buffer; // of the frame under way
    qsizetype m_wanted = 0;
    qsizetype m_headers = 0;
    bool m_delivered = false;
    Step m_failed = Step::NeedMore; // Broken or TooLarge once it is

    QByteArray m_name;
    QByteArray m_data;
    QByteArray m_messageType;
    QByteArray m_errorMessage;
    bool m_isException = false;
};

} // namespace gateway::transform

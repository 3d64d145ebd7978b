#include "transform/frame_reader.h"

#include "http/sse.h"
#include "transform/providers/event_stream.h"

namespace gateway::transform {
namespace {

// Whole events in their usual writing are given as they lie in the bytes; anything else (cut in two, other line ends,
// comments, several data lines) is the SseReader's, which copies.
class SseFrames final : public FrameReader
{
public:
    Step next(QByteArrayView& bytes) override
    {
        if (m_isBetween) {
            if (bytes.isEmpty())
                return Step::NeedMore;
            if (takeWhole(bytes))
                return Step::Frame;
        }
        m_isBetween = false;
        switch (m_reader.next(bytes)) {
        case http::SseReader::Step::NeedMore:
            break;
        case http::SseReader::Step::Event:
            m_isBetween = true;
            m_frame = {m_reader.event().name, m_reader.event().data, false, {}};
            return Step::Frame;
        case http::SseReader::Step::TooLarge:
            return Step::TooLarge;
        }
        return Step::NeedMore;
    }
    Frame frame() const override { return m_frame; }
    bool hasPartialFrame() const override { return !m_isBetween && m_reader.hasPartialEvent(); }

private:
    // "event: NAME\ndata: DATA\n\n" or without the name, and no CR anywhere
    bool takeWhole(QByteArrayView& bytes)
    {
        constexpr QByteArrayView event("event: ");
        constexpr QByteArrayView data("data: ");
        QByteArrayView rest = bytes;
        QByteArrayView name;
        if (rest.startsWith(event)) {
            rest = rest.sliced(event.size());
            const qsizetype end = rest.indexOf('\n');
            if (end <= 0)
                return false;
            name = rest.first(end);
            rest = rest.sliced(end + 1);
        }
        if (!rest.startsWith(data))
            return false;
        rest = rest.sliced(data.size());
        const qsizetype end = rest.indexOf('\n');
        if (end < 0 || end + 1 >= rest.size() || rest[end + 1] != '\n')
            return false;
        const qsizetype size = rest.data() - bytes.data() + end + 2;
        const QByteArrayView wire = bytes.first(size);
        if (size > kLargestFrame || wire.contains('\r'))
            return false;
        m_frame = {name, rest.first(end), false, wire};
        bytes = bytes.sliced(size);
        return true;
    }

    http::SseReader m_reader{kLargestFrame};
    Frame m_frame;
    bool m_isBetween = false; // the last event is complete and the next has not begun
};

// One JSON value per line; blank lines are nothing.
class LineFrames final : public FrameReader
{
public:
    Step next(QByteArrayView& bytes) override
    {
        if (std::exchange(m_delivered, false))
            m_line.resize(0);
        while (!bytes.isEmpty()) {
            const qsizetype end = bytes.indexOf('\n');
            const qsizetype length = end < 0 ? bytes.size() : end;
            if (m_line.size() + length > kLargestFrame)
                return Step::TooLarge;
            m_line.append(bytes.data(), length);
            bytes = bytes.sliced(end < 0 ? length : end + 1);
            if (end < 0)
                return Step::NeedMore;
            m_line = m_line.trimmed();
            if (!m_line.isEmpty()) {
                m_delivered = true;
                return Step::Frame;
            }
        }
        return Step::NeedMore;
    }
    Frame frame() const override { return {{}, m_line, false, {}}; }
    bool hasPartialFrame() const override { return !m_delivered && !m_line.trimmed().isEmpty(); }

private:
    QByteArray m_line;
    bool m_delivered = false;
};

struct ContentType
{
    Framing framing;
    const char* type;
};
constexpr ContentType kTypes[] = {
    {Framing::Sse, "text/event-stream"},
    {Framing::Ndjson, "application/x-ndjson"},
    {Framing::Ndjson, "application/ndjson"},
    {Framing::Ndjson, "application/jsonl"},
    {Framing::EventStream, "application/vnd.amazon.eventstream"},
};

} // namespace

std::unique_ptr<FrameReader> frameReader(Framing framing)
{
    switch (framing) {
    case Framing::Sse:
        return std::make_unique<SseFrames>();
    case Framing::Ndjson:
        return std::make_unique<LineFrames>();
    case Framing::EventStream:
        return std::make_unique<EventStreamReader>();
    }
    Q_UNREACHABLE();
}

bool hasFraming(const http::ResponseHead& head, Framing framing)
{
    const QByteArrayView value = head.value("content-type");
    for (const ContentType& row : kTypes) {
        const QByteArrayView type(row.type);
        if (row.framing == framing && value.size() >= type.size() &&
            http::equalsIgnoringCase(value.first(type.size()), type))
            return true;
    }
    return false;
}

} // namespace gateway::transform

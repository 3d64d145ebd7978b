#include "transform/frame_reader.h"

#include "http/sse.h"
#include "transform/providers/event_stream.h"

namespace gateway::transform {
namespace {

class SseFrames final : public FrameReader
{
public:
    Step next(QByteArrayView& bytes) override
    {
        switch (m_reader.next(bytes)) {
        case http::SseReader::Step::NeedMore:
            break;
        case http::SseReader::Step::Event:
            return Step::Frame;
        case http::SseReader::Step::TooLarge:
            return Step::TooLarge;
        }
        return Step::NeedMore;
    }
    Frame frame() const override { return {m_reader.event().name, m_reader.event().data, false}; }
    bool hasPartialFrame() const override { return m_reader.hasPartialEvent(); }

private:
    http::SseReader m_reader{kLargestFrame};
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
    Frame frame() const override { return {{}, m_line, false}; }
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

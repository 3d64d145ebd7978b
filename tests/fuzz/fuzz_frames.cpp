// The framings of streams: server-sent events, lines of JSON, AWS event-stream frames. The frames depend on the bytes,
// not on the cuts; what our own writer of events writes is read back.
#include "http/sse.h"
#include "transform/providers/event_stream.h"

#include "fuzz.h"

#include <QtEndian>

#include <zlib.h>

using namespace gateway;
using namespace gateway::fuzz;
using transform::Frame;
using transform::FrameReader;

namespace {

std::unique_ptr<FrameReader> readerOf(int framing)
{
    if (framing == 2)
        return std::make_unique<transform::EventStreamReader>();
    return transform::frameReader(framing == 0 ? transform::Framing::Sse : transform::Framing::Ndjson);
}

QByteArray framesOf(QByteArrayView bytes, int way, int framing)
{
    const auto reader = readerOf(framing);
    QByteArray told;
    bool over = false;
    inPieces(bytes, way, [&](QByteArrayView piece) {
        for (;;) {
            const qsizetype before = piece.size();
            const FrameReader::Step step = reader->next(piece);
            must(piece.size() <= before, "a reader uses bytes from the front");
            if (step == FrameReader::Step::NeedMore) {
                must(piece.isEmpty(), "NeedMore has used everything");
                return true;
            }
            if (step != FrameReader::Step::Frame) {
                told += step == FrameReader::Step::TooLarge ? "|too large" : "|broken";
                over = true;
                return false;
            }
            const Frame frame = reader->frame();
            must(frame.data.size() <= transform::kLargestFrame, "no frame over the limit");
            told += "|" + QByteArray::number(frame.name.size()) + ' ' + frame.name.toByteArray() +
                    (frame.isException ? "! " : ": ") + frame.data.toByteArray();
        }
    });
    if (!over)
        told += reader->hasPartialFrame() ? "|partial" : "|whole";
    return told;
}

void appendU32(QByteArray& out, quint32 value)
{
    char bytes[4];
    qToBigEndian(value, bytes);
    out.append(bytes, 4);
}

quint32 crc(QByteArrayView bytes)
{
    return quint32(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), uInt(bytes.size())));
}

// The fuzzer cannot guess checksums: frames around its bytes. Each line "headers|payload" is one.
QByteArray framed(Input& input)
{
    QByteArray out;
    while (!input.rest().isEmpty()) {
        const QByteArrayView line = input.line();
        const qsizetype bar = line.indexOf('|');
        const QByteArrayView headers = bar < 0 ? QByteArrayView() : line.first(bar);
        const QByteArrayView payload = line.sliced(bar + 1);
        QByteArray frame;
        appendU32(frame, quint32(headers.size() + payload.size() + 16));
        appendU32(frame, quint32(headers.size()));
        appendU32(frame, crc(frame));
        frame += headers;
        frame += payload;
        appendU32(frame, crc(frame));
        out += frame;
    }
    return out;
}

// What appendSseEvent promises: one event, its name without line ends, its data with LF for every kind of line end.
void roundTrip(QByteArrayView name, QByteArrayView data)
{
    QByteArray wire;
    http::appendSseComment(wire, data);
    http::appendSseEvent(wire, name, data);
    http::SseReader reader(1 << 24);
    QByteArrayView bytes(wire);
    must(reader.next(bytes) == http::SseReader::Step::Event, "what was written is an event", wire);
    QByteArray expected = data.toByteArray();
    expected.replace("\r\n", "\n").replace('\r', '\n');
    must(reader.event().data == expected, "an event's data comes back", wire);
    must(reader.event().name.indexOf('\n') < 0, "a name is one line", wire);
    must(reader.next(bytes) == http::SseReader::Step::NeedMore, "and it is the only event", wire);
}

} // namespace

FUZZ_TARGET(input)
{
    const int framing = input.below(5);
    if (framing == 4) {
        const QByteArray name = input.line().toByteArray();
        roundTrip(name, input.rest());
        return;
    }
    const QByteArray bytes = framing == 3 ? framed(input) : input.rest().toByteArray();
    const QByteArray whole = framesOf(bytes, 0, std::min(framing, 2));
    for (int way = 1; way < kWays; ++way)
        must(framesOf(bytes, way, std::min(framing, 2)) == whole, "cut differently, read differently", bytes);
}

// Frames of server-sent events: those given as they lie in the bytes are what the reader that copies makes of them,
// wherever the bytes are cut, and their bytes are what writing them anew would give.
#include "http/sse.h"
#include "transform/frame_reader.h"

#include <QTest>

#include <random>

using namespace gateway;
using namespace gateway::transform;

namespace {

struct Event
{
    QByteArray name;
    QByteArray data;
    bool operator==(const Event&) const = default;
};

// By the reader that copies, in one piece.
std::vector<Event> expected(QByteArrayView bytes)
{
    http::SseReader reader(kLargestFrame);
    std::vector<Event> events;
    while (reader.next(bytes) == http::SseReader::Step::Event)
        events.push_back({reader.event().name, reader.event().data});
    return events;
}

QByteArray anyStream(std::mt19937& random)
{
    static const QByteArrayList kPieces{"data: {\"a\":1}\n\n", "event: delta\ndata: {\"b\":\"x\"}\n\n",
        "data: a\ndata: b\n\n", "data:none\n\n", "data: \n\n", "data:  two\n\n", "event: only\n\n", ": ping\n\n",
        "data: c\r\n\r\n", "data: d\r\r", "data: e\rdata: f\n\n", "event: \ndata: g\n\n", "id: 7\ndata: h\n\n",
        "data: i\nevent: late\n\n", "\n", "\r\n", "\xEF\xBB\xBF", "data: [DONE]\n\n", "event: x\rdata: j\n\n",
        "data: k\n", "event: y\nevent: z\ndata: l\n\n"};
    QByteArray out;
    for (int i = int(random() % 8); i >= 0; --i)
        out += kPieces[qsizetype(random() % unsigned(kPieces.size()))];
    if (random() % 4 == 0)
        out.chop(1 + int(random() % 3));
    return out;
}

} // namespace

class TestFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anyPieces()
    {
        std::mt19937 random(6);
        int whole = 0;
        for (int i = 0; i < 20'000; ++i) {
            const QByteArray stream = anyStream(random);
            const std::vector<Event> wanted = expected(stream);
            const auto reader = frameReader(Framing::Sse);
            std::vector<Event> events;
            qsizetype from = 0;
            while (from < stream.size()) {
                const qsizetype size =
                    i % 3 == 0 ? stream.size() : std::min(1 + qsizetype(random() % 80), stream.size() - from);
                // a piece of its own, so that a sanitizer sees a read past its end
                const QByteArray piece(stream.constData() + from, size);
                QByteArrayView bytes(piece);
                while (reader->next(bytes) == FrameReader::Step::Frame) {
                    const Frame frame = reader->frame();
                    events.push_back({frame.name.toByteArray(), frame.data.toByteArray()});
                    if (frame.wire.isEmpty())
                        continue;
                    ++whole;
                    QByteArray anew;
                    http::appendSseEvent(anew, frame.name, frame.data);
                    QCOMPARE(frame.wire.toByteArray(), anew);
                }
                QVERIFY(bytes.isEmpty());
                from += size;
            }
            QVERIFY2(events == wanted, stream);
            http::SseReader copying(kLargestFrame);
            QByteArrayView bytes(stream);
            while (copying.next(bytes) == http::SseReader::Step::Event) {
            }
            QVERIFY2(reader->hasPartialFrame() == copying.hasPartialEvent(), stream);
        }
        QVERIFY(whole > 1000);
    }

    void tooLarge()
    {
        const auto reader = frameReader(Framing::Sse);
        const QByteArray first = "data: a\n\n";
        const QByteArray huge = "data: " + QByteArray(kLargestFrame, 'x') + "\n\n";
        QByteArrayView bytes(first);
        QVERIFY(reader->next(bytes) == FrameReader::Step::Frame);
        bytes = huge;
        QVERIFY(reader->next(bytes) == FrameReader::Step::TooLarge);
    }
};

QTEST_APPLESS_MAIN(TestFrames)
#include "tst_frames.moc"

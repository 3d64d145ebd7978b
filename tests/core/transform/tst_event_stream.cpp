// AWS event-stream frames: whole, cut into single bytes, with headers of every type, and broken in every place.
#include "transform/providers/event_stream.h"

#include <QSet>
#include <QTest>
#include <QtEndian>

#include <zlib.h>

using namespace gateway::transform;

namespace {

using Step = FrameReader::Step;

QByteArray u16(quint16 value)
{
    QByteArray out(2, '\0');
    qToBigEndian(value, out.data());
    return out;
}

QByteArray u32(quint32 value)
{
    QByteArray out(4, '\0');
    qToBigEndian(value, out.data());
    return out;
}

QByteArray crc(const QByteArray& bytes)
{
    return u32(quint32(crc32(0, reinterpret_cast<const Bytef*>(bytes.constData()), uInt(bytes.size()))));
}

QByteArray header(const QByteArray& name, char type, const QByteArray& value)
{
    return char(name.size()) + name + type + value;
}

QByteArray text(const QByteArray& name, const QByteArray& value)
{
    return header(name, 7, u16(quint16(value.size())) + value);
}

QByteArray framed(const QByteArray& headers, const QByteArray& payload)
{
    QByteArray out = u32(quint32(16 + headers.size() + payload.size())) + u32(quint32(headers.size()));
    out += crc(out);
    out += headers + payload;
    return out + crc(out);
}

QByteArray eventFrame(const QByteArray& type, const QByteArray& payload)
{
    return framed(
        text(":event-type", type) + text(":content-type", "application/json") + text(":message-type", "event"),
        payload);
}

// Every frame as "name|data" or "!name|data", one a line; what stopped the reader last.
QByteArray readAll(const QByteArray& bytes, qsizetype piece, Step* end = nullptr, bool* partial = nullptr)
{
    EventStreamReader reader;
    QByteArray out;
    Step step = Step::NeedMore;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        QByteArrayView rest = QByteArrayView(bytes).sliced(at, std::min(piece, bytes.size() - at));
        while ((step = reader.next(rest)) == Step::Frame) {
            const Frame frame = reader.frame();
            out += (frame.isException ? "!" : "") + frame.name.toByteArray() + '|' + frame.data.toByteArray() + '\n';
        }
        if (step != Step::NeedMore)
            break;
    }
    if (end)
        *end = step;
    if (partial)
        *partial = reader.hasPartialFrame();
    return out;
}

} // namespace

class TestEventStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutAnywhere();
    void headersOfEveryType();
    void exceptions();
    void broken_data();
    void broken();
    void everyBitCounts();
    void staysBroken();
    void sizes();
};

void TestEventStream::cutAnywhere()
{
    const QByteArray stream = eventFrame("messageStart", R"({"role":"assistant"})") +
                              eventFrame("contentBlockDelta", "{\"delta\":{\"text\":\"Gr\xc3\xbc\xc3\x9f\x65\"}}") +
                              eventFrame("messageStop", R"({"stopReason":"end_turn"})") + eventFrame("metadata", "");
    const QByteArray expected = "messageStart|{\"role\":\"assistant\"}\n"
                                "contentBlockDelta|{\"delta\":{\"text\":\"Gr\xc3\xbc\xc3\x9f\x65\"}}\n"
                                "messageStop|{\"stopReason\":\"end_turn\"}\nmetadata|\n";
    for (const qsizetype piece : {1, 2, 3, 7, 11, 12, 13, 64, 100'000}) {
        bool partial = true;
        QCOMPARE(readAll(stream, piece, nullptr, &partial), expected);
        QVERIFY(!partial);
    }
    // cut short at every byte: never a frame too many, and it is known whether something is missing
    QSet<qsizetype> ends;
    for (qsizetype at = 0; at < stream.size();) {
        at += qFromBigEndian<quint32>(stream.constData() + at);
        ends.insert(at);
    }
    for (qsizetype length = 1; length < stream.size(); ++length) {
        bool partial = false;
        Step end = Step::Frame;
        const QByteArray got = readAll(stream.left(length), stream.size(), &end, &partial);
        QVERIFY(expected.startsWith(got));
        QCOMPARE(end, Step::NeedMore);
        QCOMPARE(partial, !ends.contains(length));
    }
}

void TestEventStream::headersOfEveryType()
{
    const QByteArray headers = header("t", 0, {}) + header("f", 1, {}) + header("b", 2, "x") + header("s", 3, "xx") +
                               header("i", 4, "xxxx") + header("l", 5, "xxxxxxxx") +
                               header("a", 6, u16(3) + QByteArray("a\0b", 3)) + header("d", 8, "12345678") +
                               header("u", 9, "1234567890123456") + header(":event-type", 6, u16(5) + "wrong") +
                               text(":event-type", "metadata") + text(":message-type", "event") + text("", "");
    QCOMPARE(readAll(framed(headers, "{}"), 1), QByteArray("metadata|{}\n"));
    QCOMPARE(readAll(framed({}, {}), 1), QByteArray("|\n"));
}

void TestEventStream::exceptions()
{
    const QByteArray exception = framed(
        text(":exception-type", "throttlingException") + text(":message-type", "exception"), R"({"message":"slow"})");
    QCOMPARE(readAll(exception, 1), QByteArray("!throttlingException|{\"message\":\"slow\"}\n"));
    const QByteArray error = framed(text(":message-type", "error") + text(":error-code", "InternalFailure") +
                                        text(":error-message", "it \"broke\""),
        {});
    QCOMPARE(readAll(error, 1), QByteArray("!InternalFailure|{\"message\":\"it \\\"broke\\\"\"}\n"));
    // the next frame starts with a clean slate
    QCOMPARE(readAll(exception + eventFrame("messageStop", "{}"), 5).split('\n').at(1), QByteArray("messageStop|{}"));
}

void TestEventStream::broken_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto prelude = [](quint32 total, quint32 headers) {
        const QByteArray lengths = u32(total) + u32(headers);
        return lengths + crc(lengths) + QByteArray(64, 'x');
    };
    QTest::newRow("shorter than its own frame") << prelude(15, 0);
    QTest::newRow("nothing") << prelude(0, 0);
    QTest::newRow("headers longer than the frame") << prelude(20, 5);
    QTest::newRow("headers of four gigabytes") << prelude(20, 0xffff'ffff);
    QTest::newRow("not this framing") << QByteArray("event: message_start\ndata: {}\n\n");
    QTest::newRow("a type of header that there is not") << framed(header("x", 10, {}), "{}");
    QTest::newRow("a header's value beyond its end") << framed(header("x", 7, u16(9) + "short"), "{}");
    QTest::newRow("a header's name beyond its end") << framed(QByteArray("\x30abc"), "{}");
    QTest::newRow("a header without a type") << framed(QByteArray("\x01x"), "{}");
    QTest::newRow("a length cut in half") << framed(header("x", 7, QByteArray(1, '\0')), "{}");
}

void TestEventStream::broken()
{
    QFETCH(QByteArray, bytes);
    for (const qsizetype piece : {qsizetype(1), bytes.size()}) {
        Step end = Step::NeedMore;
        QCOMPARE(readAll(bytes, piece, &end), QByteArray());
        QCOMPARE(end, Step::Broken);
    }
}

// No bit may change unseen: the checksums hold, or it is an error, or the frame waits for bytes that never come.
void TestEventStream::everyBitCounts()
{
    const QByteArray good = eventFrame("messageStop", R"({"stopReason":"end_turn"})");
    for (qsizetype byte = 0; byte < good.size(); ++byte) {
        for (int bit = 0; bit < 8; ++bit) {
            QByteArray bad = good;
            bad[byte] = char(bad[byte] ^ (1 << bit));
            Step end = Step::NeedMore;
            QCOMPARE(readAll(bad, 1000, &end), QByteArray());
            QCOMPARE(end, Step::Broken);
        }
    }
}

void TestEventStream::staysBroken()
{
    EventStreamReader reader;
    QByteArray bad = eventFrame("metadata", "{}");
    bad[bad.size() - 1] = char(bad.back() ^ 1);
    QByteArrayView rest(bad);
    QCOMPARE(reader.next(rest), Step::Broken);
    const QByteArray good = eventFrame("metadata", "{}");
    rest = good;
    QCOMPARE(reader.next(rest), Step::Broken);
}

void TestEventStream::sizes()
{
    const qint64 room = kLargestFrame - 16 - text(":event-type", "x").size();
    Step end = Step::NeedMore;
    QVERIFY(readAll(framed(text(":event-type", "x"), QByteArray(room, 'a')), 4096, &end).startsWith("x|aaa"));
    QCOMPARE(end, Step::NeedMore);
    QCOMPARE(readAll(framed(text(":event-type", "x"), QByteArray(room + 1, 'a')), 4096, &end), QByteArray());
    QCOMPARE(end, Step::TooLarge);
}

QTEST_APPLESS_MAIN(TestEventStream)
#include "tst_event_stream.moc"

// The event stream reader and writer: the cases of the web platform tests that concern the format, every split of each,
// and what we add (a limit, and the knowledge of a cut).
#include "http/sse.h"

#include <QTest>

using namespace gateway::http;

namespace {

using Events = QList<QPair<QByteArray, QByteArray>>;

// With the NULs in it.
template <std::size_t Size>
QByteArray literal(const char (&text)[Size])
{
    return QByteArray(text, Size - 1);
}

// Reads the pieces; TooLarge becomes an event of that name and ends.
Events read(const QList<QByteArray>& pieces, qint64 limit = 1 << 20, bool* partial = nullptr)
{
    SseReader reader(limit);
    Events events;
    for (const QByteArray& piece : pieces) {
        QByteArrayView bytes = piece;
        while (true) {
            const auto step = reader.next(bytes);
            if (step == SseReader::Step::TooLarge)
                return events << qMakePair(QByteArray("TOO LARGE"), QByteArray());
            if (step == SseReader::Step::NeedMore)
                break;
            events << qMakePair(reader.event().name, reader.event().data);
        }
    }
    if (partial)
        *partial = reader.hasPartialEvent();
    return events;
}

Events events(std::initializer_list<QByteArray> data)
{
    Events list;
    for (const QByteArray& text : data)
        list << qMakePair(QByteArray(), text);
    return list;
}

} // namespace

class TestSse : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<Events>("expected");
        QTest::newRow("simple") << QByteArray("data: one\n\ndata: two\n\n") << events({"one", "two"});
        QTest::newRow("crlf") << QByteArray("data: one\r\n\r\ndata: two\r\n\r\n") << events({"one", "two"});
        QTest::newRow("cr") << QByteArray("data: one\r\rdata: two\r\r") << events({"one", "two"});
        QTest::newRow("mixed ends") << QByteArray("data:test\r\ndata\ndata:test\r\n\r\n\r\ndata: x\r\r\ndata: y\n\r\n")
                                    << events({"test\n\ntest", "x", "y"});
        QTest::newRow("format-newlines") << QByteArray("data:test\r\ndata\ndata:test\r\n\r")
                                         << events({"test\n\ntest"});
        QTest::newRow("bom") << QByteArray("\xEF\xBB\xBF"
                                           "data:1\n\n\xEF\xBB\xBF"
                                           "data:2\n\ndata:3\n\n")
                             << events({"1", "3"});
        QTest::newRow("two boms") << QByteArray("\xEF\xBB\xBF\xEF\xBB\xBF"
                                                "data:1\n\ndata:2\n\ndata:3\n\n")
                                  << events({"2", "3"});
        QTest::newRow("comments") << literal("data:1\r:\0\n:\r\ndata:2\n:") + QByteArray(2000, 'x') +
                                         "\rdata:3\n:data:fail\r:x\ndata:4\n\n"
                                  << events({"1\n2\n3\n4"});
        QTest::newRow("data") << QByteArray("data:\n\ndata\ndata\n\ndata:test\n\n") << events({"", "\n", "test"});
        QTest::newRow("data before final empty line")
            << QByteArray("retry:1000\ndata:test1\n\nid:test\ndata:test2") << events({"test1"});
        QTest::newRow("leading space") << QByteArray("data:\ttest\rdata: \ndata:test\n\n")
                                       << events({"\ttest\n\ntest"});
        QTest::newRow("two spaces") << QByteArray("data:  x\n\n") << events({" x"});
        QTest::newRow("field-parsing")
            << literal("data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n "
                       "data:32\ndata:4\n\n")
            << events({literal("\0\n 2\n1\n3\n\n4")});
        QTest::newRow("utf-8") << QByteArray("data:ok\xE2\x80\xA6\xF0\x9F\x9A\xA6\n\n")
                               << events({"ok\xE2\x80\xA6\xF0\x9F\x9A\xA6"});
        QTest::newRow("unknown field")
            << QByteArray("data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n")
            << events({"test\n\ntest"});
        QTest::newRow("event") << QByteArray("event:test\ndata:x\n\ndata:x\n\n")
                               << (Events() << qMakePair(QByteArray("test"), QByteArray("x"))
                                            << qMakePair(QByteArray(), QByteArray("x")));
        QTest::newRow("event empty") << QByteArray("event: \ndata:data\n\n") << events({"data"});
        QTest::newRow("event without data") << QByteArray("event: lost\n\ndata: x\n\n") << events({"x"});
        QTest::newRow("event twice, the last counts") << QByteArray("event: a\nevent: b\ndata: x\n\n")
                                                      << (Events() << qMakePair(QByteArray("b"), QByteArray("x")));
        QTest::newRow("id and retry") << QByteArray("id: 1\nretry: 1000\ndata: x\n\nid: 2\n\n") << events({"x"});
        QTest::newRow("heartbeats") << QByteArray(": ping\n\n: OPENROUTER PROCESSING\n\ndata: x\n\n: ping\n\n")
                                    << events({"x"});
        QTest::newRow("nothing") << QByteArray("\n\n\r\n\r\r\n") << Events();
        QTest::newRow("json") << QByteArray("data: {\"a\":\"b: c\"}\n\ndata: [DONE]\n\n")
                              << events({"{\"a\":\"b: c\"}", "[DONE]"});
    }
    void reads()
    {
        QFETCH(QByteArray, stream);
        QFETCH(Events, expected);
        QCOMPARE(read({stream}), expected);
        // cut once at every byte, cut twice, byte by byte
        for (qsizetype cut = 0; cut <= stream.size(); ++cut)
            QCOMPARE(read({stream.first(cut), stream.sliced(cut)}), expected);
        for (qsizetype cut = 0; stream.size() < 200 && cut <= stream.size(); ++cut) {
            for (qsizetype second = cut; second <= stream.size(); ++second)
                QCOMPARE(read({stream.first(cut), stream.sliced(cut, second - cut), stream.sliced(second)}), expected);
        }
        QList<QByteArray> bytes;
        for (const char c : stream)
            bytes << QByteArray(1, c);
        QCOMPARE(read(bytes), expected);
    }

    void limit_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<bool>("tooLarge");
        QTest::newRow("fits") << "data:" + QByteArray(95, 'x') + "\n\ndata:" + QByteArray(95, 'x') + "\n\n" << false;
        QTest::newRow("one more") << "data:" + QByteArray(96, 'x') + "\n\n" << true;
        QTest::newRow("many lines") << QByteArray("data:xxxxx\n").repeated(11) + "\n" << true;
        QTest::newRow("no line end ever") << QByteArray(101, 'x') << true;
        QTest::newRow("no blank line ever") << QByteArray("data:x\n").repeated(100) << true;
        QTest::newRow("unknown fields") << QByteArray("foo:x\n").repeated(100) << true;
        QTest::newRow("comments are not kept") << QByteArray(": ping\n").repeated(1000) + "data:x\n\n" << false;
        QTest::newRow("one comment over it") << ':' + QByteArray(200, 'x') << true;
        QTest::newRow("blank lines between") << QByteArray("data:xxxxxxxxxxxxxxxxxxxx\n\n").repeated(1000) << false;
    }
    void limit()
    {
        QFETCH(QByteArray, stream);
        QFETCH(bool, tooLarge);
        const Events whole = read({stream}, 100);
        QCOMPARE(!whole.isEmpty() && whole.last().first == "TOO LARGE", tooLarge);
        for (qsizetype cut = 0; cut <= std::min<qsizetype>(stream.size(), 300); ++cut)
            QCOMPARE(read({stream.first(cut), stream.sliced(cut)}, 100), whole);
    }

    void limitStays()
    {
        SseReader reader(10);
        QByteArrayView bytes = "data: 0123456789";
        QCOMPARE(reader.next(bytes), SseReader::Step::TooLarge);
        QByteArrayView more = "\n\ndata: x\n\n";
        QCOMPARE(reader.next(more), SseReader::Step::TooLarge);
    }

    void oneMebibyteAndOneByte()
    {
        const QByteArray fits = "data:" + QByteArray((1 << 20) - 5, 'x') + "\n\n";
        QCOMPARE(read({fits}).size(), 1);
        QCOMPARE(read({fits}).first().second.size(), (1 << 20) - 5);
        QCOMPARE(read({"data:" + QByteArray((1 << 20) - 4, 'x') + "\n\n"}).first().first, QByteArray("TOO LARGE"));
    }

    void knowsACut_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<bool>("partial");
        QTest::newRow("nothing") << QByteArray() << false;
        QTest::newRow("whole") << QByteArray("data: x\n\n") << false;
        QTest::newRow("no blank line") << QByteArray("data: x\n") << true;
        QTest::newRow("in a line") << QByteArray("data: x\n\ndata: y") << true;
        QTest::newRow("a name only") << QByteArray("event: x\n") << true;
        QTest::newRow("comment") << QByteArray("data: x\n\n: ping\n") << false;
        QTest::newRow("in a comment") << QByteArray("data: x\n\n: pi") << false;
    }
    void knowsACut()
    {
        QFETCH(QByteArray, stream);
        QFETCH(bool, partial);
        bool seen = !partial;
        read({stream}, 1 << 20, &seen);
        QCOMPARE(seen, partial);
        // also when nobody asks again after the last event
        SseReader reader;
        QByteArrayView bytes = "data: x\n\n";
        QCOMPARE(reader.next(bytes), SseReader::Step::Event);
        QVERIFY(!reader.hasPartialEvent());
    }

    void writesWhatItReads_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QByteArray>("back");
        QTest::newRow("plain") << QByteArray() << QByteArray("{\"a\":1}") << QByteArray("{\"a\":1}");
        QTest::newRow("named") << QByteArray("message_start") << QByteArray("{}") << QByteArray("{}");
        QTest::newRow("empty") << QByteArray() << QByteArray() << QByteArray();
        QTest::newRow("lines") << QByteArray() << QByteArray("a\nb\n\nc") << QByteArray("a\nb\n\nc");
        QTest::newRow("ends with a line end") << QByteArray() << QByteArray("a\n") << QByteArray("a\n");
        QTest::newRow("cr and crlf") << QByteArray() << QByteArray("a\rb\r\nc") << QByteArray("a\nb\nc");
        QTest::newRow("leading space") << QByteArray() << QByteArray(" a") << QByteArray(" a");
        QTest::newRow("looks like fields")
            << QByteArray() << QByteArray("x\n\ndata: y\nevent: z") << QByteArray("x\n\ndata: y\nevent: z");
        QTest::newRow("utf-8") << QByteArray("n") << QByteArray("\xF0\x9F\x9A\xA6") << QByteArray("\xF0\x9F\x9A\xA6");
    }
    void writesWhatItReads()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, data);
        QFETCH(QByteArray, back);
        QByteArray out;
        appendSseEvent(out, name, data);
        appendSseComment(out, "between\nthem");
        appendSseEvent(out, name, data);
        const Events expected = Events() << qMakePair(name, back) << qMakePair(name, back);
        QCOMPARE(read({out}), expected);
    }

    void namesCannotInject()
    {
        QByteArray out;
        appendSseEvent(out, "a\n\ndata: evil\r\r", "x");
        appendSseComment(out, "a\n\ndata: evil\n\n");
        const Events got = read({out});
        QCOMPARE(got.size(), 1);
        QCOMPARE(got.first().second, QByteArray("x"));
    }
};

QTEST_APPLESS_MAIN(TestSse)
#include "tst_sse.moc"

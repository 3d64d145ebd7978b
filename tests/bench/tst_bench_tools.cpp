// The instruments measure what they say: buckets of the histogram, marks found wherever a read cuts them, and streams
// with a known fault reported with that fault and no other.
#include "tools/delta_mark.h"
#include "tools/histogram.h"
#include "tools/message_reader.h"
#include "tools/stream_check.h"
#include "tools/wheel.h"

#include <QtTest>

#include <string>
#include <vector>

using namespace bench;

namespace {

std::string textOf(const DeltaMark& mark)
{
    char text[kLongestMark + 1];
    return {text, writeMark(text, mark)};
}

StreamFaults faultsOf(std::initializer_list<std::uint64_t> numbers, std::uint64_t expected, std::uint64_t stranger = 0)
{
    StreamCheck check;
    check.begin(0);
    std::int64_t now = 0;
    for (const std::uint64_t number : numbers)
        check.arrived({number == stranger && stranger != 0 ? 8u : 7u, number, now, 0}, ++now);
    return check.faults(expected);
}

} // namespace

class TestBenchTools : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bucketsHoldTheirValues()
    {
        for (std::uint64_t value = 1; value < (std::uint64_t(1) << 42); value += value / 7 + 1) {
            const std::size_t bucket = Histogram::bucketOf(value);
            QVERIFY(Histogram::lowestOf(bucket) <= value);
            QVERIFY(value < Histogram::lowestOf(bucket + 1));
            QVERIFY(double(Histogram::lowestOf(bucket + 1) - Histogram::lowestOf(bucket)) <= 1 + double(value) / 127);
        }
    }

    void percentilesAreThoseOfTheValues()
    {
        Histogram histogram;
        for (int i = 1; i <= 100'000; ++i)
            histogram.add(i * 1000);
        QCOMPARE(histogram.count(), std::uint64_t(100'000));
        QVERIFY(qAbs(double(histogram.at(0.5)) - 50e6) < 0.5e6);
        QVERIFY(qAbs(double(histogram.at(0.99)) - 99e6) < 1e6);
        QCOMPARE(histogram.at(1.0), std::uint64_t(100'000'000));
        histogram.add(-5); // a clock read in another order: nothing, not a huge number
        QCOMPARE(histogram.max(), std::uint64_t(100'000'000));
    }

    void marksAreFoundWhereverAReadCutsThem()
    {
        const std::string text = "data: {\"content\":\"" + textOf({3, 0, 123456789012345, 123456789012000}) +
                                 " word a@b.c @1.2@ [x]\"}\n\n" + textOf({3, 1, 987654321098765, 0}) + "[[DONE]@";
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            MarkScanner scanner;
            std::vector<DeltaMark> found;
            int ends = 0;
            for (const std::string& piece : {text.substr(0, cut), text.substr(cut)})
                scanner.feed(
                    piece, [&](const DeltaMark& mark) { found.push_back(mark); }, [&] { ++ends; });
            QCOMPARE(found.size(), std::size_t(2));
            QCOMPARE(found[0].stream, std::uint64_t(3));
            QCOMPARE(found[0].receivedNs, std::int64_t(123456789012000));
            QCOMPARE(found[1].number, std::uint64_t(1));
            QCOMPARE(found[1].sentNs, std::int64_t(987654321098765));
            QCOMPARE(ends, 1);
        }
    }

    void faultsAreToldApart()
    {
        QVERIFY(!faultsOf({0, 1, 2, 3}, 4).any());
        QCOMPARE(faultsOf({0, 1, 3}, 4).lost, std::uint64_t(1));
        QCOMPARE(faultsOf({0, 1}, 4).lost, std::uint64_t(2));
        const StreamFaults doubled = faultsOf({0, 1, 1, 2, 3}, 4);
        QCOMPARE(doubled.duplicated, std::uint64_t(1));
        QCOMPARE(doubled.lost + doubled.reordered, std::uint64_t(0));
        const StreamFaults swapped = faultsOf({0, 2, 1, 3}, 4);
        QCOMPARE(swapped.reordered, std::uint64_t(1));
        QCOMPARE(swapped.lost + swapped.duplicated, std::uint64_t(0));
        const StreamFaults both = faultsOf({0, 1, 3, 1}, 4); // one is missing, and another came twice
        QCOMPARE(both.lost, std::uint64_t(1));
        QCOMPARE(both.duplicated, std::uint64_t(1));
        QCOMPARE(faultsOf({0, 1, 2}, 3, 2).foreign, std::uint64_t(1));
    }

    void aStallIsAGapOrALateFirstDelta()
    {
        StreamCheck check;
        check.begin(1000);
        check.arrived({1, 0, 900'000, 100'000}, 801'500); // 800 us were the provider's own
        QCOMPARE(check.firstAddedNs(), std::int64_t(500));
        check.arrived({1, 1, 0, 0}, 801'600);
        QVERIFY(!check.stalled(200, 600));
        QVERIFY(check.stalled(200, 400));
        check.arrived({1, 2, 0, 0}, 802'000);
        QVERIFY(check.stalled(200, 600));
    }

    void answersAreReadInPiecesOfAnySize()
    {
        const std::string text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\n";
        for (std::size_t size = 1; size <= text.size(); ++size) {
            MessageReader reader(MessageReader::Side::Response);
            reader.begin();
            std::string body;
            for (std::size_t at = 0; at < text.size(); at += size)
                reader.feed(text.substr(at, size), [&](std::string_view piece) { body += piece; });
            QCOMPARE(reader.state(), MessageReader::State::Done);
            QCOMPARE(reader.status(), 200);
            QCOMPARE(body, std::string("hello world"));
            QVERIFY(reader.keepsAlive());
        }
    }

    void timersFireOnceAndInTheirMillisecond()
    {
        Wheel wheel(1000);
        Wheel::Timer timers[4];
        const std::int64_t due[] = {1005, 1005, 1001, 1000 + 3 * 8192 + 7};
        for (int i = 0; i < 4; ++i)
            wheel.set(timers[i], due[i]);
        std::vector<std::pair<int, std::int64_t>> fired;
        wheel.clear(timers[1]);
        for (std::int64_t now = 1001; now < 1000 + 4 * 8192; now += 3)
            wheel.advance(now, [&](Wheel::Timer& timer) { fired.emplace_back(int(&timer - timers), wheel.nowMs()); });
        const std::vector<std::pair<int, std::int64_t>> expected = {{2, 1001}, {0, 1005}, {3, due[3]}};
        QCOMPARE(fired, expected);
    }
};

QTEST_APPLESS_MAIN(TestBenchTools)
#include "tst_bench_tools.moc"

// A provider's words about its limits: every spelling it may have, and everything else it may send instead.
#include "transform/providers/rate_limits.h"

#include <QTest>

using namespace gateway;
using namespace gateway::transform;

namespace {

constexpr qint64 kNow = 1'795'363'200'000; // 2026-11-22T16:00:00Z
constexpr qint64 kDay = 24ll * 3600 * 1000;

using Lines = std::initializer_list<std::pair<const char*, QByteArray>>;

http::ResponseHead head(Lines lines)
{
    http::ResponseHead made;
    std::vector<std::array<qsizetype, 4>> places;
    for (const auto& [name, value] : lines) {
        const qsizetype from = made.bytes.size();
        made.bytes += name;
        made.bytes += ':';
        made.bytes += value;
        places.push_back({from, qsizetype(qstrlen(name)), from + qsizetype(qstrlen(name)) + 1, value.size()});
    }
    const QByteArrayView all(made.bytes);
    for (const auto& place : places)
        made.fields.append({all.sliced(place[0], place[1]), all.sliced(place[2], place[3])});
    return made;
}

} // namespace

class TestRateLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void openAi()
    {
        const auto limits =
            readRateLimits(head({{"X-RateLimit-Limit-Requests", "500"}, {"x-ratelimit-remaining-requests", "499"},
                               {"x-ratelimit-reset-requests", "120ms"}, {"x-ratelimit-limit-tokens", "200000"},
                               {"x-ratelimit-remaining-tokens", "0"}, {"x-ratelimit-reset-tokens", "6m0s"}}),
                kNow);
        QVERIFY(limits);
        QCOMPARE(*limits->requests.limit, qint64(500));
        QCOMPARE(*limits->requests.remaining, qint64(499));
        QCOMPARE(*limits->requests.resetAtMs, kNow + 120);
        QCOMPARE(*limits->tokens.limit, qint64(200'000));
        QCOMPARE(*limits->tokens.remaining, qint64(0)); // 0 is data
        QCOMPARE(*limits->tokens.resetAtMs, kNow + 360'000);
        QVERIFY(limits->inputTokens.isEmpty() && limits->outputTokens.isEmpty() && limits->unified.empty());
        QCOMPARE(waitFor(*limits, kNow), std::optional<qint64>(360'000)); // the tokens are used up, the requests not
        QVERIFY(!waitFor(RateLimits(), kNow));
    }

    void anthropic()
    {
        const auto limits = readRateLimits(
            head({{"anthropic-ratelimit-requests-limit", "50"}, {"anthropic-ratelimit-requests-remaining", "49"},
                {"anthropic-ratelimit-requests-reset", "2026-11-22T16:00:02Z"},
                {"anthropic-ratelimit-tokens-limit", "100"}, {"anthropic-ratelimit-tokens-remaining", "9"},
                {"anthropic-ratelimit-input-tokens-remaining", "7000"},
                {"anthropic-ratelimit-input-tokens-reset", "2026-11-22T17:00:00.123456789+01:00"},
                {"anthropic-ratelimit-output-tokens-limit", "8000"},
                {"anthropic-ratelimit-output-tokens-reset", "2026-11-22T10:00:00-06:30"}}),
            kNow);
        QVERIFY(limits);
        QCOMPARE(*limits->requests.resetAtMs, kNow + 2'000);
        QCOMPARE(*limits->tokens.remaining, qint64(9));
        QCOMPARE(*limits->inputTokens.remaining, qint64(7'000));
        QCOMPARE(*limits->inputTokens.resetAtMs, kNow);
        QVERIFY(!limits->inputTokens.limit);
        QCOMPARE(*limits->outputTokens.resetAtMs, kNow + 30 * 60'000);
    }

    void unified()
    {
        const auto limits = readRateLimits(head({{"anthropic-ratelimit-unified-status", "allowed_warning"},
                                               {"anthropic-ratelimit-unified-reset", "1795366800"},
                                               {"Anthropic-RateLimit-Unified-5h-Status", "allowed"},
                                               {"anthropic-ratelimit-unified-5h-utilization", "0.415"},
                                               {"anthropic-ratelimit-unified-5h-reset", "1795366800"},
                                               {"anthropic-ratelimit-unified-7d-status", "rejected"},
                                               {"anthropic-ratelimit-unified-7d-utilization", "1.02"},
                                               {"anthropic-ratelimit-unified-representative-claim", "seven_day"}}),
            kNow);
        QVERIFY(limits);
        QCOMPARE(limits->unified.size(), std::size_t(3));
        const UnifiedWindow& all = limits->unified[0];
        QVERIFY(all.name.isEmpty() && all.status == UnifiedWindow::Status::Warning);
        QCOMPARE(*all.resetAtMs, kNow + 3'600'000);
        const UnifiedWindow& hours = limits->unified[1];
        QCOMPARE(hours.name, QByteArray("5h"));
        QVERIFY(hours.status == UnifiedWindow::Status::Allowed);
        QCOMPARE(*hours.usedPermille, 415);
        QCOMPARE(*hours.resetAtMs, kNow + 3'600'000);
        QVERIFY(limits->unified[2].status == UnifiedWindow::Status::Rejected);
        QCOMPARE(*limits->unified[2].usedPermille, 1'020);
    }

    void counts_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<qint64>("limit"); // -1: left out
        const auto row = [](const QByteArray& value, qint64 limit) {
            QTest::newRow(value.isEmpty() ? "empty" : value.left(30).toPercentEncoding().constData()) << value << limit;
        };
        row("0", 0);
        row("007", 7);
        row("999999999999999999", 999'999'999'999'999'999);
        for (const char* wrong :
            {"", "-1", "-500", "+5", " 5", "5 ", "1e9", "0x10", "5.0", "1,000", "9999999999999999999",
                "99999999999999999999999999999999", "nan", "infinity", "unlimited", "\xd9\xa5", "5\0"})
            row(wrong == QByteArray("5") ? QByteArray("5\0", 2) : QByteArray(wrong), -1);
        row(QByteArray(100'000, '1'), -1);
    }
    void counts()
    {
        QFETCH(QByteArray, value);
        QFETCH(qint64, limit);
        for (const char* field : {"x-ratelimit-limit-tokens", "anthropic-ratelimit-tokens-limit"}) {
            const auto limits = readRateLimits(head({{field, value}}), kNow);
            QCOMPARE(limits ? limits->tokens.limit.value_or(-1) : -1, limit);
        }
    }

    void durations_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<qint64>("ms"); // -1: left out
        const auto row = [](const char* value, qint64 ms) {
            QTest::newRow(*value ? value : "empty") << QByteArray(value) << ms;
        };
        row("0s", 0);
        row("1s", 1'000);
        row("12ms", 12);
        row("7.66s", 7'660);
        row("6m0s", 360'000);
        row("1h2m3.5s", 3'723'500);
        row("2m59.56s", 179'560);
        row("1d", kDay);
        row("31d", 31 * kDay);
        row("900us", 0);
        row("1500\xc2\xb5s", 1);
        row("1500\xce\xbcs", 1);
        row("999999ns", 0);
        row("60", 60'000); // no unit: seconds
        for (const char* wrong : {"", "s", "-1s", "+1s", "1", "1s1", "1x", "1 s", " 1s", "1..5s", ".s", "1e3s", "32d",
                 "999999999999h", "1sm", "ms12", "infs", "nan", "1s,2s", "\xc2\xb5"}) {
            if (QByteArray(wrong) != "1")
                row(wrong, -1);
        }
        QTest::newRow("long") << QByteArray(65, '1') + "s" << qint64(-1);
    }
    void durations()
    {
        QFETCH(QByteArray, value);
        QFETCH(qint64, ms);
        const auto limits = readRateLimits(head({{"x-ratelimit-reset-requests", value}}), kNow);
        QCOMPARE(limits && limits->requests.resetAtMs ? *limits->requests.resetAtMs - kNow : -1, ms);
    }

    void instants_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<qint64>("ms"); // from now on; -1: left out
        const auto row = [](const char* value, qint64 ms) {
            QTest::newRow(*value ? value : "empty") << QByteArray(value) << ms;
        };
        row("2026-11-22T16:00:10Z", 10'000);
        row("2026-11-22T16:00:10.9Z", 10'000);
        row("2026-11-22T15:00:00Z", 0); // over already
        row("0001-01-01T00:00:00Z", 0);
        row("2026-12-23T16:00:00Z", 31 * kDay);
        for (const char* wrong :
            {"", "2026-12-23T16:00:01Z", "9999-12-31T23:59:59Z", "2026-11-22", "2026-11-22T16:00:10",
                "2026-11-22 16:00:10Z", "2026-11-22T16:00:10z", "2026-13-22T16:00:10Z", "2026-11-31T16:00:10Z",
                "2026-11-22T25:00:10Z", "2026-11-22T16:00:10.Z", "2026-11-22T16:00:10+1:00", "2026-11-22T16:00:10Z ",
                "1795363210", "12s", "Sun, 22 Nov 2026 16:00:10 GMT", "+2026-11-22T16:00:10Z"})
            row(wrong, -1);
    }
    void instants()
    {
        QFETCH(QByteArray, value);
        QFETCH(qint64, ms);
        const auto limits = readRateLimits(head({{"anthropic-ratelimit-tokens-reset", value}}), kNow);
        QCOMPARE(limits && limits->tokens.resetAtMs ? *limits->tokens.resetAtMs - kNow : -1, ms);
    }

    void hostile()
    {
        QVERIFY(!readRateLimits(head({}), kNow));
        QVERIFY(
            !readRateLimits(head({{"x-ratelimit-limit-requests", "-1"}, {"x-ratelimit-reset-tokens", "never"}}), kNow));
        QVERIFY(!readRateLimits(
            head({{"anthropic-ratelimit-unified-", "allowed"}, {"anthropic-ratelimit-unified-status", "ok"},
                {"anthropic-ratelimit-unified--status", "ok"},
                {"anthropic-ratelimit-unified-5h-reset", "99999999999999"},
                {"anthropic-ratelimit-unified-5h-utilization", "1000.5"},
                {"anthropic-ratelimit-unified-7d-utilization", "-0.5"},
                {"anthropic-ratelimit-unified-a-name-that-is-far-too-long-status", "allowed"}}),
            kNow));
        // more is left than there is
        const auto more =
            readRateLimits(head({{"x-ratelimit-limit-tokens", "10"}, {"x-ratelimit-remaining-tokens", "99"}}), kNow);
        QCOMPARE(*more->tokens.remaining, qint64(10));
        // a head full of windows
        http::ResponseHead many;
        for (int i = 0; i < 1'000; ++i)
            many.bytes += "anthropic-ratelimit-unified-" + QByteArray::number(i + 1'000) + "-status";
        for (int i = 0; i < 1'000; ++i)
            many.fields.append({QByteArrayView(many.bytes).sliced(i * 39, 39), "allowed"});
        QCOMPARE(readRateLimits(many, kNow)->unified.size(), std::size_t(8));
        // clocks of any kind
        for (const qint64 now : {qint64(0), qint64(-1), kNow})
            QVERIFY(readRateLimits(head({{"x-ratelimit-reset-tokens", "1s"}}), now)->tokens.resetAtMs == now + 1'000);
    }

    void requestIds()
    {
        const auto id = [](Lines lines) { return upstreamRequestId(head(lines)); };
        QCOMPARE(id({}), QString());
        QCOMPARE(id({{"X-Request-Id", "req_1"}}), QStringLiteral("req_1"));
        QCOMPARE(id({{"cf-ray", "8f-FRA"}, {"request-id", "req_2"}}), QStringLiteral("req_2"));
        QCOMPARE(id({{"apim-request-id", "b"}, {"x-request-id", "a"}}), QStringLiteral("a"));
        QCOMPARE(id({{"x-amzn-RequestId", "aws"}}), QStringLiteral("aws"));
        QCOMPARE(id({{"x-ms-request-id", "ms"}}), QStringLiteral("ms"));
        QCOMPARE(id({{"X-Generation-Id", "gen-1"}}), QStringLiteral("gen-1"));
        QCOMPARE(id({{"cf-ray", "8f-FRA"}}), QStringLiteral("8f-FRA"));
        QCOMPARE(id({{"x-request-id", ""}, {"request-id", "b"}}), QStringLiteral("b"));
        QCOMPARE(id({{"x-request-id", "a\tb"}, {"cf-ray", "\xff"}}), QString());
        QCOMPARE(id({{"x-request-id", QByteArray(100'000, 'a')}}), QString(128, u'a'));
    }
};

QTEST_APPLESS_MAIN(TestRateLimits)
#include "tst_rate_limits.moc"

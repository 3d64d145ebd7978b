// Aggregates over time: buckets, steps, holes, scopes, the five-minute figures and the verdict on a provider.
#include "observability/series_store.h"
#include "sample_calls.h"

#include <QTest>

using namespace gateway;
using namespace gateway::observability;
using api::ErrorCode;
using api::Health;

namespace {

const QString kA = QStringLiteral("openai-eu");
const QString kB = QStringLiteral("anthropic");
const QString kFast = QStringLiteral("fast");

struct Fixture
{
    ManualClock clock;
    SeriesStore store{clock};

    api::Series ask(qint64 secondsBack, int step, const QString& provider = {}, const QString& alias = {})
    {
        api::SeriesQuery query;
        query.provider = provider;
        query.alias = alias;
        query.to = QDateTime::fromMSecsSinceEpoch(clock.wallMs(), Qt::UTC);
        query.from = query.to.addSecs(-secondsBack);
        query.stepSeconds = step;
        return store.answer(query);
    }
    api::ProviderStatus describe(const QString& name)
    {
        api::ProviderStatus status;
        status.name = name;
        store.describe(status);
        return status;
    }
};

qint64 attemptsIn(const api::Series& series)
{
    qint64 sum = 0;
    for (const api::SeriesBucket& bucket : series.buckets)
        sum += bucket.attempts;
    return sum;
}

} // namespace

class TestSeriesStore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void emptyBucketsArePresent();
    void scopesAreKeptApart();
    void stepsAreMergedAndNeverFinerThanKept();
    void oldTimeIsForgottenAndSaysSo();
    void failuresAreSplitByClass();
    void fallbackIsCounted();
    void skippedAttemptsCountNowhere();
    void describesAProvider();
    void healthNeedsVolume_data();
    void healthNeedsVolume();
    void oldCallsRebuildTheSameAnswer();
    void scopesAreBounded();
};

void TestSeriesStore::emptyBucketsArePresent()
{
    Fixture f;
    f.store.add(sample::call(f.clock.wallMs() - 125'000, kA, kFast, 500'000));
    const api::Series series = f.ask(300, 60);
    QVERIFY(series.buckets.size() >= 5);
    int filled = 0;
    for (qsizetype i = 0; i < series.buckets.size(); ++i) {
        if (i > 0)
            QCOMPARE(series.buckets[i - 1].start.secsTo(series.buckets[i].start), 60);
        if (series.buckets[i].attempts > 0) {
            ++filled;
            QVERIFY(series.buckets[i].firstTokenP50Ms && qAbs(*series.buckets[i].firstTokenP50Ms - 250) < 5);
            QVERIFY(series.buckets[i].totalP95Ms && qAbs(*series.buckets[i].totalP95Ms - 500) < 10);
        } else {
            QVERIFY(!series.buckets[i].firstTokenP50Ms && !series.buckets[i].totalP95Ms);
        }
    }
    QCOMPARE(filled, 1);
    QCOMPARE(series.asOf.toMSecsSinceEpoch(), f.clock.wallMs());
}

void TestSeriesStore::scopesAreKeptApart()
{
    Fixture f;
    const qint64 at = f.clock.wallMs() - 30'000;
    f.store.add(sample::call(at, kA, kFast, 1000));
    f.store.add(sample::call(at, kA, QStringLiteral("smart"), 1000));
    f.store.add(sample::call(at, kB, kFast, 1000));
    QCOMPARE(attemptsIn(f.ask(300, 60)), 3);
    QCOMPARE(attemptsIn(f.ask(300, 60, kA)), 2);
    QCOMPARE(attemptsIn(f.ask(300, 60, {}, kFast)), 2);
    QCOMPARE(attemptsIn(f.ask(300, 60, kB, kFast)), 1);
    QCOMPARE(attemptsIn(f.ask(300, 60, kB, QStringLiteral("smart"))), 0);
    QCOMPARE(attemptsIn(f.ask(300, 60, QStringLiteral("no-such"))), 0);
}

void TestSeriesStore::stepsAreMergedAndNeverFinerThanKept()
{
    Fixture f;
    for (int i = 0; i < 60; ++i)
        f.store.add(sample::call(f.clock.wallMs() - i * 10'000, kA, kFast, 1000));
    QCOMPARE(f.ask(600, 1).query.stepSeconds, 10);
    QCOMPARE(f.ask(600, 15).query.stepSeconds, 20);
    QCOMPARE(f.ask(7200, 10).query.stepSeconds, 60);
    QCOMPARE(f.ask(600, 90).query.stepSeconds, 120);
    for (const int step : {10, 30, 60, 300})
        QCOMPARE(attemptsIn(f.ask(1200, step)), 60 - (f.clock.wallMs() / 1000 % step == 0 ? 1 : 0));
}

void TestSeriesStore::oldTimeIsForgottenAndSaysSo()
{
    Fixture f;
    f.store.add(sample::call(f.clock.wallMs() - 25 * 3600'000ll, kA, kFast, 1000));
    f.store.add(sample::call(f.clock.wallMs() + 3600'000ll, kA, kFast, 1000));
    f.store.add(sample::call(f.clock.wallMs() - 23 * 3600'000ll, kA, kFast, 1000));
    const api::Series series = f.ask(48 * 3600, 3600);
    QCOMPARE(attemptsIn(series), 1);
    QVERIFY(series.query.from >= QDateTime::fromMSecsSinceEpoch(f.clock.wallMs() - 25 * 3600'000ll, Qt::UTC));
    f.clock.advance(std::chrono::hours(2));
    QCOMPARE(attemptsIn(f.ask(23 * 3600, 3600)), 0);
}

void TestSeriesStore::failuresAreSplitByClass()
{
    Fixture f;
    const qint64 at = f.clock.wallMs() - 20'000;
    f.store.add(sample::failed(at, kA, 503, ErrorCode::ProviderOverloaded));
    f.store.add(sample::failed(at, kA, 429, ErrorCode::ProviderThrottled));
    f.store.add(sample::failed(at, kA, 0, ErrorCode::DeadlineExceeded));
    f.store.add(sample::failed(at, kA, 0, ErrorCode::ProviderUnavailable));
    f.store.add(sample::failed(at, kA, 200, ErrorCode::StreamTruncated));
    f.store.add(sample::failed(at, kA, 400, ErrorCode::ProviderBadRequest));
    std::array<qint64, api::kFailureClasses> seen{};
    for (const api::SeriesBucket& bucket : f.ask(300, 60, kA).buckets) {
        for (int i = 0; i < api::kFailureClasses; ++i)
            seen[std::size_t(i)] += bucket.failures[std::size_t(i)];
        QVERIFY(!bucket.firstTokenP50Ms); // an error's first byte is no first token
    }
    QCOMPARE(seen, (std::array<qint64, api::kFailureClasses>{1, 1, 1, 1, 1, 1}));
}

void TestSeriesStore::fallbackIsCounted()
{
    Fixture f;
    api::Call call = sample::failed(f.clock.wallMs() - 15'000, kA, 503, ErrorCode::ProviderOverloaded);
    call.attempts.append(sample::call(0, kB, kFast, 2000).attempts[0]);
    f.store.add(call);
    qint64 fallback = 0;
    for (const api::SeriesBucket& bucket : f.ask(300, 60, kB).buckets)
        fallback += bucket.fallback;
    QCOMPARE(fallback, 1);
    for (const api::SeriesBucket& bucket : f.ask(300, 60, kA).buckets)
        QCOMPARE(bucket.fallback, 0);
}

void TestSeriesStore::skippedAttemptsCountNowhere()
{
    Fixture f;
    api::Call call = sample::call(f.clock.wallMs() - 15'000, kA, kFast, 1000);
    call.attempts[0].result = api::AttemptResult::Skipped;
    f.store.add(call);
    QCOMPARE(attemptsIn(f.ask(300, 60)), 0);
    QCOMPARE(f.describe(kA).health, Health::Unknown);
}

void TestSeriesStore::describesAProvider()
{
    Fixture f;
    const qint64 at = f.clock.wallMs() - 60'000;
    for (int i = 0; i < 18; ++i) {
        api::Call call = sample::call(at, kA, kFast, 1'000'000);
        call.attempts[0].streamEnd = api::StreamEnd::Complete;
        call.attempts[0].firstTokenUs = 500'000;
        call.attempts[0].tokens.outText = 50;
        call.attempts[0].tokens.source = api::TokenSource::Reported;
        f.store.add(call);
    }
    f.store.add(sample::failed(at + 5000, kA, 503, ErrorCode::ProviderOverloaded));
    f.store.add(sample::failed(at + 5000, kA, 400, ErrorCode::ContextTooLong));
    for (int i = 0; i < 5; ++i)
        f.store.add(sample::call(at, kB, kFast, 1000));

    const api::ProviderStatus status = f.describe(kA);
    QCOMPARE(status.attempts5m, 20);
    QCOMPARE(status.failures5m, 2);
    QVERIFY(qAbs(*status.firstTokenP50Ms - 500) < 10);
    QVERIFY(qAbs(*status.totalP95Ms - 1000) < 20);
    QVERIFY(qAbs(*status.tokensPerSecond - 100) < 1);
    QCOMPARE(*status.share, 0.8);
    QCOMPARE(status.health, Health::Degraded);
    QVERIFY2(
        status.why.startsWith(QStringLiteral("1 of 19 attempts in the last 5 minutes failed (5.3 %), mostly 5xx.")),
        qPrintable(status.why));
    QCOMPARE(status.lastSuccess->toMSecsSinceEpoch(), at + 1000);
    QCOMPARE(status.lastFailure->toMSecsSinceEpoch(), at + 5001);

    f.clock.advance(std::chrono::minutes(6));
    const api::ProviderStatus later = f.describe(kA);
    QCOMPARE(later.health, Health::Unknown);
    QCOMPARE(later.attempts5m, 0);
    QVERIFY(!later.firstTokenP50Ms && !later.share && !later.tokensPerSecond);
    QVERIFY(later.lastSuccess);
}

void TestSeriesStore::healthNeedsVolume_data()
{
    QTest::addColumn<int>("answered");
    QTest::addColumn<int>("failures");
    QTest::addColumn<int>("health");
    QTest::newRow("nothing") << 0 << 0 << int(Health::Unknown);
    QTest::newRow("one answered") << 1 << 0 << int(Health::Ok);
    QTest::newRow("one failed") << 0 << 1 << int(Health::Unknown);
    QTest::newRow("two of four failed") << 2 << 2 << int(Health::Unknown);
    QTest::newRow("five failed") << 0 << 5 << int(Health::Down);
    QTest::newRow("half failed") << 5 << 5 << int(Health::Down);
    QTest::newRow("one of ten failed") << 9 << 1 << int(Health::Degraded);
    QTest::newRow("one of a hundred failed") << 99 << 1 << int(Health::Ok);
}

void TestSeriesStore::healthNeedsVolume()
{
    QFETCH(int, answered);
    QFETCH(int, failures);
    QFETCH(int, health);
    Fixture f;
    const qint64 at = f.clock.wallMs() - 30'000;
    for (int i = 0; i < answered; ++i)
        f.store.add(sample::call(at, kA, kFast, 1000));
    for (int i = 0; i < failures; ++i)
        f.store.add(sample::failed(at, kA, 500, ErrorCode::ProviderUnavailable));
    const api::ProviderStatus status = f.describe(kA);
    QCOMPARE(int(status.health), health);
    QVERIFY(status.why.endsWith(u'.'));
}

void TestSeriesStore::oldCallsRebuildTheSameAnswer()
{
    Fixture live;
    std::vector<std::shared_ptr<const api::Call>> all;
    for (int i = 0; i < 500; ++i) {
        all.push_back(
            std::make_shared<api::Call>(sample::call(live.clock.wallMs(), i % 3 ? kA : kB, kFast, 1000 + i * 997)));
        live.store.add(*all.back());
        live.clock.advance(std::chrono::seconds(7));
    }
    Fixture restarted;
    restarted.clock.setWall(live.clock.wallMs());
    restarted.store.add(all);
    QCOMPARE(api::toJson(restarted.ask(3000, 60, kA)), api::toJson(live.ask(3000, 60, kA)));
    QCOMPARE(api::toJson(restarted.ask(900, 10)), api::toJson(live.ask(900, 10)));
    QVERIFY(attemptsIn(live.ask(3000, 60)) > 300);
}

void TestSeriesStore::scopesAreBounded()
{
    Fixture f;
    const qint64 at = f.clock.wallMs() - 30'000;
    for (int i = 0; i < 2 * SeriesStore::kScopes; ++i)
        f.store.add(sample::call(at, QStringLiteral("p%1").arg(i), kFast, 1000));
    QCOMPARE(attemptsIn(f.ask(300, 60)), 2 * SeriesStore::kScopes);
    QCOMPARE(attemptsIn(f.ask(300, 60, QStringLiteral("p1"))), 1);
    QCOMPARE(attemptsIn(f.ask(300, 60, QStringLiteral("p%1").arg(2 * SeriesStore::kScopes - 1))), 0);
}

QTEST_GUILESS_MAIN(TestSeriesStore)
#include "tst_series_store.moc"

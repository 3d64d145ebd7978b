// Quotas: all or none, refilled without edges, settled, released on every path; what a refusal says adds up; no bucket
// gives out more than its size and what flowed in, under threads and through changes of the config.
#include "quota/quota_index.h"
#include "quota/quota_plane.h"

#include <QRandomGenerator>
#include <QTest>

#include <thread>

using namespace gateway;
using namespace gateway::config;
using namespace gateway::quota;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

QuotaPolicy quotaOf(UsageScope scope, std::optional<qint64> requests, std::optional<qint64> input = {},
    std::optional<qint64> output = {}, std::optional<qint64> concurrency = {})
{
    return {std::move(scope), requests, input, output, concurrency};
}

UsageScope tenant(const char* name)
{
    return {QLatin1String(name), {}, {}, {}, {}};
}

UsageScope alias(const char* name)
{
    return {{}, {}, {}, QLatin1String(name), {}};
}

const UsageScope kCaller{
    QStringLiteral("acme"), QStringLiteral("search"), QStringLiteral("bot"), QStringLiteral("fast"), {}};

struct Bench
{
    ManualClock clock;
    QuotaPlane plane{clock};
    QuotaIndexPtr index;

    explicit Bench(std::vector<QuotaPolicy> quotas) { configure(std::move(quotas)); }
    void configure(std::vector<QuotaPolicy> quotas) { index = plane.configure(quotas); }
    Grant take(const Demand& demand = {}) { return plane.take(*index, kCaller, demand); }
};

qint64 number(const QString& text)
{
    return text.toLongLong();
}

} // namespace

class TestQuotaPlane : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noQuotaAdmitsWithoutALease();
    void aBucketOfOneOpens();
    void refillsContinuously();
    void allOrNone();
    void concurrencyIsReleasedOnEveryPath();
    void settleGivesBackAndOwes();
    void moreOutputThanTheQuotaHoldsIsToldSo();
    void moreInputThanTheQuotaHoldsNeedsAllOfIt();
    void theLongestWaitIsTold();
    void theAdviceIsAdmitted();
    void aRefusalAddsUp();
    void raisedAndLowered();
    void removedAndBackInBetween();
    void limitedWhileACallRuns();
    void theIndexFindsWhatApplies();
    void eightThreadsNeverTakeTooMuch();
    void aThousandHistories();
    void aTriedConfigStandsBeside();
};

void TestQuotaPlane::noQuotaAdmitsWithoutALease()
{
    Bench bench({quotaOf(tenant("other"), 1)});
    for (int i = 0; i < 5; ++i) {
        const Grant grant = bench.take();
        QVERIFY(grant.admitted && !grant.lease.isOpen());
    }
    QCOMPARE(bench.plane.status().at(0).admitted, 0);
}

// What is tried takes from what is in force and from its own; what is in force knows nothing of the draft's limits.
void TestQuotaPlane::aTriedConfigStandsBeside()
{
    Bench bench({quotaOf(tenant("acme"), 10), quotaOf(alias("fast"), 100)});
    const std::vector<QuotaPolicy> tried{quotaOf(tenant("acme"), 2), quotaOf(alias("fast"), 500)};
    const QuotaIndexPtr beside = bench.plane.beside(tried);
    QCOMPARE(bench.plane.status().size(), std::size_t(2));
    const auto take = [&] { return bench.plane.take(*beside, kCaller, {}); };
    QVERIFY(take().admitted);
    QVERIFY(take().admitted);
    const Grant refused = take();
    QVERIFY(!refused.admitted);
    QCOMPARE(number(refused.limit.limit), 2);                                 // the lowered one says no
    QCOMPARE(bench.plane.status()[0].requestsLeft, std::optional<qint64>(8)); // taken from what is in force, too
    for (int i = 0; i < 8; ++i)
        QVERIFY(bench.take().admitted);
    QVERIFY(!bench.take().admitted);
    // a raised limit gives nothing before it is in force
    Bench raised({quotaOf(tenant("acme"), 1)});
    const QuotaIndexPtr more = raised.plane.beside(std::vector<QuotaPolicy>{quotaOf(tenant("acme"), 100)});
    QVERIFY(raised.plane.take(*more, kCaller, {}).admitted);
    QVERIFY(!raised.plane.take(*more, kCaller, {}).admitted);
}

void TestQuotaPlane::aBucketOfOneOpens()
{
    Bench bench({quotaOf(tenant("acme"), 1)});
    for (int i = 0; i < 100; ++i) {
        QVERIFY(bench.take().admitted);
        const Grant refused = bench.take();
        QVERIFY(!refused.admitted);
        QCOMPARE(refused.retryAfter, 60'000ms);
        bench.clock.advance(59'999ms);
        QVERIFY(!bench.take().admitted);
        bench.clock.advance(1ms);
    }
}

void TestQuotaPlane::refillsContinuously()
{
    Bench bench({quotaOf(tenant("acme"), 600)});
    for (int i = 0; i < 600; ++i)
        QVERIFY(bench.take().admitted);
    for (int i = 0; i < 1000; ++i) { // one each tenth of a second, no edge of a minute
        const Grant refused = bench.take();
        QVERIFY(!refused.admitted);
        QCOMPARE(refused.retryAfter, 100ms);
        QCOMPARE(
            refused.limit.resetAt, std::optional(QDateTime::fromMSecsSinceEpoch(bench.clock.wallMs() + 100, Qt::UTC)));
        bench.clock.advance(100ms);
        QVERIFY(bench.take().admitted);
    }
    bench.clock.advance(24h);
    QCOMPARE(bench.plane.status().at(0).requestsLeft, std::optional<qint64>(600)); // a minute's worth, not a day's
}

void TestQuotaPlane::allOrNone()
{
    Bench bench({quotaOf(tenant("acme"), 10), quotaOf(alias("fast"), {}, 1000), quotaOf({}, {}, {}, {}, 1)});
    Grant held = bench.take({100, 0});
    QVERIFY(held.admitted);
    for (int i = 0; i < 50; ++i)
        QVERIFY(!bench.take({100, 0}).admitted); // the gateway's one call is running
    const auto status = bench.plane.status();
    QCOMPARE(status.at(0).requestsLeft, std::optional<qint64>(9));
    QCOMPARE(status.at(1).inputTokensLeft, std::optional<qint64>(900));
    QCOMPARE(status.at(2).running, 1);
    QCOMPARE(status.at(2).refused, 50);
    QCOMPARE(status.at(0).refused, 0);
}

void TestQuotaPlane::concurrencyIsReleasedOnEveryPath()
{
    Bench bench({quotaOf(tenant("acme"), {}, {}, {}, 1)});
    const auto running = [&] { return bench.plane.status().at(0).running; };
    {
        const Grant dropped = bench.take();
        QVERIFY(dropped.lease.isOpen());
        const Grant refused = bench.take();
        QVERIFY(!refused.admitted);
        QCOMPARE(refused.retryAfter, 0ms); // when another call ends
        QCOMPARE(refused.limit.unit, QStringLiteral("calls"));
        QVERIFY(!refused.limit.resetAt);
    }
    QCOMPARE(running(), 0);
    Grant settled = bench.take();
    settled.lease.settle({});
    QVERIFY(!settled.lease.isOpen());
    QCOMPARE(running(), 0);
    settled.lease.settle({}); // twice is once
    QCOMPARE(running(), 0);
    Lease moved = bench.take().lease;
    Lease again(std::move(moved));
    QCOMPARE(running(), 1);
    again = Lease();
    QCOMPARE(running(), 0);
    Lease first = bench.take().lease;
    first = bench.take().lease; // refused: nothing to hold, and the first is let go
    QCOMPARE(running(), 0);
}

void TestQuotaPlane::settleGivesBackAndOwes()
{
    Bench bench({quotaOf(tenant("acme"), {}, 6000, 6000)});
    const auto left = [&] {
        return std::pair(*bench.plane.status().at(0).inputTokensLeft, *bench.plane.status().at(0).outputTokensLeft);
    };
    Grant grant = bench.take({4000, 5000});
    QCOMPARE(left(), std::pair(qint64(2000), qint64(1000)));
    grant.lease.settle({1000, 200});
    QCOMPARE(left(), std::pair(qint64(5000), qint64(5800)));
    bench.take({4000, 5000}); // never settled
    QCOMPARE(left(), std::pair(qint64(5000), qint64(5800)));
    Grant more = bench.take({5000, 100});
    more.lease.settle({5000, 11'800}); // a provider that did not keep to the limit
    QCOMPARE(left(), std::pair(qint64(0), qint64(-6000)));
    const Grant late = bench.take({0, 1});
    QVERIFY(!late.admitted);
    QCOMPARE(late.retryAfter, 60'010ms);
    QCOMPARE(number(late.limit.used), 12'000);
    bench.clock.advance(60'010ms);
    QVERIFY(bench.take({0, 1}).admitted);
}

void TestQuotaPlane::moreOutputThanTheQuotaHoldsIsToldSo()
{
    Bench bench({quotaOf(tenant("acme"), {}, {}, 1000)});
    const Grant refused = bench.take({10, 4000, 2});
    QVERIFY(!refused.admitted);
    QCOMPARE(refused.retryAfter, -1ms);
    QVERIFY(!refused.limit.resetAt);
    QCOMPARE(refused.limit.scope, QStringLiteral("tenant acme"));
    QCOMPARE(refused.limit.estimate, QStringLiteral("4000"));
    QCOMPARE(refused.limit.largestMaxOutputTokens, std::optional<qint64>(500));
    QVERIFY(refused.limit.formula.contains(QStringLiteral("never holds more than 1000")));
    QVERIFY(bench.take({10, 1000, 2}).admitted);
}

void TestQuotaPlane::moreInputThanTheQuotaHoldsNeedsAllOfIt()
{
    Bench bench({quotaOf(tenant("acme"), {}, 6000)});
    Grant huge = bench.take({20'000, 0}); // bytes as a bound: perhaps 5,000 tokens
    QVERIFY(huge.admitted);
    QCOMPARE(bench.plane.status().at(0).inputTokensLeft, std::optional<qint64>(0)); // no more than there was
    huge.lease.settle({5000, 0});
    QCOMPARE(bench.plane.status().at(0).inputTokensLeft, std::optional<qint64>(1000));
    const Grant next = bench.take({20'000, 0});
    QVERIFY(!next.admitted);
    QCOMPARE(next.retryAfter, 50'000ms);
    QVERIFY(next.limit.formula.contains(QStringLiteral("whole quota")));
    bench.clock.advance(next.retryAfter);
    Grant real = bench.take({20'000, 0});
    QVERIFY(real.admitted);
    real.lease.settle({18'000, 0}); // it was that large: the rest is owed
    QCOMPARE(bench.plane.status().at(0).inputTokensLeft, std::optional<qint64>(-12'000));
}

void TestQuotaPlane::theLongestWaitIsTold()
{
    // the one that says "at once" first, as a check that stops at the first would tell it
    Bench bench({quotaOf({}, {}, {}, {}, 6), quotaOf(tenant("acme"), 60), quotaOf(alias("fast"), 6)});
    std::vector<Grant> held;
    for (int i = 0; i < 6; ++i)
        held.push_back(bench.take());
    const Grant refused = bench.take(); // by the alias for 10 s, and by the calls at once
    QCOMPARE(refused.limit.scope, QStringLiteral("alias fast"));
    QCOMPARE(refused.retryAfter, 10'000ms);
    bench.clock.advance(10s);
    QCOMPARE(bench.take().limit.unit, QStringLiteral("calls"));
    held.clear();
    QVERIFY(bench.take().admitted);
}

void TestQuotaPlane::theAdviceIsAdmitted()
{
    QRandomGenerator random(23);
    int advised = 0;
    for (int i = 0; i < 2000; ++i) {
        Bench bench({quotaOf(tenant("acme"), 100, 5000, random.bounded(1, 5000)),
            quotaOf(alias("fast"), {}, {}, random.bounded(1, 5000))});
        Grant before = bench.take({0, random.bounded(0, 3000)});
        bench.clock.advance(milliseconds(random.bounded(0, 5000)));
        const qint64 choices = random.bounded(1, 4);
        const Grant refused = bench.take({10, choices * random.bounded(1, 4000), choices});
        if (refused.admitted || !refused.limit.largestMaxOutputTokens)
            continue;
        ++advised;
        const qint64 each = *refused.limit.largestMaxOutputTokens;
        QVERIFY(!bench.take({10, (each + 1) * choices, choices}).admitted); // it is the largest
        QVERIFY(bench.take({10, each * choices, choices}).admitted);
    }
    QVERIFY(advised > 500);
}

void TestQuotaPlane::aRefusalAddsUp()
{
    QRandomGenerator random(5);
    Bench bench({quotaOf(tenant("acme"), 50, 4000, 3000, 5), quotaOf(alias("fast"), 40, 3000, 4000, 7)});
    std::vector<Grant> open;
    int refusals = 0;
    for (int i = 0; i < 20'000; ++i) {
        bench.clock.advance(milliseconds(random.bounded(0, 1500)));
        const Demand demand{random.bounded(0, 5000), random.bounded(0, 3500)};
        Grant grant = bench.take(demand);
        if (grant.admitted) {
            open.push_back(std::move(grant));
        } else {
            ++refusals;
            QVERIFY(number(grant.limit.used) + number(grant.limit.reserved) + number(grant.limit.estimate) >
                    number(grant.limit.limit));
            QVERIFY(number(grant.limit.reserved) >= 0);
        }
        if (!open.empty() && random.bounded(3) > 0) {
            Grant& ended = open[std::size_t(random.bounded(int(open.size())))];
            ended.lease.settle({random.bounded(0, 3000), random.bounded(0, 3000)});
            std::swap(ended, open.back());
            open.pop_back();
        }
    }
    QVERIFY(refusals > 1000);
}

void TestQuotaPlane::raisedAndLowered()
{
    Bench bench({quotaOf(tenant("acme"), 10)});
    for (int i = 0; i < 10; ++i)
        QVERIFY(bench.take().admitted);
    QVERIFY(!bench.take().admitted);
    const QuotaIndexPtr before = bench.index;
    bench.configure({quotaOf(tenant("acme"), 30)});
    for (int i = 0; i < 20; ++i) // right at once, the difference and no more
        QVERIFY(bench.plane.take(i % 2 ? *before : *bench.index, kCaller, {}).admitted);
    QVERIFY(!bench.plane.take(*before, kCaller, {}).admitted);
    bench.clock.advance(1min);
    bench.configure({quotaOf(tenant("acme"), 2)});
    QVERIFY(bench.take().admitted);
    QVERIFY(bench.take().admitted);
    QVERIFY(!bench.take().admitted);
    bench.configure({quotaOf(tenant("acme"), 2)}); // the same again is no present
    QVERIFY(!bench.take().admitted);
    bench.configure({quotaOf(tenant("acme"), {})});
    QVERIFY(bench.take().admitted);
}

void TestQuotaPlane::removedAndBackInBetween()
{
    const std::vector<QuotaPolicy> quotas{quotaOf(tenant("acme"), {}, {}, {}, 2)};
    Bench bench(quotas);
    Grant first = bench.take();
    Grant second = bench.take();
    bench.configure({});
    QVERIFY(bench.plane.status().empty());
    QVERIFY(bench.take().admitted); // nothing applies now
    bench.configure(quotas);
    QVERIFY(!bench.take().admitted); // the two still run
    first.lease.settle({});
    Grant third = bench.take();
    QVERIFY(third.admitted);
    bench.configure({});
    bench.index.reset();
    second = {};
    third = {}; // the last one to know the quota
    bench.configure(quotas);
    QCOMPARE(bench.plane.status().at(0).running, 0);
    QVERIFY(bench.take().admitted);
}

void TestQuotaPlane::limitedWhileACallRuns()
{
    Bench bench({quotaOf(tenant("acme"), {}, {}, {}, 5)});
    Grant grant = bench.take({3000, 3000});
    bench.configure({quotaOf(tenant("acme"), {}, 1000, 1000, 5)});
    Grant within = bench.take({1000, 1000});
    QVERIFY(within.admitted);
    grant.lease.settle({10, 10}); // took nothing from these buckets, so nothing comes back
    QCOMPARE(bench.plane.status().at(0).inputTokensLeft, std::optional<qint64>(0));
    QCOMPARE(bench.plane.status().at(0).running, 1);
}

void TestQuotaPlane::theIndexFindsWhatApplies()
{
    std::vector<QuotaPolicy> quotas;
    for (int i = 0; i < 5000; ++i)
        quotas.push_back(quotaOf({QStringLiteral("t%1").arg(i), {}, {}, {}, {}}, 1));
    quotas.push_back(quotaOf({QStringLiteral("acme"), {}, {}, QStringLiteral("fast"), {}}, 2));
    quotas.push_back(quotaOf({QStringLiteral("acme"), QStringLiteral("search"), {}, {}, {}}, 3));
    quotas.push_back(quotaOf({{}, {}, QStringLiteral("bot"), {}, {}}, 4));
    quotas.push_back(quotaOf({}, 5));
    quotas.push_back(quotaOf({QStringLiteral("acme"), {}, {}, QStringLiteral("slow"), {}}, 6));
    quotas.push_back(quotaOf({{}, {}, QStringLiteral("other"), {}, {}}, 7));
    quotas.push_back(quotaOf({{}, {}, {}, {}, QStringLiteral("openai")}, 8)); // stands under the provider
    quotas.push_back(quotaOf({}, 9));                                         // the same scope twice: both
    Bench bench(quotas);
    const auto applying = [&](const UsageScope& user) {
        QVector<qint64> limits;
        for (const QuotaStatePtr& state : bench.index->find(user))
            limits.append(*state->policy.requestsPerMinute);
        return limits;
    };
    QCOMPARE(applying(kCaller), QVector<qint64>({2, 3, 4, 5, 9}));
    QCOMPARE(applying({QStringLiteral("t17"), {}, {}, {}, {}}), QVector<qint64>({1, 5, 9}));
    QCOMPARE(applying({}), QVector<qint64>({5, 9}));
}

// Real time runs, so the bound is what could have flowed in meanwhile.
void TestQuotaPlane::eightThreadsNeverTakeTooMuch()
{
    constexpr qint64 kRequests = 3000;
    constexpr qint64 kInput = 60'000;
    constexpr qint64 kOutput = 80'000;
    constexpr int kAtOnce = 5;
    SystemClock clock;
    QuotaPlane plane(clock);
    std::vector<QuotaPolicy> quotas{quotaOf(tenant("acme"), kRequests, kInput, {}, kAtOnce),
        quotaOf(alias("fast"), {}, {}, kOutput), quotaOf({}, kRequests * 2)};
    const Monotonic begin = clock.monotonic();
    QuotaIndexPtr index = plane.configure(quotas);
    std::atomic<qint64> requests = 0;
    std::atomic<qint64> input = 0;
    std::atomic<qint64> output = 0;
    std::atomic<int> running = 0;
    std::atomic<int> mostRunning = 0;
    std::vector<std::thread> threads;
    for (quint32 t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            QRandomGenerator random(100 + t);
            for (int i = 0; i < 5000; ++i) {
                const Demand demand{random.bounded(0, 60), random.bounded(0, 80)};
                Grant grant = plane.take(*index, kCaller, demand);
                if (!grant.admitted)
                    continue;
                const int now = ++running;
                for (int most = mostRunning; now > most && !mostRunning.compare_exchange_weak(most, now);) {
                }
                const bool settles = random.bounded(4) > 0;
                const Demand used{
                    random.bounded(0, int(demand.inputTokens) + 1), random.bounded(0, int(demand.outputTokens) + 1)};
                ++requests;
                if (settles) { // what is not settled was not used
                    input += used.inputTokens;
                    output += used.outputTokens;
                }
                --running; // before the lease is: so that this count is never above the plane's
                if (settles)
                    grant.lease.settle(used);
            }
        });
    }
    for (int i = 0; i < 200; ++i) // in the middle of it, the same config again and again
        plane.configure(quotas);
    for (std::thread& thread : threads)
        thread.join();
    const double minutesPassed = double((clock.monotonic() - begin).count()) / 60e9;
    const auto most = [&](qint64 size) { return double(size) * (1 + minutesPassed) + 1; };
    QVERIFY(double(requests) <= most(kRequests));
    QVERIFY(double(input) <= most(kInput));
    QVERIFY(double(output) <= most(kOutput));
    QVERIFY(mostRunning <= kAtOnce);
    QVERIFY(requests > 500);
    for (const QuotaStatus& status : plane.status())
        QCOMPARE(status.running, 0);
}

// A model beside the plane: random takes, settles, drops and changes of the limits.
void TestQuotaPlane::aThousandHistories()
{
    const quint32 seed = qEnvironmentVariableIsSet("SIGNALBOX_SEED") ? qEnvironmentVariable("SIGNALBOX_SEED").toUInt()
                                                                     : QRandomGenerator::global()->generate();
    qInfo("seed %u (SIGNALBOX_SEED repeats it)", seed);
    QRandomGenerator random(seed);
    struct Call
    {
        Grant grant;
        Demand demand;
    };
    for (int history = 0; history < 1000; ++history) {
        qint64 sizes[3] = {random.bounded(1, 100), random.bounded(1, 5000), random.bounded(1, 5000)};
        qint64 atOnce = random.bounded(1, 8);
        const auto quotas = [&] {
            return std::vector<QuotaPolicy>{quotaOf(tenant("acme"), sizes[0], sizes[1], sizes[2], atOnce)};
        };
        Bench bench(quotas());
        // allowed: what the bucket may have given out net so far, settled debts not counted
        double allowed[3] = {double(sizes[0]), double(sizes[1]), double(sizes[2])};
        double given[3] = {};
        std::vector<Call> open;
        for (int step = 0; step < 80; ++step) {
            const milliseconds passed(random.bounded(3) ? 0 : random.bounded(0, 20'000));
            bench.clock.advance(passed);
            for (int i = 0; i < 3; ++i)
                allowed[i] += double(sizes[i]) * double(passed.count()) / 60'000;
            switch (random.bounded(6)) {
            case 0: {
                for (int i = 0; i < 3; ++i) {
                    const qint64 size = random.bounded(1, i ? 5000 : 100);
                    allowed[i] += double(std::max<qint64>(0, size - sizes[i]));
                    sizes[i] = size;
                }
                atOnce = random.bounded(1, 8);
                bench.configure(quotas());
                break;
            }
            case 1:
            case 2:
                if (!open.empty()) {
                    Call& call = open.back();
                    if (random.bounded(3)) { // usage within the bound
                        const Demand used{random.bounded(0, int(call.demand.inputTokens) + 1),
                            random.bounded(0, int(call.demand.outputTokens) + 1)};
                        given[1] -= double(call.demand.inputTokens - used.inputTokens);
                        given[2] -= double(call.demand.outputTokens - used.outputTokens);
                        call.grant.lease.settle(used);
                    } else {
                        given[1] -= double(call.demand.inputTokens);
                        given[2] -= double(call.demand.outputTokens);
                    }
                    open.pop_back();
                }
                break;
            default: {
                const Demand demand{random.bounded(0, 3000), random.bounded(0, 3000)};
                Grant grant = bench.take(demand);
                if (!grant.admitted)
                    break;
                const Demand taken{std::min(demand.inputTokens, sizes[1]), demand.outputTokens};
                QVERIFY(qint64(open.size()) < atOnce);
                given[0] += 1;
                given[1] += double(taken.inputTokens);
                given[2] += double(taken.outputTokens);
                open.push_back({std::move(grant), taken});
                break;
            }
            }
            for (int i = 0; i < 3; ++i)
                QVERIFY2(
                    given[i] <= allowed[i] + 1e-3, qPrintable(QStringLiteral("history %1, step %2, bucket %3: %4 of %5")
                                                                  .arg(history)
                                                                  .arg(step)
                                                                  .arg(i)
                                                                  .arg(given[i])
                                                                  .arg(allowed[i])));
            QCOMPARE(bench.plane.status().at(0).running, qint64(open.size()));
        }
    }
}

QTEST_GUILESS_MAIN(TestQuotaPlane)
#include "tst_quota_plane.moc"

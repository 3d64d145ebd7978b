// What a replay says in figures, worked out by hand beside it: money with its interval, latency, load per minute,
// budgets; and the run over a record: filter, sample, pieces, gaps, an end before its end.
#include "replay_samples.h"

#include "replay/replay_run.h"
#include "store/call_writer.h"
#include "store/database.h"
#include "store/migrations.h"

#include <QTemporaryDir>

#include <cmath>

using namespace gateway;
using namespace gateway::test;

namespace {

QByteArray prices()
{
    return "version: t-1\n"
           "prices:\n"
           "  - {provider: a, model: m, valid_from: 2026-01-01, input_usd_per_million: '1', output_usd_per_million: "
           "'10'}\n"
           "  - {provider: b, model: m, valid_from: 2026-01-01, input_usd_per_million: '2', output_usd_per_million: "
           "'30'}\n";
}

class World
{
public:
    World()
    {
        QFile file(m_directory.filePath(QStringLiteral("p.yaml")));
        if (file.open(QIODevice::WriteOnly))
            file.write(prices());
    }
    QString database() const { return m_directory.filePath(QStringLiteral("r.db")); }

    // Alias "fast" of one candidate, and what else.
    config::SnapshotPtr config(const QByteArray& candidates, const QByteArray& rest = {}, const QByteArray& limits = {})
    {
        return snapshotOf("signalbox: 1\nproviders:\n"
                          "  - {name: a, kind: openai-compatible, base_url: 'http://127.0.0.1:9/v1'}\n"
                          "  - {name: b, kind: openai-compatible, base_url: 'http://127.0.0.1:9/v1'" +
                          limits + "}\nprices: {book: '" + m_directory.filePath(QStringLiteral("p.yaml")).toUtf8() +
                          "'}\naliases: [{name: fast, candidates: [" + candidates + "]}]\n" + rest);
    }

    bool write(const std::vector<api::Call>& calls)
    {
        auto connection = store::openWriter(database(), false, 0);
        store::CallWriter writer;
        if (!connection || !store::migrate(**connection).ok() || !writer.prepare(**connection).ok() ||
            !(*connection)->transaction())
            return false;
        writer.begin();
        for (const api::Call& call : calls) {
            if (writer.write(call, writer.nextBatch(), 0) != store::CallWriter::Written::New)
                return false;
        }
        return (*connection)->commit();
    }

    api::ReplayReport run(const config::SnapshotPtr& snapshot, QVector<api::ReplayChange>* changes = nullptr,
        const std::function<void(replay::ReplayOrder&)>& change = {})
    {
        replay::ReplayOrder order;
        order.snapshot = snapshot;
        order.databaseFile = database();
        order.filter.sinceMs = kBegin;
        order.filter.untilMs = kBegin + 86'400'000;
        if (change)
            change(order);
        replay::ReplayProgress progress;
        auto outcome = replay::replay(order, progress);
        if (!outcome)
            qFatal("%s", qPrintable(outcome.error().message));
        if (changes)
            *changes = outcome->changes;
        return outcome->report;
    }

private:
    QTemporaryDir m_directory;
};

const QByteArray kOnlyA = "{provider: a, model: m, weight: 1}";
const QByteArray kOnlyB = "{provider: b, model: m, weight: 1}";

// A call answered with these tokens, priced as the engine prices it.
api::Call answered(const SampleEngine& engine, int number, qint64 in, qint64 out, qint64 latencyUs, qint64 atMs = -1)
{
    Asked asked;
    asked.id = QStringLiteral("req_%1").arg(number, 6, 10, QLatin1Char('0'));
    asked.startedMs = atMs >= 0 ? kBegin + atMs : kBegin + number * 1000;
    asked.maxOutputTokens = 100;
    api::Call call = engine.call(asked);
    call.tokens.inUncached = in;
    call.tokens.outText = out;
    call.tokens.source = api::TokenSource::Reported;
    call.cost = api::Money::fromNano(in * 1000 + out * 10'000); // at a's price
    call.endUs = latencyUs;
    return call;
}

} // namespace

class TestReplayFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void moneyMoves();
    void unknownMoneyIsNotZero();
    void latencyMoves();
    void loadPerMinute();
    void budgetsOfThePeriod();
    void filteredAndSampled();
    void moreCallsThanAPiece();
    void toldToStop();
};

void TestReplayFigures::moneyMoves()
{
    World world;
    const SampleEngine engine(world.config(kOnlyA), {});
    std::vector<api::Call> calls;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 40; ++i) {
        calls.push_back(answered(engine, i, 1000, 100 + i, 30'000));
        // a: 0.001 + n * 0.00001; b: 0.002 + n * 0.00003
        const double difference = 0.001 + (100 + i) * 0.00002;
        sum += difference;
        squares += difference * difference;
    }
    QVERIFY(world.write(calls));
    QVector<api::ReplayChange> changes;
    const api::ReplayReport report = world.run(world.config(kOnlyB), &changes);
    QCOMPARE(report.calls, 40);
    QCOMPARE(report.replayable, 40);
    QCOMPARE(report.changed, 40);
    QCOMPARE(report.effects[int(api::ReplayEffect::OtherCandidate)].after, 40);
    QCOMPARE(report.candidates.size(), 2);
    QCOMPARE(report.cost.known, 40);
    QCOMPARE(report.cost.unknown, 0);
    QCOMPARE(report.cost.delta.nano(), std::llround(sum * 1e9));
    const double half = 1.959964 * std::sqrt(40 * (squares - sum * sum / 40) / 39);
    QVERIFY(std::abs(double(report.cost.low->nano()) / 1e9 - (sum - half)) < 1e-8);
    QVERIFY(std::abs(double(report.cost.high->nano()) / 1e9 - (sum + half)) < 1e-8);
    QVERIFY(report.cost.boundAfter > report.cost.boundBefore);
    QCOMPARE(changes.size(), 40);
    QCOMPARE(changes[0].before, QStringLiteral("a/m"));
    QCOMPARE(changes[0].after, QStringLiteral("b/m"));
    QCOMPARE(changes[0].costBefore->toDecimal(), QStringLiteral("0.002"));
    QCOMPARE(changes[0].costAfter->toDecimal(), QStringLiteral("0.005"));
    // nothing moves under the same config, and nothing is made of rounding
    const api::ReplayReport same = world.run(world.config(kOnlyA));
    QCOMPARE(same.changed, 0);
    QCOMPARE(same.cost.delta.nano(), 0);
    QCOMPARE(same.cost.low->nano(), 0);
    QCOMPARE(same.cost.high->nano(), 0);
}

void TestReplayFigures::unknownMoneyIsNotZero()
{
    World world;
    const SampleEngine engine(world.config(kOnlyA), {});
    api::Call unpriced = answered(engine, 1, 10, 10, 1000);
    unpriced.cost.reset();
    QVERIFY(world.write({answered(engine, 0, 10, 10, 1000), unpriced}));
    const api::ReplayReport report = world.run(world.config("{provider: b, model: no-price, weight: 1}"));
    QCOMPARE(report.cost.known, 0);
    QCOMPARE(report.cost.unknown, 2);
    QVERIFY(!report.cost.low); // of too few calls
    // refused costs nothing, and that is known
    const api::ReplayReport refused = world.run(world.config(kOnlyA, "tenants: [{name: other}]\n"), nullptr);
    QCOMPARE(refused.cost.known, 1);
    QCOMPARE(refused.cost.after.nano(), 0);
    QCOMPARE(refused.refusals.size(), 1);
    QCOMPARE(refused.refusals[0].name, QStringLiteral("scope_denied"));
}

void TestReplayFigures::latencyMoves()
{
    World world;
    const SampleEngine onA(world.config(kOnlyA), {});
    const SampleEngine onB(world.config(kOnlyB), {});
    std::vector<api::Call> calls;
    for (int i = 0; i < 60; ++i)
        calls.push_back(answered(onA, i, 1, 1, 200'000));
    for (int i = 60; i < 100; ++i)
        calls.push_back(answered(onB, i, 1, 1, i % 2 ? 110'000 : 90'000));
    QVERIFY(world.write(calls));
    const api::ReplayReport report = world.run(world.config(kOnlyB));
    QCOMPARE(report.latency.known, 100);
    QCOMPARE(report.latency.unknown, 0);
    QVERIFY(std::abs(*report.latency.meanDeltaMs - -60.0) < 0.001); // 60 of 100 calls, 100 ms quicker each
    QVERIFY(*report.latency.lowMs < -60 && *report.latency.highMs > -60);
    QVERIFY(*report.latency.lowMs > -80 && *report.latency.highMs < -40);
    QVERIFY(std::abs(double(*report.latency.p95BeforeMs) - 200) <= 4);
    QVERIFY(*report.latency.p95AfterMs <= 112);
    // too few answers of the new candidate: not known, and not counted as anything
    World few;
    calls.resize(62);
    QVERIFY(few.write(calls));
    const api::ReplayReport unknown = few.run(few.config(kOnlyB));
    QCOMPARE(unknown.latency.unknown, 60);
    QCOMPARE(unknown.latency.known, 2);
}

void TestReplayFigures::loadPerMinute()
{
    World world;
    const SampleEngine engine(world.config(kOnlyA), {});
    std::vector<api::Call> calls;
    const qint64 minute = 60'000 - kBegin % 60'000; // a whole one begins here
    for (int i = 0; i < 5; ++i)
        calls.push_back(answered(engine, i, 1, 1, 1000, minute + i));
    for (int i = 5; i < 8; ++i)
        calls.push_back(answered(engine, i, 1, 1, 1000, minute + 60'000 + i));
    QVERIFY(world.write(calls));
    const api::ReplayReport report =
        world.run(world.config(kOnlyB, {}, ", limits: {requests_per_minute: 4, tokens_per_minute: 1000}"));
    QCOMPARE(report.headroom.size(), 4); // two providers, two units
    const api::ReplayHeadroom& requests = report.headroom[2];
    QCOMPARE(requests.provider, QStringLiteral("b"));
    QCOMPARE(requests.unit, QStringLiteral("requests"));
    QCOMPARE(*requests.limit, 4);
    QCOMPARE(requests.peakBefore, 0);
    QCOMPARE(requests.peakAfter, 5);
    QCOMPARE(requests.minutesOverAfter, 1);
    QCOMPARE(requests.worstAt->toMSecsSinceEpoch(), kBegin + minute);
    const api::ReplayHeadroom& tokens = report.headroom[3];
    QCOMPARE(tokens.peakAfter, 5 * (400 / 4 + 100));
    QCOMPARE(tokens.minutesOverAfter, 0); // exactly the limit
}

void TestReplayFigures::budgetsOfThePeriod()
{
    World world;
    const SampleEngine engine(world.config(kOnlyA), {});
    QVERIFY(world.write({answered(engine, 0, 1000, 100, 1000), answered(engine, 1, 1000, 100, 1000),
        answered(engine, 2, 1000, 100, 1000)}));
    const api::ReplayReport report = world.run(
        world.config(kOnlyB, "tenants: [{name: acme}]\nbudgets:\n"
                             "  - {scope: {tenant: acme}, period: day, amount_usd: '0.012', at_limit: refuse}\n"
                             "  - {scope: {provider: a}, period: day, amount_usd: '1', at_limit: refuse}\n"));
    QCOMPARE(report.budgets.size(), 2);
    QCOMPARE(report.budgets[0].before.toDecimal(), QStringLiteral("0.006"));
    QCOMPARE(report.budgets[0].after.toDecimal(), QStringLiteral("0.015"));
    QCOMPARE(report.budgets[0].reachedAt->toMSecsSinceEpoch(), kBegin + 2000);
    QCOMPARE(report.budgets[1].before.toDecimal(), QStringLiteral("0.006"));
    QCOMPARE(report.budgets[1].after.nano(), 0);
    QVERIFY(!report.budgets[1].reachedAt);
}

void TestReplayFigures::filteredAndSampled()
{
    World world;
    const SampleEngine engine(world.config(kOnlyA), {});
    std::vector<api::Call> calls;
    for (int i = 0; i < 90; ++i) {
        calls.push_back(answered(engine, i, 1, 1, 1000));
        calls.back().tenant = i % 3 == 0 ? QStringLiteral("acme") : QStringLiteral("beta");
    }
    calls.push_back(answered(engine, 90, 1, 1, 1000));
    calls.back().decision = {};
    calls.push_back(answered(engine, 91, 1, 1, 1000, 86'400'000)); // after the end
    QVERIFY(world.write(calls));
    const config::SnapshotPtr b = world.config(kOnlyB);
    const api::ReplayReport all = world.run(b);
    QCOMPARE(all.calls, 91);
    QCOMPARE(all.sampled, 91);
    QCOMPARE(all.replayable, 90);
    QCOMPARE(all.gaps.size(), 1);
    QCOMPARE(all.gaps[0].code, QStringLiteral("not-recorded"));
    QCOMPARE(all.confidence, QStringLiteral("low"));
    const api::ReplayReport ofOne =
        world.run(b, nullptr, [](auto& order) { order.filter.tenant = QStringLiteral("acme"); });
    QCOMPARE(ofOne.calls, 31);
    const api::ReplayReport ofAlias =
        world.run(b, nullptr, [](auto& order) { order.filter.alias = QStringLiteral("none"); });
    QCOMPARE(ofAlias.calls, 0);
    const api::ReplayReport bound = world.run(b, nullptr, [](auto& order) {
        order.filter.tenants = QStringList{QStringLiteral("beta"), QStringLiteral("gone")};
    });
    QCOMPARE(bound.calls, 60);
    QCOMPARE(bound.tenants.size(), 1);
    QVector<api::ReplayChange> changes;
    const api::ReplayReport sampled = world.run(b, &changes, [](auto& order) { order.sample = 10; });
    QCOMPARE(sampled.calls, 91);
    QCOMPARE(sampled.sampled, 10);
    QVERIFY(sampled.headroom.isEmpty());
    QVERIFY(changes.last().startedAt.toMSecsSinceEpoch() > kBegin + 70'000); // spread over all of it
}

void TestReplayFigures::moreCallsThanAPiece()
{
    World world;
    const SampleEngine engine(world.config(kOnlyA), {});
    std::vector<api::Call> calls;
    for (int i = 0; i < 9'001; ++i)
        calls.push_back(answered(engine, i, 1, 1, 1000, i / 7)); // several in each millisecond
    QVERIFY(world.write(calls));
    QVector<api::ReplayChange> changes;
    const api::ReplayReport report = world.run(world.config(kOnlyB), &changes);
    QCOMPARE(report.sampled, 9'001);
    QCOMPARE(report.changed, 9'001);
    QSet<QString> ids;
    for (const api::ReplayChange& change : changes)
        ids.insert(change.call);
    QCOMPARE(ids.size(), 9'001);
}

void TestReplayFigures::toldToStop()
{
    World world;
    const SampleEngine engine(world.config(kOnlyA), {});
    QVERIFY(world.write({answered(engine, 0, 1, 1, 1), answered(engine, 1, 1, 1, 1)}));
    replay::ReplayOrder order;
    order.snapshot = world.config(kOnlyB);
    order.databaseFile = world.database();
    order.filter = {kBegin, kBegin + 86'400'000, {}, {}, {}};
    replay::ReplayProgress progress;
    progress.stop = true;
    const auto outcome = replay::replay(order, progress);
    QVERIFY(outcome);
    QVERIFY(outcome->stopped);
    QCOMPARE(progress.done.load(), 1);
    order.databaseFile = world.database() + QStringLiteral("-not-there");
    QVERIFY(!replay::replay(order, progress));
}

QTEST_GUILESS_MAIN(TestReplayFigures)
#include "tst_replay_figures.moc"

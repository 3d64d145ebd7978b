// replay_bench: how long what-if replay takes over a record of many calls, and whether it is right. Not a test: ctest
// does not run it.
//   replay_bench [CALLS]   100,000 calls without a number; the record is made in the working directory
//   replay_bench facts [TURNS]   what keeping the inputs costs a call: bytes, and CPU of writing the decision with and
//                                without them; for valgrind --tool=callgrind: facts 2000
// The record is made by the engine's own decision code under one config; half of its aliases are changed in the other.
// Reported: wall and CPU time of the replay (this thread's own), and how many predictions differ from what the engine's
// code decides about the same calls under the other config. Exit 1 if one does.
#include "../core/replay/replay_samples.h"

#include "replay/quota_replay.h"
#include "replay/replay_run.h"
#include "store/call_writer.h"
#include "store/database.h"
#include "store/migrations.h"

#include "base/fnv.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QSqlQuery>

#include <cstdio>
#include <cstdlib>
#include <random>

#include <time.h>

using namespace gateway;
using namespace gateway::test;
using routing::Moment;
using std::chrono::milliseconds;

namespace {

constexpr int kProviders = 12;
constexpr int kAliases = 24;
constexpr int kTenants = 60;
constexpr int kApartMs = 860; // 100,000 calls in a day

double cpuSeconds()
{
    timespec time;
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

QByteArray number(int value)
{
    return QByteArray::number(value);
}

// `changed`: the odd aliases have other weights, ceilings, latency budgets and steps; every fifth tenant another zone.
QByteArray configText(bool changed)
{
    const char* const models[] = {"gpt-6-luna", "claude-haiku-4-5-20251001", "gemini-2.5-flash", "command-a-03-2025"};
    const char* const kinds[] = {"openai", "anthropic", "gemini", "cohere"};
    QByteArray text = "signalbox: 1\nzones:\n  - {name: eu, regions: [eu-west-1, eu-central-1], retention: zero}\n"
                      "  - {name: wide, regions: [eu-west-1, eu-central-1, us-east-1], retention: any}\nproviders:\n";
    const char* const regions[] = {"eu-west-1", "us-east-1", "eu-central-1"};
    for (int i = 0; i < kProviders; ++i) {
        text += "  - {name: p" + number(i) + ", kind: " + kinds[i % 4] + ", key: 'env:K', region: " + regions[i % 3] +
                ", retention: zero, limits: {requests_per_minute: 60, tokens_per_minute: 100000}}\n";
    }
    const auto candidate = [&](int provider) {
        return "provider: p" + number(provider % kProviders) + ", model: " + models[provider % 4];
    };
    text += "aliases:\n";
    for (int i = 0; i < kAliases; ++i) {
        const bool other = changed && i % 2 == 1;
        text += "  - name: alias-" + number(i) + "\n    candidates:\n";
        for (int k = 0; k < 3; ++k) {
            const int weight = other ? 10 + k * 40 : 90 - k * 30;
            text += "      - {" + candidate(i + k * 5) + ", weight: " + number(weight) + "}\n";
        }
        text += "    fallback: [{kind: smaller-model, " + candidate(i + (other ? 7 : 8)) + "}, {kind: refuse}]\n";
        if (i % 3 == 0)
            text += "    cost_ceiling_usd: '" + QByteArray(other ? "0.002" : "0.02") + "'\n";
        if (i % 4 == 1)
            text += "    latency_budget_ms: {interactive: " + QByteArray(other ? "700" : "1500") + "}\n";
    }
    text += "tenants:\n";
    for (int i = 0; i < kTenants; ++i) {
        text += "  - {name: tenant-" + number(i) + ", zone: " + (changed && i % 5 == 0 ? "eu" : "wide") +
                ", quota: {requests_per_minute: 6000}}\n";
    }
    return text + "budgets:\n  - {scope: {tenant: tenant-1}, period: day, amount_usd: '1', at_limit: refuse}\n"
                  "  - {scope: {alias: alias-3}, period: hour, amount_usd: '1', at_limit: refuse}\n";
}

Moment healthOf(const config::Candidate& candidate)
{
    const quint64 draw = fnv1a64(candidate.label.toUtf8());
    Moment moment;
    if (draw % 17 == 0)
        moment.breaker = Moment::Breaker::Open;
    moment.p95 = milliseconds(200 + draw / 17 % 1200);
    moment.failurePermille = int(draw / 19 % 120);
    return moment;
}

Asked askedFrom(std::mt19937_64& random, int number)
{
    const auto one = [&](quint64 of) { return random() % of == 0; };
    Asked asked;
    asked.id = QStringLiteral("req_%1").arg(number, 22, 10, QLatin1Char('0'));
    asked.tenant = QStringLiteral("tenant-%1").arg(random() % kTenants);
    asked.alias = QStringLiteral("alias-%1").arg(random() % kAliases);
    asked.startedMs = kBegin + qint64(number) * kApartMs;
    asked.bodyBytes = 200 + qint64(random() % (one(20) ? 200'000 : 4'000));
    asked.stream = one(3);
    if (one(4))
        asked.features.setFlag(transform::Feature::Tools);
    if (one(9))
        asked.features.setFlag(transform::Feature::JsonSchema);
    if (one(2))
        asked.maxOutputTokens = 50 + qint64(random() % 2'000);
    if (one(8))
        asked.ceiling = api::Money::fromNano(1'000'000 + qint64(random() % 20'000'000));
    if (one(8))
        asked.zone = QStringLiteral("eu");
    if (one(3))
        asked.seed = random();
    return asked;
}

int fail(const char* what)
{
    std::fprintf(stderr, "replay_bench: %s\n", what);
    return 1;
}

bool makeRecord(const QString& file, const std::vector<Asked>& asked, const SampleEngine& engine)
{
    auto connection = store::openWriter(file, false, 0);
    store::CallWriter writer;
    if (!connection || !store::migrate(**connection).ok() || !writer.prepare(**connection).ok())
        return false;
    QSqlQuery(**connection).exec(QStringLiteral("PRAGMA synchronous = OFF"));
    for (std::size_t i = 0; i < asked.size();) {
        if (!(*connection)->transaction())
            return false;
        writer.begin();
        const qint64 batch = writer.nextBatch();
        for (int k = 0; k < 2000 && i < asked.size(); ++k, ++i) {
            api::Call call = engine.call(asked[i]);
            if (call.outcome == api::CallOutcome::Answered) {
                call.tokens.inUncached = asked[i].bodyBytes / 4;
                call.tokens.outText = 40 + qint64(i % 300);
                call.tokens.source = api::TokenSource::Reported;
                call.cost = api::Money::fromNano(100'000 + qint64(i % 1000) * 1000);
                call.endUs = 300'000 + qint64(i % 700) * 1000;
                call.firstTokenUs = asked[i].stream ? 120'000 : -1;
                call.finishReason = QStringLiteral("stop");
                api::Attempt attempt;
                attempt.provider = call.servedBy.section(u'/', 0, 0);
                attempt.result = api::AttemptResult::Answered;
                attempt.httpStatus = 200;
                attempt.tokens = call.tokens;
                attempt.cost = call.cost;
                call.attempts.append(attempt);
            }
            if (writer.write(call, batch, 100) != store::CallWriter::Written::New)
                return false;
        }
        if (!(*connection)->commit() || !QSqlQuery(**connection).exec(QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)")))
            return false;
    }
    return true;
}

// As the run does it, decision by decision, beside what is decided under the other config.
int compare(const std::vector<Asked>& asked, const SampleEngine& before, const SampleEngine& after,
    const config::PolicySnapshot& snapshot)
{
    replay::CaseReader reader;
    replay::Neighbours neighbours;
    const replay::Decider decider(snapshot, nullptr);
    qint64 differing = 0;
    qint64 assumed = 0;
    for (const Asked& one : asked) {
        const replay::ReplayCase call = reader.read(before.call(one));
        const replay::Decision predicted = decider.decide(call, &neighbours);
        neighbours.note(call);
        if (predicted.ground.assumed > 0) { // nobody could know; the report counts them
            ++assumed;
            continue;
        }
        const QStringList real = replay::linesOf(reader.read(after.call(one)));
        if (replay::linesOf(predicted) == real)
            continue;
        if (++differing <= 3)
            std::fprintf(stderr, "%s:\n%s\nreal:\n%s\n", qPrintable(call.id),
                qPrintable(replay::linesOf(predicted).join(u'\n')), qPrintable(real.join(u'\n')));
    }
    std::printf(
        "predictions: %zu compared with decisions really taken, %lld differ; %lld with a candidate nobody knew yet\n",
        asked.size() - std::size_t(assumed), static_cast<long long>(differing), static_cast<long long>(assumed));
    return differing == 0 ? 0 : 1;
}

} // namespace

// Not in the namespace above, so that a profiler finds their names.
__attribute__((noinline)) qint64 writeWith(
    const routing::RouteInput& input, const engine::Plan& plan, const engine::CallInputs& inputs)
{
    return engine::textOf(input, plan, 7, {}, &inputs).text().size();
}

__attribute__((noinline)) qint64 writeWithout(const routing::RouteInput& input, const engine::Plan& plan)
{
    return engine::textOf(input, plan, 7).text().size();
}

namespace {

int factsCase(int turns)
{
    const config::SnapshotPtr snapshot = snapshotOf(configText(false));
    for (const bool usual : {true, false}) {
        transform::CallRequest request;
        request.surface = &transform::openAiChat();
        request.body = QByteArray(1319, 'x');
        engine::CallInputs inputs;
        inputs.request = &request;
        if (!usual) {
            request.stream = true;
            request.features = transform::Feature::Tools;
            request.maxOutputTokens = 1024;
            inputs.costCeiling = api::Money::fromNano(50'000'000);
            inputs.seed = 0x123456789abcdef0;
        }
        routing::RouteInput input;
        input.alias = snapshot->aliasByName.value(QStringLiteral("alias-2"));
        input.seed = 1;
        const engine::Plan plan = engine::makePlan(input, true);
        qint64 bytes[2] = {0, 0};
        double seconds[2] = {0, 0};
        for (int round = 0; round < 10; ++round) { // in turns, so that what disturbs disturbs both
            double begun = cpuSeconds();
            for (int i = 0; i < turns / 10; ++i)
                bytes[0] = writeWithout(input, plan);
            seconds[0] += cpuSeconds() - begun;
            begun = cpuSeconds();
            for (int i = 0; i < turns / 10; ++i)
                bytes[1] = writeWith(input, plan, inputs);
            seconds[1] += cpuSeconds() - begun;
        }
        std::printf("%s: %lld bytes without, %lld with (+%lld); %.0f ns without, %.0f ns with (+%.0f)\n",
            usual ? "the usual call" : "tools, stream, limit, ceiling, own request id",
            static_cast<long long>(bytes[0]), static_cast<long long>(bytes[1]),
            static_cast<long long>(bytes[1] - bytes[0]), seconds[0] / turns * 1e9, seconds[1] / turns * 1e9,
            (seconds[1] - seconds[0]) / turns * 1e9);
    }
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (argc > 1 && qstrcmp(argv[1], "facts") == 0)
        return factsCase(argc > 2 ? std::max(10, std::atoi(argv[2])) : 500'000);
    const int calls = argc > 1 ? std::atoi(argv[1]) : 100'000;
    if (calls < 1)
        return fail("[CALLS]");
    const QString file = QStringLiteral("replay_bench.db");
    const auto remove = [&] {
        for (const char* suffix : {"", "-wal", "-shm"})
            QFile::remove(file + QLatin1String(suffix));
    };
    remove();
    std::mt19937_64 random(20261123);
    std::vector<Asked> asked;
    for (int i = 0; i < calls; ++i)
        asked.push_back(askedFrom(random, i));
    const config::SnapshotPtr a = snapshotOf(configText(false));
    const config::SnapshotPtr b = snapshotOf(configText(true));
    const SampleEngine before(a, healthOf);
    const SampleEngine after(b, healthOf);
    if (!makeRecord(file, asked, before))
        return fail("the record cannot be made");

    replay::ReplayOrder order;
    order.snapshot = b;
    order.databaseFile = file;
    order.filter.sinceMs = kBegin;
    order.filter.untilMs = kBegin + qint64(calls) * kApartMs + 1;
    replay::ReplayProgress progress;
    QElapsedTimer wall;
    wall.start();
    const double begun = cpuSeconds();
    const auto outcome = replay::replay(order, progress);
    const double cpu = cpuSeconds() - begun;
    const double seconds = double(wall.elapsed()) / 1000;
    if (!outcome)
        return fail(qPrintable(outcome.error().message));
    std::printf("replay: %d calls (%lld MiB) in %.2f s wall, %.2f s CPU of one thread, %.0f calls a second\n", calls,
        static_cast<long long>(QFileInfo(file).size() >> 20), seconds, cpu, double(calls) / seconds);
    std::printf("%s\n", qPrintable(outcome->report.sentence));
    const int verdict = compare(asked, before, after, *b);
    remove();
    return verdict;
}

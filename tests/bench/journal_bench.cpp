// journal_bench: what recording a call costs. In turn: one lone committed record after the other (p50, p99); records at
// a steady rate, and as fast as they come, with the journal alone (a Journal, no database) and with journal and filing
// (a Store). Prints records per second and CPU microseconds per record, by thread. Not a test: ctest does not run it.
//   journal_bench [RECORDS] [DIRECTORY] [RATE]
#include "store/call_codec.h"
#include "store/journal.h"
#include "store/store.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

using namespace gateway;
using namespace gateway::store;

namespace {

std::shared_ptr<const api::Call> call(int number)
{
    auto call = std::make_shared<api::Call>();
    call->id = QStringLiteral("req_%1").arg(number, 26, 10, QLatin1Char('0'));
    call->startedAt = QDateTime::fromMSecsSinceEpoch(1'795'305'600'000 + number, Qt::UTC);
    call->tenant = QStringLiteral("acme");
    call->credential = QStringLiteral("0abc0abc0abc");
    call->surface = QStringLiteral("openai.chat");
    call->alias = QStringLiteral("fast");
    call->outcome = api::CallOutcome::Answered;
    call->httpStatus = 200;
    call->servedBy = QStringLiteral("mock/small@local");
    call->tokens.inUncached = 250;
    call->tokens.outText = 64;
    call->tokens.source = api::TokenSource::Reported;
    call->costEstimated = api::Money::fromNano(1'234'567);
    call->cost = api::Money::fromNano(987'000);
    call->priceBook = QStringLiteral("1+abcdef");
    call->finishReason = QStringLiteral("stop");
    call->receivedUs = 40;
    call->authenticatedUs = 60;
    call->routedUs = 100;
    call->firstByteUs = 900;
    call->endUs = 950;
    call->overheadUs = 120;
    call->requestBytes = 1100;
    call->responseBytes = 700;
    call->decision = api::JsonText::fromText(
        R"({"candidates":[{"candidate":"mock/small@local","weight":1,"verdict":"chosen"}],"why":"weight"})");
    api::Attempt attempt;
    attempt.provider = QStringLiteral("mock");
    attempt.model = QStringLiteral("small");
    attempt.region = QStringLiteral("local");
    attempt.result = api::AttemptResult::Answered;
    attempt.httpStatus = 200;
    attempt.modelReported = QStringLiteral("small-2026");
    attempt.finishReason = QStringLiteral("stop");
    attempt.connectionReused = true;
    attempt.startUs = 100;
    attempt.sentUs = 130;
    attempt.firstByteUs = 880;
    attempt.endUs = 890;
    attempt.tokens = call->tokens;
    attempt.costEstimated = call->costEstimated;
    attempt.cost = call->cost;
    call->attempts.append(attempt);
    return call;
}

class Sink final : public audit::CommitSink
{
public:
    void recordsSettled(std::vector<audit::Acknowledgement> acknowledgements) override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_settled += int(acknowledgements.size());
            ++m_batches;
        }
        m_changed.notify_one();
    }
    void waitFor(int count)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_settled >= count; });
    }
    int batches()
    {
        const std::lock_guard lock(m_mutex);
        return m_batches;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_settled = 0;
    int m_batches = 0;
};

struct Used
{
    double cpuUs = 0;
    qint64 switches = 0;
};

// Of each thread of this process, by name; threads of one name are added up.
std::map<QByteArray, Used> used()
{
    std::map<QByteArray, Used> all;
    for (const QString& id : QDir(QStringLiteral("/proc/self/task")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const auto read = [&](const char* name) {
            QFile file(QStringLiteral("/proc/self/task/%1/%2").arg(id, QLatin1String(name)));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        Used& thread = all[read("comm").trimmed()];
        thread.cpuUs += read("schedstat").split(' ').value(0).toDouble() / 1000;
        for (const QByteArray& line : read("status").split('\n')) {
            if (line.contains("ctxt_switches"))
                thread.switches += line.split('\t').value(1).toLongLong();
        }
    }
    return all;
}

void report(const char* what, int records, double seconds, std::map<QByteArray, Used> before)
{
    std::printf("%-28s %8.0f records/s  CPU us/record (switches/record):", what, records / seconds);
    for (const auto& [name, now] : used()) {
        const double cpu = (now.cpuUs - before[name].cpuUs) / records;
        const double switches = double(now.switches - before[name].switches) / records;
        if (cpu >= 0.05)
            std::printf("  %s %.1f (%.2f)", name.constData(), cpu, switches);
    }
    std::printf("\n");
}

void percentiles(const char* what, std::vector<double> us)
{
    std::sort(us.begin(), us.end());
    std::printf(
        "%-28s p50 %.0f us  p99 %.0f us  max %.0f us\n", what, us[us.size() / 2], us[us.size() * 99 / 100], us.back());
}

void journalAlone(const QString& directory, int records)
{
    auto journal = Journal::open({directory + QStringLiteral("/alone"), 1 << 30, {}});
    if (!journal)
        qFatal("%s", qPrintable(journal.error().message));
    (*journal)->provide();
    std::vector<audit::Durability> durabilities;
    for (const int batch : {1, 4, 16, 64}) {
        const int count = std::min(records, 500 * batch);
        std::vector<std::vector<PendingRecord>> batches;
        for (int i = 0; i < count; i += batch) {
            auto& one = batches.emplace_back();
            for (int k = 0; k < batch; ++k)
                one.push_back({call(i + k), nullptr, 0, {}});
        }
        std::vector<double> us;
        const auto before = used();
        QElapsedTimer whole;
        whole.start();
        for (const auto& one : batches) {
            QElapsedTimer timer;
            timer.start();
            (*journal)->append(one, durabilities);
            us.push_back(double(timer.nsecsElapsed()) / 1000);
            (*journal)->release((*journal)->lastDurable());
        }
        const QByteArray name = "journal alone, batches of " + QByteArray::number(batch);
        report(name.constData(), count, double(whole.nsecsElapsed()) / 1e9, before);
        percentiles("  a write", us);
    }
}

void throughStore(const QString& directory, int records, int rate)
{
    StoreOptions options;
    options.directory = directory + QStringLiteral("/store");
    auto opened = Store::open(options);
    if (!opened)
        qFatal("%s", qPrintable(opened.error().message));
    const std::unique_ptr<Store> store = std::move(*opened);
    int number = 0;
    Sink lone;
    std::vector<double> us;
    auto before = used();
    QElapsedTimer whole;
    whole.start();
    for (int i = 0; i < std::min(records, 2000); ++i) {
        auto one = call(number++);
        QElapsedTimer timer;
        timer.start();
        store->record(std::move(one), &lone, 0);
        lone.waitFor(i + 1);
        us.push_back(double(timer.nsecsElapsed()) / 1000);
    }
    store->waitUntilFiled(std::chrono::seconds(60));
    report("store, one at a time", int(us.size()), double(whole.nsecsElapsed()) / 1e9, before);
    percentiles("  a lone committed record", us);

    for (const int perSecond : {rate, 0}) {
        std::vector<std::shared_ptr<const api::Call>> calls;
        for (int i = 0; i < records; ++i)
            calls.push_back(call(number++));
        Sink sink;
        before = used();
        whole.restart();
        for (int i = 0; i < records; ++i) {
            if (perSecond > 0) {
                const qint64 due = qint64(i) * 1'000'000'000 / perSecond;
                while (whole.nsecsElapsed() < due)
                    std::this_thread::sleep_for(std::chrono::microseconds(100));
            }
            store->record(std::move(calls[std::size_t(i)]), &sink, quint64(i));
        }
        sink.waitFor(records);
        const double acknowledged = double(whole.nsecsElapsed()) / 1e9;
        store->waitUntilFiled(std::chrono::seconds(600));
        const QByteArray name =
            perSecond > 0 ? "store, " + QByteArray::number(perSecond) + " a second" : "store, at once";
        report(name.constData(), records, acknowledged, before);
        std::printf("  acknowledged in batches of %.1f; all filed after %.2f s, that is %.0f records/s\n",
            double(records) / sink.batches(), double(whole.nsecsElapsed()) / 1e9,
            records / (double(whole.nsecsElapsed()) / 1e9));
    }
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    const int records = argc > 1 ? std::atoi(argv[1]) : 20'000;
    QTemporaryDir directory(
        (argc > 2 ? QString::fromLocal8Bit(argv[2]) : QDir::currentPath()) + QStringLiteral("/journal_bench-XXXXXX"));
    const int rate = argc > 3 ? std::atoi(argv[3]) : 4'000;
    std::printf(
        "%d records in %s; one of them is %d bytes in the journal\n", records, qPrintable(directory.path()), int([] {
            QByteArray bytes;
            encodeCall(*call(1), bytes);
            return bytes.size();
        }()));
    journalAlone(directory.path(), records);
    throughStore(directory.path(), records, rate);
    return 0;
}

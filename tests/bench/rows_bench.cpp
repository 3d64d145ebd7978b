// rows_bench: what filing one call costs, and what reading many costs. Not a test: ctest does not run it.
//   rows_bench file [RECORDS]        CPU us per record by batch size, a call with one attempt, in the working directory
//   rows_bench file RECORDS BATCH    one batch size alone: for valgrind --tool=callgrind --toggle-collect=fileAll*
//   rows_bench make FILE RECORDS     a database to read; starts 86 ms apart, so a million make a day
//   rows_bench fold FILE             what folding its calls into the sums costs, 5,000 at a time
//   rows_bench read FILE             pages, sums, zones, a stream over all; CPU ms and how much memory grew
// CPU is this thread's own (CLOCK_THREAD_CPUTIME_ID), so other programs disturb it little; commits are synced.
#include "store/call_fold.h"
#include "store/call_reader.h"
#include "store/call_summary_reader.h"
#include "store/call_writer.h"
#include "store/database.h"
#include "store/migrations.h"
#include "store/spend_fold.h"
#include "store/zone_scan.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QSqlQuery>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <time.h>

using namespace gateway;
using namespace gateway::store;

namespace {

constexpr qint64 kStart = 1'795'305'600'000;
constexpr qint64 kApartMs = 86;

double cpuUs()
{
    timespec time;
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e6 + double(time.tv_nsec) / 1e3;
}

long residentKiB()
{
    long pages = 0;
    if (FILE* const file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%*d %ld", &pages) != 1)
            pages = 0;
        std::fclose(file);
    }
    return pages * 4;
}

// As the engine writes them for a caller of chat completions; ids rise with time and end in what looks drawn.
api::Call callOf(qint64 i)
{
    api::Call call;
    const quint64 drawn = quint64(i) * 0x9e3779b97f4a7c15u;
    call.id = QStringLiteral("req_%1%2")
                  .arg(kStart + i * kApartMs, 10, 32, QLatin1Char('0'))
                  .arg(drawn, 16, 16, QLatin1Char('0'))
                  .toUpper();
    call.startedAt = QDateTime::fromMSecsSinceEpoch(kStart + i * kApartMs, Qt::UTC);
    call.tenant = QStringLiteral("tenant-%1").arg(drawn % 50);
    call.feature = QStringLiteral("feature-%1").arg(drawn / 50 % 20);
    call.credential = QStringLiteral("cred%1").arg(drawn % 300, 8, 10, QLatin1Char('0'));
    call.surface = QStringLiteral("openai.chat");
    call.alias = QStringLiteral("alias-%1").arg(drawn / 7 % 12);
    call.zone = QStringLiteral("eu-only");
    call.revision = 7;
    call.outcome = drawn % 97 ? api::CallOutcome::Answered : api::CallOutcome::Failed;
    call.error = drawn % 97 ? api::ErrorCode::None : api::ErrorCode::ProviderOverloaded;
    call.httpStatus = drawn % 97 ? 200 : 503;
    call.servedBy = drawn % 97 ? QStringLiteral("openai-eu/gpt-1@eu-west-1") : QString();
    call.tokens.inUncached = 900;
    call.tokens.outText = 120;
    call.tokens.source = api::TokenSource::Reported;
    call.costEstimated = api::Money::fromNano(2'000'000);
    call.cost = api::Money::fromNano(1'670'000 + qint64(drawn % 1000));
    call.priceBook = QStringLiteral("2026-11-22+929062bb2b6f");
    call.finishReason = QStringLiteral("stop");
    call.receivedUs = 39;
    call.authenticatedUs = 96;
    call.routedUs = 226;
    call.endUs = 13'992;
    call.overheadUs = 284;
    call.requestBytes = 1319;
    call.responseBytes = 2300;
    static const QJsonObject decision{{QStringLiteral("alias"), QStringLiteral("alias-1")},
        {QStringLiteral("reason"), QStringLiteral("drawn by score 100000; may serve when those before it fail")},
        {QStringLiteral("candidates"), QString(150, QLatin1Char('c'))}, {QStringLiteral("snapshot_revision"), 7}};
    call.decision = decision;
    api::Attempt attempt;
    attempt.provider = drawn % 1000 ? QStringLiteral("openai-eu") : QStringLiteral("mistral");
    attempt.model = QStringLiteral("gpt-1");
    attempt.region = QStringLiteral("eu-west-1");
    attempt.result = drawn % 97 ? api::AttemptResult::Answered : api::AttemptResult::Failed;
    attempt.httpStatus = 200;
    attempt.upstreamRequestId = QStringLiteral("chatcmpl-%1").arg(drawn, 24, 16, QLatin1Char('0'));
    attempt.modelReported = QStringLiteral("gpt-1-2026-09-01");
    attempt.finishReason = QStringLiteral("stop");
    attempt.connectionReused = true;
    attempt.startUs = 302;
    attempt.connectedUs = 302;
    attempt.sentUs = 307;
    attempt.firstByteUs = 13'899;
    attempt.endUs = 13'971;
    attempt.bytesSent = 1367;
    attempt.bytesReceived = 2455;
    attempt.tokens = call.tokens;
    attempt.costEstimated = call.costEstimated;
    attempt.cost = call.cost;
    call.attempts.append(attempt);
    return call;
}

bool checkpoint(Connection& connection)
{
    return QSqlQuery(*connection).exec(QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)"));
}

} // namespace

// Not in the namespace above, so that a profiler finds its name.
__attribute__((noinline)) bool fileAll(
    Connection& connection, CallWriter& writer, const std::vector<api::Call>& calls, int batch)
{
    for (std::size_t i = 0; i < calls.size();) {
        if (!connection->transaction())
            return false;
        writer.begin();
        if (!writer.beginLog(kStart))
            return false;
        const qint64 number = writer.nextBatch();
        std::size_t left = std::min(std::size_t(batch), calls.size() - i);
        for (; left >= CallWriter::kTogether; left -= CallWriter::kTogether) { // as filing does
            std::array<CallWriter::Row, CallWriter::kTogether> rows;
            for (CallWriter::Row& row : rows)
                row = {&calls[i++], number, 100};
            if (writer.writeTogether(rows) != CallWriter::Written::New)
                return false;
        }
        for (; left > 0; --left) {
            if (writer.write(calls[i++], number, 100) != CallWriter::Written::New)
                return false;
        }
        if (!writer.flushLog() || !writer.writeDuration(number, 500) || !connection->commit())
            return false;
    }
    return true;
}

namespace {

int fail(const char* what)
{
    std::fprintf(stderr, "rows_bench: %s\n", what);
    return 1;
}

int fileCase(int records, int batch)
{
    const QString name = QStringLiteral("rows_bench.db");
    const auto remove = [&] {
        for (const char* suffix : {"", "-wal", "-shm"})
            QFile::remove(name + QLatin1String(suffix));
    };
    remove();
    {
        auto connection = openWriter(name, false, 0);
        CallWriter writer;
        if (!connection || !migrate(**connection).ok() || !writer.prepare(**connection).ok() ||
            !QSqlQuery(**connection).exec(QStringLiteral("PRAGMA synchronous = FULL")))
            return fail("the database cannot be made");
        std::vector<api::Call> calls;
        for (int i = 0; i < records; ++i)
            calls.push_back(callOf(i));
        QElapsedTimer wall;
        wall.start();
        const double begun = cpuUs();
        if (!fileAll(*connection, writer, calls, batch))
            return fail("a record cannot be filed");
        const double filed = cpuUs();
        const qint64 wallUs = wall.nsecsElapsed() / 1000;
        checkpoint(*connection);
        const double copied = cpuUs();
        std::printf("%5d  %8.1f  %8.1f  %8.1f  %8lld\n", batch, (filed - begun) / records, (copied - filed) / records,
            double(wallUs) / records, static_cast<long long>(QFileInfo(name).size() / records));
    }
    remove();
    return 0;
}

int makeCase(const QString& file, qint64 records)
{
    auto connection = openWriter(file, false, 0);
    CallWriter writer;
    if (!connection || !migrate(**connection).ok() || !writer.prepare(**connection).ok())
        return fail("the database cannot be made");
    QSqlQuery(**connection).exec(QStringLiteral("PRAGMA synchronous = OFF"));
    std::vector<api::Call> calls;
    for (qint64 i = 0; i < records; ++i) {
        calls.push_back(callOf(i));
        if (calls.size() < 10'000 && i + 1 < records)
            continue;
        if (!fileAll(*connection, writer, calls, 1000) || !checkpoint(*connection))
            return fail("a record cannot be filed");
        calls.clear();
    }
    return 0;
}

int foldCase(const QString& file)
{
    auto connection = openWriter(file, true, 0);
    if (!connection || !migrate(**connection).ok())
        return fail("the database cannot be opened");
    const auto all = [&](const char* what, auto step) {
        qint64 folded = 0;
        double cpu = 0;
        double longest = 0;
        for (std::optional<qint64> done = 1; done && *done > 0; folded += done.value_or(0)) {
            const double begun = cpuUs();
            if (!(*connection)->transaction())
                return;
            done = step(**connection, 5000);
            (*connection)->commit();
            const double took = cpuUs() - begun;
            cpu += took;
            longest = std::max(longest, took);
            checkpoint(*connection);
        }
        std::printf("%s: %lld calls, %.2f us CPU each, longest step %.1f ms\n", what, static_cast<long long>(folded),
            cpu / double(std::max<qint64>(folded, 1)), longest / 1000);
    };
    all("spend", foldSpend);
    all("calls", foldCalls);
    return 0;
}

template <typename Work>
void timed(const char* what, Work work)
{
    QElapsedTimer wall;
    wall.start();
    const double begun = cpuUs();
    const QString said = work();
    std::printf("%-44s %9.1f ms CPU %8lld ms wall  %s\n", what, (cpuUs() - begun) / 1000,
        static_cast<long long>(wall.elapsed()), qPrintable(said));
    std::fflush(stdout);
}

QString said(const api::Result<api::CallPage>& page)
{
    return page ? QStringLiteral("%1 of %2").arg(page->calls.size()).arg(page->total) : page.error().message;
}

int readCase(const QString& file)
{
    auto reader = CallReader::open(file);
    auto summaries = CallSummaryReader::open(file);
    if (!reader || !summaries)
        return fail("the database cannot be read");
    if (!(*reader)->list({}))
        return fail("the database cannot be read");
    const auto page = [&](const char* what, auto change) {
        timed(what, [&] {
            api::CallQuery query;
            change(query);
            return said((*reader)->list(query));
        });
    };
    page("page of 100, newest", [](api::CallQuery&) {});
    page("page, in the middle",
        [](api::CallQuery& q) { q.before = QStringLiteral("%1_1").arg(kStart + 500'000 * kApartMs); });
    page("page, tenant", [](api::CallQuery& q) { q.tenant = QStringLiteral("tenant-7"); });
    page("page, alias", [](api::CallQuery& q) { q.alias = QStringLiteral("alias-3"); });
    page("page, alias nobody uses", [](api::CallQuery& q) { q.alias = QStringLiteral("none"); });
    page("page, failed", [](api::CallQuery& q) { q.outcome = api::CallOutcome::Failed; });
    page("page, truncated (there are none)", [](api::CallQuery& q) { q.outcome = api::CallOutcome::Truncated; });
    page("page, provider", [](api::CallQuery& q) { q.provider = QStringLiteral("openai-eu"); });
    page("page, provider of one in 1,000", [](api::CallQuery& q) { q.provider = QStringLiteral("mistral"); });
    page("page, provider nobody uses", [](api::CallQuery& q) { q.provider = QStringLiteral("none"); });
    for (const int step : {0, 3600, 215}) {
        for (const char* by : {"outcome", "tenant", "provider", "feature", "credential"}) {
            const QByteArray what = "sum by " + QByteArray(by) + ", steps of " + QByteArray::number(step) + " s";
            timed(what.constData(), [&] {
                api::CallSummaryQuery query;
                query.filter.since = QDateTime::fromMSecsSinceEpoch(kStart - 1'800'000, Qt::UTC);
                query.filter.until = query.filter.since->addDays(30);
                query.by = QLatin1String(by);
                query.stepSeconds = step;
                const auto sum = (*summaries)->summary(query, {}, std::chrono::minutes(5));
                return sum ? QStringLiteral("%1 calls, %2 rows").arg(sum->total).arg(sum->rows.size())
                           : sum.error().message;
            });
        }
    }
    timed("zone check, every attempt", [&] {
        ZoneScan scan;
        scan.sinceMs = kStart;
        scan.untilMs = kStart + qint64(30) * 86'400'000;
        const auto read = advance(scan, file, std::chrono::minutes(5));
        return read ? QStringLiteral("%1 attempts, %2 groups").arg(scan.attempts).arg(scan.groups.size())
                    : read.error().message;
    });
    const long before = residentKiB();
    timed("export: every call, oldest first", [&] {
        qint64 calls = 0;
        const auto read = (*reader)->recent(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC), [&](const api::Call&) {
            ++calls;
            return true;
        });
        return read ? QStringLiteral("%1 calls, memory grew by %2 KiB").arg(calls).arg(residentKiB() - before)
                    : read.error().message;
    });
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const QByteArray what = argc > 1 ? argv[1] : "file";
    if (what == "make" && argc == 4)
        return makeCase(QString::fromLocal8Bit(argv[2]), std::atoll(argv[3]));
    if (what == "fold" && argc == 3)
        return foldCase(QString::fromLocal8Bit(argv[2]));
    if (what == "read" && argc == 3)
        return readCase(QString::fromLocal8Bit(argv[2]));
    if (what != "file")
        return fail("file [RECORDS [BATCH]], make FILE RECORDS, fold FILE, read FILE");
    const int records = argc > 2 ? std::atoi(argv[2]) : 20'000;
    std::printf("batch  CPU us/record  checkpoint us/record  wall us/record  bytes/record\n");
    if (argc > 3)
        return fileCase(records, std::max(1, std::atoi(argv[3])));
    for (const int batch : {1, 8, 64, 512}) {
        if (const int failed = fileCase(records, batch); failed != 0)
            return failed;
    }
    return 0;
}

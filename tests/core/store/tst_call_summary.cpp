// Sums over the record: counted right against the calls themselves, by every property and filter; many keys are cut to
// a hundred and the rest is summed; too much is given up. What is folded answers as the calls themselves do. (How fast:
// tests/bench/rows_bench.)
#include "store/call_fold.h"
#include "store/call_reader.h"
#include "store/call_summary_reader.h"
#include "store/call_writer.h"
#include "store/database.h"
#include "store/migrations.h"
#include "store/running_sums.h"
#include "store/spend_fold.h"
#include "store/zone_scan.h"
#include "store_fixture.h"

#include <QSqlRecord>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace gateway;
using namespace gateway::store;

namespace {

constexpr qint64 kStart = 1'795'305'600'000;
constexpr int kCalls = 600;

QDateTime at(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

std::shared_ptr<api::Call> callOf(int i)
{
    auto call = sampleCall(QStringLiteral("req_%1").arg(i, 4, 10, QLatin1Char('0')), kStart + i * 1000);
    call->tenant = i % 3 ? QStringLiteral("acme") : QStringLiteral("demo");
    call->alias = i % 5 ? QStringLiteral("chat") : QStringLiteral("sum");
    call->feature = QStringLiteral("f%1").arg(i % 150);
    call->outcome = i % 10 ? api::CallOutcome::Answered : api::CallOutcome::Refused;
    call->servedBy = i % 10 ? QStringLiteral("p%1/m@r").arg(i % 4) : QString();
    if (i % 7 == 0)
        call->cost.reset();
    if (i % 10 == 0) {
        call->attempts.clear();
        call->cost.reset();
    }
    return call;
}

api::CallSummaryQuery whole(const char* by)
{
    api::CallSummaryQuery query;
    query.filter.since = at(kStart);
    query.filter.until = at(kStart + kCalls * 1000);
    query.by = QString::fromLatin1(by);
    return query;
}

} // namespace

class TestCallSummary : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    std::unique_ptr<Store> m_store;
    std::unique_ptr<CallSummaryReader> m_reader;

    api::CallSummary sum(const api::CallSummaryQuery& query, const QStringList& tenants = {})
    {
        const auto answer = m_reader->summary(query, tenants);
        if (!answer)
            qWarning("%s", qPrintable(answer.error().message));
        return answer ? *answer : api::CallSummary();
    }

private Q_SLOTS:
    void initTestCase();
    void agreesWithTheCalls_data();
    void agreesWithTheCalls();
    void bucketsBeginAtMultiples();
    void filtersFilter();
    void manyKeysAreCut();
    void anIndexIsUsed();
    void tooMuchIsGivenUp();
    void attemptsAreCountedByEndpoint();
    void foldedIsAsCounted_data();
    void foldedIsAsCounted();
    void foldedIsAsFiled();
    void lateCallsAreCounted();
    void aStepIsWholeOrNotAtAll();
};

void TestCallSummary::initTestCase()
{
    m_store = openStore(m_directory.path());
    QVERIFY(m_store);
    for (int i = 0; i < kCalls; ++i)
        m_store->record(callOf(i), nullptr, 0);
    QVERIFY(m_store->submitAndWait([](QSqlDatabase&) { return true; }));
    auto reader = CallSummaryReader::open(m_store->databaseFile());
    QVERIFY(reader.ok());
    m_reader = std::move(*reader);
}

void TestCallSummary::agreesWithTheCalls_data()
{
    QTest::addColumn<QByteArray>("by");
    for (const char* by : {"outcome", "tenant", "alias", "provider", "credential", "error_code"})
        QTest::newRow(by) << QByteArray(by);
}

// Counted a second time here, call by call.
void TestCallSummary::agreesWithTheCalls()
{
    QFETCH(QByteArray, by);
    QHash<QString, api::CallSummaryRow> expected;
    for (int i = 0; i < kCalls; ++i) {
        const auto call = callOf(i);
        const QString key = by == "outcome"    ? api::nameOf(call->outcome)
                            : by == "tenant"   ? call->tenant
                            : by == "alias"    ? call->alias
                            : by == "provider" ? call->servedBy.section(QLatin1Char('/'), 0, 0)
                            : by == "credential"
                                ? call->credential
                                : (call->error == api::ErrorCode::None ? QString() : api::nameOf(call->error));
        api::CallSummaryRow& row = expected[key];
        ++row.calls;
        row.answered += call->outcome == api::CallOutcome::Answered;
        row.unpriced += !call->cost && call->tokens.input() + call->tokens.output() > 0;
        if (call->cost)
            row.cost = row.cost.value_or(api::Money()).plus(*call->cost);
        row.inputTokens += call->tokens.input();
        row.outputTokens += call->tokens.output();
    }
    const api::CallSummary summary = sum(whole(by.constData()));
    QCOMPARE(summary.total, kCalls);
    QVERIFY(!summary.cut);
    QCOMPARE(summary.rows.size(), expected.size());
    for (const api::CallSummaryRow& row : summary.rows) {
        const api::CallSummaryRow& right = expected[row.key];
        QCOMPARE(row.calls, right.calls);
        QCOMPARE(row.answered, right.answered);
        QCOMPARE(row.unpriced, right.unpriced);
        QCOMPARE(row.cost.has_value(), right.cost.has_value());
        if (row.cost)
            QCOMPARE(row.cost->nano(), right.cost->nano());
        QCOMPARE(row.inputTokens, right.inputTokens);
        QCOMPARE(row.outputTokens, right.outputTokens);
        QCOMPARE(row.start, at(kStart));
    }
}

void TestCallSummary::bucketsBeginAtMultiples()
{
    api::CallSummaryQuery query = whole("tenant");
    query.stepSeconds = 60;
    query.filter.since = at(kStart + 30'000); // in the middle of the first
    const api::CallSummary summary = sum(query);
    QCOMPARE(summary.rows.size(), 20); // ten minutes, two tenants each
    QCOMPARE(summary.rows.first().start, at(kStart));
    qint64 calls = 0;
    for (int i = 0; i < summary.rows.size(); ++i) {
        QCOMPARE(summary.rows[i].start.toSecsSinceEpoch() % 60, 0);
        if (i > 0 && summary.rows[i].start == summary.rows[i - 1].start)
            QVERIFY(summary.rows[i].calls <= summary.rows[i - 1].calls);
        calls += summary.rows[i].calls;
    }
    QCOMPARE(calls, kCalls - 30);
    QCOMPARE(summary.total, calls);
}

void TestCallSummary::filtersFilter()
{
    api::CallSummaryQuery query = whole("outcome");
    query.filter.tenant = QStringLiteral("demo");
    QCOMPARE(sum(query).total, 200);
    query.filter.outcome = api::CallOutcome::Refused;
    QCOMPARE(sum(query).total, 20);
    query = whole("outcome");
    query.filter.alias = QStringLiteral("sum");
    QCOMPARE(sum(query).total, 120);
    query = whole("outcome");
    query.filter.provider = QStringLiteral("p2"); // an attempt at it, answered or not
    QCOMPARE(sum(query).total, 540);
    query = whole("outcome");
    query.filter.until = at(kStart + 1000);
    QCOMPARE(sum(query).total, 1);
    // a bound reader's tenants, beside what it asks for
    QCOMPARE(sum(whole("tenant"), {QStringLiteral("demo")}).total, 200);
    QCOMPARE(sum(whole("tenant"), {QStringLiteral("demo"), QStringLiteral("acme")}).total, 600);
    query = whole("tenant");
    query.filter.tenant = QStringLiteral("acme");
    QCOMPARE(sum(query, {QStringLiteral("demo")}).total, 0);
    // and the listing means the same calls
    auto listing = CallReader::open(m_store->databaseFile());
    QVERIFY(listing.ok());
    api::CallQuery list;
    QCOMPARE((*listing)->list(list, {QStringLiteral("demo")})->total, 200);
    list.tenant = QStringLiteral("acme");
    QCOMPARE((*listing)->list(list, {QStringLiteral("demo")})->total, 0);
}

void TestCallSummary::manyKeysAreCut()
{
    const api::CallSummary summary = sum(whole("feature"));
    QVERIFY(summary.cut);
    QCOMPARE(summary.rows.size(), CallSummaryReader::kMostKeys + 1);
    qint64 calls = 0;
    bool hasOther = false;
    for (const api::CallSummaryRow& row : summary.rows) {
        calls += row.calls;
        hasOther = hasOther || row.key == QLatin1String("other");
    }
    QVERIFY(hasOther);
    QCOMPARE(calls, kCalls);
}

// A page and a sum never read the whole table.
void TestCallSummary::anIndexIsUsed()
{
    auto connection = openReader(m_store->databaseFile());
    for (const auto& [condition, index] :
        {std::pair{"c.tenant = 'a'", "calls_tenant"}, std::pair{"c.alias = 'a'", "calls_alias"},
            std::pair{"c.outcome = 'failed' AND c.outcome <> 'answered'", "calls_unanswered"},
            std::pair{"c.started_ms >= 5", "calls_started"}}) {
        QSqlQuery query(**connection);
        QVERIFY(query.exec(QStringLiteral("EXPLAIN QUERY PLAN SELECT c.id FROM calls c WHERE %1"
                                          " ORDER BY c.started_ms DESC, c.seq DESC LIMIT 5")
                               .arg(QLatin1String(condition))));
        QVERIFY(query.next());
        QVERIFY2(query.value(3).toString().contains(QLatin1String(index)), qPrintable(query.value(3).toString()));
        QVERIFY(!query.next()); // nor is anything sorted
    }
}

// Random calls over two days, folded in uneven steps; every question must have the same answer both ways, to the last
// nano-dollar, also while a part is folded and a part is not.
void TestCallSummary::foldedIsAsCounted_data()
{
    QTest::addColumn<int>("folded");
    QTest::newRow("nothing is folded") << 0;
    QTest::newRow("a part is folded") << 700;
    QTest::newRow("all is folded") << 2000;
}

void TestCallSummary::foldedIsAsCounted()
{
    QFETCH(int, folded);
    constexpr qint64 kSpan = 2 * 86'400'000;
    QTemporaryDir directory;
    auto store = openStore(directory.path());
    std::mt19937 random(7);
    const auto draw = [&](int below) { return int(random() % unsigned(below)); };
    for (int i = 0; i < 2000; ++i) {
        auto call = callOf(draw(kCalls));
        call->id = QStringLiteral("req_%1").arg(i);
        call->startedAt = at(kStart + qint64(random()) % kSpan); // in any order
        call->tenant = QStringLiteral("t%1").arg(draw(4));
        call->credential = QStringLiteral("c%1").arg(draw(9));
        call->outcome = api::CallOutcome(draw(6));
        call->error = api::ErrorCode(draw(5));
        for (api::Attempt& attempt : call->attempts) {
            attempt.result = api::AttemptResult(draw(5));
            attempt.region = QStringLiteral("r%1").arg(draw(3));
        }
        store->record(call, nullptr, 0);
    }
    QVERIFY(store->submitAndWait([](QSqlDatabase&) { return true; }));
    for (int left = folded; left > 0; left -= 333)
        QVERIFY(store->submitAndWait(
            [&](QSqlDatabase& database) { return foldCalls(database, std::min(left, 333)) == std::min(left, 333); }));

    auto sums = CallSummaryReader::open(store->databaseFile());
    auto counted = CallSummaryReader::open(store->databaseFile());
    (*counted)->useSums(false);
    int asked = 0;
    for (const char* by : {"outcome", "tenant", "alias", "provider", "feature", "credential", "error_code"}) {
        for (const int step : {0, 1800, 3600, 43200, 600}) {
            for (int round = 0; round < 8; ++round) {
                api::CallSummaryQuery query;
                query.by = QLatin1String(by);
                query.stepSeconds = step;
                query.filter.since = at(kStart + (round == 0 ? 0 : qint64(random()) % kSpan));
                query.filter.until = at(
                    round == 0 ? kStart + kSpan : query.filter.since->toMSecsSinceEpoch() + qint64(random()) % kSpan);
                if (round & 1)
                    query.filter.tenant = QStringLiteral("t1");
                if (round & 2)
                    query.filter.alias = QStringLiteral("chat");
                if (round & 4)
                    query.filter.outcome = api::CallOutcome(draw(6));
                const QStringList tenants =
                    round == 3 ? QStringList{QStringLiteral("t1"), QStringLiteral("t2")} : QStringList();
                const auto fast = (*sums)->summary(query, tenants);
                const auto slow = (*counted)->summary(query, tenants);
                QVERIFY(fast.ok() && slow.ok());
                QCOMPARE(api::toJson(*fast), api::toJson(*slow));
                asked += int(fast->total > 0);
            }
        }
    }
    QVERIFY(asked > 100);

    // the sums of endpoints, against the attempts themselves
    for (int round = 0; round < 20; ++round) {
        ZoneScan scan;
        scan.sinceMs = kStart + qint64(random()) % kSpan;
        scan.untilMs = scan.sinceMs + qint64(random()) % kSpan;
        scan.tenants = round & 1 ? QStringList{QStringLiteral("t2")} : QStringList();
        QVERIFY(advance(scan, store->databaseFile(), std::chrono::minutes(1)).ok());
        QVERIFY(scan.isDone());
        QCOMPARE(scan.attemptsGone, 0);
        QCOMPARE(scan.attemptsAdded, 0);
    }
}

// Sums made from calls while they are filed are those that the rows give, and each call is in them once: across rows
// that are read first, a transaction that is undone, and a gap.
void TestCallSummary::foldedIsAsFiled()
{
    QTemporaryDir directory;
    const QString file = directory.filePath(QStringLiteral("rows.db"));
    auto connection = openWriter(file, false, 0);
    QVERIFY(connection.ok());
    QVERIFY(migrate(**connection).ok());
    CallWriter writer;
    QVERIFY(writer.prepare(**connection).ok());
    RunningSums sums;
    std::mt19937 random(11);
    const auto draw = [&](int below) { return int(random() % unsigned(below)); };
    int number = 0;
    const auto file50 = [&](bool tell) {
        const qint64 first = writer.lastSeq() + 1;
        std::vector<std::shared_ptr<const api::Call>> filed;
        for (int i = 0; i < 50; ++i) {
            auto call = callOf(draw(kCalls));
            call->id = QStringLiteral("req_%1").arg(number++);
            call->startedAt = at(kStart + qint64(random()) % 86'400'000);
            call->tenant = draw(2) ? QStringLiteral("t\u00e9nant") : QStringLiteral("t");
            call->agent = QStringLiteral("a%1").arg(draw(2));
            call->error = api::ErrorCode(draw(5));
            for (api::Attempt& attempt : call->attempts) {
                attempt.result = api::AttemptResult(draw(5));
                attempt.startUs = draw(3) ? draw(2'000'000'000) : -1;
                attempt.sentUs = draw(2) ? 5 : -1;
                attempt.costKnown = draw(4) != 0;
                if (draw(3) == 0)
                    attempt.cost.reset();
            }
            if (writer.write(*call, 1, 1) == CallWriter::Written::New)
                filed.push_back(call);
        }
        if (tell)
            sums.add(first, filed);
    };
    const auto fold = [&](bool commit) {
        (*connection)->transaction();
        const auto more = sums.fold(**connection, 1000);
        commit ? (*connection)->commit() : (*connection)->rollback();
        sums.folded(commit);
        return more == false;
    };
    const auto tables = [&] {
        QStringList rows;
        for (const char* table : {"call_sums", "endpoint_sums", "spend"}) {
            QSqlQuery query(**connection);
            query.exec(QStringLiteral("SELECT * FROM %1 ORDER BY 1, 2, 3, 4, 5, 6").arg(QLatin1String(table)));
            while (query.next()) {
                QStringList row{QLatin1String(table)};
                for (int i = 0; i < query.record().count(); ++i)
                    row.append(query.value(i).toString());
                rows.append(row.join(QLatin1Char('|')));
            }
        }
        return rows;
    };
    file50(true);
    QVERIFY(fold(true)); // from rows
    file50(true);
    QVERIFY(fold(false)); // undone: said again
    file50(true);
    QVERIFY(fold(true)); // from what was told
    QVERIFY(fold(true)); // nothing new
    file50(false);
    file50(true); // there is a gap before them
    QVERIFY(fold(true));
    file50(true);
    QVERIFY(fold(true));
    const QStringList asFiled = tables();
    QVERIFY(asFiled.size() > 300);
    for (const char* sql : {"DELETE FROM call_sums", "DELETE FROM endpoint_sums", "DELETE FROM spend",
             "DELETE FROM meta WHERE key IN ('calls_folded', 'spend_folded')"})
        QVERIFY(QSqlQuery(**connection).exec(QLatin1String(sql)));
    QCOMPARE(foldCalls(**connection, 100'000), std::optional<qint64>(300));
    QCOMPARE(foldSpend(**connection, 100'000), std::optional<qint64>(300));
    QCOMPARE(asFiled, tables());
}

// A call of an hour that was folded long ago.
void TestCallSummary::lateCallsAreCounted()
{
    QTemporaryDir directory;
    auto store = openStore(directory.path());
    const auto fold = [&] {
        return store->submitAndWait([](QSqlDatabase& database) { return foldCalls(database, 1000).has_value(); });
    };
    auto reader = CallSummaryReader::open(store->databaseFile());
    api::CallSummaryQuery query = whole("outcome");
    query.filter.since = at(kStart - 86'400'000);
    query.filter.until = at(kStart + 86'400'000);
    for (int i = 0; i < 100; ++i)
        store->record(callOf(i), nullptr, 0);
    QVERIFY(fold());
    auto late = callOf(300);
    late->startedAt = at(kStart);
    store->record(late, nullptr, 0);
    QVERIFY(store->submitAndWait([](QSqlDatabase&) { return true; }));
    QCOMPARE((*reader)->summary(query, {})->total, 101); // beyond the sums
    QVERIFY(fold());
    QCOMPARE((*reader)->summary(query, {})->total, 101); // in them
    QVERIFY(fold());
    QCOMPARE((*reader)->summary(query, {})->total, 101); // once
}

void TestCallSummary::aStepIsWholeOrNotAtAll()
{
    QTemporaryDir directory;
    auto store = openStore(directory.path());
    for (int i = 0; i < 50; ++i)
        store->record(callOf(i), nullptr, 0);
    QVERIFY(!store->submitAndWait([](QSqlDatabase& database) { return foldCalls(database, 20) == 0; })); // undone
    const QString file = store->databaseFile();
    QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM call_sums")), QStringLiteral("0"));
    QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM meta WHERE key = 'calls_folded'")), QStringLiteral("0"));
    QVERIFY(store->submitAndWait([](QSqlDatabase& database) { return foldCalls(database, 20) == 20; }));
    QVERIFY(store->submitAndWait([](QSqlDatabase& database) { return foldCalls(database, 100) == 30; }));
    QCOMPARE(
        ask(file, QStringLiteral("SELECT sum(calls) FROM call_sums WHERE property = 'alias'")), QStringLiteral("50"));
}

void TestCallSummary::tooMuchIsGivenUp()
{
    const auto answer = m_reader->summary(whole("tenant"), {}, std::chrono::milliseconds(-1));
    QVERIFY(!answer.ok());
    QCOMPARE(int(answer.error().failure), int(api::Failure::Unavailable));
    QVERIFY(answer.error().hint.contains(QStringLiteral("shorter")));
}

void TestCallSummary::attemptsAreCountedByEndpoint()
{
    const auto count = [this](qint64 since, qint64 until, const QStringList& tenants) {
        ZoneScan scan;
        scan.sinceMs = since;
        scan.untilMs = until;
        scan.tenants = tenants;
        const api::Outcome read = advance(scan, m_store->databaseFile(), std::chrono::minutes(1));
        return read && scan.isDone() ? std::optional(scan) : std::nullopt;
    };
    const auto whole = count(kStart, kStart + kCalls * 1000, {});
    QVERIFY(whole);
    for (const auto& [group, attempts] : whole->groups)
        QCOMPARE(group.region, QStringLiteral("r"));
    QCOMPARE(whole->attempts, 2 * (kCalls - kCalls / 10)); // failed ones too: something was sent
    QCOMPARE(count(kStart, kStart + kCalls * 1000, {QStringLiteral("demo")})->groups.size(), 2U);
    QCOMPARE(count(kStart, kStart, {})->attempts, 0);
    const auto rows =
        attemptsOf(m_store->databaseFile(), whole->groups.begin()->first, kStart, kStart + kCalls * 1000, 5);
    QVERIFY(rows.ok());
    QCOMPARE(rows->size(), 5U);
}

QTEST_GUILESS_MAIN(TestCallSummary)
#include "tst_call_summary.moc"

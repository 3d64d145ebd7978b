// Sums over the record: counted right against the calls themselves, by every property and filter; many keys are cut to
// a hundred and the rest is summed; too much is given up. And a benchmark over a million calls that runs when asked for
// (SIGNALBOX_SUMMARY_CALLS=1000000).
#include "store/call_reader.h"
#include "store/call_summary_reader.h"
#include "store/zone_reader.h"
#include "store_fixture.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

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
    void aMillion();
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

// No property leads to reading the calls themselves: their rows are long.
void TestCallSummary::anIndexIsUsed()
{
    const QString plan = ask(m_store->databaseFile(),
        QStringLiteral("EXPLAIN QUERY PLAN SELECT c.feature, count(*), sum(c.cost_nano), sum(c.tokens_in),"
                       " sum(c.tokens_out), sum(c.served_by <> '') FROM calls c INDEXED BY calls_summary"
                       " WHERE c.started_ms >= 0 AND c.started_ms < 5 AND c.tenant = 'a' AND c.alias = 'b'"
                       " AND c.outcome = 'answered' GROUP BY 1"));
    QVERIFY(!plan.contains(QStringLiteral("failed")));
    auto connection = openReader(m_store->databaseFile());
    QSqlQuery query(**connection);
    QVERIFY(query.exec(QStringLiteral(
        "EXPLAIN QUERY PLAN SELECT c.feature, c.credential, c.error_code, c.served_by, sum(c.cost_nano)"
        " FROM calls c INDEXED BY calls_summary WHERE c.started_ms >= 0 AND c.started_ms < 5 GROUP BY 1, 2, 3, 4")));
    QVERIFY(query.next());
    QVERIFY2(query.value(3).toString().contains(QStringLiteral("USING COVERING INDEX calls_summary")),
        qPrintable(query.value(3).toString()));
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
    auto reader = ZoneReader::open(m_store->databaseFile());
    QVERIFY(reader.ok());
    auto counts = (*reader)->count(kStart, kStart + kCalls * 1000, {});
    QVERIFY(counts.ok());
    qint64 attempts = 0;
    for (const EndpointCount& count : *counts) {
        QCOMPARE(count.region, QStringLiteral("r"));
        attempts += count.attempts;
    }
    QCOMPARE(attempts, 2 * (kCalls - kCalls / 10)); // failed ones too: something was sent
    QCOMPARE((*reader)->count(kStart, kStart + kCalls * 1000, {QStringLiteral("demo")})->size(), 2U);
    QCOMPARE((*reader)->count(kStart, kStart, {})->size(), 0U);
    const auto ids = (*reader)->calls(counts->front(), kStart, kStart + kCalls * 1000, 5);
    QVERIFY(ids.ok());
    QCOMPARE(ids->size(), 5);
    QVERIFY(!(*reader)->count(kStart, kStart + 1000, {}, std::chrono::milliseconds(-1)).ok());
}

void TestCallSummary::aMillion()
{
    const int wanted = qEnvironmentVariableIntValue("SIGNALBOX_SUMMARY_CALLS");
    if (wanted <= 0)
        QSKIP("a benchmark: set SIGNALBOX_SUMMARY_CALLS to the number of calls");
    QTemporaryDir directory;
    auto store = openStore(directory.path());
    QVERIFY(store);
    // rows as long as real ones, made by the database itself
    const QString reason(900, QLatin1Char('d'));
    QVERIFY(store->submitAndWait([&](QSqlDatabase& database) {
        QSqlQuery query(database);
        return query.exec(QStringLiteral(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %1) INSERT INTO calls (seq,"
            " batch, waited_us, id, started_ms, tenant, feature, agent, user, credential, surface, alias,"
            " workload_class, zone, revision, outcome, error_code, error_detail, http_status, served_by,"
            " fallback_kind, degraded, cache, tokens_in, tokens_out, tokens, cost_estimated_nano, cost_nano,"
            " finish_reason, stream, received_us, authenticated_us, routed_us, first_byte_us, first_token_us,"
            " end_us, overhead_us, request_bytes, response_bytes, decision) SELECT i + 1, 1, 0,"
            " printf('req_%026d', i), %2 + i * 86, 'tenant-' || (i % 50), 'feature-' || (i % 20), '', '',"
            " printf('cred%08d', i % 300), 'openai.chat', 'alias-' || (i % 12), 'interactive', 'eu-only', 1,"
            " CASE WHEN i % 97 THEN 'answered' ELSE 'failed' END, '', '', 200, 'openai-eu/gpt-1@eu-west-1', '', 0,"
            " 'bypass', 900, 120, '{}', 2000000, 1670000, 'stop', 'complete', 1, 2, 3, 4, 5, 6, 7, 1000, 2000, '%3'"
            " FROM n")
                              .arg(wanted)
                              .arg(kStart)
                              .arg(reason));
    }));
    QVERIFY(store->submitAndWait([&](QSqlDatabase& database) {
        QSqlQuery query(database);
        return query.exec(
            QStringLiteral("INSERT INTO attempts SELECT seq, 1, 'openai-eu', 'gpt-1', 'eu-west-1', 'answered', 200, "
                           "'', '', '', '', 'stop',"
                           " 'complete', 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, '{}', 1670000, '', 2000000, 1 FROM calls"));
    }));
    auto reader = CallSummaryReader::open(store->databaseFile());
    api::CallSummaryQuery query;
    query.filter.since = at(kStart);
    query.filter.until = at(kStart + qint64(wanted) * 86 + 1);
    query.stepSeconds = int(query.filter.since->secsTo(*query.filter.until) / 400);
    for (const char* by : {"outcome", "tenant", "feature", "provider", "credential"}) {
        query.by = QString::fromLatin1(by);
        QElapsedTimer timer;
        timer.start();
        const auto answer = (*reader)->summary(query, {}, std::chrono::minutes(2));
        QVERIFY(answer.ok());
        QCOMPARE(answer->total, wanted);
        qInfo("%d calls by %s in %d steps: %lld ms", wanted, by, 400, static_cast<long long>(timer.elapsed()));
    }
    query.by = QStringLiteral("outcome");
    query.filter.provider = QStringLiteral("openai-eu");
    QElapsedTimer timer;
    timer.start();
    QVERIFY((*reader)->summary(query, {}, std::chrono::minutes(2)).ok());
    qInfo("the same with a provider's attempts: %lld ms", static_cast<long long>(timer.elapsed()));
    auto zones = ZoneReader::open(store->databaseFile());
    timer.restart();
    QVERIFY((*zones)->count(kStart, kStart + qint64(wanted) * 86 + 1, {}, std::chrono::minutes(2)).ok());
    qInfo("attempts by endpoint: %lld ms", static_cast<long long>(timer.elapsed()));
}

QTEST_GUILESS_MAIN(TestCallSummary)
#include "tst_call_summary.moc"

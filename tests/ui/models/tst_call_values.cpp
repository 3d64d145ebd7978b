// Values behind the Traffic page: filter language, formatting, spans of a call, the decision in words.
#include "models/call_filter.h"
#include "models/format.h"
#include "models/provider_table_model.h"
#include "models/route_decision.h"
#include "models/trace_spans.h"

#include "record_transport.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace gateway::api;
using namespace testing;
using namespace ui::models;

class TestCallValues : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void filterReads_data();
    void filterReads();
    void filterTellsWhatIsWrong_data();
    void filterTellsWhatIsWrong();
    void filterMatchesAnyAttemptOfAProvider();
    void filterReplacesAKey();
    void formats();
    void spansOfAFallback();
    void aBrokenStreamIsAFailure();
    void spansOnlyOfWhatIsKnown();
    void decisionInWords();
    void providersWorstFirst();
    void slotsAreKept();
};

void TestCallValues::filterReads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("query");
    QTest::newRow("empty") << ""
                           << "limit=100";
    QTest::newRow("any") << "tenant:* alias:*"
                         << "limit=100";
    QTest::newRow("all") << "tenant:acme alias:qa provider:azure-eu outcome:failed"
                         << "tenant=acme&alias=qa&provider=azure-eu&outcome=failed&limit=100";
    QTest::newRow("back") << "since:10m"
                          << "since=2026-11-22T03:12:24.000Z&limit=100";
    QTest::newRow("clock") << "since:03:18"
                           << "since=2026-11-22T03:18:00.000Z&limit=100";
    QTest::newRow("yesterday") << "since:22:00 until:23:30"
                               << "since=2026-11-21T22:00:00.000Z&until=2026-11-21T23:30:00.000Z&limit=100";
    QTest::newRow("iso without a zone is UTC") << "since:2026-11-22T03:18"
                                               << "since=2026-11-22T03:18:00.000Z&limit=100";
}

void TestCallValues::filterReads()
{
    QFETCH(QString, text);
    QFETCH(QString, query);
    const CallFilter filter = CallFilter::parse(text, testNow());
    QVERIFY2(filter.isValid(), qPrintable(filter.problem));
    QCOMPARE(toQuery(filter.query).toString(), query);
}

void TestCallValues::filterTellsWhatIsWrong_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("near key") << "tenent:acme"
                              << "Did you mean tenant?";
    QTest::newRow("far key") << "colour:red"
                             << "There is no filter key \u201ccolour\u201d.";
    QTest::newRow("no key") << "acme"
                            << "has no key";
    QTest::newRow("no value") << "tenant:"
                              << "tenant: needs a value.";
    QTest::newRow("outcome") << "outcome:broken"
                             << "is no outcome";
    QTest::newRow("time") << "since:soon"
                          << "is no time";
    QTest::newRow("clock") << "since:25:00"
                           << "is no time";
    QTest::newRow("backwards") << "since:03:20 until:03:10"
                               << "until must be later";
}

void TestCallValues::filterTellsWhatIsWrong()
{
    QFETCH(QString, text);
    QFETCH(QString, said);
    const CallFilter filter = CallFilter::parse(text, testNow());
    QVERIFY(!filter.isValid());
    QVERIFY2(filter.problem.contains(said), qPrintable(filter.problem));
}

void TestCallValues::filterMatchesAnyAttemptOfAProvider()
{
    Call call = callAt(1, testNow());
    Attempt failed;
    failed.provider = QStringLiteral("azure-eu");
    Attempt answered;
    answered.provider = QStringLiteral("openai-eu");
    call.attempts = {failed, answered};
    QVERIFY(CallFilter::parse(QStringLiteral("provider:azure-eu"), testNow()).matches(call));
    QVERIFY(CallFilter::parse(QStringLiteral("provider:openai-eu"), testNow()).matches(call));
    QVERIFY(!CallFilter::parse(QStringLiteral("provider:groq-eu"), testNow()).matches(call));
    QVERIFY(!CallFilter::parse(QStringLiteral("until:03:00"), testNow()).matches(call));
}

void TestCallValues::filterReplacesAKey()
{
    const QString text =
        CallFilter::with(QStringLiteral("tenant:acme since:1h"), QStringLiteral("since"), QStringLiteral("03:18"));
    QCOMPARE(text, QStringLiteral("tenant:acme since:03:18"));
    QCOMPARE(CallFilter::with(text, QStringLiteral("since"), QString()), QStringLiteral("tenant:acme"));
}

void TestCallValues::formats()
{
    QCOMPARE(wholeNumber(188412), QStringLiteral("188,412"));
    QCOMPARE(durationFromUs(-1), QStringLiteral("\u2014"));
    QCOMPARE(durationFromUs(900), QStringLiteral("900 \u00b5s"));
    QCOMPARE(durationFromUs(2'100), QStringLiteral("2.1 ms"));
    QCOMPARE(durationFromUs(640'000), QStringLiteral("640 ms"));
    QCOMPARE(durationFromUs(2'410'000), QStringLiteral("2.41 s"));
    QCOMPARE(percent(0.0), QStringLiteral("0 %"));
    QCOMPARE(percent(0.0002), QStringLiteral("< 0.1 %"));
    QCOMPARE(percent(0.034), QStringLiteral("3.4 %"));
    QCOMPARE(percent(0.38), QStringLiteral("38 %"));
    QCOMPARE(percent(std::nullopt), QStringLiteral("\u2014"));
    QCOMPARE(dollars(Money::fromNano(1'675'000)), QStringLiteral("0.00168"));
    QCOMPARE(dollars(Money::fromNano(0)), QStringLiteral("0.00000"));
    QCOMPARE(dollars(Money::fromNano(3)), QStringLiteral("< 0.00001"));
    QCOMPARE(dollars(Money::fromNano(1'234'567'890'000'000)), QStringLiteral("1,234,567.89000"));
    QCOMPARE(dollars(std::nullopt), QStringLiteral("not priced"));
    QCOMPARE(age(testNow().addSecs(-1), testNow()), QStringLiteral("1 s ago"));
    QCOMPARE(age(testNow().addSecs(-240), testNow()), QStringLiteral("4 min ago"));
}

void TestCallValues::spansOfAFallback()
{
    Call call = callAt(1, testNow());
    call.authenticatedUs = 900;
    call.routedUs = 2'100;
    call.endUs = 2'410'000;
    call.commitUs = 900;
    Attempt failed;
    failed.provider = QStringLiteral("azure-eu");
    failed.region = QStringLiteral("swedencentral");
    failed.httpStatus = 503;
    failed.startUs = 2'100;
    failed.endUs = 642'100;
    Attempt skipped;
    skipped.number = 2;
    skipped.provider = QStringLiteral("azure-eu");
    skipped.region = QStringLiteral("francecentral");
    skipped.result = AttemptResult::Skipped;
    skipped.reason = QStringLiteral("3.4 % errors, alias allows 2 %");
    Attempt answered;
    answered.number = 3;
    answered.provider = QStringLiteral("openai-eu");
    answered.result = AttemptResult::Answered;
    answered.httpStatus = 200;
    answered.streamEnd = StreamEnd::Complete;
    answered.startUs = 650'000;
    answered.connectedUs = 660'000;
    answered.sentUs = 671'000;
    answered.firstTokenUs = 928'000;
    answered.endUs = 2'409'000;
    answered.longestGapUs = 41'000;
    answered.tokens.outText = 212;
    call.attempts = {failed, skipped, answered};

    TraceModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setCall(call);
    QStringList seen;
    for (const TraceSpan& span : model.spans())
        seen.append(QStringLiteral("%1%2 | %3").arg(QString(span.level * 2, QLatin1Char(' ')), span.name, span.label));
    const QStringList wanted{
        QStringLiteral("call | 2.41 s"),
        QStringLiteral("  accept, authenticate | 900 \u00b5s"),
        QStringLiteral("  route, policy | 1.2 ms"),
        QStringLiteral("  attempt 1 azure-eu swedencentral | 503 after 640 ms"),
        QStringLiteral("  attempt 2 azure-eu francecentral | skipped: 3.4 % errors, alias allows 2 %"),
        QStringLiteral("  attempt 3 openai-eu | 200, complete"),
        QStringLiteral("    connect, send | 21 ms"),
        QStringLiteral("    first token | 257 ms"),
        QStringLiteral("    stream 212 tokens | 143 tok/s, longest gap 41 ms"),
        QStringLiteral("  settle, audit | 900 \u00b5s"),
    };
    QCOMPARE(seen, wanted);
    QCOMPARE(model.spans()[4].startUs, 642'100); // skipped where the walk stood, after the failed attempt
    QCOMPARE(model.spans()[5].kind, SpanKind::Answered);
    QCOMPARE(model.data(model.index(3, TraceModel::Duration), Qt::DisplayRole).toString(), QStringLiteral("640 ms"));
}

void TestCallValues::aBrokenStreamIsAFailure()
{
    Attempt cut;
    cut.provider = QStringLiteral("azure-eu");
    cut.result = AttemptResult::Answered; // it began with 200
    cut.httpStatus = 200;
    cut.streamEnd = StreamEnd::Truncated;
    cut.startUs = 0;
    cut.firstTokenUs = 300'000;
    cut.endUs = 900'000;
    Call call = callAt(1, testNow());
    call.attempts = {cut};
    const QVector<TraceSpan> spans = spansOf(call);
    QCOMPARE(spans[1].kind, SpanKind::Failed);
    QCOMPARE(spans[1].label, QStringLiteral("stream truncated after 900 ms"));
    QCOMPARE(attemptSentence(cut), QStringLiteral("azure-eu began to answer and broke the stream off after 900 ms."));
}

void TestCallValues::spansOnlyOfWhatIsKnown()
{
    Call refused = callAt(1, testNow());
    refused.outcome = CallOutcome::Refused;
    refused.authenticatedUs = 300;
    refused.endUs = 500;
    const QVector<TraceSpan> spans = spansOf(refused);
    QCOMPARE(spans.size(), 2); // the call and its authentication; no routing, no attempt, no commit
    QCOMPARE(spans[1].name, QStringLiteral("accept, authenticate"));
}

void TestCallValues::decisionInWords()
{
    Call call = callAt(1, testNow());
    call.servedBy = QStringLiteral("openai-eu/gpt-6-luna@westeurope");
    call.workloadClass = QStringLiteral("interactive");
    const auto candidate = [](const char* provider, const char* verdict, const char* code, const char* reason) {
        return QJsonObject{{QStringLiteral("provider"), QLatin1String(provider)},
            {QStringLiteral("verdict"), QLatin1String(verdict)}, {QStringLiteral("code"), QLatin1String(code)},
            {QStringLiteral("reason"), QLatin1String(reason)}};
    };
    call.decision = {{QStringLiteral("alias"), QStringLiteral("fast-*")},
        {QStringLiteral("zone"), QStringLiteral("eu-only")},
        {QStringLiteral("candidates"), QJsonArray{candidate("azure-eu", "eligible", "", ""),
                                           candidate("openai-us", "rejected", "outside_zone", ""),
                                           candidate("openai-eu", "chosen", "weight", "legal, highest weight")}}};
    Attempt failed;
    failed.provider = QStringLiteral("azure-eu");
    call.attempts = {failed};

    const RouteDecision decision = decisionOf(call);
    QCOMPARE(decision.candidates.size(), 3);
    QCOMPARE(decision.candidates[0].provider, QStringLiteral("openai-eu"));
    QCOMPARE(decision.candidates[0].why(), QStringLiteral("chosen: legal, highest weight"));
    QVERIFY(decision.candidates[1].failedInCall);
    QCOMPARE(decision.candidates[2].why(), QStringLiteral("outside zone"));
    QCOMPARE(decisionTitle(call), QStringLiteral("Why openai-eu"));
    QCOMPARE(decisionSentence(call, decision),
        QStringLiteral("acme asked for **fast-**, interactive, zone eu-only. 3 candidates were looked at."));

    WhyModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setDecision(decision);
    QCOMPARE(reset.count(), 1);
    QCOMPARE(model.rowCount(), 3);
    QVERIFY(decisionOf(callAt(2, testNow())).isEmpty());
}

void TestCallValues::providersWorstFirst()
{
    const auto provider = [](const char* name, Health health, int attempts, int failures) {
        ProviderStatus status;
        status.name = QLatin1String(name);
        status.health = health;
        status.attempts5m = attempts;
        status.failures5m = failures;
        return status;
    };
    QVector<ProviderStatus> providers{provider("ok", Health::Ok, 100, 0), provider("down", Health::Down, 100, 58),
        provider("quiet", Health::Unknown, 0, 0), provider("slow", Health::Degraded, 100, 3)};
    ProviderSlots slotIndexes;
    slotIndexes.learn(providers);
    ProviderTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setProviders(providers, slotIndexes, testNow());
    QCOMPARE(model.rows()[0].status.name, QStringLiteral("down"));
    QCOMPARE(model.rows()[3].status.name, QStringLiteral("quiet"));
    QCOMPARE(model.rows()[0].slot, 1);
    QCOMPARE(reset.count(), 1);
    providers[1].failures5m = 60;
    model.setProviders(providers, slotIndexes, testNow());
    QCOMPARE(reset.count(), 1); // same order: no reset
    QCOMPARE(changed.count(), 1);
    const auto text = [&](int row, int column) {
        return model.data(model.index(row, column), Qt::DisplayRole).toString();
    };
    QCOMPARE(text(0, ProviderTableModel::Errors), QStringLiteral("60 %"));
    QCOMPARE(text(3, ProviderTableModel::Errors), QStringLiteral("no calls")); // never a zero
    QCOMPARE(text(2, ProviderTableModel::LastOk), QStringLiteral("never"));
    providers[0].health = Health::Down;
    providers[0].failures5m = 90;
    model.setProviders(providers, slotIndexes, testNow());
    QCOMPARE(reset.count(), 2);
    QCOMPARE(model.rowOf(QStringLiteral("ok\n")), 0);
}

void TestCallValues::slotsAreKept()
{
    ProviderSlots slotIndexes;
    QVector<ProviderStatus> providers;
    for (int i = 0; i < 10; ++i) {
        providers.append(ProviderStatus());
        providers.last().name = QString::number(i);
    }
    slotIndexes.learn(providers);
    std::reverse(providers.begin(), providers.end());
    slotIndexes.learn(providers);
    QCOMPARE(slotIndexes.slotOf(QStringLiteral("0")), 0);
    QCOMPARE(slotIndexes.slotOf(QStringLiteral("6")), 6);
    QCOMPARE(slotIndexes.slotOf(QStringLiteral("9")), ProviderSlots::kOther);
    QCOMPARE(slotIndexes.slotOf(QStringLiteral("unheard")), ProviderSlots::kOther);
}

QTEST_GUILESS_MAIN(TestCallValues)
#include "tst_call_values.moc"

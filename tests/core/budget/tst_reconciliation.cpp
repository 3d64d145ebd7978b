// A bill against the record: what matches, what differs and why, and that the causes add up to the difference.
#include "budget/reconciliation.h"

#include <QTest>

#include <random>

using namespace gateway;
using namespace gateway::budget;
using api::Money;
using store::RecordedRow;

namespace {

constexpr qint64 kUsd = 1'000'000'000;

Money usd(double amount)
{
    return Money::fromNano(qRound64(amount * kUsd));
}

BillLine billed(
    const char* model, double amount, std::optional<qint64> requests = {}, std::optional<qint64> tokens = {})
{
    BillLine line;
    line.month = QStringLiteral("2026-11");
    line.provider = QStringLiteral("openai");
    line.model = QString::fromLatin1(model);
    line.amount = usd(amount);
    line.requests = requests;
    line.inputTokens = tokens;
    if (tokens)
        line.outputTokens = 0;
    return line;
}

RecordedRow recorded(const char* model, double cost, qint64 attempts = 10)
{
    RecordedRow row;
    row.month = QStringLiteral("2026-11");
    row.provider = QStringLiteral("openai-eu");
    row.model = QString::fromLatin1(model);
    row.cost = usd(cost);
    row.attempts = attempts;
    return row;
}

const QHash<QString, QString> kBilledAs{{QStringLiteral("openai-eu"), QStringLiteral("openai")}};

api::Reconciliation run(const std::vector<BillLine>& lines, const std::vector<RecordedRow>& rows)
{
    Bill bill;
    bill.lines = lines;
    return reconcile(bill, rows, kBilledAs);
}

QString causes(const api::ReconciledLine& line)
{
    QStringList list;
    for (const api::ResidualCause& cause : line.causes)
        list.append(cause.cause + u' ' + cause.amount.toDecimal());
    return list.join(QStringLiteral(", "));
}

} // namespace

class TestReconciliation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatMatchesPasses()
    {
        const auto result = run({billed("a", 100), billed("b", 0.50)}, {recorded("a", 99.5), recorded("b", 0.505)});
        QCOMPARE(result.verdict, QStringLiteral("pass"));
        QVERIFY(result.lines[0].within && result.lines[1].within); // one percent; one cent
        QCOMPARE(*result.lines[0].recorded, usd(99.5));
        QCOMPARE(result.lines[0].delta, usd(0.5));
        QCOMPARE(result.lines[1].delta, usd(-0.005));
        const auto exact = run({billed("a", 100)}, {recorded("a", 100)});
        QVERIFY(exact.lines[0].causes.isEmpty());
    }

    void theEdgeOfTheTolerance()
    {
        QCOMPARE(run({billed("a", 100)}, {recorded("a", 99)}).verdict, QStringLiteral("pass"));
        QCOMPARE(run({billed("a", 100)}, {recorded("a", 98.999999)}).verdict, QStringLiteral("fail"));
        QCOMPARE(run({billed("a", 100)}, {recorded("a", 101.000001)}).verdict, QStringLiteral("fail"));
    }

    void linesOfOneModelAreSummed()
    {
        RecordedRow other = recorded("a", 20);
        other.provider = QStringLiteral("openai"); // a second provider of ours, on the same bill
        const auto result = run({billed("a", 30), billed("a", 30)}, {recorded("a", 40), other});
        QCOMPARE(result.lines.size(), 1);
        QCOMPARE(result.lines[0].billed, usd(60));
        QCOMPARE(*result.lines[0].recorded, usd(60));
    }

    void byTheModelTheAnswerNames()
    {
        RecordedRow row = recorded("gpt-6-luna", 10);
        row.modelReported = QStringLiteral("gpt-6-luna-2026-09-01");
        QCOMPARE(run({billed("gpt-6-luna-2026-09-01", 10)}, {row}).verdict, QStringLiteral("pass"));
        QCOMPARE(run({billed("gpt-6-luna", 10)}, {row}).verdict, QStringLiteral("pass"));
        QCOMPARE(run({billed("gpt-6", 10)}, {row}).verdict, QStringLiteral("fail"));
    }

    void modelsOnlyOneSideHas()
    {
        RecordedRow elsewhere = recorded("z", 5);
        elsewhere.provider = QStringLiteral("anthropic"); // not on this bill
        RecordedRow earlier = recorded("z", 5);
        earlier.month = QStringLiteral("2026-10");
        const auto result = run({billed("a", 10)}, {recorded("b", 7), elsewhere, earlier});
        QCOMPARE(result.verdict, QStringLiteral("fail"));
        QCOMPARE(result.lines.size(), 2);
        QCOMPARE(result.lines[0].model, QStringLiteral("a"));
        QVERIFY(!result.lines[0].recorded);
        QCOMPARE(causes(result.lines[0]), QStringLiteral("unknown 10"));
        QCOMPARE(result.lines[1].model, QStringLiteral("b"));
        QCOMPARE(result.lines[1].billed, Money());
        QCOMPARE(result.lines[1].delta, usd(-7));
    }

    void noData()
    {
        RecordedRow elsewhere = recorded("a", 10);
        elsewhere.provider = QStringLiteral("anthropic");
        QCOMPARE(run({billed("a", 10)}, {elsewhere}).verdict, QStringLiteral("no_data"));
        QCOMPARE(run({}, {recorded("a", 10)}).verdict, QStringLiteral("no_data"));
    }

    void unreadLinesLeaveItIncomplete()
    {
        Bill bill;
        bill.lines = {billed("a", 10)};
        bill.unread.append({7, QStringLiteral("x")});
        QCOMPARE(reconcile(bill, std::vector{recorded("a", 10)}, kBilledAs).verdict, QStringLiteral("incomplete"));
        QCOMPARE(reconcile(bill, std::vector{recorded("a", 5)}, kBilledAs).verdict, QStringLiteral("fail"));
        QCOMPARE(reconcile(bill, std::vector{recorded("a", 5)}, kBilledAs).unread.size(), 1);
    }

    void causesOfMore()
    {
        RecordedRow row = recorded("a", 70, 80);
        row.unpriced = 4;
        row.unpricedTokens = 50; // of 1,000: 5 of the 100 USD
        row.disconnects = 3;
        row.disconnectCost = usd(2);
        row.disconnectMore = usd(4);
        row.retries = 2;
        row.retryMore = usd(1);
        const auto result = run({billed("a", 100, 90, 1'000)}, {row});
        QCOMPARE(causes(result.lines[0]),
            QStringLiteral("unpriced 5, disconnects 4, retries 1, direct_calls 11.111111111, unknown 8.888888889"));
        QCOMPARE(result.lines[0].causes[3].calls, 10);
        // what is left after the surest causes is all that the later ones get
        row.cost = usd(94);
        QCOMPARE(causes(run({billed("a", 100, 90, 1'000)}, {row}).lines[0]),
            QStringLiteral("unpriced 5, disconnects 1, retries 0"));
        // without counts of tokens the unpriced may be any of it
        QCOMPARE(
            causes(run({billed("a", 100)}, {row}).lines[0]), QStringLiteral("unpriced 6, disconnects 0, retries 0"));
    }

    void causesOfLess()
    {
        RecordedRow row = recorded("a", 100);
        row.unpriced = 1;
        row.disconnects = 3;
        row.disconnectCost = usd(6);
        row.retries = 1;
        row.retryCost = usd(1);
        QCOMPARE(causes(run({billed("a", 90)}, {row}).lines[0]),
            QStringLiteral("unpriced 0, disconnects -6, retries -1, unknown -3"));
        QCOMPARE(
            causes(run({billed("a", 98)}, {row}).lines[0]), QStringLiteral("unpriced 0, disconnects -2, retries 0"));
    }

    void causesAlwaysAddUp()
    {
        std::mt19937 dice(7);
        const auto roll = [&](qint64 most) { return std::uniform_int_distribution<qint64>(0, most)(dice); };
        for (int i = 0; i < 5'000; ++i) {
            RecordedRow row = recorded("a", 0, roll(100));
            for (Money RecordedRow::*each : {&RecordedRow::cost, &RecordedRow::disconnectCost,
                     &RecordedRow::disconnectMore, &RecordedRow::retryCost, &RecordedRow::retryMore})
                row.*each = Money::fromNano(roll(1) ? roll(INT64_MAX / 4) : roll(1'000));
            for (qint64 RecordedRow::*each : {&RecordedRow::unpriced, &RecordedRow::unpricedTokens,
                     &RecordedRow::disconnects, &RecordedRow::retries})
                row.*each = roll(3);
            BillLine line = billed("a", 0);
            line.amount = Money::fromNano(roll(1) ? roll(INT64_MAX / 4) : roll(1'000));
            if (roll(1))
                line.requests = roll(200);
            if (roll(1))
                line.inputTokens = line.outputTokens = roll(100);
            const auto result = run({line}, {row});
            qint64 sum = 0;
            for (const api::ResidualCause& cause : result.lines[0].causes)
                sum += cause.amount.nano();
            QCOMPARE(sum, result.lines[0].delta.nano());
        }
    }

    void theLargestDifferenceFirst()
    {
        const auto result = run({billed("a", 10), billed("b", 10), billed("c", 10)},
            {recorded("a", 9), recorded("b", 2), recorded("c", 15)});
        QCOMPARE(result.lines[0].model, QStringLiteral("b"));
        QCOMPARE(result.lines[1].model, QStringLiteral("c"));
        QVERIFY(result.sentence.contains(QLatin1String("3 of 3 lines")));
    }

    void months()
    {
        Bill bill;
        QVERIFY(!monthsOf(bill));
        bill.lines = {billed("a", 1), billed("b", 1)};
        bill.lines[0].month = QStringLiteral("2026-12");
        const auto span = monthsOf(bill);
        QCOMPARE(span->first.toString(Qt::ISODate), QStringLiteral("2026-11-01T00:00:00Z"));
        QCOMPARE(span->second.toString(Qt::ISODate), QStringLiteral("2027-01-01T00:00:00Z"));
    }
};

QTEST_APPLESS_MAIN(TestReconciliation)
#include "tst_reconciliation.moc"

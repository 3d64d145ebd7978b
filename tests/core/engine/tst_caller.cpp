// What a request says of its caller (engine/caller): each hint is the first field of its name, in any case.
#include "engine/caller.h"

#include <QTest>

using namespace gateway;
using namespace gateway::engine;

namespace {

http::RequestHead headOf(std::initializer_list<http::FieldView> fields)
{
    http::RequestHead head;
    for (const http::FieldView& field : fields)
        head.fields.append(field);
    return head;
}

} // namespace

class TestCaller : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingSaid()
    {
        const auto read = callerHints(headOf({{"host", "x"}, {"content-type", "y"}, {"x-signalbox-other", "z"}}));
        const auto* hints = std::get_if<CallerHints>(&read);
        QVERIFY(hints);
        QVERIFY(hints->feature.isEmpty() && hints->agent.isEmpty() && hints->tenant.isEmpty());
        QVERIFY(hints->user.isEmpty() && hints->zone.isEmpty() && hints->traceparent.isEmpty());
        QVERIFY(!hints->workloadClass && !hints->latencyBudget && !hints->costCeiling && !hints->degradeServes);
        QVERIFY(hints->idempotencyKey.isEmpty());
    }

    void everyField()
    {
        const auto read = callerHints(headOf({{"X-Signalbox-Feature", "f"}, {"x-signalbox-AGENT", "a"},
            {"x-signalbox-tenant", "t"}, {"x-signalbox-user", "\xc3\xbc"}, {"x-signalbox-zone", "z"},
            {"x-signalbox-workload-class", "batch"}, {"x-signalbox-latency-budget-ms", "250"},
            {"x-signalbox-cost-ceiling-usd", "0.05"}, {"x-signalbox-degrade", "refuse"}, {"Idempotency-Key", "k"},
            {"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}));
        const auto* hints = std::get_if<CallerHints>(&read);
        QVERIFY(hints);
        QCOMPARE(hints->feature, QStringLiteral("f"));
        QCOMPARE(hints->agent, QStringLiteral("a"));
        QCOMPARE(hints->tenant, QStringLiteral("t"));
        QCOMPARE(hints->user, QString(QChar(0xfc)));
        QCOMPARE(hints->zone, QStringLiteral("z"));
        QVERIFY(hints->workloadClass == config::WorkloadClass::Batch);
        QVERIFY(hints->latencyBudget == std::chrono::milliseconds(250));
        QVERIFY(hints->costCeiling == api::Money::fromNano(50'000'000));
        QVERIFY(hints->degradeServes == false);
        QCOMPARE(hints->idempotencyKey, QByteArray("k"));
        QCOMPARE(hints->traceparent, QByteArray("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    }

    // a second field of the same name never overrules the first, not even an empty one
    void theFirstCounts()
    {
        const auto read = callerHints(
            headOf({{"x-signalbox-feature", "one"}, {"x-signalbox-feature", "two"}, {"x-signalbox-zone", ""},
                {"x-signalbox-zone", "eu"}, {"x-signalbox-degrade", "serve"}, {"x-signalbox-degrade", "nonsense"}}));
        const auto* hints = std::get_if<CallerHints>(&read);
        QVERIFY(hints);
        QCOMPARE(hints->feature, QStringLiteral("one"));
        QVERIFY(hints->zone.isEmpty());
        QVERIFY(hints->degradeServes == true);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("long text") << QByteArray("x-signalbox-user") << QByteArray(129, 'u');
        QTest::newRow("class") << QByteArray("x-signalbox-workload-class") << QByteArray("urgent");
        QTest::newRow("budget") << QByteArray("x-signalbox-latency-budget-ms") << QByteArray("0");
        QTest::newRow("ceiling") << QByteArray("x-signalbox-cost-ceiling-usd") << QByteArray("-1");
        QTest::newRow("degrade") << QByteArray("x-signalbox-degrade") << QByteArray("maybe");
        QTest::newRow("long key") << QByteArray("idempotency-key") << QByteArray(256, 'k');
    }
    void refused()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        const auto read = callerHints(headOf({{"host", "x"}, {name, value}}));
        const auto* error = std::get_if<transform::CallError>(&read);
        QVERIFY(error);
        QVERIFY(error->code == api::ErrorCode::InvalidRequest);
        if (name.startsWith("x-"))
            QCOMPARE(error->parameter, QString::fromLatin1(name));
    }
};

QTEST_APPLESS_MAIN(TestCaller)
#include "tst_caller.moc"

// Money at its limits: no amount wraps, no decimal is guessed.
#include "api/money.h"

#include <QTest>

#include <limits>

using gateway::api::Money;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

} // namespace

class TestMoney : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void decimalsRoundTrip_data();
    void decimalsRoundTrip();
    void otherTextIsNoMoney_data();
    void otherTextIsNoMoney();
    void arithmeticIsChecked();
    void pricesRoundUp();
};

void TestMoney::decimalsRoundTrip_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("nano");
    QTest::newRow("zero") << QStringLiteral("0") << qint64(0);
    QTest::newRow("one nano") << QStringLiteral("0.000000001") << qint64(1);
    QTest::newRow("cents") << QStringLiteral("0.05") << qint64(50'000'000);
    QTest::newRow("negative") << QStringLiteral("-3.000000001") << qint64(-3'000'000'001);
    QTest::newRow("most") << QStringLiteral("9223372036.854775807") << qint64(kMost);
    QTest::newRow("almost least") << QStringLiteral("-9223372036.854775807") << qint64(kLeast + 1);
}

void TestMoney::decimalsRoundTrip()
{
    QFETCH(QString, text);
    QFETCH(qint64, nano);
    const auto money = Money::fromDecimal(text);
    QVERIFY(money.has_value());
    QCOMPARE(qint64(money->nano()), nano);
    QCOMPARE(money->toDecimal(), text);
}

void TestMoney::otherTextIsNoMoney_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : {"", "-", ".", "1.", ".5", "+1", "1e3", " 1", "1 ", "1,5", "1.0000000001",
             "9223372036.854775808", "99999999999", "--1", "1.-5", "0x10", "NaN", "1.2.3", "\xd9\xa1"})
        QTest::newRow(text[0] ? text : "empty") << QString::fromUtf8(text);
}

void TestMoney::otherTextIsNoMoney()
{
    QFETCH(QString, text);
    QVERIFY(!Money::fromDecimal(text).has_value());
}

void TestMoney::arithmeticIsChecked()
{
    const Money most = Money::fromNano(kMost);
    const Money least = Money::fromNano(kLeast);
    const Money one = Money::fromNano(1);
    QVERIFY(!most.plus(one));
    QVERIFY(!least.minus(one));
    QVERIFY(!most.times(2));
    QVERIFY(!least.times(-1));
    QCOMPARE(most.minus(one)->nano(), kMost - 1);
    QCOMPARE(most.plus(least)->nano(), std::int64_t(-1));
    QCOMPARE(Money::fromNano(3).times(-4)->nano(), std::int64_t(-12));
    QVERIFY(one > Money() && least < most);
}

void TestMoney::pricesRoundUp()
{
    const Money price = *Money::fromDecimal(u"0.1"); // per million units
    QCOMPARE(price.perMillion(1)->nano(), std::int64_t(100));
    QCOMPARE(price.perMillion(0)->nano(), std::int64_t(0));
    QCOMPARE(Money::fromNano(1).perMillion(1)->nano(), std::int64_t(1));
    QCOMPARE(Money::fromNano(1).perMillion(1'000'000)->nano(), std::int64_t(1));
    QCOMPARE(Money::fromNano(1).perMillion(1'000'001)->nano(), std::int64_t(2));
    QVERIFY(Money::fromNano(kMost).perMillion(1'000'000).has_value());
    QVERIFY(!Money::fromNano(kMost).perMillion(1'000'001).has_value());
    QVERIFY(Money::fromDecimal(u"9000000000")->perMillion(1'000).has_value());
    QVERIFY(!Money::fromDecimal(u"9000000000")->perMillion(kMost).has_value());
}

QTEST_GUILESS_MAIN(TestMoney)
#include "tst_money.moc"

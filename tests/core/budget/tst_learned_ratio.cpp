// The 99th percentile, nothing from too few, never less than what was seen, forgetting in time.
#include "budget/learned_ratio.h"

#include <QTest>

using namespace gateway;
using api::Money;
using budget::LearnedRatio;

class TestLearnedRatio : public QObject
{
    Q_OBJECT

    const QString m_alias = QStringLiteral("chat");

private Q_SLOTS:
    void nothingFromTooFew()
    {
        LearnedRatio ratio;
        for (int i = 0; i < LearnedRatio::kLeast - 1; ++i)
            ratio.observe(m_alias, Money::fromNano(1000), Money::fromNano(100));
        QVERIFY(!ratio.permille(m_alias));
        QVERIFY(!ratio.reservation(m_alias, Money::fromNano(1000)));
        ratio.observe(QStringLiteral("other"), Money::fromNano(1000), Money::fromNano(100));
        QVERIFY(!ratio.permille(m_alias));
        ratio.observe(m_alias, Money::fromNano(1000), Money::fromNano(100));
        QCOMPARE(*ratio.permille(m_alias), 100);
        QVERIFY(!ratio.permille(QStringLiteral("other")));
    }

    void percentile_data()
    {
        QTest::addColumn<int>("dear"); // of 200 calls, so many cost the whole bound; the others 15.1 %
        QTest::addColumn<int>("permille");
        QTest::newRow("none") << 0 << 160;
        QTest::newRow("one in 100") << 2 << 160;
        QTest::newRow("more than one in 100") << 3 << 1000;
    }
    void percentile()
    {
        QFETCH(int, dear);
        LearnedRatio ratio;
        for (int i = 0; i < 200; ++i)
            ratio.observe(m_alias, Money::fromNano(1000), Money::fromNano(i < dear ? 1000 : 151));
        QTEST(*ratio.permille(m_alias), "permille");
    }

    void edges()
    {
        LearnedRatio ratio;
        for (int i = 0; i < 200; ++i)
            ratio.observe(m_alias, Money::fromNano(INT64_MAX), Money::fromNano(0));
        QCOMPARE(*ratio.permille(m_alias), 1); // free so far; a reservation of nothing would be no reservation
        QCOMPARE(ratio.reservation(m_alias, Money::fromNano(1))->nano(), qint64(1));
        QCOMPARE(ratio.reservation(m_alias, Money::fromNano(1001))->nano(), qint64(2));
        for (int i = 0; i < 200; ++i)
            ratio.observe(m_alias, Money::fromNano(10), Money::fromNano(INT64_MAX)); // above its bound
        QCOMPARE(*ratio.permille(m_alias), 1000);
        QCOMPARE(ratio.reservation(m_alias, Money::fromNano(INT64_MAX))->nano(), qint64(INT64_MAX));
        ratio.observe(m_alias, Money::fromNano(0), Money::fromNano(1));
        ratio.observe(m_alias, Money::fromNano(-5), Money::fromNano(1));
        ratio.observe(m_alias, Money::fromNano(5), Money::fromNano(-1));
        QCOMPARE(*ratio.permille(m_alias), 1000);
    }

    void forgets()
    {
        LearnedRatio ratio;
        for (int i = 0; i < 10'000; ++i)
            ratio.observe(m_alias, Money::fromNano(100), Money::fromNano(100));
        QCOMPARE(*ratio.permille(m_alias), 1000);
        for (int i = 0; i < 60'000; ++i)
            ratio.observe(m_alias, Money::fromNano(100), Money::fromNano(20));
        QCOMPARE(*ratio.permille(m_alias), 200);
    }
};

QTEST_APPLESS_MAIN(TestLearnedRatio)
#include "tst_learned_ratio.moc"

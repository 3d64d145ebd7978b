// Ids rise, are unique, and have their form, whatever the clock does.
#include "base/ids.h"
#include "credential/credential_key.h"

#include <QSet>
#include <QTest>

using namespace gateway;

namespace {

class FixedRandom final : public RandomSource
{
public:
    unsigned char value = 0xff;
    void fill(std::span<unsigned char> bytes) override { std::fill(bytes.begin(), bytes.end(), value); }
};

} // namespace

class TestIds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void base32_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray() << QByteArray();
        QTest::newRow("zero") << QByteArray("\0", 1) << QByteArray("00");
        QTest::newRow("ff") << QByteArray("\xff", 1) << QByteArray("7Z");
        QTest::newRow("five bytes") << QByteArray("\xff\xff\xff\xff\xff", 5) << QByteArray("ZZZZZZZZ");
        QTest::newRow("order") << QByteArray("\x00\x00\x00\x00\x01", 5) << QByteArray("00000001");
        QTest::newRow("16 bytes") << QByteArray(16, '\xff') << QByteArray("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    }
    void base32()
    {
        QFETCH(QByteArray, bytes);
        const auto* data = reinterpret_cast<const unsigned char*>(bytes.constData());
        QTEST(gateway::base32(std::span(data, std::size_t(bytes.size()))), "text");
    }

    void callIdsRise()
    {
        ManualClock clock;
        SodiumRandom random;
        IdSource source(clock, random);
        QString last;
        QSet<QString> seen;
        for (int i = 0; i < 20'000; ++i) {
            if (i % 1000 == 500)
                clock.advance(std::chrono::milliseconds(1));
            if (i == 9'000)
                clock.setWall(clock.wallMs() - 3'600'000); // the wall clock is set back an hour
            const QString id = source.callId();
            QCOMPARE(id.size(), 30);
            QVERIFY(id.startsWith(QLatin1String("req_")));
            QVERIFY2(id > last, qPrintable(id));
            seen.insert(id);
            last = id;
        }
        QCOMPARE(seen.size(), 20'000);
    }

    void callIdsRiseWhenTheRandomPartOverflows()
    {
        ManualClock clock;
        FixedRandom random;
        IdSource source(clock, random);
        const QString first = source.callId();
        const QString second = source.callId();
        QVERIFY(second > first);
    }

    void timeLeads()
    {
        ManualClock clock(1'469'918'176'385); // the example of the ULID specification begins with 01ARYZ6S41
        SodiumRandom random;
        QVERIFY(IdSource(clock, random).callId().startsWith(QLatin1String("req_01ARYZ6S41")));
    }

    void keysHaveTheirForm()
    {
        SodiumRandom random;
        const auto made = credential::newKey(random);
        const QByteArray key = made.key.reveal();
        QCOMPARE(made.id.size(), 10);
        QCOMPARE(key.size(), 4 + 10 + 1 + 52);
        QCOMPARE(credential::credentialIdOf(key).toByteArray(), made.id.toLatin1());
        QVERIFY(key != credential::newKey(random).key.reveal());
    }

    void idOfKey_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("id");
        QTest::newRow("good") << QByteArray("sbx_abc_def") << QByteArray("abc");
        QTest::newRow("empty") << QByteArray() << QByteArray();
        QTest::newRow("prefix only") << QByteArray("sbx_") << QByteArray();
        QTest::newRow("no secret part") << QByteArray("sbx_abc") << QByteArray();
        QTest::newRow("no id") << QByteArray("sbx__def") << QByteArray();
        QTest::newRow("another prefix") << QByteArray("sk-abc_def") << QByteArray();
        QTest::newRow("too long") << QByteArray("sbx_abc_") + QByteArray(300, 'x') << QByteArray();
    }
    void idOfKey()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, id);
        QCOMPARE(credential::credentialIdOf(key).toByteArray(), id);
    }
};

QTEST_APPLESS_MAIN(TestIds)
#include "tst_ids.moc"

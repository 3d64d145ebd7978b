// QObjects are counted when the environment asks for it, on every thread, and otherwise not at all.
#include "observability/object_count.h"

#include <QCoreApplication>
#include <QTest>

#include <memory>
#include <thread>
#include <vector>

using namespace gateway::observability;

class TestObjectCount : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void comesAndGoes();
};

void TestObjectCount::comesAndGoes()
{
    QVERIFY(!liveObjects());
    qputenv("SIGNALBOX_COUNT_OBJECTS", "1");
    countObjectsIfAsked();
    countObjectsIfAsked(); // a second time changes nothing
    QVERIFY2(liveObjects(), "this Qt's hooks are not as expected");
    const qint64 before = *liveObjects();
    {
        QObject parent;
        for (int i = 0; i < 9; ++i)
            new QObject(&parent);
        QCOMPARE(*liveObjects(), before + 10);
    }
    QCOMPARE(*liveObjects(), before);

    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (int j = 0; j < 1000; ++j)
                auto object = std::make_unique<QObject>();
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(*liveObjects(), before);
}

QTEST_GUILESS_MAIN(TestObjectCount)

#include "tst_object_count.moc"

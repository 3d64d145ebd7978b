// Assignment: who is in at p percent is in at every higher one, on every machine; shares are what they say; exclusions.
#include "rollout/assignment.h"

#include <QTest>

using namespace gateway;
using namespace gateway::rollout;
using api::StickyBy;

namespace {

QString tenant(int number)
{
    return QStringLiteral("tenant-%1").arg(number);
}

} // namespace

class TestAssignment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoIsInStaysIn();
    void sharesAreWhatTheySay_data();
    void sharesAreWhatTheySay();
    void placesAreTheSameEverywhere();
    void anotherCanaryBeginsWithOthers();
    void stickyBySomething();
    void excludedTenantsAreInNeitherArm();
    void noneTakesNobody();
};

void TestAssignment::whoIsInStaysIn()
{
    const QVector<int> steps{1, 5, 25, 50, 100};
    for (int i = 0; i < 5000; ++i) {
        bool before = false;
        for (const int percent : steps) {
            const Assignment assignment("cny_1", StickyBy::Tenant, percent, {});
            const bool in = assignment.takes(tenant(i), {});
            QVERIFY2(in || !before, qPrintable(tenant(i)));
            before = in;
        }
        QVERIFY(before); // 100 % is everybody
    }
}

void TestAssignment::sharesAreWhatTheySay_data()
{
    QTest::addColumn<int>("percent");
    for (const int percent : {1, 5, 25, 50, 75, 100})
        QTest::addRow("%d", percent) << percent;
}

// Names that differ in their last characters only, as real ones do.
void TestAssignment::sharesAreWhatTheySay()
{
    QFETCH(int, percent);
    constexpr int kCallers = 20'000;
    for (const QByteArray salt : {QByteArray("cny_1"), QByteArray("cny_2"), QByteArray()}) {
        const Assignment assignment(salt, StickyBy::Credential, percent, {});
        int in = 0;
        for (int i = 0; i < kCallers; ++i)
            in += assignment.takes(QStringLiteral("acme"), QStringLiteral("key%1").arg(i)) ? 1 : 0;
        const double share = double(in) / kCallers;
        const double spread = 4.5 * std::sqrt(percent / 100.0 * (1 - percent / 100.0) / kCallers);
        QVERIFY2(std::abs(share - percent / 100.0) <= spread + 1e-9, qPrintable(QString::number(share)));
        QCOMPARE(assignment.percent(), percent);
    }
}

// Numbers computed by another program (FNV-1a 64 with murmur's last mixing step, in Python): a change of the hash would
// move callers between arms in the middle of a canary.
void TestAssignment::placesAreTheSameEverywhere()
{
    const Assignment assignment("cny_salt", StickyBy::Tenant, 10, {});
    QCOMPARE(assignment.placeOf(QStringLiteral("acme")), 1562);
    QCOMPARE(assignment.placeOf(QStringLiteral("globex")), 5719);
    QCOMPARE(assignment.placeOf(QStringLiteral("büro")), 3073);
    QCOMPARE(assignment.placeOf(QString()), 435);
}

void TestAssignment::anotherCanaryBeginsWithOthers()
{
    const Assignment one("cny_1", StickyBy::Tenant, 25, {});
    const Assignment two("cny_2", StickyBy::Tenant, 25, {});
    int both = 0;
    for (int i = 0; i < 4000; ++i)
        both += one.takes(tenant(i), {}) && two.takes(tenant(i), {}) ? 1 : 0;
    QVERIFY2(both > 150 && both < 350, qPrintable(QString::number(both))); // a sixteenth, if they are independent
}

void TestAssignment::stickyBySomething()
{
    const Assignment byTenant("s", StickyBy::Tenant, 50, {});
    const Assignment byKey("s", StickyBy::Credential, 50, {});
    int changes = 0;
    for (int i = 0; i < 200; ++i) {
        const QString key = QStringLiteral("key%1").arg(i);
        QCOMPARE(byTenant.takes(QStringLiteral("acme"), key), byTenant.takes(QStringLiteral("acme"), {}));
        QCOMPARE(byKey.takes(QStringLiteral("acme"), key), byKey.takes(QStringLiteral("globex"), key));
        changes += byKey.takes(QStringLiteral("acme"), key) ? 1 : 0;
    }
    QVERIFY(changes > 60 && changes < 140);
}

void TestAssignment::excludedTenantsAreInNeitherArm()
{
    const Assignment assignment("s", StickyBy::Credential, 100, {QStringLiteral("acme")});
    QVERIFY(!assignment.takes(QStringLiteral("acme"), QStringLiteral("k")));
    QVERIFY(!assignment.isEligible(QStringLiteral("acme")));
    QVERIFY(assignment.takes(QStringLiteral("globex"), QStringLiteral("k")));
}

void TestAssignment::noneTakesNobody()
{
    QVERIFY(!Assignment().takes(QStringLiteral("acme"), QStringLiteral("k")));
    QVERIFY(!Assignment("s", StickyBy::Tenant, 0, {}).takes(QStringLiteral("acme"), QStringLiteral("k")));
    QVERIFY(!Assignment("s", StickyBy::Tenant, -5, {}).takes(QStringLiteral("acme"), QStringLiteral("k")));
}

QTEST_GUILESS_MAIN(TestAssignment)
#include "tst_assignment.moc"

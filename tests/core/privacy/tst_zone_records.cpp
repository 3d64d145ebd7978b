// Zone records over time, and the calendar of audits: what a change of the config leaves behind in the history, what is
// due when, and that nothing of what stands there is rewritten.
#include "compiled.h"
#include "privacy/quarter.h"
#include "privacy/timeline.h"
#include "store/database.h"
#include "store/migrations.h"
#include "store/zone_history.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway;

namespace {

QByteArray yaml(const char* zone, const char* more = "")
{
    return QByteArray("signalbox: 1\nzones:\n  - {name: eu, regions: [eu-west-1], retention: zero}\n"
                      "  - {name: world, regions: [eu-west-1, us-east-1], retention: any}\nproviders:\n"
                      "  - {name: up, kind: simulator, region: eu-west-1, retention: zero}\naliases:\n"
                      "  - name: fast\n    candidates: [{provider: up, model: m-2026-09-01, weight: 1}]\n"
                      "tenants:\n  - {name: acme, zone: ") +
           zone + ", contract: {reference: MSA-17, zone: eu, dated: 2026-01-10, approvers: [jana]}}\n" + more;
}

api::ZoneAudit signedOne(const char* quarter)
{
    api::ZoneAudit audit;
    audit.quarter = QString::fromLatin1(quarter);
    audit.state = QStringLiteral("signed");
    return audit;
}

} // namespace

class TestZoneRecords : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    store::Connection m_connection;

private Q_SLOTS:
    void init()
    {
        auto opened = store::openWriter(
            m_directory.filePath(QString::fromLatin1(QTest::currentTestFunction()) + QStringLiteral(".db")), false, 0);
        QVERIFY(opened.ok());
        m_connection = std::move(*opened);
        QVERIFY(store::migrate(*m_connection, store::latestSchema()).ok());
    }
    void cleanup() { m_connection = {}; }

    void recordsFollowTheRevisions()
    {
        QSqlDatabase& database = *m_connection;
        const auto first = compiled(yaml("eu"), 1);
        const auto same = compiled(yaml("eu", "  - {name: late, zone: eu}\n"), 2);
        const auto wider = compiled(yaml("world"), 3);
        QVERIFY(store::writeZonesOf(database, *first, 1000));
        QVERIFY(store::writeZonesOf(database, *first, 1500)); // a restart: it is in force already
        QVERIFY(store::writeZonesOf(database, *same, 2000, {QStringLiteral("ben")}));
        QVERIFY(store::writeZonesOf(database, *wider, 3000, {QStringLiteral("ben"), QStringLiteral("jana")}));
        QVERIFY(store::writeZonesOf(database, *same, 4000)); // rolled back
        const auto revisions = store::readRevisions(database);
        const auto inForce = store::readInForce(database);
        QVERIFY(revisions.ok() && inForce.ok());
        QCOMPARE(revisions->size(), 3U);
        QCOMPARE(inForce->size(), 4U);
        QCOMPARE(revisions->at(3).zones[QStringLiteral("world")].regions.size(), 2);
        QCOMPARE(revisions->at(1).endpoints[QStringLiteral("up")].region, QStringLiteral("eu-west-1"));

        const auto records = privacy::timeline(*revisions, *inForce, {QStringLiteral("acme")});
        QCOMPARE(records.size(), 3);
        QCOMPARE(records[2].zone, QStringLiteral("eu")); // oldest
        QCOMPARE(records[2].firstRevision, 1);
        QCOMPARE(records[2].lastRevision, 2); // another tenant came, and nothing changed for this one
        QCOMPARE(records[2].from.toMSecsSinceEpoch(), 1000);
        QCOMPARE(records[2].until->toMSecsSinceEpoch(), 3000);
        QCOMPARE(records[2].contractReference, QStringLiteral("MSA-17"));
        QCOMPARE(records[2].approvers, QStringList{QStringLiteral("jana")});
        QCOMPARE(records[1].zone, QStringLiteral("world"));
        QCOMPARE(records[1].changedBy, (QStringList{QStringLiteral("ben"), QStringLiteral("jana")}));
        QVERIFY(records[1].loosened.join(u' ').contains(QStringLiteral("us-east-1")));
        QCOMPARE(records[0].zone, QStringLiteral("eu"));
        QVERIFY(!records[0].until);
        QVERIFY(records[0].loosened.isEmpty());
        QCOMPARE(privacy::timeline(*revisions, *inForce, {}).size(), 5); // and `late`, twice
    }

    // Another content under a number that is there: nobody can say by which of them a call was routed.
    void aNumberWithTwoContentsIsAmbiguous()
    {
        QSqlDatabase& database = *m_connection;
        QVERIFY(store::writeZonesOf(database, *compiled(yaml("eu"), 1), 1000));
        QVERIFY(store::noteZonesOf(database, *compiled(yaml("eu"), 1), 1100));
        QVERIFY(!store::readRevisions(database)->at(1).ambiguous);
        QVERIFY(store::noteZonesOf(database, *compiled(yaml("world"), 1), 1200));
        const auto revisions = store::readRevisions(database);
        QVERIFY(revisions->at(1).ambiguous);
        QCOMPARE(revisions->at(1).tenants[QStringLiteral("acme")].zone, QStringLiteral("eu")); // what stood there stays
    }

    void aCanaryIsNotedAndNotInForce()
    {
        QSqlDatabase& database = *m_connection;
        QVERIFY(store::writeZonesOf(database, *compiled(yaml("eu"), 1), 1000));
        QVERIFY(store::noteZonesOf(database, *compiled(yaml("world"), 2), 1200));
        QCOMPARE(store::readRevisions(database)->size(), 2U);
        QCOMPARE(store::readInForce(database)->size(), 1U);
    }

    void quarters()
    {
        QCOMPARE(privacy::quarterOf(QDate(2026, 1, 1)), QStringLiteral("2026-Q1"));
        QCOMPARE(privacy::quarterOf(QDate(2026, 3, 31)), QStringLiteral("2026-Q1"));
        QCOMPARE(privacy::quarterOf(QDate(2026, 12, 31)), QStringLiteral("2026-Q4"));
        QCOMPARE(privacy::firstDayOf(QStringLiteral("2026-Q3")), QDate(2026, 7, 1));
        QVERIFY(!privacy::firstDayOf(QStringLiteral("2026-Q5")).isValid());
        QVERIFY(!privacy::firstDayOf(QStringLiteral("2026")).isValid());
        QCOMPARE(privacy::after(QStringLiteral("2026-Q4")), QStringLiteral("2027-Q1"));
    }

    void whatIsDue()
    {
        const QDate first(2026, 5, 20);
        const auto states = [&](const QDate& day, const QVector<api::ZoneAudit>& done) {
            QStringList told;
            for (const api::ZoneAudit& audit :
                privacy::auditCalendar(first, QDateTime(day, QTime(12, 0), Qt::UTC), done))
                told.append(audit.quarter.right(2) + u' ' + audit.state);
            return told.join(QStringLiteral(", "));
        };
        QCOMPARE(states(QDate(2026, 5, 20), {}), QStringLiteral("Q2 open"));
        QCOMPARE(states(QDate(2026, 6, 16), {}), QStringLiteral("Q2 open"));
        QCOMPARE(states(QDate(2026, 6, 17), {}), QStringLiteral("Q2 due"));
        QCOMPARE(states(QDate(2026, 6, 30), {}), QStringLiteral("Q2 due"));
        QCOMPARE(states(QDate(2026, 7, 1), {}), QStringLiteral("Q3 open, Q2 overdue"));
        QCOMPARE(states(QDate(2026, 10, 2), {signedOne("2026-Q2")}), QStringLiteral("Q4 open, Q3 overdue, Q2 signed"));
        QCOMPARE(states(QDate(2026, 4, 2), {}), QStringLiteral("Q2 open")); // a clock that went back
    }
};

QTEST_GUILESS_MAIN(TestZoneRecords)
#include "tst_zone_records.moc"

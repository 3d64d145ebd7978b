// The ladder: from nothing, from each earlier schema, not twice, never backward, all or nothing.
#include "store/migrations.h"
#include "store/store.h"
#include "store_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace gateway::store;

class TestMigrations : public QObject
{
    Q_OBJECT

    static QString schemaText(QSqlDatabase& database)
    {
        QSqlQuery query(database);
        query.exec(QStringLiteral("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)"));
        return query.next() ? query.value(0).toString() : QString();
    }

private Q_SLOTS:
    void fromNothing()
    {
        QTemporaryDir directory;
        auto connection = openWriter(directory.filePath(QStringLiteral("a.db")), false, 0);
        QVERIFY(connection.ok());
        QCOMPARE(*schemaOf(**connection), 0);
        QVERIFY(migrate(**connection).ok());
        QCOMPARE(*schemaOf(**connection), latestSchema());
        const QString schema = schemaText(**connection);
        QVERIFY(schema.contains(QLatin1String("CREATE TABLE credentials")));
        QVERIFY(migrate(**connection).ok()); // nothing to do
        QCOMPARE(schemaText(**connection), schema);
    }

    void fromEachEarlierSchema()
    {
        QVERIFY(latestSchema() >= 2);
        QTemporaryDir whole;
        auto fresh = openWriter(whole.filePath(QStringLiteral("a.db")), false, 0);
        QVERIFY(migrate(**fresh).ok());
        for (int from = 1; from < latestSchema(); ++from) {
            QTemporaryDir directory;
            {
                auto connection = openWriter(directory.filePath(QStringLiteral("signalbox.db")), false, 0);
                QVERIFY(migrate(**connection, from).ok());
                QCOMPARE(*schemaOf(**connection), from);
                QVERIFY(QSqlQuery(**connection).exec(QStringLiteral("INSERT INTO commits VALUES (7, 8)")));
            }
            auto store = openStore(directory.path());
            QVERIFY(store);
            const QString file = store->databaseFile();
            store.reset();
            QCOMPARE(ask(file, QStringLiteral("SELECT duration_us FROM commits WHERE batch = 7")), QStringLiteral("8"));
            auto connection = openWriter(file, true, 0);
            QCOMPARE(schemaText(**connection), schemaText(**fresh));
        }
    }

    void aFailedStepLeavesTheOldSchema()
    {
        QTemporaryDir directory;
        auto connection = openWriter(directory.filePath(QStringLiteral("a.db")), false, 0);
        QVERIFY(migrate(**connection, 1).ok());
        QVERIFY(QSqlQuery(**connection).exec(QStringLiteral("CREATE TABLE credentials (in_the_way INTEGER)")));
        QVERIFY(!migrate(**connection).ok());
        QCOMPARE(*schemaOf(**connection), 1);
    }

    void foreignDatabasesAreRefused()
    {
        QTemporaryDir directory;
        auto connection = openWriter(directory.filePath(QStringLiteral("a.db")), false, 0);
        QVERIFY(QSqlQuery(**connection).exec(QStringLiteral("CREATE TABLE somebody_elses (a INTEGER)")));
        QVERIFY(!migrate(**connection).ok());
    }
};

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"

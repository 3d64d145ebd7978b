// The ladder: from nothing, from each earlier schema, not twice, never backward, all or nothing.
#include "store/call_reader.h"
#include "store/migrations.h"
#include "store/store.h"
#include "store_fixture.h"

#include <QSqlError>
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

    // Rows of the schema before they were made narrower, every column with a value of its own; more than one piece.
    void rowsAreKept()
    {
        constexpr int kRows = 21'000; // more than one piece
        QTemporaryDir directory;
        const QString file = directory.filePath(QStringLiteral("signalbox.db"));
        QStringList calls;
        QStringList attempts;
        {
            auto connection = openWriter(file, false, 0);
            QVERIFY(migrate(**connection, 8).ok());
            const auto columnsOf = [&](const char* table) {
                QStringList names;
                QSqlQuery query(**connection);
                query.exec(QStringLiteral("SELECT name FROM pragma_table_info('%1')").arg(QLatin1String(table)));
                while (query.next())
                    names.append(query.value(0).toString());
                return names;
            };
            calls = columnsOf("calls");
            attempts = columnsOf("attempts");
            // a third of the rows is full, a third empty, a third has NULL where it may be
            const auto valueOf = [](const QString& name, int number, int kind) -> QString {
                if (name == QLatin1String("seq") || name == QLatin1String("call"))
                    return QStringLiteral("i");
                if (name == QLatin1String("id"))
                    return QStringLiteral("'req_' || i");
                if (name == QLatin1String("number"))
                    return QStringLiteral("1 + i % 2");
                if (name == QLatin1String("tokens"))
                    return kind == 0 ? QStringLiteral("'{\"in_uncached\":%1,\"input\":%1,\"output\":0}'").arg(number)
                                     : QStringLiteral("'{}'");
                if (name == QLatin1String("decision"))
                    return QStringLiteral("'{\"why\":\"d\u00e9tail ' || i || '\"}'");
                static const QStringList kTexts{QStringLiteral("tenant"), QStringLiteral("feature"),
                    QStringLiteral("agent"), QStringLiteral("user"), QStringLiteral("credential"),
                    QStringLiteral("surface"), QStringLiteral("alias"), QStringLiteral("workload_class"),
                    QStringLiteral("zone"), QStringLiteral("outcome"), QStringLiteral("error_code"),
                    QStringLiteral("error_detail"), QStringLiteral("served_by"), QStringLiteral("fallback_kind"),
                    QStringLiteral("cache"), QStringLiteral("finish_reason"), QStringLiteral("stream"),
                    QStringLiteral("price_book"), QStringLiteral("idempotency"), QStringLiteral("provider"),
                    QStringLiteral("model"), QStringLiteral("region"), QStringLiteral("result"),
                    QStringLiteral("reason"), QStringLiteral("upstream_request_id"), QStringLiteral("model_reported")};
                if (kTexts.contains(name))
                    return kind == 0                        ? QStringLiteral("'%1 \u00e9 \"%2\"'").arg(name).arg(number)
                           : name == QLatin1String("cache") ? QStringLiteral("'bypass'")
                           : name == QLatin1String("workload_class") ? QStringLiteral("'interactive'")
                           : name == QLatin1String("stream")         ? QStringLiteral("'none'")
                                                                     : QStringLiteral("''");
                static const QStringList kFacts{QStringLiteral("degraded"), QStringLiteral("feature_proved"),
                    QStringLiteral("connection_reused"), QStringLiteral("cost_known")};
                if (kFacts.contains(name))
                    return QString::number(kind == 0);
                if (name.endsWith(QLatin1String("_nano")) && kind == 2)
                    return QStringLiteral("NULL");
                return QString::number(kind == 0                             ? 1'000'000'000'000 + number
                                       : name.endsWith(QLatin1String("_us")) ? -1
                                                                             : 0);
            };
            const auto fill = [&](const char* table, const QStringList& names) {
                for (int kind = 0; kind < 3; ++kind) {
                    QStringList values;
                    for (int i = 0; i < names.size(); ++i)
                        values.append(valueOf(names[i], i, kind));
                    QSqlQuery query(**connection);
                    if (!query.exec(QStringLiteral("WITH RECURSIVE n(i) AS (SELECT %1 UNION ALL SELECT i + 3 FROM n"
                                                   " WHERE i + 3 <= %2) INSERT INTO %3 SELECT %4 FROM n")
                                        .arg(kind + 1)
                                        .arg(kRows)
                                        .arg(QLatin1String(table), values.join(QStringLiteral(", "))))) {
                        qWarning("%s", qPrintable(query.lastError().text()));
                        return false;
                    }
                }
                return true;
            };
            QVERIFY(fill("calls", calls));
            QVERIFY(fill("attempts", attempts));
            for (const char* table : {"calls", "attempts"})
                QVERIFY(QSqlQuery(**connection)
                            .exec(QStringLiteral("CREATE TABLE old_%1 AS SELECT * FROM %1").arg(QLatin1String(table))));
            QVERIFY(migrate(**connection).ok());
        }
        for (const auto& [table, names] : {std::pair{"calls", calls}, std::pair{"attempts", attempts}}) {
            const QString name = QLatin1String(table);
            QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM %1").arg(name)), QString::number(kRows));
            // nothing is lost or changed, in either direction
            const QString all = names.join(QStringLiteral(", "));
            const QString differ = QStringLiteral("SELECT count(*) FROM (SELECT %1 FROM %2 EXCEPT SELECT %1 FROM %3)");
            QCOMPARE(ask(file, differ.arg(all, QStringLiteral("old_") + name, name + QStringLiteral("_full"))),
                QStringLiteral("0"));
            QCOMPARE(ask(file, differ.arg(all, name + QStringLiteral("_full"), QStringLiteral("old_") + name)),
                QStringLiteral("0"));
        }
        QCOMPARE(ask(file, QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
        // and as the program reads it
        auto reader = CallReader::open(file);
        QVERIFY(reader.ok());
        const auto read = (*reader)->find(QStringLiteral("req_1"));
        QVERIFY(read.ok());
        QCOMPARE(read->attempts.size(), 1);
        QVERIFY(read->degraded);
        QCOMPARE(read->tokens.inUncached, qint64(calls.indexOf(QStringLiteral("tokens"))));
        QCOMPARE(read->attempts[0].tokens.inUncached, qint64(attempts.indexOf(QStringLiteral("tokens"))));
        QCOMPARE(read->overheadUs, 1'000'000'000'000 + calls.indexOf(QStringLiteral("overhead_us")));
        const auto empty = (*reader)->find(QStringLiteral("req_3"));
        QVERIFY(empty.ok() && !empty->cost && !empty->costEstimated && !empty->attempts[0].costEstimated);
        QCOMPARE(empty->workloadClass, QStringLiteral("interactive"));
        QCOMPARE(empty->receivedUs, qint64(-1));
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

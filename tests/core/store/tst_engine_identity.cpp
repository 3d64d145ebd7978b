// The engine's id: made once, kept over restarts, kept by a copy of the data directory.
#include "store/engine_identity.h"
#include "store_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway::store;

class TestEngineIdentity : public QObject
{
    Q_OBJECT

    static QString idOf(const QString& directory, const QString& fresh)
    {
        const auto store = openStore(directory);
        QString id;
        if (store)
            store->submitAndWait([&](QSqlDatabase& database) {
                id = engineIdOr(database, fresh);
                return true;
            });
        return id;
    }

private Q_SLOTS:
    void madeOnceAndKept()
    {
        QTemporaryDir directory;
        QCOMPARE(idOf(directory.path(), QStringLiteral("eng_a")), QStringLiteral("eng_a"));
        QCOMPARE(idOf(directory.path(), QStringLiteral("eng_b")), QStringLiteral("eng_a"));
        QTemporaryDir copy;
        QVERIFY(QFile::copy(
            directory.filePath(QStringLiteral("signalbox.db")), copy.filePath(QStringLiteral("signalbox.db"))));
        QCOMPARE(idOf(copy.path(), QStringLiteral("eng_c")), QStringLiteral("eng_a"));
    }
};

QTEST_GUILESS_MAIN(TestEngineIdentity)
#include "tst_engine_identity.moc"

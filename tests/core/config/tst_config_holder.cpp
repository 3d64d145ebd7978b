// The holder keeps the last good config, whatever is done to the file, and counts revisions by content.
#include "config/config_holder.h"
#include "full_config.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace gateway::config;

class TestConfigHolder : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    QString m_path = m_directory.filePath(QStringLiteral("signalbox.yaml"));

    void write(const QByteArray& bytes)
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

private Q_SLOTS:
    void init() { write(fullConfig()); }

    void loads()
    {
        ConfigHolder holder(testKeys());
        QVERIFY(!holder.current());
        QCOMPARE(int(holder.health().health), int(api::Health::Down));
        const auto report = holder.load(m_path);
        QVERIFY2(report.ok, qPrintable(describe(report.problems)));
        QCOMPARE(report.snapshot, holder.current());
        QCOMPARE(report.snapshot->revision, 1);
        QCOMPARE(report.snapshot->sourceFile, m_path);
        QCOMPARE(int(holder.health().health), int(api::Health::Ok));
    }

    void keepsTheLastGood_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut") << fullConfig().first(900);
        QTest::newRow("unknown key") << fullConfig() + "extra: 1\n";
        QTest::newRow("binary") << QByteArray(1000, '\xfe');
    }
    void keepsTheLastGood()
    {
        QFETCH(QByteArray, bytes);
        ConfigHolder holder(testKeys());
        const SnapshotPtr good = holder.load(m_path).snapshot;
        write(bytes);
        const auto report = holder.reload();
        QVERIFY(!report.ok);
        QVERIFY(!report.problems.isEmpty());
        QVERIFY(!report.revisionChanged);
        QCOMPARE(report.snapshot, good);
        QCOMPARE(holder.current(), good);
        QCOMPARE(int(holder.health().health), int(api::Health::Degraded));
        QVERIFY(!holder.problems().isEmpty());

        write(fullConfig()); // and heals
        QVERIFY(holder.reload().ok);
        QCOMPARE(int(holder.health().health), int(api::Health::Ok));
        QCOMPARE(holder.current()->revision, 1);
    }

    // A cut file is refused, unless it ends where an entry of a section ends; then it says that its end is gone.
    void cutAtEveryByte()
    {
        ConfigHolder holder(testKeys());
        const QByteArray whole = fullConfig();
        SnapshotPtr good = holder.load(m_path).snapshot;
        int taken = 0;
        for (qsizetype size = 0; size < whole.size() - 1; ++size) {
            write(whole.first(size));
            const auto report = holder.reload();
            if (!report.ok) {
                QVERIFY2(holder.current() == good, qPrintable(QString::number(size)));
                continue;
            }
            ++taken;
            QVERIFY2(report.snapshot->warnings.first().contains(QLatin1String("only the beginning")),
                qPrintable(QString::number(size)));
            const QByteArray next = whole.mid(size).split('\n').first();
            QVERIFY2(whole[size - 1] == '\n' && (next.startsWith("  - ") || !next.startsWith(' ')), next.constData());
            // what is left is unchanged
            for (const auto& provider : report.snapshot->providers)
                QCOMPARE(provider->baseUrl, good->providers[std::size_t(provider->index)]->baseUrl);
            for (const auto& [name, alias] : report.snapshot->aliasByName.asKeyValueRange())
                QCOMPARE(alias->fallback.size(), good->aliasByName.value(name)->fallback.size());
            write(whole);
            good = holder.reload().snapshot;
            QCOMPARE(good->tenants.size(), std::size_t(1));
        }
        QVERIFY(taken > 3);
    }

    void goingBackIsNoCut()
    {
        ConfigHolder holder(testKeys());
        holder.load(m_path);
        write(fullConfig() + "  - principal: bob\n    role: viewer\n");
        QVERIFY(holder.reload().ok);
        write(fullConfig() + "  - principal: bob\n"); // a cut
        QVERIFY(!holder.reload().ok);
        write(fullConfig()); // a rollback
        const auto report = holder.reload();
        QVERIFY(report.ok);
        QVERIFY(!report.snapshot->warnings.join(u' ').contains(QLatin1String("only the beginning")));
    }

    void anotherFileIsNoCut()
    {
        ConfigHolder holder(testKeys());
        holder.load(m_path);
        QFile other(m_directory.filePath(QStringLiteral("other.yaml")));
        QVERIFY(other.open(QIODevice::WriteOnly));
        other.write("# every field once\nsignalbox: 1\n");
        other.close();
        QVERIFY(holder.load(other.fileName()).ok);
    }

    void keepsTheLastGoodWhenTheFileIsGone()
    {
        ConfigHolder holder(testKeys());
        const SnapshotPtr good = holder.load(m_path).snapshot;
        QVERIFY(QFile::remove(m_path));
        QVERIFY(!holder.reload().ok);
        QCOMPARE(holder.current(), good);
    }

    void aBadFirstFileGivesNothing()
    {
        write("signalbox: 1\nfoo: 2\n");
        ConfigHolder holder(testKeys());
        const auto report = holder.load(m_path);
        QVERIFY(!report.ok);
        QVERIFY(!report.snapshot);
        QCOMPARE(report.problems[0].file, m_path);
        QCOMPARE(report.problems[0].line, 2);
        QVERIFY(!holder.load(m_directory.path()).ok);
        QVERIFY(!holder.load(QStringLiteral("/nonexistent.yaml")).ok);
    }

    void revisionsCountContent()
    {
        ConfigHolder holder(testKeys());
        holder.load(m_path);
        QVERIFY(!holder.reload().revisionChanged);
        QCOMPARE(holder.current()->revision, 1);
        write(fullConfig() + "# a comment\n");
        QVERIFY(holder.reload().revisionChanged);
        QCOMPARE(holder.current()->revision, 2);
    }

    void theSameContentTakesUpAChangedKey()
    {
        QByteArray value = "first";
        ConfigHolder holder(KeySource([&value](const QByteArray&) { return value; }));
        holder.load(m_path);
        value = "second";
        const auto report = holder.reload();
        QVERIFY(!report.revisionChanged);
        QVERIFY(report.snapshot->providers[0]->key.equals("second"));
    }

    void resumesTheNumbering()
    {
        ConfigHolder first(testKeys());
        const QByteArray hash = first.load(m_path).snapshot->contentHash;
        ConfigHolder second(testKeys());
        second.resume(41, hash);
        QVERIFY(!second.load(m_path).revisionChanged);
        QCOMPARE(second.current()->revision, 41);
        write(fullConfig() + "# changed\n");
        second.reload();
        QCOMPARE(second.current()->revision, 42);
    }

    void checkPutsNothingInForce()
    {
        ConfigHolder holder(testKeys());
        QVERIFY(holder.check(m_path).ok);
        QVERIFY(!holder.current());
        write("signalbox: 7\n");
        QCOMPARE(holder.check(m_path).problems.size(), 1);
    }

    void demo()
    {
        ConfigHolder holder;
        QVERIFY(holder.loadDemo().ok);
        QVERIFY(holder.reload().ok);
        QCOMPARE(holder.current()->revision, 1);
    }
};

QTEST_APPLESS_MAIN(TestConfigHolder)
#include "tst_config_holder.moc"

// The pepper is made once, kept private, and never replaced.
#include "credential/pepper.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using credential::loadPepper;

class TestPepper : public QObject
{
    Q_OBJECT

    SodiumRandom m_random;

private Q_SLOTS:
    void madeOnceAndPrivate()
    {
        QTemporaryDir directory;
        const auto first = loadPepper(directory.path(), true, m_random);
        QVERIFY2(first.ok(), first.ok() ? "" : qPrintable(first.error().message));
        QCOMPARE(first->reveal().size(), 32);
        QCOMPARE(
            QFileInfo(directory.filePath(QStringLiteral("pepper"))).permissions() & QFileDevice::Permissions(0x0077),
            QFileDevice::Permissions());
        const auto second = loadPepper(directory.path(), true, m_random);
        QVERIFY(second.ok());
        QVERIFY(second->equals(first->reveal()));
        QCOMPARE(QDir(directory.path()).entryList(QDir::Files).size(), 1); // no draft stays behind
    }

    void notMadeWhileCredentialsExist()
    {
        QTemporaryDir directory;
        QVERIFY(!loadPepper(directory.path(), false, m_random).ok());
        QVERIFY(!QFile::exists(directory.filePath(QStringLiteral("pepper"))));
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("mode");
        QTest::addColumn<bool>("ok");
        const int own = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
        QTest::newRow("good") << QByteArray(32, 'x') << own << true;
        QTest::newRow("read-only") << QByteArray(32, 'x') << int(QFileDevice::ReadOwner) << true;
        QTest::newRow("group reads") << QByteArray(32, 'x') << int(own | QFileDevice::ReadGroup) << false;
        QTest::newRow("others read") << QByteArray(32, 'x') << int(own | QFileDevice::ReadOther) << false;
        QTest::newRow("empty") << QByteArray() << own << false;
        QTest::newRow("short") << QByteArray(31, 'x') << own << false;
        QTest::newRow("long") << QByteArray(33, 'x') << own << false;
    }
    void refused()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, mode);
        QTemporaryDir directory;
        QFile file(directory.filePath(QStringLiteral("pepper")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
        file.close();
        QVERIFY(file.setPermissions(QFileDevice::Permissions(mode)));
        QTEST(loadPepper(directory.path(), true, m_random).ok(), "ok");
    }

    void aLinkIsNotFollowed()
    {
        QTemporaryDir directory;
        QVERIFY(loadPepper(directory.path(), true, m_random).ok());
        QTemporaryDir other;
        QVERIFY(QFile::link(directory.filePath(QStringLiteral("pepper")), other.filePath(QStringLiteral("pepper"))));
        QVERIFY(!loadPepper(other.path(), true, m_random).ok());
    }
};

QTEST_APPLESS_MAIN(TestPepper)
#include "tst_pepper.moc"

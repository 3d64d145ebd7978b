// A data directory of an earlier version: what waited in its spill journal is in the record after the start, once.
#include "store/old_spill.h"
#include "store_fixture.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QtEndian>

#include <zlib.h>

using namespace gateway;
using namespace gateway::store;

namespace {

// As version 0.1.0 wrote it.
QByteArray oldSpill(const std::vector<QByteArray>& payloads)
{
    QByteArray bytes("SBXSPILL", 8);
    char number[4];
    const auto put = [&](quint32 value) {
        qToLittleEndian(value, number);
        bytes.append(number, 4);
    };
    put(1);
    put(7);
    const QByteArray epoch = bytes.right(4);
    for (const QByteArray& payload : payloads) {
        put(quint32(payload.size()));
        const QByteArray checked = epoch + payload;
        put(quint32(
            crc32(crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(checked.constData()), uInt(checked.size()))));
        bytes += payload;
    }
    return bytes + QByteArray(4096, '\0');
}

QByteArray payload(const QString& id)
{
    QJsonObject json = api::toJson(*sampleCall(id));
    json.insert(QStringLiteral("idempotency"), QStringLiteral("0123abcd"));
    return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

} // namespace

class TestOldSpill : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    QString m_file = m_directory.filePath(QStringLiteral("spill.journal"));

    void put(const QByteArray& bytes)
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

private Q_SLOTS:
    void isTakenOverOnce()
    {
        QVERIFY(openStore(m_directory.path()));
        put(oldSpill({payload(QStringLiteral("req_a")), "[]", payload(QStringLiteral("req_b"))}));
        auto store = openStore(m_directory.path());
        QVERIFY(store);
        const QString file = store->databaseFile();
        QCOMPARE(ask(file, QStringLiteral("SELECT group_concat(id) FROM (SELECT id FROM calls ORDER BY seq)")),
            QStringLiteral("req_a,req_b"));
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM calls WHERE idempotency = '0123abcd'")),
            QStringLiteral("2"));
        QVERIFY(!QFile::exists(m_file));
        QVERIFY(QFile::exists(m_file + QStringLiteral(".unreadable"))); // the entry that is no call
        store.reset();
        put(oldSpill({payload(QStringLiteral("req_a"))})); // as if the removal had been lost
        store = openStore(m_directory.path());
        QVERIFY(store);
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM calls")), QStringLiteral("2"));
    }

    void anEmptyOneGoes()
    {
        QVERIFY(openStore(m_directory.path()));
        put(QByteArray(16 << 10, '\0'));
        QVERIFY(openStore(m_directory.path()));
        QVERIFY(!QFile::exists(m_file));
    }

    void anotherFileIsRefused()
    {
        QVERIFY(openStore(m_directory.path()));
        put("something else entirely");
        QVERIFY(!openStore(m_directory.path()));
        QVERIFY(QFile::exists(m_file));
        QFile::remove(m_file);
    }
};

QTEST_APPLESS_MAIN(TestOldSpill)
#include "tst_old_spill.moc"

// Who gets in: only the exact key of a live credential, within its scope.
#include "credential/credential_book.h"
#include "credential/credential_key.h"
#include "credential/resolved_keys.h"

#include <QTest>

using namespace gateway;
using namespace gateway::credential;

class TestCredentialBook : public QObject
{
    Q_OBJECT

    SodiumRandom m_random;
    const Secret m_pepper{QByteArray(32, 'p')};
    QByteArray m_key;
    std::unique_ptr<CredentialBook> m_book;

    Credential credential(const NewKey& key) const
    {
        Credential credential;
        credential.id = key.id;
        credential.hash = CredentialBook::hashKey(m_pepper, key.key.reveal());
        credential.tenant = QStringLiteral("acme");
        return credential;
    }

private Q_SLOTS:
    void initTestCase()
    {
        std::vector<Credential> all;
        for (int i = 0; i < 100; ++i)
            all.push_back(credential(newKey(m_random)));
        const NewKey key = newKey(m_random);
        m_key = key.key.reveal();
        all.push_back(credential(key));
        m_book = std::make_unique<CredentialBook>(m_pepper, std::move(all));
    }

    void theKeyOpens()
    {
        const Credential* found = m_book->resolve(m_key, 1);
        QVERIFY(found);
        QCOMPARE(found->tenant, QStringLiteral("acme"));
    }

    // What was remembered of a good key is worth nothing to another key, after its time, or in another book.
    void rememberedKeysAreNoWiderThanTheBook()
    {
        std::vector<Credential> all;
        std::vector<QByteArray> keys;
        for (int i = 0; i < 3000; ++i) { // some share a slot
            const NewKey key = newKey(m_random);
            keys.push_back(key.key.reveal());
            all.push_back(credential(key));
        }
        all[0].expiresAtMs = 1000;
        const auto book = std::make_shared<const CredentialBook>(m_pepper, all);
        ResolvedKeys remembered;
        for (int round = 0; round < 2; ++round) {
            for (std::size_t i = 0; i < keys.size(); ++i) {
                const Credential* found = remembered.resolve(book, keys[i], 999);
                QVERIFY(found);
                QCOMPARE(found->id, all[i].id);
                QByteArray wrong = keys[i];
                wrong[wrong.size() - 1] = wrong.back() == '0' ? '1' : '0';
                QVERIFY(!remembered.resolve(book, wrong, 999));
            }
        }
        QVERIFY(!remembered.resolve(book, keys[0], 1000));
        QVERIFY(!remembered.resolve(book, QByteArray(), 1));
        QVERIFY(!remembered.resolve(book, keys[1] + QByteArray(1000, 'x'), 1));

        all[1].revokedAtMs = 5;
        all.pop_back();
        const auto next = std::make_shared<const CredentialBook>(m_pepper, all);
        QVERIFY(!remembered.resolve(next, keys[1], 999));
        QVERIFY(!remembered.resolve(next, keys.back(), 999));
        QVERIFY(remembered.resolve(next, keys[2], 999));
    }

    void everyOtherKeyDoesNot()
    {
        for (qsizetype i = 0; i < m_key.size(); ++i) {
            QByteArray wrong = m_key;
            wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
            QVERIFY2(!m_book->resolve(wrong, 1), qPrintable(QString::number(i)));
            QVERIFY(!m_book->resolve(QByteArrayView(m_key).first(i), 1));
        }
        QVERIFY(!m_book->resolve(QByteArray(m_key + 'x'), 1));
        QVERIFY(!m_book->resolve(QByteArray(m_key + QByteArray(1000, 'x')), 1));
        QVERIFY(!m_book->resolve(QByteArray(' ' + m_key), 1));
        QVERIFY(!m_book->resolve(m_key.toUpper(), 1));
        QVERIFY(!m_book->resolve(QByteArray(), 1));
    }

    void anotherPepperKnowsNobody()
    {
        const NewKey key = newKey(m_random);
        const CredentialBook book(Secret(QByteArray(32, 'q')), {credential(key)});
        QVERIFY(!book.resolve(key.key.reveal(), 1));
    }

    void anEmptyBookKnowsNobody()
    {
        const CredentialBook book(m_pepper, {});
        QVERIFY(!book.resolve(m_key, 1));
    }

    void lifetimes_data()
    {
        QTest::addColumn<qint64>("expires");
        QTest::addColumn<qint64>("revoked");
        QTest::addColumn<qint64>("now");
        QTest::addColumn<bool>("opens");
        QTest::newRow("forever") << qint64(0) << qint64(0) << qint64(1'000) << true;
        QTest::newRow("a moment before") << qint64(1'000) << qint64(0) << qint64(999) << true;
        QTest::newRow("expired now") << qint64(1'000) << qint64(0) << qint64(1'000) << false;
        QTest::newRow("revoked") << qint64(0) << qint64(500) << qint64(1'000) << false;
        QTest::newRow("revoked, clock set back") << qint64(0) << qint64(500) << qint64(100) << false;
    }
    void lifetimes()
    {
        QFETCH(qint64, expires);
        QFETCH(qint64, revoked);
        QFETCH(qint64, now);
        const NewKey key = newKey(m_random);
        Credential row = credential(key);
        row.expiresAtMs = expires;
        row.revokedAtMs = revoked;
        const CredentialBook book(m_pepper, {row});
        QTEST(book.resolve(key.key.reveal(), now) != nullptr, "opens");
    }

    void scopes_data()
    {
        QTest::addColumn<QStringList>("list");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("empty") << QStringList() << true;
        QTest::newRow("star") << QStringList{QStringLiteral("*")} << true;
        QTest::newRow("named") << QStringList{QStringLiteral("other"), QStringLiteral("chat")} << true;
        QTest::newRow("another") << QStringList{QStringLiteral("chat-2")} << false;
        QTest::newRow("case counts") << QStringList{QStringLiteral("Chat")} << false;
        QTest::newRow("no prefixes") << QStringList{QStringLiteral("ch*")} << false;
    }
    void scopes()
    {
        QFETCH(QStringList, list);
        Credential row;
        row.aliases = list;
        row.features = list;
        QTEST(row.allowsAlias(QStringLiteral("chat")), "allowed");
        QTEST(row.allowsFeature(QStringLiteral("chat")), "allowed");
    }

    void hashIsHmacSha256()
    {
        // RFC 4231, test case 2
        const KeyHash hash =
            CredentialBook::hashKey(Secret(QByteArray("Jefe")), QByteArrayView("what do ya want for nothing?"));
        QCOMPARE(QByteArray(reinterpret_cast<const char*>(hash.data()), 32).toHex(),
            QByteArray("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    }
};

QTEST_APPLESS_MAIN(TestCredentialBook)
#include "tst_credential_book.moc"

// Issuing and revoking: through the store, published, remembered, and nothing secret on disk.
#include "credential/credential_issuer.h"

#include <QDir>
#include <QFile>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using credential::CredentialBookPtr;
using credential::CredentialIssuer;

class TestCredentialIssuer : public QObject
{
    Q_OBJECT

    SystemClock m_clock;
    SodiumRandom m_random;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<CredentialIssuer> m_issuer;

    void openStore()
    {
        m_issuer.reset();
        m_store.reset();
        store::StoreOptions options;
        options.directory = m_directory->path();
        options.journalBytes = 64 << 10;
        auto store = store::Store::open(options);
        QVERIFY(store.ok());
        m_store = std::move(*store);
    }
    QString openIssuer()
    {
        auto issuer = CredentialIssuer::open(*m_store, m_directory->path(), m_clock, m_random);
        if (!issuer)
            return issuer.error().message;
        m_issuer = std::move(*issuer);
        return {};
    }
    api::CredentialRequest request() const
    {
        api::CredentialRequest request;
        request.tenant = QStringLiteral("acme");
        request.aliases = {QStringLiteral("chat")};
        request.note = QStringLiteral("for the tests");
        return request;
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        openStore();
        QCOMPARE(openIssuer(), QString());
    }
    void cleanup()
    {
        m_issuer.reset();
        m_store.reset();
    }

    void issuedOpensAtOnceAndAfterARestart()
    {
        const auto issued = m_issuer->issueAndWait(request());
        QVERIFY(issued.ok());
        QVERIFY(issued->key.startsWith(QStringLiteral("sbx_") + issued->id + u'_'));
        for (int start = 0; start < 2; ++start) {
            const CredentialBookPtr book = m_issuer->book();
            const auto* found = book->resolve(issued->key.toLatin1(), m_clock.wallMs());
            QVERIFY(found);
            QCOMPARE(found->tenant, QStringLiteral("acme"));
            QVERIFY(found->allowsAlias(QStringLiteral("chat")));
            QVERIFY(!found->allowsAlias(QStringLiteral("other")));
            QCOMPARE(m_issuer->list().size(), 1);
            QCOMPARE(m_issuer->list()[0].note, QStringLiteral("for the tests"));
            openStore();
            QCOMPARE(openIssuer(), QString());
        }
    }

    void revokedIsInForceWhenConfirmed()
    {
        const auto issued = m_issuer->issueAndWait(request());
        CredentialBookPtr published;
        m_issuer->setPublished([&](CredentialBookPtr book) { published = std::move(book); });
        QVERIFY(m_issuer->revokeAndWait(issued->id).ok());
        QCOMPARE(published, m_issuer->book()); // told before it was confirmed
        QVERIFY(!published->resolve(issued->key.toLatin1(), m_clock.wallMs()));
        QVERIFY(m_issuer->list()[0].revokedAt.has_value());
        QCOMPARE(int(m_issuer->revokeAndWait(issued->id).error().failure), int(api::Failure::Conflict));
        QCOMPARE(int(m_issuer->revokeAndWait(QStringLiteral("nobody")).error().failure), int(api::Failure::NotFound));
        openStore();
        QCOMPARE(openIssuer(), QString());
        QVERIFY(!m_issuer->book()->resolve(issued->key.toLatin1(), m_clock.wallMs()));
    }

    void anEarlierBookStaysAsItWas()
    {
        const auto issued = m_issuer->issueAndWait(request());
        const CredentialBookPtr before = m_issuer->book();
        QVERIFY(m_issuer->revokeAndWait(issued->id).ok());
        QVERIFY(before->resolve(issued->key.toLatin1(), m_clock.wallMs()));
    }

    void wrongRequests_data()
    {
        QTest::addColumn<QString>("tenant");
        QTest::addColumn<QString>("alias");
        QTest::addColumn<int>("expiresInMs"); // 0: never
        QTest::addColumn<bool>("good");
        QTest::newRow("good") << QStringLiteral("acme") << QStringLiteral("chat") << 0 << true;
        QTest::newRow("all aliases") << QStringLiteral("acme") << QStringLiteral("*") << 0 << true;
        QTest::newRow("expires") << QStringLiteral("acme") << QStringLiteral("chat") << 60'000 << true;
        QTest::newRow("no tenant") << QString() << QStringLiteral("chat") << 0 << false;
        QTest::newRow("wrong alias") << QStringLiteral("acme") << QStringLiteral("a b") << 0 << false;
        QTest::newRow("empty alias") << QStringLiteral("acme") << QStringLiteral("") << 0 << false;
        QTest::newRow("expired") << QStringLiteral("acme") << QStringLiteral("chat") << -1 << false;
    }
    void wrongRequests()
    {
        QFETCH(QString, tenant);
        QFETCH(QString, alias);
        QFETCH(int, expiresInMs);
        api::CredentialRequest wanted = request();
        wanted.tenant = tenant;
        wanted.aliases = {alias};
        if (expiresInMs != 0)
            wanted.expiresAt = QDateTime::currentDateTimeUtc().addMSecs(expiresInMs);
        QTEST(m_issuer->issueAndWait(wanted).ok(), "good");
    }

    void noKeyOnDisk()
    {
        const auto issued = m_issuer->issueAndWait(request());
        const QByteArray secret = issued->key.section(u'_', 2).toLatin1();
        QCOMPARE(secret.size(), 52);
        cleanup();
        for (const QFileInfo& info : QDir(m_directory->path()).entryInfoList(QDir::Files)) {
            QFile file(info.filePath());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains(secret.first(8)), qPrintable(info.fileName()));
        }
    }

    void aLostPepperIsNotReplaced()
    {
        QVERIFY(m_issuer->issueAndWait(request()).ok());
        openStore();
        QVERIFY(QFile::remove(m_directory->filePath(QStringLiteral("pepper"))));
        QVERIFY(openIssuer().contains(QLatin1String("missing")));
    }

    void anotherPepperIsNoticed()
    {
        QVERIFY(m_issuer->issueAndWait(request()).ok());
        openStore();
        QFile file(m_directory->filePath(QStringLiteral("pepper")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QCOMPARE(file.write(QByteArray(32, 'x')), 32);
        file.close();
        QVERIFY(openIssuer().contains(QLatin1String("not the one")));
    }

    void aDamagedScopeIsNotEverything()
    {
        QVERIFY(m_issuer->issueAndWait(request()).ok());
        openStore();
        QVERIFY(m_store->submitAndWait([](QSqlDatabase& database) {
            return QSqlQuery(database).exec(QStringLiteral("UPDATE credentials SET aliases = ''"));
        }));
        QVERIFY(!openIssuer().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCredentialIssuer)
#include "tst_credential_issuer.moc"

// Rotation: a new key of the same scope, the old one good for its grace and no longer; both or neither, with what is
// written alongside; nothing to rotate of what is gone.
#include "credential/credential_issuer.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <future>

using namespace gateway;
using credential::CredentialIssuer;

class TestCredentialRotation : public QObject
{
    Q_OBJECT

    ManualClock m_clock;
    SodiumRandom m_random;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<CredentialIssuer> m_issuer;
    api::IssuedCredential m_old;

    void open()
    {
        m_issuer.reset();
        m_store.reset();
        store::StoreOptions options;
        options.directory = m_directory->path();
        options.journalBytes = 64 << 10;
        auto store = store::Store::open(options);
        QVERIFY(store.ok());
        m_store = std::move(*store);
        auto issuer = CredentialIssuer::open(*m_store, m_directory->path(), m_clock, m_random);
        QVERIFY(issuer.ok());
        m_issuer = std::move(*issuer);
    }
    api::Result<api::IssuedCredential> rotate(const QString& id, qint64 grace, store::Store::Work alongside = {})
    {
        auto promise = std::make_shared<std::promise<api::Result<api::IssuedCredential>>>();
        auto future = promise->get_future();
        m_issuer->rotate(id, grace, std::move(alongside),
            [promise](api::Result<api::IssuedCredential> result) { promise->set_value(std::move(result)); });
        return future.get();
    }
    bool opens(const QString& key) const
    {
        return m_issuer->book()->resolve(key.toLatin1(), m_clock.wallMs()) != nullptr;
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        open();
        api::CredentialRequest request;
        request.tenant = QStringLiteral("acme");
        request.aliases = QStringList{QStringLiteral("chat")};
        request.features = QStringList{QStringLiteral("search")};
        request.note = QStringLiteral("for the tests");
        const auto issued = m_issuer->issueAndWait(request);
        QVERIFY(issued.ok());
        m_old = *issued;
    }
    void cleanup()
    {
        m_issuer.reset();
        m_store.reset();
    }

    void bothOpenDuringTheGrace()
    {
        const auto fresh = rotate(m_old.id, 3600);
        QVERIFY(fresh.ok());
        QCOMPARE(fresh->replaces, m_old.id);
        QCOMPARE(fresh->replacedUntil->toMSecsSinceEpoch(), m_clock.wallMs() + 3600 * 1000);
        QVERIFY(fresh->id != m_old.id);
        QVERIFY(opens(m_old.key));
        QVERIFY(opens(fresh->key));
        m_clock.advance(std::chrono::seconds(3599));
        QVERIFY(opens(m_old.key));
        m_clock.advance(std::chrono::seconds(2));
        QVERIFY(!opens(m_old.key));
        QVERIFY(opens(fresh->key));
        open(); // and a restart keeps it so
        QVERIFY(!opens(m_old.key));
        QVERIFY(opens(fresh->key));
    }

    void theScopeIsTheSame()
    {
        const auto fresh = rotate(m_old.id, 3600);
        const credential::Credential* found = m_issuer->book()->find(fresh->id);
        QVERIFY(found);
        QCOMPARE(found->tenant, QStringLiteral("acme"));
        QCOMPARE(found->aliases, QStringList(QStringLiteral("chat")));
        QCOMPARE(found->features, QStringList(QStringLiteral("search")));
        QCOMPARE(m_issuer->list().last().note, QStringLiteral("for the tests"));
    }

    void withoutGraceItEndsAtOnce()
    {
        const auto fresh = rotate(m_old.id, 0);
        QVERIFY(fresh.ok());
        QVERIFY(!opens(m_old.key));
        QVERIFY(opens(fresh->key));
    }

    void anEarlierEndIsKept()
    {
        api::CredentialRequest request;
        request.tenant = QStringLiteral("acme");
        request.expiresAt = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs() + 60'000, Qt::UTC);
        const auto brief = m_issuer->issueAndWait(request);
        const auto fresh = rotate(brief->id, 3600);
        QVERIFY(fresh.ok());
        QCOMPARE(fresh->replacedUntil, request.expiresAt); // a grace never makes a key live longer
        QCOMPARE(m_issuer->list().last().expiresAt, request.expiresAt);
    }

    void nothingToRotate()
    {
        QCOMPARE(int(rotate(QStringLiteral("nobody"), 1).error().failure), int(api::Failure::NotFound));
        QVERIFY(rotate(m_old.id, 0).ok());
        QCOMPARE(int(rotate(m_old.id, 1).error().failure), int(api::Failure::Conflict)); // has expired
        const auto other = m_issuer->issueAndWait([] {
            api::CredentialRequest request;
            request.tenant = QStringLiteral("acme");
            return request;
        }());
        QVERIFY(m_issuer->revokeAndWait(other->id).ok());
        QCOMPARE(int(rotate(other->id, 1).error().failure), int(api::Failure::Conflict));
    }

    void alongsideOrNothing()
    {
        const auto mark = [](const char* key) {
            return [key](QSqlDatabase& database) {
                QSqlQuery query(database);
                query.prepare(QStringLiteral("INSERT INTO meta (key, value) VALUES (?, 'x')"));
                query.bindValue(0, QString::fromLatin1(key));
                return query.exec();
            };
        };
        const auto isMarked = [this](const char* key) {
            bool found = false;
            m_store->submitAndWait([&](QSqlDatabase& database) {
                QSqlQuery query(database);
                found = query.exec(QStringLiteral("SELECT 1 FROM meta WHERE key = '%1'").arg(QLatin1String(key))) &&
                        query.next();
                return true;
            });
            return found;
        };
        const auto fresh = rotate(m_old.id, 3600, mark("good"));
        QVERIFY(fresh.ok());
        QVERIFY(isMarked("good"));
        const qsizetype before = m_issuer->list().size();
        const auto refused =
            rotate(fresh->id, 0, [&](QSqlDatabase& database) { return mark("bad")(database) && false; });
        QCOMPARE(int(refused.error().failure), int(api::Failure::Unavailable));
        QVERIFY(!isMarked("bad"));
        QCOMPARE(m_issuer->list().size(), before);
        open();
        QCOMPARE(m_issuer->list().size(), before);
        for (const api::CredentialInfo& info : m_issuer->list())
            QCOMPARE(info.expiresAt.has_value(), info.id == m_old.id); // the one that was to end did not
    }
};

QTEST_GUILESS_MAIN(TestCredentialRotation)
#include "tst_credential_rotation.moc"

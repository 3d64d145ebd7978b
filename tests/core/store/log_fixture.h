// What the tests of the log share: a data directory in which a real store has recorded calls, administration and
// revisions, with heads signed and anchored as the engine does it; and a plain writing hand for who tampers.
#pragma once

#include "audit/chain/anchor.h"
#include "store/audit_repository.h"
#include "store/config_repository.h"
#include "store/engine_identity.h"
#include "store/log_entry.h"
#include "store/log_sealer.h"
#include "store/log_verifier.h"
#include "store_fixture.h"

#include <QTemporaryDir>

inline gateway::audit::SigningKey keyOf(char letter)
{
    return *gateway::audit::SigningKey::fromSeed(gateway::Secret(QByteArray(64, letter)));
}

// A connection that changes what it likes.
class Hand
{
public:
    explicit Hand(const QString& file)
    {
        static int number = 0;
        m_name = QStringLiteral("hand-%1").arg(++number);
        database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_name);
        database.setDatabaseName(file);
        database.open();
    }
    ~Hand()
    {
        database.close();
        database = QSqlDatabase();
        QSqlDatabase::removeDatabase(m_name);
    }
    Q_DISABLE_COPY_MOVE(Hand)
    bool run(const QString& sql, const QVariantList& values = {})
    {
        QSqlQuery query(database);
        if (!query.prepare(sql))
            return false;
        for (const QVariant& value : values)
            query.addBindValue(value);
        return query.exec();
    }
    qint64 number(const QString& sql)
    {
        QSqlQuery query(sql, database);
        return query.next() ? query.value(0).toLongLong() : -1;
    }

    QSqlDatabase database;

private:
    QString m_name;
};

class LogFixture
{
public:
    static constexpr qint64 kStart = 1'795'305'600'000;

    explicit LogFixture(char letter = 'a') : key(keyOf(letter)) {}

    QString file() const { return directory.path() + QStringLiteral("/signalbox.db"); }
    QString anchorFile() const { return gateway::audit::localAnchorFile(directory.path()); }

    // One run of an engine: what `inside` records, and then a clean end with its head.
    template <typename Inside>
    void run(Inside inside)
    {
        using namespace gateway;
        store::StoreOptions options;
        options.directory = directory.path();
        auto opened = store::Store::open(options);
        QVERIFY2(opened.ok(), opened.ok() ? "" : qPrintable(opened.error().message));
        store = std::move(*opened);
        store->submitAndWait(
            [](QSqlDatabase& database) { return !store::engineIdOr(database, QStringLiteral("eng_test")).isEmpty(); });
        sealer = std::make_shared<store::LogSealer>(QStringLiteral("eng_test"), key);
        auto head = std::make_shared<std::optional<audit::LogHead>>();
        store->setLastWork(
            [head, sealer = sealer](QSqlDatabase& database) { return sealer->seal(database, kStart, *head); },
            [this, head, file = anchorFile()](
                bool good) { anchored = good && (!*head || audit::appendToAnchor(file, {**head}).ok()); });
        inside();
        anchored = false;
        store.reset();
        QVERIFY(anchored);
    }

    void calls(int count)
    {
        for (int i = 0; i < count; ++i, ++made) {
            auto call = sampleCall(QStringLiteral("req_%1").arg(made, 6, 10, QLatin1Char('0')), kStart + made);
            auto changed = std::make_shared<gateway::api::Call>(*call);
            changed->tenant = QStringLiteral("tenant-%1").arg(made % 5);
            changed->tokens.inUncached = made;
            if (made % 7 == 0)
                changed->attempts.clear();
            store->record(changed, &sink, quint64(made));
        }
        QVERIFY(store->waitUntilFiled(std::chrono::seconds(20)));
    }

    void administration(int count)
    {
        using namespace gateway;
        for (int i = 0; i < count; ++i, ++made) {
            api::AuditEntry entry;
            entry.at = QDateTime::fromMSecsSinceEpoch(kStart + made, Qt::UTC);
            entry.principal = QStringLiteral("anna");
            entry.role = QStringLiteral("admin");
            entry.by = QStringLiteral("token");
            entry.action = QStringLiteral("POST /api/v1/providers/{name}/drain");
            entry.object = QStringLiteral("p%1").arg(made);
            entry.reason = QStringLiteral("reason %1").arg(made);
            entry.operation = QStringLiteral("op-%1").arg(made);
            entry.outcome = QStringLiteral("read");
            QVERIFY(store->submitAndWait([&](QSqlDatabase& database) {
                if (i % 3 == 0)
                    return store::insertEntry(database, entry).has_value();
                const auto sequence = store::insertIntent(database, entry, QByteArray(32, char(made)), true);
                if (!sequence || i % 3 == 1)
                    return sequence.has_value();
                store::OperationEnd end;
                end.sequence = *sequence;
                end.atMs = kStart + made;
                end.status = 200;
                end.reply = {{QStringLiteral("ok"), made}};
                return store::markEffect(database, *sequence) && store::endOperation(database, end).has_value();
            }));
        }
    }

    // One that came into force from a draft: their rows, and what the engine says of it in the log.
    void revision(int number)
    {
        using namespace gateway;
        store::DraftRow draft;
        draft.id = QStringLiteral("d%1").arg(number);
        draft.text = "signalbox: 1 # " + QByteArray::number(number);
        draft.hash = QByteArray(64, char('a' + number % 6));
        draft.state = QStringLiteral("draft");
        store::RevisionRow row;
        row.hash = draft.hash;
        row.number = number;
        row.text = draft.text;
        row.draft = draft.id;
        row.by = QStringLiteral("anna");
        row.createdMs = row.fromMs = kStart + made;
        QVERIFY(store->submitAndWait([&](QSqlDatabase& database) {
            if (!store::putDraft(database, draft))
                return false;
            draft.state = QStringLiteral("promoted");
            return store::putDraft(database, draft) && store::bringIntoForce(database, row) &&
                   store::appendToLog(database, store::LogKind::Revision, QString::number(number),
                       "{\"revision\":" + QByteArray::number(number) + '}');
        }));
    }

    void head()
    {
        using namespace gateway;
        std::optional<audit::LogHead> made;
        QVERIFY(store->submitAndWait([&](QSqlDatabase& database) { return sealer->seal(database, kStart, made); }));
        if (made)
            QVERIFY(audit::appendToAnchor(anchorFile(), {*made}).ok());
    }

    gateway::store::VerifyOptions options() const
    {
        using namespace gateway;
        store::VerifyOptions options;
        options.keys = {audit::fingerprintOf(key.publicKey())};
        options.anchorFile = anchorFile();
        if (auto anchor = audit::readAnchor(anchorFile(), QStringLiteral("eng_test")))
            options.anchor = *anchor;
        options.nowMs = kStart;
        return options;
    }
    gateway::api::ChainVerification verified() const
    {
        auto reader = gateway::store::openReader(file());
        return gateway::store::verifyLog(**reader, options());
    }

    QTemporaryDir directory;
    CountingSink sink;
    gateway::audit::SigningKey key;
    std::unique_ptr<gateway::store::Store> store;
    std::shared_ptr<gateway::store::LogSealer> sealer;
    int made = 0;
    bool anchored = false; // the last head of a run
};

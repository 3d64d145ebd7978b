// What the walk of an admin request leaves in the audit log: the router of the fake engine over a journal on a real
// database. Every change with its outcome, every refusal of somebody known, every read of an auditor, and no secret.
#include "admin/change_journal.h"
#include "fake_engine.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using api::Role;

namespace {

struct Asked
{
    const char* method = "GET";
    const char* path = "/api/v1/status";
    QJsonObject body = {};
    Role role = Role::Admin;
    const char* reason = "because";
    const char* key = "";
    std::optional<int> revision = {};
};

class Bench
{
public:
    Bench()
    {
        store::StoreOptions options;
        options.directory = directory.path();
        options.journalBytes = 64 << 10;
        auto opened = store::Store::open(options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        m_store = std::move(*opened);
        auto made = admin::ChangeJournal::open(
            *m_store, m_context, engine.clock,
            [this](const api::AuditQuery& query, admin::Done<api::AuditPage> done) {
                done(store::readAudit(m_store->databaseFile(), query));
            },
            [this](const QString& event, const QJsonObject& data) { events.publish(event, data); });
        if (!made)
            qFatal("%s", qPrintable(made.error().message));
        m_journal = std::move(*made);
        m_router = std::make_unique<admin::Router>(engine, events, *m_journal);
    }
    ~Bench()
    {
        m_router.reset();
        m_journal.reset();
        m_store.reset();
    }
    Q_DISABLE_COPY_MOVE(Bench)

    static admin::Principal principal(Role role)
    {
        admin::Principal by;
        by.name = api::nameOf(role) + QStringLiteral("-1");
        by.role = role;
        by.by = admin::Principal::By::Token;
        by.peer = QStringLiteral("10.0.0.7");
        by.client = QStringLiteral("signalboxctl 0.1.0");
        return by;
    }
    api::AdminReply ask(const Asked& asked)
    {
        api::AdminRequest request;
        request.method = QString::fromLatin1(asked.method);
        request.path = QString::fromLatin1(asked.path);
        request.body = asked.body;
        request.reason = QString::fromLatin1(asked.reason);
        request.idempotencyKey = QString::fromLatin1(asked.key);
        request.expectedRevision = asked.revision;
        std::optional<api::AdminReply> reply;
        m_router->handle(request, principal(asked.role), [&reply](const api::AdminReply& answer) { reply = answer; });
        return QTest::qWaitFor([&] { return reply.has_value(); }, 10'000) ? *reply : api::AdminReply();
    }
    QVector<api::AuditEntry> entries()
    {
        for (int i = 0; i < 2; ++i) // what is on its way to the store and back
            m_store->submitAndWait([](QSqlDatabase&) { return true; });
        const auto page = store::readAudit(m_store->databaseFile(), {});
        return page ? page->entries : QVector<api::AuditEntry>();
    }
    QByteArray everythingWritten() const
    {
        QByteArray all;
        for (const QString& name : QDir(directory.path()).entryList(QDir::Files)) {
            QFile file(directory.filePath(name));
            if (file.open(QIODevice::ReadOnly))
                all += file.readAll();
        }
        return all;
    }
    api::Outcome follow(Role role) { return m_router->mayFollowEvents(principal(role)); }

    QTemporaryDir directory;
    test::FakeEngine engine;
    admin::EventHub events{1};

private:
    QObject m_context;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<admin::ChangeJournal> m_journal;
    std::unique_ptr<admin::Router> m_router;
};

constexpr const char* kDrain = "/api/v1/providers/openai-eu/drain";

} // namespace

class TestRecording : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyChangeHasItsOutcome()
    {
        Bench bench;
        const Asked rows[] = {
            {"POST", kDrain},
            {"POST", kDrain}, // in force already
            {"POST", "/api/v1/providers/nope/drain"},
            {"POST", kDrain, {}, Role::Viewer},
            {"POST", kDrain, {{QStringLiteral("a"), 1}}},
            {"POST", kDrain, {}, Role::Operator, ""},
            {"POST", "/api/v1/providers/openai-eu/resume", {}, Role::Admin, "because", "", 6},
        };
        const std::pair<int, const char*> expected[] = {{201, "applied"}, {409, "refused"}, {404, "refused"},
            {403, "refused"}, {400, "refused"}, {400, "refused"}, {412, "refused"}};
        for (std::size_t i = 0; i < std::size(rows); ++i) {
            QCOMPARE(bench.ask(rows[i]).status, expected[i].first);
            QTRY_COMPARE(bench.entries().size(), qsizetype(i + 1));
            QTRY_COMPARE(bench.entries().first().outcome, QString::fromLatin1(expected[i].second));
            QCOMPARE(bench.entries().first().status, expected[i].first);
        }
        const api::AuditEntry first = bench.entries().last();
        QCOMPARE(first.action, QStringLiteral("POST /api/v1/providers/{name}/drain"));
        QCOMPARE(first.object, QStringLiteral("openai-eu"));
        QCOMPARE(first.principal, QStringLiteral("admin-1"));
        QCOMPARE(first.role, QStringLiteral("admin"));
        QCOMPARE(first.by, QStringLiteral("token"));
        QCOMPARE(first.peer, QStringLiteral("10.0.0.7"));
        QCOMPARE(first.client, QStringLiteral("signalboxctl 0.1.0"));
        QCOMPARE(first.reason, QStringLiteral("because"));
        QCOMPARE(first.revision, 7);
        QCOMPARE(first.after.value(QLatin1String("provider")).toString(), QStringLiteral("openai-eu"));
        QVERIFY(!bench.entries().first().message.isEmpty());
    }

    void auditorsReadsAreNotedAndNoOthers()
    {
        Bench bench;
        for (const Role role : {Role::Viewer, Role::Developer, Role::Operator, Role::Admin}) {
            QCOMPARE(bench.ask({"GET", "/api/v1/calls/req_1", {}, role}).status, 200);
            QVERIFY(bench.follow(role).ok());
        }
        QVERIFY(bench.entries().isEmpty());
        QCOMPARE(bench.ask({"GET", "/api/v1/calls/req_1", {}, Role::Auditor}).status, 200);
        const QJsonObject bill{{QStringLiteral("csv"),
            QStringLiteral("provider,model,month,amount_usd\nopenai-eu,gpt-1,2026-11,412.5 CONFIDENTIAL")}};
        QCOMPARE(bench.ask({"POST", "/api/v1/ledger/reconcile", bill, Role::Auditor}).status, 200);
        QVERIFY(bench.follow(Role::Auditor).ok());
        const QVector<api::AuditEntry> all = bench.entries();
        QCOMPARE(all.size(), 3);
        for (const api::AuditEntry& entry : all)
            QCOMPARE(entry.outcome, QStringLiteral("read"));
        QCOMPARE(all[2].object, QStringLiteral("req_1"));
        QVERIFY(all[1].asked.value(QLatin1String("csv")).isObject());
        QVERIFY(!bench.everythingWritten().contains("CONFIDENTIAL"));
        QCOMPARE(all[0].action, QStringLiteral("GET /api/v1/events"));
    }

    void theAuditLogIsForThoseWhoMayReadIt()
    {
        Bench bench;
        QCOMPARE(bench.ask({"POST", kDrain}).status, 201);
        for (const auto& [role, status] : {std::pair(Role::Viewer, 403), std::pair(Role::Developer, 403),
                 std::pair(Role::Operator, 200), std::pair(Role::Auditor, 200), std::pair(Role::Admin, 200)})
            QCOMPARE(bench.ask({"GET", "/api/v1/audit", {}, role}).status, status);
    }

    void aSecretIsInTheAnswerAndNowhereElse()
    {
        Bench bench;
        const QJsonObject body{{QStringLiteral("tenant"), QStringLiteral("acme")},
            {QStringLiteral("aliases"), QJsonArray{QStringLiteral("fast")}}};
        const Asked issue{"POST", "/api/v1/credentials", body, Role::Admin, "because", "k-1"};
        const api::AdminReply first = bench.ask(issue);
        QCOMPARE(first.status, 201);
        const QByteArray key = first.body.value(QLatin1String("key")).toString().toLatin1();
        QVERIFY(key.startsWith("sbx_"));
        QTRY_COMPARE(bench.entries().first().outcome, QStringLiteral("applied"));
        QVERIFY(!bench.everythingWritten().contains(key));
        const api::AdminReply read = bench.ask({"GET", "/api/v1/audit"});
        QVERIFY(!QJsonDocument(read.body).toJson().contains(key));
        QCOMPARE(bench.ask(issue).body, first.body); // within ten minutes the same answer, to the same principal
        const api::AdminReply settled = bench.ask({"POST", "/api/v1/operations/k-1/settle"});
        QCOMPARE(settled.body.value(QLatin1String("state")).toString(), QStringLiteral("applied"));
        const api::AdminReply others = bench.ask({"POST", "/api/v1/operations/k-1/settle", {}, Role::Viewer});
        QCOMPARE(others.body.value(QLatin1String("state")).toString(), QStringLiteral("not_applied"));
        QVERIFY(!QJsonDocument(others.body).toJson().contains(key));
        bench.engine.clock.advance(std::chrono::minutes(11));
        const api::AdminReply later = bench.ask(issue);
        QCOMPARE(later.status, 201);
        QVERIFY(!later.body.contains(QLatin1String("key")));
        QVERIFY(later.body.value(QLatin1String("not_kept")).isString());
    }

    void whatWasGivenUpIsRefusedWhenItArrives()
    {
        Bench bench;
        const api::AdminReply settled = bench.ask({"POST", "/api/v1/operations/late-1/settle", {}, Role::Operator});
        QCOMPARE(settled.body.value(QLatin1String("state")).toString(), QStringLiteral("not_applied"));
        const auto levers = bench.engine.levers().size();
        QCOMPARE(bench.ask({"POST", kDrain, {}, Role::Operator, "because", "late-1"}).status, 409);
        QCOMPARE(bench.engine.levers().size(), levers);
        QCOMPARE(bench.ask({"POST", kDrain, {}, Role::Admin, "because", "late-1"}).status, 201); // another's key
    }

    void consolesAreTold()
    {
        Bench bench;
        admin::EventCursor cursor(bench.events, -1);
        QCOMPARE(bench.ask({"POST", kDrain}).status, 201);
        QTRY_VERIFY(cursor.hasMore());
        const api::Event event = cursor.take(10).events.first();
        QCOMPARE(event.type, QStringLiteral("audit.entry"));
        QCOMPARE(event.data.value(QLatin1String("sequence")).toInt(), 1);
        QCOMPARE(event.data.value(QLatin1String("outcome")).toString(), QStringLiteral("applied"));
        QVERIFY(!event.data.contains(QLatin1String("asked")) && !event.data.contains(QLatin1String("principal")));
    }
};

QTEST_GUILESS_MAIN(TestRecording)
#include "tst_recording.moc"

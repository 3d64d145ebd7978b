// A principal that is bound to tenants, on every route of the table: what is of another tenant is not there for it,
// what is of all tenants at once is closed, and what is of the engine is open. The fake engine has calls, credentials,
// budgets, quotas, levers and zones of "acme" and "other"; the principal is bound to one of them.
#include "admin/router.h"
#include "fake_engine.h"

#include "admin/event_filter.h"
#include "admin/memory_change_log.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace gateway;

namespace {

// What must never be read by a principal that is bound to "acme".
const QByteArray kOther("other");

admin::Principal bound(const QString& tenant, api::Role role = api::Role::Admin)
{
    return {QStringLiteral("bound"), role, admin::Principal::By::Token, {tenant}};
}

struct Bench
{
    test::FakeEngine engine;
    admin::EventHub events{1};
    admin::MemoryChangeLog changes{engine.clock};
    admin::Router router{engine, events, changes};

    Bench()
    {
        api::CredentialRequest request;
        request.tenant = QStringLiteral("other");
        request.aliases = QStringList{QStringLiteral("fast")};
        admin::Change change;
        engine.issueCredential(request, change, [](const api::Result<api::IssuedCredential>&) {});
        drill(QStringLiteral("other"));
        drill(QStringLiteral("acme"));
    }
    void drill(const QString& tenant)
    {
        api::LeverRequest request;
        request.kind = api::LeverKind::Drill;
        request.provider = QStringLiteral("openai-eu");
        request.tenant = tenant;
        request.percent = 10;
        request.endsAt = engine.status().asOf.addSecs(60);
        engine.applyLever(request, admin::Change(), [](const api::Result<api::LeverStatus>&) {});
    }
    api::AdminReply ask(const QString& method, const QString& path, const admin::Principal& principal,
        const QString& query = {}, const QJsonObject& body = {})
    {
        api::AdminRequest request;
        request.method = method;
        request.path = path;
        request.query = QUrlQuery(query);
        request.body = body;
        request.reason = method == QLatin1String("POST") ? QStringLiteral("test") : QString();
        std::optional<api::AdminReply> answer;
        router.handle(request, principal, [&answer](const api::AdminReply& reply) { answer = reply; });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 5000))
            return {0, {}};
        return *answer;
    }
    api::AdminReply get(const char* path, const admin::Principal& principal, const char* query = "")
    {
        return ask(QStringLiteral("GET"), QString::fromLatin1(path), principal, QString::fromLatin1(query));
    }
    api::AdminReply post(const char* path, const admin::Principal& principal, const QJsonObject& body = {})
    {
        return ask(QStringLiteral("POST"), QString::fromLatin1(path), principal, {}, body);
    }
};

QByteArray text(const api::AdminReply& reply)
{
    return QJsonDocument(reply.body).toJson(QJsonDocument::Compact);
}

qsizetype items(const api::AdminReply& reply)
{
    return reply.body.value(QLatin1String("items")).toArray().size();
}

} // namespace

class TestBoundPrincipals : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyReadKeepsOthersOut_data();
    void everyReadKeepsOthersOut();
    void everythingIsClosed_data();
    void everythingIsClosed();
    void everyRouteIsMet();
    void callsAreSifted();
    void oneCallOfAnother();
    void credentialsAreSifted();
    void credentialsOfOthersCannotBeChanged();
    void leversAndDrillsAreSifted();
    void routesAreExplainedForOwnTenants();
    void zonesAreSifted();
    void contentIsSifted();
    void replaysAreSifted();
    void eventsKeepTheirNumbers();
};

void TestBoundPrincipals::everyReadKeepsOthersOut_data()
{
    QTest::addColumn<QString>("path");
    for (const admin::Route& route : admin::routes()) {
        const QString path = QString::fromLatin1(route.path);
        if (route.handler && qstrcmp(route.method, "GET") == 0 && !path.contains(u'{'))
            QTest::newRow(route.path) << path;
    }
}

// Whatever a read answers to a principal bound to "acme", the word "other" is not in it; unbound it is there for those
// that tell of tenants (checked one by one below).
void TestBoundPrincipals::everyReadKeepsOthersOut()
{
    QFETCH(QString, path);
    Bench bench;
    const QString query = path.endsWith(QLatin1String("summary"))
                              ? QStringLiteral("since=2026-11-21T00:00:00Z&until=2026-11-23T00:00:00Z&by=tenant")
                          : path.endsWith(QLatin1String("series"))
                              ? QStringLiteral("from=2026-11-21T23:30:00Z&to=2026-11-22T00:00:00Z&step=60")
                              : QString();
    const api::AdminReply answer = bench.ask(QStringLiteral("GET"), path, bound(QStringLiteral("acme")), query);
    QVERIFY2(answer.status == 200 || answer.status == 403 || answer.status == 503, text(answer).constData());
    // kinds of fallback and failures are called "other" too, with something before or after
    QByteArray said = text(answer);
    said.replace("other-region", "").replace("other-provider", "").replace("no other candidate", "");
    QVERIFY2(!said.contains("\"" + kOther + "\""), text(answer).constData());
}

void TestBoundPrincipals::everythingIsClosed_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("path");
    for (const admin::Route& route : admin::routes()) {
        if (route.reach == admin::Reach::Everything)
            QTest::addRow("%s %s", route.method, route.path)
                << QString::fromLatin1(route.method)
                << QString::fromLatin1(route.path)
                       .replace(QLatin1String("{name}"), QLatin1String("openai-eu"))
                       .replace(QLatin1String("{number}"), QLatin1String("2"))
                       .replace(QLatin1String("{id}"), QLatin1String("lev_1"));
    }
}

void TestBoundPrincipals::everythingIsClosed()
{
    QFETCH(QString, method);
    QFETCH(QString, path);
    Bench bench;
    QCOMPARE(bench.ask(method, path, bound(QStringLiteral("acme"))).status, 403);
}

// A new route that touches things of tenants belongs into this test.
void TestBoundPrincipals::everyRouteIsMet()
{
    const QStringList met{QStringLiteral("tenants"), QStringLiteral("calls"), QStringLiteral("calls/{id}"),
        QStringLiteral("calls/summary"), QStringLiteral("credentials"), QStringLiteral("credentials/{id}/revoke"),
        QStringLiteral("credentials/{id}/rotate"), QStringLiteral("budgets"), QStringLiteral("quotas"),
        QStringLiteral("routes/explain"), QStringLiteral("failovers"), QStringLiteral("drills"),
        QStringLiteral("drills/{id}"), QStringLiteral("zones/check"), QStringLiteral("zones/proof"),
        QStringLiteral("zones/records"), QStringLiteral("events"), QStringLiteral("content"),
        QStringLiteral("content/grants"), QStringLiteral("content/grants/{id}/approve"),
        QStringLiteral("content/grants/{id}/end"), QStringLiteral("calls/{id}/content"),
        QStringLiteral("calls/{id}/receipt"),
        QStringLiteral("config/replay"), QStringLiteral("config/replay/{id}"),
        QStringLiteral("config/replay/{id}/changes"), QStringLiteral("config/replay/{id}/cancel")};
    // one's own keys only, which other tests hold
    const QStringList own{
        QStringLiteral("whoami"), QStringLiteral("operations/{key}/settle"), QStringLiteral("pairings/claim")};
    for (const admin::Route& route : admin::routes()) {
        const QString path = QString::fromLatin1(route.path).mid(int(qstrlen("/api/v1/")));
        if (route.reach == admin::Reach::Tenant)
            QVERIFY2(met.contains(path) || own.contains(path), route.path);
    }
}

void TestBoundPrincipals::callsAreSifted()
{
    Bench bench;
    QCOMPARE(bench.get("/api/v1/calls", bound(QStringLiteral("acme"))).body.value(QLatin1String("total")).toInt(), 2);
    QCOMPARE(bench.get("/api/v1/calls", bound(QStringLiteral("other"))).body.value(QLatin1String("total")).toInt(), 1);
    QCOMPARE(bench.get("/api/v1/calls/req_1/receipt", bound(QStringLiteral("acme"))).status, 200);
    QCOMPARE(bench.get("/api/v1/calls/req_1/receipt", bound(QStringLiteral("other"))).status, 404);
    // asking for another tenant by name finds nothing, and is no error that would tell of it
    const api::AdminReply named = bench.get("/api/v1/calls", bound(QStringLiteral("acme")), "tenant=other");
    QCOMPARE(named.status, 200);
    QCOMPARE(named.body.value(QLatin1String("total")).toInt(), 0);
    const char* time = "since=2026-11-21T00:00:00Z&until=2026-11-23T00:00:00Z&by=tenant";
    const api::AdminReply sums = bench.get("/api/v1/calls/summary", bound(QStringLiteral("acme")), time);
    QCOMPARE(sums.body.value(QLatin1String("total")).toInt(), 2);
    admin::Principal both = bound(QStringLiteral("acme"));
    both.tenants.append(QStringLiteral("other"));
    QCOMPARE(bench.get("/api/v1/calls", both).body.value(QLatin1String("total")).toInt(), 3);
}

void TestBoundPrincipals::oneCallOfAnother()
{
    Bench bench;
    QCOMPARE(bench.get("/api/v1/calls/req_1", bound(QStringLiteral("acme"))).status, 200);
    const api::AdminReply others = bench.get("/api/v1/calls/req_3", bound(QStringLiteral("acme")));
    const api::AdminReply nobodys = bench.get("/api/v1/calls/req_9", bound(QStringLiteral("acme")));
    QCOMPARE(others.status, 404);
    // word for word the same but for the id that was asked
    QCOMPARE(text(others).replace("req_3", "X"), text(nobodys).replace("req_9", "X"));
    QCOMPARE(bench.get("/api/v1/calls/req_3", bound(QStringLiteral("other"))).status, 200);
}

void TestBoundPrincipals::credentialsAreSifted()
{
    Bench bench;
    const api::AdminReply own = bench.get("/api/v1/credentials", bound(QStringLiteral("acme")));
    QCOMPARE(items(own), 1);
    QVERIFY(text(own).contains("\"c1\""));
    const api::AdminReply others = bench.get("/api/v1/credentials", bound(QStringLiteral("other")));
    QCOMPARE(items(others), 1);
    QVERIFY(text(others).contains("\"c2\""));
}

void TestBoundPrincipals::credentialsOfOthersCannotBeChanged()
{
    for (const char* verb : {"revoke", "rotate"}) {
        Bench bench;
        const QByteArray theirs = QByteArray("/api/v1/credentials/c2/") + verb;
        const QByteArray nobodys = QByteArray("/api/v1/credentials/c9/") + verb;
        const QByteArray own = QByteArray("/api/v1/credentials/c1/") + verb;
        const api::AdminReply refused = bench.post(theirs.constData(), bound(QStringLiteral("acme")));
        QCOMPARE(refused.status, 404);
        QCOMPARE(text(refused).replace("c2", "X"),
            text(bench.post(nobodys.constData(), bound(QStringLiteral("acme")))).replace("c9", "X"));
        const api::AdminReply left = bench.get("/api/v1/credentials", bound(QStringLiteral("other")));
        const QJsonObject credential = left.body.value(QLatin1String("items")).toArray().first().toObject();
        QVERIFY(credential.value(QLatin1String("revoked_at")).isNull());
        QVERIFY(credential.value(QLatin1String("expires_at")).isNull());
        QVERIFY(bench.post(own.constData(), bound(QStringLiteral("acme"))).status / 100 == 2);
    }
}

void TestBoundPrincipals::leversAndDrillsAreSifted()
{
    Bench bench;
    const admin::Principal all{QStringLiteral("all"), api::Role::Admin};
    const qsizetype everything = items(bench.get("/api/v1/failovers", all));
    QCOMPARE(items(bench.get("/api/v1/failovers", bound(QStringLiteral("acme")))), everything - 1);
    QString others;
    QString own;
    for (const QJsonValue& lever : bench.get("/api/v1/failovers", all).body.value(QLatin1String("items")).toArray()) {
        if (lever[QLatin1String("tenant")].toString() == QLatin1String("other"))
            others = lever[QLatin1String("id")].toString();
        if (lever[QLatin1String("tenant")].toString() == QLatin1String("acme"))
            own = lever[QLatin1String("id")].toString();
    }
    const QString path = QStringLiteral("/api/v1/drills/");
    QCOMPARE(bench.ask(QStringLiteral("GET"), path + own, bound(QStringLiteral("acme"))).status, 200);
    QCOMPARE(bench.ask(QStringLiteral("GET"), path + others, bound(QStringLiteral("acme"))).status, 404);
    QCOMPARE(bench.ask(QStringLiteral("GET"), path + others, all).status, 200);
}

void TestBoundPrincipals::routesAreExplainedForOwnTenants()
{
    Bench bench;
    const QString alias = QStringLiteral("alias");
    const QString tenant = QStringLiteral("tenant");
    const QString credential = QStringLiteral("credential");
    const QString fast = QStringLiteral("fast");
    const admin::Principal acme = bound(QStringLiteral("acme"));
    const auto ask = [&](const QJsonObject& body) { return bench.post("/api/v1/routes/explain", acme, body).status; };
    QCOMPARE(ask({{alias, fast}}), 200); // its one tenant is meant
    QCOMPARE(ask({{alias, fast}, {tenant, QStringLiteral("acme")}}), 200);
    QCOMPARE(ask({{alias, fast}, {tenant, QStringLiteral("other")}}), 404);
    QCOMPARE(ask({{alias, fast}, {credential, QStringLiteral("c1")}}), 200);
    QCOMPARE(ask({{alias, fast}, {credential, QStringLiteral("c2")}}), 404);
    QCOMPARE(ask({{alias, fast}, {credential, QStringLiteral("c2")}, {tenant, QStringLiteral("acme")}}), 404);
    admin::Principal both = acme;
    both.tenants.append(QStringLiteral("other"));
    QCOMPARE(bench.post("/api/v1/routes/explain", both, {{alias, fast}}).status, 400);
}

void TestBoundPrincipals::zonesAreSifted()
{
    Bench bench;
    const api::AdminReply own = bench.get("/api/v1/zones/check", bound(QStringLiteral("acme"), api::Role::Auditor));
    QCOMPARE(own.body.value(QLatin1String("tenants")).toArray().size(), 1);
    QCOMPARE(own.body.value(QLatin1String("verdict")).toString(), QStringLiteral("PASS"));
    const admin::Principal auditor = bound(QStringLiteral("acme"), api::Role::Auditor);
    const api::AdminReply proof = bench.get("/api/v1/zones/proof", auditor);
    QCOMPARE(proof.body.value(QLatin1String("tenants")).toArray().size(), 1);
    QCOMPARE(bench.get("/api/v1/zones/records", auditor).body.value(QLatin1String("items")).toArray().size(), 1);
    for (const char* path : {"/api/v1/zones/check", "/api/v1/zones/proof", "/api/v1/zones/records"}) {
        QCOMPARE(bench.get(path, auditor, "tenant=acme").status, 200);
        QCOMPARE(bench.get(path, auditor, "tenant=other").status, 404);
        QCOMPARE(bench.get(path, auditor, "tenant=nobody").status, 404); // as if it were not there
    }
}

void TestBoundPrincipals::contentIsSifted()
{
    Bench bench;
    const admin::Principal acme = bound(QStringLiteral("acme"));
    const admin::Principal other = bound(QStringLiteral("other"));
    const QString grants = QStringLiteral("/api/v1/content/grants");
    QCOMPARE(items(bench.get("/api/v1/content/grants", acme)), 1);
    QCOMPARE(bench.get("/api/v1/content", acme).body.value(QLatin1String("bytes")).toInt(), 100);
    QCOMPARE(bench.get("/api/v1/content", acme).body.value(QLatin1String("kept")).toInt(), 0);
    for (const char* verb : {"approve", "end"}) {
        const QByteArray own = QByteArray("/api/v1/content/grants/cgr_1/") + verb;
        const QByteArray theirs = QByteArray("/api/v1/content/grants/cgr_2/") + verb;
        const QByteArray nobodys = QByteArray("/api/v1/content/grants/cgr_9/") + verb;
        QCOMPARE(bench.post(own.constData(), acme).status, 200);
        QCOMPARE(bench.post(theirs.constData(), acme).status, 404);
        QCOMPARE(text(bench.post(theirs.constData(), acme)).replace("cgr_2", "X"),
            text(bench.post(nobodys.constData(), acme)).replace("cgr_9", "X"));
    }
    const auto askFor = [&](const char* tenant) {
        return bench
            .ask(QStringLiteral("POST"), grants, acme, {},
                {{QStringLiteral("tenant"), QString::fromLatin1(tenant)}, {QStringLiteral("call"), QStringLiteral("c")},
                    {QStringLiteral("hours"), 1}})
            .status;
    };
    QCOMPARE(askFor("acme"), 200);
    QCOMPARE(askFor("other"), 404);
    QCOMPARE(bench.get("/api/v1/calls/req_1/content", acme).status, 200);
    QCOMPARE(text(bench.get("/api/v1/calls/req_1/content", other)).replace("req_1", "X"),
        text(bench.get("/api/v1/calls/req_9/content", other)).replace("req_9", "X"));
}

// A replay that covers others' calls is not there; a draft is of the whole engine, and what it says is not to be learnt
// from its problems.
void TestBoundPrincipals::replaysAreSifted()
{
    Bench bench;
    const admin::Principal acme = bound(QStringLiteral("acme"));
    QCOMPARE(items(bench.get("/api/v1/config/replay", acme)), 1);
    for (const char* path : {"/api/v1/config/replay/rpl_1", "/api/v1/config/replay/rpl_1/changes"})
        QCOMPARE(bench.get(path, acme).status, 200);
    for (const char* path : {"/api/v1/config/replay/rpl_2", "/api/v1/config/replay/rpl_2/changes"})
        QCOMPARE(bench.get(path, acme).status, 404);
    QCOMPARE(bench.post("/api/v1/config/replay/rpl_1/cancel", acme).status, 200);
    QCOMPARE(bench.post("/api/v1/config/replay/rpl_2/cancel", acme).status, 404);
    const auto ask = [&](const QJsonObject& body) { return bench.post("/api/v1/config/replay", acme, body).status; };
    const QString yaml = QStringLiteral("yaml");
    const QString tenant = QStringLiteral("tenant");
    QCOMPARE(ask({{yaml, QStringLiteral("signalbox: 1")}}), 202);
    QCOMPARE(ask({{yaml, QStringLiteral("signalbox: 1")}, {tenant, QStringLiteral("acme")}}), 202);
    QCOMPARE(ask({{yaml, QStringLiteral("signalbox: 1")}, {tenant, QStringLiteral("other")}}), 404);
    QCOMPARE(ask({{QStringLiteral("draft"), QStringLiteral("d_1")}}), 403);
    QCOMPARE(ask({{QStringLiteral("revision"), 3}}), 403);
}

void TestBoundPrincipals::eventsKeepTheirNumbers()
{
    admin::EventHub hub;
    admin::EventCursor own(hub, 0, bound(QStringLiteral("acme")));
    admin::EventCursor all(hub, 0);
    for (const char* tenant : {"acme", "other", "acme"}) {
        auto call = std::make_shared<api::Call>();
        call->id = QStringLiteral("req_") + QString::fromLatin1(tenant);
        call->tenant = QString::fromLatin1(tenant);
        hub.publishCalls({call});
    }
    hub.publish(QStringLiteral("incident.opened"), {{QStringLiteral("sentence"), QStringLiteral("other suffers")}});
    hub.publish(QStringLiteral("revision.activated"), {{QStringLiteral("revision"), 8}});
    hub.publish(QStringLiteral("something.new"), {{QStringLiteral("who"), QStringLiteral("other")}});
    QCOMPARE(all.take(10).events.size(), 6);
    const QVector<api::Event> seen = own.take(10).events;
    QCOMPARE(seen.size(), 6);
    QStringList types;
    for (int i = 0; i < seen.size(); ++i) {
        QCOMPARE(seen[i].sequence, i + 1); // gapless for it too
        QVERIFY(!QJsonDocument(seen[i].data).toJson().contains("other"));
        types.append(seen[i].type);
    }
    QCOMPARE(
        types, QStringList({QStringLiteral("call.finished"), QStringLiteral("hidden"), QStringLiteral("call.finished"),
                   QStringLiteral("hidden"), QStringLiteral("revision.activated"), QStringLiteral("hidden")}));
}

QTEST_GUILESS_MAIN(TestBoundPrincipals)
#include "tst_bound_principals.moc"

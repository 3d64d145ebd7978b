// One suite, all transports (in process, HTTP, HTTPS with a pin, on a thread of its own, direct): the same rows must
// give the same answers, so that embedded and remote cannot drift apart.
#include "certificates.h"
#include "netns.h"
#include "transports.h"

#include "api/gateway_client.h"
#include "api/privacy_client.h"
#include "api/threaded_transport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace gateway;
using api::AdminReply;
using api::AdminRequest;
using api::Failure;

namespace {

template <typename T>
api::Result<T> await(const QFuture<api::Result<T>>& future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 10'000))
        return api::failure(Failure::Internal, QStringLiteral("the future was not finished"));
    return future.result();
}

// "attached": over TLS, with the listener in another network namespace. Where none can be made the kind is left out.
std::vector<const char*> elsewhere()
{
    static const bool canBeMade = test::TwoNamespaces::whyNot().isEmpty();
    return canBeMade ? std::vector<const char*>{"attached"} : std::vector<const char*>{};
}

test::TwoNamespaces& theLink()
{
    static test::TwoNamespaces link;
    return link;
}

QVector<api::Event> eventsOf(const QSignalSpy& spy)
{
    QVector<api::Event> all;
    for (const QList<QVariant>& emitted : spy)
        all += emitted[0].value<QVector<api::Event>>();
    return all;
}

// Each transport has a principal of its own, and some answers name it or say when it was last here.
QJsonObject withOneName(const QJsonObject& answer)
{
    static const QRegularExpression names(QStringLiteral("\"(console|local-token|test)(\"| has the role)"));
    static const QRegularExpression uses(QStringLiteral("\"last_(peer|used_at)\":(null|\"[^\"]*\"),?"));
    QString text = QString::fromUtf8(QJsonDocument(answer).toJson(QJsonDocument::Compact));
    text.replace(names, QStringLiteral("\"somebody\\2")).remove(uses);
    QJsonObject same = QJsonDocument::fromJson(text.toUtf8()).object();
    same.remove(QStringLiteral("by"));
    return same;
}

} // namespace

class TestAdminContract : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void sameRowsSameAnswers_data();
    void sameRowsSameAnswers();
    void typedCalls_data() { transports(); }
    void typedCalls();
    void typedControl_data() { transports(); }
    void typedControl();
    void typedPrincipals_data() { transports(); }
    void typedPrincipals();
    void typedRecord_data() { transports(); }
    void typedRecord();
    void mutationsHappenOnce_data() { transports(); }
    void mutationsHappenOnce();
    void eventsAreGapless_data() { transports(); }
    void eventsAreGapless();
    void gapsAreTold_data() { transports(); }
    void gapsAreTold();
    void engineGoneIsUnreachable_data();
    void engineGoneIsUnreachable();
    void transportGoneEndsItsFutures();
    void inProcessFuturesFinishInTheCallersThread();
    void rolesAreKept_data();
    void rolesAreKept();

private:
    struct Side
    {
        std::unique_ptr<test::ControlRoom> room;
        std::shared_ptr<api::AdminTransport> transport;
        std::function<void(const std::function<void(admin::EventHub&)>&)> withEvents;
    };
    void transports();
    static Side make(const QString& kind);
};

void TestAdminContract::initTestCase()
{
    qRegisterMetaType<QVector<api::Event>>();
    qRegisterMetaType<api::EventStream::State>();
    if (const QString why = test::TwoNamespaces::whyNot(); !why.isEmpty())
        qInfo("without the kind attached: %s", qPrintable(why));
}

void TestAdminContract::transports()
{
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"embedded", "http", "https", "threaded", "direct"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
    for (const char* kind : elsewhere())
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

TestAdminContract::Side TestAdminContract::make(const QString& kind)
{
    Side side;
    if (kind == QLatin1String("direct")) {
        const auto direct = std::make_shared<test::DirectTransport>();
        side.withEvents = [direct](const std::function<void(admin::EventHub&)>& work) { work(direct->events()); };
        side.transport = direct;
        return side;
    }
    if (kind == QLatin1String("attached"))
        theLink().enter(test::TwoNamespaces::Side::Engine); // the threads of a room stay where they are made
    side.room = std::make_unique<test::ControlRoom>();
    if (kind == QLatin1String("embedded"))
        side.transport = admin::makeTransport(side.room->link());
    else if (kind == QLatin1String("https") || kind == QLatin1String("attached")) {
        // made once: a self-signed certificate, known by its pin alone
        static test::CertificateMaker maker;
        static const test::TestCertificate certificate =
            maker.selfSigned(QStringLiteral("engine"), "IP:127.0.0.1,IP:10.77.0.1");
        const bool isElsewhere = kind == QLatin1String("attached");
        const QString host = isElsewhere ? test::TwoNamespaces::addressOf(test::TwoNamespaces::Side::Engine)
                                         : QStringLiteral("127.0.0.1");
        api::HttpTransportOptions options = test::httpOptions(side.room->listenTls(certificate.forServer(), host));
        if (isElsewhere)
            theLink().enter(test::TwoNamespaces::Side::Client);
        options.base.setScheme(QStringLiteral("https"));
        options.base.setHost(host);
        options.pin = certificate.pin();
        side.transport = std::make_shared<api::HttpTransport>(options);
    } else if (kind == QLatin1String("threaded")) {
        side.transport = api::makeThreaded(
            [port = side.room->port()] { return std::make_unique<api::HttpTransport>(test::httpOptions(port)); },
            QStringLiteral("threaded"));
    } else
        side.transport = std::make_shared<api::HttpTransport>(test::httpOptions(side.room->port()));
    side.withEvents = [room = side.room.get()](const std::function<void(admin::EventHub&)>& work) {
        room->run([&] { work(room->parts().events); });
    };
    return side;
}

void TestAdminContract::sameRowsSameAnswers_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("query");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("contains");
    const auto row = [](const char* name, const char* method, const char* path, const char* query,
                         const QByteArray& body, const char* reason, int status, const QByteArray& contains) {
        QTest::newRow(name) << QString::fromLatin1(method) << QString::fromLatin1(path) << QString::fromLatin1(query)
                            << body << QString::fromUtf8(reason) << status << contains;
    };
    row("status", "GET", "/api/v1/status", "", "", "", 200, "\"revision\":7");
    row("providers", "GET", "/api/v1/providers", "", "", "", 200, "\"connections_open\":3");
    row("provider", "GET", "/api/v1/providers/openai-eu", "", "", "", 200, "\"attempts_5m\":3");
    row("provider unknown", "GET", "/api/v1/providers/nope", "", "", "", 404, "not_found");
    row("aliases", "GET", "/api/v1/aliases", "", "", "", 200, "openai-eu/gpt-1@eu-west-1");
    row("tenants", "GET", "/api/v1/tenants", "", "", "", 200, "\"requests_per_minute\":600");
    row("calls", "GET", "/api/v1/calls", "", "", "", 200, "\"total\":3");
    row("calls filtered", "GET", "/api/v1/calls", "tenant=acme&outcome=failed", "", "", 200, "\"total\":1");
    row("calls paged", "GET", "/api/v1/calls", "limit=1", "", "", 200, "\"next\":\"req_1\"");
    row("calls next page", "GET", "/api/v1/calls", "limit=1&before=req_2", "", "", 200, "req_3");
    row("calls bad outcome", "GET", "/api/v1/calls", "outcome=great", "", "", 400, "great");
    row("calls bad limit", "GET", "/api/v1/calls", "limit=0", "", "", 400, "limit");
    row("calls bad time", "GET", "/api/v1/calls", "since=yesterday", "", "", 400, "RFC 3339");
    row("calls unknown key", "GET", "/api/v1/calls", "tenent=acme", "", "", 400, "tenent");
    row("calls key twice", "GET", "/api/v1/calls", "tenant=acme&tenant=other", "", "", 400, "twice");
    row("call", "GET", "/api/v1/calls/req_1", "", "", "", 200, "\"cost_usd\":\"0.00167\"");
    row("call unknown", "GET", "/api/v1/calls/req_9", "", "", "", 404, "req_9");
    row("call, odd id", "GET", "/api/v1/calls/a%20b", "", "", "", 400, "spelled");
    row("call, encoded slash", "GET", "/api/v1/calls/a%2fb", "", "", "", 400, "spelled");
    row("summary", "GET", "/api/v1/calls/summary", "since=2026-11-22T00:00:00Z&until=2026-11-23T00:00:00Z", "", "", 200,
        "\"by\":\"outcome\"");
    row("summary by tenant", "GET", "/api/v1/calls/summary",
        "since=2026-11-22T00:00:00Z&until=2026-11-23T00:00:00Z&by=tenant&step=3600", "", "", 200, "\"key\":\"other\"");
    row("summary filtered", "GET", "/api/v1/calls/summary",
        "since=2026-11-22T00:00:00Z&until=2026-11-23T00:00:00Z&tenant=acme&outcome=failed", "", "", 200, "\"total\":1");
    row("summary without a time", "GET", "/api/v1/calls/summary", "by=tenant", "", "", 400, "since and until");
    row("summary by nobody knows", "GET", "/api/v1/calls/summary",
        "since=2026-11-22T00:00:00Z&until=2026-11-23T00:00:00Z&by=mood", "", "", 400, "mood");
    row("summary in too many steps", "GET", "/api/v1/calls/summary",
        "since=2026-11-22T00:00:00Z&until=2026-11-23T00:00:00Z&step=1", "", "", 400, "500 steps");
    row("zone check", "GET", "/api/v1/zones/check", "", "", "", 200, "\"since\":\"2026-11-21T00:00:00.000Z\"");
    row("zone check verdict", "GET", "/api/v1/zones/check", "since=2026-11-01T00:00:00Z", "", "", 200,
        "\"verdict\":\"FAIL\"");
    row("zone check bad time", "GET", "/api/v1/zones/check", "since=monday", "", "", 400, "RFC 3339");
    row("zone check from tomorrow", "GET", "/api/v1/zones/check", "since=2027-01-01T00:00:00Z", "", "", 400, "past");
    row("checklist", "GET", "/api/v1/checklist", "", "", "", 200, "\"id\":\"aliases-pinned\"");
    row("rotate", "POST", "/api/v1/credentials/c1/rotate", "", "", "yearly", 201,
        "\"replaced_until\":\"2026-11-23T00:00:00.000Z\"");
    row("rotate at once", "POST", "/api/v1/credentials/c1/rotate", "", R"({"grace_s":0})", "leaked", 201,
        "\"replaced_until\":\"2026-11-22T00:00:00.000Z\"");
    row("rotate with too long a grace", "POST", "/api/v1/credentials/c1/rotate", "", R"({"grace_s":604801})", "r", 400,
        "seven days");
    row("rotate with half a second", "POST", "/api/v1/credentials/c1/rotate", "", R"({"grace_s":0.5})", "r", 400,
        "grace_s");
    row("rotate with words", "POST", "/api/v1/credentials/c1/rotate", "", R"({"grace_s":"a day"})", "r", 400,
        "grace_s");
    row("rotate unknown", "POST", "/api/v1/credentials/c9/rotate", "", "", "r", 404, "c9");
    row("rotate without a reason", "POST", "/api/v1/credentials/c1/rotate", "", "", "", 400, "reason");
    row("series", "GET", "/api/v1/series",
        "provider=openai-eu&from=2026-11-22T11:30:00Z&to=2026-11-22T12:00:00Z&step=60", "", "", 200,
        "\"step_seconds\":60");
    row("series without times", "GET", "/api/v1/series", "step=60", "", "", 400, "from");
    row("series backwards", "GET", "/api/v1/series", "from=2026-11-22T12:00:00Z&to=2026-11-22T11:00:00Z&step=60", "",
        "", 400, "after");
    row("credentials", "GET", "/api/v1/credentials", "", "", "", 200, "\"id\":\"c1\"");
    row("principals", "GET", "/api/v1/principals", "", "", "", 200, "night-shift");
    row("principal without a role", "POST", "/api/v1/principals", "", R"({"name":"robot"})", "r", 400, "role");
    row("principal without a name", "POST", "/api/v1/principals", "", R"({"role":"viewer"})", "r", 400, "name");
    row("principal of no role we know", "POST", "/api/v1/principals", "", R"({"name":"a","role":"root"})", "r", 400,
        "role");
    row("principal of another's tenant", "POST", "/api/v1/principals", "",
        R"({"name":"a","role":"viewer","tenants":["nobody"]})", "r", 400, "nobody");
    row("principal the config gives another role", "POST", "/api/v1/principals", "",
        R"({"name":"night-shift","role":"admin"})", "r", 409, "operator");
    row("principal without a reason", "POST", "/api/v1/principals", "", R"({"name":"a","role":"viewer"})", "", 400,
        "reason");
    row("revoke nobody", "POST", "/api/v1/principals/nobody/revoke", "", "", "r", 404, "nobody");
    row("revoke the local token", "POST", "/api/v1/principals/local-token/revoke", "", "", "r", 409, "admin.token");
    row("rotate what has no token", "POST", "/api/v1/principals/night-shift/rotate", "", "", "r", 409, "no token");
    row("pairing for too long", "POST", "/api/v1/pairings", "", R"({"name":"a","role":"viewer","duration_s":3601})",
        "r", 400, "3600");
    row("claim without a code", "POST", "/api/v1/pairings/claim", "", "", "r", 403, "not allow");
    row("issue", "POST", "/api/v1/credentials", "", R"({"tenant":"acme","aliases":["fast"]})", "why \u00fc", 201,
        "sbx_c2_secret");
    row("issue without a reason", "POST", "/api/v1/credentials", "", R"({"tenant":"acme","aliases":["fast"]})", "", 400,
        "reason");
    row("issue without aliases", "POST", "/api/v1/credentials", "", R"({"tenant":"acme"})", "r", 400, "aliases");
    row("issue for nobody", "POST", "/api/v1/credentials", "", R"({"aliases":["fast"]})", "r", 400, "tenant");
    row("issue for unknown tenant", "POST", "/api/v1/credentials", "", R"({"tenant":"x","aliases":["fast"]})", "r", 400,
        "No tenant");
    row("issue for unknown alias", "POST", "/api/v1/credentials", "", R"({"tenant":"acme","aliases":["x"]})", "r", 400,
        "No alias");
    row("issue with an unknown field", "POST", "/api/v1/credentials", "",
        R"({"tenant":"acme","aliases":["fast"],"admin":true})", "r", 400, "admin");
    row("issue with a wrong type", "POST", "/api/v1/credentials", "", R"({"tenant":"acme","aliases":"fast"})", "r", 400,
        "wrong type");
    row("issue in the past", "POST", "/api/v1/credentials", "",
        R"({"tenant":"acme","aliases":["fast"],"expires_at":"2001-01-01T00:00:00Z"})", "r", 400, "past");
    row("revoke", "POST", "/api/v1/credentials/c1/revoke", "", "", "leaked", 200, "\"revoked_at\":\"2026");
    row("revoke unknown", "POST", "/api/v1/credentials/c9/revoke", "", "", "leaked", 404, "c9");
    row("revoke without a reason", "POST", "/api/v1/credentials/c1/revoke", "", "", "", 400, "reason");
    row("config", "GET", "/api/v1/config", "", "", "", 200, "does nothing yet");
    row("config check good", "POST", "/api/v1/config/check", "", R"({"yaml":"signalbox: 1\n"})", "", 200,
        "\"ok\":true");
    row("config check bad", "POST", "/api/v1/config/check", "", R"({"yaml":"x"})", "", 200, "\"ok\":false");
    row("config check wrong type", "POST", "/api/v1/config/check", "", R"({"yaml":1})", "", 400, "yaml");
    row("provider with breaker and gate", "GET", "/api/v1/providers/openai-eu", "", "", "", 200,
        "\"reason\":\"12 of 20 attempts failed\"");
    row("alias with its chain", "GET", "/api/v1/aliases", "", "", "", 200, "\"kind\":\"smaller-model\"");
    row("budgets", "GET", "/api/v1/budgets", "", "", "", 200, "\"settled_usd\":\"412.5\"");
    row("raise", "POST", "/api/v1/budgets/b1/raise", "", R"({"limit_usd":"600"})", "month end", 200,
        "\"raise_ends\":\"2026-11-30T23:00:00.000Z\"");
    row("raise ended", "POST", "/api/v1/budgets/b1/raise", "", R"({"end":true})", "r", 200, "\"raised_to_usd\":null");
    row("raise unknown", "POST", "/api/v1/budgets/b9/raise", "", R"({"limit_usd":"600"})", "r", 404, "b9");
    row("raise without a limit", "POST", "/api/v1/budgets/b1/raise", "", "{}", "r", 400, "limit_usd");
    row("raise to a number", "POST", "/api/v1/budgets/b1/raise", "", R"({"limit_usd":600})", "r", 400, "wrong type");
    row("raise to nothing", "POST", "/api/v1/budgets/b1/raise", "", R"({"limit_usd":"0"})", "r", 400, "above zero");
    row("raise into the past", "POST", "/api/v1/budgets/b1/raise", "",
        R"({"limit_usd":"600","until":"2026-11-01T00:00:00Z"})", "r", 400, "past");
    row("raise both ways", "POST", "/api/v1/budgets/b1/raise", "", R"({"limit_usd":"600","end":true})", "r", 400,
        "end");
    row("raise without a reason", "POST", "/api/v1/budgets/b1/raise", "", R"({"limit_usd":"600"})", "", 400, "reason");
    row("ledger", "GET", "/api/v1/ledger", "", "", "", 200, "\"since\":\"2026-11-21T00:00:00.000Z\"");
    row("ledger since", "GET", "/api/v1/ledger", "since=2026-11-01T00:00:00Z", "", "", 200, "\"ratio_p50\":0.41");
    row("ledger bad time", "GET", "/api/v1/ledger", "since=monday", "", "", 400, "RFC 3339");
    row("ledger from tomorrow", "GET", "/api/v1/ledger", "since=2027-01-01T00:00:00Z", "", "", 400, "past");
    row("reconcile", "POST", "/api/v1/ledger/reconcile", "",
        R"({"csv":"provider,model,month,amount_usd\nopenai-eu,gpt-1,2026-11,412.5\n"})", "", 200,
        "\"verdict\":\"pass\"");
    row("reconcile differs", "POST", "/api/v1/ledger/reconcile", "",
        R"({"csv":"provider,model,month,amount_usd\nopenai-eu,gpt-1,2026-11,500\n"})", "", 200, "unpriced");
    row("reconcile nothing", "POST", "/api/v1/ledger/reconcile", "", R"({"csv":" "})", "", 400, "csv");
    row("quotas", "GET", "/api/v1/quotas", "", "", "", 200, "\"requests_left\":588");
    row("capabilities", "GET", "/api/v1/capabilities", "", "", "", 200, "\"anthropic\":\"lossy\"");
    row("capabilities, a filter nobody knows", "GET", "/api/v1/capabilities", "alias=fast", "", "", 400, "alias");
    row("explain", "POST", "/api/v1/routes/explain", "", R"({"alias":"fast"})", "", 200, "drawn by weight 80");
    row("explain a body", "POST", "/api/v1/routes/explain", "", R"({"alias":"fast","body":"{\"model\":\"fast\"}"})", "",
        200, "\"worst_case_ms\":2000");
    row("explain a refusal", "POST", "/api/v1/routes/explain", "", R"({"alias":"fast","zone":"local"})", "", 200,
        "\"refusal_code\":\"no_route_in_zone\"");
    row("explain unknown alias", "POST", "/api/v1/routes/explain", "", R"({"alias":"x"})", "", 404, "No alias");
    row("explain nothing", "POST", "/api/v1/routes/explain", "", "{}", "", 400, "alias");
    row("explain both ways", "POST", "/api/v1/routes/explain", "", R"({"alias":"fast","body":"{}","tools":true})", "",
        400, "one of the two");
    row("explain no JSON", "POST", "/api/v1/routes/explain", "", R"({"alias":"fast","body":"hello"})", "", 400, "JSON");
    row("levers", "GET", "/api/v1/failovers", "", "", "", 200, "\"id\":\"lev_1\"");
    row("plan", "POST", "/api/v1/failovers/plan", "", R"({"kind":"drain","provider":"openai-eu"})", "", 200,
        "\"ends_at\":\"2026-11-22T00:30:00.000Z\"");
    row("plan no kind", "POST", "/api/v1/failovers/plan", "", R"({"provider":"openai-eu"})", "", 400, "kind");
    row("apply", "POST", "/api/v1/failovers", "", R"({"kind":"drain","provider":"openai-eu","duration_s":60})", "r",
        201, "\"ends_at\":\"2026-11-22T00:01:00.000Z\"");
    row("apply a weight", "POST", "/api/v1/failovers", "",
        R"({"kind":"weight","alias":"fast","candidate":"openai-eu/gpt-1@eu-west-1","weight":0})", "r", 201,
        "\"weight\":0");
    row("apply without a reason", "POST", "/api/v1/failovers", "", R"({"kind":"drain","provider":"openai-eu"})", "",
        400, "reason");
    row("apply to nobody", "POST", "/api/v1/failovers", "", R"({"kind":"drain","provider":"x"})", "r", 400,
        "No provider");
    row("apply for too long", "POST", "/api/v1/failovers", "",
        R"({"kind":"drain","provider":"openai-eu","ends_at":"2026-12-22T12:00:00Z"})", "r", 400, "seven days");
    row("apply into the past", "POST", "/api/v1/failovers", "",
        R"({"kind":"drain","provider":"openai-eu","ends_at":"2026-11-01T12:00:00Z"})", "r", 400, "past");
    row("apply with two ends", "POST", "/api/v1/failovers", "",
        R"({"kind":"drain","provider":"openai-eu","duration_s":60,"ends_at":"2026-11-22T12:30:00Z"})", "r", 400,
        "one of the two");
    row("apply a stray field", "POST", "/api/v1/failovers", "",
        R"({"kind":"drain","provider":"openai-eu","percent":10})", "r", 400, "does not belong");
    row("apply an unknown kind", "POST", "/api/v1/failovers", "", R"({"kind":"stop"})", "r", 400, "kind");
    row("revert", "POST", "/api/v1/failovers/lev_1/revert", "", "", "r", 200, "\"ended_at\":\"2026");
    row("revert unknown", "POST", "/api/v1/failovers/lev_9/revert", "", "", "r", 404, "lev_9");
    row("drain", "POST", "/api/v1/providers/anthropic/drain", "", "", "notice", 201, "\"kind\":\"drain\"");
    row("drain nobody", "POST", "/api/v1/providers/x/drain", "", "", "r", 404, "No provider");
    row("resume what is not drained", "POST", "/api/v1/providers/anthropic/resume", "", "", "r", 409, "not drained");
    row("force a breaker", "POST", "/api/v1/providers/openai-eu/breaker", "", R"({"state":"closed"})", "r", 201,
        "openai-eu/gpt-1@eu-west-1");
    row("force a breaker wrongly", "POST", "/api/v1/providers/openai-eu/breaker", "", R"({"state":"ajar"})", "r", 400,
        "half-open");
    row("force which breaker", "POST", "/api/v1/providers/anthropic/breaker", "", R"({"state":"open"})", "r", 400,
        "candidate");
    row("release an unforced breaker", "POST", "/api/v1/providers/openai-eu/breaker", "", R"({"state":"auto"})", "r",
        409, "not forced");
    row("probe", "POST", "/api/v1/providers/openai-eu/probe", "", "", "r", 200, "\"ok\":true");
    row("probe that fails", "POST", "/api/v1/providers/anthropic/probe", "", "", "r", 200, "refused the key");
    row("canaries", "GET", "/api/v1/config/canary", "", "", "", 200, "\"phase\":\"running\"");
    row("canary while one runs", "POST", "/api/v1/config/canary", "", R"({"draft":"d1"})", "r", 409, "under way");
    row("canary stray field", "POST", "/api/v1/config/canary", "", R"({"draft":"d1","error_rise":1})", "r", 400,
        "error_rise");
    row("canary wrong word", "POST", "/api/v1/config/canary", "", R"({"draft":"d1","sticky_by":"user"})", "r", 400,
        "sticky_by");
    row("canary without a reason", "POST", "/api/v1/config/canary/abort", "", "", "", 400, "reason");
    row("canary resumed", "POST", "/api/v1/config/canary/resume", "", "", "r", 409, "not paused");
    row("canary paused", "POST", "/api/v1/config/canary/pause", "", "", "r", 200, "\"phase\":\"paused\"");
    row("drills", "GET", "/api/v1/drills", "", "", "", 200, "\"verdict\":\"pass\"");
    row("drill card", "GET", "/api/v1/drills/lev_1", "", "", "", 200, "\"restore_ms\":820");
    row("drill unknown", "GET", "/api/v1/drills/lev_9", "", "", "", 404, "lev_9");
    row("start a drill", "POST", "/api/v1/drills", "", R"({"provider":"openai-eu","percent":10,"duration_s":300})", "r",
        201, "\"kind\":\"drill\"");
    row("drill without a share", "POST", "/api/v1/drills", "", R"({"provider":"openai-eu"})", "r", 400, "percent");
    row("drill for a stranger", "POST", "/api/v1/drills", "", R"({"provider":"openai-eu","percent":10,"tenant":"x"})",
        "r", 400, "No tenant");
    row("invariants", "GET", "/api/v1/limits", "", "", "", 200, "\"name\":\"degraded_share\"");
    row("incidents", "GET", "/api/v1/incidents", "", "", "", 200, "\"calls_rescued\":40");
    row("incident that is over", "GET", "/api/v1/incidents", "", "", "", 200, "\"closed_at\":\"2026");
    row("incident", "GET", "/api/v1/incidents/inc_2", "", "", "", 200, "\"title\":\"openai-eu is failing\"");
    row("incident unknown", "GET", "/api/v1/incidents/inc_9", "", "", "", 404, "inc_9");
    row("handover", "GET", "/api/v1/incidents/inc_2/handover", "", "", "", 200, "Next: watch it.");
    row("handover unknown", "GET", "/api/v1/incidents/inc_9/handover", "", "", "", 404, "inc_9");
    row("ack", "POST", "/api/v1/incidents/inc_2/ack", "", R"({"owner":"anna"})", "r", 200, "\"owner\":\"anna\"");
    row("ack, who asks", "POST", "/api/v1/incidents/inc_1/ack", "", "", "r", 200, "\"acknowledged_at\":\"2026");
    row("ack, owner of the wrong type", "POST", "/api/v1/incidents/inc_2/ack", "", R"({"owner":7})", "r", 400, "owner");
    row("ack, owner too long", "POST", "/api/v1/incidents/inc_2/ack", "",
        R"({"owner":")" + QByteArray(65, 'a') + R"("})", "r", 400, "64");
    row("ack without a reason", "POST", "/api/v1/incidents/inc_2/ack", "", "", "", 400, "reason");
    row("ack unknown", "POST", "/api/v1/incidents/inc_9/ack", "", "", "r", 404, "inc_9");
    row("note", "POST", "/api/v1/incidents/inc_2/note", "", R"({"text":"asked them"})", "r", 200,
        "\"text\":\"asked them\"");
    row("note without a text", "POST", "/api/v1/incidents/inc_2/note", "", "{}", "r", 400, "text");
    row("note of spaces", "POST", "/api/v1/incidents/inc_2/note", "", R"({"text":"  "})", "r", 400, "text");
    row("note too long", "POST", "/api/v1/incidents/inc_2/note", "", R"({"text":")" + QByteArray(2001, 'a') + R"("})",
        "r", 400, "2000");
    row("audit", "GET", "/api/v1/audit", "", "", "", 200, "\"total\":0");
    row("audit filtered", "GET", "/api/v1/audit", "outcome=refused&action=%2Fdrain&principal=ops&object=x&limit=5", "",
        "", 200, "\"next\":0");
    row("audit, an outcome nobody knows", "GET", "/api/v1/audit", "outcome=great", "", "", 400, "outcome");
    row("audit, a bad cursor", "GET", "/api/v1/audit", "before=0", "", "", 400, "before");
    row("audit, a bad time", "GET", "/api/v1/audit", "since=today", "", "", 400, "RFC 3339");
    row("settle a key never seen", "POST", "/api/v1/operations/k-1/settle", "", "", "", 200,
        "\"state\":\"not_applied\"");
    row("settle, a field nobody knows", "POST", "/api/v1/operations/k-1/settle", "", R"({"a":1})", "", 400, "\"a");
    row("incidents, a filter nobody knows", "GET", "/api/v1/incidents", "state=open", "", "", 400, "state");
    row("exports", "GET", "/api/v1/exports", "", "", "", 200, "\"state\":\"failing\"");
    row("exports, a filter nobody knows", "GET", "/api/v1/exports", "state=ok", "", "", 400, "state");
    row("test an export", "POST", "/api/v1/exports/pager/test", "", "", "r", 200, "\"http_status\":503");
    row("test an unknown export", "POST", "/api/v1/exports/nope/test", "", "", "r", 404, "nope");
    row("test an export without a reason", "POST", "/api/v1/exports/pager/test", "", "", "", 400, "reason");
    row("test an export with a field", "POST", "/api/v1/exports/pager/test", "", R"({"body":"x"})", "r", 400, "body");
    row("no such path", "GET", "/api/v1/nothing", "", "", "", 404, "not_found");
    row("no such root", "GET", "/api/v2/status", "", "", "", 404, "not_found");
    row("wrong method", "DELETE", "/api/v1/status", "", "", "", 405, "method");
    row("body on a read", "GET", "/api/v1/status", "", R"({"a":1})", "", 400, "not known");
    row("query on status", "GET", "/api/v1/status", "verbose=1", "", "", 400, "verbose");
}

void TestAdminContract::sameRowsSameAnswers()
{
    QFETCH(QString, method);
    QFETCH(QString, path);
    QFETCH(QString, query);
    QFETCH(QByteArray, body);
    QFETCH(QString, reason);
    QFETCH(int, status);
    QFETCH(QByteArray, contains);
    AdminRequest request;
    request.method = method;
    request.path = path;
    request.query = QUrlQuery(query);
    request.body = QJsonDocument::fromJson(body).object();
    request.reason = reason;
    std::optional<QJsonObject> first;
    std::vector<const char*> kinds{"direct", "embedded", "http", "https", "threaded"};
    for (const char* kind : elsewhere())
        kinds.push_back(kind);
    for (const char* kind : kinds) {
        Side side = make(QString::fromLatin1(kind));
        const api::Result<AdminReply> reply = await(side.transport->send(request));
        QVERIFY2(reply.ok(), kind);
        const QByteArray text = QJsonDocument(reply->body).toJson(QJsonDocument::Compact);
        QVERIFY2(reply->status == status, text.constData());
        QVERIFY2(text.contains(contains), text.constData());
        QVERIFY(!text.contains("sk-this-never-shows"));
        if (status >= 400)
            QVERIFY2(!reply->body.value(QStringLiteral("error"))
                          .toObject()
                          .value(QStringLiteral("message"))
                          .toString()
                          .isEmpty(),
                kind);
        QJsonObject answer = withOneName(reply->body);
        if (!first)
            first = answer;
        else
            QCOMPARE(answer, *first);
    }
}

void TestAdminContract::typedCalls()
{
    QFETCH(QString, kind);
    Side side = make(kind);
    const api::GatewayClient client(side.transport);
    const auto status = await(client.status());
    QVERIFY(status.ok());
    QCOMPARE(status->pid, 4711);
    QCOMPARE(status->parts.size(), 1);
    const auto providers = await(client.providers());
    QVERIFY(providers.ok());
    QCOMPARE(providers->size(), 2);
    QCOMPARE(providers->at(0).models.first(), QStringLiteral("gpt-1"));
    QCOMPARE(providers->at(1).health, api::Health::Unknown);
    QCOMPARE(await(client.provider(QStringLiteral("anthropic")))->kind, QStringLiteral("anthropic"));
    QCOMPARE(await(client.aliases())->size(), 1);
    QCOMPARE(await(client.tenants())->at(0).regions, QStringList{QStringLiteral("eu-west-1")});
    api::CallQuery query;
    query.tenant = QStringLiteral("acme");
    const auto page = await(client.calls(query));
    QVERIFY(page.ok());
    QCOMPARE(page->total, 2);
    QCOMPARE(page->calls[0].cost->toDecimal(), QStringLiteral("0.00167"));
    QCOMPARE(await(client.call(QStringLiteral("req_2")))->error, api::ErrorCode::ProviderOverloaded);
    QCOMPARE(await(client.call(QStringLiteral("req_x"))).error().failure, Failure::NotFound);
    api::SeriesQuery series;
    series.to = QDateTime::fromMSecsSinceEpoch(test::kNowMs, Qt::UTC);
    series.from = series.to.addSecs(-600);
    const auto answer = await(client.series(series));
    QVERIFY(answer.ok());
    qint64 attempts = 0;
    for (const api::SeriesBucket& bucket : answer->buckets)
        attempts += bucket.attempts;
    QCOMPARE(attempts, 3);
    api::CredentialRequest wanted;
    wanted.tenant = QStringLiteral("acme");
    wanted.aliases = QStringList{QStringLiteral("*")};
    const auto issued = await(client.issueCredential(wanted, QStringLiteral("a test")));
    QVERIFY(issued.ok());
    QVERIFY(issued->key.startsWith(QStringLiteral("sbx_")));
    QCOMPARE(await(client.credentials())->size(), 2);
    QVERIFY(await(client.revokeCredential(issued->id, QStringLiteral("a test")))->revokedAt.has_value());
    QCOMPARE(await(client.config())->warnings.size(), 1);
    QCOMPARE(await(client.checkConfig(QStringLiteral("nonsense")))->problems.size(), 1);
}

// The typed client says what the routes take: a field too many or a wrong name would be refused.
void TestAdminContract::typedPrincipals()
{
    QFETCH(QString, kind);
    Side side = make(kind);
    const api::GatewayClient client(side.transport);
    const QString why = QStringLiteral("a test");
    const auto who = await(client.whoAmI());
    QVERIFY(who.ok());
    QCOMPARE(int(who->role), int(api::Role::Admin));
    QVERIFY(who->mayDo(QStringLiteral("POST"), QStringLiteral("/api/v1/principals/{name}/rotate")));
    QVERIFY(!who->mayDo(QStringLiteral("POST"), QStringLiteral("/api/v1/pairings/claim")));
    api::PrincipalRequest request;
    request.name = QStringLiteral("robot");
    request.role = api::Role::Auditor;
    request.tenants = QStringList{QStringLiteral("acme")};
    request.expiresAt = QDateTime::fromMSecsSinceEpoch(test::kNowMs + 3'600'000, Qt::UTC);
    request.note = QStringLiteral("reads the audit log");
    const auto issued = await(client.issuePrincipal(request, why));
    QVERIFY2(issued.ok(), issued.ok() ? "" : qPrintable(issued.error().message));
    QVERIFY(issued->token.startsWith(QStringLiteral("sba_")));
    QCOMPARE(int(await(client.issuePrincipal(request, why)).error().failure), int(Failure::Conflict));
    const auto rotated = await(client.rotatePrincipal(QStringLiteral("robot"), why));
    QVERIFY(rotated.ok() && rotated->token != issued->token);
    const auto all = await(client.principals());
    QVERIFY(all.ok());
    QCOMPARE(all->size(), 3); // the local token, night-shift of the config, robot
    QCOMPARE(all->at(0).source, QStringLiteral("local"));
    QCOMPARE(all->at(1).source, QStringLiteral("config"));
    QCOMPARE(all->at(2).note, request.note);
    QCOMPARE(all->at(2).tenants, request.tenants);
    QCOMPARE(all->at(2).expiresAt, request.expiresAt);
    const auto revoked = await(client.revokePrincipal(QStringLiteral("robot"), why));
    QVERIFY(revoked.ok() && revoked->revokedAt);
    request.name = QStringLiteral("hall");
    const auto pairing = await(client.startPairing(request, why, std::chrono::seconds(60)));
    QVERIFY2(pairing.ok(), pairing.ok() ? "" : qPrintable(pairing.error().message));
    QCOMPARE(pairing->expiresAt, QDateTime::fromMSecsSinceEpoch(test::kNowMs + 60'000, Qt::UTC));
    QVERIFY(pairing->link.startsWith(QStringLiteral("signalbox://pair?url=")));
    QVERIFY(!await(client.claimPairing(why)).ok()); // this principal holds no code
}

void TestAdminContract::typedControl()
{
    QFETCH(QString, kind);
    Side side = make(kind);
    const api::GatewayClient client(side.transport);
    const QString why = QStringLiteral("a test");
    const auto budgets = await(client.budgets());
    QVERIFY(budgets.ok());
    QCOMPARE(budgets->size(), 2);
    QCOMPARE(budgets->at(0).left().toDecimal(), QStringLiteral("86.25"));
    const api::BudgetRaise raise{api::Money::fromDecimal(u"600"), budgets->at(0).windowEnd.addDays(-1), false};
    const auto raised = await(client.raiseBudget(QStringLiteral("b1"), raise, why));
    QVERIFY2(raised.ok(), raised.ok() ? "" : qPrintable(raised.error().message));
    QCOMPARE(raised->limit.toDecimal(), QStringLiteral("600"));
    const auto lowered = await(client.raiseBudget(QStringLiteral("b1"), {{}, {}, true}, why));
    QVERIFY(lowered.ok());
    QVERIFY(!lowered->raisedTo);
    const auto report = await(client.ledger());
    QVERIFY(report.ok());
    QCOMPARE(report->refusalsThatFitted, 7);
    QCOMPARE(await(client.reconcile(QStringLiteral("provider,model,month,amount_usd\n")))->verdict,
        QStringLiteral("no_data"));
    QCOMPARE(await(client.quotas())->providers.at(0).limitMoved, 1);

    const auto capabilities = await(client.capabilities());
    QVERIFY(capabilities.ok());
    QCOMPARE(capabilities->size(), 2);
    QCOMPARE(capabilities->at(0).passedOn.size(), 2);
    QCOMPARE(capabilities->at(1).features.at(1).from.value(QStringLiteral("openai.chat")), QStringLiteral("no"));

    api::RouteQuestion question;
    question.alias = QStringLiteral("fast");
    question.stream = false;
    question.costCeiling = api::Money::fromDecimal(u"0.05");
    const auto explained = await(client.explainRoute(question));
    QVERIFY2(explained.ok(), explained.ok() ? "" : qPrintable(explained.error().message));
    QVERIFY(!explained->isRefused());
    QCOMPARE(explained->chain.size(), 3);

    api::LeverRequest drain;
    drain.provider = QStringLiteral("openai-eu");
    drain.durationSeconds = 600;
    QVERIFY(await(client.previewLever(drain))->requestsPerMinute.has_value());
    const auto applied = await(client.applyLever(drain, why));
    QVERIFY2(applied.ok(), applied.ok() ? "" : qPrintable(applied.error().message));
    QCOMPARE(await(client.applyLever(drain, why)).error().failure, Failure::Conflict);
    const auto drained = await(client.provider(drain.provider));
    QVERIFY(drained->drained);
    QCOMPARE(drained->leverId, applied->id);
    QCOMPARE(drained->health, api::Health::Paused);
    QVERIFY(drained->gate.has_value());
    QVERIFY(!await(client.endLever(applied->id, why))->isInForce());
    QCOMPARE(await(client.provider(drain.provider))->stagePercent, std::optional<int>(1));
    QVERIFY(await(client.drainProvider(QStringLiteral("anthropic"), {}, why)).ok());
    QVERIFY(await(client.resumeProvider(QStringLiteral("anthropic"), why)).ok());
    QVERIFY(await(client.forceBreaker(drain.provider, {{}, QStringLiteral("open"), {}, 60}, why)).ok());
    QVERIFY(await(client.provider(drain.provider))->breakers.at(0).forced);
    QVERIFY(await(client.forceBreaker(drain.provider, {{}, QStringLiteral("auto"), {}, {}}, why)).ok());
    QVERIFY(await(client.probeProvider(drain.provider, why))->ok);

    api::LeverRequest drill;
    drill.kind = api::LeverKind::Drill;
    drill.provider = drain.provider;
    drill.alias = QStringLiteral("fast");
    drill.percent = 10;
    const auto started = await(client.startDrill(drill, why));
    QVERIFY2(started.ok(), started.ok() ? "" : qPrintable(started.error().message));
    QCOMPARE(await(client.drill(started->id))->verdict, QStringLiteral("running"));
    QCOMPARE(await(client.drills())->size(), 2);
    QCOMPARE(await(client.levers())->size(), 5);
    QCOMPARE(await(client.invariants())->size(), 2);
    const auto exported = await(client.exports());
    QVERIFY(exported.ok());
    QCOMPARE(exported->size(), 2);
    QCOMPARE(exported->at(0).sent, 4711);
    QCOMPARE(await(client.testExport(QStringLiteral("pager"), why))->httpStatus, std::optional<int>(503));
    const auto incidents = await(client.incidents());
    QVERIFY(incidents.ok());
    QCOMPARE(incidents->size(), 2);
    QVERIFY(incidents->at(0).isOpen() && !incidents->at(1).isOpen());
    QCOMPARE(incidents->at(0).candidates, QStringList{QStringLiteral("openai-eu/gpt-1@eu-west-1")});
    QCOMPARE(incidents->at(0).callsFailed, 3);
    const auto noted = await(client.noteIncident(
        QStringLiteral("inc_2"), QStringLiteral("asked them"), QStringLiteral("for the next shift")));
    QVERIFY(noted.ok());
    QCOMPARE(noted->notes.size(), 1);
    QCOMPARE(noted->notes.first().text, QStringLiteral("asked them"));
    const auto owned =
        await(client.acknowledgeIncident(QStringLiteral("inc_2"), QStringLiteral("anna"), QStringLiteral("mine now")));
    QVERIFY(owned.ok() && owned->acknowledgedAt);
    QCOMPARE(owned->owner, QStringLiteral("anna"));
    QCOMPARE(await(client.incident(QStringLiteral("inc_2")))->noteCount, 1);
    QVERIFY(await(client.handover(QStringLiteral("inc_2")))->lines.size() <= 12);
    const auto audit = await(client.audit());
    QVERIFY(audit.ok());
    QCOMPARE(audit->entries.first().action, QStringLiteral("POST /api/v1/incidents/{id}/ack"));
    QCOMPARE(audit->entries.first().outcome, QStringLiteral("applied"));
    QCOMPARE(audit->entries.first().reason, QStringLiteral("mine now"));
    const auto settled = await(client.settle(QStringLiteral("never-sent")));
    QVERIFY(settled.ok());
    QCOMPARE(settled->state, api::Operation::State::NotApplied);
    api::LeverRequest weight;
    weight.kind = api::LeverKind::Weight;
    weight.alias = QStringLiteral("fast");
    weight.candidate = QStringLiteral("openai-eu/gpt-1@eu-west-1");
    weight.weight = 0;
    QVERIFY(await(client.applyLever(weight, why)).ok());
    QCOMPARE(await(client.aliases())->at(0).routes.at(0).leverWeight, std::optional<int>(0));
}

void TestAdminContract::mutationsHappenOnce()
{
    QFETCH(QString, kind);
    Side side = make(kind);
    AdminRequest request;
    request.method = QStringLiteral("POST");
    request.path = QStringLiteral("/api/v1/credentials");
    request.body = {{QStringLiteral("tenant"), QStringLiteral("acme")},
        {QStringLiteral("aliases"), QJsonArray{QStringLiteral("fast")}}};
    request.reason = QStringLiteral("r");
    request.idempotencyKey = QStringLiteral("k1");
    const auto first = await(side.transport->send(request));
    const auto again = await(side.transport->send(request));
    QCOMPARE(first->status, 201);
    QCOMPARE(again->body, first->body);
    const api::GatewayClient client(side.transport);
    QCOMPARE(await(client.credentials())->size(), 2);
    request.body.insert(QStringLiteral("note"), QStringLiteral("other"));
    QCOMPARE(await(side.transport->send(request))->status, 409);
    request.idempotencyKey = QStringLiteral("k2");
    QCOMPARE(await(side.transport->send(request))->status, 201);
    QCOMPARE(await(client.credentials())->size(), 3);
}

void TestAdminContract::eventsAreGapless()
{
    QFETCH(QString, kind);
    Side side = make(kind);
    side.withEvents([](admin::EventHub& hub) {
        for (int i = 1; i <= 20; ++i)
            hub.publish(QStringLiteral("test.event"), {{QStringLiteral("n"), i}});
    });
    const auto stream = side.transport->subscribe(5);
    QSignalSpy arrived(stream.get(), &api::EventStream::eventsArrived);
    QSignalSpy gaps(stream.get(), &api::EventStream::gapFound);
    QTRY_COMPARE(eventsOf(arrived).size(), 15);
    side.withEvents([](admin::EventHub& hub) {
        auto call = std::make_shared<api::Call>();
        call->id = QStringLiteral("req_live");
        hub.publishCalls({call, call});
    });
    QTRY_COMPARE(eventsOf(arrived).size(), 17);
    const QVector<api::Event> events = eventsOf(arrived);
    for (qsizetype i = 0; i < events.size(); ++i)
        QCOMPARE(events[i].sequence, 6 + i);
    QCOMPARE(events[3].data.value(QStringLiteral("n")).toInt(), 9);
    QCOMPARE(events.last().type, QStringLiteral("call.finished"));
    QCOMPARE(api::callFromJson(events.last().data)->id, QStringLiteral("req_live"));
    QCOMPARE(gaps.count(), 0);

    const auto fresh = side.transport->subscribe(-1);
    QSignalSpy freshArrived(fresh.get(), &api::EventStream::eventsArrived);
    QSignalSpy freshState(fresh.get(), &api::EventStream::stateChanged);
    const auto isLive = [&] {
        return !freshState.isEmpty() &&
               freshState.last()[0].value<api::EventStream::State>() == api::EventStream::State::Live;
    };
    QTRY_VERIFY(isLive());
    side.withEvents([](admin::EventHub& hub) { hub.publish(QStringLiteral("late"), {}); });
    QTRY_COMPARE(eventsOf(freshArrived).size(), 1);
    QCOMPARE(eventsOf(freshArrived)[0].sequence, 23);
}

void TestAdminContract::gapsAreTold()
{
    QFETCH(QString, kind);
    Side side = make(kind);
    side.withEvents([](admin::EventHub& hub) {
        for (int i = 1; i <= admin::EventHub::kKept + 50; ++i)
            hub.publish(QStringLiteral("e"), {});
    });
    const auto stream = side.transport->subscribe(10);
    QSignalSpy arrived(stream.get(), &api::EventStream::eventsArrived);
    QSignalSpy gaps(stream.get(), &api::EventStream::gapFound);
    QTRY_COMPARE_WITH_TIMEOUT(eventsOf(arrived).size(), admin::EventHub::kKept, 20'000);
    QCOMPARE(gaps.count(), 1);
    QCOMPARE(gaps[0][0].toLongLong(), 11);
    QCOMPARE(gaps[0][1].toLongLong(), 50);
    QCOMPARE(eventsOf(arrived).first().sequence, 51);
}

void TestAdminContract::engineGoneIsUnreachable_data()
{
    QTest::addColumn<QString>("kind");
    QTest::newRow("embedded") << QStringLiteral("embedded");
    QTest::newRow("http") << QStringLiteral("http");
    QTest::newRow("https") << QStringLiteral("https");
    for (const char* kind : elsewhere())
        QTest::newRow(kind) << QString::fromLatin1(kind);
    QTest::newRow("threaded") << QStringLiteral("threaded");
}

void TestAdminContract::engineGoneIsUnreachable()
{
    QFETCH(QString, kind);
    Side side = make(kind);
    const api::GatewayClient client(side.transport);
    const auto stream = client.subscribe(-1);
    QSignalSpy states(stream.get(), &api::EventStream::stateChanged);
    const auto last = [&] {
        return states.isEmpty() ? api::EventStream::State::Connecting
                                : states.last()[0].value<api::EventStream::State>();
    };
    QTRY_COMPARE(last(), api::EventStream::State::Live);
    const auto open = client.status(); // on its way when the engine goes
    side.room->stopEngine();
    const auto answer = await(open);
    QVERIFY(answer.ok() || answer.error().failure == Failure::Unreachable);
    const auto lost = [&] {
        for (const QList<QVariant>& state : states) {
            if (state[0].value<api::EventStream::State>() == api::EventStream::State::Lost)
                return true;
        }
        return false;
    };
    QTRY_VERIFY(lost());
    const auto later = await(client.status());
    QVERIFY(!later.ok());
    QCOMPARE(later.error().failure, Failure::Unreachable);
    const auto dead = client.subscribe(-1);
    QSignalSpy deadStates(dead.get(), &api::EventStream::stateChanged);
    QTRY_VERIFY(!deadStates.isEmpty() &&
                deadStates.last()[0].value<api::EventStream::State>() != api::EventStream::State::Live);
}

void TestAdminContract::transportGoneEndsItsFutures()
{
    std::vector<const char*> kinds{"embedded", "http", "https", "threaded"};
    for (const char* kind : elsewhere())
        kinds.push_back(kind);
    for (const char* kind : kinds) {
        Side side = make(QString::fromLatin1(kind));
        QFuture<api::Result<api::EngineStatus>> future;
        {
            const api::GatewayClient client(std::exchange(side.transport, nullptr));
            future = client.status();
        }
        QTRY_VERIFY2(future.isFinished(), kind);
        QVERIFY(!future.result().ok());
        QCOMPARE(future.result().error().failure, Failure::Unreachable);
    }
}

void TestAdminContract::inProcessFuturesFinishInTheCallersThread()
{
    Side side = make(QStringLiteral("embedded"));
    const api::GatewayClient client(side.transport);
    QThread* finishedIn = nullptr;
    client.status().then([&](const api::Result<api::EngineStatus>&) { finishedIn = QThread::currentThread(); });
    QTRY_VERIFY(finishedIn != nullptr);
    QCOMPARE(finishedIn, QThread::currentThread());
}

void TestAdminContract::typedRecord()
{
    QFETCH(QString, kind);
    Side side = make(kind);
    const api::GatewayClient client(side.transport);
    api::CallSummaryQuery query;
    query.filter.since = QDateTime::fromMSecsSinceEpoch(test::kNowMs, Qt::UTC).addDays(-1);
    query.filter.until = query.filter.since->addDays(1);
    query.by = QStringLiteral("tenant");
    const auto summary = await(client.callSummary(query));
    QVERIFY(summary.ok());
    QCOMPARE(summary->total, 3);
    QCOMPARE(summary->rows.size(), 2);
    QCOMPARE(summary->rows.first().cost->toDecimal(), QStringLiteral("0.00334"));
    const auto zones = await(client.zoneCheck());
    QVERIFY(zones.ok());
    QCOMPARE(zones->verdict, QStringLiteral("FAIL"));
    QCOMPARE(zones->tenants.first().endpoints.size(), 1);
    const api::PrivacyClient privacy(client);
    const auto standing = await(privacy.check({{}, {}, QStringLiteral("other")}));
    QVERIFY(standing.ok());
    QCOMPARE(standing->rows.size(), 1);
    QCOMPARE(standing->check.tenants.size(), 1);
    const auto kept = await(privacy.runCheck({}, QStringLiteral("weekly")));
    QVERIFY(kept.ok());
    QCOMPARE(kept->number, 3);
    QCOMPARE(kept->incident, QStringLiteral("inc_zone"));
    QCOMPARE(await(privacy.proof())->tenants[1].counterexamples.size(), 1);
    QCOMPARE(await(privacy.checks())->first().verdict, QStringLiteral("FAIL"));
    QCOMPARE(await(privacy.keptCheck(2))->rows.size(), 1);
    QCOMPARE(await(privacy.records(QStringLiteral("acme")))->size(), 1);
    QCOMPARE(await(privacy.audits())->first().state, QStringLiteral("open"));
    QCOMPARE(
        await(privacy.signAudit({{}, QStringLiteral("read")}, QStringLiteral("Q4")))->state, QStringLiteral("signed"));
    QCOMPARE(await(privacy.exceptions())->first().id, QStringLiteral("zx_1"));
    const QDateTime end = QDateTime::fromMSecsSinceEpoch(test::kNowMs, Qt::UTC).addDays(9);
    QCOMPARE(await(privacy.makeException({QStringLiteral("acme"), QStringLiteral("moves"), end}, QStringLiteral("x")))
                 ->expiresAt,
        end);
    QCOMPARE(await(privacy.credentialReach(QStringLiteral("c1")))->rows.size(), 1);
    QCOMPARE(await(privacy.providerReach(QStringLiteral("openai-eu")))->kind, QStringLiteral("provider"));
    QVERIFY(!await(privacy.providerReach(QStringLiteral("nobody"))).ok());
    const auto items = await(client.checklist());
    QVERIFY(items.ok());
    QCOMPARE(items->first().number, 2);
    const auto fresh = await(client.rotateCredential(QStringLiteral("c1"), 60, QStringLiteral("yearly")));
    QVERIFY(fresh.ok());
    QCOMPARE(fresh->replaces, QStringLiteral("c1"));
    QCOMPARE(fresh->key, QStringLiteral("sbx_c2_secret"));
    const auto status = await(client.status());
    QVERIFY(status->features.contains(QStringLiteral("zones/check")));
    QCOMPARE(status->apiMajor, 1);
}

// Every route with every role, against a table that stands here and not in the product.
void TestAdminContract::rolesAreKept_data()
{
    QTest::addColumn<config::Role>("role");
    QTest::newRow("viewer") << config::Role::Viewer;
    QTest::newRow("auditor") << config::Role::Auditor;
    QTest::newRow("developer") << config::Role::Developer;
    QTest::newRow("operator") << config::Role::Operator;
    QTest::newRow("admin") << config::Role::Admin;
}

void TestAdminContract::rolesAreKept()
{
    QFETCH(config::Role, role);
    using api::Role;
    const QVector<Role> operators{Role::Operator, Role::Admin};
    const QVector<Role> auditors{Role::Auditor, Role::Operator, Role::Admin};
    const QVector<Role> developers{Role::Developer, Role::Operator, Role::Admin};
    const QVector<Role> readers{Role::Auditor, Role::Developer, Role::Operator, Role::Admin}; // of content, with a grant
    const QVector<Role> everybody(api::kRoles.begin(), api::kRoles.end());
    const QHash<QString, QVector<Role>> open{
        {QStringLiteral("/api/v1/ledger/reconcile"), {Role::Auditor, Role::Operator, Role::Admin}},
        {QStringLiteral("/api/v1/config/check"), {Role::Developer, Role::Operator, Role::Admin}},
        {QStringLiteral("/api/v1/routes/explain"), {Role::Developer, Role::Operator, Role::Admin}},
        {QStringLiteral("/api/v1/credentials"), {Role::Admin}},
        {QStringLiteral("/api/v1/budgets/{id}/raise"), {Role::Admin}},
        {QStringLiteral("/api/v1/credentials/{id}/rotate"), {Role::Admin}},
        {QStringLiteral("/api/v1/zones/check"), auditors},
        {QStringLiteral("/api/v1/zones/audits"), auditors},
        {QStringLiteral("/api/v1/zones/exceptions"), {Role::Admin}},
        {QStringLiteral("/api/v1/config/drafts"), developers},
        {QStringLiteral("/api/v1/config/drafts/{id}/save"), developers},
        {QStringLiteral("/api/v1/config/drafts/{id}/edit"), developers},
        {QStringLiteral("/api/v1/config/drafts/{id}/merge"), developers},
        {QStringLiteral("/api/v1/config/drafts/{id}/abandon"), developers},
        {QStringLiteral("/api/v1/config/findings"), developers},
        {QStringLiteral("/api/v1/config/diff"), everybody},
        {QStringLiteral("/api/v1/config/replay"), developers},
        {QStringLiteral("/api/v1/config/replay/{id}/cancel"), developers},
        {QStringLiteral("/api/v1/audit/verify"), auditors},
        {QStringLiteral("/api/v1/content/grants"), readers},
        {QStringLiteral("/api/v1/content/grants/{id}/approve"), {Role::Auditor, Role::Admin}},
        {QStringLiteral("/api/v1/content/grants/{id}/end"), readers},
        {QStringLiteral("/api/v1/content/shred"), {Role::Admin}},
        {QStringLiteral("/api/v1/operations/{key}/settle"), everybody},
    };
    // Reads are open to all but these.
    const QHash<QString, QVector<Role>> openReads{
        {QStringLiteral("/api/v1/zones/check"), auditors},
        {QStringLiteral("/api/v1/zones/proof"), auditors},
        {QStringLiteral("/api/v1/zones/checks"), auditors},
        {QStringLiteral("/api/v1/zones/checks/{number}"), auditors},
        {QStringLiteral("/api/v1/zones/records"), auditors},
        {QStringLiteral("/api/v1/zones/audits"), auditors},
        {QStringLiteral("/api/v1/zones/exceptions"), auditors},
        {QStringLiteral("/api/v1/credentials/{id}/reach"), auditors},
        {QStringLiteral("/api/v1/providers/{name}/reach"), auditors},
        {QStringLiteral("/api/v1/content/grants"), readers},
        {QStringLiteral("/api/v1/calls/{id}/content"), readers},
        {QStringLiteral("/api/v1/audit"), {Role::Auditor, Role::Operator, Role::Admin}},
    };
    test::ControlRoom room(role);
    const auto transport = admin::makeTransport(room.link());
    int changes = 0;
    for (const admin::Route& route : admin::routes()) {
        const QString path = QString::fromLatin1(route.path);
        if (!route.handler || path.startsWith(QLatin1String("/api/v1/principals")) ||
            path.startsWith(QLatin1String("/api/v1/pairings"))) // tst_admin_matrix
            continue;
        AdminRequest request;
        request.method = QString::fromLatin1(route.method);
        request.path = QString(path)
                           .replace(QStringLiteral("{id}"), QStringLiteral("c1"))
                           .replace(QStringLiteral("{key}"), QStringLiteral("k1"))
                           .replace(QStringLiteral("{number}"), QStringLiteral("2"))
                           .replace(QStringLiteral("{name}"), QStringLiteral("openai-eu"));
        request.reason = QStringLiteral("r");
        const bool isRead = request.method == QLatin1String("GET");
        changes += isRead ? 0 : 1;
        const bool isOpen = (isRead ? openReads.value(path, everybody) : open.value(path, operators)).contains(role);
        const auto reply = await(transport->send(request));
        QVERIFY2((reply->status == 403) == !isOpen, route.path);
    }
    QCOMPARE(changes, 47);
}

QTEST_GUILESS_MAIN(TestAdminContract)
#include "tst_admin_contract.moc"

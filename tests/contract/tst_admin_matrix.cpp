// Reliability B9: every admin route, for everybody who may stand at the door, in every spelling of its path, over a
// real socket. What is open is written down here by hand, from the contract, and not derived from the route table: a
// route that opens by accident, for a role or under a spelling, fails. Every other cell is a refusal (4xx), never 2xx.
#include "fake_engine.h"
#include "raw_client.h"

#include <QJsonDocument>
#include <QSet>
#include <QTest>

#include <array>

using namespace gateway;
using test::kToken;
using test::RawReply;

namespace {

enum Who
{
    NoToken,
    WrongToken,
    GatewayKey,
    PairingCode,
    Viewer,
    Auditor,
    Developer,
    Operator,
    Admin,
    Foreign, // a developer that is bound to a tenant of whom nothing here is
    Everybody
};
constexpr std::array kNames{"no token", "wrong token", "gateway key", "pairing code", "viewer", "auditor", "developer",
    "operator", "admin", "developer of another tenant"};
static_assert(kNames.size() == Everybody);

constexpr unsigned bit(Who who)
{
    return 1U << who;
}
constexpr unsigned kNobody = 0;
constexpr unsigned kAdmin = bit(Admin);
constexpr unsigned kOperators = kAdmin | bit(Operator);
constexpr unsigned kAuditors = kOperators | bit(Auditor);
constexpr unsigned kDevelopers = kOperators | bit(Developer);
constexpr unsigned kEngineWide = kAuditors | bit(Viewer) | bit(Developer);
constexpr unsigned kReaders = kAuditors | bit(Developer) | bit(Foreign); // may ask for content, never see it alone
constexpr unsigned kRoles = kEngineWide | bit(Foreign); // of the engine, or leaving out what is of other tenants

// The call of another tenant, and what hangs on it.
constexpr char kOfOneCall[] = "/api/v1/calls/req_1";

struct Row
{
    const char* method;
    const char* path;  // with something that exists, where a change of it does no harm to the rows that follow
    const char* route; // as routes() has it
    unsigned open;
};

// From the contract and the decisions on roles and reach. Whoever adds a route adds its row.
const Row kRows[] = {
    {"GET", "/healthz", nullptr, (1U << Everybody) - 1},
    {"GET", "/readyz", nullptr, (1U << Everybody) - 1},
    {"GET", "/metrics", nullptr, kEngineWide},
    {"GET", "/api/v1/status", "/api/v1/status", kRoles},
    {"GET", "/api/v1/whoami", "/api/v1/whoami", kRoles},
    {"GET", "/api/v1/providers", "/api/v1/providers", kRoles},
    {"GET", "/api/v1/providers/openai-eu", "/api/v1/providers/{name}", kRoles},
    {"GET", "/api/v1/aliases", "/api/v1/aliases", kRoles},
    {"GET", "/api/v1/tenants", "/api/v1/tenants", kRoles},
    {"GET", "/api/v1/calls", "/api/v1/calls", kRoles},
    {"GET", "/api/v1/calls/req_1", "/api/v1/calls/{id}", kEngineWide},
    {"GET", "/api/v1/series", "/api/v1/series", kRoles},
    {"GET", "/api/v1/credentials", "/api/v1/credentials", kRoles},
    {"GET", "/api/v1/config", "/api/v1/config", kRoles},
    {"GET", "/api/v1/config/standing", "/api/v1/config/standing", kEngineWide},
    {"GET", "/api/v1/config/revisions", "/api/v1/config/revisions", kEngineWide},
    {"GET", "/api/v1/config/revisions/7", "/api/v1/config/revisions/{number}", kEngineWide},
    {"POST", "/api/v1/config/revisions/7/review", "/api/v1/config/revisions/{number}/review", kOperators},
    {"GET", "/api/v1/config/drafts", "/api/v1/config/drafts", kEngineWide},
    {"GET", "/api/v1/config/drafts/d1", "/api/v1/config/drafts/{id}", kEngineWide},
    {"POST", "/api/v1/config/drafts", "/api/v1/config/drafts", kDevelopers},
    {"POST", "/api/v1/config/drafts/d1/save", "/api/v1/config/drafts/{id}/save", kDevelopers},
    {"POST", "/api/v1/config/drafts/d1/edit", "/api/v1/config/drafts/{id}/edit", kDevelopers},
    {"POST", "/api/v1/config/drafts/d1/merge", "/api/v1/config/drafts/{id}/merge", kDevelopers},
    {"POST", "/api/v1/config/drafts/d1/review", "/api/v1/config/drafts/{id}/review", kOperators},
    {"POST", "/api/v1/config/drafts/d1/abandon", "/api/v1/config/drafts/{id}/abandon", kDevelopers},
    {"POST", "/api/v1/config/findings", "/api/v1/config/findings", kDevelopers},
    {"POST", "/api/v1/config/diff", "/api/v1/config/diff", kEngineWide},
    {"POST", "/api/v1/config/promote", "/api/v1/config/promote", kOperators},
    {"POST", "/api/v1/config/rollback", "/api/v1/config/rollback", kOperators},
    {"POST", "/api/v1/config/adopt", "/api/v1/config/adopt", kOperators},
    {"POST", "/api/v1/config/revert", "/api/v1/config/revert", kOperators},
    {"GET", "/api/v1/budgets", "/api/v1/budgets", kRoles},
    {"GET", "/api/v1/ledger", "/api/v1/ledger", kEngineWide},
    {"GET", "/api/v1/quotas", "/api/v1/quotas", kRoles},
    {"GET", "/api/v1/capabilities", "/api/v1/capabilities", kRoles},
    {"GET", "/api/v1/failovers", "/api/v1/failovers", kRoles},
    {"GET", "/api/v1/drills", "/api/v1/drills", kRoles},
    {"GET", "/api/v1/incidents", "/api/v1/incidents", kEngineWide},
    {"GET", "/api/v1/limits", "/api/v1/limits", kEngineWide},
    {"GET", "/api/v1/principals", "/api/v1/principals", kAuditors},
    {"POST", "/api/v1/credentials", "/api/v1/credentials", kAdmin},
    {"POST", "/api/v1/credentials/c9/revoke", "/api/v1/credentials/{id}/revoke", kOperators},
    {"POST", "/api/v1/config/check", "/api/v1/config/check", kDevelopers},
    {"POST", "/api/v1/budgets/b9/raise", "/api/v1/budgets/{id}/raise", kAdmin},
    {"POST", "/api/v1/ledger/reconcile", "/api/v1/ledger/reconcile", kAuditors},
    {"POST", "/api/v1/routes/explain", "/api/v1/routes/explain", kDevelopers | bit(Foreign)},
    {"POST", "/api/v1/failovers", "/api/v1/failovers", kOperators},
    {"POST", "/api/v1/failovers/plan", "/api/v1/failovers/plan", kOperators},
    {"POST", "/api/v1/failovers/l9/revert", "/api/v1/failovers/{id}/revert", kOperators},
    {"POST", "/api/v1/providers/p9/drain", "/api/v1/providers/{name}/drain", kOperators},
    {"POST", "/api/v1/providers/p9/resume", "/api/v1/providers/{name}/resume", kOperators},
    {"POST", "/api/v1/providers/p9/breaker", "/api/v1/providers/{name}/breaker", kOperators},
    {"POST", "/api/v1/providers/p9/probe", "/api/v1/providers/{name}/probe", kOperators},
    {"POST", "/api/v1/drills", "/api/v1/drills", kOperators},
    {"GET", "/api/v1/drills/d9", "/api/v1/drills/{id}", kRoles},
    {"POST", "/api/v1/principals", "/api/v1/principals", kAdmin},
    {"POST", "/api/v1/principals/p9/revoke", "/api/v1/principals/{name}/revoke", kAdmin},
    {"POST", "/api/v1/principals/p9/rotate", "/api/v1/principals/{name}/rotate", kAdmin},
    {"POST", "/api/v1/pairings", "/api/v1/pairings", kAdmin},
    {"POST", "/api/v1/pairings/claim", "/api/v1/pairings/claim", bit(PairingCode)},
    // of other rooms of this issue
    {"GET", "/api/v1/audit", "/api/v1/audit", kAuditors},
    {"GET", "/api/v1/incidents/i1", "/api/v1/incidents/{id}", kEngineWide},
    {"POST", "/api/v1/incidents/i9/ack", "/api/v1/incidents/{id}/ack", kOperators},
    {"POST", "/api/v1/incidents/i9/note", "/api/v1/incidents/{id}/note", kOperators},
    {"GET", "/api/v1/incidents/i9/handover", "/api/v1/incidents/{id}/handover", kEngineWide},
    {"POST", "/api/v1/operations/k9/settle", "/api/v1/operations/{key}/settle", kRoles},
    {"GET", "/api/v1/zones/check", "/api/v1/zones/check", kAuditors},
    {"GET", "/api/v1/zones/proof", "/api/v1/zones/proof", kAuditors},
    {"POST", "/api/v1/zones/check", "/api/v1/zones/check", kAuditors},
    {"GET", "/api/v1/zones/checks", "/api/v1/zones/checks", kAuditors},
    {"GET", "/api/v1/zones/checks/2", "/api/v1/zones/checks/{number}", kAuditors},
    {"GET", "/api/v1/zones/records", "/api/v1/zones/records", kAuditors},
    {"GET", "/api/v1/zones/audits", "/api/v1/zones/audits", kAuditors},
    {"POST", "/api/v1/zones/audits", "/api/v1/zones/audits", kAuditors},
    {"GET", "/api/v1/zones/exceptions", "/api/v1/zones/exceptions", kAuditors},
    {"POST", "/api/v1/zones/exceptions", "/api/v1/zones/exceptions", kAdmin},
    {"GET", "/api/v1/credentials/c1/reach", "/api/v1/credentials/{id}/reach", kAuditors},
    {"GET", "/api/v1/providers/openai-eu/reach", "/api/v1/providers/{name}/reach", kAuditors},
    {"GET", "/api/v1/checklist", "/api/v1/checklist", kEngineWide},
    {"GET", "/api/v1/calls/summary", "/api/v1/calls/summary", kRoles},
    {"POST", "/api/v1/credentials/c9/rotate", "/api/v1/credentials/{id}/rotate", kAdmin},
    {"GET", "/api/v1/exports", "/api/v1/exports", kEngineWide},
    {"POST", "/api/v1/exports/e9/test", "/api/v1/exports/{name}/test", kOperators},
    {"GET", "/api/v1/config/canary", "/api/v1/config/canary", kEngineWide},
    {"POST", "/api/v1/config/canary", "/api/v1/config/canary", kOperators},
    {"POST", "/api/v1/config/canary/pause", "/api/v1/config/canary/pause", kOperators},
    {"POST", "/api/v1/config/canary/resume", "/api/v1/config/canary/resume", kOperators},
    {"POST", "/api/v1/config/canary/advance", "/api/v1/config/canary/advance", kOperators},
    {"POST", "/api/v1/config/canary/abort", "/api/v1/config/canary/abort", kOperators},
    // kept content: what is read needs a grant beside the role (tst_break_glass)
    {"GET", "/api/v1/content", "/api/v1/content", kRoles},
    {"GET", "/api/v1/content/grants", "/api/v1/content/grants", kReaders},
    {"POST", "/api/v1/content/grants", "/api/v1/content/grants", kReaders},
    {"POST", "/api/v1/content/grants/g9/approve", "/api/v1/content/grants/{id}/approve", kAdmin | bit(Auditor)},
    {"POST", "/api/v1/content/grants/g9/end", "/api/v1/content/grants/{id}/end", kReaders},
    {"GET", "/api/v1/calls/req_9/content", "/api/v1/calls/{id}/content", kReaders},
    {"POST", "/api/v1/content/shred", "/api/v1/content/shred", kAdmin},
    {"GET", "/api/v1/audit/retention", "/api/v1/audit/retention", kEngineWide},
    {"GET", "/api/v1/audit/chain", "/api/v1/audit/chain", kRoles},
    {"GET", "/api/v1/audit/key", "/api/v1/audit/key", kRoles},
    {"POST", "/api/v1/audit/verify", "/api/v1/audit/verify", kAuditors},
    {"GET", "/api/v1/calls/req_1/receipt", "/api/v1/calls/{id}/receipt", kEngineWide},
    {"POST", "/api/v1/config/replay", "/api/v1/config/replay", kDevelopers | bit(Foreign)},
    {"GET", "/api/v1/config/replay", "/api/v1/config/replay", kRoles},
    {"GET", "/api/v1/config/replay/r9", "/api/v1/config/replay/{id}", kRoles},
    {"GET", "/api/v1/config/replay/r9/changes", "/api/v1/config/replay/{id}/changes", kRoles},
    {"POST", "/api/v1/config/replay/r9/cancel", "/api/v1/config/replay/{id}/cancel", kDevelopers | bit(Foreign)},
    // nothing is here
    {"GET", "/", nullptr, kNobody},
    {"GET", "/api/v1", nullptr, kNobody},
    {"GET", "/api/v2/status", nullptr, kNobody},
    {"GET", "/api/v1/nothing", nullptr, kNobody},
    {"DELETE", "/api/v1/credentials/c1", nullptr, kNobody},
    {"PUT", "/api/v1/config", nullptr, kNobody},
    {"OPTIONS", "/api/v1/status", nullptr, kNobody},
    {"TRACE", "/api/v1/status", nullptr, kNobody},
    {"POST", "/metrics", nullptr, kNobody},
    {"POST", "/healthz", nullptr, kNobody},
};

// How a request is spelled. `isSame`: it is another way to write the same path, so what is open is open.
struct Spelling
{
    const char* name;
    bool isSame;
    std::function<QByteArray(const QByteArray& path)> target;
    QByteArray headers;
    QByteArray method = {}; // instead of the row's
};

QByteArray lastSlash(QByteArray path, const QByteArray& by)
{
    return path.replace(path.lastIndexOf('/'), 1, by);
}

std::vector<Spelling> spellings()
{
    using P = const QByteArray&;
    return {
        {"plain", true, [](P p) { return p; }, {}},
        {"one letter encoded", true, [](P p) { return p.size() < 2 ? p : "/%" + p.mid(1, 1).toHex() + p.mid(2); }, {}},
        {"forwarded for", true, [](P p) { return p; }, "x-forwarded-for: 127.0.0.1\r\nforwarded: for=127.0.0.1\r\n"},
        {"empty query", true, [](P p) { return p + "?"; }, {}},
        {"slash behind", false, [](P p) { return p + "/"; }, {}},
        {"two slashes", false, [](P p) { return "/" + p; }, {}},
        {"two slashes inside", false, [](P p) { return lastSlash(p, "//"); }, {}},
        {"dot", false, [](P p) { return lastSlash(p, "/./"); }, {}},
        {"dots", false, [](P p) { return lastSlash(p, "/x/../"); }, {}},
        {"encoded dots", false, [](P p) { return lastSlash(p, "/x/%2e%2e/"); }, {}},
        {"half encoded dots", false, [](P p) { return lastSlash(p, "/x/.%2E/"); }, {}},
        {"encoded slash", false, [](P p) { return lastSlash(p, "%2f"); }, {}},
        {"encoded backslash", false, [](P p) { return lastSlash(p, "%5c"); }, {}},
        {"backslash", false, [](P p) { return lastSlash(p, "/\\"); }, {}},
        {"parameter", false, [](P p) { return p + ";x=1"; }, {}},
        {"parameter inside", false, [](P p) { return lastSlash(p, ";/"); }, {}},
        {"capitals", false, [](P p) { return p.toUpper() == p ? p + "X" : p.toUpper(); }, {}},
        {"encoded twice", false, [](P p) { return p.size() < 2 ? p + "%25" : "/%25" + p.mid(1, 1).toHex() + p.mid(2); },
            {}},
        {"unknown query key", false, [](P p) { return p + "?x=1"; }, {}},
        {"token in the query", false, [](P p) { return p + "?access_token=" + kToken + "&token=" + kToken; }, {}},
        {"whole URL", false, [](P p) { return "http://127.0.0.1" + p; }, {}},
        {"behind healthz", false, [](P p) { return "/healthz/.." + p; }, {}},
        {"behind healthz, encoded", false, [](P p) { return "/healthz/..%2f" + p.mid(1); }, {}},
        {"behind metrics", false, [](P p) { return "/metrics/../" + p.mid(1); }, {}},
        {"NUL", false, [](P p) { return p + "%00"; }, {}},
        {"space", false, [](P p) { return p + "%20"; }, {}},
        {"tab and line end", false, [](P p) { return p + "%09%0d%0a"; }, {}},
        {"overlong UTF-8", false, [](P p) { return lastSlash(p, "%c0%af"); }, {}},
        {"letters of another script", false, [](P p) { return p + "%d1%81"; }, {}},
        {"fragment", false, [](P p) { return p + "#x"; }, {}},
        {"any of them", false, [](P p) { return p + "*"; }, {}},
        {"rewritten", false, [](P) { return QByteArray("/api/v1/nothing"); },
            "x-original-url: /api/v1/status\r\nx-rewrite-url: /api/v1/status\r\n"},
        {"method in small letters", false, [](P p) { return p; }, {}, "get"},
        {"no such method", false, [](P p) { return p; }, {}, "BREW"},
    };
}

QByteArray requestOf(const QByteArray& method, const QByteArray& target, const QByteArray& headers)
{
    const QByteArray body = method == "POST" || method == "PUT" ? QByteArray("{}") : QByteArray();
    QByteArray request =
        method + ' ' + target + " HTTP/1.1\r\nhost: localhost\r\nx-signalbox-reason: test\r\n" + headers;
    if (!body.isEmpty())
        request += "content-type: application/json\r\ncontent-length: 2\r\n";
    return request + "\r\n" + body;
}

// Did the request reach its handler? Its answers are told from the refusals before it: those of the listener by their
// status, those of the router by their sentences, those of the parser by the connection that they end.
bool isOpen(const RawReply& reply)
{
    if (reply.status >= 200 && reply.status < 300)
        return true;
    for (const char* sentence : {"There is nothing at this path", "not spelled plainly", "is not known here"}) {
        if (reply.body.contains(sentence))
            return false;
    }
    if (reply.status == 400)
        return reply.header("connection") != "close";
    return reply.status == 404 || reply.status == 409 || reply.status == 422 || reply.status == 424;
}

} // namespace

class TestAdminMatrix : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyRouteIsWrittenDown();
    void onlyTheListedCellsAreOpen();
    void whoAmITellsTheSame();
    void methodOverridesAreNotRead();
    void heldStreams();

private:
    QByteArray issue(const QString& name, api::Role role, const QStringList& tenants = {});
    QByteArray authorization(Who who) const;
    RawReply call(Who who, const QByteArray& method, const QByteArray& target, const QByteArray& headers = {});
    static bool isServed(const Row& row);

    std::unique_ptr<test::ControlRoom> m_room;
    std::array<QByteArray, Everybody> m_tokens;
    int m_failures = 0;
};

QByteArray TestAdminMatrix::issue(const QString& name, api::Role role, const QStringList& tenants)
{
    QByteArray token;
    m_room->run([&] {
        m_room->parts().principals.issue({name, role, tenants, {}, {}}, {},
            [&token](const api::Result<api::IssuedPrincipal>& issued) { token = issued->token.toLatin1(); });
    });
    m_room->run([] {}); // the answer was queued before this
    return token;
}

void TestAdminMatrix::initTestCase()
{
    m_room = std::make_unique<test::ControlRoom>();
    m_tokens[WrongToken] = QByteArray(64, 'b');
    m_tokens[GatewayKey] = "sbx_0123456789_" + QByteArray(52, 'c');
    m_tokens[Viewer] = issue(QStringLiteral("v"), api::Role::Viewer);
    m_tokens[Auditor] = issue(QStringLiteral("u"), api::Role::Auditor);
    m_tokens[Developer] = issue(QStringLiteral("d"), api::Role::Developer);
    m_tokens[Operator] = issue(QStringLiteral("o"), api::Role::Operator);
    m_tokens[Admin] = issue(QStringLiteral("a"), api::Role::Admin);
    m_tokens[Foreign] = issue(QStringLiteral("f"), api::Role::Developer, {QStringLiteral("elsewhere")});
    for (int who = Viewer; who < Everybody; ++who)
        QVERIFY(m_tokens[std::size_t(who)].startsWith("sba_"));
}

QByteArray TestAdminMatrix::authorization(Who who) const
{
    return who == NoToken ? QByteArray() : "authorization: Bearer " + m_tokens[who] + "\r\n";
}

RawReply TestAdminMatrix::call(Who who, const QByteArray& method, const QByteArray& target, const QByteArray& headers)
{
    if (who == PairingCode && !m_tokens[who].startsWith("sbp_")) {
        m_room->run([&] {
            m_room->parts().principals.startPairing({QStringLiteral("paired"), api::Role::Viewer, {}, {}, {}},
                admin::PrincipalBook::kPairingTime, {},
                [&](const api::Result<api::Pairing>& made) { m_tokens[PairingCode] = made->code.toLatin1(); });
        });
        m_room->run([] {});
    }
    const RawReply reply = test::rawCall(m_room->port(), requestOf(method, target, authorization(who) + headers));
    // what must be refused shall be refused for what it is, not because we failed too often
    if (reply.status == 401 && ++m_failures % 4 == 0)
        test::rawCall(m_room->port(), requestOf("GET", "/api/v1/whoami", "authorization: Bearer " + kToken + "\r\n"));
    if (who == PairingCode && reply.status == 201) { // used up; the next cell gets another
        m_tokens[PairingCode].clear();
        m_room->run([&] { m_room->parts().principals.revoke(QStringLiteral("paired"), {}, [](const auto&) {}); });
        m_room->run([] {});
    }
    return reply;
}

bool TestAdminMatrix::isServed(const Row& row)
{
    if (!row.route)
        return true;
    const auto table = admin::routes();
    return std::any_of(table.begin(), table.end(), [&row](const admin::Route& route) {
        return qstrcmp(route.method, row.method) == 0 && qstrcmp(route.path, row.route) == 0;
    });
}

void TestAdminMatrix::everyRouteIsWrittenDown()
{
    QSet<QString> written{QStringLiteral("GET /api/v1/events")}; // a stream: heldStreams()
    for (const Row& row : kRows) {
        if (row.route)
            written.insert(QStringLiteral("%1 %2").arg(QLatin1String(row.method), QLatin1String(row.route)));
        if (!isServed(row))
            qInfo("not served: %s %s", row.method, row.route);
    }
    for (const admin::Route& route : admin::routes()) {
        const QString name = QStringLiteral("%1 %2").arg(QLatin1String(route.method), QLatin1String(route.path));
        QVERIFY2(written.contains(name), qPrintable(name + QStringLiteral(" has no row in this test")));
    }
}

void TestAdminMatrix::onlyTheListedCellsAreOpen()
{
    int cells = 0;
    int open = 0;
    QStringList wrong;
    const std::vector<Spelling> all = spellings();
    const QByteArray nothingThere = call(Foreign, "GET", "/api/v1/calls/req_8").body.replace("req_8", "req_1");
    for (const Row& row : kRows) {
        for (const Spelling& spelling : all) {
            const QByteArray target = spelling.target(row.path);
            // an open path is one spelling only: an encoded letter is not it, and a query is not looked at
            const bool isPlainPath = QByteArray(row.path).endsWith("z");
            const bool isMetrics = qstrcmp(row.path, "/metrics") == 0;
            bool isSame = spelling.isSame && !((isPlainPath || isMetrics) && target.contains('%'));
            if (isPlainPath || isMetrics)
                isSame = isSame || target.startsWith(QByteArray(row.path) + '?');
            const QByteArray method = spelling.method.isEmpty() ? QByteArray(row.method) : spelling.method;
            for (int who = 0; who < Everybody; ++who) {
                const RawReply reply = call(Who(who), method, target, spelling.headers);
                const bool expected = isSame && isServed(row) && (row.open & bit(Who(who))) != 0;
                // of another tenant's call the answer is that of a call that there is not
                const bool isHidden = who == Foreign && qstrncmp(row.path, kOfOneCall, qstrlen(kOfOneCall)) == 0 &&
                                      reply.status == 404 && reply.body == nothingThere;
                const bool seen = isOpen(reply) && !isHidden;
                ++cells;
                open += expected ? 1 : 0;
                // 501: the parser, of a method that nobody has
                const bool isRefused = (reply.status >= 400 && reply.status < 500) || reply.status == 501;
                const bool isUnknownToUs = who <= GatewayKey && !isPlainPath;
                if (seen != expected || (!expected && !isRefused) ||
                    (!expected && isUnknownToUs && reply.status != 401 && reply.status != 400 && reply.status != 501) ||
                    reply.status == 429)
                    wrong.append(QStringLiteral("%1 %2, %3, %4: %5 %6")
                                     .arg(QString::fromLatin1(method), QString::fromLatin1(target.left(80)),
                                         QLatin1String(spelling.name), QLatin1String(kNames[std::size_t(who)]))
                                     .arg(reply.status)
                                     .arg(QString::fromUtf8(reply.body.left(120))));
            }
        }
    }
    qInfo("%d cells: %d routes and paths, %d spellings, %d askers; %d open", cells, int(std::size(kRows)),
        int(all.size()), int(Everybody), open);
    QVERIFY2(wrong.isEmpty(),
        qPrintable(QStringLiteral("%1 cells are wrong:\n").arg(wrong.size()) + wrong.mid(0, 60).join(u'\n')));
}

// What a principal is told of itself is what the table above says of it.
void TestAdminMatrix::whoAmITellsTheSame()
{
    for (int who = Viewer; who < Everybody; ++who) {
        const RawReply reply = call(Who(who), "GET", "/api/v1/whoami");
        QCOMPARE(reply.status, 200);
        const auto answer = api::whoAmIFromJson(QJsonDocument::fromJson(reply.body).object());
        QVERIFY(answer.ok());
        for (const Row& row : kRows) {
            // of one object of another tenant the route is open and the object is not there
            const bool isObject = qstrncmp(row.path, kOfOneCall, qstrlen(kOfOneCall)) == 0 && who == Foreign;
            if (row.route && isServed(row) && !isObject)
                QVERIFY2(answer->mayDo(QString::fromLatin1(row.method), QString::fromLatin1(row.route)) ==
                             ((row.open & bit(Who(who))) != 0),
                    qPrintable(QStringLiteral("%1: %2 %3")
                                   .arg(QLatin1String(kNames[std::size_t(who)]), QLatin1String(row.method),
                                       QLatin1String(row.path))));
        }
    }
}

void TestAdminMatrix::methodOverridesAreNotRead()
{
    for (const char* header : {"x-http-method-override", "x-http-method", "x-method-override"}) {
        const QByteArray field = QByteArray(header) + ": ";
        QCOMPARE(call(Viewer, "GET", "/api/v1/credentials/c1/revoke", field + "POST\r\n").status, 405);
        QCOMPARE(call(Admin, "GET", "/api/v1/credentials/c1/revoke", field + "POST\r\n").status, 405);
        QCOMPARE(call(Viewer, "POST", "/api/v1/status", field + "GET\r\n").status, 405);
        QCOMPARE(call(Viewer, "GET", "/api/v1/status", field + "DELETE\r\n").status, 200);
        QCOMPARE(call(NoToken, "GET", "/api/v1/status", field + "OPTIONS\r\n").status, 401);
    }
}

// The event stream never ends, so it is asked for in a way that is refused by its handler, and by nobody before.
void TestAdminMatrix::heldStreams()
{
    for (int who = 0; who < Everybody; ++who) {
        const RawReply reply = call(Who(who), "GET", "/api/v1/events?since=x");
        QCOMPARE(reply.status, who <= GatewayKey ? 401 : who == PairingCode ? 403 : 400);
    }
}

QTEST_GUILESS_MAIN(TestAdminMatrix)
#include "tst_admin_matrix.moc"

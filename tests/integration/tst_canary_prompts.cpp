// 200 prompts that must leave nothing behind. A real engine with retention off, over all surfaces, dialects and ends of
// a call; each prompt has a marker of its own, wherever a caller can put text, and the upstreams give it back wherever
// a provider can. Then every byte that the engine has written or sent is looked through: the data directory while it
// runs, after kill -9 and after a stop, its log, its temporary files, what collectors and webhooks received, what the
// admin API tells. The search is shown to find.
#include "canary_requests.h"
#include "echo_upstream.h"
#include "engine_fixture.h"
#include "raw_client.h"

#include <QDirIterator>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTcpSocket>
#include <QTest>

using namespace gateway;
using namespace gateway::test;

namespace {

constexpr int kPrompts = 200;
constexpr int kThreads = 12;

struct Kind
{
    const char* name;
    const char* kind;
    const char* base; // behind the address
    const char* more;
};
constexpr Kind kKinds[] = {
    {"openai", "openai", "/openai/v1", ""},
    {"anthropic", "anthropic", "/anthropic", ""},
    {"gemini", "gemini", "/gemini", ""},
    {"mistral", "mistral", "/mistral", ""},
    {"cohere", "cohere", "/cohere", ""},
    {"ollama", "ollama", "/ollama", ""},
    {"bedrock", "bedrock", "/bedrock", ", aws_region: eu-west-1"},
    {"other", "openai-compatible", "/other/v1", ""},
};

QByteArray marker()
{
    static const QByteArray letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    QByteArray text = EchoUpstream::kMarkerBegin;
    while (text.size() < EchoUpstream::kMarkerLength)
        text += letters[QRandomGenerator::global()->bounded(letters.size())];
    return text;
}

// Every spelling of what all markers begin with: whichever marker it is, this finds it.
QList<QByteArray> needles()
{
    const QByteArray begin = EchoUpstream::kMarkerBegin;
    QList<QByteArray> all{begin, begin.toLower(), begin.toUpper(), begin.toHex(), begin.toHex().toUpper()};
    QByteArray wideLittle;
    QByteArray wideBig;
    QByteArray escaped;
    QByteArray percent;
    for (const char c : begin) {
        wideLittle += c;
        wideLittle += '\0';
        wideBig += '\0';
        wideBig += c;
        const QByteArray hex = QByteArray(1, c).toHex();
        escaped += "\\u00" + hex;
        percent += '%' + hex;
    }
    all << wideLittle << wideBig << escaped << escaped.toUpper().replace("\\U", "\\u") << percent << percent.toUpper();
    for (int shift = 0; shift < 3; ++shift) { // base64: the letters that are made of the marker alone
        const QByteArray whole = (QByteArray(shift, 'x') + begin).toBase64(QByteArray::OmitTrailingEquals);
        const qsizetype from = shift == 0 ? 0 : shift + 1;
        const qsizetype sure = (shift + begin.size()) * 8 / 6;
        all << whole.mid(from, sure - from);
    }
    return all;
}

// Where a marker is in these bytes, with what stands around it; empty: nowhere.
QString foundIn(const QByteArray& bytes, const QString& place)
{
    static const QList<QByteArray> all = needles();
    for (const QByteArray& needle : all) {
        const qsizetype at = bytes.indexOf(needle);
        if (at >= 0)
            return QStringLiteral("%1 at %2: %3")
                .arg(place)
                .arg(at)
                .arg(QString::fromLatin1(
                    bytes.mid(std::max<qsizetype>(0, at - 300), 420).toPercentEncoding(" {}[]\":,/_=();'")));
    }
    return {};
}

QStringList foundBelow(const QString& directory)
{
    QStringList found;
    int files = 0;
    QDirIterator each(directory, QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
    while (each.hasNext()) {
        QFile file(each.next());
        ++files;
        const QString hit = file.open(QIODevice::ReadOnly) ? foundIn(file.readAll(), file.fileName())
                                                           : QStringLiteral("%1 cannot be read").arg(file.fileName());
        if (!hit.isEmpty() && file.exists()) // a journal segment may go meanwhile
            found.append(hit);
    }
    if (files == 0)
        found.append(QStringLiteral("there is nothing in %1").arg(directory));
    return found;
}

} // namespace

class TestCanaryPrompts : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void theSearchFinds();
    void whatIsRecordedIsFound();
    void nothingIsLeft();
    void whatIsKeptIsSealed();

private:
    QByteArray config(const QByteArray& content) const;
    bool start(const QString& name, const QByteArray& content);
    bool startAgain();
    QByteArray post(const Asking& what, const QByteArray& headers, const QByteArray& key = {}) const;
    RawReply admin(const QByteArray& method, const QByteArray& path, const QByteArray& token,
        const QByteArray& body = {}, const QByteArray& reason = "why not") const;
    QByteArray localToken() const;
    QByteArray principal(const QByteArray& name, const QByteArray& role) const;
    int callAll();
    void callBadly(const QByteArray& t, int turn);
    QStringList search();
    QStringList searchAdmin();

    EchoUpstream m_upstream;
    EchoUpstream m_outside; // collector and hook
    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_data;
    QString m_temporary;
    std::unique_ptr<Program> m_engine;
    QByteArray m_key;
    QList<QByteArray> m_markers;
    std::atomic<int> m_answered = 0;
    std::atomic<int> m_failed = 0;
};

void TestCanaryPrompts::initTestCase()
{
    qputenv("CANARY_KEY", "provider-key-0123456789");
    qputenv("CANARY_HOOK", "hook-secret-0123456789");
    for (int i = 0; i < kPrompts; ++i)
        m_markers.append(marker());
}

QByteArray TestCanaryPrompts::config(const QByteArray& content) const
{
    const QByteArray address = "http://127.0.0.1:" + QByteArray::number(m_upstream.port());
    const QByteArray outside = "http://127.0.0.1:" + QByteArray::number(m_outside.port());
    QByteArray text = "signalbox: 1\ncontent: " + content + "\nexport:\n  otlp: {endpoint: '" + outside +
                      "', interval: 1s}\n  webhooks:\n    - {name: hook, url: '" + outside +
                      "/hook', secret: env:CANARY_HOOK, events: [incident.opened, incident.closed]}\nproviders:\n";
    QByteArray aliases = "aliases:\n";
    QList<QByteArray> scenarios = EchoUpstream::scenarios();
    scenarios << "scn-silent";
    for (const Kind& kind : kKinds) {
        for (const QByteArray& scenario : scenarios) {
            const QByteArray name = QByteArray(kind.name) + '-' + scenario;
            text += "  - {name: " + name + ", kind: " + kind.kind + ", base_url: '" + address + kind.base +
                    "', key: env:CANARY_KEY, region: local, timeouts: {connect: 1s, first_byte: 1s, idle: 1s, total: "
                    "4s}" +
                    kind.more + "}\n";
            aliases += "  - {name: " + name + ", candidates: [{provider: " + name + ", model: " + scenario +
                       ", weight: 1}], cache: {exact: {ttl: 1h}}, fallback: [{kind: cached}, {kind: refuse}]}\n";
        }
    }
    aliases += "  - {name: chain, candidates: [{provider: openai-scn-err500, model: scn-err500, weight: 1}], fallback: "
               "[{kind: other-provider, provider: anthropic-scn-err503, model: scn-err503}, {kind: other-provider, "
               "provider: gemini-scn-err429, model: scn-err429}]}\n"
               "  - {name: strict, on_loss: refuse, candidates: [{provider: cohere-scn-good, model: scn-good, weight: "
               "1}]}\n";
    return text + aliases + "tenants:\n  - {name: acme}\n";
}

bool TestCanaryPrompts::start(const QString& name, const QByteArray& content)
{
    m_engine.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    m_data = m_directory->filePath(name);
    m_temporary = m_directory->filePath(QStringLiteral("tmp"));
    QDir().mkpath(m_temporary);
    qputenv("TMPDIR", m_temporary.toLocal8Bit()); // of the engine; its log of ours lies there too
    QFile file(m_directory->filePath(QStringLiteral("signalbox.yaml")));
    if (!file.open(QIODevice::WriteOnly) || file.write(config(content)) < 0)
        return false;
    file.close();
    if (!startAgain())
        return false;
    const Finished issued = runProgram(QStringLiteral("signalboxctl"),
        {QStringLiteral("--data-dir"), m_data, QStringLiteral("--json"), QStringLiteral("credential"),
            QStringLiteral("issue"), QStringLiteral("--tenant"), QStringLiteral("acme"), QStringLiteral("--aliases"),
            QStringLiteral("*"), QStringLiteral("--reason"), QStringLiteral("test")});
    m_key = QJsonDocument::fromJson(issued.output).object().value(QLatin1String("key")).toString().toLatin1();
    return !m_key.isEmpty();
}

bool TestCanaryPrompts::startAgain()
{
    m_engine = std::make_unique<Program>(QStringLiteral("signalboxd"),
        QStringList{QStringLiteral("--config"), m_directory->filePath(QStringLiteral("signalbox.yaml")),
            QStringLiteral("--data-dir"), m_data, QStringLiteral("--gateway"), QStringLiteral("127.0.0.1:0"),
            QStringLiteral("--admin"), QStringLiteral("127.0.0.1:0"), QStringLiteral("--workers"),
            QStringLiteral("2")});
    return m_engine->waitForReady();
}

QByteArray TestCanaryPrompts::post(const Asking& what, const QByteArray& headers, const QByteArray& key) const
{
    return httpRequest("POST", what.path,
        "content-type: application/json\r\nanthropic-version: 2023-06-01\r\nauthorization: Bearer " +
            (key.isEmpty() ? m_key : key) + "\r\n" + headers,
        what.body);
}

QByteArray TestCanaryPrompts::localToken() const
{
    QFile file(m_data + QStringLiteral("/admin.token"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

RawReply TestCanaryPrompts::admin(const QByteArray& method, const QByteArray& path, const QByteArray& token,
    const QByteArray& body, const QByteArray& reason) const
{
    return rawCall(portOf(m_engine->field("admin")), httpRequest(method, path,
                                                         "content-type: application/json\r\nauthorization: Bearer " +
                                                             token + "\r\nx-signalbox-reason: " + reason + "\r\n",
                                                         body));
}

QByteArray TestCanaryPrompts::principal(const QByteArray& name, const QByteArray& role) const
{
    const RawReply issued =
        admin("POST", "/api/v1/principals", localToken(), "{\"name\":\"" + name + "\",\"role\":\"" + role + "\"}");
    return QJsonDocument::fromJson(issued.body).object().value(QLatin1String("token")).toString().toLatin1();
}

// What is refused before any upstream is asked, and what is said in the head.
void TestCanaryPrompts::callBadly(const QByteArray& t, int turn)
{
    const QByteArray prose = "please tell me about " + t + " now";
    const Asking good = asking(turn % kSurfaces, "openai-scn-good", t, false);
    const quint16 port = portOf(m_engine->field("gateway"));
    const QList<QByteArray> requests{
        post(good, "x-signalbox-feature: " + prose + "\r\nx-signalbox-agent: " + prose +
                       "\r\nx-signalbox-user: " + prose + "\r\n"),
        post(good, "x-request-id: " + t + "\r\ntraceparent: 00-" + t + "\r\ntracestate: a=" + t +
                       "\r\nidempotency-key: " + t + "\r\nuser-agent: " + t + "\r\nx-title: " + prose + "\r\n"),
        post(good, "idempotency-key: " + t + "\r\n"),
        post(good, "x-signalbox-zone: " + prose + "\r\n"),
        post(good, "x-signalbox-tenant: " + t + "\r\n"),
        post(good, "x-signalbox-workload-class: " + t + "\r\n"),
        post(good, "x-signalbox-cost-ceiling-usd: " + t + "\r\n"),
        post(asking(turn % 8, prose, t, false), {}),
        post({"/v1/chat/completions", "{\"model\":\"openai-scn-good\",\"messages\":[\"" + t}, {}),
        post({"/v1/chat/completions", "{\"model\":\"openai-scn-good\",\"messages\":\"" + t + "\"}"}, {}),
        post(
            {"/v1/chat/completions", "{\"model\":\"anthropic-scn-good\",\"messages\":[{\"role\":\"" + t + "\"}]}"}, {}),
        post({"/v1/chat/completions", "{\"model\":\"openai-scn-good\",\"max_tokens\":\"" + t +
                                          "\",\"messages\":[{\"role\":\"user\","
                                          "\"content\":\"x\"}]}"},
            {}),
        post({"/v1/messages", "{\"model\":\"gemini-scn-good\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\","
                              "\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"" +
                                  prose + "\",\"content\":\"x\"}]}]}"},
            {}),
        post({"/v1/" + t, "{}"}, {}),
        post({"/v1/chat/completions", chatBody("chain", t, turn % 2 == 0, false)}, {}),
        post({"/v1/chat/completions", chatBody("strict", t, false, true)}, {}),
        post(good, {}, "sbx_" + t + "_" + t),
        httpRequest("GET", "/v1/models/" + t, "authorization: Bearer " + m_key + "\r\n", {}),
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n" + t + "\r\n\r\n",
    };
    for (int i = 0; i < 4; ++i)
        rawCall(port, requests[(turn * 4 + i) % requests.size()]);
}

// Every prompt on several surfaces, dialects and ends. How many calls were made.
int TestCanaryPrompts::callAll()
{
    std::atomic<int> next = 0;
    std::atomic<int> calls = 0;
    const quint16 port = portOf(m_engine->field("gateway"));
    const QList<QByteArray>& scenarios = EchoUpstream::scenarios();
    const int combinations = kSurfaces * int(std::size(kKinds)) * int(scenarios.size());
    const int total = std::max(combinations, kPrompts);
    inThreads(kThreads, [&](int) {
        for (int i = next++; i < total; i = next++) {
            const QByteArray m = m_markers[i % kPrompts];
            const int surface = i % kSurfaces;
            const Kind& kind = kKinds[(i / kSurfaces) % int(std::size(kKinds))];
            const QByteArray& scenario = scenarios[(i / kSurfaces / int(std::size(kKinds))) % scenarios.size()];
            const QByteArray alias = QByteArray(kind.name) + '-' + scenario;
            const RawReply reply = rawCall(port, post(asking(surface, alias, m, (i / 7) % 2 == 1), {}));
            ++calls;
            m_answered += reply.status == 200 && reply.body.contains(m);
            m_failed += reply.status >= 400 && reply.body.contains(m);
            if (i < kPrompts)
                callBadly(m, i);
        }
    });
    return calls;
}

QStringList TestCanaryPrompts::search()
{
    QStringList found = foundBelow(m_data) + foundBelow(m_temporary);
    found.append(foundIn(m_engine->log().toUtf8(), QStringLiteral("log")));
    found.append(foundIn(m_outside.received(), QStringLiteral("exports")));
    found.removeAll(QString());
    return found;
}

QStringList TestCanaryPrompts::searchAdmin()
{
    QStringList found;
    const QByteArray token = localToken();
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QByteArray summary =
        "/api/v1/calls/summary?by=alias&since=" + now.addDays(-1).toString(Qt::ISODate).toLatin1() +
        "&until=" + now.addSecs(60).toString(Qt::ISODate).toLatin1();
    for (const QByteArray& path : QList<QByteArray>{"/metrics", "/api/v1/audit?limit=1000", "/api/v1/status",
             "/api/v1/ledger", "/api/v1/limits", "/api/v1/incidents", summary, "/api/v1/providers", "/api/v1/quotas",
             "/api/v1/zones/check", "/api/v1/exports", "/api/v1/content"}) {
        const RawReply reply = admin("GET", path, token);
        if (reply.status != 200)
            found.append(QStringLiteral("%1 answers %2").arg(QLatin1String(path)).arg(reply.status));
        found.append(foundIn(reply.body, QLatin1String(path)));
    }
    QByteArray before;
    int pages = 0;
    do {
        const RawReply reply =
            admin("GET", "/api/v1/calls?limit=500" + (before.isEmpty() ? "" : "&before=" + before), token);
        found.append(foundIn(reply.body, QStringLiteral("calls")));
        before = QJsonDocument::fromJson(reply.body).object().value(QLatin1String("next")).toString().toLatin1();
    } while (!before.isEmpty() && ++pages < 40);
    found.removeAll(QString());
    return found;
}

void TestCanaryPrompts::theSearchFinds()
{
    QTemporaryDir directory;
    const QByteArray m = m_markers.first();
    const QList<QByteArray> spellings{m, "xx" + m.toHex(), ("a" + m).toBase64(), ("ab" + m).toBase64(),
        ("abc" + m).toBase64(), m.toPercentEncoding({}, m),
        QByteArray(reinterpret_cast<const char*>(QString::fromLatin1(m).utf16()), m.size() * 2)};
    for (const QByteArray& spelled : spellings) {
        QFile file(directory.filePath(QStringLiteral("planted")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(5000, '\0') + spelled + QByteArray(5000, 'z'));
        file.close();
        QVERIFY2(!foundBelow(directory.path()).isEmpty(), spelled.constData());
    }
    QVERIFY(foundIn(QByteArray(100'000, 'q'), QStringLiteral("nothing")).isEmpty());
}

// What is recorded on purpose (a caller's name) is found where records are: the search looks at the right bytes.
void TestCanaryPrompts::whatIsRecordedIsFound()
{
    QVERIFY2(start(QStringLiteral("named"), "{retain: none}"), qPrintable(m_engine->log()));
    const RawReply reply = rawCall(portOf(m_engine->field("gateway")),
        post({"/v1/chat/completions",
                 "{\"model\":\"openai-scn-good\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"},
            "x-signalbox-user: " + m_markers.first() + "\r\n"));
    QCOMPARE(reply.status, 200);
    QVERIFY(!foundBelow(m_data).isEmpty());
    QVERIFY(!foundIn(admin("GET", "/api/v1/calls", localToken()).body, QStringLiteral("calls")).isEmpty());
    QVERIFY(m_engine->stop() == 0);
}

void TestCanaryPrompts::nothingIsLeft()
{
    QVERIFY2(start(QStringLiteral("data"), "{retain: none}"), qPrintable(m_engine->log()));
    const int calls = callAll();
    qInfo("%d calls; %d answers and %d errors gave the caller its own words back; upstream saw %d requests", calls,
        m_answered.load(), m_failed.load(), m_upstream.requests());
    QVERIFY(m_answered > 100);
    QVERIFY(m_failed > 50);

    // an explanation of a prompt, asked for by somebody who may not
    const QByteArray viewer = principal("looker", "viewer");
    QVERIFY(!viewer.isEmpty());
    const QByteArray explain = "{\"alias\":\"openai-scn-good\",\"tenant\":\"acme\",\"body\":" +
                               chatBody("openai-scn-good", m_markers[3], false, false) + "}";
    QCOMPARE(admin("POST", "/api/v1/routes/explain", viewer, explain).status, 403);
    admin("POST", "/api/v1/routes/explain", localToken(), explain);

    QCOMPARE(searchAdmin().join(u'\n'), QString());
    QTRY_VERIFY_WITH_TIMEOUT(m_outside.requests() > 0, 20'000);
    QCOMPARE(search(), QStringList());

    // callers that leave in the middle, and a kill in the middle of calls
    const quint16 port = portOf(m_engine->field("gateway"));
    std::vector<std::unique_ptr<QTcpSocket>> open;
    for (int i = 0; i < 40; ++i) {
        open.push_back(std::make_unique<QTcpSocket>());
        open.back()->connectToHost(QStringLiteral("127.0.0.1"), port);
        QVERIFY(open.back()->waitForConnected(5000));
        const QByteArray alias = QByteArray(kKinds[i % int(std::size(kKinds))].name) + "-scn-silent";
        open.back()->write(post(asking(i % kSurfaces, alias, m_markers[i], i % 2 == 0), {}));
        open.back()->flush();
    }
    const int before = m_upstream.requests();
    QTRY_VERIFY_WITH_TIMEOUT(m_upstream.requests() >= before, 5000);
    for (int i = 0; i < 10; ++i)
        open[std::size_t(i)]->abort();
    QTest::qWait(200); // some of them are open now; which is no matter
    m_engine->kill9();
    QCOMPARE(search(), QStringList());
    QVERIFY2(startAgain(), qPrintable(m_engine->log()));
    QCOMPARE(searchAdmin().join(u'\n'), QString());
    QCOMPARE(search(), QStringList());
    QCOMPARE(m_engine->stop(), 0);
    QCOMPARE(search(), QStringList());
}

// The other way round: what the config asks to be kept is kept, is nowhere in clear, and comes back to two people.
void TestCanaryPrompts::whatIsKeptIsSealed()
{
    QVERIFY2(start(QStringLiteral("kept"), "{retain: all, ttl: 1h}"), qPrintable(m_engine->log()));
    const QByteArray m = m_markers[7];
    const quint16 port = portOf(m_engine->field("gateway"));
    const RawReply whole = rawCall(port, post(asking(0, "openai-scn-good", m, false), {}));
    const RawReply stream = rawCall(port, post(asking(6, "anthropic-scn-good", m, false), {}));
    QCOMPARE(whole.status, 200);
    QCOMPARE(stream.status, 200);

    const QByteArray reader = principal("rita", "operator");
    const QByteArray approver = principal("otto", "auditor");
    const QByteArray id = whole.header("x-request-id");
    const QByteArray path = "/api/v1/calls/" + id + "/content";
    QCOMPARE(admin("GET", path, reader).status, 403);
    QCOMPARE(admin("GET", path, localToken()).status, 403); // an admin neither
    const RawReply asked = admin("POST", "/api/v1/content/grants", reader,
        "{\"tenant\":\"acme\",\"call\":\"" + id + "\",\"hours\":1}", "ticket");
    QVERIFY2(asked.status == 200, asked.body);
    const QByteArray grant =
        QJsonDocument::fromJson(asked.body).object().value(QLatin1String("id")).toString().toLatin1();
    QCOMPARE(admin("GET", path, reader).status, 403);
    QCOMPARE(admin("POST", "/api/v1/content/grants/" + grant + "/approve", approver).status, 200);
    QTRY_COMPARE(admin("GET", path, reader).status, 200); // it may still be on its way to the vault
    const QJsonObject read = QJsonDocument::fromJson(admin("GET", path, reader).body).object();
    QVERIFY(read.value(QLatin1String("request")).toString().contains(QString::fromLatin1("say " + m)));
    QVERIFY(read.value(QLatin1String("answer")).toString().contains(QString::fromLatin1("you said " + m)));
    QCOMPARE(admin("GET", path, approver).status, 403); // who approves does not read
    QCOMPARE(admin("GET", "/api/v1/calls/" + stream.header("x-request-id") + "/content", reader).status, 403);

    const QByteArray audit = admin("GET", "/api/v1/audit?action=/content&limit=1000", localToken()).body;
    QVERIFY(audit.count(id) >= 4);
    QCOMPARE(searchAdmin().join(u'\n'), QString());
    QCOMPARE(search(), QStringList());
    m_engine->kill9();
    QCOMPARE(search(), QStringList());
}

QTEST_GUILESS_MAIN(TestCanaryPrompts)
#include "tst_canary_prompts.moc"

// The simulator's Bedrock dialect: frames read by a decoder of the tests' own, the order of turns, and SigV4 against a
// signature that AWS published.
#include "event_frames.h"
#include "sim_testing.h"
#include "simulator/aws_signature.h"

#include <QTest>

using namespace gateway;
using namespace gateway::simulator;
using namespace gateway::simulator::testing;
using gateway::test::EventFrame;

namespace {

const QByteArray kTools = ",\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"get_weather\",\"inputSchema\":{"
                          "\"json\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}}}}]}";
const QByteArray kHello = "{\"role\":\"user\",\"content\":[{\"text\":\"hello\"}]}";

SimRequest converse(const QByteArray& model, const QByteArray& more = {}, const QByteArray& messages = kHello,
    const QByteArray& verb = "converse")
{
    return post("/model/" + model + "/" + verb, "{\"messages\":[" + messages + "]" + more + "}");
}

QList<EventFrame> framesOf(const Script& script)
{
    QByteArray wrong;
    const QList<EventFrame> frames = gateway::test::decodeFrames(bodyOf(script), &wrong);
    return wrong.isEmpty() ? frames : QList<EventFrame>();
}

QString typesOf(const QList<EventFrame>& frames)
{
    QStringList types;
    for (const EventFrame& frame : frames) {
        const QString type = QString::fromUtf8(frame.type);
        if (types.isEmpty() || types.last() != type)
            types.append(type);
    }
    return types.join(QLatin1Char(' '));
}

} // namespace

class TestSimBedrock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void idIsDecoded_data();
    void idIsDecoded();
    void streamIsTheDocumentedOne();
    void argumentsComeInPieces();
    void usageLeavesTheCacheOut();
    void exceptionComesInTheStream();
    void errorsNameTheirType();
    void requestIsChecked_data();
    void requestIsChecked();
    void publishedSignatureIsRight();
    void signatureIsVerified_data();
    void signatureIsVerified();

private:
    SystemClock m_clock;
    Simulator m_simulator{Profile::immediate(), m_clock};
};

void TestSimBedrock::idIsDecoded_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("model");
    QTest::newRow("plain") << QByteArray("/model/sim-x/converse") << 200 << QStringLiteral("sim-x");
    QTest::newRow("colon") << QByteArray("/model/us.sim-x-v1%3A0/converse") << 200 << QStringLiteral("us.sim-x-v1:0");
    QTest::newRow("arn") << QByteArray("/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.sim-x/"
                                       "converse-stream")
                         << 200 << QStringLiteral("arn:aws:bedrock:us-east-1:1:inference-profile/us.sim-x");
    QTest::newRow("slash as it is") << QByteArray("/model/a/b/converse") << 404 << QString();
    QTest::newRow("unknown verb") << QByteArray("/model/a/invoke") << 404 << QString();
}

void TestSimBedrock::idIsDecoded()
{
    QFETCH(QByteArray, path);
    QFETCH(int, status);
    QFETCH(QString, model);
    m_simulator.ledger().clear();
    QCOMPARE(m_simulator.answer(post(path, "{\"messages\":[" + kHello + "]}")).script.status, status);
    const QJsonValue entry = m_simulator.ledger().toJson()[u"entries"][0];
    QCOMPARE(entry[u"path"].toString().toUtf8(), path); // as it came
    QCOMPARE(entry[u"model"].toString(), model);
}

void TestSimBedrock::streamIsTheDocumentedOne()
{
    const auto types = [&](const QByteArray& model, const QByteArray& more = {}) {
        return typesOf(framesOf(m_simulator.answer(converse(model, more, kHello, "converse-stream")).script));
    };
    const auto golden = [](const char* name) {
        return typesOf(gateway::test::parseFrames(corpus(QStringLiteral("bedrock/") + QLatin1String(name))));
    };
    QCOMPARE(types("sim-x"), golden("stream.frames"));
    QCOMPARE(types("sim-think"), golden("stream_thinking.frames"));
    QCOMPARE(types("sim-nodone"), golden("stream_no_stop.frames"));
    QCOMPARE(types("sim-tools", kTools),
        QStringLiteral("messageStart contentBlockStart contentBlockDelta contentBlockStop contentBlockStart "
                       "contentBlockDelta contentBlockStop messageStop metadata"));
    QCOMPARE(types("sim-nousage").section(QLatin1Char(' '), -1), QStringLiteral("messageStop"));
}

void TestSimBedrock::argumentsComeInPieces()
{
    QByteArray pieces;
    for (const EventFrame& frame :
        framesOf(m_simulator.answer(converse("sim-tools", kTools, kHello, "converse-stream")).script)) {
        const QJsonObject json = QJsonDocument::fromJson(frame.payload).object();
        if (json[u"contentBlockIndex"].toInt() == 1)
            pieces += json[u"delta"][u"toolUse"][u"input"].toString().toUtf8();
    }
    QCOMPARE(pieces, QByteArray("{\"city\":\"Swindon\"}"));
}

void TestSimBedrock::usageLeavesTheCacheOut()
{
    const QJsonObject usage =
        jsonOf(m_simulator.answer(converse("sim-cached-50-written-6-tokens-3")).script)[u"usage"].toObject();
    QCOMPARE(usage[u"inputTokens"].toInt(), 8);
    QCOMPARE(usage[u"cacheReadInputTokens"].toInt(), 50);
    QCOMPARE(usage[u"cacheWriteInputTokens"].toInt(), 6);
    QCOMPARE(usage[u"totalTokens"].toInt(), 8 + 50 + 6 + 3);
}

void TestSimBedrock::exceptionComesInTheStream()
{
    const Script script = m_simulator.answer(converse("sim-error-3", {}, kHello, "converse-stream")).script;
    const QList<EventFrame> frames = framesOf(script);
    QCOMPARE(script.status, 200);
    QCOMPARE(frames.size(), 4);
    QCOMPARE(frames.last().form, QByteArray("exception"));
    QCOMPARE(frames.last().type, QByteArray("modelStreamErrorException"));
}

void TestSimBedrock::errorsNameTheirType()
{
    for (const QByteArray& line : corpus(QStringLiteral("bedrock/error_types.txt")).split('\n')) {
        if (line.isEmpty())
            continue;
        const QByteArray status = line.mid(6, 3);
        const QByteArray type = line.mid(line.indexOf(' ') + 1).split(':').first();
        const Script script = m_simulator.answer(converse("sim-" + status)).script;
        QCOMPARE(script.status, status.toInt());
        QCOMPARE(headerOf(script, "x-amzn-errortype").split(':').first(), type);
        QVERIFY(!jsonOf(script)[u"message"].toString().isEmpty());
    }
}

void TestSimBedrock::requestIsChecked_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("more");
    QTest::addColumn<QString>("reason"); // empty: accepted
    const QByteArray call = "{\"role\":\"assistant\",\"content\":[{\"toolUse\":{\"toolUseId\":\"a\",\"name\":"
                            "\"get_weather\",\"input\":{}}},{\"toolUse\":{\"toolUseId\":\"b\",\"name\":\"get_weather\","
                            "\"input\":{}}}]}";
    const auto result = [](const char* id) {
        return QByteArray("{\"toolResult\":{\"toolUseId\":\"") + id + "\",\"content\":[{\"text\":\"12\"}]}}";
    };
    const auto user = [](const QByteArray& blocks) { return "{\"role\":\"user\",\"content\":[" + blocks + "]}"; };
    const QByteArray both = user(result("a") + "," + result("b"));
    const auto row = [](const char* name, const QByteArray& messages, const QByteArray& more, const char* reason) {
        QTest::newRow(name) << messages << more << QString::fromLatin1(reason);
    };
    row("whole", kHello + "," + call + "," + both, kTools, "");
    row("no toolConfig", kHello + "," + call + "," + both, {}, "toolConfig field must be defined");
    row("one result missing", kHello + "," + call + "," + user(result("a")), kTools, "Expected toolResult blocks");
    row("foreign result", kHello + "," + call + "," + user(result("a") + "," + result("c")), kTools, "exceeds");
    row("two users", kHello + "," + kHello, {}, "alternate");
    row("assistant first", "{\"role\":\"assistant\",\"content\":[{\"text\":\"x\"}]}", {}, "start with a user message");
    row("empty content", user({}), {}, "is empty");
    row("blank text", user("{\"text\":\" \"}"), {}, "blank");
    row("block of two kinds", user("{\"text\":\"x\",\"image\":{}}"), {}, "must set one of");
    row("Anthropic's block", user("{\"type\":\"text\",\"text\":\"x\"}"), {}, "must set one of");
    row("content no list", "{\"role\":\"user\",\"content\":\"x\"}", {}, "is empty");
    row("no tools in the list", kHello, ",\"toolConfig\":{\"tools\":[]}", "length");
    row("schema without json", kHello,
        ",\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"a\",\"inputSchema\":{\"type\":\"object\"}}}]}",
        "inputSchema");
    row("unknown field", kHello, ",\"max_tokens\":4", "extraneous");
    row("unknown inference field", kHello, ",\"inferenceConfig\":{\"topK\":4}", "extraneous");
    row("foreign signature",
        kHello +
            ",{\"role\":\"assistant\",\"content\":[{\"reasoningContent\":{\"reasoningText\":{\"text\":\"a\","
            "\"signature\":\"b\"}}},{\"text\":\"x\"}]}," +
            kHello,
        {}, "Invalid `signature`");
}

void TestSimBedrock::requestIsChecked()
{
    QFETCH(QByteArray, messages);
    QFETCH(QByteArray, more);
    QFETCH(QString, reason);
    const Script script = m_simulator.answer(converse("m", more, messages)).script;
    QVERIFY2(script.status == (reason.isEmpty() ? 200 : 400), bodyOf(script));
    const QString message = jsonOf(script)[u"message"].toString();
    QVERIFY2(reason.isEmpty() || message.contains(reason), qPrintable(message));
}

void TestSimBedrock::publishedSignatureIsRight()
{
    // "get-vanilla" of the test suite in AWS's Signature Version 4 documentation
    SimRequest request;
    request.method = "GET";
    request.path = "/";
    request.headers = {{"host", "example.amazonaws.com"}, {"x-amz-date", "20150830T123600Z"},
        {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                          "SignedHeaders=host;x-amz-date, "
                          "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"}};
    const AwsKey key{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
    const qint64 then = 1'440'938'160; // 2015-08-30 12:36:00
    QCOMPARE(awsSignatureFault(request, key, "service", then), QString());
    QVERIFY(awsSignatureFault(request, key, "service", then + 301).contains(QLatin1String("expired")));
    QVERIFY(awsSignatureFault(request, key, "bedrock", then).contains(QLatin1String("scoped")));
    request.path = "/x";
    QVERIFY(awsSignatureFault(request, key, "service", then).contains(QLatin1String("does not match")));
}

void TestSimBedrock::signatureIsVerified_data()
{
    QTest::addColumn<HeaderList>("headers");
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("none") << HeaderList() << QByteArray("MissingAuthenticationTokenException");
    QTest::newRow("bearer") << HeaderList{{"authorization", "Bearer bedrock-api-key-1"}} << QByteArray();
    QTest::newRow("wrong") << HeaderList{{"host", "h"}, {"x-amz-date", "20261122T120000Z"},
                                  {"authorization",
                                      "AWS4-HMAC-SHA256 Credential=AKIASIM/20261122/us-east-1/bedrock/aws4_request, "
                                      "SignedHeaders=host;x-amz-date, Signature=00"}}
                           << QByteArray("InvalidSignatureException");
}

void TestSimBedrock::signatureIsVerified()
{
    QFETCH(HeaderList, headers);
    QFETCH(QByteArray, type);
    const ManualClock noon(1'795'348'800'000); // 2026-11-22 12:00
    Profile profile = Profile::immediate();
    profile.awsAccessKey = "AKIASIM";
    profile.awsSecretKey = "secret";
    Simulator simulator(profile, noon);
    SimRequest request = converse("m");
    request.headers = headers;
    const Script script = simulator.answer(request).script;
    QCOMPARE(script.status, type.isEmpty() ? 200 : 403);
    QCOMPARE(headerOf(script, "x-amzn-errortype").split(':').first(), type);
    if (type.startsWith("Invalid"))
        QVERIFY(bodyOf(script).contains("does not match"));
    // what the path became: each segment as it was sent, encoded once more
    const QByteArray canonical = awsCanonicalRequest(post("/model/a%3A0/converse", {}), {});
    QVERIFY2(canonical.contains("/model/a%253A0/converse\n"), canonical);
}

QTEST_GUILESS_MAIN(TestSimBedrock)
#include "tst_sim_bedrock.moc"

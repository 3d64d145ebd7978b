// Embeddings: requests read and passed on, vectors as numbers and as base64 without losing a bit, index order, answers
// put right for a caller who asked for the other form.
#include "transform/providers/openai_embeddings.h"
#include "transform/surfaces/openai_embeddings.h"
#include "transform/vector_text.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace gateway;
using namespace gateway::transform;
using config::ProviderKind;

namespace {

struct Place
{
    config::Provider provider;
    config::Candidate candidate;

    explicit Place(ProviderKind kind, QByteArray basePath = "/v1")
    {
        provider.kind = kind;
        provider.basePath = std::move(basePath);
        provider.key = Secret("sk-test");
        candidate.provider = &provider;
        candidate.modelUtf8 = "text-embedding-3-small";
    }
    Target target() const { return {candidate, {}, {}}; }
};

std::variant<CallRequest, CallError> parse(const QByteArray& body)
{
    http::RequestHead head;
    return openAiEmbeddings().parse({}, head, body);
}

CallRequest parsed(const QByteArray& body)
{
    auto result = parse(body);
    if (auto* error = std::get_if<CallError>(&result)) {
        qWarning() << error->text();
        return {};
    }
    return std::move(std::get<CallRequest>(result));
}

EmbedRequest unified(const QByteArray& body)
{
    const CallRequest request = parsed(body);
    auto result = openAiEmbeddings().unify(request);
    return std::get<UnifiedRequest>(result).embed;
}

std::optional<std::vector<float>> vectorIn(const QByteArray& json)
{
    const JsonText text = JsonText::parse(json);
    return readVector(text.root);
}

QByteArray bits(const std::vector<float>& vector)
{
    return QByteArray(reinterpret_cast<const char*>(vector.data()), qsizetype(vector.size() * sizeof(float)));
}

std::vector<float> manyFloats()
{
    using Limits = std::numeric_limits<float>;
    std::vector<float> out{0.0F, -0.0F, 1.0F, 0.1F, -0.017'323'412F, 1e-10F, 16'777'217.0F, Limits::max(),
        Limits::lowest(), Limits::min(), Limits::denorm_min(), -Limits::denorm_min(), Limits::epsilon()};
    std::mt19937 random(7); // any bits that are a number
    while (out.size() < 4000) {
        const std::uint32_t word = random();
        float value;
        std::memcpy(&value, &word, sizeof(value));
        if (std::isfinite(value))
            out.push_back(value);
    }
    return out;
}

} // namespace

class TestEmbeddings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void vectors();
    void littleEndian();
    void noVectors_data();
    void noVectors();
    void requests();
    void refuses_data();
    void refuses();
    void translates();
    void losses();
    void passesOn_data();
    void passesOn();
    void answers();
    void indexOrder_data();
    void indexOrder();
    void badAnswers_data();
    void badAnswers();
    void answerBody();
    void repairs();
    void leavesAlone();
};

void TestEmbeddings::vectors()
{
    const std::vector<float> vector = manyFloats();
    const QByteArray list = vectorAsList(vector);
    QVERIFY(!JsonText::parse(list).error);
    const auto fromList = vectorIn(list);
    QVERIFY(fromList);
    QCOMPARE(bits(*fromList), bits(vector));
    const QByteArray base64 = vectorAsBase64(vector);
    const auto fromBase64 = vectorIn(base64);
    QVERIFY(fromBase64);
    QCOMPARE(bits(*fromBase64), bits(vector));
    // the shortest text that is the number, not the double nearest to it
    QCOMPARE(vectorAsList(std::vector<float>{0.1F, -0.017'323'412F, 1.0F, 0.0F}), QByteArray("[0.1,-0.017323412,1,0]"));
    QCOMPARE(vectorAsList({}), QByteArray("[]"));
    // longer texts than a float has, as providers write doubles
    QCOMPARE(bits(*vectorIn("[ 0.10000000149011612, 1e-60 ]")), bits({0.1F, 0.0F}));
}

void TestEmbeddings::littleEndian()
{
    QCOMPARE(vectorAsBase64(std::vector<float>{1.0F, -2.5F}),
        '"' + QByteArray("\x00\x00\x80\x3f\x00\x00\x20\xc0", 8).toBase64() + '"');
}

void TestEmbeddings::noVectors_data()
{
    QTest::addColumn<QByteArray>("json");
    for (const char* json : {"{}", "null", "7", "[\"1\"]", "[1,[2]]", "[1e39]", "\"AAA\"", "\"AAAA\"", "\"*\"",
             "\"AADAfw==\"" /* NaN */, "\"AACAfw==\"" /* infinity */})
        QTest::newRow(json) << QByteArray(json);
}

void TestEmbeddings::noVectors()
{
    QFETCH(QByteArray, json);
    QVERIFY(!vectorIn(json));
}

void TestEmbeddings::requests()
{
    const CallRequest request = parsed(R"({"input":"Hi","model":"embed","encoding_format":"base64","dimensions":256})");
    QCOMPARE(request.alias, QStringLiteral("embed"));
    QCOMPARE(request.operation, Operation::Embed);
    QCOMPARE(int(request.features), int(Feature::Embeddings));
    QVERIFY(!request.stream);
    const EmbedRequest one =
        unified(R"({"input":"H\u00ef","model":"m","encoding_format":"base64","dimensions":256,"user":"u"})");
    QVERIFY(one.single);
    QVERIFY(one.base64);
    QCOMPARE(one.texts, std::vector<QByteArray>{"Hï"});
    QCOMPARE(one.dimensions.value_or(0), 256);
    QCOMPARE(one.user, QByteArray("u"));
    const EmbedRequest texts = unified(R"({"input":["a","b"],"model":"m"})");
    QVERIFY(!texts.single);
    QVERIFY(!texts.base64);
    QCOMPARE(texts.texts.size(), 2u);
    const EmbedRequest ids = unified(R"({"input":[1, 2,3],"model":"m"})");
    QVERIFY(ids.single);
    QCOMPARE(ids.tokenArrays, std::vector<QByteArray>{"[1, 2,3]"});
    const EmbedRequest lists = unified(R"({"input":[[1],[2,3]],"model":"m"})");
    QVERIFY(!lists.single);
    QCOMPARE(lists.tokenArrays.size(), 2u);
    QVERIFY(parsed(R"({"input":[[1]],"model":"m"})").features.testFlag(Feature::TokenArrays));
}

void TestEmbeddings::refuses_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QString>("parameter");
    const auto row = [](const char* members, const char* parameter) {
        QTest::newRow(members) << QByteArray(members) << QString::fromLatin1(parameter);
    };
    row(R"("model":"m")", "input");
    row(R"("model":"m","input":"")", "input");
    row(R"("model":"m","input":[])", "input");
    row(R"("model":"m","input":[[]])", "input");
    row(R"("model":"m","input":{})", "input");
    row(R"("model":"m","input":["a",1])", "input");
    row(R"("model":"m","input":[1,"a"])", "input");
    row(R"("model":"m","input":[1.5])", "input");
    row(R"("model":"m","input":[-1])", "input");
    row(R"("model":"m","input":[[1],"a"])", "input");
    row(R"("input":"x")", "model");
    row(R"("model":"m","input":"x","encoding_format":"hex")", "encoding_format");
    row(R"("model":"m","input":"x","dimensions":0)", "dimensions");
    row(R"("model":"m","input":"x","dimensions":"many")", "dimensions");
    const QByteArray many = "\"model\":\"m\",\"input\":[\"a\"" + QByteArray(",\"a\"").repeated(2048) + "]";
    QTest::newRow("too many") << many << QStringLiteral("input");
}

void TestEmbeddings::refuses()
{
    QFETCH(QByteArray, members);
    QFETCH(QString, parameter);
    const auto result = parse('{' + members + '}');
    const auto* error = std::get_if<CallError>(&result);
    QVERIFY(error);
    QCOMPARE(error->code, api::ErrorCode::InvalidRequest);
    QCOMPARE(error->parameter, parameter);
}

void TestEmbeddings::translates()
{
    UnifiedRequest request;
    request.operation = Operation::Embed;
    request.embed.texts = {"a", "\"b\""};
    request.embed.base64 = true;
    request.embed.dimensions = 64;
    request.embed.user = "u";
    const Place openai(ProviderKind::OpenAi);
    Losses losses;
    auto sent = openAiEmbedRequest(request, openai.target(), losses);
    QCOMPARE(std::get<Outgoing>(sent).path, QByteArray("/v1/embeddings"));
    QCOMPARE(std::get<Outgoing>(sent).body,
        QByteArray(
            R"({"model":"text-embedding-3-small","input":["a","\"b\""],"encoding_format":"base64","dimensions":64,"user":"u"})"));
    QVERIFY(losses.isEmpty());
    const Place local(ProviderKind::OpenAiCompatible);
    sent = openAiEmbedRequest(request, local.target(), losses);
    QVERIFY(std::get<Outgoing>(sent).body.contains("\"encoding_format\":\"float\""));
    const Place mistral(ProviderKind::Mistral, {});
    sent = openAiEmbedRequest(request, mistral.target(), losses);
    QCOMPARE(std::get<Outgoing>(sent).body,
        QByteArray(R"({"model":"text-embedding-3-small","input":["a","\"b\""],"output_dimension":64})"));
    QCOMPARE(losses.headerValue(), QByteArray("dropped user"));
    request.embed.texts = {"a"};
    request.embed.single = true;
    request.embed.dimensions.reset();
    request.embed.user.clear();
    sent = openAiEmbedRequest(request, mistral.target(), losses);
    QCOMPARE(std::get<Outgoing>(sent).body, QByteArray(R"({"model":"text-embedding-3-small","input":"a"})"));
    request.embed.texts.clear();
    request.embed.tokenArrays = {"[1,2]"};
    sent = openAiEmbedRequest(request, mistral.target(), losses);
    QCOMPARE(std::get<Outgoing>(sent).body, QByteArray(R"({"model":"text-embedding-3-small","input":[1,2]})"));
}

void TestEmbeddings::losses()
{
    UnifiedRequest request;
    request.operation = Operation::Embed;
    request.embed.texts = {"a"};
    request.embed.purpose = "search_query";
    request.embed.title = "t";
    request.others = {{"autoTruncate", "true"}};
    const Place openai(ProviderKind::OpenAi);
    Losses losses;
    openAiEmbedRequest(request, openai.target(), losses);
    QCOMPARE(losses.headerValue(), QByteArray("dropped taskType, dropped title, dropped autoTruncate"));
}

void TestEmbeddings::passesOn_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("lost");
    const auto row = [](const char* name, ProviderKind kind, const char* base, const char* path, const char* body,
                         const char* lost = "") {
        QTest::newRow(name) << int(kind) << QByteArray(base) << QByteArray(path) << QByteArray(body)
                            << QByteArray(lost);
    };
    row("openai", ProviderKind::OpenAi, "/v1", "/v1/embeddings",
        R"({"x_new":1.50, "model":"text-embedding-3-small","input":"x","encoding_format":"base64","dimensions":8,"user":"u"})");
    row("azure", ProviderKind::AzureOpenAi, "", "/openai/v1/embeddings",
        R"({"x_new":1.50, "model":"text-embedding-3-small","input":"x","encoding_format":"base64","dimensions":8,"user":"u"})");
    row("compatible", ProviderKind::OpenAiCompatible, "/v1", "/v1/embeddings",
        R"({"x_new":1.50, "model":"text-embedding-3-small","input":"x","encoding_format":"float","dimensions":8,"user":"u"})");
    row("mistral", ProviderKind::Mistral, "", "/v1/embeddings",
        R"({"output_dimension":8,"x_new":1.50, "model":"text-embedding-3-small","input":"x"})", "dropped user");
}

void TestEmbeddings::passesOn()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, base);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, lost);
    const Place place(ProviderKind(kind), base);
    const CallRequest request =
        parsed(R"({"x_new":1.50, "model":"m","input":"x","encoding_format":"base64","dimensions":8,"user":"u"})");
    Losses losses;
    const auto sent = openAiEmbedPassOn(request, place.target(), losses);
    QCOMPARE(std::get<Outgoing>(sent).path, path);
    QCOMPARE(std::get<Outgoing>(sent).body, body);
    QCOMPARE(losses.headerValue(), lost);
}

void TestEmbeddings::answers()
{
    const Place place(ProviderKind::OpenAi);
    const QByteArray body = R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]},
        {"object":"embedding","index":1,"embedding":)" +
                            vectorAsBase64(std::vector<float>{0.1F}) +
                            R"(}],"model":"text-embedding-3-small","usage":{"prompt_tokens":7,"total_tokens":7}})";
    auto read = openAiEmbedAnswer(body, place.target());
    QVERIFY(std::holds_alternative<Answer>(read));
    const Answer& answer = std::get<Answer>(read);
    QCOMPARE(answer.embeddings.size(), 2u);
    QCOMPARE(answer.embeddings[0], (std::vector<float>{0.5F, -1.0F}));
    QCOMPARE(answer.embeddings[1], std::vector<float>{0.1F});
    QCOMPARE(answer.facts.tokens.inUncached, 7);
    QCOMPARE(answer.facts.tokens.source, api::TokenSource::Reported);
    QCOMPARE(answer.facts.model, QStringLiteral("text-embedding-3-small"));
    auto facts = openAiEmbedFacts(body, place.target());
    QCOMPARE(std::get<AnswerFacts>(facts).tokens.inUncached, 7);
}

void TestEmbeddings::indexOrder_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::newRow("shuffled") << QByteArray(
        R"([{"index":2,"embedding":[2]},{"index":0,"embedding":[0]},{"index":1,"embedding":[1]}])");
    QTest::newRow("none") << QByteArray(R"([{"embedding":[0]},{"embedding":[1]},{"embedding":[2]}])");
}

void TestEmbeddings::indexOrder()
{
    QFETCH(QByteArray, data);
    const Place place(ProviderKind::OpenAi);
    auto read = openAiEmbedAnswer("{\"data\":" + data + "}", place.target());
    const Answer& answer = std::get<Answer>(read);
    for (std::size_t i = 0; i < 3; ++i)
        QCOMPARE(answer.embeddings.at(i).at(0), float(i));
}

void TestEmbeddings::badAnswers_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("code");
    const auto row = [](const char* body, api::ErrorCode code) {
        QTest::newRow(body) << QByteArray(body) << int(code);
    };
    using enum api::ErrorCode;
    row("", TransformError);
    row("[]", TransformError);
    row(R"({"data":{}})", TransformError);
    row(R"({"data":[{}]})", TransformError);
    row(R"({"data":[{"embedding":["x"]}]})", TransformError);
    row(R"({"data":[{"index":1,"embedding":[1]}]})", TransformError);
    row(R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})", TransformError);
    row(R"({"error":{"message":"m","code":429}})", ProviderThrottled);
    row(R"({"error":"broken"})", ProviderUnavailable);
}

void TestEmbeddings::badAnswers()
{
    QFETCH(QByteArray, body);
    QFETCH(int, code);
    const Place place(ProviderKind::OpenAi);
    auto read = openAiEmbedAnswer(body, place.target());
    QVERIFY(std::holds_alternative<CallError>(read));
    QCOMPARE(int(std::get<CallError>(read).code), code);
}

void TestEmbeddings::answerBody()
{
    Answer answer;
    answer.embeddings = {{0.1F}, {1.0F, -2.5F}};
    answer.facts.tokens.inUncached = 7;
    answer.facts.model = QStringLiteral("gemini-embedding-2");
    const AnswerContext context{QStringLiteral("id"), QStringLiteral("embed"), 1};
    const CallRequest floats = parsed(R"({"model":"embed","input":["a","b"]})");
    QCOMPARE(openAiEmbeddings().answerBody(floats, answer, context),
        QByteArray(
            R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1]},{"object":"embedding","index":1,"embedding":[1,-2.5]}],"model":"gemini-embedding-2","usage":{"prompt_tokens":7,"total_tokens":7}})"));
    const CallRequest base64 = parsed(R"({"model":"embed","input":["a","b"],"encoding_format":"base64"})");
    QVERIFY(openAiEmbeddings().answerBody(base64, answer, context).contains(R"("embedding":"AACAPwAAIMA=")"));
}

void TestEmbeddings::repairs()
{
    const CallRequest base64 = parsed(R"({"model":"m","input":"a","encoding_format":"base64"})");
    const CallRequest floats = parsed(R"({"model":"m","input":"a"})");
    const QByteArray list =
        R"({"x_new": 1.50,"data":[ {"embedding": [1, -2.5],"index":0},{"embedding":[0.1],"index":1}]})";
    const QByteArray text =
        R"({"x_new": 1.50,"data":[ {"embedding": "AACAPwAAIMA=","index":0},{"embedding":"zczMPQ==","index":1}]})";
    QCOMPARE(openAiEmbeddings().repaired(base64, list, {}), text);
    QCOMPARE(openAiEmbeddings().repaired(floats, text, {}), QByteArray(list).replace("[1, -2.5]", "[1,-2.5]"));
}

void TestEmbeddings::leavesAlone()
{
    const CallRequest base64 = parsed(R"({"model":"m","input":"a","encoding_format":"base64"})");
    const CallRequest floats = parsed(R"({"model":"m","input":"a"})");
    QVERIFY(openAiEmbeddings().repaired(base64, R"({"data":[{"embedding":"AACAPw=="}]})", {}).isEmpty());
    QVERIFY(openAiEmbeddings().repaired(floats, R"({"data":[{"embedding":[1]}]})", {}).isEmpty());
    QVERIFY(openAiEmbeddings().repaired(base64, "oops", {}).isEmpty());
    QCOMPARE(openAiEmbeddings().dialect(), Dialect::OpenAiChat);
}

QTEST_APPLESS_MAIN(TestEmbeddings)
#include "tst_embeddings.moc"

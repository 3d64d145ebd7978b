// Requests and answers that are made to hurt: limits that are reckoned with but not sent, fields spelled so that only
// the provider reads them, and histories whose parts must not be looked up by walking all the others.
#include "dialect_fixture.h"

#include "transform/body_edit.h"
#include "transform/surfaces/anthropic_messages.h"
#include "transform/surfaces/gemini.h"
#include "transform/surfaces/openai_chat.h"
#include "transform/surfaces/openai_embeddings.h"
#include "transform/surfaces/openai_responses.h"

#include <QElapsedTimer>

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;
using config::ProviderKind;

namespace {

QByteArray number(int value)
{
    return QByteArray::number(value);
}

// One turn with n tools, n calls and their n results, all with names of their own; the results in reverse.
QByteArray chatHistory(int n)
{
    QByteArray tools;
    QByteArray allowed;
    QByteArray calls;
    QByteArray results;
    for (int i = 0; i < n; ++i) {
        const QByteArray comma = i ? "," : "";
        const QByteArray name = "f" + number(i);
        const QByteArray back = number(n - 1 - i);
        tools += comma + R"({"type":"function","function":{"name":")" + name + "\"}}";
        allowed += comma + R"({"type":"function","function":{"name":")" + name + "\"}}";
        calls += comma + R"({"id":"call)" + number(i) + R"(","type":"function","function":{"name":")" + name +
                 R"(","arguments":"{}"}})";
        results += R"(,{"role":"tool","tool_call_id":"call)" + back + R"(","content":"r"})";
    }
    return R"({"model":"a","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[)" + calls +
           "]}" + results + R"(],"tools":[)" + tools +
           R"(],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[)" + allowed + "]}}}";
}

QByteArray geminiHistory(int n)
{
    QByteArray calls;
    QByteArray results;
    for (int i = 0; i < n; ++i) {
        const QByteArray comma = i ? "," : "";
        calls += comma + R"({"functionCall":{"name":"f)" + number(i) + R"(","args":{}}})";
        results += comma + R"({"functionResponse":{"name":"f)" + number(n - 1 - i) + R"(","response":{"result":"r"}}})";
    }
    return R"({"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[)" + calls +
           R"(]},{"role":"user","parts":[)" + results + "]}]}";
}

QByteArray instructions(int n)
{
    QByteArray messages = R"({"role":"user","content":"x"})";
    for (int i = 0; i < n; ++i)
        messages += R"(,{"role":"system","content":"s"})";
    return R"({"model":"a","messages":[)" + messages + "]}";
}

QByteArray files(int n)
{
    QByteArray parts = R"({"type":"text","text":"x"})";
    for (int i = 0; i < n; ++i)
        parts += R"(,{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"}})";
    return R"({"model":"a","messages":[{"role":"user","content":[)" + parts + "]}]}";
}

using Make = QByteArray (*)(int);

// Milliseconds for reading, unifying and translating; -1: refused.
double timeFor(const Surface& surface, const QByteArray& body, const Asked& asked)
{
    QElapsedTimer timer;
    timer.start();
    auto result = surface.parse({QStringLiteral("a"), "generateContent"}, http::RequestHead(), body);
    if (!std::holds_alternative<CallRequest>(result))
        return -1;
    const CallRequest request = std::move(std::get<CallRequest>(result));
    Translation translation(request, asked.target(), {});
    auto outgoing = translation.request();
    if (const auto* error = std::get_if<CallError>(&outgoing)) {
        qWarning("refused: %s", qPrintable(error->text().left(200)));
        return -1;
    }
    return double(timer.nsecsElapsed()) / 1e6;
}

} // namespace

class TestHostileRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void limits_data()
    {
        QTest::addColumn<config::ProviderKind>("kind");
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<int>("added");
        QTest::addColumn<QByteArray>("maxTokens");
        QTest::addColumn<QByteArray>("maxCompletionTokens");
        const auto row = [](const char* name, ProviderKind kind, const char* fields, int added, const char* old,
                             const char* now) {
            QTest::newRow(name) << kind << QByteArray(fields) << added << QByteArray(old) << QByteArray(now);
        };
        const auto openAi = ProviderKind::OpenAi;
        row("renamed", openAi, R"("max_tokens":7)", 0, "", "7");
        row("the strict one counts", openAi, R"("max_tokens":1,"max_completion_tokens":90000)", 0, "", "1");
        row("the other strict one", openAi, R"("max_tokens":90000,"max_completion_tokens":1)", 0, "", "1");
        row("null hides nothing", openAi, R"("max_tokens":1,"max_completion_tokens":null)", 0, "", "1");
        row("null the other way", openAi, R"("max_tokens":null,"max_completion_tokens":1)", 0, "", "1");
        row("added to null", openAi, R"("max_completion_tokens":null)", 4096, "", "4096");
        row("added to both null", openAi, R"("max_tokens":null,"max_completion_tokens":null)", 4096, "", "4096");
        row("added", openAi, R"("n":1)", 4096, "", "4096");
        row("none", openAi, R"("n":1)", 0, "", "");
        const auto both = ProviderKind::OpenAiCompatible; // takes either name
        row("as it came", both, R"("max_completion_tokens":7)", 0, "", "7");
        row("both strict", both, R"("max_tokens":1,"max_completion_tokens":90000)", 0, "1", "1");
        row("added beside null", both, R"("max_completion_tokens":null)", 4096, "4096", "null");
        row("mistral", ProviderKind::Mistral, R"("max_completion_tokens":5,"max_tokens":9)", 0, "5", "");
    }
    // What the call's cost was bounded by is what is sent, under one name, once.
    void limits()
    {
        QFETCH(config::ProviderKind, kind);
        QFETCH(QByteArray, fields);
        QFETCH(int, added);
        Asked asked(kind);
        if (added)
            asked.outputLimit = added;
        const CallRequest request =
            parsed(openAiChat(), R"({"model":"a","messages":[{"role":"user","content":"x"}],)" + fields + "}");
        Translation translation(request, asked.target(), {});
        const QByteArray body = bodyOf(translation.request());
        QVERIFY2(!JsonText::parse(body).error, body); // no name twice
        QTEST(rawAt(body, "max_tokens"), "maxTokens");
        QTEST(rawAt(body, "max_completion_tokens"), "maxCompletionTokens");
    }

    void spellings_data()
    {
        QTest::addColumn<QString>("surface");
        QTest::addColumn<QByteArray>("body");
        const QByteArray chat = R"({"model":"a","messages":[{"role":"user","content":"\u0078"}],)";
        QTest::newRow("n") << "openai.chat" << chat + R"("\u006e":128})";
        QTest::newRow("limit") << "openai.chat" << chat + R"("max_completion_t\u006fkens":9})";
        QTest::newRow("tier") << "openai.responses"
                              << QByteArray(R"({"model":"a","input":"x","service_t\u0069er":"priority"})");
        QTest::newRow("tools") << "anthropic.messages"
                               << chat + R"("max_tokens":5,"t\u006fols":[{"type":"web_search_20260101","name":"w"}]})";
        QTest::newRow("input") << "openai.embeddings" << QByteArray(R"({"model":"a","inp\u0075t":"x","input":"y"})");
        const QByteArray google = R"({"contents":[{"role":"user","parts":[{"text":"x"}]}],)";
        QTest::newRow("both spellings of a limit")
            << "gemini.generate" << google + R"("generationConfig":{"maxOutputTokens":1,"max_output_tokens":65536}})";
        QTest::newRow("both spellings of the config")
            << "gemini.generate"
            << google + R"("generationConfig":{"maxOutputTokens":1},"generation_config":{"candidateCount":8}})";
    }
    // A field that we would not see and the provider would: the money it costs is not in the bound.
    void spellings()
    {
        QFETCH(QString, surface);
        QFETCH(QByteArray, body);
        const Surface* spoken = surface.startsWith(u"gemini") ? &geminiGenerate() : surfaceByName(surface);
        QVERIFY2(spoken, qPrintable(surface));
        const auto result = spoken->parse({QStringLiteral("a"), "generateContent"}, http::RequestHead(), body);
        QVERIFY(std::holds_alternative<CallError>(result));
        QCOMPARE(std::get<CallError>(result).code, api::ErrorCode::InvalidRequest);
    }
    // What is named by its address costs more than its bytes, however the field is spelled.
    void spelledSources()
    {
        const CallRequest request = parsed(anthropicMessages(),
            R"({"model":"a","max_tokens":5,"messages":[{"role":"user","content":[{"type":"document","s\u006furce":{"type":"url","url":"u"}}]}]})");
        QVERIFY(request.namesOther);
    }
    void escapesInValuesAreFine()
    {
        QByteArray body =
            R"({"model":"\u0061","messages":[{"role":"user","c\u006fntent":"aQ b"}],"metadata":{"\u0061":"b"}})";
        body.replace("Q", "\\n");
        const auto result = openAiChat().parse({}, http::RequestHead(), body);
        QVERIFY(std::holds_alternative<CallRequest>(result));
        QCOMPARE(std::get<CallRequest>(result).alias, QStringLiteral("a"));
    }

    void longHistories_data()
    {
        QTest::addColumn<const Surface*>("surface");
        QTest::addColumn<config::ProviderKind>("kind");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<Make>("make");
        const Surface* chat = &openAiChat();
        const Surface* google = &geminiGenerate();
        const auto row = [](const char* name, const Surface* surface, ProviderKind kind, const char* model, Make make) {
            QTest::newRow(name) << surface << kind << QByteArray(model) << make;
        };
        row("calls to Anthropic", chat, ProviderKind::Anthropic, "claude-opus-5", chatHistory);
        row("calls to Gemini", chat, ProviderKind::Gemini, "gemini-3.8-flash", chatHistory);
        row("calls to Bedrock", chat, ProviderKind::Bedrock, "amazon.nova-2-lite-v1:0", chatHistory);
        row("calls to Cohere", chat, ProviderKind::Cohere, "command-a", chatHistory);
        row("calls to Ollama", chat, ProviderKind::Ollama, "qwen3", chatHistory);
        row("Gemini's calls", google, ProviderKind::Anthropic, "claude-opus-5", geminiHistory);
        row("instructions in a row", chat, ProviderKind::Anthropic, "claude-opus-5", instructions);
        row("files of one name", chat, ProviderKind::Bedrock, "anthropic.claude-opus-5", files);
    }
    // Eight times as much takes about eight times as long, not sixty-four times.
    void longHistories()
    {
        QFETCH(const Surface*, surface);
        QFETCH(config::ProviderKind, kind);
        QFETCH(QByteArray, model);
        QFETCH(Make, make);
        const Asked asked(kind, model);
        const QByteArray small = make(2500);
        const QByteArray large = make(20000);
        double ratio = 0;
        for (int attempt = 0; attempt < 3; ++attempt) { // other programs take time, too
            const double few = timeFor(*surface, small, asked);
            const double many = timeFor(*surface, large, asked);
            QVERIFY(few >= 0 && many >= 0);
            ratio = many / std::max(few, 5.0);
            if (ratio < 24)
                return;
        }
        QFAIL(qPrintable(QStringLiteral("8 times the calls took %1 times as long").arg(ratio)));
    }

    void manyEdits()
    {
        QByteArray document = "[";
        constexpr int kObjects = 100000;
        for (int i = 0; i < kObjects; ++i)
            document += i ? ",{\"a\":1}" : "{\"a\":1}";
        document += ']';
        const JsonText text = JsonText::parse(document);
        BodyEdit edit(document);
        QElapsedTimer timer;
        timer.start();
        text.root.eachElement([&](JsonView object) {
            edit.addMember(object, "index", "0");
            return true;
        });
        const QByteArray edited = edit.apply();
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(edited.endsWith(R"({"index":0,"a":1}])"));
    }

    // A provider that begins ever new calls ends its stream.
    void endlessCalls()
    {
        QByteArray stream;
        for (int i = 0; i < 3000; ++i) {
            const QByteArray index = number(i);
            stream += "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":" + index +
                      ",\"id\":\"c" + index + "\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\n\n";
        }
        for (const Surface* surface : {&openAiChat(), &anthropicMessages()}) {
            const CallRequest request = parsed(
                *surface, R"({"model":"a","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"x"}]})");
            const Passage passage = passed(request, Asked(ProviderKind::DeepSeek), stream, stream.size());
            QVERIFY(passage.error);
            QCOMPARE(passage.error->code, api::ErrorCode::TransformError);
        }
    }
};

QTEST_APPLESS_MAIN(TestHostileRequests)
#include "tst_hostile_requests.moc"

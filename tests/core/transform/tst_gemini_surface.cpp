// The callers' surface of generateContent: what is read from a request, the unified form, answers, both kinds of
// stream (a JSON array must be valid as a whole, also after an error), errors, lists of models.
#include "gemini_fixture.h"
#include "transform/part_sequencer.h"
#include "transform/signature.h"
#include "transform/surfaces/gemini_signature.h"
#include "transform/surfaces/gemini_unify.h"

using namespace geminitest;

namespace {

const AnswerContext kContext{QStringLiteral("call-1"), QStringLiteral("fast"), 1'795'305'600};

UnifiedRequest unified(const QByteArray& body, const Surface& surface = geminiGenerate())
{
    const CallRequest request = accepted(surface, body);
    auto result = surface.unify(request);
    if (const auto* error = std::get_if<CallError>(&result)) {
        qWarning("refused: %s", qPrintable(error->text()));
        return {};
    }
    return std::get<UnifiedRequest>(result);
}

QByteArray others(const UnifiedRequest& request)
{
    QByteArray out;
    for (const OtherField& field : request.others)
        out += (out.isEmpty() ? "" : " ") + field.name;
    return out;
}

// The chunks of a stream, whichever way it is framed; "broken" if it is not valid.
QByteArrayList chunksOf(const QByteArray& bytes, bool array)
{
    QByteArrayList out;
    if (array) {
        const JsonText text = JsonText::parse(bytes);
        if (text.error || text.root.type() != JsonType::Array)
            return {"broken: " + bytes};
        text.root.eachElement([&](JsonView one) {
            out += one.raw().toByteArray();
            return true;
        });
        return out;
    }
    for (QByteArray event : bytes.split('\n')) {
        if (event.isEmpty())
            continue;
        if (!event.startsWith("data: ") || JsonText::parse(QByteArrayView(event).sliced(6)).error)
            return {"broken: " + bytes};
        out += event.sliced(6);
    }
    return out;
}

void play(StreamWriter& writer, QByteArray& out)
{
    std::vector<StreamEvent> events;
    PartSequencer parts;
    parts.begin(&events, "msg_1", "claude-sonnet-5");
    parts.text(&events, Part::Kind::Thinking, "I think");
    parts.text(&events, Part::Kind::Thinking, " so.");
    parts.signature(&events, "SIG==", Signer::Anthropic);
    parts.text(&events, Part::Kind::Text, "Hel");
    parts.text(&events, Part::Kind::Text, "lo");
    parts.openTool(&events, 1, "toolu_1", "look");
    parts.arguments(&events, 1, "{\"a\":");
    parts.arguments(&events, 1, "1.0}");
    parts.openTool(&events, 2, "toolu_2", "rest");
    parts.close(&events);
    for (const StreamEvent& event : events)
        writer.write(event, out);
}

AnswerFacts endFacts()
{
    AnswerFacts facts;
    facts.model = QStringLiteral("claude-sonnet-5");
    facts.stop = StopReason::ToolUse;
    facts.tokens.source = api::TokenSource::Reported;
    facts.tokens.inUncached = 10;
    facts.tokens.inCacheRead = 90;
    facts.tokens.outText = 5;
    facts.tokens.outReasoning = 3;
    return facts;
}

} // namespace

class TestGeminiSurface : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parse();
    void features_data();
    void features();
    void badRequests_data();
    void badRequests();
    void unifyAll();
    void unifyHistory();
    void unifyThinkingInPieces();
    void foreignSignatures_data();
    void foreignSignatures();
    void googleSchemas_data();
    void googleSchemas();
    void refusals_data();
    void refusals();
    void unifyEmbeddings();
    void answer();
    void thoughtsOnlyIfAsked();
    void streamWriter_data();
    void streamWriter();
    void failedStream_data();
    void failedStream();
    void relay_data();
    void relay();
    void embeddingAnswers();
    void errors_data();
    void errors();
    void models();
};

void TestGeminiSurface::parse()
{
    const QByteArray body =
        R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":50,"candidateCount":2},"serviceTier":"flex"})";
    CallRequest request = accepted(geminiGenerate(), body, "streamGenerateContent");
    QCOMPARE(request.alias, QStringLiteral("fast"));
    QVERIFY(request.stream);
    QVERIFY(!request.streamAsArray);
    QCOMPARE(request.maxOutputTokens.value_or(0), 50);
    QCOMPARE(request.choices, 2);
    QVERIFY(request.features.testFlag(Feature::Choices));
    QCOMPARE(request.serviceTier, QByteArray("flex"));
    QCOMPARE(request.body, body);
    QCOMPARE(QByteArray(geminiGenerate().streamType(request)), QByteArray("text/event-stream"));
    request = accepted(geminiGenerate(), body, "streamGenerateContent", "key=abc");
    QVERIFY(request.streamAsArray);
    QCOMPARE(QByteArray(geminiGenerate().streamType(request)), QByteArray("application/json"));
    QVERIFY(accepted(geminiGenerate(), body, "streamGenerateContent", "alt=json&x=alt=sse").streamAsArray);
    QVERIFY(!accepted(geminiGenerate(), body).stream);
    // nothing that a client could take for data
    QCOMPARE(geminiGenerate().heartbeat(), QByteArray("\n"));
}

void TestGeminiSurface::features_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("features");
    const auto row = [](const char* name, const QByteArray& body, Features features) {
        QTest::newRow(name) << body << int(features);
    };
    const auto parts = [](const char* part) { return QByteArray(R"({"contents":[{"parts":[)") + part + "]}]}"; };
    const auto more = [](const char* members) { return QByteArray(R"({"contents":[{"parts":[]}],)") + members + "}"; };
    row("text", parts(R"({"text":"x"})"), {});
    row("image", parts(R"({"inline_data":{"mime_type":"image/png","data":"A"}})"), Feature::ImagesInline);
    row("pdf", parts(R"({"inlineData":{"mimeType":"application/pdf","data":"A"}})"), Feature::Documents);
    row("audio", parts(R"({"inlineData":{"mimeType":"audio/wav","data":"A"}})"), Feature::AudioIn);
    row("image by URL", parts(R"({"fileData":{"mimeType":"image/png","fileUri":"https://x/y"}})"),
        Feature::ImagesByUrl);
    row("kept file",
        parts(
            R"({"fileData":{"mimeType":"image/png","fileUri":"https://generativelanguage.googleapis.com/v1beta/files/a"}})"),
        Feature::FileIds);
    row("tools", more(R"("tools":[{"functionDeclarations":[{"name":"f"}]}])"), Feature::Tools);
    row("hosted", more(R"("tools":[{"googleSearch":{}}])"), Feature::HostedTools);
    row("schema", more(R"("generation_config":{"response_json_schema":{}})"), Feature::JsonSchema);
    row("logprobs", more(R"("generationConfig":{"responseLogprobs":true})"), Feature::Logprobs);
    row("audio out", more(R"("generationConfig":{"responseModalities":["AUDIO"]})"), Feature::AudioOut);
    row("cache", more(R"("cachedContent":"cachedContents/a")"), Feature::Stateful);
}

void TestGeminiSurface::features()
{
    QFETCH(QByteArray, body);
    QFETCH(int, features);
    QCOMPARE(int(accepted(geminiGenerate(), body).features), features);
}

void TestGeminiSurface::badRequests_data()
{
    QTest::addColumn<QByteArray>("body");
    for (const char* body : {"", "{", "[]", "{}", R"({"contents":[]})", R"({"contents":{"parts":[]}})",
             R"({"contents":["x"]})", R"({"contents":[{}],"generationConfig":5})",
             R"({"contents":[{}],"generationConfig":{"maxOutputTokens":0}})",
             R"({"contents":[{}],"generationConfig":{"candidateCount":1.5}})", R"({"contents":[{}],"contents":[{}]})"})
        QTest::newRow(body) << QByteArray(body);
}

void TestGeminiSurface::badRequests()
{
    QFETCH(QByteArray, body);
    const auto result = parsed(geminiGenerate(), body);
    QVERIFY(std::holds_alternative<CallError>(result));
    QCOMPARE(std::get<CallError>(result).code, api::ErrorCode::InvalidRequest);
}

void TestGeminiSurface::unifyAll()
{
    const QByteArray body =
        R"({"systemInstruction":{"parts":[{"text":"Be kind."}]},"contents":[{"role":"user","parts":[{"text":"Hi"},)"
        R"({"inlineData":{"mimeType":"image/png","data":"AAAA"},"mediaResolution":{"level":"MEDIA_RESOLUTION_LOW"}},)"
        R"({"fileData":{"mimeType":"application/pdf","fileUri":"https://x/y.pdf"},"videoMetadata":{"fps":1}}]}],)"
        R"("tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true}}}},)"
        R"({"name":"g","parametersJsonSchema":{"type":"object"}}]}],)"
        R"("toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}},)"
        R"("generation_config":{"temperature":0.70,"top_p":0.9,"topK":4,"candidateCount":1,"maxOutputTokens":77,"stopSequences":["a"],)"
        R"("presencePenalty":1,"frequencyPenalty":2,"seed":3,"responseMimeType":"application/json","responseJsonSchema":{"type":"object"},)"
        R"("thinkingConfig":{"includeThoughts":true,"thinkingLevel":"HIGH"},"responseModalities":["TEXT"],"mediaResolution":"MEDIA_RESOLUTION_LOW","speechConfig":{}},)"
        R"("safetySettings":[{}],"cachedContent":"c","serviceTier":"FLEX","labels":{"a":"b"},"unheard":1})";
    const UnifiedRequest request = unified(body);
    QCOMPARE(request.system.size(), std::size_t(1));
    QCOMPARE(request.messages.size(), std::size_t(1));
    const std::vector<Part>& parts = request.messages[0].parts;
    QCOMPARE(parts.size(), std::size_t(3));
    QCOMPARE(parts[1].kind, Part::Kind::Image);
    QCOMPARE(parts[1].detail, QByteArray("low"));
    QCOMPARE(parts[2].url, QByteArray("https://x/y.pdf"));
    QCOMPARE(request.tools.size(), std::size_t(2));
    QCOMPARE(
        request.tools[0].schema, QByteArray(R"({"type":"object","properties":{"type":{"type":["string","null"]}}})"));
    QCOMPARE(request.tools[1].schema, QByteArray(R"({"type":"object"})"));
    QCOMPARE(request.toolChoice->mode, ToolChoice::Mode::Named);
    QCOMPARE(request.toolChoice->name, QByteArray("g"));
    QCOMPARE(request.temperature, QByteArray("0.70"));
    QCOMPARE(request.topP, QByteArray("0.9"));
    QCOMPARE(request.topK, QByteArray("4"));
    QCOMPARE(request.presencePenalty, QByteArray("1"));
    QCOMPARE(request.frequencyPenalty, QByteArray("2"));
    QCOMPARE(request.seed, QByteArray("3"));
    QCOMPARE(request.maxOutputTokens.value_or(0), 77);
    QCOMPARE(request.stop, std::vector<QByteArray>{"a"});
    QCOMPARE(request.format.kind, OutputFormat::Kind::JsonSchema);
    QCOMPARE(request.format.schema, QByteArray(R"({"type":"object"})"));
    QCOMPARE(request.reasoning.effort.value_or(Effort::None), Effort::High);
    QCOMPARE(request.reasoning.showThoughts, std::optional(true));
    QCOMPARE(request.serviceTier, QByteArray("flex"));
    QCOMPARE(others(request),
        QByteArray("contents[0].parts[2].videoMetadata generationConfig.mediaResolution generationConfig.speechConfig "
                   "safetySettings cachedContent labels unheard"));
}

// Callers without ids: every call gets one, every result finds its call.
void TestGeminiSurface::unifyHistory()
{
    const UnifiedRequest request = unified(
        R"({"contents":[{"role":"user","parts":[{"text":"go"}]},)"
        R"({"role":"model","parts":[{"functionCall":{"name":"a","args":{"z":1.0}},"thoughtSignature":"c2ln"},{"functionCall":{"name":"b"}},{"functionCall":{"name":"a","args":{}}}]},)"
        R"({"role":"user","parts":[{"functionResponse":{"name":"b","response":{"output":"B"}}},{"functionResponse":{"name":"a","response":{"error":"no"}}},{"functionResponse":{"name":"a","response":{"x":[1],"y":2}}}]},)"
        R"({"role":"model","parts":[{"functionCall":{"id":"own","name":"c","args":{}}},{"executableCode":{}}]},)"
        R"({"role":"function","parts":[{"functionResponse":{"id":"own","name":"c","response":{"result":{"k":1.50}},"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]}}]}]})");
    QCOMPARE(request.messages.size(), std::size_t(5));
    const auto& calls = request.messages[1].parts;
    QCOMPARE(calls[0].callId, QByteArray("call_1"));
    QCOMPARE(calls[0].arguments, QByteArray(R"({"z":1.0})"));
    QCOMPARE(calls[0].signature, QByteArray("c2ln"));
    QCOMPARE(calls[0].signer, Signer::Google);
    QCOMPARE(calls[1].arguments, QByteArray("{}"));
    const auto& results = request.messages[2].parts;
    QCOMPARE(results[0].callId, QByteArray("call_2"));
    QCOMPARE(results[0].content[0].text, QByteArray("B"));
    QCOMPARE(results[1].callId, QByteArray("call_1"));
    QVERIFY(results[1].isError);
    QCOMPARE(results[2].callId, QByteArray("call_3"));
    QCOMPARE(results[2].content[0].text, QByteArray(R"({"x":[1],"y":2})"));
    const auto& last = request.messages[4].parts[0];
    QCOMPARE(last.callId, QByteArray("own"));
    QCOMPARE(last.content[0].text, QByteArray(R"({"k":1.50})"));
    QCOMPARE(last.content[1].kind, Part::Kind::Image);
    QCOMPARE(others(request), QByteArray("contents[3].parts[1].executableCode"));
}

void TestGeminiSurface::unifyThinkingInPieces()
{
    const QByteArray envelope = gemini::sealedForGoogle({"SIG==", Signer::Anthropic, SignaturePlace::Thinking});
    const UnifiedRequest request =
        unified(R"({"contents":[{"role":"model","parts":[{"text":"I ","thought":true},{"text":"think","thought":true},)"
                R"({"text":"","thought":true,"thoughtSignature":")" +
                envelope + R"("},{"text":"Hi"}]}]})");
    const auto& parts = request.messages[0].parts;
    QCOMPARE(parts.size(), std::size_t(2));
    QCOMPARE(parts[0].text, QByteArray("I think"));
    QCOMPARE(parts[0].signature, QByteArray("SIG=="));
    QCOMPARE(parts[0].signer, Signer::Anthropic);
}

void TestGeminiSurface::foreignSignatures_data()
{
    QTest::addColumn<int>("signer");
    QTest::addColumn<int>("place");
    for (const Signer signer : {Signer::OpenAi, Signer::Anthropic, Signer::Google, Signer::Bedrock}) {
        for (const SignaturePlace place :
            {SignaturePlace::Thinking, SignaturePlace::NextPart, SignaturePlace::Redacted})
            QTest::addRow("%d %d", int(signer), int(place)) << int(signer) << int(place);
    }
}

void TestGeminiSurface::foreignSignatures()
{
    QFETCH(int, signer);
    QFETCH(int, place);
    const Signature signature{"a+b/c==\xC3\xA4", Signer(signer), SignaturePlace(place)};
    const QByteArray sealed = gemini::sealedForGoogle(signature);
    QByteArray urlSafe = sealed; // some of Google's clients decode and encode it
    urlSafe.replace('+', '-').replace('/', '_');
    for (const QByteArray& back : {sealed, urlSafe}) {
        if (signature.signer == Signer::Google && back != sealed)
            continue; // not ours: goes through as it is
        const Signature opened = gemini::openedFromGoogle(back);
        QCOMPARE(opened.bytes, signature.bytes);
        QCOMPARE(opened.signer, signature.signer);
        if (signature.signer != Signer::Google) {
            QCOMPARE(opened.place, signature.place);
            QVERIFY(QByteArray::fromBase64Encoding(back, QByteArray::AbortOnBase64DecodingErrors) || back == urlSafe);
        }
    }
}

void TestGeminiSurface::googleSchemas_data()
{
    QTest::addColumn<QByteArray>("google");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char* name, const char* google, const char* json) {
        QTest::newRow(name) << QByteArray(google) << QByteArray(json);
    };
    row("as it is", R"({"type":"object", "properties":{"nullableX":{}}})",
        R"({"type":"object", "properties":{"nullableX":{}}})");
    row("types", R"({"type":"ARRAY","items":{"type":"INTEGER","format":"int32"},"minItems":"2","maxItems":3})",
        R"({"type":"array","items":{"type":"integer","format":"int32"},"minItems":2,"maxItems":3})");
    row("order",
        R"({"type":"OBJECT","properties":{"b":{"type":"STRING"},"nullable":{"type":"NUMBER"}},"propertyOrdering":["b"],"required":["b"]})",
        R"({"type":"object","properties":{"b":{"type":"string"},"nullable":{"type":"number"}},"required":["b"]})");
    row("any of", R"({"any_of":[{"type":"STRING","example":"x"},{"type":"NULL"}]})",
        R"({"anyOf":[{"type":"string","examples":["x"]},{"type":"null"}]})");
    row("an enum of type names", R"({"type":"STRING","enum":["STRING","OBJECT"]})",
        R"({"type":"string","enum":["STRING","OBJECT"]})");
}

void TestGeminiSurface::googleSchemas()
{
    QFETCH(QByteArray, google);
    QFETCH(QByteArray, json);
    QCOMPARE(gemini::jsonSchemaOf(JsonText::parse(google).root), json);
}

void TestGeminiSurface::refusals_data()
{
    QTest::addColumn<QByteArray>("members");
    for (const char* members : {R"("generationConfig":{"responseModalities":["TEXT","AUDIO"]})",
             R"("generationConfig":{"responseLogprobs":true})", R"("generationConfig":{"logprobs":3})",
             R"("generationConfig":{"temperature":"hot"})"})
        QTest::newRow(members) << QByteArray(members);
}

void TestGeminiSurface::refusals()
{
    QFETCH(QByteArray, members);
    const CallRequest request =
        accepted(geminiGenerate(), R"({"contents":[{"parts":[{"text":"x"}]}],)" + members + "}");
    const auto result = geminiGenerate().unify(request);
    QVERIFY(std::holds_alternative<CallError>(result));
    QVERIFY(std::get<CallError>(result).parameter.startsWith(QLatin1String("generationConfig.")));
}

void TestGeminiSurface::unifyEmbeddings()
{
    UnifiedRequest one = unified(
        R"({"model":"models/fast","content":{"parts":[{"text":"a"},{"text":"b"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":8})",
        geminiEmbed());
    QCOMPARE(one.operation, Operation::Embed);
    QVERIFY(one.embed.single);
    QCOMPARE(one.embed.texts, std::vector<QByteArray>{"ab"});
    QCOMPARE(one.embed.purpose, QByteArray("search_query"));
    QCOMPARE(one.embed.dimensions.value_or(0), 8);
    const UnifiedRequest batch = unified(
        R"({"requests":[{"content":{"parts":[{"text":"a"}]},"taskType":"SEMANTIC_SIMILARITY"},{"content":{"parts":[{"text":"b"}]},"taskType":"SEMANTIC_SIMILARITY"}]})",
        geminiEmbed());
    QVERIFY(!batch.embed.single);
    QCOMPARE(batch.embed.texts.size(), std::size_t(2));
    QCOMPARE(batch.embed.purpose, QByteArray("SEMANTIC_SIMILARITY"));
    for (const char* bad :
        {R"({"requests":[{"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"},{"content":{"parts":[{"text":"b"}]}}]})",
            R"({"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"A"}}]}})"})
        QVERIFY2(std::holds_alternative<CallError>(geminiEmbed().unify(accepted(geminiEmbed(), bad))), bad);
    QVERIFY(std::holds_alternative<CallError>(parsed(geminiEmbed(), "{}")));
    QVERIFY(std::holds_alternative<CallError>(parsed(geminiEmbed(), R"({"requests":[]})")));
    // passed on: the alias becomes the model, everywhere it stands
    const Door door("gemini-embedding-001");
    Losses losses;
    const CallRequest request = accepted(geminiEmbed(),
        R"({"requests":[{"model":"models/fast","content":{"parts":[{"text":"a"}]}},{"model":"models/fast","x":1.0}]})");
    const OutgoingOrError out = geminiProvider().passOn(request, door.target(), losses);
    QCOMPARE(bodyOf(out),
        QByteArray(
            R"({"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]}},{"model":"models/gemini-embedding-001","x":1.0}]})"));
    QVERIFY(pathOf(out).endsWith(":batchEmbedContents"));
    // ... and for Vertex's older models it is another request, whose answer is put right
    const Door vertex("text-embedding-005", config::ProviderKind::Vertex);
    const CallRequest single = accepted(geminiEmbed(), R"({"content":{"parts":[{"text":"a"}]}})");
    const OutgoingOrError predict = geminiProvider().passOn(single, vertex.target(), losses);
    QCOMPARE(bodyOf(predict), QByteArray(R"({"instances":[{"content":"a"}]})"));
    QCOMPARE(geminiEmbed().repaired(single, R"({"predictions":[{"embeddings":{"values":[0.10,2]}}]})", {}),
        QByteArray(R"({"embedding":{"values":[0.10,2]}})"));
    QCOMPARE(geminiEmbed().repaired(
                 request, R"({"predictions":[{"embeddings":{"values":[0.10]}},{"embeddings":{"values":[2]}}]})", {}),
        QByteArray(R"({"embeddings":[{"values":[0.10]},{"values":[2]}]})"));
    QCOMPARE(geminiEmbed().repaired(single, R"({"embedding":{"values":[1]}})", {}), QByteArray());
}

void TestGeminiSurface::answer()
{
    const CallRequest request = accepted(geminiGenerate(),
        R"({"contents":[{"parts":[]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}})");
    Answer answer;
    Part thinking = text("hm");
    thinking.kind = Part::Kind::Thinking;
    thinking.signature = "SIG==";
    thinking.signer = Signer::Anthropic;
    Part signedCall = call("c1", "look", R"({"a":1.0})");
    signedCall.signature = "own";
    signedCall.signer = Signer::Google;
    answer.parts = {thinking, text("Hi \"you\""), signedCall, call("c2", "odd", "not json")};
    answer.facts = endFacts();
    answer.facts.tokens.toolPrompt = 2;
    const QByteArray envelope = gemini::sealedForGoogle({"SIG==", Signer::Anthropic, SignaturePlace::Thinking});
    QCOMPARE(geminiGenerate().answerBody(request, answer, kContext),
        QByteArray(R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true,"thoughtSignature":")") +
            envelope +
            R"("},{"text":"Hi \"you\""},{"functionCall":{"id":"c1","name":"look","args":{"a":1.0}},"thoughtSignature":"own"},)"
            R"({"functionCall":{"id":"c2","name":"odd","args":{"input":"not json"}}}],"role":"model"},"finishReason":"STOP","index":0}],)"
            R"("usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":5,"cachedContentTokenCount":90,"toolUsePromptTokenCount":2,)"
            R"("thoughtsTokenCount":3,"totalTokenCount":110},"modelVersion":"claude-sonnet-5","responseId":"call-1"})");
    Answer empty;
    empty.facts.stop = StopReason::Safety;
    empty.facts.stopExplanation = "No.";
    QCOMPARE(geminiGenerate().answerBody(request, empty, kContext),
        QByteArray(
            R"({"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"SAFETY","finishMessage":"No.","index":0}],)"
            R"("modelVersion":"fast","responseId":"call-1"})"));
    const CallRequest count = accepted(geminiCountTokens(), R"({"contents":[{"parts":[]}]})");
    Answer counted;
    counted.countedTokens = 12;
    QCOMPARE(geminiCountTokens().answerBody(count, counted, kContext), QByteArray(R"({"totalTokens":12})"));
}

void TestGeminiSurface::thoughtsOnlyIfAsked()
{
    const CallRequest request = accepted(geminiGenerate(), R"({"contents":[{"parts":[]}]})");
    Answer answer;
    Part thinking = text("hm");
    thinking.kind = Part::Kind::Thinking;
    answer.parts = {thinking, text("Hi")};
    QVERIFY(!geminiGenerate().answerBody(request, answer, kContext).contains("hm"));
    answer.parts[0].signature = "SIG";
    answer.parts[0].signer = Signer::Anthropic; // it wants both back
    QVERIFY(geminiGenerate().answerBody(request, answer, kContext).contains("hm"));
}

void TestGeminiSurface::streamWriter_data()
{
    QTest::addColumn<bool>("array");
    QTest::addColumn<bool>("thoughts");
    QTest::newRow("events") << false << true;
    QTest::newRow("array") << true << true;
    QTest::newRow("events, thoughts not asked for") << false << false;
    QTest::newRow("array, thoughts not asked for") << true << false;
}

void TestGeminiSurface::streamWriter()
{
    QFETCH(bool, array);
    QFETCH(bool, thoughts);
    const QByteArray body =
        thoughts ? R"({"contents":[{"parts":[]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}})"
                 : R"({"contents":[{"parts":[]}]})";
    const CallRequest request = accepted(geminiGenerate(), body, "streamGenerateContent", array ? "" : "alt=sse");
    const auto writer = geminiGenerate().streamWriter(request, kContext);
    QByteArray out;
    play(*writer, out);
    QByteArray tail;
    writer->finish(endFacts(), tail);
    const auto chunk = [](const QByteArray& part, const char* more = "", const char* usage = "") {
        return R"({"candidates":[{"content":{"parts":[)" + part + R"(],"role":"model"})" + more + R"(,"index":0}])" +
               usage + R"(,"modelVersion":"claude-sonnet-5","responseId":"call-1"})";
    };
    const QByteArray envelope = gemini::sealedForGoogle({"SIG==", Signer::Anthropic, SignaturePlace::Thinking});
    QByteArrayList expected;
    if (thoughts) {
        expected << chunk(R"({"text":"I think","thought":true})") << chunk(R"({"text":" so.","thought":true})")
                 << chunk(R"({"text":"","thought":true,"thoughtSignature":")" + envelope + "\"}");
    } else {
        expected << chunk(R"({"text":"I think so.","thought":true,"thoughtSignature":")" + envelope + "\"}");
    }
    expected
        << chunk(R"({"text":"Hel"})") << chunk(R"({"text":"lo"})")
        << chunk(R"({"functionCall":{"id":"toolu_1","name":"look","args":{"a":1.0}}})")
        << chunk(R"({"functionCall":{"id":"toolu_2","name":"rest","args":{}}})")
        << chunk(R"({"text":""})", R"(,"finishReason":"STOP")",
               R"(,"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":5,"cachedContentTokenCount":90,"thoughtsTokenCount":3,"totalTokenCount":108})");
    QCOMPARE(chunksOf(out + tail, array), expected);
    if (array)
        QVERIFY(out.startsWith("[{") && tail.endsWith("}\n]"));
    // a heartbeat between any two of them changes nothing
    QByteArray beaten = out;
    beaten.replace(array ? "\n,\n" : "\n\n", array ? "\n\n,\n" : "\n\n\n");
    QCOMPARE(chunksOf(geminiGenerate().heartbeat() + beaten + geminiGenerate().heartbeat() + tail, array), expected);
}

void TestGeminiSurface::failedStream_data()
{
    QTest::addColumn<bool>("array");
    QTest::addColumn<bool>("begun");
    for (const bool array : {false, true}) {
        for (const bool begun : {false, true})
            QTest::addRow("%s%s", array ? "array" : "events", begun ? ", begun" : "") << array << begun;
    }
}

void TestGeminiSurface::failedStream()
{
    QFETCH(bool, array);
    QFETCH(bool, begun);
    const CallRequest request =
        accepted(geminiGenerate(), R"({"contents":[{"parts":[]}]})", "streamGenerateContent", array ? "" : "alt=sse");
    CallError error;
    error.code = api::ErrorCode::StreamTruncated;
    // translated, and passed on
    const auto writer = geminiGenerate().streamWriter(request, kContext);
    QByteArray out;
    if (begun)
        play(*writer, out);
    writer->fail(error, out);
    QByteArrayList chunks = chunksOf(out, array);
    QVERIFY2(chunks.last().startsWith(R"({"error":{"code":502,)"), out);
    QVERIFY(chunks.last().contains(R"("code":"stream_truncated")"));
    QCOMPARE(chunks.size(), begun ? 6 : 1);
    const auto relay = geminiGenerate().streamRelay(request, kContext);
    out.clear();
    QByteArray tail;
    if (begun)
        relay->relay({{}, "{\"candidates\":[]}", false}, {}, {}, out, tail);
    relay->fail(error, tail);
    chunks = chunksOf(out + tail, array);
    QVERIFY2(chunks.last().startsWith(R"({"error":{"code":502,)"), tail);
    QCOMPARE(chunks.size(), begun ? 2 : 1);
}

void TestGeminiSurface::relay_data()
{
    QTest::addColumn<bool>("array");
    QTest::newRow("events") << false;
    QTest::newRow("array") << true;
}

void TestGeminiSurface::relay()
{
    QFETCH(bool, array);
    const CallRequest request =
        accepted(geminiGenerate(), R"({"contents":[{"parts":[]}]})", "streamGenerateContent", array ? "" : "alt=sse");
    const Door door;
    const auto reader = geminiProvider().streamReader(door.target());
    const auto relay = geminiGenerate().streamRelay(request, kContext);
    const QByteArrayList chunks{
        R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}],"new":1.50})",
        R"({"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]})",
        R"({"usageMetadata":{"promptTokenCount":3}})", // some say their usage after the reason
    };
    QByteArray out;
    QByteArray tail;
    for (const QByteArray& chunk : chunks) {
        const Frame frame{{}, chunk, false};
        const StreamReader::Read read = reader->read(frame, nullptr);
        QVERIFY(!read.error);
        relay->relay(frame, read, reader->facts(), out, tail);
    }
    QVERIFY(reader->mayEndHere(nullptr));
    relay->finish(tail);
    QCOMPARE(chunksOf(out + tail, array), chunks);
    QVERIFY(out.contains("1.50") && !out.contains("STOP")); // the end waits for the record
    QCOMPARE(reader->facts().tokens.inUncached, 3);
    // an event of several lines is one line for the caller
    QByteArray lines;
    const auto other = geminiGenerate().streamRelay(request, kContext);
    other->relay({{}, "{\n\"candidates\":\r\n[]}", false}, {}, {}, lines, tail);
    if (!array)
        QCOMPARE(lines, QByteArray("data: { \"candidates\":  []}\n\n"));
}

void TestGeminiSurface::embeddingAnswers()
{
    Answer answer;
    answer.embeddings = {{0.1f, -2.0f}, {1e-8f}};
    answer.facts.tokens.source = api::TokenSource::Reported;
    answer.facts.tokens.inUncached = 6;
    const CallRequest one = accepted(geminiEmbed(), R"({"content":{"parts":[{"text":"a"}]}})", "embedContent");
    QCOMPARE(geminiEmbed().answerBody(one, answer, kContext),
        QByteArray(R"({"embedding":{"values":[0.1,-2]},"usageMetadata":{"promptTokenCount":6,"totalTokenCount":6}})"));
    const CallRequest batch =
        accepted(geminiEmbed(), R"({"requests":[{"content":{"parts":[{"text":"a"}]}}]})", "batchEmbedContents");
    QCOMPARE(geminiEmbed().answerBody(batch, answer, kContext),
        QByteArray(
            R"({"embeddings":[{"values":[0.1,-2]},{"values":[1e-08]}],"usageMetadata":{"promptTokenCount":6,"totalTokenCount":6}})"));
}

void TestGeminiSurface::errors_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("word");
    using enum api::ErrorCode;
    const auto row = [](api::ErrorCode code, int status, const char* word) {
        QTest::newRow(api::facts(code).name) << int(code) << status << QByteArray(word);
    };
    row(InvalidRequest, 400, "INVALID_ARGUMENT");
    row(Unauthenticated, 401, "UNAUTHENTICATED");
    row(ScopeDenied, 403, "PERMISSION_DENIED");
    row(AliasUnknown, 404, "NOT_FOUND");
    row(IdempotencyConflict, 409, "ABORTED");
    row(BudgetHard, 429, "RESOURCE_EXHAUSTED");
    row(CostCeiling, 402, "FAILED_PRECONDITION");
    row(ProviderOverloaded, 503, "UNAVAILABLE");
    row(ProviderUnavailable, 502, "UNAVAILABLE");
    row(DeadlineExceeded, 504, "DEADLINE_EXCEEDED");
    row(Internal, 500, "INTERNAL");
}

void TestGeminiSurface::errors()
{
    QFETCH(int, code);
    QFETCH(int, status);
    QFETCH(QByteArray, word);
    CallError error;
    error.code = api::ErrorCode(code);
    error.retryAfterMs = 1500;
    error.parameter = QStringLiteral("contents");
    const QByteArray body = geminiGenerate().errorBody(error, u"id-1");
    const JsonText text = JsonText::parse(body);
    QVERIFY2(!text.error, body);
    const JsonView inner = text.root.member("error");
    QCOMPARE(inner.member("code").integer().value_or(0), status);
    QCOMPARE(geminiGenerate().errorStatus(error), status);
    QCOMPARE(inner.member("status").text().value_or(QByteArray()), word);
    QCOMPARE(inner.member("message").text().value_or(QByteArray()), error.text().toUtf8());
    QCOMPARE(inner.member("details").at(0).member("retryDelay").text().value_or(QByteArray()), QByteArray("1.500s"));
    QCOMPARE(
        inner.member("details").at(1).member("fieldViolations").at(0).member("field").text().value_or(QByteArray()),
        QByteArray("contents"));
    QCOMPARE(inner.member("signalbox").member("code").text().value_or(QByteArray()),
        QByteArray(api::facts(error.code).name));
    QCOMPARE(inner.member("signalbox").member("request_id").text().value_or(QByteArray()), QByteArray("id-1"));
}

void TestGeminiSurface::models()
{
    const QByteArray one =
        R"({"name":"models/fast","displayName":"fast","version":"1","supportedGenerationMethods":["generateContent","streamGenerateContent","countTokens","embedContent"]})";
    QCOMPARE(geminiModel(QStringLiteral("fast")), one);
    QByteArray two = one;
    two.replace("fast", "slow");
    QCOMPARE(
        geminiModelList({QStringLiteral("fast"), QStringLiteral("slow")}), "{\"models\":[" + one + ',' + two + "]}");
    QCOMPARE(geminiModelList({}), QByteArray(R"({"models":[]})"));
}

QTEST_GUILESS_MAIN(TestGeminiSurface)
#include "tst_gemini_surface.moc"

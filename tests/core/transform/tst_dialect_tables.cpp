// The parts that all dialects stand on: stop reasons, effort, signatures in their envelope, losses, edits of a body,
// the order of a stream's parts, frames.
#include "dialect_fixture.h"

#include "transform/body_edit.h"
#include "transform/effort.h"
#include "transform/part_sequencer.h"
#include "transform/signature.h"

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;

class TestDialectTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stopReasons();
    void effort();
    void signatures();
    void lossesInHeader();
    void bodyEdits_data();
    void bodyEdits();
    void everyRemoval();
    void partsInOrder();
    void lines();
};

void TestDialectTables::stopReasons()
{
    QVERIFY(stopReasonOf(Dialect::Gemini, "MAX_TOKENS").reason == StopReason::Length);
    QVERIFY(stopReasonOf(Dialect::Anthropic, "").reason == StopReason::None);
    const KnownStop unknown = stopReasonOf(Dialect::Anthropic, "brand_new");
    QVERIFY(unknown.reason == StopReason::Stop && !unknown.known);
    QVERIFY(promoted(StopReason::Stop, true) == StopReason::ToolUse);
    QVERIFY(promoted(StopReason::Length, true) == StopReason::Length); // it was cut: the call may be broken
    QVERIFY(promoted(StopReason::Safety, true) == StopReason::Safety);
    QVERIFY(promoted(StopReason::Stop, false) == StopReason::Stop);
    QCOMPARE(wordFor(Dialect::OpenAiChat, StopReason::ContextFull).toByteArray(), QByteArray("length"));
    QCOMPARE(wordFor(Dialect::Gemini, StopReason::ToolUse).toByteArray(), QByteArray("STOP"));
    QCOMPARE(wordFor(Dialect::Anthropic, StopReason::Safety).toByteArray(), QByteArray("refusal"));
}

void TestDialectTables::effort()
{
    QVERIFY(effortOf("HIGH") == Effort::High);
    QVERIFY(!effortOf("hard"));
    QCOMPARE(effortWord(Dialect::Gemini, Effort::Max), QByteArray("HIGH"));
    QVERIFY(!isExact(Dialect::Gemini, Effort::Max));
    QVERIFY(isExact(Dialect::OpenAiChat, Effort::Max));
    QVERIFY(effortWord(Dialect::Anthropic, Effort::None).isEmpty());
    for (const Effort step : {Effort::None, Effort::Minimal, Effort::Low, Effort::Medium, Effort::High, Effort::Max})
        QVERIFY(effortForBudget(thinkingBudget(step)) == step);
}

void TestDialectTables::signatures()
{
    const QByteArray bytes("a\0b=+/\xff", 7);
    for (const SignaturePlace place : {SignaturePlace::Thinking, SignaturePlace::NextPart, SignaturePlace::Redacted}) {
        const Signature back = opened(sealed({bytes, Signer::Google, place}), Signer::Anthropic);
        QCOMPARE(back.bytes, bytes);
        QVERIFY(back.signer == Signer::Google);
        QVERIFY(back.place == place);
    }
    // what only looks like an envelope is the caller's own
    for (const char* own : {"EqQBCg==", "sbx1.", "sbx1.google.t", "sbx1.nobody.t.YQ", "sbx1.google.t.???"}) {
        const Signature back = opened(own, Signer::Anthropic);
        QCOMPARE(back.bytes, QByteArray(own));
        QVERIFY(back.signer == Signer::Anthropic);
    }
}

void TestDialectTables::lossesInHeader()
{
    Losses losses;
    QVERIFY(losses.headerValue().isEmpty());
    losses.drop("seed");
    losses.drop("seed");
    losses.change("temperature", "too hot");
    losses.drop("evil\r\nx: y, z");
    QCOMPARE(losses.headerValue(), QByteArray("dropped seed, changed temperature, dropped evil??x:?y??z"));
    for (int i = 0; i < 1000; ++i)
        losses.drop("field" + QByteArray::number(i));
    QVERIFY(losses.headerValue().size() < 1000);
    QVERIFY(losses.headerValue().endsWith(", and more"));
    QVERIFY(losses.all().size() <= 100);
}

void TestDialectTables::bodyEdits_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<QByteArray>("edited");
    const auto row = [](const char* name, const char* document, const char* edited) {
        QTest::newRow(name) << QByteArray(document) << QByteArray(edited);
    };
    // "model" is replaced by 1, "a" and "b" are taken out, "n" is added
    row("all", R"({"x":0,"a":1,"b":2,"model":"m"})", R"({"n":2,"x":0,"model":1})");
    row("last two", R"({"model":"m","a":1 , "b" : {"a":[1,"}"]} })", R"({"n":2,"model":1 })");
    row("first two", R"({ "a" : 1, "b":2, "model":"m"})", R"({"n":2,   "model":1})");
    row("first and last", R"({"a":1,"model":"m","b":2})", R"({"n":2,"model":1})");
    row("deep ones stay", R"({"z":{"a":1,"model":2},"model":"m"})", R"({"n":2,"z":{"a":1,"model":2},"model":1})");
}

void TestDialectTables::bodyEdits()
{
    QFETCH(QByteArray, document);
    const JsonText text = JsonText::parse(document);
    QVERIFY(!text.error);
    BodyEdit edit(document);
    edit.replace(text.root.member("model"), "1");
    edit.removeMember(text.root, "a");
    edit.removeMember(text.root, "b");
    edit.removeMember(text.root, "nothing");
    edit.addMember(text.root, "n", "2");
    const QByteArray edited = edit.apply();
    QVERIFY2(!JsonText::parse(edited).error, edited);
    QTEST(edited, "edited");
}

// Whatever is taken out, what is left is JSON and has everything else.
void TestDialectTables::everyRemoval()
{
    const QList<QByteArray> keys{"a", "b", "c", "d"};
    for (const char* document : {R"({"a":1,"b":"x, y","c":[1,2],"d":{"e":","}})",
             R"({ "a" : 1 , "b" : "x, y" , "c" : [1,2] , "d" : {"e":","} })"}) {
        const JsonText text = JsonText::parse(document);
        for (int set = 0; set < 32; ++set) {
            BodyEdit edit(document);
            for (int i = 0; i < 4; ++i) {
                if (set & (1 << i))
                    edit.removeMember(text.root, keys[i]);
            }
            if (set & 16) {
                edit.addMember(text.root, "n", "0");
                edit.addMember(text.root, "m", "0");
            }
            const QByteArray edited = edit.apply();
            const JsonText after = JsonText::parse(edited);
            QVERIFY2(!after.error, edited);
            for (int i = 0; i < 4; ++i)
                QCOMPARE(after.root.member(keys[i]).isMissing(), bool(set & (1 << i)));
            QCOMPARE(after.root.member("n").isMissing(), !(set & 16));
        }
    }
    const JsonText nothing = JsonText::parse("{ }");
    BodyEdit empty("{ }");
    empty.addMember(nothing.root, "a", "1");
    empty.addMember(nothing.root, "b", "2");
    QVERIFY(!JsonText::parse(empty.apply()).error);
}

void TestDialectTables::partsInOrder()
{
    std::vector<StreamEvent> events;
    PartSequencer parts;
    parts.text(&events, Part::Kind::Text, "a"); // a provider that never said its id
    parts.begin(&events, "late", {});
    parts.text(&events, Part::Kind::Text, "b");
    parts.openTool(&events, 7, "x", "f");
    QVERIFY(parts.arguments(&events, 7, "{}"));
    parts.openTool(&events, 8, "y", "g");
    QVERIFY(!parts.arguments(&events, 7, "late")); // that call is over
    parts.close(&events);
    parts.close(&events);
    QStringList told;
    static const char* kNames[] = {"begin", "open", "delta", "signature", "end"};
    for (const StreamEvent& event : events)
        told.append(QStringLiteral("%1%2").arg(QLatin1String(kNames[int(event.kind)])).arg(event.part));
    QCOMPARE(told.join(u' '), QStringLiteral("begin-1 open0 delta0 delta0 end0 open1 delta1 end1 open2 end2"));
    QVERIFY(parts.hasTools());
}

void TestDialectTables::lines()
{
    const QByteArray stream = "{\"a\":\"\xc3\xa9\"}\r\n\n  \n{\"b\":1}\n{\"c\"";
    for (qsizetype piece = 1; piece <= stream.size(); ++piece) {
        const auto reader = frameReader(Framing::Ndjson);
        QList<QByteArray> frames;
        for (qsizetype from = 0; from < stream.size(); from += piece) {
            QByteArrayView bytes = QByteArrayView(stream).sliced(from, std::min(piece, stream.size() - from));
            while (reader->next(bytes) == FrameReader::Step::Frame)
                frames.append(reader->frame().data.toByteArray());
        }
        QCOMPARE(frames, QList<QByteArray>({"{\"a\":\"\xc3\xa9\"}", "{\"b\":1}"}));
        QVERIFY(reader->hasPartialFrame());
    }
    const auto reader = frameReader(Framing::Ndjson);
    const QByteArray huge(kLargestFrame + 1, 'x');
    QByteArrayView bytes(huge);
    QVERIFY(reader->next(bytes) == FrameReader::Step::TooLarge);
}

QTEST_APPLESS_MAIN(TestDialectTables)
#include "tst_dialect_tables.moc"

// The strict JSON reader: what it takes, what it refuses and why, and that a view finds the sender's very bytes.
#include "transform/json_view.h"

#include <QTest>

using namespace gateway::transform;

class TestJsonView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void depth();
    void manyKeys();
    void views();
    void unescapes();
    void quotes();
    void everyPrefixIsRefused();
};

void TestJsonView::accepts_data()
{
    QTest::addColumn<QByteArray>("text");
    const QList<QByteArray> good{"{}", "[]", " [ 1 , 2 ] ", "\"x\"", "-0", "0", "1.5e-3",
        "123456789012345678901234567890", "true", "null", R"({"a":{"b":[{"a":1}]},"c":"\u00e9\ud83d\ude00\/"})",
        "1e-400", "[[],{},\"\"]", "{\"a\":1,\"b\":{\"a\":1}}", "\t\r\n1\n", "{\"\":0}", "\"\x7f\"", "\"\xc3\xa9\""};
    for (const QByteArray& text : good)
        QTest::newRow(text.constData()) << text;
}

void TestJsonView::accepts()
{
    QFETCH(QByteArray, text);
    const JsonText parsed = JsonText::parse(text);
    QVERIFY2(!parsed.error, parsed.error ? parsed.error->reason : "");
    QCOMPARE(parsed.root.raw().toByteArray(), text.trimmed());
}

void TestJsonView::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char* name, const QByteArray& text, const char* reason) {
        QTest::newRow(name) << text << QByteArray(reason);
    };
    row("empty", "", "too early");
    row("space", "  ", "too early");
    row("two values", "1 2", "follows");
    row("trailing comma", "[1,]", "JSON does not have");
    row("trailing comma object", "{\"a\":1,}", "not a string");
    row("no comma", "[1 2]", "comma");
    row("leading comma", "[,1]", "JSON does not have");
    row("bare key", "{a:1}", "not a string");
    row("single quotes", "{'a':1}", "not a string");
    row("no colon", "{\"a\" 1}", "colon");
    row("NaN", "NaN", "JSON does not have");
    row("Infinity", "[Infinity]", "JSON does not have");
    row("leading zero", "01", "follows");
    row("plus", "+1", "JSON does not have");
    row("point", "1.", "digits after");
    row("exponent", "1e", "exponent");
    row("hex", "0x10", "follows");
    row("too large", "1e400", "out of range");
    row("minus too large", "[-1e999]", "out of range");
    row("tru", "tru", "true, false or null");
    row("truex", "truex", "follows");
    row("open string", "\"abc", "not closed");
    row("newline in string", "\"a\nb\"", "control character");
    row("nul in string", QByteArray("\"a\0b\"", 5), "control character");
    row("bad escape", R"("\x41")", "escape");
    row("short escape", R"("\u12")", "escape");
    row("lone high", R"("\ud800")", "surrogate");
    row("lone low", R"("\udc00")", "surrogate");
    row("high then text", R"("\ud800x")", "surrogate");
    row("high then escape", R"("\ud800\n")", "surrogate");
    row("two highs", R"("\ud800\ud800")", "surrogate");
    row("duplicate", R"({"model":1,"model":2})", "twice");
    row("duplicate escaped", R"({"model":1,"mod\u0065l":2})", "twice");
    row("duplicate inside", R"([{"x":{"a":1,"b":2,"a":3}}])", "twice");
    row("duplicate empty", R"({"":1,"":2})", "twice");
    row("bom", "\xEF\xBB\xBF{}", "JSON does not have");
    row("bad utf8", "\"\xff\"", "UTF-8");
    row("overlong utf8", "\"\xc0\xaf\"", "UTF-8");
    row("utf8 surrogate", "\"\xed\xa0\x80\"", "UTF-8");
    row("comment", "{}/*x*/", "follows");
    row("mismatched", "[}", "JSON does not have");
    row("unclosed", "{\"a\":[1", "too early");
}

void TestJsonView::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, reason);
    const JsonText parsed = JsonText::parse(text);
    QVERIFY(parsed.error);
    QVERIFY2(QByteArray(parsed.error->reason).contains(reason), parsed.error->reason);
    QVERIFY(parsed.root.isMissing());
}

void TestJsonView::depth()
{
    const auto nested = [](int n) { return QByteArray(n, '[') + QByteArray(n, ']'); };
    QVERIFY(!JsonText::parse(nested(64)).error);
    QVERIFY(JsonText::parse(nested(65)).error);
    QVERIFY(JsonText::parse(QByteArray(1'000'000, '[')).error); // no recursion: the stack does not grow with the input
}

void TestJsonView::manyKeys()
{
    QByteArray text = "{";
    for (int i = 0; i < 20'000; ++i)
        text += "\"key" + QByteArray::number(i) + "\":" + QByteArray::number(i) + ",";
    QVERIFY(!JsonText::parse(text + "\"last\":0}").error);
    QVERIFY(JsonText::parse(text + "\"key7\":0}").error);
    QVERIFY(JsonText::parse(text + "\"k\\u0065y19999\":0}").error);
}

void TestJsonView::views()
{
    const QByteArray text =
        R"({ "b" : 1.50 , "a":{"big":123456789012345678901,"n":42,"f":false,"none":null}, "l":[ "x",{"y":[]} ,3 ]})";
    const JsonText parsed = JsonText::parse(text);
    QVERIFY(!parsed.error);
    const JsonView root = parsed.root;
    QCOMPARE(root.member("b").raw().toByteArray(), QByteArray("1.50"));
    QVERIFY(!root.member("b").integer());
    QCOMPARE(root.member("a").member("n").integer().value_or(0), 42);
    QVERIFY(!root.member("a").member("big").integer());
    QCOMPARE(root.member("a").member("big").raw().toByteArray(), QByteArray("123456789012345678901"));
    QCOMPARE(root.member("a").member("f").boolean(), std::optional(false));
    QVERIFY(root.member("a").member("none").isNull());
    QVERIFY(root.member("nothing").isMissing());
    QVERIFY(root.member("nothing").member("deeper").at(3).isMissing());
    QCOMPARE(root.member("l").at(1).raw().toByteArray(), QByteArray("{\"y\":[]}"));
    QCOMPARE(root.member("l").at(2).integer().value_or(0), 3);
    QVERIFY(root.member("l").at(3).isMissing());
    QByteArrayList keys;
    root.eachMember([&](QByteArrayView key, JsonView) {
        keys.append(key.toByteArray());
        return true;
    });
    QCOMPARE(keys, (QByteArrayList{"b", "a", "l"})); // in the sender's order
}

void TestJsonView::unescapes()
{
    const QByteArray text = R"({"t\u0065xt":"a\"\\\/\b\f\n\r\t\u0001\u00e9\u20ac\ud83d\ude00"})";
    const JsonText parsed = JsonText::parse(text);
    QVERIFY(!parsed.error);
    QCOMPARE(parsed.root.member("text").text().value_or("?"),
        QByteArray("a\"\\/\b\f\n\r\t\x01\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
}

void TestJsonView::quotes()
{
    const QByteArray raw = QByteArray("a\"b\\c\n\x01\x1f\xc3\xa9", 10);
    const QByteArray quoted = jsonString(raw);
    const JsonText parsed = JsonText::parse(quoted);
    QVERIFY(!parsed.error);
    QCOMPARE(parsed.root.text().value_or("?"), raw);
}

void TestJsonView::everyPrefixIsRefused()
{
    const QByteArray text =
        R"({"model":"x","messages":[{"role":"user","content":"h\u00e9\ud83d\ude00 \u0041"}],"n":1.5e3,"s":true})";
    for (qsizetype length = 0; length < text.size(); ++length) {
        // a copy of exactly that size, so that a sanitizer sees a read past the end
        const QByteArray prefix(text.constData(), length);
        QVERIFY2(JsonText::parse(prefix).error, prefix.constData());
    }
    QVERIFY(!JsonText::parse(text).error);
}

QTEST_APPLESS_MAIN(TestJsonView)
#include "tst_json_view.moc"

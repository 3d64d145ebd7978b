// The engine's reader beside a second one that is simple and slow (json_reference.h): random documents, whole and
// damaged, are taken and refused alike, for the same reason at the same byte; and every value is found where it stands.
#include "json_reference.h"
#include "transform/event_shape.h"
#include "transform/json_view.h"

#include <QTest>

#include <random>
#include <thread>

using namespace gateway::transform;

namespace {

class Author
{
public:
    explicit Author(unsigned seed) : m_random(seed) {}

    int below(int limit) { return int(m_random() % unsigned(limit)); }

    QByteArray document()
    {
        QByteArray out;
        space(out);
        value(out, 0);
        space(out);
        return out;
    }

    QByteArray damaged(QByteArray document)
    {
        static constexpr QByteArrayView kPieces[] = {"\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "e9", ".",
            "\n", "\x01", "\xff", "\xc3", "\\u00e9", "\\ud800", "\\udc00", "true", "nul", "1e400", " ", "\"a\":1,"};
        for (int i = below(3); i >= 0 && !document.isEmpty(); --i) {
            const int at = below(int(document.size()));
            const QByteArrayView piece = kPieces[below(int(std::size(kPieces)))];
            switch (below(3)) {
            case 0:
                document.remove(at, 1 + below(3));
                break;
            case 1:
                document.insert(at, piece.toByteArray());
                break;
            default:
                document.replace(at, 1, piece.toByteArray());
            }
        }
        return document;
    }

private:
    void space(QByteArray& out)
    {
        static constexpr QByteArrayView kSpaces[] = {"", "", "", " ", "\n", "\t ", "\r\n   "};
        const QByteArrayView one = kSpaces[below(int(std::size(kSpaces)))];
        out.append(one.data(), one.size());
    }

    void value(QByteArray& out, int depth)
    {
        static constexpr QByteArrayView kScalars[] = {"0", "-0", "17", "-3.25", "1e3", "1E-3", "123456789012345678901",
            "true", "false", "null", "1e-400", "2.5e+17", "9223372036854775807", "1e308", "0e999"};
        const int kind = below(depth > 5 ? 6 : 10);
        if (kind < 4) {
            const QByteArrayView one = kScalars[below(int(std::size(kScalars)))];
            out.append(one.data(), one.size());
        } else if (kind < 6) {
            string(out);
        } else if (kind < 8) {
            list(out, depth);
        } else {
            object(out, depth);
        }
    }

    void list(QByteArray& out, int depth)
    {
        out += '[';
        space(out);
        for (int i = below(5); i > 0; --i) {
            value(out, depth + 1);
            space(out);
            if (i > 1)
                out += ',';
            space(out);
        }
        out += ']';
    }

    void object(QByteArray& out, int depth)
    {
        out += '{';
        space(out);
        const bool wide = below(20) == 0;
        for (int i = wide ? 20 + below(60) : below(7); i > 0; --i) {
            const int key = below(30);
            if (key == 0)
                string(out);
            else if (key == 1)
                out += "\"k\\u006" + QByteArray::number(below(9)) + "\"";
            else
                out += "\"key" + QByteArray::number(wide ? i : below(80)) + '"';
            space(out);
            out += ':';
            space(out);
            value(out, wide ? 6 : depth + 1);
            space(out);
            if (i > 1)
                out += ',';
            space(out);
        }
        out += '}';
    }

    void string(QByteArray& out)
    {
        static constexpr QByteArrayView kPieces[] = {"a", "word ", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\xc3\xa9",
            "\xf0\x9f\x98\x80", "\\ud83d\\ude00", "{\\\"x\\\":[", "a longer run of plain characters, ", "\x7f"};
        out += '"';
        for (int i = below(6); i > 0; --i) {
            const QByteArrayView one = kPieces[below(int(std::size(kPieces)))];
            out.append(one.data(), one.size());
        }
        out += '"';
    }

    std::mt19937 m_random;
};

// What differs between the view and the bytes that the other reader has there; empty: nothing.
QByteArray difference(JsonView view, QByteArrayView raw)
{
    if (view.raw().data() != raw.data() || view.raw().size() != raw.size())
        return "another value than " + raw.toByteArray();
    QByteArray wrong;
    if (raw.front() == '{') {
        QList<std::pair<QByteArray, QByteArrayView>> members;
        reference::eachMember(raw, [&](QByteArrayView key, QByteArrayView value) {
            members.append({reference::unescapeJson(key), value});
        });
        qsizetype at = 0;
        view.eachMember([&](QByteArrayView key, JsonView value) {
            if (at >= members.size() || reference::unescapeJson(key) != members[at].first || value.rawKey() != key)
                wrong = "another key: " + key.toByteArray();
            else
                wrong = difference(value, members[at].second);
            ++at;
            return wrong.isEmpty();
        });
        if (wrong.isEmpty() && at != members.size())
            wrong = "fewer members than in " + raw.toByteArray();
        for (const auto& [key, value] : members) {
            if (wrong.isEmpty() && view.member(key).raw().data() != value.data())
                wrong = "not found: " + key;
        }
        if (view.isEmpty() != members.isEmpty() || !view.member("nobody").isMissing())
            wrong = "a member that is not there";
    } else if (raw.front() == '[') {
        QList<QByteArrayView> elements;
        reference::eachElement(raw, [&](QByteArrayView value) { elements.append(value); });
        qsizetype at = 0;
        view.eachElement([&](JsonView element) {
            wrong = at < elements.size() ? difference(element, elements[at]) : "too many elements";
            if (wrong.isEmpty() && view.at(int(at)).raw().data() != elements[at].data())
                wrong = "another element at its index";
            ++at;
            return wrong.isEmpty();
        });
        if (wrong.isEmpty() && (at != elements.size() || !view.at(int(at)).isMissing()))
            wrong = "fewer elements than in " + raw.toByteArray();
    } else if (raw.front() == '"') {
        const QByteArray text = reference::unescapeJson(raw.sliced(1, raw.size() - 2));
        QByteArray unescaped;
        if (view.text() != text || view.textIn(unescaped) != text || !view.isText(text) || view.isText(text + 'x') ||
            view.isEmptyText() != text.isEmpty())
            wrong = "another text than " + raw.toByteArray();
    }
    return wrong;
}

} // namespace

class TestJsonIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asTheOther();
    void longStrings();
    void wideObjects();
    void otherThreads();
    void shapes_data();
    void shapes();
    void shapesOfRandomEvents();
};

void TestJsonIndex::asTheOther()
{
    int taken = 0;
    int refused = 0;
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        Author author(seed);
        const QByteArray whole = author.document();
        const QByteArray document = seed % 3 == 0 ? whole : author.damaged(whole);
        reference::Checker checker(document, 8);
        const bool good = checker.check();
        const JsonText text = JsonText::parse(document, 8);
        ++(good ? taken : refused);
        if (!good) {
            QVERIFY2(text.error, document);
            QCOMPARE(QByteArray(text.error->reason), QByteArray(checker.reason()));
            QVERIFY2(text.error->offset == checker.offset(), document);
            QVERIFY(text.root.isMissing());
            continue;
        }
        QVERIFY2(!text.error, text.error ? text.error->reason + (" in " + document) : QByteArray());
        const QByteArray wrong = difference(text.root, checker.value());
        QVERIFY2(wrong.isEmpty(), wrong + " in " + document);
    }
    QVERIFY(taken > 3000 && refused > 3000);
}

// Sixteen bytes are looked at together: what ends a string is found wherever it stands among them.
void TestJsonIndex::longStrings()
{
    for (const char* special : {"\"", "\\n", "\x1f", "\\x", "\xc3\xa9", "\x80"}) {
        for (int before = 0; before < 50; ++before) {
            for (int after : {0, 1, 15, 16, 17, 40}) {
                const QByteArray document = '"' + QByteArray(before, 'a') + special + QByteArray(after, 'b') + '"';
                reference::Checker checker(document, 8);
                const bool good = checker.check();
                const JsonText text = JsonText::parse(document, 8);
                QCOMPARE(!text.error, good);
                if (good)
                    QCOMPARE(difference(text.root, checker.value()), QByteArray());
                else
                    QCOMPARE(text.error->offset, checker.offset());
            }
        }
    }
}

void TestJsonIndex::wideObjects()
{
    for (int count : {1, 2, 31, 32, 33, 34, 64, 65, 500}) {
        QByteArray document = "{";
        for (int i = 0; i < count; ++i)
            document += "\"k" + QByteArray::number(i) + "\":{\"k0\":0},";
        QVERIFY(!JsonText::parse(document + "\"last\":0}").error);
        for (int twice : {0, count / 2, count - 1}) {
            const QByteArray key = QByteArray::number(twice);
            QVERIFY(JsonText::parse(document + "\"k" + key + "\":0}").error);
            QVERIFY(JsonText::parse(document + "\"\\u006b" + key + "\":0}").error);
            QVERIFY(JsonText::parse("[" + document + "\"k" + key + "\":0},1]").error);
        }
    }
}

// A document may be let go of by another thread than the one that read it, or after its thread has ended.
void TestJsonIndex::otherThreads()
{
    std::vector<JsonText> kept;
    const QByteArray document = R"({"a":[1,2,{"b":"c"}]})";
    std::thread([&] {
        for (int i = 0; i < 50; ++i)
            kept.push_back(JsonText::parse(document));
    }).join();
    for (const JsonText& text : kept)
        QCOMPARE(text.root.member("a").at(2).member("b").text().value_or("?"), QByteArray("c"));
    kept.clear();
    std::thread([&] { kept.push_back(JsonText::parse(document)); }).join();
    QCOMPARE(kept.front().root.member("a").at(1).integer().value_or(0), 2);
}

void TestJsonIndex::shapes_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<bool>("matches");
    const auto row = [](const char* event, bool matches) { QTest::newRow(event) << QByteArray(event) << matches; };
    row(R"({"n":7,"d":{"t":" word"},"x":"abc","u":null})", true); // as learned
    row(R"({"n":8,"d":{"t":"\n\u00e9"},"x":"","u":null})", true);
    row("{\"n\":0,\"d\":{\"t\":\"\xc3\xa9\"},\"x\":\"y\",\"u\":null}", true);
    row(R"({"n":123456789012345,"d":{"t":"a"},"x":"y","u":null})", true);
    row(R"({"n":7,"d":{"t":""},"x":"abc","u":null})", false); // no text
    row(R"({"n":07,"d":{"t":"a"},"x":"abc","u":null})", false);
    row(R"({"n":-7,"d":{"t":"a"},"x":"abc","u":null})", false);
    row(R"({"n":7.5,"d":{"t":"a"},"x":"abc","u":null})", false);
    row(R"({"n":,"d":{"t":"a"},"x":"abc","u":null})", false);
    row(R"({"n":1234567890123456,"d":{"t":"a"},"x":"y","u":null})", false);
    row(R"({"n":7,"d":{"t":"a","t":"b"},"x":"abc","u":null})", false);
    row(R"({"n":7,"d":{"t":"a\"},"x":"abc","u":null})", false);
    row(R"({"n":7,"d":{"t":"\x"},"x":"abc","u":null})", false);
    row(R"({"n":7,"d":{"t":"\ud800"},"x":"abc","u":null})", false);
    row("{\"n\":7,\"d\":{\"t\":\"\xff\"},\"x\":\"abc\",\"u\":null}", false);
    row("{\"n\":7,\"d\":{\"t\":\"a\x01\"},\"x\":\"abc\",\"u\":null}", false);
    row("{\"n\":7,\"d\":{\"t\":\"a\"},\"x\":\"\xc3\",\"u\":null}", false);
    row(R"({"n":7,"d":{"t":"a"},"x":"abc","u":0000})", false);
    row(R"({"n":7,"d":{"t":"a"},"x":"abc","u":null} )", false);
    row(R"({"n":7,"d":{"t":"a"},"x":"abc","u":null)", false);
    row("{\"n\":7", false);
    row("", false);
}

void TestJsonIndex::shapes()
{
    QFETCH(QByteArray, event);
    const QByteArray learned = R"({"n":7,"d":{"t":" word"},"x":"abc","u":null})";
    const JsonText text = JsonText::parse(learned);
    EventShape shape;
    QVERIFY(!shape.matches(event)); // nothing is learned yet
    shape.learn(learned, text.root.member("d").member("t"), text.root.member("n"), text.root.member("x"));
    QTEST(shape.matches(event), "matches");
    if (!shape.matches(event))
        return;
    const JsonText read = JsonText::parse(event);
    QVERIFY(!read.error);
    QCOMPARE(shape.text(), read.root.member("d").member("t").text().value_or("?"));
    QCOMPARE(shape.number(), read.root.member("n").integer().value_or(-1));
    QCOMPARE(shape.placeNow(learned.indexOf(",\"u\"")), event.indexOf(",\"u\""));
    QCOMPARE(shape.placeNow(learned.indexOf("\"d\"")), event.indexOf("\"d\""));
    QCOMPARE(shape.placeNow(1), 1);
}

// Whatever matches is JSON, and the same but for the places that may differ.
void TestJsonIndex::shapesOfRandomEvents()
{
    const QByteArray learned = R"({"i":"x","n":12,"d":[{"t":"say \"yes\""}],"x":"abc"})";
    const JsonText text = JsonText::parse(learned);
    EventShape shape;
    shape.learn(learned, text.root.member("d").at(0).member("t"), text.root.member("n"), text.root.member("x"));
    int matched = 0;
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        Author author(seed);
        const QByteArray event = author.damaged(learned);
        if (!shape.matches(event))
            continue;
        ++matched;
        const JsonText read = JsonText::parse(event);
        QVERIFY2(!read.error, event);
        QCOMPARE(read.root.member("i").raw(), QByteArrayView("\"x\""));
        QCOMPARE(read.root.member("d").at(0).member("t").text().value_or("?"), shape.text());
        QCOMPARE(read.root.member("n").integer().value_or(-1), shape.number());
    }
    QVERIFY(matched > 500);
}

QTEST_APPLESS_MAIN(TestJsonIndex)
#include "tst_json_index.moc"

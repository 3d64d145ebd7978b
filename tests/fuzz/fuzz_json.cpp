// JSON: what JsonText accepts another strict reader accepts too; views find what is there; what is written is read
// back; an edited document is the document with the edits, and nothing else.
#include "base/json_writer.h"
#include "transform/body_edit.h"
#include "transform/event_shape.h"

#include "fuzz.h"

#include <QJsonDocument>

#include <vector>

using namespace gateway;
using namespace gateway::fuzz;
using namespace gateway::transform;

namespace {

// The document again, member by member, by our own writer.
void copy(JsonView value, JsonWriter& out, int depth)
{
    must(depth <= 64, "no deeper than what was accepted");
    switch (value.type()) {
    case JsonType::Object:
        out.beginObject();
        value.eachMember([&](QByteArrayView rawKey, JsonView member) {
            const QByteArray quoted = '"' + rawKey.toByteArray() + '"';
            const JsonText keyText = JsonText::parse(quoted);
            const auto key = keyText.root.text();
            must(member.rawKey() == rawKey, "a member knows its key", rawKey);
            must(key.has_value(), "a key is a text", rawKey);
            must(value.member(*key).raw().data() == member.raw().data(), "a member is found by its key", rawKey);
            out.key(rawKey); // with its escapes: then it is plain ASCII or UTF-8 as it came
            copy(member, out, depth + 1);
            return true;
        });
        out.endObject();
        return;
    case JsonType::Array: {
        out.beginArray();
        int count = 0;
        value.eachElement([&](JsonView element) {
            if (count < 3)
                must(value.at(count).raw().data() == element.raw().data(), "an element is found by its index");
            ++count;
            copy(element, out, depth + 1);
            return true;
        });
        must(value.at(count).isMissing(), "there is nothing after the last element");
        out.endArray();
        return;
    }
    case JsonType::String: {
        const auto text = value.text();
        must(text.has_value(), "a checked string has a text", value.raw());
        const QByteArray again = jsonString(*text);
        const JsonText read = JsonText::parse(again);
        must(!read.error && read.root.text() == text, "a text comes back from its JSON", again);
        QByteArray unescaped;
        must(value.textIn(unescaped) == *text && value.isText(*text), "a text is itself", again);
        out.string(*text);
        return;
    }
    case JsonType::Number:
        if (const auto number = value.integer())
            must(QByteArray::number(*number) == value.raw().toByteArray() || value.raw() == QByteArrayView("-0"),
                "an integer is the number that stands there", value.raw());
        out.raw(value.raw());
        return;
    case JsonType::Bool:
        must(value.boolean().has_value(), "a bool is one", value.raw());
        out.raw(value.raw());
        return;
    case JsonType::Null:
        out.null();
        return;
    case JsonType::Missing:
        violated("nothing in a document is missing");
    }
}

struct Member
{
    QByteArray key; // as it stands between its quotes
    QByteArray value;
};

std::vector<Member> membersOf(JsonView object)
{
    std::vector<Member> members;
    object.eachMember([&](QByteArrayView rawKey, JsonView value) {
        members.push_back({rawKey.toByteArray(), value.raw().toByteArray()});
        return true;
    });
    return members;
}

bool isPlain(const QByteArray& key)
{
    return std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

void edit(QByteArrayView document, JsonView object, Input& input)
{
    std::vector<Member> expected = membersOf(object);
    BodyEdit edits(document);
    bool changed = false;
    std::vector<Member> after;
    if (input.flag() && object.member("added").isMissing()) {
        edits.addMember(object, "added", "[1,\"x\"]");
        after.push_back({"added", "[1,\"x\"]"});
        changed = true;
    }
    for (const Member& member : expected) {
        const int what = isPlain(member.key) ? input.below(3) : 0;
        if (what == 1) {
            edits.replace(object.member(member.key), "{\"r\":null}");
            after.push_back({member.key, "{\"r\":null}"});
            changed = true;
        } else if (what == 2) {
            edits.removeMember(object, member.key);
            changed = true;
        } else {
            after.push_back(member);
        }
    }
    must(edits.isEmpty() != changed, "no edits, nothing to do");
    const QByteArray result = edits.apply();
    const JsonText read = JsonText::parse(result);
    must(!read.error, "an edited document can be read", result);
    if (!changed)
        must(result == document.toByteArray(), "an unedited document is the same", result);
    // find the same object again: the root, or the first member that is one
    JsonView found = read.root;
    if (object.raw().data() != JsonText::parse(document).root.raw().data()) {
        found = JsonView();
        read.root.eachMember([&](QByteArrayView, JsonView value) {
            if (found.isMissing() && value.type() == JsonType::Object)
                found = value;
            return true;
        });
    }
    const std::vector<Member> now = membersOf(found);
    must(now.size() == after.size(), "an edited object has the members that were asked for", result);
    for (std::size_t i = 0; i < now.size(); ++i)
        must(now[i].key == after[i].key && now[i].value == after[i].value, "in their order, with their bytes", result);
}

// What is known by its shape is JSON, and what a reader of the whole finds in it.
void knownByShape(const QByteArray& document, JsonView object, Input& input)
{
    QByteArray key;
    object.eachMember([&](QByteArrayView rawKey, JsonView value) {
        if (value.type() == JsonType::String && isPlain(rawKey.toByteArray()))
            key = rawKey.toByteArray();
        return key.isEmpty() || input.flag();
    });
    const JsonView text = object.member(key);
    if (text.type() != JsonType::String)
        return;
    EventShape shape;
    shape.learn(document, text, object.member("sequence_number"), object.member("obfuscation"));
    const qsizetype from = text.raw().data() - document.constData() + 1;
    QByteArray other = document;
    const qsizetype cut = document.size() * input.below(36) / 36;
    other.replace(from, text.raw().size() - 2, document.mid(cut, input.below(36)));
    if (!shape.matches(other))
        return;
    const JsonText read = JsonText::parse(other);
    must(!read.error, "what has the shape of an event is JSON", other);
    must(read.root.member(key).text() == shape.text(), "its text is found", other);
}

} // namespace

FUZZ_TARGET(input)
{
    const QByteArray bytes = input.rest().toByteArray();
    const JsonText text = JsonText::parse(bytes);
    if (text.error) {
        must(*text.error->reason && text.error->offset >= 0 && text.error->offset <= bytes.size(),
            "a refusal says why and where");
        return;
    }
    must(text.root.raw().data() >= bytes.constData() &&
             text.root.raw().data() + text.root.raw().size() <= bytes.constData() + bytes.size(),
        "the root lies in the document");
    const JsonType type = text.root.type();
    if (type == JsonType::Object || type == JsonType::Array) {
        QJsonParseError error;
        QJsonDocument::fromJson(bytes, &error);
        must(error.error == QJsonParseError::NoError, "what we accept others accept", bytes);
    }
    QByteArray copied;
    JsonWriter writer(copied);
    copy(text.root, writer, 0);
    const JsonText again = JsonText::parse(copied);
    must(!again.error, "what is written can be read", copied);
    QByteArray twice;
    JsonWriter second(twice);
    copy(again.root, second, 0);
    must(copied == twice, "a copy of a copy is the copy", copied);

    if (type != JsonType::Object)
        return;
    knownByShape(bytes, text.root, input);
    edit(bytes, text.root, input);
    JsonView inner;
    text.root.eachMember([&](QByteArrayView, JsonView value) {
        if (inner.isMissing() && value.type() == JsonType::Object)
            inner = value;
        return true;
    });
    if (!inner.isMissing())
        edit(bytes, inner, input);
}

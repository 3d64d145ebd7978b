#include "config/edit/field_edit.h"

#include "config/edit/text_places.h"

#include <algorithm>

namespace gateway::config {
namespace {

using api::Failure;

api::Error wrong(const QString& message, const QString& hint = {})
{
    return api::failure(Failure::Invalid, message, hint);
}

api::Error byHand(const QString& path)
{
    return wrong(
        QStringLiteral("%1 cannot be edited as a field here.").arg(path.left(200)), QStringLiteral("Edit the text."));
}

// One splice of the text.
struct Splice
{
    qsizetype begin = 0;
    qsizetype end = 0;
    QByteArray bytes;
};

qsizetype lineBegin(const QByteArray& text, qsizetype at)
{
    return at == 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

qsizetype lineEnd(const QByteArray& text, qsizetype at) // behind its line break
{
    const qsizetype end = text.indexOf('\n', at);
    return end < 0 ? text.size() : end + 1;
}

QByteArray newLine(const QByteArray& text)
{
    return text.contains("\r\n") ? QByteArray("\r\n") : QByteArray("\n");
}

// What is behind a place on its last line, comment included.
qsizetype behind(const QByteArray& text, const Place& place)
{
    return lineEnd(text, std::max<qsizetype>(place.end, 0));
}

std::optional<Value> parsed(const QByteArray& yaml)
{
    Problems problems;
    const auto file = parseConfig(QStringLiteral("value"), "v: " + yaml + "\n", problems);
    if (!file || file->root.children.size() != 1 || file->root.children.front().key != QLatin1String("v"))
        return std::nullopt;
    return file->root.children.front();
}

bool same(const Value& a, const Value& b)
{
    return a.type == b.type && a.text == b.text && a.key == b.key && a.children.size() == b.children.size() &&
           std::equal(a.children.begin(), a.children.end(), b.children.begin(), same) &&
           (a.type != Value::Type::Text || a.quoted == b.quoted);
}

// A member of a block map in a line of its own, or behind the dash of its entry.
bool standsBehindDash(const QByteArray& text, qsizetype keyBegin)
{
    const QByteArray before = text.mid(lineBegin(text, keyBegin), keyBegin - lineBegin(text, keyBegin));
    return before.contains('-');
}

// Removing a whole block value, or an entry of one that goes on.
std::optional<Splice> removal(const QByteArray& text, const Place& parent, std::size_t index, qsizetype parentKeyEnd)
{
    const Place& gone = parent.children[index];
    const bool isMap = parent.type == Value::Type::Map;
    const qsizetype begin = isMap ? gone.keyBegin : gone.begin;
    if (begin < 0 || gone.end < 0)
        return std::nullopt;
    const bool isOnly = parent.children.size() == 1;
    if (parent.isFlow) {
        if (isOnly)
            return Splice{begin, gone.end, {}};
        if (index + 1 < parent.children.size()) {
            const Place& next = parent.children[index + 1];
            return Splice{begin, isMap ? next.keyBegin : next.begin, {}};
        }
        const Place& before = parent.children[index - 1];
        return before.end < 0 ? std::nullopt : std::optional(Splice{before.end, gone.end, {}});
    }
    if (isOnly) { // an empty block collection is not YAML
        const qsizetype from = parentKeyEnd >= 0 ? text.indexOf(':', parentKeyEnd) + 1 : -1;
        if (from <= 0)
            return std::nullopt;
        return Splice{from, parent.end, isMap ? QByteArray(" {}") : QByteArray(" []")};
    }
    if (isMap && standsBehindDash(text, begin)) {
        if (index + 1 >= parent.children.size())
            return std::nullopt;
        return Splice{begin, parent.children[index + 1].keyBegin, {}};
    }
    qsizetype from = begin;
    if (!isMap) { // the dash stands before the entry, as a rule on its line
        from = text.lastIndexOf('-', begin - 1);
        if (from < 0 || text.mid(from + 1, begin - from - 1).trimmed().size() > 0)
            return std::nullopt;
        // an entry of a list in a list shares its line with the outer dash
        if (text.mid(lineBegin(text, from), from - lineBegin(text, from)).trimmed().size() > 0)
            return std::nullopt;
    }
    return Splice{lineBegin(text, from), behind(text, gone), {}};
}

// A member that is not there yet.
std::optional<Splice> newMember(const QByteArray& text, const Place& map, const QString& key, const QByteArray& value)
{
    const QByteArray member = key.toUtf8() + ": " + value;
    if (map.type == Value::Type::Null) // "key:" with nothing behind it, or with {}
        return Splice{map.begin, map.end < 0 ? map.begin : map.end, " {" + member + "}"};
    if (map.isFlow) {
        if (map.end < 0)
            return std::nullopt;
        if (map.children.empty())
            return Splice{map.begin, map.end, "{" + member + "}"};
        const Place& last = map.children.back();
        return last.end < 0 ? std::nullopt : std::optional(Splice{last.end, last.end, ", " + member});
    }
    if (map.end < 0)
        return std::nullopt;
    const qsizetype at = behind(text, map.children.back());
    QByteArray line = QByteArray(map.column, ' ') + member + newLine(text);
    if (at > 0 && text[at - 1] != '\n') // the text ends in the middle of a line
        line = newLine(text) + QByteArray(map.column, ' ') + member;
    return Splice{at, at, line};
}

std::optional<Splice> newEntry(const QByteArray& text, const Place& list, const QByteArray& value)
{
    if (list.type == Value::Type::Null)
        return Splice{list.begin, list.end < 0 ? list.begin : list.end, " [" + value + "]"};
    if (list.end < 0)
        return std::nullopt;
    if (list.isFlow) {
        if (list.children.empty())
            return Splice{list.begin, list.end, "[" + value + "]"};
        const Place& last = list.children.back();
        return last.end < 0 ? std::nullopt : std::optional(Splice{last.end, last.end, ", " + value});
    }
    // the dashes of a block list stand in its column
    const qsizetype at = behind(text, list);
    QByteArray line = QByteArray(list.column, ' ') + "- " + value + newLine(text);
    if (at > 0 && text[at - 1] != '\n')
        line = newLine(text) + QByteArray(list.column, ' ') + "- " + value;
    return Splice{at, at, line};
}

std::optional<Splice> replacement(const QByteArray& text, const Place& place, const QByteArray& value)
{
    if (place.end < 0)
        return std::nullopt;
    const bool isBlock =
        (place.type == Value::Type::List || place.type == Value::Type::Map) && !place.isFlow && place.keyEnd >= 0;
    if (isBlock) {
        const qsizetype colon = text.indexOf(':', place.keyEnd);
        return colon < 0 ? std::nullopt : std::optional(Splice{colon + 1, place.end, " " + value});
    }
    const bool needsSpace = place.begin > 0 && text[place.begin - 1] == ':';
    return Splice{place.begin, place.end, (needsSpace ? QByteArray(" ") : QByteArray()) + value};
}

QString textOf(const PathPart& part)
{
    return part.entry.isEmpty() ? part.name : u'[' + part.entry + u']';
}

// The tree with the edit made, to compare with.
bool apply(Value& root, const std::vector<PathPart>& parts, const api::FieldEdit& edit, const Value* value)
{
    Value* at = &root;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        auto* next = const_cast<Value*>(childOf(*at, parts[i])); // of our own tree
        if (!next) {
            if (parts[i].name.isEmpty() || edit.op == QLatin1String("remove"))
                return false;
            if (at->type == Value::Type::Null)
                at->type = Value::Type::Map;
            Value made;
            made.type = Value::Type::Map;
            made.key = parts[i].name;
            at->children.push_back(made);
            next = &at->children.back();
        }
        at = next;
    }
    const PathPart& last = parts.back();
    auto* found = const_cast<Value*>(childOf(*at, last));
    if (edit.op == QLatin1String("remove")) {
        if (!found)
            return false;
        at->children.erase(at->children.begin() + (found - at->children.data()));
        return true;
    }
    if (edit.op == QLatin1String("add")) {
        if (!found) {
            if (last.name.isEmpty())
                return false;
            if (at->type == Value::Type::Null)
                at->type = Value::Type::Map;
            Value made;
            made.key = last.name;
            at->children.push_back(made);
            found = &at->children.back();
        }
        Value entry = *value;
        if (found->type == Value::Type::Null)
            found->type = Value::Type::List;
        entry.key.clear();
        found->text.clear();
        found->children.push_back(entry);
        return found->type == Value::Type::List;
    }
    Value now = *value;
    if (found) {
        now.key = found->key;
        *found = now;
        return true;
    }
    if (last.name.isEmpty())
        return false;
    if (at->type == Value::Type::Null)
        at->type = Value::Type::Map;
    at->text.clear();
    now.key = last.name;
    at->children.push_back(now);
    return true;
}

api::Result<QByteArray> spliced(
    const QByteArray& text, const std::vector<PathPart>& parts, const api::FieldEdit& edit, const QByteArray& value)
{
    const auto root = placesOf(text);
    if (!root)
        return wrong(QStringLiteral("The text is no config that can be read."), QStringLiteral("Edit the text."));
    const Place* at = &*root;
    qsizetype parentKeyEnd = -1;
    std::size_t i = 0;
    for (; i + 1 < parts.size(); ++i) {
        const Place* next = childOf(*at, parts[i]);
        if (!next)
            break;
        parentKeyEnd = next->keyEnd;
        at = next;
    }
    const Place* found = i + 1 == parts.size() ? childOf(*at, parts.back()) : nullptr;
    std::optional<Splice> splice;
    if (edit.op == QLatin1String("remove")) {
        if (!found)
            return wrong(QStringLiteral("There is no %1.").arg(edit.path.left(200)));
        splice = removal(text, *at, std::size_t(found - at->children.data()), parentKeyEnd);
    } else if (edit.op == QLatin1String("add") && found) {
        if (found->type == Value::Type::Map || found->type == Value::Type::Text)
            return wrong(QStringLiteral("%1 is no list.").arg(edit.path.left(200)));
        splice = newEntry(text, *found, value);
    } else if (found) {
        splice = replacement(text, *found, value);
    } else {
        // what leads to it is written with it
        QByteArray whole = edit.op == QLatin1String("add") ? "[" + value + "]" : value;
        for (std::size_t part = parts.size() - 1; part > i; --part) {
            if (parts[part].name.isEmpty())
                return wrong(QStringLiteral("There is no %1.").arg(textOf(parts[part]).left(200)));
            whole = "{" + parts[part].name.toUtf8() + ": " + whole + "}";
        }
        if (parts[i].name.isEmpty())
            return wrong(QStringLiteral("There is no %1 in the list.").arg(textOf(parts[i]).left(200)));
        splice = newMember(text, *at, parts[i].name, whole);
    }
    if (!splice || splice->begin < 0 || splice->end < splice->begin)
        return byHand(edit.path);
    QByteArray after = text;
    after.replace(splice->begin, splice->end - splice->begin, splice->bytes);
    return after;
}

} // namespace

api::Result<QByteArray> edited(const QByteArray& text, const api::FieldEdit& asked)
{
    api::FieldEdit edit = asked;
    if (edit.op != QLatin1String("set") && edit.op != QLatin1String("add") && edit.op != QLatin1String("remove"))
        return wrong(QStringLiteral("An edit is one of set, add and remove."));
    Problems problems;
    const auto before = parseConfig(QStringLiteral("text"), text, problems);
    if (!before)
        return wrong(QStringLiteral("The text is not valid: %1").arg(describe(problems.first())),
            QStringLiteral("Edit the text."));
    // an entry of a map is a member of its own
    if (const Value* target = edit.op == QLatin1String("add") ? find(before->root, edit.path) : nullptr;
        target && target->type == Value::Type::Map) {
        const auto members = parsed("{" + edit.value.trimmed().toUtf8() + "}");
        if (!members || members->children.size() != 1 || members->children.front().type == Value::Type::Null)
            return wrong(QStringLiteral("What is added to a map is one \"name: value\"."));
        const QString name = members->children.front().key;
        const qsizetype colon = edit.value.indexOf(u':');
        edit.op = QStringLiteral("set");
        edit.path += u'.' + name;
        edit.value = edit.value.mid(colon + 1).trimmed();
    }
    const auto parts = partsOf(edit.path);
    if (!parts)
        return wrong(QStringLiteral("\"%1\" is not the path of a field.").arg(edit.path.left(200)),
            QStringLiteral("Write it as aliases[fast].candidates[0].weight."));
    const QByteArray value = edit.value.trimmed().toUtf8();
    std::optional<Value> read;
    if (edit.op != QLatin1String("remove")) {
        read = value.contains('\n') || value.isEmpty() ? std::nullopt : parsed(value);
        if (!read || read->type == Value::Type::Null) // "# nothing" is a comment; what is to go is removed
            return wrong(QStringLiteral("The value of %1 is not one line of YAML.").arg(edit.path.left(200)),
                QStringLiteral("Write lists and maps as [a, b] and {a: 1}; text with special characters in quotes."));
    }
    Value expected = before->root;
    if (!apply(expected, *parts, edit, read ? &*read : nullptr))
        return wrong(QStringLiteral("There is no %1 to edit.").arg(edit.path.left(200)));
    api::Result<QByteArray> after = spliced(text, *parts, edit, value);
    if (!after)
        return after;
    const auto now = parseConfig(QStringLiteral("text"), *after, problems);
    if (!now || !same(now->root, expected))
        return byHand(edit.path);
    return after;
}

api::Result<QByteArray> edited(const QByteArray& text, const QVector<api::FieldEdit>& edits)
{
    QByteArray now = text;
    for (const api::FieldEdit& edit : edits) {
        api::Result<QByteArray> next = edited(now, edit);
        if (!next)
            return next;
        now = std::move(*next);
    }
    return now;
}

} // namespace gateway::config

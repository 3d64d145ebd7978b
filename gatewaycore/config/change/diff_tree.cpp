#include "config/change/diff_tree.h"

#include "api/money.h"
#include "config/scalars.h"

#include <algorithm>

namespace gateway::config {
namespace {

using Kind = TreeChange::Kind;

QString memberText(const Value& value, const char* name)
{
    const Value* member = value.member(QString::fromLatin1(name));
    return member ? shortText(*member) : QString();
}

// Lists whose entries are known by something else than a name; the others by `name`.
struct Identity
{
    const char* list; // the end of the pattern
    std::vector<const char*> members;
    bool isOrdered;
};

const std::vector<Identity>& identities()
{
    static const std::vector<Identity> all{
        {"candidates", {"provider", "model"}, false},
        {"fallback", {"kind", "provider", "model"}, true},
        {"budgets", {"scope", "period", "time_zone"}, false},
        {"quotas", {"scope"}, false},
        {"roles", {"principal"}, false},
        {"", {"name"}, false},
    };
    return all;
}

const Identity& identityOf(const QString& pattern)
{
    for (const Identity& identity : identities()) {
        if (pattern.endsWith(QLatin1String(identity.list)))
            return identity;
    }
    return identities().back();
}

QString nameOf(const Value& entry, const Identity& identity)
{
    QStringList parts;
    for (const char* member : identity.members) {
        const QString text = memberText(entry, member);
        if (!text.isEmpty())
            parts.append(text);
    }
    return parts.join(u'/');
}

bool isListOfMaps(const Value& value)
{
    return value.type == Value::Type::List &&
           std::all_of(value.children.begin(), value.children.end(),
               [](const Value& child) { return child.type == Value::Type::Map; }) &&
           !value.children.empty();
}

// How much of two entries is the same, in percent of the larger one's leaves.
int likeness(const Value& a, const Value& b)
{
    const auto leaves = [](const Value& value, const auto& self) -> int {
        if (value.children.empty())
            return 1;
        int sum = 0;
        for (const Value& child : value.children)
            sum += self(child, self);
        return sum;
    };
    const auto equal = [&](const Value& x, const Value& y, const auto& self) -> int {
        if (x.children.empty() && y.children.empty())
            return meansTheSame(x, y) ? 1 : 0;
        if (x.type != y.type)
            return 0;
        int sum = 0;
        for (std::size_t i = 0; i < x.children.size(); ++i) {
            const Value* other = x.type == Value::Type::Map ? y.member(x.children[i].key)
                                 : i < y.children.size()    ? &y.children[i]
                                                            : nullptr;
            sum += other ? self(x.children[i], *other, self) : 0;
        }
        return sum;
    };
    const int all = std::max(leaves(a, leaves), leaves(b, leaves));
    return all == 0 ? 0 : equal(a, b, equal) * 100 / all;
}

class Walk
{
public:
    std::vector<TreeChange> changes;

    void compare(
        const Value* before, const Value* after, const QString& pattern, const QString& path, const QString& pathBefore)
    {
        if (before && after && meansTheSame(*before, *after) && !isListOfMaps(*before))
            return;
        const Value& any = after ? *after : *before;
        if ((before && isListOfMaps(*before)) || (after && isListOfMaps(*after)))
            return lists(before, after, pattern, path, pathBefore);
        const bool bothMaps = (!before || before->type == Value::Type::Map || before->type == Value::Type::Null) &&
                              (!after || after->type == Value::Type::Map || after->type == Value::Type::Null) &&
                              any.type == Value::Type::Map;
        if (bothMaps)
            return maps(before, after, pattern, path, pathBefore);
        note(before && after ? Kind::Changed
             : after         ? Kind::Added
                             : Kind::Removed,
            before, after, pattern, after ? path : pathBefore);
    }

private:
    void note(Kind kind, const Value* before, const Value* after, const QString& pattern, const QString& path)
    {
        TreeChange change;
        change.kind = kind;
        change.pattern = pattern;
        change.path = path;
        change.names = m_names;
        change.namesBefore = m_namesBefore;
        change.before = before;
        change.after = after;
        changes.push_back(std::move(change));
    }

    static QString below(const QString& path, const QString& key) { return path.isEmpty() ? key : path + u'.' + key; }

    void maps(
        const Value* before, const Value* after, const QString& pattern, const QString& path, const QString& pathBefore)
    {
        QStringList keys;
        for (const Value* side : {after, before}) {
            for (std::size_t i = 0; side && i < side->children.size(); ++i) {
                if (!keys.contains(side->children[i].key))
                    keys.append(side->children[i].key);
            }
        }
        for (const QString& key : keys)
            compare(before ? before->member(key) : nullptr, after ? after->member(key) : nullptr, below(pattern, key),
                below(path, key), below(pathBefore, key));
    }

    struct Entry
    {
        QString name;
        const Value* value = nullptr;
        std::size_t index = 0;
        std::size_t other = std::size_t(-1); // its counterpart on the other side
    };

    static std::vector<Entry> entriesOf(const Value* list, const Identity& identity)
    {
        std::vector<Entry> entries;
        for (std::size_t i = 0; list && i < list->children.size(); ++i)
            entries.push_back({nameOf(list->children[i], identity), &list->children[i], i});
        return entries;
    }

    void lists(
        const Value* before, const Value* after, const QString& pattern, const QString& path, const QString& pathBefore)
    {
        const Identity& identity = identityOf(pattern);
        std::vector<Entry> olds = entriesOf(before, identity);
        std::vector<Entry> news = entriesOf(after, identity);
        const auto pair = [&](const auto& alike) {
            for (Entry& now : news) {
                for (Entry& was : olds) {
                    if (now.other == std::size_t(-1) && was.other == std::size_t(-1) && alike(was, now)) {
                        now.other = was.index;
                        was.other = now.index;
                    }
                }
            }
        };
        pair([](const Entry& was, const Entry& now) { return was.name == now.name; });
        // what is left over on both sides may be the same thing under another name
        constexpr int kAlike = 60;
        pair([](const Entry& was, const Entry& now) { return likeness(*was.value, *now.value) >= kAlike; });
        pair([&](const Entry& was, const Entry& now) {
            return pattern.endsWith(QLatin1String("candidates")) &&
                   memberText(*was.value, "provider") == memberText(*now.value, "provider");
        });

        const QString entryPattern = pattern + QStringLiteral("[]");
        const auto at = [](const QString& list, std::size_t index) { return list + QStringLiteral("[%1]").arg(index); };
        for (const Entry& was : olds) {
            if (was.other == std::size_t(-1)) {
                enter(was.name, was.name);
                note(Kind::Removed, was.value, nullptr, entryPattern, at(pathBefore, was.index));
                leave();
            }
        }
        for (const Entry& now : news) {
            if (now.other == std::size_t(-1)) {
                enter(now.name, now.name);
                note(Kind::Added, nullptr, now.value, entryPattern, at(path, now.index));
                leave();
                continue;
            }
            const Entry& was = olds[now.other];
            enter(now.name, was.name);
            if (was.name != now.name)
                note(Kind::Renamed, was.value, now.value, entryPattern, at(path, now.index));
            else if (identity.isOrdered && movedAmong(news, now, olds))
                note(Kind::Moved, was.value, now.value, entryPattern, at(path, now.index));
            for (const Value& member : now.value->children) {
                if (!isIdentity(identity, member.key))
                    compare(was.value->member(member.key), &member, below(entryPattern, member.key),
                        below(at(path, now.index), member.key), below(at(pathBefore, was.index), member.key));
            }
            for (const Value& member : was.value->children) {
                if (!now.value->member(member.key) && !isIdentity(identity, member.key))
                    compare(&member, nullptr, below(entryPattern, member.key), below(at(path, now.index), member.key),
                        below(at(pathBefore, was.index), member.key));
            }
            leave();
        }
    }

    // Another one that stood behind it stands before it now.
    static bool movedAmong(const std::vector<Entry>& news, const Entry& now, const std::vector<Entry>& olds)
    {
        (void)olds;
        return std::any_of(news.begin(), news.end(), [&](const Entry& other) {
            return other.other != std::size_t(-1) && other.index < now.index && other.other > now.other;
        });
    }

    static bool isIdentity(const Identity& identity, const QString& key)
    {
        return std::any_of(identity.members.begin(), identity.members.end(),
            [&](const char* member) { return key == QLatin1String(member); });
    }

    void enter(const QString& name, const QString& before)
    {
        m_names.append(name);
        m_namesBefore.append(before);
    }
    void leave()
    {
        m_names.removeLast();
        m_namesBefore.removeLast();
    }

    QStringList m_names;
    QStringList m_namesBefore;
};

} // namespace

QString shortText(const Value& value)
{
    QStringList parts;
    switch (value.type) {
    case Value::Type::Null:
        return {};
    case Value::Type::Text:
        return value.text;
    case Value::Type::List:
        for (const Value& child : value.children)
            parts.append(shortText(child));
        return u'[' + parts.join(QStringLiteral(", ")) + u']';
    case Value::Type::Map:
        for (const Value& child : value.children)
            parts.append(child.key + QStringLiteral(": ") + shortText(child));
        return u'{' + parts.join(QStringLiteral(", ")) + u'}';
    }
    return {};
}

bool meansTheSame(const Value& a, const Value& b)
{
    if (a.type != b.type)
        return false;
    if (a.type == Value::Type::Text) {
        if (a.text == b.text)
            return true;
        const auto long1 = durationFromText(a.text);
        const auto long2 = durationFromText(b.text);
        if (long1 && long2)
            return *long1 == *long2;
        const auto money1 = api::Money::fromDecimal(a.text);
        const auto money2 = api::Money::fromDecimal(b.text);
        return money1 && money2 && a.text.contains(u'.') + b.text.contains(u'.') > 0 && *money1 == *money2;
    }
    if (a.children.size() != b.children.size())
        return false;
    if (a.type == Value::Type::Map)
        return std::all_of(a.children.begin(), a.children.end(), [&](const Value& child) {
            const Value* other = b.member(child.key);
            return other && meansTheSame(child, *other);
        });
    // the order of words in a list says nothing
    const bool words = std::all_of(
        a.children.begin(), a.children.end(), [](const Value& child) { return child.type == Value::Type::Text; });
    if (words) {
        QStringList left;
        QStringList right;
        for (const Value& child : a.children)
            left.append(child.text);
        for (const Value& child : b.children)
            right.append(shortText(child));
        left.sort();
        right.sort();
        return left == right;
    }
    return std::equal(a.children.begin(), a.children.end(), b.children.begin(), meansTheSame);
}

std::vector<TreeChange> treeChanges(const Value& before, const Value& after)
{
    Walk walk;
    walk.compare(&before, &after, {}, {}, {});
    return std::move(walk.changes);
}

} // namespace gateway::config

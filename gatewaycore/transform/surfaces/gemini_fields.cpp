#include "transform/surfaces/gemini_fields.h"

#include "transform/json_string.h"

#include <QSet>

namespace gateway::transform::gemini {

QByteArray camelCase(QByteArrayView rawKey)
{
    const QByteArray key = rawKey.contains('\\') ? unescapeJson(rawKey) : rawKey.toByteArray();
    QByteArray out;
    out.reserve(key.size());
    bool upper = false;
    for (const char c : key) {
        if (c == '_' && !out.isEmpty()) {
            upper = true;
            continue;
        }
        out += upper && c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
        upper = false;
    }
    return out;
}

JsonView field(JsonView object, QByteArrayView name)
{
    JsonView found;
    object.eachMember([&](QByteArrayView key, JsonView value) {
        const bool plain = !key.contains('_') && !key.contains('\\');
        const bool same = plain ? key == name : camelCase(key) == name;
        if (same)
            found = value;
        return !same;
    });
    return found;
}

bool hasFieldTwice(JsonView object)
{
    QSet<QByteArray> fields;
    bool twice = false;
    object.eachMember([&](QByteArrayView key, JsonView) {
        const qsizetype before = fields.size();
        fields.insert(camelCase(key));
        twice = fields.size() == before;
        return !twice;
    });
    return twice;
}

std::optional<qint64> wholeNumber(JsonView value)
{
    if (const auto number = value.integer())
        return number;
    const std::optional<QByteArray> text = value.text();
    bool ok = false;
    const qint64 number = text ? text->toLongLong(&ok) : 0;
    return ok ? std::optional(number) : std::nullopt;
}

} // namespace gateway::transform::gemini

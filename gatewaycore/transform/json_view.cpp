#include "transform/json_view.h"

#include "base/json_writer.h"

#include "transform/json_checker.h"

#include <charconv>

namespace gateway::transform {
namespace {

// All of these walk checked text only, so they need no error paths.

const char* skipSpace(const char* at)
{
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
        ++at;
    return at;
}

const char* stringEnd(const char* at) // at the opening quote
{
    for (++at; *at != '"'; ++at) {
        if (*at == '\\')
            ++at;
    }
    return at + 1;
}

const char* valueEnd(const char* at, const char* end)
{
    if (*at == '"')
        return stringEnd(at);
    if (*at == '{' || *at == '[') {
        int depth = 0;
        while (true) {
            const char c = *at;
            if (c == '"') {
                at = stringEnd(at);
                continue;
            }
            ++at;
            if (c == '{' || c == '[')
                ++depth;
            else if ((c == '}' || c == ']') && --depth == 0)
                return at;
        }
    }
    while (
        at < end && *at != ',' && *at != '}' && *at != ']' && *at != ' ' && *at != '\n' && *at != '\r' && *at != '\t')
        ++at;
    return at;
}

} // namespace

JsonText JsonText::parse(QByteArrayView bytes, int maxDepth)
{
    JsonChecker checker(bytes, maxDepth);
    if (!checker.check())
        return {{}, checker.error()};
    return {JsonView(checker.value()), std::nullopt};
}

JsonType JsonView::type() const
{
    if (m_raw.isEmpty())
        return JsonType::Missing;
    switch (m_raw.front()) {
    case '{':
        return JsonType::Object;
    case '[':
        return JsonType::Array;
    case '"':
        return JsonType::String;
    case 't':
    case 'f':
        return JsonType::Bool;
    case 'n':
        return JsonType::Null;
    default:
        return JsonType::Number;
    }
}

void JsonView::eachMember(const std::function<bool(QByteArrayView, JsonView)>& member) const
{
    if (type() != JsonType::Object)
        return;
    const char* const end = m_raw.data() + m_raw.size();
    const char* at = skipSpace(m_raw.data() + 1);
    while (*at == '"') {
        const char* const keyEnd = stringEnd(at);
        const QByteArrayView key(at + 1, keyEnd - at - 2);
        at = skipSpace(skipSpace(keyEnd) + 1);
        const char* const stop = valueEnd(at, end);
        if (!member(key, JsonView({at, stop - at})))
            return;
        at = skipSpace(stop);
        if (*at == ',')
            at = skipSpace(at + 1);
    }
}

void JsonView::eachElement(const std::function<bool(JsonView)>& element) const
{
    if (type() != JsonType::Array)
        return;
    const char* const end = m_raw.data() + m_raw.size();
    const char* at = skipSpace(m_raw.data() + 1);
    while (*at != ']') {
        const char* const stop = valueEnd(at, end);
        if (!element(JsonView({at, stop - at})))
            return;
        at = skipSpace(stop);
        if (*at == ',')
            at = skipSpace(at + 1);
    }
}

JsonView JsonView::member(QByteArrayView key) const
{
    JsonView found;
    eachMember([&](QByteArrayView rawKey, JsonView value) {
        const bool same = rawKey.contains('\\') ? unescapeJson(rawKey) == key : rawKey == key;
        if (same)
            found = value;
        return !same;
    });
    return found;
}

JsonView JsonView::at(int index) const
{
    JsonView found;
    eachElement([&](JsonView element) {
        if (index-- > 0)
            return true;
        found = element;
        return false;
    });
    return found;
}

std::optional<QByteArray> JsonView::text() const
{
    if (type() != JsonType::String)
        return std::nullopt;
    const QByteArrayView inside = m_raw.sliced(1, m_raw.size() - 2);
    return inside.contains('\\') ? unescapeJson(inside) : inside.toByteArray();
}

std::optional<qint64> JsonView::integer() const
{
    if (type() != JsonType::Number)
        return std::nullopt;
    qint64 value = 0;
    const char* const end = m_raw.data() + m_raw.size();
    const auto [stop, error] = std::from_chars(m_raw.data(), end, value);
    if (error != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

std::optional<bool> JsonView::boolean() const
{
    if (type() != JsonType::Bool)
        return std::nullopt;
    return m_raw.front() == 't';
}

QByteArray jsonString(QByteArrayView utf8)
{
    QByteArray out;
    out.reserve(utf8.size() + 2);
    appendJsonString(out, utf8);
    return out;
}

} // namespace gateway::transform

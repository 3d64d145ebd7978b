#include "transform/event_shape.h"

#include "transform/json_string.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace gateway::transform {
namespace {

constexpr qsizetype kLargest = 16 * 1024; // an event that is longer is no word
constexpr qsizetype kMostDigits = 15;

// Words are short and mostly ASCII: looked at here before anybody is called.
bool isUtf8(const char* at, const char* end)
{
    char all = 0;
    for (const char* one = at; one != end && one - at < 64; ++one)
        all |= *one;
    return (end - at <= 64 && !(all & 0x80)) || simdjson::validate_utf8(at, std::size_t(end - at));
}

} // namespace

void EventShape::add(Kind kind, QByteArrayView data, JsonView value)
{
    if (value.isMissing())
        return;
    const QByteArrayView raw = value.raw();
    const bool isString = value.type() == JsonType::String;
    const qsizetype from = raw.data() - data.data() + isString;
    m_holes.append({kind, from, from + raw.size() - 2 * isString});
}

void EventShape::learn(QByteArrayView data, JsonView text, JsonView number, JsonView noise)
{
    m_holes.clear();
    if (data.size() > kLargest || text.type() != JsonType::String)
        return;
    m_learned.resize(0);
    m_learned.append(data.data(), data.size());
    add(Kind::Text, data, text);
    if (number.type() == JsonType::Number)
        add(Kind::Number, data, number);
    if (noise.type() == JsonType::String)
        add(Kind::Noise, data, noise);
    std::sort(m_holes.begin(), m_holes.end(), [](const Hole& a, const Hole& b) { return a.from < b.from; });
}

bool EventShape::matches(QByteArrayView data)
{
    if (m_holes.isEmpty())
        return false;
    const char* at = data.data();
    const char* const end = at + data.size();
    const char* learned = m_learned.constData();
    const auto takeSame = [&](const char* upTo) {
        const auto length = std::size_t(upTo - learned);
        if (std::size_t(end - at) < length || std::memcmp(at, learned, length) != 0)
            return false;
        at += length;
        return true;
    };
    for (Hole& hole : m_holes) {
        if (!takeSame(m_learned.constData() + hole.from))
            return false;
        learned = m_learned.constData() + hole.to;
        const char* const start = at;
        if (hole.kind == Kind::Number) {
            const auto [stop, error] = std::from_chars(at, std::min(end, at + kMostDigits), m_number);
            // as JSON writes a number: no zero in front, and what follows is what followed in the learned event
            if (error != std::errc() || *at == '-' || (*at == '0' && stop != at + 1))
                return false;
            at = stop;
        } else {
            const JsonString string = readJsonString(at, end);
            at = string.stop;
            if (string.error || !isUtf8(start, at))
                return false;
            if (hole.kind == Kind::Text) {
                if (at == start)
                    return false;
                m_text = {start, at - start};
                m_escaped = string.escaped;
            }
        }
        hole.shift = (at - data.data()) - hole.to;
    }
    return takeSame(m_learned.constData() + m_learned.size()) && at == end;
}

QByteArray EventShape::text() const
{
    return m_escaped ? unescapeJson(m_text) : m_text.toByteArray();
}

qsizetype EventShape::placeNow(qsizetype place) const
{
    qsizetype shift = 0;
    for (const Hole& hole : m_holes) {
        if (hole.to <= place)
            shift = hole.shift;
    }
    return place + shift;
}

} // namespace gateway::transform

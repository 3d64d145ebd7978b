#include "transform/json_view.h"

#include "base/json_writer.h"
#include "transform/json_string.h"

#include <charconv>
#include <cstring>

namespace gateway::transform {

JsonText JsonText::parse(QByteArrayView bytes, int maxDepth)
{
    JsonText text;
    JsonError error;
    if (text.m_index.build(bytes, maxDepth, error))
        text.root = JsonView(bytes.data(), text.m_index.root());
    else
        text.error = error;
    return text;
}

JsonView JsonView::member(QByteArrayView key) const
{
    if (type() != JsonType::Object)
        return {};
    const JsonNode* const end = m_node + m_node->span;
    const auto size = quint32(key.size());
    const char first = key.isEmpty() ? '\0' : key.front();
    for (const JsonNode* node = m_node + 1; node != end; node += node->span) {
        const char* const own = m_text + node->keyAt;
        if (node->keyLength == size ? size == 0 || (*own == first && std::memcmp(own, key.data(), size) == 0)
                                    : node->isKeyEscaped() && unescapeJson({own, node->keySize()}) == key)
            return JsonView(m_text, node);
    }
    return {};
}

bool JsonView::hasEscapedKeys() const
{
    if (type() != JsonType::Object)
        return false;
    const JsonNode* const end = m_node + m_node->span;
    for (const JsonNode* node = m_node + 1; node != end; node += node->span) {
        if (node->isKeyEscaped())
            return true;
    }
    return false;
}

JsonView JsonView::at(int index) const
{
    if (type() != JsonType::Array)
        return {};
    const JsonNode* const end = m_node + m_node->span;
    const JsonNode* node = m_node + 1;
    for (; node != end && index > 0; --index)
        node += node->span;
    return node == end ? JsonView() : JsonView(m_text, node);
}

std::optional<QByteArray> JsonView::text() const
{
    if (type() != JsonType::String)
        return std::nullopt;
    const QByteArrayView inside(m_text + m_node->at + 1, m_node->size() - 2);
    return m_node->isEscaped() ? unescapeJson(inside) : inside.toByteArray();
}

QByteArrayView JsonView::textIn(QByteArray& unescaped) const
{
    if (type() != JsonType::String)
        return {};
    const QByteArrayView inside(m_text + m_node->at + 1, m_node->size() - 2);
    if (!m_node->isEscaped())
        return inside;
    unescaped = unescapeJson(inside);
    return unescaped;
}

bool JsonView::isText(QByteArrayView utf8) const
{
    if (type() != JsonType::String)
        return false;
    if (m_node->isEscaped())
        return text() == utf8;
    return m_node->size() - 2 == utf8.size() &&
           std::memcmp(m_text + m_node->at + 1, utf8.data(), std::size_t(utf8.size())) == 0;
}

std::optional<qint64> JsonView::integer() const
{
    if (type() != JsonType::Number)
        return std::nullopt;
    qint64 value = 0;
    const char* const at = m_text + m_node->at;
    const char* const end = at + m_node->size();
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

std::optional<bool> JsonView::boolean() const
{
    if (type() != JsonType::Bool)
        return std::nullopt;
    return m_text[m_node->at] == 't';
}

QByteArray jsonString(QByteArrayView utf8)
{
    QByteArray out;
    out.reserve(utf8.size() + 2);
    appendJsonString(out, utf8);
    return out;
}

} // namespace gateway::transform

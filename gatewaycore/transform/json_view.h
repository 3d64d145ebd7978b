// Reading JSON without rewriting it. JsonText::parse checks a whole document strictly (RFC 8259 and then some:
// duplicate keys in any spelling, depth over 64, lone surrogates, invalid UTF-8, a BOM, trailing bytes and numbers out
// of a double's range are refused) and notes where every value stands (JsonIndex), so that JsonView finds members and
// elements without reading the bytes again. What nobody translates stays the sender's bytes: key order, wide numbers,
// spacing (QJsonObject would lose all three).
// Any thread. A view borrows the bytes and its JsonText: it must outlive neither. There is no view on unchecked bytes.
#pragma once

#include "transform/json_index.h"

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <optional>

namespace gateway::transform {

enum class JsonType : quint8
{
    Object,
    Array,
    String,
    Number,
    Bool,
    Null,
    Missing
};

namespace detail {
constexpr std::array<JsonType, 256> jsonTypes()
{
    std::array<JsonType, 256> types{};
    types.fill(JsonType::Number);
    types['{'] = JsonType::Object;
    types['['] = JsonType::Array;
    types['"'] = JsonType::String;
    types['t'] = types['f'] = JsonType::Bool;
    types['n'] = JsonType::Null;
    return types;
}
inline constexpr std::array<JsonType, 256> kJsonTypes = jsonTypes();
} // namespace detail

class JsonView
{
public:
    JsonView() = default;

    JsonType type() const { return m_node ? detail::kJsonTypes[quint8(m_text[m_node->at])] : JsonType::Missing; }
    bool isMissing() const { return !m_node; }
    bool isNull() const { return type() == JsonType::Null; }
    // exactly the value's bytes, no space around it
    QByteArrayView raw() const
    {
        return m_node ? QByteArrayView(m_text + m_node->at, m_node->size()) : QByteArrayView();
    }

    // of a member: its key between the quotes, with its escapes
    QByteArrayView rawKey() const
    {
        return m_node ? QByteArrayView(m_text + m_node->keyAt, m_node->keySize()) : QByteArrayView();
    }

    JsonView member(QByteArrayView key) const;          // of an object; Missing otherwise
    JsonView at(int index) const;                       // of an array
    std::optional<QByteArray> text() const;             // a string, unescaped, UTF-8
    QByteArrayView textIn(QByteArray& unescaped) const; // the same, copied only if it has escapes; none: empty
    bool isText(QByteArrayView utf8) const;             // a string that says this
    bool isEmptyText() const { return type() == JsonType::String && m_node->size() == 2; }
    bool isEmpty() const { return m_node && m_node->span == 1; } // an object or array with nothing inside
    std::optional<qint64> integer() const;                       // a number written as an integer that fits
    std::optional<bool> boolean() const;

    // function(JsonView) and function(QByteArrayView rawKey, JsonView); false from the function stops
    template <typename Function>
    void eachElement(Function&& function) const
    {
        if (type() != JsonType::Array)
            return;
        const JsonNode* const end = m_node + m_node->span;
        for (const JsonNode* node = m_node + 1; node != end; node += node->span) {
            if (!function(JsonView(m_text, node)))
                return;
        }
    }
    template <typename Function>
    void eachMember(Function&& function) const
    {
        if (type() != JsonType::Object)
            return;
        const JsonNode* const end = m_node + m_node->span;
        for (const JsonNode* node = m_node + 1; node != end; node += node->span) {
            if (!function(QByteArrayView(m_text + node->keyAt, node->keySize()), JsonView(m_text, node)))
                return;
        }
    }
    bool hasEscapedKeys() const; // of an object, not of those inside it

private:
    friend struct JsonText;
    JsonView(const char* text, const JsonNode* node) : m_text(text), m_node(node) {}

    const char* m_text = nullptr; // the document's
    const JsonNode* m_node = nullptr;
};

// The document's one value, or why it is refused. Moving it leaves its views as they are.
struct JsonText
{
    JsonView root;
    std::optional<JsonError> error;

    static JsonText parse(QByteArrayView bytes, int maxDepth = 64);

private:
    JsonIndex m_index;
};

// "text" with quotes, escaped so that it may stand in any JSON.
QByteArray jsonString(QByteArrayView utf8);

} // namespace gateway::transform

// Reading JSON without rewriting it. JsonText::parse checks a whole document strictly (RFC 8259 and then some:
// duplicate keys in any spelling, depth over 64, lone surrogates, invalid UTF-8, a BOM, trailing bytes and numbers out
// of a double's range are refused) and gives JsonView, a window on the checked bytes that finds members and elements.
// What nobody translates stays the sender's bytes: key order, wide numbers, spacing (QJsonObject would lose all three).
// Any thread. A view borrows its bytes: it must not outlive them.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <functional>
#include <optional>

namespace gateway::transform {

enum class JsonType
{
    Object,
    Array,
    String,
    Number,
    Bool,
    Null,
    Missing
};

class JsonView
{
public:
    JsonView() = default;
    explicit JsonView(QByteArrayView raw) : m_raw(raw) {}

    JsonType type() const;
    bool isMissing() const { return m_raw.isEmpty(); }
    bool isNull() const { return type() == JsonType::Null; }
    QByteArrayView raw() const { return m_raw; }

    JsonView member(QByteArrayView key) const; // of an object; Missing otherwise
    JsonView at(int index) const;              // of an array
    std::optional<QByteArray> text() const;    // a string, unescaped, UTF-8
    bool isEmptyText() const { return m_raw == QByteArrayView("\"\""); }
    std::optional<qint64> integer() const; // a number written as an integer that fits
    std::optional<bool> boolean() const;
    // false from the function stops
    void eachElement(const std::function<bool(JsonView)>& element) const;
    void eachMember(const std::function<bool(QByteArrayView rawKey, JsonView value)>& member) const;

private:
    QByteArrayView m_raw; // exactly the value, no space around it
};

struct JsonError
{
    const char* reason = "";
    qsizetype offset = 0;
};

// The document's one value, or why it is refused.
struct JsonText
{
    JsonView root;
    std::optional<JsonError> error;

    static JsonText parse(QByteArrayView bytes, int maxDepth = 64);
};

// "text" with quotes, escaped so that it may stand in any JSON.
QByteArray jsonString(QByteArrayView utf8);

} // namespace gateway::transform

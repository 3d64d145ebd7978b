// Heads of HTTP/1.1 messages as parsed: the start line's parts and the fields in order, as views into one buffer that
// the head owns. Names are compared without case; repeated fields stay apart. Any thread; movable, not copyable (the
// views).
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QVarLengthArray>

#include <array>
#include <optional>
#include <string_view>

namespace gateway::http {

struct FieldView
{
    QByteArrayView name;
    QByteArrayView value;
};

namespace detail {

using ByteTable = std::array<bool, 256>;

constexpr ByteTable lettersDigitsAnd(std::string_view others)
{
    ByteTable table{};
    for (std::size_t c = '0'; c <= '9'; ++c)
        table[c] = true;
    for (std::size_t c = 'a'; c <= 'z'; ++c)
        table[c] = table[c - 'a' + 'A'] = true;
    for (const char c : others)
        table[static_cast<unsigned char>(c)] = true;
    return table;
}
inline constexpr ByteTable kToken = lettersDigitsAnd("!#$%&'*+-.^_`|~");

constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c;
}

} // namespace detail

// The lengths tell most names apart.
constexpr bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size())
        return false;
    const char* const left = a.data();
    const char* const right = b.data();
    for (qsizetype i = 0; i < a.size(); ++i) {
        if (left[i] != right[i] && detail::lower(left[i]) != detail::lower(right[i]))
            return false;
    }
    return true;
}
constexpr bool isTokenChar(unsigned char c)
{
    return detail::kToken[c];
}
constexpr bool isToken(QByteArrayView text)
{
    const char* const data = text.data();
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!isTokenChar(static_cast<unsigned char>(data[i])))
            return false;
    }
    return text.size() > 0;
}
// May stand in a field value that we send: visible ASCII, space, tab and obs-text; no CR, LF, NUL or other control.
bool isFieldValue(QByteArrayView text);

enum class BodyFraming
{
    None,
    Length,
    Chunked,
    UntilClose
};

struct MessageHead
{
    QByteArray bytes; // the head as received, start line to the empty line
    QByteArrayView startLine;
    QVarLengthArray<FieldView, 32> fields;
    int minorVersion = 1;
    bool keepAlive = true;
    BodyFraming framing = BodyFraming::None;
    qint64 contentLength = 0;

    MessageHead() = default;
    MessageHead(MessageHead&&) = default;
    MessageHead& operator=(MessageHead&&) = default;
    MessageHead(const MessageHead&) = delete;
    MessageHead& operator=(const MessageHead&) = delete;

    // Takes the bytes, which start line and fields are views into: from now on into the head's own copy.
    void keep(QByteArrayView whole);
    QByteArrayView value(QByteArrayView name) const; // of the first such field; empty if there is none
    bool has(QByteArrayView name) const;
    int count(QByteArrayView name) const;
};

struct RequestHead : MessageHead
{
    QByteArrayView method;
    QByteArrayView target;
    bool expectContinue = false;

    QByteArrayView path() const;  // target without its query
    QByteArrayView query() const; // after '?', may be empty
};

struct ResponseHead : MessageHead
{
    int status = 0;
};

// Why a message is not accepted: the status a server answers, and a plain reason without the peer's bytes in it.
struct ParseError
{
    int status = 400;
    const char* reason = "";
};

// A field to be sent. Serialising checks every name and value; a bad one is left out and counted as a defect.
struct Field
{
    QByteArray name;
    QByteArray value;
};
using Fields = QVarLengthArray<Field, 16>;

// Whether a field says where a message ends or what becomes of its connection. Only this room writes those.
constexpr bool isFramingField(QByteArrayView name)
{
    switch (name.size()) {
    case 2:
        return equalsIgnoringCase(name, "te");
    case 7:
        return equalsIgnoringCase(name, "upgrade") || equalsIgnoringCase(name, "trailer");
    case 10:
        return equalsIgnoringCase(name, "connection") || equalsIgnoringCase(name, "keep-alive");
    case 14:
        return equalsIgnoringCase(name, "content-length");
    case 16:
        return equalsIgnoringCase(name, "proxy-connection");
    case 17:
        return equalsIgnoringCase(name, "transfer-encoding");
    default:
        return false;
    }
}

const char* reasonPhrase(int status);

} // namespace gateway::http

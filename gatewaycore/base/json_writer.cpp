#include "base/json_writer.h"

#include "base/ascii.h"
#include "base/json_plain.h"

#include <QString>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace gateway {
namespace {

class Digits
{
public:
    explicit Digits(qint64 value) : m_end(std::to_chars(m_text.data(), m_text.data() + m_text.size(), value).ptr) {}
    qsizetype size() const { return m_end - m_text.data(); }
    char* copyTo(char* to) const { return std::copy(m_text.data(), static_cast<const char*>(m_end), to); }

private:
    std::array<char, 20> m_text; // 64 bits with their sign
    char* const m_end;
};

void appendEscaped(QByteArray& out, unsigned char byte)
{
    constexpr char hex[] = "0123456789abcdef";
    if (byte >= 0x20) {
        out.append('\\');
        out.append(char(byte));
    } else {
        const char text[] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
        out.append(text, sizeof text);
    }
}

} // namespace

void appendJsonString(QByteArray& out, QByteArrayView utf8)
{
    const char* at = utf8.begin();
    const char* const end = utf8.end();
    const char* stop = plainEnd(at, end);
    if (stop == end) { // nearly always: one piece
        const qsizetype before = out.size();
        out.resize(before + utf8.size() + 2);
        char* to = out.data() + before;
        *to = '"';
        *std::copy(at, end, to + 1) = '"';
        return;
    }
    out.append('"');
    while (true) { // plain stretches are copied whole
        out.append(at, stop - at);
        if (stop == end)
            break;
        appendEscaped(out, static_cast<unsigned char>(*stop));
        at = stop + 1;
        stop = plainEnd(at, end);
    }
    out.append('"');
}

void appendJsonString(QByteArray& out, QStringView text)
{
    const qsizetype before = out.size();
    out.resize(before + text.size() + 2);
    char* const begun = out.data() + before;
    char* const end = begun + 1 + text.size();
    if (copyAscii(text, begun + 1) && plainEnd(begun + 1, end) == end) {
        *begun = *end = '"';
        return;
    }
    out.truncate(before);
    appendJsonString(out, QByteArrayView(text.toUtf8()));
}

void appendNumber(QByteArray& out, qint64 value)
{
    const Digits digits(value);
    const qsizetype before = out.size();
    out.resize(before + digits.size());
    digits.copyTo(out.data() + before);
}

// Room for so many bytes at the end: one call into QByteArray instead of one for each character.
char* JsonWriter::grow(qsizetype size)
{
    const qsizetype before = m_out.size();
    m_out.resize(before + size);
    return m_out.data() + before;
}

void JsonWriter::separate()
{
    if (!m_first)
        *grow(1) = ',';
    m_first = false;
}

JsonWriter& JsonWriter::open(char bracket)
{
    char* to = grow(m_first ? 1 : 2);
    if (!m_first)
        *to++ = ',';
    *to = bracket;
    m_first = true;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket)
{
    *grow(1) = bracket;
    m_first = false;
    return *this;
}

// A key and room for so many bytes behind it: a member is one call into QByteArray.
char* JsonWriter::growWithKey(QByteArrayView name, qsizetype size)
{
    char* to = grow(name.size() + (m_first ? 3 : 4) + size);
    if (!m_first)
        *to++ = ',';
    *to++ = '"';
    std::memcpy(to, name.data(), std::size_t(name.size()));
    to += name.size();
    *to++ = '"';
    *to++ = ':';
    return to;
}

JsonWriter& JsonWriter::key(QByteArrayView name)
{
    growWithKey(name, 0);
    m_first = true;
    return *this;
}

JsonWriter& JsonWriter::memberUtf8(QByteArrayView name, QByteArrayView utf8)
{
    if (plainEnd(utf8.begin(), utf8.end()) != utf8.end())
        return key(name).text(utf8);
    char* to = growWithKey(name, utf8.size() + 2);
    *to = '"';
    *std::copy(utf8.begin(), utf8.end(), to + 1) = '"';
    m_first = false;
    return *this;
}

JsonWriter& JsonWriter::member(QByteArrayView name, QStringView text)
{
    char* const to = growWithKey(name, text.size() + 2);
    char* const end = to + 1 + text.size();
    if (copyAscii(text, to + 1) && plainEnd(to + 1, end) == end) {
        *to = *end = '"';
    } else {
        m_out.truncate(to - m_out.constData());
        appendJsonString(m_out, QByteArrayView(text.toUtf8()));
    }
    m_first = false;
    return *this;
}

JsonWriter& JsonWriter::member(QByteArrayView name, qint64 value)
{
    const Digits digits(value);
    digits.copyTo(growWithKey(name, digits.size()));
    m_first = false;
    return *this;
}

JsonWriter& JsonWriter::memberPlain(QByteArrayView name, QByteArrayView words, qint64 number)
{
    const Digits digits(number);
    char* to = growWithKey(name, words.size() + digits.size() + 2);
    *to++ = '"';
    to = digits.copyTo(std::copy(words.begin(), words.end(), to));
    *to = '"';
    m_first = false;
    return *this;
}

JsonWriter& JsonWriter::text(QByteArrayView utf8)
{
    separate();
    appendJsonString(m_out, utf8);
    return *this;
}

JsonWriter& JsonWriter::string(QStringView utf16)
{
    separate();
    appendJsonString(m_out, utf16);
    return *this;
}

JsonWriter& JsonWriter::number(qint64 value)
{
    separate();
    appendNumber(m_out, value);
    return *this;
}

JsonWriter& JsonWriter::boolean(bool value)
{
    separate();
    m_out += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null()
{
    separate();
    m_out += "null";
    return *this;
}

JsonWriter& JsonWriter::raw(QByteArrayView json)
{
    separate();
    m_out.append(json.data(), json.size());
    return *this;
}

JsonWriter& JsonWriter::memberIf(QByteArrayView name, QByteArrayView utf8)
{
    return utf8.isEmpty() ? *this : member(name, utf8);
}

JsonWriter& JsonWriter::memberRawIf(QByteArrayView name, QByteArrayView json)
{
    return json.isEmpty() ? *this : memberRaw(name, json);
}

} // namespace gateway

#include "base/json_writer.h"

#include <QString>

#include <algorithm>
#include <array>
#include <charconv>

namespace gateway {
namespace {

bool isPlain(char32_t unit)
{
    return unit >= 0x20 && unit != U'"' && unit != U'\\';
}

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
    out.append('"');
    const char* at = utf8.begin();
    const char* const end = utf8.end();
    while (at != end) { // plain stretches are copied whole
        const char* stop = std::find_if_not(at, end, [](char c) { return isPlain(static_cast<unsigned char>(c)); });
        out.append(at, stop - at);
        if (stop == end)
            break;
        appendEscaped(out, static_cast<unsigned char>(*stop));
        at = stop + 1;
    }
    out.append('"');
}

void appendJsonString(QByteArray& out, QStringView text)
{
    const bool ascii = std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x80; });
    if (!ascii) {
        appendJsonString(out, QByteArrayView(text.toUtf8()));
        return;
    }
    const qsizetype before = out.size();
    out.resize(before + text.size() + 2);
    char* to = out.data() + before;
    *to++ = '"';
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t unit = text[i].unicode();
        if (!isPlain(unit)) { // rare: the rest goes the slow way
            out.truncate(before);
            appendJsonString(out, QByteArrayView(text.toLatin1()));
            return;
        }
        *to++ = char(unit);
    }
    *to = '"';
}

void appendNumber(QByteArray& out, qint64 value)
{
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end - digits.data());
}

void JsonWriter::separate()
{
    if (!m_first)
        m_out += ',';
    m_first = false;
}

JsonWriter& JsonWriter::open(char bracket)
{
    separate();
    m_out += bracket;
    m_first = true;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket)
{
    m_out += bracket;
    m_first = false;
    return *this;
}

JsonWriter& JsonWriter::key(QByteArrayView name)
{
    separate();
    m_out += '"';
    m_out.append(name.data(), name.size());
    m_out += "\":";
    m_first = true;
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

#include "transform/json_string.h"

#include <cstring>

namespace gateway::transform {
namespace {

int hexValue(const char* at)
{
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = at[i];
        const int digit = c >= '0' && c <= '9'                     ? c - '0'
                          : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                                   : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

bool isHigh(int unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}
bool isLow(int unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

// At a backslash: the escape's length, or 0 and why it is none. Of a surrogate pair the second half must follow.
int escapeLength(const char* at, const char* end, bool& lowMustFollow, const char*& error)
{
    if (end - at < 2) {
        error = "a string is not closed";
        return 0;
    }
    const char kind = at[1];
    if (kind == 'u') {
        const int unit = end - at >= 6 ? hexValue(at + 2) : -1;
        if (unit < 0)
            error = "an escape that is not \\uXXXX";
        else if (lowMustFollow != isLow(unit))
            error = "half of a surrogate pair";
        lowMustFollow = isHigh(unit);
        return error ? 0 : 6;
    }
    if (lowMustFollow)
        error = "half of a surrogate pair";
    else if (!std::strchr("\"\\/bfnrt", kind) || kind == '\0')
        error = "an escape that JSON does not have";
    return error ? 0 : 2;
}

void appendUtf8(QByteArray& out, char32_t c)
{
    if (c < 0x80) {
        out.append(char(c));
    } else if (c < 0x800) {
        out.append(char(0xc0 | (c >> 6)));
        out.append(char(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        out.append(char(0xe0 | (c >> 12)));
        out.append(char(0x80 | ((c >> 6) & 0x3f)));
        out.append(char(0x80 | (c & 0x3f)));
    } else {
        out.append(char(0xf0 | (c >> 18)));
        out.append(char(0x80 | ((c >> 12) & 0x3f)));
        out.append(char(0x80 | ((c >> 6) & 0x3f)));
        out.append(char(0x80 | (c & 0x3f)));
    }
}

} // namespace

JsonString readJsonString(const char* at, const char* end)
{
    JsonString read;
    bool lowMustFollow = false;
    while (true) {
        if (!lowMustFollow)
            at = plainEnd(at, end);
        read.stop = at;
        if (at == end) {
            read.error = "a string is not closed";
        } else if (*at == '\\') {
            read.escaped = true;
            at += escapeLength(at, end, lowMustFollow, read.error);
        } else if (lowMustFollow) {
            read.error = "half of a surrogate pair";
        } else if (*at == '"') {
            return read;
        } else {
            read.error = "a control character in a string";
        }
        if (read.error)
            return read;
    }
}

QByteArray unescapeJson(QByteArrayView inside)
{
    QByteArray out;
    out.reserve(inside.size());
    const char* at = inside.data();
    const char* const end = at + inside.size();
    while (at < end) {
        const void* const backslash = std::memchr(at, '\\', std::size_t(end - at));
        const char* const stop = backslash ? static_cast<const char*>(backslash) : end;
        out.append(at, stop - at);
        if (stop == end)
            break;
        const char kind = stop[1];
        at = stop + 2;
        switch (kind) {
        case 'b':
            out.append('\b');
            break;
        case 'f':
            out.append('\f');
            break;
        case 'n':
            out.append('\n');
            break;
        case 'r':
            out.append('\r');
            break;
        case 't':
            out.append('\t');
            break;
        case 'u': {
            char32_t c = char32_t(hexValue(at));
            at += 4;
            if (isHigh(int(c)) && end - at >= 6) {
                c = 0x10000 + ((c - 0xd800) << 10) + char32_t(hexValue(at + 2) - 0xdc00);
                at += 6;
            }
            appendUtf8(out, c);
            break;
        }
        default:
            out.append(kind);
        }
    }
    return out;
}

} // namespace gateway::transform

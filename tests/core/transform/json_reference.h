// A second reader of JSON, to compare the engine's with: the one it had before it noted places (JsonIndex). It reads
// the bytes again for every question, a byte at a time; nothing but tests uses it.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <deque>
#include <functional>
#include <vector>

namespace reference {

inline int hexValue(const char* at)
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

inline bool isHigh(int unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}
inline bool isLow(int unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

inline void appendUtf8(QByteArray& out, char32_t c)
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

inline QByteArray unescapeJson(QByteArrayView inside)
{
    QByteArray out;
    out.reserve(inside.size());
    const char* at = inside.data();
    const char* const end = at + inside.size();
    while (at < end) {
        if (*at != '\\') {
            out.append(*at++);
            continue;
        }
        const char kind = at[1];
        at += 2;
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

class Checker
{
public:
    Checker(QByteArrayView bytes, int maxDepth)
        : m_begin(bytes.data()), m_at(bytes.data()), m_end(bytes.data() + bytes.size()), m_maxDepth(maxDepth)
    {
    }

    bool check();
    const char* reason() const { return m_reason; }
    qsizetype offset() const { return m_offset; }
    QByteArrayView value() const { return m_value; }

private:
    struct Level
    {
        bool object;
        std::size_t firstKey; // index into m_keys
    };

    bool refuse(const char* reason);
    void skipSpace();
    bool readValue(); // a scalar, or the opening of a container
    bool readString(QByteArrayView* inside);
    bool readEscape(bool& highSurrogatePending);
    bool readNumber();
    bool readWord(const char* word);
    bool readKey();
    bool closeLevel();
    bool keysDiffer(std::size_t first);

    const char* const m_begin;
    const char* m_at;
    const char* const m_end;
    const int m_maxDepth;
    std::vector<Level> m_levels;
    std::vector<QByteArrayView> m_keys; // of all open objects, unescaped
    std::deque<QByteArray> m_unescaped; // what escaped keys point into
    bool m_opened = false;
    QByteArrayView m_value;
    const char* m_reason = "";
    qsizetype m_offset = 0;
};

inline bool Checker::refuse(const char* reason)
{
    m_reason = reason;
    m_offset = m_at - m_begin;
    return false;
}

inline void Checker::skipSpace()
{
    while (m_at < m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
        ++m_at;
}

inline bool Checker::check()
{
    if (!QByteArrayView(m_begin, m_end - m_begin).isValidUtf8())
        return refuse("the text is not valid UTF-8");
    skipSpace();
    const char* const start = m_at;
    if (!readValue())
        return false;
    while (!m_levels.empty()) {
        skipSpace();
        if (m_at == m_end)
            return refuse("the text ends too early");
        const bool object = m_levels.back().object;
        const char closing = object ? '}' : ']';
        if (*m_at == closing) {
            ++m_at;
            if (!closeLevel())
                return false;
            continue;
        }
        if (!m_opened) {
            if (*m_at != ',')
                return refuse("a comma is missing");
            ++m_at;
            skipSpace();
        }
        m_opened = false;
        if (object && !readKey())
            return false;
        skipSpace();
        if (!readValue())
            return false;
    }
    m_value = {start, m_at - start};
    skipSpace();
    if (m_at != m_end)
        return refuse("something follows the value");
    return true;
}

inline bool Checker::readValue()
{
    if (m_at == m_end)
        return refuse("the text ends too early");
    switch (*m_at) {
    case '{':
    case '[':
        if (int(m_levels.size()) >= m_maxDepth)
            return refuse("the value is nested too deeply");
        m_levels.push_back({*m_at == '{', m_keys.size()});
        m_opened = true;
        ++m_at;
        return true;
    case '"':
        return readString(nullptr);
    case 't':
        return readWord("true");
    case 'f':
        return readWord("false");
    case 'n':
        return readWord("null");
    default:
        return readNumber();
    }
}

inline bool Checker::readWord(const char* word)
{
    const std::size_t length = std::strlen(word);
    if (std::size_t(m_end - m_at) < length || std::memcmp(m_at, word, length) != 0)
        return refuse("a word that is not true, false or null");
    m_at += length;
    return true;
}

inline bool Checker::readString(QByteArrayView* inside)
{
    const char* const start = ++m_at;
    bool lowMustFollow = false;
    while (true) {
        while (m_at < m_end && static_cast<unsigned char>(*m_at) >= 0x20 && *m_at != '"' && *m_at != '\\' &&
               !lowMustFollow)
            ++m_at;
        if (m_at == m_end)
            return refuse("a string is not closed");
        if (*m_at == '\\') {
            if (!readEscape(lowMustFollow))
                return false;
        } else if (lowMustFollow) {
            return refuse("half of a surrogate pair");
        } else if (*m_at == '"') {
            break;
        } else {
            return refuse("a control character in a string");
        }
    }
    if (inside)
        *inside = {start, m_at - start};
    ++m_at;
    return true;
}

inline bool Checker::readEscape(bool& lowMustFollow)
{
    if (m_end - m_at < 2)
        return refuse("a string is not closed");
    const char kind = m_at[1];
    if (kind == 'u') {
        const int unit = m_end - m_at >= 6 ? hexValue(m_at + 2) : -1;
        if (unit < 0)
            return refuse("an escape that is not \\uXXXX");
        if (lowMustFollow != isLow(unit))
            return refuse("half of a surrogate pair");
        lowMustFollow = isHigh(unit);
        m_at += 6;
        return true;
    }
    if (lowMustFollow)
        return refuse("half of a surrogate pair");
    if (!std::strchr("\"\\/bfnrt", kind) || kind == '\0')
        return refuse("an escape that JSON does not have");
    m_at += 2;
    return true;
}

inline bool Checker::readNumber()
{
    const char* const start = m_at;
    const auto digits = [this] {
        const char* const from = m_at;
        while (m_at < m_end && *m_at >= '0' && *m_at <= '9')
            ++m_at;
        return m_at > from;
    };
    if (*m_at == '-')
        ++m_at;
    if (m_at < m_end && *m_at == '0')
        ++m_at;
    else if (!digits())
        return refuse("a value that JSON does not have");
    bool plain = true;
    if (m_at < m_end && *m_at == '.') {
        ++m_at;
        plain = false;
        if (!digits())
            return refuse("a number without digits after its point");
    }
    if (m_at < m_end && (*m_at == 'e' || *m_at == 'E')) {
        ++m_at;
        plain = false;
        if (m_at < m_end && (*m_at == '+' || *m_at == '-'))
            ++m_at;
        if (!digits())
            return refuse("a number without digits in its exponent");
    }
    if (!plain || m_at - start > 300) {
        double value = 0;
        const auto [end, error] = std::from_chars(start, m_at, value);
        Q_UNUSED(end)
        if (error == std::errc::result_out_of_range) {
            // from_chars says out of range for both ends; a number too small is a harmless zero, one too large is not
            const char* exponent = static_cast<const char*>(std::memchr(start, 'e', std::size_t(m_at - start)));
            if (!exponent)
                exponent = static_cast<const char*>(std::memchr(start, 'E', std::size_t(m_at - start)));
            if (!exponent || exponent[1] != '-')
                return refuse("a number that is out of range");
        }
    }
    return true;
}

inline bool Checker::readKey()
{
    if (m_at == m_end || *m_at != '"')
        return refuse("a key that is not a string");
    QByteArrayView inside;
    if (!readString(&inside))
        return false;
    if (inside.contains('\\')) {
        m_unescaped.push_back(unescapeJson(inside));
        inside = m_unescaped.back();
    }
    m_keys.push_back(inside);
    skipSpace();
    if (m_at == m_end || *m_at != ':')
        return refuse("a key without its colon");
    ++m_at;
    return true;
}

inline bool Checker::closeLevel()
{
    const Level level = m_levels.back();
    m_levels.pop_back();
    m_opened = false;
    if (level.object) {
        if (!keysDiffer(level.firstKey))
            return refuse("a key stands twice in one object");
        m_keys.resize(level.firstKey);
        if (m_keys.empty())
            m_unescaped.clear();
    }
    return true;
}

inline bool Checker::keysDiffer(std::size_t first)
{
    const auto begin = m_keys.begin() + std::ptrdiff_t(first);
    const auto less = [](QByteArrayView a, QByteArrayView b) { return a.compare(b) < 0; };
    std::sort(begin, m_keys.end(), less);
    return std::adjacent_find(begin, m_keys.end(), [](QByteArrayView a, QByteArrayView b) { return a == b; }) ==
           m_keys.end();
}

// On checked text only.
inline const char* skipSpace(const char* at)
{
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
        ++at;
    return at;
}

inline const char* stringEnd(const char* at) // at the opening quote
{
    for (++at; *at != '"'; ++at) {
        if (*at == '\\')
            ++at;
    }
    return at + 1;
}

inline const char* valueEnd(const char* at, const char* end)
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

inline void eachMember(QByteArrayView raw, const std::function<void(QByteArrayView, QByteArrayView)>& member)
{
    const char* const end = raw.data() + raw.size();
    const char* at = skipSpace(raw.data() + 1);
    while (*at == '"') {
        const char* const keyEnd = stringEnd(at);
        const QByteArrayView key(at + 1, keyEnd - at - 2);
        at = skipSpace(skipSpace(keyEnd) + 1);
        const char* const stop = valueEnd(at, end);
        member(key, {at, stop - at});
        at = skipSpace(stop);
        if (*at == ',')
            at = skipSpace(at + 1);
    }
}

inline void eachElement(QByteArrayView raw, const std::function<void(QByteArrayView)>& element)
{
    const char* const end = raw.data() + raw.size();
    const char* at = skipSpace(raw.data() + 1);
    while (*at != ']') {
        const char* const stop = valueEnd(at, end);
        element({at, stop - at});
        at = skipSpace(stop);
        if (*at == ',')
            at = skipSpace(at + 1);
    }
}

} // namespace reference

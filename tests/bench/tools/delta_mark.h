// DeltaMark: what the mock writes into the content of each delta and the load generator looks for in what arrives:
//   @STREAM.NUMBER.SENT_NS@            and in a stream's first delta   @STREAM.0.SENT_NS.RECEIVED_NS@
// STREAM tells streams apart, NUMBER counts from 0, SENT_NS is the clock just before the mock wrote it, RECEIVED_NS
// when it had read the request. Only characters that JSON does not escape, so a gateway may rewrite all around it.
// Values.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace bench {

struct DeltaMark
{
    std::uint64_t stream = 0;
    std::uint64_t number = 0;
    std::int64_t sentNs = 0;
    std::int64_t receivedNs = 0; // 0: not in this mark
};

constexpr std::size_t kLongestMark = 84;

inline char* writeNumber(char* to, std::uint64_t value)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = char('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (n > 0)
        *to++ = digits[--n];
    return to;
}

inline char* writeMark(char* to, const DeltaMark& mark)
{
    *to++ = '@';
    to = writeNumber(to, mark.stream);
    *to++ = '.';
    to = writeNumber(to, mark.number);
    *to++ = '.';
    to = writeNumber(to, std::uint64_t(mark.sentNs));
    if (mark.receivedNs != 0) {
        *to++ = '.';
        to = writeNumber(to, std::uint64_t(mark.receivedNs));
    }
    *to++ = '@';
    return to;
}

// Finds marks and the end mark in a body that arrives in pieces of any size. It keeps at most one unfinished mark.
class MarkScanner
{
public:
    // found(const DeltaMark&) for each mark, in order; ended() for each "[DONE]".
    template <typename Found, typename Ended>
    void feed(std::string_view piece, Found found, Ended ended)
    {
        const char* at = piece.data();
        const char* const end = at + piece.size();
        while (at != end) {
            if (m_length == 0) { // outside of anything: the next '@' or '[' may begin something
                const auto left = std::size_t(end - at);
                const auto* mark = static_cast<const char*>(std::memchr(at, '@', left));
                const char* const upTo = mark ? mark : end;
                const auto* done = static_cast<const char*>(std::memchr(at, '[', std::size_t(upTo - at)));
                at = done ? done : upTo;
                if (at == end)
                    return;
            }
            const char c = *at++;
            if (m_length > 0 && m_text[0] == '[') {
                static constexpr std::string_view kDone = "[DONE]";
                if (c != kDone[m_length]) {
                    m_length = 0;
                    --at; // it may begin something itself; '[' has been taken, so this moves on
                } else if (++m_length == kDone.size()) {
                    m_length = 0;
                    ended();
                }
                continue;
            }
            if (m_length > 0 && c == '@') {
                DeltaMark mark;
                const bool good = read({m_text + 1, std::size_t(m_length) - 1}, mark);
                m_length = 0;
                if (good)
                    found(mark);
                else
                    m_text[m_length++] = '@';
                continue;
            }
            if (m_length > 0 && !((c >= '0' && c <= '9') || c == '.')) {
                m_length = 0;
                --at;
                continue;
            }
            if (m_length == sizeof m_text)
                m_length = 0; // no mark is that long
            else
                m_text[m_length++] = c;
        }
    }
    void reset() { m_length = 0; }

private:
    static bool read(std::string_view text, DeltaMark& mark)
    {
        std::uint64_t parts[4] = {};
        int n = 0;
        bool digit = false;
        for (const char c : text) {
            if (c == '.') {
                if (!digit || ++n == 4)
                    return false;
                digit = false;
            } else {
                parts[n] = parts[n] * 10 + std::uint64_t(c - '0');
                digit = true;
            }
        }
        if (n < 2 || !digit)
            return false;
        mark = {parts[0], parts[1], std::int64_t(parts[2]), std::int64_t(parts[3])};
        return true;
    }

    char m_text[kLongestMark];
    unsigned char m_length = 0;
};

} // namespace bench

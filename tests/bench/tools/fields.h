// The lines of an HTTP head, and numbers in them. No allocation; views into what is given.
#pragma once

#include <cstdint>
#include <string_view>

namespace bench {

// Does this text equal `small` (in small letters), whatever the case of its letters?
inline bool isField(std::string_view text, std::string_view small)
{
    if (text.size() != small.size())
        return false;
    for (std::size_t i = 0; i < small.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? char(c + 32) : c) != small[i])
            return false;
    }
    return true;
}

inline std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// field(name, value) for every line after the first. `head` has no empty line at its end.
template <typename Field>
void eachField(std::string_view head, Field field)
{
    std::size_t at = head.find("\r\n");
    while (at != std::string_view::npos) {
        const std::size_t begin = at + 2;
        at = head.find("\r\n", begin);
        const std::string_view line =
            head.substr(begin, at == std::string_view::npos ? std::string_view::npos : at - begin);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            field(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
}

inline bool readDecimal(std::string_view text, std::uint64_t& value)
{
    if (text.empty() || text.size() > 18)
        return false;
    value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + std::uint64_t(c - '0');
    }
    return true;
}

inline bool readHex(std::string_view text, std::uint64_t& value)
{
    text = trimmed(text);
    if (text.empty() || text.size() > 15)
        return false;
    value = 0;
    for (const char c : text) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0)
            return false;
        value = value << 4 | std::uint64_t(digit);
    }
    return true;
}

} // namespace bench

// Where the plain characters of a JSON string end: those that stand for themselves. Looked for in every string that is
// read or written, so sixteen at a time where the machine can. Pure; any thread.
#pragma once

#include <array>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gateway {

namespace detail {
constexpr std::array<bool, 256> plainCharacters()
{
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 256; ++c)
        table[c] = c != '"' && c != '\\';
    return table;
}
inline constexpr std::array<bool, 256> kPlain = plainCharacters();
} // namespace detail

// The first quote, backslash or control character; `end` if there is none.
inline const char* plainEnd(const char* at, const char* end)
{
#ifdef __SSE2__
    while (end - at >= 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i special = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
            _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes));
        const int mask = _mm_movemask_epi8(special);
        if (mask != 0)
            return at + __builtin_ctz(unsigned(mask));
        at += 16;
    }
#endif
    while (at < end && detail::kPlain[static_cast<unsigned char>(*at)])
        ++at;
    return at;
}

} // namespace gateway

// What a field value may hold, sixteen or eight bytes at a time: heads are mostly values, and they are looked at twice
// (read and written). Pure functions; any thread. Private to http.
#pragma once

#include <QByteArrayView>

#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gateway::http {

inline bool isControl(unsigned char c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

namespace detail {

// Whether any of eight bytes is below 0x20 or is 0x7f; tabs are told too, and a byte behind a told one may be.
inline bool mayHoldControl(const char* eight)
{
    constexpr quint64 ones = ~quint64(0) / 255;
    constexpr quint64 highs = ones * 0x80;
    quint64 word = 0;
    memcpy(&word, eight, 8);
    const quint64 below = (word - ones * 0x20) & ~word;
    const quint64 del = word ^ (ones * 0x7f);
    return ((below | ((del - ones) & ~del)) & highs) != 0;
}

#ifdef __SSE2__
// A bit for each of sixteen bytes that is a control.
inline unsigned controlsAmong(const char* sixteen)
{
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(sixteen));
    const __m128i below = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i notTab = _mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')), below);
    return unsigned(_mm_movemask_epi8(_mm_or_si128(notTab, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)))));
}
#endif

} // namespace detail

// Where the first control byte stands (a tab is none); the size if there is none.
inline qsizetype firstControl(QByteArrayView bytes)
{
    const char* const data = bytes.data();
    const qsizetype size = bytes.size();
    qsizetype at = 0;
#ifdef __SSE2__
    for (; at + 16 <= size; at += 16) {
        if (const unsigned found = detail::controlsAmong(data + at))
            return at + __builtin_ctz(found);
    }
    if (size >= 16) { // the rest, together with some of what has been looked at
        if (at == size)
            return size;
        const unsigned found = detail::controlsAmong(data + size - 16);
        return found ? size - 16 + __builtin_ctz(found) : size;
    }
#endif
    while (at + 8 <= size) {
        if (!detail::mayHoldControl(data + at)) {
            at += 8;
            continue;
        }
        for (const qsizetype end = at + 8; at < end; ++at) {
            if (isControl(static_cast<unsigned char>(data[at])))
                return at;
        }
    }
    while (at < size && !isControl(static_cast<unsigned char>(data[at])))
        ++at;
    return at;
}

} // namespace gateway::http

// Text of ours is UTF-16 and ASCII nearly always; where it leaves for the wire, the record or the database it is
// narrowed in one pass, without the converter and without an allocation, eight characters at a time where the machine
// can: every name in every record goes through here several times a call. Pure; any thread.
#pragma once

#include <QStringView>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gateway {

// Writes text.size() bytes. True: it was ASCII, and they are its UTF-8. False: what was written is worth nothing.
inline bool copyAscii(QStringView text, char* to)
{
    const char16_t* at = text.utf16();
    const char16_t* const end = at + text.size();
#ifdef __SSE2__
    if (text.size() >= 8) {
        __m128i seen = _mm_setzero_si128();
        const auto eight = [&seen](const char16_t* from, char* into) {
            const __m128i units = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
            seen = _mm_or_si128(seen, units);
            _mm_storel_epi64(reinterpret_cast<__m128i*>(into), _mm_packus_epi16(units, units));
        };
        for (; end - at > 8; at += 8, to += 8)
            eight(at, to);
        eight(end - 8, to - (8 - (end - at))); // the last, over what is written already
        const __m128i beyond = _mm_and_si128(seen, _mm_set1_epi16(short(0xff80)));
        return _mm_movemask_epi8(_mm_cmpeq_epi16(beyond, _mm_setzero_si128())) == 0xffff;
    }
#endif
    char16_t seen = 0;
    for (; at != end; ++at) {
        seen |= *at;
        *to++ = char(*at);
    }
    return seen < 0x80;
}

} // namespace gateway

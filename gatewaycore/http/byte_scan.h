// What a field value may hold, eight bytes at a time: heads are mostly values, and they are looked at twice (read and
// written). Pure functions; any thread. Private to http.
#pragma once

#include <QByteArrayView>

#include <cstring>

namespace gateway::http {

inline bool isControl(unsigned char c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

// Where the first control byte stands (a tab is none); the size if there is none.
inline qsizetype firstControl(QByteArrayView bytes)
{
    constexpr quint64 ones = ~quint64(0) / 255;
    constexpr quint64 highs = ones * 0x80;
    const char* const data = bytes.data();
    qsizetype at = 0;
    while (at + 8 <= bytes.size()) {
        quint64 word = 0;
        memcpy(&word, data + at, 8);
        const quint64 below = (word - ones * 0x20) & ~word; // the high bit of a byte below 0x20, perhaps of one behind
        const quint64 del = word ^ (ones * 0x7f);           // it too: no fault, those are looked at one by one
        if (((below | ((del - ones) & ~del)) & highs) == 0) {
            at += 8;
            continue;
        }
        for (const qsizetype end = at + 8; at < end; ++at) {
            if (isControl(static_cast<unsigned char>(data[at])))
                return at;
        }
    }
    while (at < bytes.size() && !isControl(static_cast<unsigned char>(data[at])))
        ++at;
    return at;
}

} // namespace gateway::http

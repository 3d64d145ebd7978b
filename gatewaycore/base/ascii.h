// Text of ours is UTF-16 and ASCII nearly always; where it leaves for the wire, the record or the database it is
// narrowed in one pass, without the converter and without an allocation. Pure; any thread.
#pragma once

#include <QStringView>

namespace gateway {

// Writes text.size() bytes. True: it was ASCII, and they are its UTF-8. False: what was written is worth nothing.
inline bool copyAscii(QStringView text, char* to)
{
    char16_t seen = 0;
    for (const QChar c : text) {
        seen |= c.unicode();
        *to++ = char(c.unicode());
    }
    return seen < 0x80;
}

} // namespace gateway

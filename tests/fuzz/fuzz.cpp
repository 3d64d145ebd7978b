#include "fuzz.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace gateway::fuzz {

Input::Input(const std::uint8_t* data, std::size_t size) : m_rest(reinterpret_cast<const char*>(data), qsizetype(size))
{
    m_choices = line();
}

int Input::below(int limit)
{
    if (m_choices.isEmpty())
        return 0;
    const auto choice = quint8(m_choices.front());
    m_choices = m_choices.sliced(1);
    const int value = choice >= 'a' ? choice - 'a' + 10 : choice >= '0' ? choice - '0' : choice;
    return value % limit;
}

QByteArrayView Input::line()
{
    const qsizetype end = m_rest.indexOf('\n');
    const QByteArrayView found = end < 0 ? m_rest : m_rest.first(end);
    m_rest = m_rest.sliced(end < 0 ? m_rest.size() : end + 1);
    return found;
}

void violated(const char* property, QByteArrayView about)
{
    std::fprintf(stderr, "\nPROPERTY VIOLATED: %s\n", property);
    if (!about.isEmpty())
        std::fprintf(stderr, "ABOUT: %.*s\n", int(std::min<qsizetype>(about.size(), 2000)), about.data());
    std::abort();
}

void inPieces(QByteArrayView bytes, int way, const std::function<bool(QByteArrayView)>& piece)
{
    if (way == 0) {
        piece(bytes);
        return;
    }
    quint32 dice = quint32(bytes.size()) * 2654435761u + quint32(way);
    while (!bytes.isEmpty()) {
        dice = dice * 1664525u + 1013904223u + quint8(bytes.front());
        const qsizetype size = way == 1 ? 1 : std::min<qsizetype>(bytes.size(), 1 + (dice >> 24) % 17);
        // each piece in memory of its own, so that a view that outlives its piece is seen
        const QByteArray copy = bytes.first(size).toByteArray();
        if (!piece(copy))
            return;
        bytes = bytes.sliced(size);
    }
}

} // namespace gateway::fuzz

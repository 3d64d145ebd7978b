#include "http/field_lines.h"

#include "base/ascii.h"
#include "http/byte_scan.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace gateway::http {
namespace {

constexpr qsizetype kAround = 4; // ": " and the line's end

} // namespace

char* FieldLines::roomFor(qsizetype line)
{
    if (m_size + line > m_bytes.size())
        m_bytes.resize(std::max<qsizetype>(256, 2 * (m_size + line)));
    return m_bytes.data() + m_size;
}

bool FieldLines::add(FieldName name, QByteArrayView value)
{
    if (firstControl(value) != value.size())
        return false;
    char* const to = roomFor(name.text().size() + value.size() + kAround);
    m_size += putFieldLine(to, name.text(), value) - to;
    return true;
}

// Narrowed where it will stand; what is not ASCII goes the long way.
bool FieldLines::add(FieldName name, QStringView value)
{
    const qsizetype before = name.text().size() + 2;
    char* const to = roomFor(before + value.size() + 2);
    if (!copyAscii(value, to + before))
        return add(name, QByteArrayView(value.toUtf8()));
    if (firstControl({to + before, value.size()}) != value.size())
        return false;
    memcpy(to, name.text().data(), std::size_t(name.text().size()));
    memcpy(to + name.text().size(), ": ", 2);
    memcpy(to + before + value.size(), "\r\n", 2);
    m_size += before + value.size() + 2;
    return true;
}

bool FieldLines::add(FieldName name, qint64 value)
{
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return add(name, QByteArrayView(digits.data(), end - digits.data()));
}

} // namespace gateway::http

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
    char* const to = roomFor(name.text().size() + value.size() + kAround);
    char* const ascii = putFieldName(to, name.text());
    if (!copyAscii(value, ascii))
        return add(name, QByteArrayView(value.toUtf8()));
    if (firstControl({ascii, value.size()}) != value.size())
        return false;
    m_size += putLineEnd(ascii + value.size()) - to;
    return true;
}

bool FieldLines::add(FieldName name, qint64 value)
{
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return add(name, QByteArrayView(digits.data(), end - digits.data()));
}

} // namespace gateway::http

#include "http/field_lines.h"

#include "base/ascii.h"

#include <QVarLengthArray>

#include <array>
#include <charconv>

namespace gateway::http {

bool FieldLines::add(QByteArrayView name, QByteArrayView value)
{
    return !isFramingField(name) && appendField(m_bytes, name, value);
}

bool FieldLines::add(QByteArrayView name, QStringView value)
{
    QVarLengthArray<char, 256> ascii(value.size());
    return copyAscii(value, ascii.data()) ? add(name, QByteArrayView(ascii.data(), ascii.size()))
                                          : add(name, QByteArrayView(value.toUtf8()));
}

bool FieldLines::add(QByteArrayView name, qint64 value)
{
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return add(name, QByteArrayView(digits.data(), end - digits.data()));
}

} // namespace gateway::http

#include "transform/json_writer.h"

#include <charconv>

namespace gateway::transform {

void JsonWriter::separate()
{
    if (!m_first)
        m_out += ',';
    m_first = false;
}

JsonWriter& JsonWriter::open(char bracket)
{
    separate();
    m_out += bracket;
    m_first = true;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket)
{
    m_out += bracket;
    m_first = false;
    return *this;
}

JsonWriter& JsonWriter::key(QByteArrayView name)
{
    separate();
    m_out += '"';
    m_out.append(name.data(), name.size());
    m_out += "\":";
    m_first = true;
    return *this;
}

JsonWriter& JsonWriter::string(QByteArrayView utf8)
{
    separate();
    appendJsonString(m_out, utf8);
    return *this;
}

JsonWriter& JsonWriter::number(qint64 value)
{
    separate();
    char digits[24];
    const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
    Q_UNUSED(error)
    m_out.append(digits, end - digits);
    return *this;
}

JsonWriter& JsonWriter::boolean(bool value)
{
    separate();
    m_out += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null()
{
    separate();
    m_out += "null";
    return *this;
}

JsonWriter& JsonWriter::raw(QByteArrayView json)
{
    separate();
    m_out.append(json.data(), json.size());
    return *this;
}

JsonWriter& JsonWriter::memberIf(QByteArrayView name, QByteArrayView utf8)
{
    return utf8.isEmpty() ? *this : member(name, utf8);
}

JsonWriter& JsonWriter::memberRawIf(QByteArrayView name, QByteArrayView json)
{
    return json.isEmpty() ? *this : memberRaw(name, json);
}

} // namespace gateway::transform

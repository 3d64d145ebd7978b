// DetailWriter: the JSON text of a row's `detail`, written into room that is kept from row to row. Does what
// base/json_writer does for the few shapes that are needed here, in a quarter of the instructions: a record has some
// thirty members, and they were a fifth of what filing it costs. One thread.
#pragma once

#include "base/ascii.h"
#include "base/json_plain.h"
#include "base/json_writer.h"

#include <charconv>
#include <cstring>
#include <vector>

namespace gateway::store {

class DetailWriter
{
public:
    void clear()
    {
        m_size = 0;
        m_comma = false;
    }
    QByteArrayView text() const { return {m_bytes.data(), qsizetype(m_size)}; }

    void open() { put('{', false); }
    void close() { put('}', true); }
    // What follows is the member's value: number(), word() or string(), or open() of an object.
    void key(std::string_view name) // plain ASCII
    {
        char* to = room(name.size() + 4);
        if (m_comma)
            *to++ = ',';
        *to++ = '"';
        std::memcpy(to, name.data(), name.size());
        to += name.size();
        *to++ = '"';
        *to++ = ':';
        m_size = std::size_t(to - m_bytes.data());
    }
    void number(qint64 value)
    {
        char* const to = room(24);
        m_size = std::size_t(std::to_chars(to, to + 24, value).ptr - m_bytes.data());
        m_comma = true;
    }
    void word(std::string_view text) // as it is
    {
        std::memcpy(room(text.size()), text.data(), text.size());
        m_size += text.size();
        m_comma = true;
    }
    void string(QStringView text)
    {
        char* const begun = room(std::size_t(text.size()) + 2);
        char* const end = begun + 1 + text.size();
        if (!copyAscii(text, begun + 1) || plainEnd(begun + 1, end) != end)
            return escaped(text);
        *begun = *end = '"';
        m_size += std::size_t(text.size()) + 2;
        m_comma = true;
    }

private:
    void put(char bracket, bool comma)
    {
        *room(1) = bracket;
        ++m_size;
        m_comma = comma;
    }
    void escaped(QStringView text)
    {
        QByteArray json;
        appendJsonString(json, text);
        word({json.constData(), std::size_t(json.size())});
    }
    char* room(std::size_t size)
    {
        if (m_bytes.size() - m_size < size)
            m_bytes.resize(2 * (m_size + size) + 1024);
        return m_bytes.data() + m_size;
    }

    std::vector<char> m_bytes; // m_size of them are written
    std::size_t m_size = 0;
    bool m_comma = false;
};

} // namespace gateway::store

// FieldLines: fields to be sent, as the bytes they are sent as ("name: value\r\n" one after the other). Each value is
// checked as it is added, the names are checked by the compiler; after that nobody looks at them again. A Field is two
// allocations, a line is none. A value that could break the framing is left out. One thread; a value.
#pragma once

#include "http/message.h"

#include <QStringView>

#include <cstring>

namespace gateway::http {

// A name that is known when we are compiled: a token, and not one of the framing fields (they are the http room's).
class FieldName
{
public:
    template <std::size_t N>
    consteval FieldName(const char (&text)[N]) : m_text(text, qsizetype(N - 1))
    {
        if (!isToken(m_text) || isFramingField(m_text))
            isNoNameOfAField();
    }
    constexpr QByteArrayView text() const { return m_text; }

private:
    static void isNoNameOfAField(); // is nowhere: calling it is the compiler's error
    QByteArrayView m_text;
};

// The one writer of a field line, in three steps for whoever makes the value where it stands; each gives back where it
// ended. A line needs room for name, value and four bytes.
inline char* putFieldName(char* to, QByteArrayView name)
{
    memcpy(to, name.data(), std::size_t(name.size()));
    to += name.size();
    *to++ = ':';
    *to++ = ' ';
    return to;
}
inline char* putLineEnd(char* to)
{
    *to++ = '\r';
    *to++ = '\n';
    return to;
}
inline char* putFieldLine(char* to, QByteArrayView name, QByteArrayView value)
{
    to = putFieldName(to, name);
    memcpy(to, value.data(), std::size_t(value.size()));
    return putLineEnd(to + value.size());
}

class FieldLines
{
public:
    FieldLines() = default;
    explicit FieldLines(qsizetype room) : m_bytes(room, Qt::Uninitialized) {}

    bool add(FieldName name, QByteArrayView value);
    bool add(FieldName name, QStringView value); // as UTF-8
    bool add(FieldName name, qint64 value);
    // Nothing if the value is empty.
    template <typename Text>
    void addIf(FieldName name, const Text& value)
    {
        if (!value.isEmpty())
            add(name, value);
    }

    QByteArrayView bytes() const { return QByteArrayView(m_bytes).first(m_size); }

private:
    char* roomFor(qsizetype line);

    QByteArray m_bytes; // m_size of them are lines
    qsizetype m_size = 0;
};

} // namespace gateway::http

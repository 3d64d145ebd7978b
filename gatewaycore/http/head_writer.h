// HeadWriter: puts a head together in a buffer that the thread keeps, so that writing one costs no allocation and no
// call per piece. Every field is checked; one that could break the framing is left out. What view() gives is good
// until the next HeadWriter of the thread: one at a time. Private to http.
#pragma once

#include "http/field_lines.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>

namespace gateway::http {

class HeadWriter
{
public:
    HeadWriter() : m_buffer(ofThread()) {}
    HeadWriter(const HeadWriter&) = delete;
    HeadWriter& operator=(const HeadWriter&) = delete;

    void add(QByteArrayView text)
    {
        makeRoom(text.size());
        put(text);
    }
    void add(qint64 number, int base = 10)
    {
        makeRoom(24);
        char* const at = m_buffer.bytes.get() + m_size;
        m_size = std::to_chars(at, at + 24, number, base).ptr - m_buffer.bytes.get();
    }
    void addField(QByteArrayView name, QByteArrayView value)
    {
        if (!isToken(name) || !isFieldValue(value))
            return;
        makeRoom(name.size() + value.size() + 4);
        m_size = putFieldLine(m_buffer.bytes.get() + m_size, name, value) - m_buffer.bytes.get();
    }
    QByteArrayView view() const { return {m_buffer.bytes.get(), m_size}; }

private:
    struct Buffer
    {
        std::unique_ptr<char[]> bytes;
        qsizetype room = 0;
    };
    static Buffer& ofThread()
    {
        thread_local Buffer buffer;
        return buffer;
    }
    void put(QByteArrayView text)
    {
        memcpy(m_buffer.bytes.get() + m_size, text.data(), std::size_t(text.size()));
        m_size += text.size();
    }
    void makeRoom(qsizetype more)
    {
        if (m_size + more <= m_buffer.room)
            return;
        const qsizetype room = std::max<qsizetype>(2048, 2 * (m_size + more));
        std::unique_ptr<char[]> bytes(new char[std::size_t(room)]);
        if (m_size > 0)
            memcpy(bytes.get(), m_buffer.bytes.get(), std::size_t(m_size));
        m_buffer.bytes = std::move(bytes);
        m_buffer.room = room;
    }

    Buffer& m_buffer;
    qsizetype m_size = 0;
};

} // namespace gateway::http

// CanonicalBytes: database values as the bytes that are hashed: each with its type, texts and blobs with their lengths,
// numbers big-endian, so that no two lists of values have the same bytes. What SQLite stores is what is hashed: nothing
// is read as JSON or as a date before. Part of the format on disk (resources/help/log.md). A value; its room is used
// again after clear().
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QtEndian>

#include <bit>
#include <cstring>

namespace gateway::audit {

class CanonicalBytes
{
public:
    void clear() { m_size = 0; }
    QByteArrayView view(qsizetype from = 0) const { return {m_bytes.constData() + from, m_size - from}; }
    QByteArrayView view(qsizetype from, qsizetype to) const { return {m_bytes.constData() + from, to - from}; }
    qsizetype size() const { return m_size; }

    // Between rows and the like; not one of the types' bytes.
    void mark(quint8 byte) { *room(1) = char(byte); }
    void null() { mark(0); }
    void integer(qint64 value) { number(1, quint64(value)); }
    void text(QByteArrayView utf8) { run(2, utf8); }
    void blob(QByteArrayView bytes) { run(3, bytes); }
    void real(double value) { number(4, std::bit_cast<quint64>(value)); }
    void raw(QByteArrayView bytes) // of a length that is known anyway
    {
        if (!bytes.isEmpty())
            std::memcpy(room(bytes.size()), bytes.data(), std::size_t(bytes.size()));
    }

private:
    char* room(qsizetype bytes)
    {
        if (m_bytes.size() - m_size < bytes)
            m_bytes.resize(2 * (m_size + bytes) + 1024);
        char* const at = m_bytes.data() + m_size;
        m_size += bytes;
        return at;
    }
    void number(quint8 type, quint64 value)
    {
        char* const at = room(9);
        *at = char(type);
        qToBigEndian(value, at + 1);
    }
    void run(quint8 type, QByteArrayView bytes)
    {
        char* const at = room(5 + bytes.size());
        *at = char(type);
        qToBigEndian(quint32(bytes.size()), at + 1);
        if (!bytes.isEmpty())
            std::memcpy(at + 5, bytes.data(), std::size_t(bytes.size()));
    }

    QByteArray m_bytes; // longer than what is written
    qsizetype m_size = 0;
};

} // namespace gateway::audit

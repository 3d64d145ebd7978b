#include "transform/providers/event_stream.h"

#include "base/json_writer.h"
#include "transform/json_view.h"

#include <QtEndian>

#include <algorithm>
#include <zlib.h>

namespace gateway::transform {
namespace {

constexpr qsizetype kPrelude = 12; // two lengths and their checksum
constexpr qsizetype kTrailer = 4;
constexpr qsizetype kSmallest = kPrelude + kTrailer;

quint32 u32(const char* at)
{
    return qFromBigEndian<quint32>(at);
}

quint32 checksum(QByteArrayView bytes)
{
    return quint32(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), uInt(bytes.size())));
}

// Bytes of a header's value by its type; -1: two bytes of length stand before it.
constexpr int kValueSizes[] = {
    0,  // 0 true
    0,  // 1 false
    1,  // 2 byte
    2,  // 3 short
    4,  // 4 integer
    8,  // 5 long
    -1, // 6 bytes
    -1, // 7 string
    8,  // 8 timestamp
    16, // 9 UUID
};
constexpr int kString = 7;

} // namespace

FrameReader::Step EventStreamReader::next(QByteArrayView& bytes)
{
    if (m_failed != Step::NeedMore)
        return m_failed;
    if (m_delivered) {
        m_delivered = false;
        m_buffer.resize(0); // keeps its capacity
        m_wanted = 0;
    }
    while (!bytes.isEmpty()) {
        const qsizetype wanted = m_wanted > 0 ? m_wanted : kPrelude;
        const qsizetype taken = std::min(wanted - m_buffer.size(), bytes.size());
        m_buffer.append(bytes.data(), taken);
        bytes = bytes.sliced(taken);
        if (m_buffer.size() < wanted)
            break;
        if (m_wanted == 0) {
            if (!prelude())
                return m_failed;
            continue;
        }
        if (!readFrame())
            return m_failed = Step::Broken;
        m_delivered = true;
        return Step::Frame;
    }
    return Step::NeedMore;
}

bool EventStreamReader::prelude()
{
    const char* const at = m_buffer.constData();
    const quint32 total = u32(at);
    const quint32 headers = u32(at + 4);
    // the checksum first: a wrong one says that these are no lengths at all
    if (u32(at + 8) != checksum(QByteArrayView(m_buffer).first(8)) || total < kSmallest ||
        headers > total - quint32(kSmallest)) {
        m_failed = Step::Broken;
        return false;
    }
    if (total > kLargestFrame) {
        m_failed = Step::TooLarge;
        return false;
    }
    m_wanted = qsizetype(total);
    m_headers = qsizetype(headers);
    return true;
}

bool EventStreamReader::readFrame()
{
    const QByteArrayView frame(m_buffer);
    const QByteArrayView checked = frame.chopped(kTrailer);
    if (u32(frame.data() + checked.size()) != checksum(checked))
        return false;
    m_name.clear();
    m_messageType.clear();
    m_errorMessage.clear();
    if (!readHeaders(checked.sliced(kPrelude, m_headers)))
        return false;
    m_isException = m_messageType == "exception" || m_messageType == "error";
    m_data = checked.sliced(kPrelude + m_headers).toByteArray();
    if (m_messageType == "error" && m_data.isEmpty()) {
        m_data.clear();
        JsonWriter(m_data).beginObject().member("message", m_errorMessage).endObject();
    }
    return true;
}

bool EventStreamReader::readHeaders(QByteArrayView headers)
{
    const auto take = [&headers](qsizetype size, QByteArrayView& out) {
        if (size > headers.size())
            return false;
        out = headers.first(size);
        headers = headers.sliced(size);
        return true;
    };
    while (!headers.isEmpty()) {
        QByteArrayView length;
        QByteArrayView name;
        QByteArrayView type;
        QByteArrayView value;
        if (!take(1, length) || !take(quint8(length.front()), name) || !take(1, type))
            return false;
        const quint8 kind = quint8(type.front());
        if (kind >= std::size(kValueSizes))
            return false;
        qsizetype size = kValueSizes[kind];
        if (size < 0) {
            if (!take(2, length))
                return false;
            size = qFromBigEndian<quint16>(length.data());
        }
        if (!take(size, value))
            return false;
        if (kind != kString)
            continue;
        if (name == QByteArrayView(":message-type"))
            m_messageType = value.toByteArray();
        else if (name == QByteArrayView(":error-message"))
            m_errorMessage = value.toByteArray();
        else if (name == QByteArrayView(":event-type") || name == QByteArrayView(":exception-type") ||
                 name == QByteArrayView(":error-code"))
            m_name = value.toByteArray();
    }
    return true;
}

} // namespace gateway::transform

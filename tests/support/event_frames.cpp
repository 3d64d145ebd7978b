#include "event_frames.h"

namespace gateway::test {
namespace {

// CRC-32 as in IEEE 802.3, bit by bit: slow, and nothing to get wrong in a table.
quint32 crc32Of(const QByteArray& bytes)
{
    quint32 crc = 0xffffffffu;
    for (const char c : bytes) {
        crc ^= quint8(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

QByteArray big(quint32 number, int bytes)
{
    QByteArray out;
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += char(number >> shift & 0xff);
    return out;
}

quint32 readBig(const QByteArray& bytes, qsizetype at, int count)
{
    quint32 number = 0;
    for (int i = 0; i < count; ++i)
        number = number << 8 | quint8(bytes[at + i]);
    return number;
}

QByteArray header(const QByteArray& name, const QByteArray& value)
{
    return big(quint32(name.size()), 1) + name + char(7) + big(quint32(value.size()), 2) + value;
}

// Fills form and type of `frame` from the bytes of its headers.
QByteArray readHeaders(const QByteArray& bytes, EventFrame& frame)
{
    for (qsizetype at = 0; at < bytes.size();) {
        const qsizetype nameSize = quint8(bytes[at]);
        if (at + 4 + nameSize > bytes.size() || bytes[at + 1 + nameSize] != 7)
            return "a header that is no string";
        const QByteArray name = bytes.mid(at + 1, nameSize);
        const qsizetype valueSize = readBig(bytes, at + 2 + nameSize, 2);
        at += 4 + nameSize;
        if (at + valueSize > bytes.size())
            return "a header longer than the headers";
        const QByteArray value = bytes.mid(at, valueSize);
        if (name == ":message-type")
            frame.form = value;
        else if (name == ":event-type" || name == ":exception-type")
            frame.type = value;
        at += valueSize;
    }
    return {};
}

} // namespace

QList<EventFrame> parseFrames(const QByteArray& text)
{
    QList<EventFrame> frames;
    for (const QByteArray& line : text.split('\n')) {
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        const qsizetype first = line.indexOf(' ');
        const qsizetype second = line.indexOf(' ', first + 1);
        if (first < 0 || second < 0)
            return {};
        frames.append({line.left(first), line.mid(first + 1, second - first - 1), line.mid(second + 1)});
    }
    return frames;
}

QByteArray encodeFrame(const EventFrame& frame)
{
    const QByteArray headers = header(":" + frame.form + "-type", frame.type) +
                               header(":content-type", "application/json") + header(":message-type", frame.form);
    QByteArray bytes = big(quint32(16 + headers.size() + frame.payload.size()), 4) + big(quint32(headers.size()), 4);
    bytes += big(crc32Of(bytes), 4);
    bytes += headers + frame.payload;
    return bytes + big(crc32Of(bytes), 4);
}

QByteArray framesFromText(const QByteArray& text)
{
    QByteArray bytes;
    for (const EventFrame& frame : parseFrames(text))
        bytes += encodeFrame(frame);
    return bytes;
}

QList<EventFrame> decodeFrames(const QByteArray& bytes, QByteArray* wrong)
{
    QList<EventFrame> frames;
    QByteArray complaint;
    for (qsizetype at = 0; at < bytes.size() && complaint.isEmpty();) {
        const QByteArray rest = bytes.mid(at);
        const qsizetype total = rest.size() >= 16 ? readBig(rest, 0, 4) : 0;
        const qsizetype headers = rest.size() >= 16 ? readBig(rest, 4, 4) : 0;
        if (total < 16 || total > rest.size() || headers > total - 16) {
            complaint = "a frame that is cut, or lies about its length";
        } else if (readBig(rest, 8, 4) != crc32Of(rest.left(8))) {
            complaint = "a prelude whose checksum is wrong";
        } else if (readBig(rest, total - 4, 4) != crc32Of(rest.left(total - 4))) {
            complaint = "a frame whose checksum is wrong";
        } else {
            EventFrame frame;
            complaint = readHeaders(rest.mid(12, headers), frame);
            frame.payload = rest.mid(12 + headers, total - 16 - headers);
            frames.append(frame);
            at += total;
        }
    }
    if (wrong)
        *wrong = complaint;
    return frames;
}

} // namespace gateway::test

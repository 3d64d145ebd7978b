#include "simulator/event_stream.h"

#include <QtEndian>

#include <zlib.h>

namespace gateway::simulator {
namespace {

QByteArray big32(quint32 number)
{
    QByteArray bytes(4, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

QByteArray checksum(const QByteArray& bytes)
{
    return big32(quint32(crc32(0, reinterpret_cast<const Bytef*>(bytes.constData()), uInt(bytes.size()))));
}

} // namespace

QByteArray eventStreamFrame(const HeaderList& headers, const QByteArray& payload)
{
    QByteArray head;
    for (const auto& [name, value] : headers) {
        head += char(name.size()) + name + char(7);
        head += char(value.size() >> 8);
        head += char(value.size() & 0xff);
        head += value;
    }
    QByteArray frame = big32(quint32(16 + head.size() + payload.size())) + big32(quint32(head.size()));
    frame += checksum(frame);
    frame += head + payload;
    return frame + checksum(frame);
}

QByteArray eventFrame(const QByteArray& type, const QByteArray& json)
{
    return eventStreamFrame(
        {{":event-type", type}, {":content-type", "application/json"}, {":message-type", "event"}}, json);
}

QByteArray exceptionFrame(const QByteArray& type, const QByteArray& json)
{
    return eventStreamFrame(
        {{":exception-type", type}, {":content-type", "application/json"}, {":message-type", "exception"}}, json);
}

} // namespace gateway::simulator

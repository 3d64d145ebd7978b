// What the tests of the simulator's dialects share: requests without a socket, and what came back, taken apart.
#pragma once

#include "simulator/simulator.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace gateway::simulator::testing {

inline QByteArray corpus(const QString& name)
{
    QFile file(qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/corpus/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline SimRequest post(const QByteArray& path, const QByteArray& body, const HeaderList& headers = {})
{
    SimRequest request;
    request.method = "POST";
    const qsizetype question = path.indexOf('?');
    request.path = question < 0 ? path : path.left(question);
    request.query = question < 0 ? QByteArray() : path.mid(question + 1);
    request.headers = headers;
    request.body = body;
    return request;
}

inline QByteArray headOf(const Script& script)
{
    const QByteArray wire = script.wire();
    return wire.left(wire.indexOf("\r\n\r\n") + 2);
}

inline QByteArray headerOf(const Script& script, const QByteArray& name)
{
    for (const QByteArray& line : headOf(script).split('\n')) {
        if (line.toLower().startsWith(name + ":"))
            return line.mid(name.size() + 1).trimmed();
    }
    return {};
}

// With chunked coding taken off.
inline QByteArray bodyOf(const Script& script)
{
    const QByteArray wire = script.wire();
    const qsizetype head = wire.indexOf("\r\n\r\n");
    const QByteArray body = wire.mid(head + 4);
    if (!wire.left(head).contains("transfer-encoding"))
        return body;
    QByteArray out;
    for (qsizetype at = 0; at < body.size();) {
        const qsizetype line = body.indexOf("\r\n", at);
        if (line < 0)
            break;
        const qint64 size = body.mid(at, line - at).toLongLong(nullptr, 16);
        out += body.mid(line + 2, size);
        at = line + 2 + size + 2;
    }
    return out;
}

inline QJsonObject jsonOf(const Script& script)
{
    return QJsonDocument::fromJson(bodyOf(script)).object();
}

struct SseEvent
{
    QByteArray name;
    QByteArray data;
    QJsonObject json() const { return QJsonDocument::fromJson(data).object(); }
};

inline QList<SseEvent> eventsOf(QByteArray sse)
{
    QList<SseEvent> events;
    sse.replace("\r\n", "\n");
    for (qsizetype start = 0; start < sse.size();) {
        const qsizetype end = sse.indexOf("\n\n", start);
        if (end < 0)
            break;
        SseEvent event;
        for (const QByteArray& line : sse.mid(start, end - start).split('\n')) {
            if (line.startsWith("event: "))
                event.name = line.mid(7);
            else if (line.startsWith("data: "))
                event.data += line.mid(6);
        }
        if (!event.data.isEmpty())
            events.append(event);
        start = end + 2;
    }
    return events;
}

// Names of events in their order, neighbours that are equal made one.
inline QString namesOf(const QList<SseEvent>& events)
{
    QStringList names;
    for (const SseEvent& event : events) {
        const QString name = QString::fromUtf8(event.name);
        if (names.isEmpty() || names.last() != name)
            names.append(name);
    }
    return names.join(QLatin1Char(' '));
}

inline QByteArray compact(const QJsonValue& value)
{
    return value.isArray() ? QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact)
                           : QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
}

} // namespace gateway::simulator::testing

// Script: one answer of the simulator as it will go over the wire: byte pieces, each with its time, and how the
// connection ends. The transport plays it and adds nothing, so a script can also be wrong on purpose. A value.
#pragma once

#include "simulator/wishes.h"

#include <QByteArray>
#include <QList>

namespace gateway::simulator {

struct SimRequest
{
    QByteArray method;
    QByteArray path;  // without the query, as it came: percent-encoded
    QByteArray query; // what follows the '?', as it came
    HeaderList headers;
    QByteArray body;

    QByteArray header(QByteArrayView name) const;
    QByteArray parameter(QByteArrayView name) const; // of the query, decoded
};

struct Piece
{
    qint64 dueUs = 0; // since the request was read; ascending
    QByteArray bytes;
};

enum class ScriptEnd
{
    KeepAlive,
    Close,
    Reset,
    Stall
};

struct Script
{
    int status = 200;
    QByteArray requestId; // x-request-id of the answer
    QList<Piece> pieces;
    ScriptEnd end = ScriptEnd::KeepAlive;

    QByteArray wire() const; // all pieces together
};

// "HTTP/1.1 200 OK\r\n" ... "\r\n"
QByteArray headBytes(int status, const HeaderList& headers);
QByteArray chunkBytes(const QByteArray& data);

// A JSON string with its quotation marks.
QByteArray quoted(const QString& text);

// One server-sent event: "data: ...", with an "event:" line before it if it has a name.
QByteArray sseEvent(const QByteArray& data, QByteArrayView name = {});

} // namespace gateway::simulator

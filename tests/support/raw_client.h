// RawClient: one HTTP/1.1 call over a blocking socket, and what came back, byte for byte, with a verdict: was this a
// whole answer or was it cut? It shares nothing with gatewaycore/http. Blocks; use it from a test thread of its own.
#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>

namespace gateway::test {

struct RawReply
{
    int status = 0;        // 0: no answer
    QByteArray head;       // up to and with the empty line
    QByteArray body;       // with chunked coding taken off
    bool complete = false; // the framing came to its end
    bool closed = false;   // the peer closed, or reset
    bool refused = false;  // no connection
    bool timedOut = false;

    QByteArray header(const QByteArray& name) const; // lower case; empty if there is none
};

QByteArray httpRequest(
    const QByteArray& method, const QByteArray& path, const QByteArray& headers, const QByteArray& body);

// Sends the bytes on a new connection to 127.0.0.1 and reads one answer.
RawReply rawCall(quint16 port, const QByteArray& bytes, std::chrono::milliseconds limit = std::chrono::seconds(20));

// POST of a chat completion with a gateway credential; `fields` are more fields of the body, each with a comma before
// it.
QByteArray chatRequest(const QByteArray& key, const QByteArray& alias, bool stream, const QByteArray& prompt,
    const QByteArray& headers = {}, const QByteArray& fields = {});

quint16 portOf(const QString& url);

} // namespace gateway::test

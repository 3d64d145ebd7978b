// What TLS towards an engine demands, in one place and nowhere else: TLS 1.3, and either the pinned certificate (this
// one and no other, whoever signed it) or a chain to the CA with the right name. Certificate errors are never ignored.
// With a pin the chain says nothing: the socket is told not to judge it (QueryPeer), and the whole SHA-256 is compared
// before one byte is written (decision 0101). Private to the api library. Any thread.
#pragma once

#include "api/http_transport.h"
#include "wire_trouble.h"

#include <QSslConfiguration>
#include <QSslSocket>

namespace gateway::api {

QSslConfiguration tlsOf(const HttpTransportOptions& options);

// After the handshake and before anything is written. None: go on.
WireTrouble judgePeer(const QSslSocket& socket, const HttpTransportOptions& options);
bool isByNextPin(const CertificateFacts& facts, const HttpTransportOptions& options);

// The handshake failed: with these errors of the certificate, or with this error of the socket.
WireTrouble troubleOf(const QList<QSslError>& errors, const QSslSocket& socket, const HttpTransportOptions& options);
WireTrouble handshakeTrouble(const QSslSocket& socket, const HttpTransportOptions& options);

} // namespace gateway::api

// WireConnection: one connection to an engine, plain or TLS, and one request at a time on it. It says when the name was
// found and TCP stood, verifies the peer before it is open, and writes nothing before that. A request is written once
// and never again. Private to the api library. Thread: the one that made it. After failed() it is of no more use.
#pragma once

#include "answer_reader.h"
#include "wire_trouble.h"

#include "api/http_transport.h"

#include <QObject>
#include <QSslSocket>
#include <QTimer>

namespace gateway::api {

class WireConnection final : public QObject
{
    Q_OBJECT
public:
    static constexpr qint64 kLargestBody = 64 * 1024 * 1024;

    explicit WireConnection(const HttpTransportOptions& options, QObject* parent = nullptr);
    ~WireConnection() override;

    void open(std::chrono::milliseconds limit);
    bool isOpen() const { return m_isOpen; }
    void write(const QByteArray& request); // only when open and not busy
    bool isBusy() const { return m_isBusy; }
    bool hasWritten() const { return m_hasWritten; } // this request, as far as it is known may be with the engine
    bool hasAnswered() const { return m_reader.hasBegun(); } // at least one byte of an answer
    bool wasUsed() const { return m_exchanges > 1; }         // an earlier request was answered on it
    bool mayReuse() const;

    int status() const { return m_reader.status(); }
    QByteArray field(const QByteArray& name) const { return m_reader.field(name); }
    const std::optional<CertificateFacts>& peer() const { return m_peer; }
    bool isByNextPin() const { return m_isByNextPin; }
    QString addressText() const { return m_socket.peerAddress().toString(); }

Q_SIGNALS:
    void connected(); // TCP stands
    void opened();    // and the peer is verified
    void headArrived(int status);
    void bodyArrived(const QByteArray& piece);
    void answered(); // the answer is whole
    void failed(const gateway::api::WireTrouble& trouble);

private:
    void read();
    void socketFailed(QAbstractSocket::SocketError error);
    void verify();
    void fail(WireTrouble trouble);

    const HttpTransportOptions m_options;
    QSslSocket m_socket;
    QTimer m_limit;
    AnswerReader m_reader;
    std::optional<CertificateFacts> m_peer;
    qint64 m_bodySize = 0;
    int m_exchanges = 0;
    bool m_isTls = false;
    bool m_isOpen = false;
    bool m_isBusy = false;
    bool m_hasWritten = false;
    bool m_hasHead = false;
    bool m_hasFailed = false;
    bool m_hasConnected = false;
    bool m_isByNextPin = false;
};

// The head and body of a request as they go on the wire, or why they cannot: a token or key that would break the line.
Result<QByteArray> wireRequest(const HttpTransportOptions& options, const AdminRequest& request);
QByteArray wireStreamRequest(const HttpTransportOptions& options, qint64 since);
QString describe(const QUrl& base); // without user, path and query
bool isLoopback(const QString& host);

} // namespace gateway::api

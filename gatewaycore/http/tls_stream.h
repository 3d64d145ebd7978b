// TlsStream: a ByteStream on QSslSocket. Signals, a read buffer of 64 KiB and a second buffer of encrypted bytes are
// what TLS costs here; data paths without TLS do not pay it.
// Thread: one. Private to http.
#pragma once

#include "http/byte_stream.h"

#include <QObject>
#include <QSslConfiguration>
#include <QSslSocket>

namespace gateway::http {

class TlsStream final : public QObject, public ByteStream
{
    Q_OBJECT
public:
    explicit TlsStream(StreamOwner& owner);
    ~TlsStream() override;

    bool adopt(qintptr descriptor); // an accepted socket; false: it was not taken
    void shakeHandsAsServer(const QSslConfiguration& configuration);
    void connectTo(const QString& host, quint16 port, const QSslConfiguration& configuration);

    qint64 read(char* to, qint64 atMost) override;
    bool mayHoldMore() const override;
    void setReading(bool on) override;
    bool write(std::initializer_list<QByteArrayView> parts) override;
    bool write(QByteArrayView head, const QByteArray& body) override;
    qint64 pending() const override;
    void finishWriting() override;
    void close() override;
    void closeWithReset() override;
    bool isOpen() const override;
    bool isSilent(Ask ask) override;
    QSslSocket* tls() override { return &m_socket; }

private:
    void failed(QAbstractSocket::SocketError error);
    void ended();
    void later(void (TlsStream::*what)());
    void drained();

    StreamOwner& m_owner;
    QSslSocket m_socket;
    bool m_ready = false;
    bool m_closed = false;
    bool m_told = false;   // of the failure or the end
    bool m_inside = false; // a call of the owner: nothing is told from inside it
    bool m_reading = true;
};

} // namespace gateway::http

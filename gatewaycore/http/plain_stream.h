// PlainStream: a ByteStream on a TCP socket of its own, without QTcpSocket: read, sendmsg and nothing else on the way
// of a message. EPOLLOUT is asked for only after a write that did not go whole. A peer that answers and closes before
// it has read all is still heard: a failed write leaves the reading side as it is. Thread: one; its event dispatcher
// watches the descriptor (fd_watch.h). Private to http.
#pragma once

#include "http/byte_stream.h"
#include "http/connector.h"
#include "http/fd_watch.h"

#include <sys/uio.h>

namespace gateway::http {

class PlainStream final : public ByteStream, private FdWatch, private ConnectorOwner
{
public:
    explicit PlainStream(StreamOwner& owner) : m_owner(owner) {}
    ~PlainStream() override { close(); }

    void adopt(int descriptor); // a connected, non-blocking socket; reading begins
    void connectTo(const QString& host, quint16 port);

    qint64 read(char* to, qint64 atMost) override;
    bool mayHoldMore() const override { return m_mayHoldMore; }
    void setReading(bool on) override;
    bool write(std::initializer_list<QByteArrayView> parts) override;
    bool write(QByteArrayView head, const QByteArray& body) override;
    qint64 pending() const override { return m_out.size() - m_outAt; }
    void finishWriting() override;
    void close() override;
    void closeWithReset() override;
    bool isOpen() const override { return m_fd >= 0 && !m_ended && !m_peerClosing; }
    bool isSilent(Ask ask) override;

private:
    void fdReady(quint32 events) override;
    void connectorDone(int descriptor) override;
    void connectorFailed(StreamFailure failure, const QString& text) override;
    qint64 send(iovec* parts, int count);
    void keep(QByteArrayView rest);
    void updateWatch();

    StreamOwner& m_owner;
    std::unique_ptr<Connector> m_connector;
    int m_fd = -1;
    bool m_reading = true;
    bool m_mayHoldMore = false;
    bool m_ended = false;       // a read said so
    bool m_peerClosing = false; // the kernel has told of a close, perhaps behind bytes that are still to be read
    bool m_broken = false;      // a write failed
    QByteArray m_out;           // what did not go at once, from m_outAt on
    qsizetype m_outAt = 0;
};

} // namespace gateway::http

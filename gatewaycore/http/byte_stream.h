// ByteStream: the bytes of one connection, whatever carries them. PlainStream is a socket of our own (one read and one
// write per message, no buffer while idle); TlsStream keeps QSslSocket behind the same few calls. Both are made by the
// connection that owns them and call it back on its thread, never from inside one of its own calls to them. The stream
// lives as long as its owner; close() ends it and nothing is told after that.
// What is written and does not go at once is kept here; how much that may be is the owner's affair (pending()).
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QHostAddress>

#include <initializer_list>

class QSslSocket;

namespace gateway::http {

// Why a connection was not made.
enum class StreamFailure
{
    Resolve,
    Connect,
    ConnectTimeout,
    Tls,
};

class StreamOwner
{
public:
    virtual void streamReady() = 0;    // connected, or shaken hands: bytes may flow
    virtual void streamReadable() = 0; // read() has something to say
    virtual void streamDrained() = 0;  // some of what was pending has gone
    virtual void streamFailed(StreamFailure failure, const QString& text) = 0; // before it was ready
    // It was ready, and now nothing can be sent any more. What had arrived can still be read.
    virtual void streamEnded() = 0;

protected:
    ~StreamOwner() = default;
};

class ByteStream
{
public:
    virtual ~ByteStream() = default;

    enum : qint64
    {
        Nothing = 0, // for the moment
        Ended = -1,  // for ever: the peer has closed, or the connection is broken
    };
    // What is known of a peer without asking the kernel, or by asking it.
    enum class Ask
    {
        Nothing,
        UnlessTold, // a thread that has just been told of all that waits knows
        Kernel,
    };
    // Bytes read, or one of the two above.
    virtual qint64 read(char* to, qint64 atMost) = 0;
    // Whether another read() at once can bring something. A plain socket that gave less than it was asked for is empty.
    virtual bool mayHoldMore() const = 0;
    // A reader who wants no more says so, and the peer is held back. Only what is read can be told of, an end as well.
    virtual void setReading(bool on) = 0;

    // Sent in one system call if the peer takes it. False: the connection is broken; the owner is not called for that.
    virtual bool write(std::initializer_list<QByteArrayView> parts) = 0;
    // The same for a message; a body that does not go at once is kept, not copied.
    virtual bool write(QByteArrayView head, const QByteArray& body) = 0;
    virtual qint64 pending() const = 0; // written and not yet with the kernel

    // Says to the peer that nothing more comes, once all is sent; reading goes on where that can be (not under TLS).
    virtual void finishWriting() = 0;
    virtual void close() = 0;          // at once; unsent bytes are dropped
    virtual void closeWithReset() = 0; // so that the peer cannot take it for an orderly end
    virtual bool isOpen() const = 0;   // ready, and not seen to be over
    // Open, and the peer has neither closed nor spoken.
    virtual bool isSilent(Ask ask) = 0;
    virtual QSslSocket* tls() { return nullptr; }
};

} // namespace gateway::http

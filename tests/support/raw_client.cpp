#include "raw_client.h"

#include <QUrl>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::test {
namespace {

using Time = std::chrono::steady_clock;

class Descriptor
{
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    ~Descriptor()
    {
        if (m_fd >= 0)
            close(m_fd);
    }
    Q_DISABLE_COPY_MOVE(Descriptor)
    int get() const { return m_fd; }

private:
    const int m_fd;
};

// Takes chunked coding off `bytes`; true when the last chunk and the final line are there.
bool unchunk(const QByteArray& bytes, QByteArray& body)
{
    body.clear();
    for (qsizetype at = 0;;) {
        const qsizetype line = bytes.indexOf("\r\n", at);
        if (line < 0)
            return false;
        bool isNumber = false;
        const qint64 size = bytes.mid(at, line - at).split(';').first().toLongLong(&isNumber, 16);
        if (!isNumber)
            return false;
        if (size == 0)
            return bytes.indexOf("\r\n\r\n", line) >= 0;
        body += bytes.mid(line + 2, size);
        at = line + 2 + size + 2;
        if (at > bytes.size())
            return false;
    }
}

// Reads what `all` holds so far into the reply; true when the answer is whole.
bool interpret(const QByteArray& all, RawReply& reply)
{
    const qsizetype end = all.indexOf("\r\n\r\n");
    if (end < 0)
        return false;
    reply.head = all.left(end + 4);
    reply.status = reply.head.mid(9, 3).toInt();
    const QByteArray rest = all.mid(end + 4);
    if (reply.header("transfer-encoding") == "chunked")
        return unchunk(rest, reply.body);
    const QByteArray length = reply.header("content-length");
    reply.body = length.isEmpty() ? rest : rest.left(length.toLongLong());
    return !length.isEmpty() && rest.size() >= length.toLongLong();
}

} // namespace

QByteArray RawReply::header(const QByteArray& name) const
{
    for (const QByteArray& line : head.split('\n')) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).toLower() == name)
            return line.mid(colon + 1).trimmed();
    }
    return {};
}

QByteArray httpRequest(
    const QByteArray& method, const QByteArray& path, const QByteArray& headers, const QByteArray& body)
{
    return method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers +
           "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

RawReply rawCall(quint16 port, const QByteArray& bytes, std::chrono::milliseconds limit)
{
    RawReply reply;
    const Time::time_point deadline = Time::now() + limit;
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        reply.refused = true;
        return reply;
    }
    for (qsizetype sent = 0; sent < bytes.size();) {
        const ssize_t step =
            send(socket.get(), bytes.constData() + sent, std::size_t(bytes.size() - sent), MSG_NOSIGNAL);
        if (step <= 0) {
            reply.closed = true;
            break; // an early answer may still be there to read
        }
        sent += step;
    }
    QByteArray all;
    while (!reply.complete) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Time::now()).count();
        pollfd wait{socket.get(), POLLIN, 0};
        if (left <= 0 || poll(&wait, 1, int(left)) == 0) {
            reply.timedOut = true;
            break;
        }
        char buffer[16384];
        const ssize_t got = recv(socket.get(), buffer, sizeof buffer, 0);
        if (got <= 0) {
            reply.closed = true;
            break;
        }
        all.append(buffer, got);
        reply.complete = interpret(all, reply);
    }
    return reply;
}

QByteArray chatRequest(const QByteArray& key, const QByteArray& alias, bool stream, const QByteArray& prompt,
    const QByteArray& headers, const QByteArray& fields)
{
    const QByteArray body = "{\"model\":\"" + alias + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt +
                            "\"}]" + fields + (stream ? ",\"stream\":true}" : "}");
    return httpRequest("POST", "/v1/chat/completions",
        "Authorization: Bearer " + key + "\r\nContent-Type: application/json\r\n" + headers, body);
}

quint16 portOf(const QString& url)
{
    return quint16(QUrl(url).port());
}

} // namespace gateway::test

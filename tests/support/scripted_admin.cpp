#include "scripted_admin.h"

#include <QJsonDocument>
#include <QSslServer>
#include <QTcpSocket>

#include <sys/socket.h>

namespace gateway::test {

ScriptedAdmin::ScriptedAdmin(Script script, const std::optional<QSslConfiguration>& tls) : m_script(std::move(script))
{
    if (tls) {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(*tls);
        m_tlsServer = server.get();
        m_server = std::move(server);
    } else {
        m_server = std::make_unique<QTcpServer>();
    }
    QObject::connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, m_server.get(), [this] {
        while (QTcpSocket* socket = m_server->nextPendingConnection())
            admit(socket);
    });
    if (!m_server->listen(QHostAddress::LocalHost))
        qFatal("no port to listen on");
}

ScriptedAdmin::~ScriptedAdmin()
{
    dropAll();
}

quint16 ScriptedAdmin::port() const
{
    return m_server->serverPort();
}

void ScriptedAdmin::setTls(const QSslConfiguration& tls)
{
    m_tlsServer->setSslConfiguration(tls);
}

QList<ScriptedAdmin::Asked> ScriptedAdmin::askedFor(const QByteArray& pathBegin) const
{
    QList<Asked> found;
    for (const Asked& one : m_asked) {
        if (one.path.startsWith(pathBegin))
            found.append(one);
    }
    return found;
}

void ScriptedAdmin::toStreams(const QByteArray& bytes)
{
    for (QTcpSocket* socket : std::as_const(m_streams)) {
        socket->write(bytes);
        socket->flush();
    }
}

void ScriptedAdmin::dropAll()
{
    m_streams.clear();
    const auto sockets = m_buffers.keys();
    m_buffers.clear();
    for (QTcpSocket* socket : sockets) {
        socket->disconnect();
        socket->abort();
        socket->deleteLater();
    }
}

void ScriptedAdmin::admit(QTcpSocket* socket)
{
    ++m_connections;
    m_buffers.insert(socket, {});
    QObject::connect(socket, &QTcpSocket::readyRead, m_server.get(), [this, socket] { read(socket); });
    QObject::connect(socket, &QTcpSocket::disconnected, m_server.get(), [this, socket] {
        m_streams.removeAll(socket);
        if (m_buffers.remove(socket) > 0)
            socket->deleteLater();
    });
    read(socket);
}

void ScriptedAdmin::read(QTcpSocket* socket)
{
    if (!m_buffers.contains(socket))
        return;
    const QByteArray bytes = socket->readAll();
    m_received += bytes;
    m_buffers[socket] += bytes;
    while (m_buffers.contains(socket)) {
        QByteArray& buffer = m_buffers[socket];
        const qsizetype end = buffer.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        Asked asked;
        const QList<QByteArray> lines = buffer.left(end).split('\n');
        const QList<QByteArray> first = lines.first().trimmed().split(' ');
        asked.method = first.value(0);
        asked.path = first.value(1);
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const qsizetype colon = lines[i].indexOf(':');
            asked.fields.insert(lines[i].left(colon).toLower(), lines[i].mid(colon + 1).trimmed());
        }
        const qsizetype length = asked.fields.value("content-length").toLongLong();
        if (buffer.size() < end + 4 + length)
            return;
        asked.body = QJsonDocument::fromJson(buffer.mid(end + 4, length)).object();
        buffer.remove(0, end + 4 + length);
        m_asked.append(asked);
        answer(socket, m_script(asked));
    }
}

void ScriptedAdmin::answer(QTcpSocket* socket, const Answer& answer)
{
    using How = Answer::How;
    switch (answer.how) {
    case How::Silence:
        return;
    case How::Close:
        return socket->disconnectFromHost();
    case How::Reset: {
        const linger now{1, 0};
        ::setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        return socket->abort();
    }
    case How::Raw:
        socket->write(answer.raw);
        break;
    case How::Stream:
        m_streams.append(socket);
        socket->write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + answer.raw);
        break;
    case How::Reply:
    case How::ReplyAndClose: {
        const QByteArray body = QJsonDocument(answer.body).toJson(QJsonDocument::Compact);
        socket->write("HTTP/1.1 " + QByteArray::number(answer.status) + " X\r\n" + answer.fields +
                      "content-length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        break;
    }
    }
    socket->flush();
    if (answer.how == How::ReplyAndClose)
        socket->disconnectFromHost();
}

} // namespace gateway::test

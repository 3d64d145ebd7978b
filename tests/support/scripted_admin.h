// ScriptedAdmin: something that listens where an engine's admin listener should be, and says what a test wants:
// answers, silence, a closed connection, an event stream, other bytes. It keeps every byte it could read, decrypted, so
// that a test can prove that there was none. Thread: the one that made it, with an event loop.
#pragma once

#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QSslConfiguration>
#include <QTcpServer>

#include <functional>
#include <memory>
#include <optional>

class QSslServer;

namespace gateway::test {

class ScriptedAdmin
{
public:
    struct Asked
    {
        QByteArray method;
        QByteArray path; // with its query
        QHash<QByteArray, QByteArray> fields;
        QJsonObject body;
    };
    struct Answer
    {
        enum class How
        {
            Reply,
            ReplyAndClose,
            Raw,    // `raw` as it is; the connection stays open
            Stream, // the head of an event stream and `raw`; stays open
            Silence,
            Close, // without an answer
            Reset
        };
        How how = How::Reply;
        int status = 200;
        QJsonObject body;
        QByteArray fields; // more header lines, each with its line end
        QByteArray raw;
    };
    using Script = std::function<Answer(const Asked&)>;

    explicit ScriptedAdmin(Script script, const std::optional<QSslConfiguration>& tls = {});
    ~ScriptedAdmin();
    Q_DISABLE_COPY_MOVE(ScriptedAdmin)

    quint16 port() const;
    QByteArray received() const { return m_received; }
    int connections() const { return m_connections; }
    const QList<Asked>& asked() const { return m_asked; }
    QList<Asked> askedFor(const QByteArray& pathBegin) const;
    void toStreams(const QByteArray& bytes); // to all open event streams
    void dropAll();
    void setTls(const QSslConfiguration& tls); // of the connections from now on

private:
    void admit(QTcpSocket* socket);
    void read(QTcpSocket* socket);
    void answer(QTcpSocket* socket, const Answer& answer);

    const Script m_script;
    std::unique_ptr<QTcpServer> m_server;
    QSslServer* m_tlsServer = nullptr;
    QHash<QTcpSocket*, QByteArray> m_buffers;
    QList<QTcpSocket*> m_streams;
    QByteArray m_received;
    QList<Asked> m_asked;
    int m_connections = 0;
};

} // namespace gateway::test

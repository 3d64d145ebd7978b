#include "http/exchange.h"

#include "http/server_connection.h"

namespace gateway::http {

Exchange::Exchange(
    ServerConnection* connection, RequestHead head, QByteArray body, Caller caller, Monotonic begun, Monotonic received)
    : m_connection(connection),
      m_head(std::move(head)),
      m_body(std::move(body)),
      m_caller(std::move(caller)),
      m_begun(begun),
      m_received(received)
{
}

Exchange::~Exchange()
{
    m_listener = nullptr;
    abort();
}

bool Exchange::isOpen() const
{
    return m_connection && m_connection->isOpen();
}

void Exchange::respond(const Response& response)
{
    if (m_connection)
        m_bytesSent += m_connection->respond(response);
}

void Exchange::beginStream(int status, const Fields& fields, const FieldLines& lines)
{
    if (m_connection)
        m_bytesSent += m_connection->beginStream(status, fields, lines);
}

void Exchange::send(QByteArrayView piece)
{
    if (m_connection && !piece.isEmpty())
        m_bytesSent += m_connection->sendPiece(piece, false);
}

void Exchange::finishStream(QByteArrayView lastPiece)
{
    if (m_connection)
        m_bytesSent += m_connection->sendPiece(lastPiece, true);
}

void Exchange::abort()
{
    if (m_connection)
        std::exchange(m_connection, nullptr)->exchangeAbandoned();
}

bool Exchange::isBufferFull() const
{
    return m_connection && m_connection->isBufferFull();
}

void Exchange::connectionGone()
{
    m_connection = nullptr;
    if (m_listener)
        m_listener->callerLeft();
}

Response RequestHandler::describe(const ParseError& error)
{
    Response response;
    response.status = error.status;
    response.fields.append({QByteArrayLiteral("content-type"), QByteArrayLiteral("text/plain")});
    response.body = QByteArray(error.reason) + '\n';
    response.close = true;
    return response;
}

} // namespace gateway::http

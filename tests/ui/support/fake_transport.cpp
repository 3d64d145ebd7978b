#include "fake_transport.h"

#include <QFile>
#include <QJsonDocument>
#include <QPromise>
#include <QTimer>

namespace ui::testing {

using gateway::api::EventStream;
using gateway::api::Result;

void FakeTransport::setReply(const QString& path, const QJsonObject& body, int status)
{
    m_replies.insert(path, AdminReply{status, body});
}

void FakeTransport::setHandler(const QString& path, Handler handler)
{
    m_handlers.insert(path, std::move(handler));
}

bool FakeTransport::load(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
    if (!document.isObject())
        return false;
    const QJsonObject replies = document.object();
    for (auto it = replies.begin(); it != replies.end(); ++it)
        setReply(it.key(), it.value().toObject());
    return true;
}

void FakeTransport::setHeld(bool held)
{
    m_held = held;
    if (held)
        return;
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto& finish : waiting)
        finish();
}

void FakeTransport::pushEvents(const QVector<Event>& events)
{
    for (const auto& stream : m_streams) {
        if (stream)
            Q_EMIT stream->eventsArrived(events);
    }
}

void FakeTransport::pushGap(qint64 first, qint64 last)
{
    for (const auto& stream : m_streams) {
        if (stream)
            Q_EMIT stream->gapFound(first, last);
    }
}

void FakeTransport::pushState(EventStream::State state, const QString& reason)
{
    for (const auto& stream : m_streams) {
        if (stream)
            Q_EMIT stream->stateChanged(state, reason);
    }
}

void FakeTransport::setLink(const gateway::api::LinkStatus& link)
{
    m_link = link;
    Q_EMIT linkChanged(link);
}

Result<AdminReply> FakeTransport::answer(const AdminRequest& request) const
{
    if (!m_failure.message.isEmpty())
        return m_failure;
    const QString prefix = request.method == QLatin1String("GET") ? QString() : request.method + QLatin1Char(' ');
    const QString path = prefix + request.path;
    if (const auto handler = m_handlers.constFind(path); handler != m_handlers.constEnd())
        return (*handler)(request);
    const auto items = request.query.queryItems(QUrl::FullyDecoded);
    for (const auto& [key, value] : items) {
        const auto found = m_replies.constFind(path + QLatin1Char('?') + key + QLatin1Char('=') + value);
        if (found != m_replies.constEnd())
            return *found;
    }
    const auto found = m_replies.constFind(path);
    if (found != m_replies.constEnd())
        return *found;
    return gateway::api::errorReply(gateway::api::failure(
        gateway::api::Failure::NotFound, QStringLiteral("The fake has no answer for %1.").arg(path)));
}

QFuture<Result<AdminReply>> FakeTransport::send(const AdminRequest& request)
{
    m_requests.append(request);
    ++m_pending;
    auto promise = std::make_shared<QPromise<Result<AdminReply>>>();
    promise->start();
    const QFuture<Result<AdminReply>> future = promise->future();
    // Never inline: a real transport does not answer before send() returns.
    auto finish = [this, promise, request] {
        --m_pending;
        promise->addResult(answer(request));
        promise->finish();
    };
    if (m_held)
        m_waiting.append(finish);
    else
        QTimer::singleShot(m_latencyMs, this, finish);
    return future;
}

std::unique_ptr<EventStream> FakeTransport::subscribe(qint64)
{
    auto stream = std::make_unique<EventStream>();
    m_streams.append(stream.get());
    QTimer::singleShot(
        0, stream.get(), [stream = stream.get()] { Q_EMIT stream->stateChanged(EventStream::State::Live, QString()); });
    return stream;
}

} // namespace ui::testing

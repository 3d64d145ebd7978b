#include "command_transport.h"

#include "output.h"

#include <QPromise>

namespace ctl {

using namespace gateway;

namespace {

using Reply = api::Result<api::AdminReply>;

QFuture<Reply> finished(Reply reply)
{
    QPromise<Reply> promise;
    promise.start();
    promise.addResult(std::move(reply));
    promise.finish();
    return promise.future();
}

} // namespace

bool isChange(const api::AdminRequest& request)
{
    return request.method != QLatin1String("GET") && !request.reason.isEmpty();
}

CommandTransport::CommandTransport(std::unique_ptr<api::AdminTransport> carrier) : m_carrier(std::move(carrier))
{
    connect(m_carrier.get(), &api::AdminTransport::changeChecking, this, [] {
        say(QStringLiteral(
            "signalboxctl: The answer to the change did not come. Asking the engine what became of it."));
    });
    connect(m_carrier.get(), &api::AdminTransport::changeSettled, this, [](const QString&, bool applied) {
        // whether it was not applied or nobody knows is in the error the change ends with
        if (applied)
            say(QStringLiteral("signalboxctl: The change was applied."));
    });
}

QFuture<Reply> CommandTransport::send(const api::AdminRequest& request)
{
    if (isChange(request)) {
        api::AdminRequest change = request;
        if (!change.expectedRevision)
            change.expectedRevision = m_revision;
        if (!m_holds)
            return m_carrier->send(change);
        m_held = change;
        return finished(api::failure(api::Failure::Internal, QStringLiteral("A dry run sends nothing.")));
    }
    if (request.path != QLatin1String("/api/v1/status"))
        return m_carrier->send(request);
    // no context: it ends before this object, which owns the carrier
    return m_carrier->send(request).then([this](const Reply& reply) {
        const QJsonValue revision = reply ? reply->body.value(QLatin1String("revision")) : QJsonValue();
        if (revision.isDouble())
            m_revision = revision.toInt();
        return reply;
    });
}

} // namespace ctl

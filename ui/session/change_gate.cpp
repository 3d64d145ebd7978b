#include "session/change_gate.h"

#include "session/actions.h"

#include <QUuid>

namespace ui {

using namespace gateway::api;

namespace {

constexpr qsizetype kRecent = 50;

} // namespace

ChangeGate::ChangeGate(
    std::shared_ptr<AdminTransport> inner, std::function<QString()> blocked, std::function<QDateTime()> now)
    : m_inner(std::move(inner)), m_blocked(std::move(blocked)), m_now(std::move(now))
{
    connect(m_inner.get(), &AdminTransport::linkChanged, this, &AdminTransport::linkChanged);
    connect(m_inner.get(), &AdminTransport::changeChecking, this, [this](const QString& key, const QString& path) {
        mark(key, RecentChange::State::Checking);
        Q_EMIT changeChecking(key, path);
    });
    connect(m_inner.get(), &AdminTransport::changeSettled, this, [this](const QString& key, bool applied) {
        mark(key, applied ? RecentChange::State::Applied : RecentChange::State::NotApplied);
        Q_EMIT changeSettled(key, applied);
    });
}

QFuture<Result<AdminReply>> ChangeGate::send(const AdminRequest& request)
{
    if (request.reason.isEmpty()) // only changes carry one
        return m_inner->send(request);
    if (const QString why = m_blocked(); !why.isEmpty())
        return QtFuture::makeReadyFuture(Result<AdminReply>(failure(Failure::Unavailable, why)));
    AdminRequest keyed = request;
    if (keyed.idempotencyKey.isEmpty())
        keyed.idempotencyKey = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const QString key = keyed.idempotencyKey;
    m_recent.prepend(
        {key, changeWords(keyed.method, keyed.path), keyed.reason, m_now(), RecentChange::State::Sent, {}});
    if (m_recent.size() > kRecent)
        m_recent.removeLast();
    Q_EMIT recentChanged(m_recent.first());
    // a future takes one continuation: the caller gets the one that comes after ours
    return m_inner->send(keyed).then(this, [this, key](const Result<AdminReply>& reply) {
        const bool applied = reply && reply->status < 300;
        mark(key, applied ? RecentChange::State::Applied : RecentChange::State::NotApplied,
            !reply ? reply.error().message
            : applied
                ? QString()
                : reply->body.value(QLatin1String("error")).toObject().value(QLatin1String("message")).toString());
        return reply;
    });
}

void ChangeGate::mark(const QString& key, RecentChange::State state, const QString& message)
{
    for (RecentChange& change : m_recent) {
        if (change.key != key || (change.state == state && change.message == message))
            continue;
        change.state = state;
        change.message = message;
        Q_EMIT recentChanged(change);
        return;
    }
}

} // namespace ui

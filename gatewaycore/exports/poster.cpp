#include "exports/poster.h"

#include <QMetaObject>

#include <algorithm>

namespace gateway::exports {

class Poster::Underway final : public QObject, public http::UpstreamListener
{
public:
    Underway(Poster& poster, Done done)
        : done(std::move(done)), m_poster(poster), m_deadline(poster.m_wheel, [this] { outOfTime(); })
    {
        m_deadline.start(poster.m_limits.answer);
    }

    Done done;
    std::unique_ptr<http::UpstreamExchange> exchange;

private:
    void upstreamHead(const http::ResponseHead& head) override
    {
        m_posted.status = head.status;
        m_posted.retryAfter = head.value("retry-after").toByteArray();
    }
    void upstreamBody(QByteArrayView piece) override
    {
        const qsizetype room = qsizetype(m_poster.m_limits.answerBytes) - m_posted.body.size();
        m_posted.body.append(piece.first(std::min(room, piece.size())));
        if (m_posted.body.size() >= m_poster.m_limits.answerBytes)
            end(); // enough is known
    }
    void upstreamComplete() override { end(); }
    void upstreamFailed(http::UpstreamFailure, const QString& text) override
    {
        if (m_posted.status == 0)
            m_posted.problem = text;
        end();
    }
    void outOfTime()
    {
        if (m_posted.status == 0)
            m_posted.problem =
                QStringLiteral("no answer within %1 s").arg(double(m_poster.m_limits.answer.count()) / 1000);
        end();
    }
    // Queued: this object and the exchange go with it, and must not from inside their own calls.
    void end()
    {
        m_deadline.stop();
        if (!std::exchange(m_over, true))
            QMetaObject::invokeMethod(
                this, [this] { m_poster.finish(std::move(m_posted)); }, Qt::QueuedConnection);
    }

    Poster& m_poster;
    http::Deadline m_deadline;
    Posted m_posted;
    bool m_over = false;
};

QString describe(const Posted& posted)
{
    if (posted.status == 0)
        return QStringLiteral("It could not be reached: %1.").arg(posted.problem);
    if (posted.status >= 300 && posted.status < 400)
        return QStringLiteral("It answered %1, a redirect, which is not followed.").arg(posted.status);
    return QStringLiteral("It answered %1.").arg(posted.status);
}

Poster::Poster(http::UpstreamClient& client, http::TimerWheel& wheel, Target target, const ExportLimits& limits)
    : m_client(client), m_wheel(wheel), m_target(std::move(target)), m_limits(limits)
{
}

Poster::~Poster() = default;

void Poster::post(const QByteArray& path, http::Fields fields, QByteArray body, Done done)
{
    http::UpstreamRequest request;
    request.path = m_target.path + path;
    if (request.path.isEmpty())
        request.path = QByteArrayLiteral("/");
    request.fields = std::move(fields);
    request.fields.append({QByteArrayLiteral("content-type"), QByteArrayLiteral("application/json")});
    request.fields.append({QByteArrayLiteral("accept"), QByteArrayLiteral("application/json")});
    request.fields.append({QByteArrayLiteral("accept-encoding"), QByteArrayLiteral("identity")});
    request.fields.append({QByteArrayLiteral("user-agent"), QByteArrayLiteral("signalbox/" SIGNALBOX_VERSION)});
    request.body = std::move(body);
    m_under = std::make_unique<Underway>(*this, std::move(done));
    const http::UpstreamTimeouts timeouts{m_limits.answer, m_limits.answer, m_limits.answer};
    m_under->exchange = m_client.start(m_target.socket, timeouts, std::move(request), *m_under);
}

void Poster::finish(Posted posted)
{
    Underway* over = m_under.release();
    over->exchange.reset();
    over->deleteLater(); // we are inside its own event
    over->done(posted);
}

} // namespace gateway::exports

#include "api/replay_client.h"

#include "reply_codecs.h"

namespace gateway::api {
namespace {

QString pathOf(const QString& id, const char* rest = "")
{
    return QStringLiteral("/api/v1/config/replay/%1%2").arg(part(id), QLatin1String(rest));
}

} // namespace

ReplayClient::Reply<ReplayReport> ReplayClient::start(const ReplayRequest& request) const
{
    return decode(m_client.send(post(QStringLiteral("/api/v1/config/replay"), toJson(request))), &replayReportFromJson);
}

ReplayClient::Reply<QVector<ReplayReport>> ReplayClient::list() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/config/replay"))), listOf(&replayReportFromJson));
}

ReplayClient::Reply<ReplayReport> ReplayClient::report(const QString& id) const
{
    return decode(m_client.send(get(pathOf(id))), &replayReportFromJson);
}

ReplayClient::Reply<ReplayChangePage> ReplayClient::changes(const QString& id, const ReplayChangeQuery& query) const
{
    return decode(m_client.send(get(pathOf(id, "/changes"), toQuery(query))), &replayChangePageFromJson);
}

ReplayClient::Reply<ReplayReport> ReplayClient::cancel(const QString& id) const
{
    return decode(m_client.send(post(pathOf(id, "/cancel"))), &replayReportFromJson);
}

} // namespace gateway::api

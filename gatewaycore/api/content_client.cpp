#include "api/content_client.h"

#include "reply_codecs.h"

namespace gateway::api {
namespace {

QJsonObject stated(QJsonObject json)
{
    for (auto member = json.begin(); member != json.end();) {
        const bool isEmpty = member->isNull() || (member->isString() && member->toString().isEmpty());
        member = isEmpty ? json.erase(member) : std::next(member);
    }
    return json;
}

QString grantPath(const QString& id, const char* verb)
{
    return QStringLiteral("/api/v1/content/grants/%1/%2").arg(part(id), QLatin1String(verb));
}

} // namespace

ContentClient::Reply<ContentStatus> ContentClient::status() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/content"))), &contentStatusFromJson);
}

ContentClient::Reply<QVector<ContentGrant>> ContentClient::grants() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/content/grants"))), listOf(&contentGrantFromJson));
}

ContentClient::Reply<ContentGrant> ContentClient::ask(const ContentGrantRequest& request, const QString& reason) const
{
    return decode(m_client.send(post(QStringLiteral("/api/v1/content/grants"), stated(toJson(request)), reason)),
        &contentGrantFromJson);
}

ContentClient::Reply<ContentGrant> ContentClient::approve(const QString& id, const QString& reason) const
{
    return decode(m_client.send(post(grantPath(id, "approve"), {}, reason)), &contentGrantFromJson);
}

ContentClient::Reply<ContentGrant> ContentClient::end(const QString& id, const QString& reason) const
{
    return decode(m_client.send(post(grantPath(id, "end"), {}, reason)), &contentGrantFromJson);
}

ContentClient::Reply<KeptContent> ContentClient::read(const QString& call) const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/calls/%1/content").arg(part(call)))), &keptContentFromJson);
}

ContentClient::Reply<ContentStatus> ContentClient::shred(const QString& tenant, const QString& reason) const
{
    return decode(
        m_client.send(post(QStringLiteral("/api/v1/content/shred"), {{QStringLiteral("tenant"), tenant}}, reason)),
        &contentStatusFromJson);
}

ContentClient::Reply<RecordRetention> ContentClient::recordRetention() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/audit/retention"))), &recordRetentionFromJson);
}

} // namespace gateway::api

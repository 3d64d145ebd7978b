#include "api/gateway_client.h"

#include "reply_codecs.h"

namespace gateway::api {
namespace {

Result<CallPage> callPageFromJson(const QJsonObject& body)
{
    Result<QVector<Call>> calls = listOf<Call>(&callFromJson)(body);
    if (!calls)
        return calls.error();
    return CallPage{std::move(*calls), body.value(QLatin1String("next")).toString(),
        body.value(QLatin1String("total")).toInteger()};
}

Result<QDateTime> timeFrom(const QUrlQuery& query, const QString& key)
{
    const QDateTime time = QDateTime::fromString(query.queryItemValue(key, QUrl::FullyDecoded), Qt::ISODateWithMs);
    if (!time.isValid())
        return failure(Failure::Invalid, QStringLiteral("%1 is not an RFC 3339 time").arg(key));
    return time.toUTC();
}

Result<int> numberFrom(const QUrlQuery& query, const QString& key, int least, int most)
{
    bool isNumber = false;
    const int number = query.queryItemValue(key).toInt(&isNumber);
    if (!isNumber || number < least || number > most)
        return failure(
            Failure::Invalid, QStringLiteral("%1 must be a whole number from %2 to %3").arg(key).arg(least).arg(most));
    return number;
}

} // namespace

GatewayClient::GatewayClient(std::shared_ptr<AdminTransport> transport) : m_transport(std::move(transport)) {}

QFuture<Result<AdminReply>> GatewayClient::send(AdminRequest request) const
{
    const bool isChange = !request.reason.isEmpty();
    if (isChange && !request.expectedRevision)
        request.expectedRevision = m_expected;
    return m_transport->send(request);
}

GatewayClient::Reply<EngineStatus> GatewayClient::status() const
{
    return decode(send(get(QStringLiteral("/api/v1/status"))), &engineStatusFromJson);
}

GatewayClient::Reply<QVector<ProviderStatus>> GatewayClient::providers() const
{
    return decode(send(get(QStringLiteral("/api/v1/providers"))), listOf(&providerStatusFromJson));
}

GatewayClient::Reply<QVector<AliasStatus>> GatewayClient::aliases() const
{
    return decode(send(get(QStringLiteral("/api/v1/aliases"))), listOf(&aliasStatusFromJson));
}

GatewayClient::Reply<ProviderStatus> GatewayClient::provider(const QString& name) const
{
    return decode(send(get(QStringLiteral("/api/v1/providers/") + part(name))), &providerStatusFromJson);
}

GatewayClient::Reply<QVector<TenantStatus>> GatewayClient::tenants() const
{
    return decode(send(get(QStringLiteral("/api/v1/tenants"))), listOf(&tenantStatusFromJson));
}

GatewayClient::Reply<CallPage> GatewayClient::calls(const CallQuery& query) const
{
    return decode(send(get(QStringLiteral("/api/v1/calls"), toQuery(query))), &callPageFromJson);
}

GatewayClient::Reply<Call> GatewayClient::call(const QString& id) const
{
    return decode(send(get(QStringLiteral("/api/v1/calls/") + part(id))), &callFromJson);
}

GatewayClient::Reply<Series> GatewayClient::series(const SeriesQuery& query) const
{
    return decode(send(get(QStringLiteral("/api/v1/series"), toQuery(query))), &seriesFromJson);
}

GatewayClient::Reply<QVector<CredentialInfo>> GatewayClient::credentials() const
{
    return decode(send(get(QStringLiteral("/api/v1/credentials"))), listOf(&credentialInfoFromJson));
}

GatewayClient::Reply<IssuedCredential> GatewayClient::issueCredential(
    const CredentialRequest& request, const QString& reason) const
{
    const AdminRequest wanted = post(QStringLiteral("/api/v1/credentials"), toJson(request), reason);
    return decode(send(wanted), [](const QJsonObject& body) -> Result<IssuedCredential> {
        return IssuedCredential{
            body.value(QLatin1String("id")).toString(), body.value(QLatin1String("key")).toString()};
    });
}

GatewayClient::Reply<CredentialInfo> GatewayClient::revokeCredential(const QString& id, const QString& reason) const
{
    return decode(
        send(post(QStringLiteral("/api/v1/credentials/%1/revoke").arg(part(id)), {}, reason)), &credentialInfoFromJson);
}

GatewayClient::Reply<ConfigFacts> GatewayClient::config() const
{
    return decode(send(get(QStringLiteral("/api/v1/config"))), &configFactsFromJson);
}

GatewayClient::Reply<ConfigCheck> GatewayClient::checkConfig(const QString& yaml) const
{
    return decode(
        send(post(QStringLiteral("/api/v1/config/check"), {{QStringLiteral("yaml"), yaml}})), &configCheckFromJson);
}

QUrlQuery toQuery(const CallQuery& query)
{
    QUrlQuery items;
    const auto add = [&items](const char* key, const QString& value) {
        if (!value.isEmpty())
            items.addQueryItem(QLatin1String(key), part(value));
    };
    add("since", query.since ? query.since->toUTC().toString(Qt::ISODateWithMs) : QString());
    add("until", query.until ? query.until->toUTC().toString(Qt::ISODateWithMs) : QString());
    add("tenant", query.tenant);
    add("alias", query.alias);
    add("provider", query.provider);
    add("outcome", query.outcome ? nameOf(*query.outcome) : QString());
    add("before", query.before);
    add("limit", QString::number(query.limit));
    return items;
}

Result<CallQuery> callQueryFromQuery(const QUrlQuery& items)
{
    CallQuery query;
    for (const auto& [key, value] : items.queryItems(QUrl::FullyDecoded)) {
        if (key == QLatin1String("since") || key == QLatin1String("until")) {
            const Result<QDateTime> time = timeFrom(items, key);
            if (!time)
                return time.error();
            (key == QLatin1String("since") ? query.since : query.until) = *time;
        } else if (key == QLatin1String("tenant")) {
            query.tenant = value;
        } else if (key == QLatin1String("alias")) {
            query.alias = value;
        } else if (key == QLatin1String("provider")) {
            query.provider = value;
        } else if (key == QLatin1String("outcome")) {
            query.outcome = callOutcomeFromName(value);
            if (!query.outcome)
                return failure(Failure::Invalid, QStringLiteral("outcome %1 is not known").arg(value));
        } else if (key == QLatin1String("before")) {
            query.before = value;
        } else if (key == QLatin1String("limit")) {
            const Result<int> limit = numberFrom(items, key, 1, 1000);
            if (!limit)
                return limit.error();
            query.limit = *limit;
        } else {
            return failure(Failure::Invalid, QStringLiteral("query key %1 is not known").arg(key));
        }
    }
    return query;
}

QUrlQuery toQuery(const SeriesQuery& query)
{
    QUrlQuery items;
    if (!query.provider.isEmpty())
        items.addQueryItem(QStringLiteral("provider"), part(query.provider));
    if (!query.alias.isEmpty())
        items.addQueryItem(QStringLiteral("alias"), part(query.alias));
    items.addQueryItem(QStringLiteral("from"), query.from.toUTC().toString(Qt::ISODateWithMs));
    items.addQueryItem(QStringLiteral("to"), query.to.toUTC().toString(Qt::ISODateWithMs));
    items.addQueryItem(QStringLiteral("step"), QString::number(query.stepSeconds));
    return items;
}

Result<SeriesQuery> seriesQueryFromQuery(const QUrlQuery& items)
{
    SeriesQuery query;
    query.provider = items.queryItemValue(QStringLiteral("provider"), QUrl::FullyDecoded);
    query.alias = items.queryItemValue(QStringLiteral("alias"), QUrl::FullyDecoded);
    const Result<QDateTime> from = timeFrom(items, QStringLiteral("from"));
    const Result<QDateTime> to = timeFrom(items, QStringLiteral("to"));
    const Result<int> step = numberFrom(items, QStringLiteral("step"), 1, 86400);
    if (!from)
        return from.error();
    if (!to)
        return to.error();
    if (!step)
        return step.error();
    query.from = *from;
    query.to = *to;
    query.stepSeconds = *step;
    if (query.to <= query.from || query.from.secsTo(query.to) / query.stepSeconds > 2000)
        return failure(
            Failure::Invalid, QStringLiteral("series: to must lie after from, with at most 2,000 steps between"));
    return query;
}

} // namespace gateway::api

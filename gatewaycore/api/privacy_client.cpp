#include "api/privacy_client.h"

#include "reply_codecs.h"

namespace gateway::api {
namespace {

QString textOf(const QDateTime& time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

void add(QUrlQuery& query, const char* name, const std::optional<QDateTime>& time)
{
    if (time)
        query.addQueryItem(QLatin1String(name), textOf(*time));
}

void add(QUrlQuery& query, const char* name, const QString& text)
{
    if (!text.isEmpty())
        query.addQueryItem(QLatin1String(name), part(text));
}

QUrlQuery ofTenant(const QString& tenant)
{
    QUrlQuery query;
    add(query, "tenant", tenant);
    return query;
}

QUrlQuery period(const std::optional<QDateTime>& since, const std::optional<QDateTime>& until)
{
    QUrlQuery query;
    add(query, "since", since);
    add(query, "until", until);
    return query;
}

// Empty: it is not there. False: it is no time.
bool readTime(const QUrlQuery& query, const char* name, std::optional<QDateTime>& out)
{
    const QString text = query.queryItemValue(QLatin1String(name), QUrl::FullyDecoded);
    if (text.isEmpty())
        return true;
    out = QDateTime::fromString(text, Qt::ISODateWithMs).toUTC();
    return out->isValid();
}

} // namespace

QUrlQuery toQuery(const ZoneCheckQuery& query)
{
    QUrlQuery pairs;
    add(pairs, "since", query.since);
    add(pairs, "until", query.until);
    add(pairs, "tenant", query.tenant);
    return pairs;
}

Result<ZoneCheckQuery> zoneCheckQueryFromQuery(const QUrlQuery& pairs)
{
    ZoneCheckQuery query;
    if (!readTime(pairs, "since", query.since))
        return failure(Failure::Invalid, QStringLiteral("since is not an RFC 3339 time"));
    if (!readTime(pairs, "until", query.until))
        return failure(Failure::Invalid, QStringLiteral("until is not an RFC 3339 time"));
    query.tenant = pairs.queryItemValue(QStringLiteral("tenant"), QUrl::FullyDecoded);
    return query;
}

PrivacyClient::Reply<ZoneProof> PrivacyClient::proof(const QString& tenant) const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/zones/proof"), ofTenant(tenant))), &zoneProofFromJson);
}

PrivacyClient::Reply<StandingCheck> PrivacyClient::check(const ZoneCheckQuery& query) const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/zones/check"), toQuery(query))), &standingCheckFromJson);
}

PrivacyClient::Reply<StandingCheck> PrivacyClient::runCheck(const ZoneCheckQuery& query, const QString& reason) const
{
    QJsonObject body;
    if (query.since)
        body.insert(QStringLiteral("since"), textOf(*query.since));
    if (query.until)
        body.insert(QStringLiteral("until"), textOf(*query.until));
    if (!query.tenant.isEmpty())
        body.insert(QStringLiteral("tenant"), query.tenant);
    return decode(m_client.send(post(QStringLiteral("/api/v1/zones/check"), body, reason)), &standingCheckFromJson);
}

PrivacyClient::Reply<QVector<ZoneCheckRun>> PrivacyClient::checks() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/zones/checks"))), listOf(&zoneCheckRunFromJson));
}

PrivacyClient::Reply<StandingCheck> PrivacyClient::keptCheck(qint64 number) const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/zones/checks/%1").arg(number))), &standingCheckFromJson);
}

PrivacyClient::Reply<QVector<ZoneRecord>> PrivacyClient::records(const QString& tenant) const
{
    return decode(
        m_client.send(get(QStringLiteral("/api/v1/zones/records"), ofTenant(tenant))), listOf(&zoneRecordFromJson));
}

PrivacyClient::Reply<QVector<ZoneAudit>> PrivacyClient::audits() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/zones/audits"))), listOf(&zoneAuditFromJson));
}

PrivacyClient::Reply<ZoneAudit> PrivacyClient::signAudit(const AuditSignature& signature, const QString& reason) const
{
    return decode(
        m_client.send(post(QStringLiteral("/api/v1/zones/audits"), toJson(signature), reason)), &zoneAuditFromJson);
}

PrivacyClient::Reply<QVector<ZoneException>> PrivacyClient::exceptions() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/zones/exceptions"))), listOf(&zoneExceptionFromJson));
}

PrivacyClient::Reply<ZoneException> PrivacyClient::makeException(
    const ExceptionRequest& request, const QString& reason) const
{
    return decode(m_client.send(post(QStringLiteral("/api/v1/zones/exceptions"), toJson(request), reason)),
        &zoneExceptionFromJson);
}

PrivacyClient::Reply<KeyReach> PrivacyClient::credentialReach(
    const QString& id, const std::optional<QDateTime>& since, const std::optional<QDateTime>& until) const
{
    const QString path = QStringLiteral("/api/v1/credentials/%1/reach").arg(part(id));
    return decode(m_client.send(get(path, period(since, until))), &keyReachFromJson);
}

PrivacyClient::Reply<KeyReach> PrivacyClient::providerReach(
    const QString& name, const std::optional<QDateTime>& since, const std::optional<QDateTime>& until) const
{
    const QString path = QStringLiteral("/api/v1/providers/%1/reach").arg(part(name));
    return decode(m_client.send(get(path, period(since, until))), &keyReachFromJson);
}

} // namespace gateway::api

#include "simulator/google_token.h"

#include "simulator/delivery.h"

#include <QUrlQuery>

namespace gateway::simulator {
namespace {

constexpr qint64 kMaxSeconds = 3600;

std::optional<QJsonObject> decoded(const QByteArray& part)
{
    return jsonObject(
        QByteArray::fromBase64(part, QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors));
}

// What is wrong with the assertion; empty if nothing is.
QString faultOf(const QByteArray& assertion, qint64 now)
{
    const QList<QByteArray> parts = assertion.split('.');
    if (parts.size() != 3 || parts[2].isEmpty())
        return QStringLiteral("The assertion is no JWT.");
    const auto header = decoded(parts[0]);
    const auto claims = decoded(parts[1]);
    if (!header || !claims || (*header)[u"alg"].toString() != QLatin1String("RS256"))
        return QStringLiteral("Invalid JWT: RS256 is expected.");
    for (const auto name : {QLatin1String("iss"), QLatin1String("scope"), QLatin1String("aud")}) {
        if ((*claims)[name].toString().isEmpty())
            return QStringLiteral("Invalid JWT: %1 is missing.").arg(name);
    }
    const qint64 issued = (*claims)[u"iat"].toInteger();
    const qint64 expires = (*claims)[u"exp"].toInteger();
    if (expires <= now || expires - issued > kMaxSeconds || issued > now + 300)
        return QStringLiteral("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                              "timeframe.");
    return {};
}

} // namespace

Script googleToken(const SimCall& call)
{
    const HeaderList headers{{"content-type", "application/json; charset=UTF-8"}};
    const QUrlQuery form(QString::fromUtf8(call.http.body));
    const QString grant = form.queryItemValue(QStringLiteral("grant_type"), QUrl::FullyDecoded);
    const QByteArray assertion = form.queryItemValue(QStringLiteral("assertion"), QUrl::FullyDecoded).toUtf8();
    const QString wrong = grant == QLatin1String("urn:ietf:params:oauth:grant-type:jwt-bearer")
                              ? faultOf(assertion, call.createdSeconds)
                              : QStringLiteral("Invalid grant_type: %1").arg(grant);
    if (!wrong.isEmpty())
        return plainScript(
            call, 400, headers, "{\"error\":\"invalid_grant\",\"error_description\":" + quoted(wrong) + "}");
    const QByteArray token = call.profile.requiredKey.isEmpty() ? "ya29.sim-" + call.tag() : call.profile.requiredKey;
    return plainScript(
        call, 200, headers, "{\"access_token\":\"" + token + "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}");
}

} // namespace gateway::simulator

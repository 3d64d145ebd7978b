#include "simulator/aws_signature.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QMessageAuthenticationCode>

#include <algorithm>

namespace gateway::simulator {
namespace {

constexpr qint64 kWindowSeconds = 300;

QByteArray hmac(const QByteArray& key, const QByteArray& text)
{
    return QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256);
}

QByteArray sha256Hex(const QByteArray& bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

// AWS's UriEncode: everything but the unreserved characters.
QByteArray uriEncoded(const QByteArray& text)
{
    return text.toPercentEncoding("", "");
}

// For every service but S3 each segment of the path that is sent, encoded as it is, is encoded once more.
QByteArray canonicalPath(const QByteArray& path)
{
    QList<QByteArray> segments = path.split('/');
    for (QByteArray& segment : segments)
        segment = uriEncoded(segment);
    return segments.join('/');
}

QByteArray canonicalQuery(const QByteArray& query)
{
    QList<QByteArray> pairs;
    for (const QByteArray& pair : query.split('&')) {
        if (pair.isEmpty())
            continue;
        const qsizetype equals = pair.indexOf('=');
        const auto clean = [](const QByteArray& text) { return uriEncoded(QByteArray::fromPercentEncoding(text)); };
        pairs.append(equals < 0 ? clean(pair) + '=' : clean(pair.left(equals)) + '=' + clean(pair.mid(equals + 1)));
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs.join('&');
}

// A header's value with runs of spaces made one; equal names joined by a comma.
QByteArray headerValue(const SimRequest& request, const QByteArray& name)
{
    QList<QByteArray> values;
    for (const auto& [key, value] : request.headers) {
        if (key == name)
            values.append(value.simplified());
    }
    return values.join(',');
}

struct Authorization
{
    QList<QByteArray> scope; // key id, date, region, service, "aws4_request"
    QList<QByteArray> signedHeaders;
    QByteArray signature;
};

Authorization parsed(const QByteArray& header)
{
    Authorization out;
    for (const QByteArray& raw : header.mid(int(qstrlen("AWS4-HMAC-SHA256"))).split(',')) {
        const QByteArray part = raw.trimmed();
        if (part.startsWith("Credential="))
            out.scope = part.mid(11).split('/');
        else if (part.startsWith("SignedHeaders="))
            out.signedHeaders = part.mid(14).split(';');
        else if (part.startsWith("Signature="))
            out.signature = part.mid(10);
    }
    return out;
}

QByteArray payloadHash(const SimRequest& request)
{
    const QByteArray stated = request.header("x-amz-content-sha256");
    return stated == "UNSIGNED-PAYLOAD" ? stated : sha256Hex(request.body);
}

} // namespace

QByteArray awsCanonicalRequest(const SimRequest& request, const QList<QByteArray>& signedHeaders)
{
    QByteArray headers;
    for (const QByteArray& name : signedHeaders)
        headers += name + ':' + headerValue(request, name) + '\n';
    return request.method + '\n' + canonicalPath(request.path) + '\n' + canonicalQuery(request.query) + '\n' + headers +
           '\n' + signedHeaders.join(';') + '\n' + payloadHash(request);
}

QString awsSignatureFault(const SimRequest& request, const AwsKey& key, const QByteArray& service, qint64 nowSeconds)
{
    const QByteArray header = request.header("authorization");
    if (!header.startsWith("AWS4-HMAC-SHA256 "))
        return QStringLiteral("Missing Authentication Token");
    const Authorization given = parsed(header);
    if (given.scope.size() != 5 || given.signature.isEmpty() || given.scope[4] != "aws4_request")
        return QStringLiteral(
            "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters.");
    if (given.scope[0] != key.id)
        return QStringLiteral("The security token included in the request is invalid.");
    if (given.scope[3] != service)
        return QStringLiteral("Credential should be scoped to correct service: '%1'.").arg(QString::fromUtf8(service));
    if (!given.signedHeaders.contains("host") ||
        !std::is_sorted(given.signedHeaders.begin(), given.signedHeaders.end()))
        return QStringLiteral("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    for (const auto& [name, value] : request.headers) {
        if (name.startsWith("x-amz-") && !given.signedHeaders.contains(name))
            return QStringLiteral("There were headers present in the request which were not signed: %1.")
                .arg(QString::fromUtf8(name));
    }
    const QByteArray date = request.header("x-amz-date");
    QDateTime signedAt = QDateTime::fromString(QString::fromLatin1(date), QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
    signedAt.setTimeSpec(Qt::UTC);
    if (!signedAt.isValid() || given.scope[1] != date.left(8))
        return QStringLiteral("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
                              "HTTP.");
    if (std::abs(signedAt.toSecsSinceEpoch() - nowSeconds) > kWindowSeconds)
        return QStringLiteral("Signature expired: %1 is now earlier than the time that is allowed.")
            .arg(QString::fromLatin1(date));
    if (const QByteArray stated = request.header("x-amz-content-sha256");
        !stated.isEmpty() && stated != payloadHash(request))
        return QStringLiteral("The provided 'x-amz-content-sha256' header does not match what was computed.");

    const QByteArray canonical = awsCanonicalRequest(request, given.signedHeaders);
    const QByteArray scope = given.scope.mid(1).join('/');
    const QByteArray toSign = "AWS4-HMAC-SHA256\n" + date + '\n' + scope + '\n' + sha256Hex(canonical);
    QByteArray signing = "AWS4" + key.secret;
    for (const QByteArray& part : given.scope.mid(1))
        signing = hmac(signing, part);
    if (hmac(signing, toSign).toHex() == given.signature)
        return {};
    return QStringLiteral("The request signature we calculated does not match the signature you provided. Check your "
                          "AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n"
                          "The Canonical String for this request should have been\n'%1'\n\nThe String-to-Sign should "
                          "have been\n'%2'\n")
        .arg(QString::fromUtf8(canonical), QString::fromUtf8(toSign));
}

} // namespace gateway::simulator

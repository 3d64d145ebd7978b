#include "credential/sigv4.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QMessageAuthenticationCode>
#include <QTimeZone>

#include <algorithm>

namespace gateway::credential {
namespace {

constexpr char kAlgorithm[] = "AWS4-HMAC-SHA256";

QByteArray hmac(const QByteArray& key, const QByteArray& text)
{
    return QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256);
}

QByteArray sha256Hex(QByteArrayView bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

// Dot segments resolved, empty segments gone, a slash at the end kept.
QByteArray normalisedPath(QByteArrayView path)
{
    QList<QByteArray> kept;
    const QList<QByteArray> segments = path.toByteArray().split('/');
    for (const QByteArray& segment : segments) {
        if (segment == "..") {
            if (!kept.isEmpty())
                kept.removeLast();
        } else if (!segment.isEmpty() && segment != ".") {
            kept.append(segment);
        }
    }
    QByteArray out = "/" + kept.join('/');
    if (path.endsWith('/') && !kept.isEmpty())
        out += '/';
    return out;
}

QByteArray canonicalQuery(QByteArrayView query)
{
    if (query.isEmpty())
        return {};
    std::vector<SignedField> pairs;
    const QList<QByteArray> parts = query.toByteArray().split('&');
    for (const QByteArray& part : parts) {
        const qsizetype equals = part.indexOf('=');
        pairs.emplace_back(
            part.left(equals < 0 ? part.size() : equals), equals < 0 ? QByteArray() : part.mid(equals + 1));
    }
    std::sort(pairs.begin(), pairs.end());
    QByteArray out;
    for (const auto& [name, value] : pairs)
        out += (out.isEmpty() ? "" : "&") + name + '=' + value;
    return out;
}

struct CanonicalFields
{
    QByteArray lines; // "name:value\n", sorted
    QByteArray names; // "host;x-amz-date"
};

CanonicalFields canonicalFields(std::vector<SignedField> fields)
{
    for (auto& [name, value] : fields) {
        name = name.toLower();
        value = value.simplified();
    }
    std::stable_sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    CanonicalFields out;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const bool repeated = i > 0 && fields[i].first == fields[i - 1].first;
        if (repeated) {
            out.lines.chop(1);
            out.lines += ',' + fields[i].second + '\n';
            continue;
        }
        out.lines += fields[i].first + ':' + fields[i].second + '\n';
        out.names += (out.names.isEmpty() ? "" : ";") + fields[i].first;
    }
    return out;
}

} // namespace

QByteArray payloadHash(QByteArrayView body)
{
    return sha256Hex(body);
}

std::vector<SignedField> signV4(const SigV4Request& request, const SigV4Keys& keys)
{
    const QByteArray time = QDateTime::fromSecsSinceEpoch(request.seconds, QTimeZone::utc())
                                .toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"))
                                .toLatin1();
    const QByteArray day = time.left(8);

    std::vector<SignedField> own{{"x-amz-date", time}};
    if (!keys.sessionToken.isEmpty())
        own.emplace_back("x-amz-security-token", keys.sessionToken.toByteArray());
    if (request.sendPayloadHash)
        own.emplace_back("x-amz-content-sha256", request.payloadHash.toByteArray());

    std::vector<SignedField> all = request.fields;
    all.emplace_back("host", request.host.toByteArray());
    all.insert(all.end(), own.begin(), own.end());
    const CanonicalFields fields = canonicalFields(std::move(all));

    const QByteArray canonical = request.method.toByteArray() + '\n' +
                                 normalisedPath(request.path).toPercentEncoding("/~") + '\n' +
                                 canonicalQuery(request.query) + '\n' + fields.lines + '\n' + fields.names + '\n' +
                                 request.payloadHash.toByteArray();
    const QByteArray scope =
        day + '/' + request.region.toByteArray() + '/' + request.service.toByteArray() + "/aws4_request";
    const QByteArray toSign = QByteArray(kAlgorithm) + '\n' + time + '\n' + scope + '\n' + sha256Hex(canonical);

    QByteArray key = "AWS4" + keys.secretKey.toByteArray();
    for (const QByteArray& step :
        {day, request.region.toByteArray(), request.service.toByteArray(), QByteArrayLiteral("aws4_request")})
        key = hmac(key, step);
    const QByteArray signature = hmac(key, toSign).toHex();

    own.insert(
        own.begin(), {"authorization", QByteArray(kAlgorithm) + " Credential=" + keys.accessKey.toByteArray() + '/' +
                                           scope + ", SignedHeaders=" + fields.names + ", Signature=" + signature});
    return own;
}

} // namespace gateway::credential

#include "simulator/ledger.h"

#include <QCryptographicHash>
#include <QJsonArray>

namespace gateway::simulator {
namespace {

constexpr qsizetype kKeptCalls = 1'000;
constexpr qint64 kKeptBytes = 64ll * 1024 * 1024;

QLatin1String nameOf(Ended how)
{
    switch (how) {
    case Ended::Open:
        return QLatin1String("open");
    case Ended::Answered:
        return QLatin1String("answered");
    case Ended::CutByUs:
        return QLatin1String("cut");
    case Ended::Stalled:
        return QLatin1String("stalled");
    case Ended::PeerLeft:
        return QLatin1String("peer_left");
    }
    return {};
}

QByteArray sha256(const QByteArray& bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

QJsonObject counts(const QHash<QByteArray, qint64>& table)
{
    QJsonObject out;
    for (auto it = table.cbegin(); it != table.cend(); ++it)
        out.insert(QString::fromUtf8(it.key()), it.value());
    return out;
}

QByteArray lastFour(const QByteArray& secret)
{
    return "..." + (secret.size() > 8 ? secret.right(4) : QByteArray());
}

// A key itself is never kept. A SigV4 header is: it holds a signature, and no key but the public half.
QByteArray redacted(const QByteArray& name, const QByteArray& value)
{
    if (name == "authorization" && value.startsWith("AWS4-HMAC-SHA256"))
        return value;
    if (name == "authorization" && value.indexOf(' ') > 0)
        return value.left(value.indexOf(' ') + 1) + lastFour(value);
    static const QList<QByteArray> secrets{"authorization", "x-api-key", "api-key", "x-goog-api-key",
        "x-amz-security-token", "proxy-authorization", "cookie"};
    return secrets.contains(name) ? lastFour(value) : value;
}

QByteArray redactedQuery(const QByteArray& query)
{
    QList<QByteArray> pairs = query.split('&');
    for (QByteArray& pair : pairs) {
        if (pair.startsWith("key="))
            pair = "key=" + lastFour(pair.mid(4));
    }
    return pairs.join('&');
}

void addReceived(const QByteArray& query, const HeaderList& headers, const QByteArray& body, QJsonObject& row)
{
    QJsonArray list;
    for (const auto& [name, value] : headers)
        list.append(QJsonArray{QString::fromUtf8(name), QString::fromUtf8(value)});
    row.insert(QStringLiteral("query"), QString::fromUtf8(query));
    row.insert(QStringLiteral("headers"), list);
    const QString text = QString::fromUtf8(body);
    if (text.toUtf8() == body)
        row.insert(QStringLiteral("body"), text);
    else
        row.insert(QStringLiteral("body_base64"), QString::fromLatin1(body.toBase64()));
}

} // namespace

qint64 Ledger::received(const SimRequest& request, const Script& script, const QByteArray& model, bool stream)
{
    Entry entry;
    entry.method = request.method;
    entry.path = request.path;
    entry.model = model;
    entry.requestId = request.header("x-request-id");
    entry.idempotencyKey = request.header("idempotency-key");
    const QByteArray authorization = request.header("authorization");
    entry.authorizationSha256 = authorization.isEmpty() ? QByteArray() : sha256(authorization);
    entry.bodySha256 = sha256(request.body);
    entry.bodyBytes = request.body.size();
    entry.answerId = script.requestId;
    entry.status = script.status;
    entry.stream = stream;

    const QMutexLocker lock(&m_mutex);
    entry.number = m_firstNumber + m_entries.size();
    if (!entry.requestId.isEmpty())
        ++m_byRequestId[entry.requestId];
    if (!entry.idempotencyKey.isEmpty())
        ++m_byIdempotencyKey[entry.idempotencyKey];
    m_entries.append(entry);
    keep(request);
    return entry.number;
}

void Ledger::keep(const SimRequest& request)
{
    HeaderList headers;
    headers.reserve(request.headers.size());
    for (const auto& [name, value] : request.headers)
        headers.append({name, redacted(name, value)});
    m_received.append({redactedQuery(request.query), headers, request.body});
    m_receivedBytes += request.body.size();
    while (m_received.size() > kKeptCalls || (m_receivedBytes > kKeptBytes && m_received.size() > 1))
        m_receivedBytes -= m_received.takeFirst().body.size();
}

void Ledger::ended(qint64 number, Ended how, qint64 bytesSent)
{
    const QMutexLocker lock(&m_mutex);
    const qint64 index = number - m_firstNumber;
    if (index < 0 || index >= m_entries.size())
        return; // cleared meanwhile
    m_entries[index].ended = how;
    m_entries[index].bytesSent = bytesSent;
}

void Ledger::malformed()
{
    const QMutexLocker lock(&m_mutex);
    ++m_malformed;
}

qint64 Ledger::posts() const
{
    const QMutexLocker lock(&m_mutex);
    return m_entries.size();
}

QJsonObject Ledger::toJson(int limit) const
{
    const QMutexLocker lock(&m_mutex);
    QJsonArray entries;
    for (qsizetype i = std::max<qsizetype>(0, m_entries.size() - limit); i < m_entries.size(); ++i) {
        const Entry& entry = m_entries[i];
        QJsonObject row{
            {QStringLiteral("number"), entry.number},
            {QStringLiteral("method"), QString::fromUtf8(entry.method)},
            {QStringLiteral("path"), QString::fromUtf8(entry.path)},
            {QStringLiteral("model"), QString::fromUtf8(entry.model)},
            {QStringLiteral("stream"), entry.stream},
            {QStringLiteral("x_request_id"), QString::fromUtf8(entry.requestId)},
            {QStringLiteral("idempotency_key"), QString::fromUtf8(entry.idempotencyKey)},
            {QStringLiteral("authorization_sha256"), QString::fromUtf8(entry.authorizationSha256)},
            {QStringLiteral("body_sha256"), QString::fromUtf8(entry.bodySha256)},
            {QStringLiteral("body_bytes"), entry.bodyBytes},
            {QStringLiteral("answer_id"), QString::fromUtf8(entry.answerId)},
            {QStringLiteral("status"), entry.status},
            {QStringLiteral("ended"), nameOf(entry.ended)},
            {QStringLiteral("bytes_sent"), entry.bytesSent},
        };
        const qsizetype kept = i - (m_entries.size() - m_received.size());
        if (kept >= 0)
            addReceived(m_received[kept].query, m_received[kept].headers, m_received[kept].body, row);
        entries.append(row);
    }
    return QJsonObject{
        {QStringLiteral("posts"), qint64(m_entries.size())},
        {QStringLiteral("malformed"), m_malformed},
        {QStringLiteral("by_request_id"), counts(m_byRequestId)},
        {QStringLiteral("by_idempotency_key"), counts(m_byIdempotencyKey)},
        {QStringLiteral("entries"), entries},
    };
}

void Ledger::clear()
{
    const QMutexLocker lock(&m_mutex);
    m_firstNumber += m_entries.size();
    m_entries.clear();
    m_received.clear();
    m_receivedBytes = 0;
    m_byRequestId.clear();
    m_byIdempotencyKey.clear();
    m_malformed = 0;
}

} // namespace gateway::simulator

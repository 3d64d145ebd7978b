#include "simulator/ledger.h"

#include <QCryptographicHash>
#include <QJsonArray>

namespace gateway::simulator {
namespace {

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

} // namespace

qint64 Ledger::received(const SimRequest& request, const Script& script, const QByteArray& model, bool stream)
{
    Entry entry;
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
    return entry.number;
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
        entries.append(QJsonObject{
            {QStringLiteral("number"), entry.number},
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
        });
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
    m_byRequestId.clear();
    m_byIdempotencyKey.clear();
    m_malformed = 0;
}

} // namespace gateway::simulator

#include "admin/idempotency.h"

#include <QCryptographicHash>
#include <QJsonDocument>

namespace gateway::admin {
namespace {

// Parts are separated by a byte that none of them holds as text.
QByteArray digestOf(const api::AdminRequest& request)
{
    const QByteArray separator(1, '\0');
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray& part : {request.method.toUtf8(), request.path.toUtf8(), request.query.toString().toUtf8(),
             QJsonDocument(request.body).toJson(QJsonDocument::Compact)}) {
        hash.addData(part);
        hash.addData(separator);
    }
    return hash.result();
}

} // namespace

Idempotency::Idempotency(const Clock& clock) : m_clock(clock) {}

void Idempotency::forgetOld()
{
    const Monotonic now = m_clock.monotonic();
    while (!m_table->order.empty() &&
           (now - m_table->order.front().first >= kTime || m_table->order.size() >= std::size_t(kKept))) {
        m_table->entries.remove(m_table->order.front().second);
        m_table->order.pop_front();
    }
}

bool Idempotency::answer(const QString& principal, const api::AdminRequest& request, Reply& reply)
{
    if (request.idempotencyKey.isEmpty())
        return false;
    forgetOld();
    const QString key = principal + u'\n' + request.idempotencyKey;
    const QByteArray digest = digestOf(request);
    const auto found = m_table->entries.constFind(key);
    if (found != m_table->entries.constEnd()) {
        if (found->request != digest)
            reply(api::errorReply(api::failure(
                api::Failure::Conflict, QStringLiteral("The Idempotency-Key was used with another request."))));
        else if (!found->finished)
            reply(api::errorReply(
                api::failure(api::Failure::Conflict, QStringLiteral("The same request is still under way."))));
        else
            reply(found->reply);
        return true;
    }
    const Monotonic began = m_clock.monotonic();
    m_table->entries.insert(key, Entry{digest, began, false, {}});
    m_table->order.emplace_back(began, key);
    reply = [table = std::weak_ptr<Table>(m_table), key, digest, inner = std::move(reply)](
                const api::AdminReply& answer) {
        if (const auto held = table.lock()) {
            const auto entry = held->entries.find(key);
            // a reply of 5xx is no result: the caller may try again under the same key
            if (entry != held->entries.end() && entry->request == digest) {
                if (answer.status >= 500) {
                    held->entries.erase(entry);
                } else {
                    entry->finished = true;
                    entry->reply = answer;
                }
            }
        }
        inner(answer);
    };
    return false;
}

} // namespace gateway::admin

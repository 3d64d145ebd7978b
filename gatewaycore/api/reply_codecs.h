// What every typed call of GatewayClient needs: a reply decoded by a codec, a list of items, a GET, a mutation, an id
// as part of a path. Private to the api library.
#pragma once

#include "api/admin_transport.h"

#include <QJsonArray>
#include <QUrl>

namespace gateway::api {

// A reply as T: the codec's value for 2xx, else the error the engine sent.
template <typename Codec>
auto decode(const QFuture<Result<AdminReply>>& reply, Codec codec)
{
    using Decoded = decltype(codec(QJsonObject()));
    return QFuture<Result<AdminReply>>(reply).then([codec = std::move(codec)](
                                                       const Result<AdminReply>& answer) -> Decoded {
        if (!answer)
            return answer.error();
        if (answer->status >= 200 && answer->status < 300)
            return codec(answer->body);
        const QJsonObject error = answer->body.value(QLatin1String("error")).toObject();
        QString message = error.value(QLatin1String("message")).toString();
        if (message.isEmpty())
            message = QStringLiteral("the engine answered %1").arg(answer->status);
        return failure(failureFromHttpStatus(answer->status), message, error.value(QLatin1String("hint")).toString());
    });
}

// {"items": [...]} as a vector, each item by its own codec.
template <typename T>
auto listOf(Result<T> (*item)(const QJsonObject&))
{
    return [item](const QJsonObject& body) -> Result<QVector<T>> {
        QVector<T> items;
        for (const QJsonValue& value : body.value(QLatin1String("items")).toArray()) {
            Result<T> one = item(value.toObject());
            if (!one)
                return one.error();
            items.append(std::move(*one));
        }
        return items;
    };
}

inline AdminRequest get(const QString& path, const QUrlQuery& query = {})
{
    AdminRequest request;
    request.path = path;
    request.query = query;
    return request;
}

// An id or a name as one part of a path or one value of a query, whatever somebody typed.
inline QString part(const QString& id)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(id));
}

inline AdminRequest post(const QString& path, const QJsonObject& body = {}, const QString& reason = {})
{
    AdminRequest request;
    request.method = QStringLiteral("POST");
    request.path = path;
    request.body = body;
    request.reason = reason;
    return request;
}

} // namespace gateway::api

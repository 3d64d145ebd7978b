#include "simulator/chat_request.h"

#include <QJsonDocument>

namespace gateway::simulator {

int roughTokens(qsizetype bytes, qsizetype messages)
{
    return int(bytes / 4 + 4 * messages + 3);
}

std::optional<QJsonObject> jsonObject(const QByteArray& body)
{
    const QJsonDocument document = QJsonDocument::fromJson(body);
    return document.isObject() ? std::optional(document.object()) : std::nullopt;
}

} // namespace gateway::simulator

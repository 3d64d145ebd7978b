#include "models/curl_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace ui::models {
namespace {

using namespace gateway::api;

// Everything between single quotes is literal in a POSIX shell, except the quote itself.
QString quoted(QString text)
{
    return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\'');
}

QString pathOf(const QString& surface)
{
    if (surface == QLatin1String("openai.embeddings"))
        return QStringLiteral("/v1/embeddings");
    if (surface == QLatin1String("openai.responses"))
        return QStringLiteral("/v1/responses");
    if (surface == QLatin1String("anthropic.messages"))
        return QStringLiteral("/v1/messages");
    return QStringLiteral("/v1/chat/completions");
}

QJsonObject bodyOf(const Call& call)
{
    QJsonObject body{{QStringLiteral("model"), call.alias}};
    if (call.surface == QLatin1String("openai.embeddings") || call.surface == QLatin1String("openai.responses")) {
        body.insert(QStringLiteral("input"), QStringLiteral("YOUR TEXT"));
        return body;
    }
    body.insert(QStringLiteral("messages"), QJsonArray{QJsonObject{{QStringLiteral("role"), QStringLiteral("user")},
                                                {QStringLiteral("content"), QStringLiteral("YOUR TEXT")}}});
    if (call.surface == QLatin1String("anthropic.messages"))
        body.insert(QStringLiteral("max_tokens"), 256);
    if (call.streamEnd != StreamEnd::NotStreamed)
        body.insert(QStringLiteral("stream"), true);
    return body;
}

} // namespace

QString curlFor(const Call& call, const QString& gatewayUrl)
{
    const auto header = [](const QString& name, const QString& value) {
        return QStringLiteral("-H ") + quoted(QStringLiteral("%1: %2").arg(name, value));
    };
    QStringList parts{QStringLiteral("curl ") + quoted(gatewayUrl + pathOf(call.surface)),
        QStringLiteral("-H \"Authorization: Bearer $SIGNALBOX_KEY\""),
        header(QStringLiteral("content-type"), QStringLiteral("application/json"))};
    if (!call.workloadClass.isEmpty() && call.workloadClass != QLatin1String("interactive"))
        parts.append(header(QStringLiteral("x-signalbox-workload-class"), call.workloadClass));
    if (!call.feature.isEmpty())
        parts.append(header(QStringLiteral("x-signalbox-feature"), call.feature));
    parts.append(
        QStringLiteral("-d ") + quoted(QString::fromUtf8(QJsonDocument(bodyOf(call)).toJson(QJsonDocument::Compact))));
    return parts.join(QStringLiteral(" \\\n  "));
}

} // namespace ui::models

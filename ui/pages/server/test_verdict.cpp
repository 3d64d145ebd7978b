#include "pages/server/test_verdict.h"

#include "models/format.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace ui {
namespace {

constexpr int kQuoted = 160;

QString quoted(QString text)
{
    text = text.simplified();
    if (text.size() > kQuoted)
        text = text.left(kQuoted) + QChar(0x2026);
    return text;
}

QString contentOf(const QJsonObject& body)
{
    return body.value(QLatin1String("choices"))
        .toArray()
        .at(0)
        .toObject()
        .value(QLatin1String("message"))
        .toObject()
        .value(QLatin1String("content"))
        .toString();
}

// The fix by the gateway's own code, for those where it sent no hint.
QString fixOf(const QString& code, int status, const QString& alias)
{
    if (code == QLatin1String("unauthenticated") || status == 401)
        return QStringLiteral("Issue a new key on this page, and send it as \"Authorization: Bearer\".");
    if (code == QLatin1String("alias_unknown"))
        return QStringLiteral("Choose an alias from the Model list; \"%1\" is not one.").arg(alias);
    if (code == QLatin1String("scope_denied"))
        return QStringLiteral("Issue a key whose scope includes the alias \"%1\".").arg(alias);
    if (code.startsWith(QLatin1String("provider_")) || code == QLatin1String("chain_exhausted"))
        return QStringLiteral("The gateway works; look at the attempts below and at the provider's own state.");
    if (status == 404)
        return QStringLiteral("The path is wrong: the base URL ends in /v1 and the SDK adds /chat/completions.");
    if (status == 429)
        return QStringLiteral("Wait for the limit to reset, or raise it in the config.");
    return {};
}

} // namespace

TestVerdict verdictOf(const TestResult& result, const QString& alias)
{
    TestVerdict verdict;
    const QString took = models::durationFromUs(qRound64(result.ms * 1000));
    if (result.status == 0) {
        verdict.title = QStringLiteral("The test request got no answer");
        verdict.sentence = result.error + QStringLiteral(" Check that the engine is running and the port is free.");
        return verdict;
    }
    const QJsonObject body = QJsonDocument::fromJson(result.body).object();
    if (result.status == 200) {
        verdict.good = true;
        verdict.title = QStringLiteral("The test request was answered in %1").arg(took);
        const QString content = quoted(contentOf(body));
        verdict.sentence =
            content.isEmpty() ? QStringLiteral("The answer has no text.") : QStringLiteral("\"%1\"").arg(content);
        return verdict;
    }
    const QJsonObject error = body.value(QLatin1String("error")).toObject();
    QJsonObject own = body.value(QLatin1String("signalbox")).toObject();
    if (own.isEmpty())
        own = error.value(QLatin1String("signalbox")).toObject();
    const QString code = own.value(QLatin1String("code")).toString();
    QString message = error.value(QLatin1String("message")).toString();
    if (message.isEmpty())
        message = quoted(QString::fromUtf8(result.body));
    QString fix = own.value(QLatin1String("hint")).toString();
    if (fix.isEmpty())
        fix = fixOf(code, result.status, alias);
    verdict.title = QStringLiteral("The test request was refused with %1%2")
                        .arg(QString::number(result.status), code.isEmpty() ? QString() : QStringLiteral(", ") + code);
    if (result.status >= 500)
        verdict.title.replace(QLatin1String("was refused"), QLatin1String("failed"));
    verdict.sentence = QStringList{quoted(message), fix}.join(QLatin1Char(' ')).trimmed();
    return verdict;
}

} // namespace ui

#include "models/translation_facts.h"

#include <QJsonArray>

namespace ui::models {
namespace {

using namespace gateway::api;

// A record is text from elsewhere: the marks of TextLabel are taken out of it.
QString text(const QJsonObject& json, const char* name)
{
    QString words = json.value(QLatin1String(name)).toString();
    return words.remove(QLatin1Char('`')).remove(QLatin1String("**"));
}

QString lossSentence(const QJsonObject& loss)
{
    const QString field = text(loss, "field");
    if (field.isEmpty())
        return {};
    const QString how = text(loss, "how");
    const QString reason = text(loss, "reason");
    const QString what = QStringLiteral("`%1` was %2").arg(field, how.isEmpty() ? QStringLiteral("not carried") : how);
    return reason.isEmpty() ? what + QLatin1Char('.') : QStringLiteral("%1: %2.").arg(what, reason);
}

} // namespace

QVector<TranslatedAttempt> translationOf(const Call& call)
{
    QVector<TranslatedAttempt> all;
    for (const QJsonValue& value : call.decision.value(QLatin1String("translation")).toArray()) {
        const QJsonObject json = value.toObject();
        TranslatedAttempt one;
        one.attempt = json.value(QLatin1String("attempt")).toInt();
        one.candidate = text(json, "candidate");
        const QString dialect = text(json, "dialect");
        one.title = QStringLiteral("%1 %2 %3")
                        .arg(call.surface.isEmpty() ? QStringLiteral("caller") : call.surface, QChar(0x2192),
                            dialect.isEmpty() ? QStringLiteral("provider") : dialect);
        for (const QJsonValue& loss : json.value(QLatin1String("losses")).toArray()) {
            if (const QString sentence = lossSentence(loss.toObject()); !sentence.isEmpty())
                one.sentences.append(sentence);
        }
        if (!one.sentences.isEmpty())
            all.append(one);
    }
    return all;
}

QString whereOf(const TranslatedAttempt& attempt)
{
    if (attempt.attempt < 1)
        return attempt.candidate;
    const QString number = QStringLiteral("attempt %1").arg(attempt.attempt);
    return attempt.candidate.isEmpty() ? number : QStringLiteral("%1, %2").arg(number, attempt.candidate);
}

} // namespace ui::models

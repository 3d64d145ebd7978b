#include "admin/audit_redaction.h"

#include "observability/redactor.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <array>

namespace gateway::admin {
namespace {

constexpr std::array kSecretNames{
    "api_key", "authorization", "code", "key", "link", "password", "secret", "secret_key", "token"};
constexpr std::array kLongTexts{"csv", "yaml"};
constexpr std::array kContents{"body"}; // of routes/explain: it may be somebody's prompt (decision 0180)
constexpr qsizetype kLongestText = 2048;
constexpr qsizetype kLargestObject = 16 * 1024;
constexpr qsizetype kLongestWord = 256;
constexpr qsizetype kLongestSentence = 1000;

template <typename Names>
bool isOneOf(const Names& names, const QString& name)
{
    return std::any_of(names.begin(), names.end(),
        [&name](const char* one) { return name.compare(QLatin1String(one), Qt::CaseInsensitive) == 0; });
}

QString mark()
{
    return QStringLiteral("[redacted]");
}

QJsonObject digestOf(const QByteArray& bytes)
{
    return {{QStringLiteral("sha256"),
                QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex())},
        {QStringLiteral("bytes"), bytes.size()}};
}

// Walks a value; `found` is set when something was taken out of it.
QJsonValue clean(const QString& name, const QJsonValue& value, bool& found);

QJsonObject cleanObject(const QJsonObject& object, bool& found)
{
    QJsonObject cleaned;
    for (auto member = object.begin(); member != object.end(); ++member)
        cleaned.insert(member.key(), clean(member.key(), member.value(), found));
    return cleaned;
}

QJsonValue clean(const QString& name, const QJsonValue& value, bool& found)
{
    if (isOneOf(kContents, name) && !value.isNull())
        return digestOf(QJsonDocument(QJsonObject{{name, value}}).toJson(QJsonDocument::Compact));
    if (value.isObject())
        return cleanObject(value.toObject(), found);
    if (value.isArray()) {
        QJsonArray items;
        for (const QJsonValue& item : value.toArray())
            items.append(clean(name, item, found));
        return items;
    }
    if (!value.isString())
        return value;
    const QString text = value.toString();
    if (!text.isEmpty() && isOneOf(kSecretNames, name)) {
        found = true;
        return mark();
    }
    if (isOneOf(kLongTexts, name) || text.size() > kLongestText)
        return digestOf(text.toUtf8());
    const QString safe = redactedText(text);
    found = found || safe != text;
    return safe;
}

QString shortened(const QString& text, qsizetype longest)
{
    const QString safe = redactedText(text.left(longest * 2)); // twice: what is cut may not hide the rest of a secret
    return safe.size() > longest ? safe.left(longest - 1) + QChar(0x2026) : safe;
}

} // namespace

QString redactedText(const QString& text)
{
    static const observability::Redactor shapes;
    // keys, tokens and pairing codes of our own: sbx_ID_SECRET, sba_..., sbp_...
    static const QRegularExpression own(QStringLiteral("sb[a-z]_[A-Za-z0-9]+_[A-Za-z0-9_-]+"));
    QString safe = text;
    safe.replace(own, mark());
    const QByteArray bytes = safe.toUtf8();
    const QByteArray applied = shapes.apply(bytes);
    return applied == bytes ? safe : QString::fromUtf8(applied);
}

QJsonObject redactedObject(const QJsonObject& object)
{
    bool found = false;
    const QJsonObject safe = cleanObject(object, found);
    const QByteArray text = QJsonDocument(safe).toJson(QJsonDocument::Compact);
    return text.size() > kLargestObject ? digestOf(text) : safe;
}

api::AuditEntry redacted(api::AuditEntry entry)
{
    for (QString api::AuditEntry::*word : {&api::AuditEntry::principal, &api::AuditEntry::role, &api::AuditEntry::by,
             &api::AuditEntry::client, &api::AuditEntry::peer, &api::AuditEntry::action, &api::AuditEntry::object})
        entry.*word = shortened(entry.*word, kLongestWord);
    entry.operation = entry.operation.left(kLongestWord); // as it was sent: it is looked up by it
    entry.reason = shortened(entry.reason, kLongestSentence);
    entry.message = shortened(entry.message, kLongestSentence);
    entry.asked = redactedObject(entry.asked);
    entry.before = redactedObject(entry.before);
    entry.after = redactedObject(entry.after);
    return entry;
}

QJsonObject keptReply(const QJsonObject& reply, bool& hadSecrets)
{
    hadSecrets = false;
    QJsonObject kept = cleanObject(reply, hadSecrets);
    for (const char* name : kSecretNames) {
        if (kept.value(QLatin1String(name)) == mark()) // gone, or somebody would take the mark for a key
            kept.remove(QLatin1String(name));
    }
    if (hadSecrets)
        kept.insert(QStringLiteral("not_kept"),
            QStringLiteral("The secret was in the first answer only and is not kept. If it was not heard, revoke this "
                           "one and issue another."));
    if (QJsonDocument(kept).toJson(QJsonDocument::Compact).size() > kLargestObject)
        return {{QStringLiteral("not_kept"), QStringLiteral("The answer was too large to be kept.")}};
    return kept;
}

} // namespace gateway::admin

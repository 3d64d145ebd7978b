#include "api/json_text.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace gateway::api {

JsonText JsonText::fromObject(const QJsonObject& object)
{
    return object.isEmpty() ? JsonText() : fromText(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

JsonText JsonText::fromText(QByteArray text)
{
    JsonText made;
    if (text != "{}")
        made.m_text = std::move(text);
    return made;
}

QJsonObject JsonText::toObject() const
{
    return m_text.isEmpty() ? QJsonObject() : QJsonDocument::fromJson(m_text).object();
}

bool JsonText::mayHave(QLatin1String name) const
{
    for (qsizetype at = m_text.indexOf(name); at >= 0; at = m_text.indexOf(name, at + 1)) {
        const qsizetype after = at + name.size();
        if (at > 0 && m_text[at - 1] == '"' && after < m_text.size() && m_text[after] == '"')
            return true;
    }
    return false;
}

void JsonText::insert(const QString& name, const QJsonValue& value)
{
    const QByteArray key = name.toLatin1();
    if (mayHave(QLatin1String(key)) || !m_text.endsWith('}')) { // there may be one already
        QJsonObject object = toObject();
        object.insert(name, value);
        *this = fromObject(object);
        return;
    }
    // the array's brackets make any value a document
    const QByteArray member = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    m_text.chop(1);
    m_text.reserve(m_text.size() + key.size() + member.size() + 4);
    m_text.append(",\"").append(key).append("\":").append(member.constData() + 1, member.size() - 2).append('}');
}

} // namespace gateway::api

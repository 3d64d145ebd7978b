#include "exports/otlp_json.h"

#include <QJsonDocument>

#include <algorithm>

namespace gateway::exports {
namespace {

constexpr qsizetype kLongestWord = 128;
constexpr qsizetype kLongestMessage = 200;

QJsonObject textValue(const QString& value)
{
    return {{QStringLiteral("stringValue"), value}};
}

} // namespace

Attributes& Attributes::add(const char* key, const QJsonObject& value)
{
    m_list.append(QJsonObject{{QStringLiteral("key"), QString::fromLatin1(key)}, {QStringLiteral("value"), value}});
    return *this;
}

Attributes& Attributes::text(const char* key, const QString& value)
{
    return value.isEmpty() ? *this : add(key, textValue(value));
}

Attributes& Attributes::texts(const char* key, const QStringList& values)
{
    QJsonArray list;
    for (const QString& value : values) {
        if (!value.isEmpty())
            list.append(textValue(value));
    }
    if (list.isEmpty())
        return *this;
    return add(key, {{QStringLiteral("arrayValue"), QJsonObject{{QStringLiteral("values"), list}}}});
}

Attributes& Attributes::number(const char* key, qint64 value)
{
    return add(key, {{QStringLiteral("intValue"), QString::number(value)}});
}

Attributes& Attributes::real(const char* key, double value)
{
    return add(key, {{QStringLiteral("doubleValue"), value}});
}

Attributes& Attributes::flag(const char* key, bool value)
{
    return add(key, {{QStringLiteral("boolValue"), value}});
}

QString word(const QString& text)
{
    static const QString marks = QStringLiteral("-._:/@+");
    const auto allowed = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || marks.contains(c);
    };
    return text.size() <= kLongestWord && std::all_of(text.begin(), text.end(), allowed) ? text : QString();
}

QString nanoText(qint64 nanoseconds)
{
    return QString::number(nanoseconds);
}

QJsonObject resource(const Speaker& speaker)
{
    Attributes attributes;
    attributes.text("service.name", QStringLiteral("signalbox"))
        .text("service.version", QStringLiteral(SIGNALBOX_VERSION))
        .text("service.instance.id", speaker.instance)
        .text("deployment.environment.name", speaker.environment)
        .text("signalbox.server.name", speaker.name);
    return {{QStringLiteral("attributes"), attributes.take()}};
}

QJsonObject scope()
{
    return {{QStringLiteral("name"), QStringLiteral("signalbox")},
        {QStringLiteral("version"), QStringLiteral(SIGNALBOX_VERSION)}};
}

PartialSuccess partialSuccess(const QByteArray& body, const char* rejectedField)
{
    // an answer that is not JSON, or is empty, was an answer of 200 all the same
    const QJsonObject partial =
        QJsonDocument::fromJson(body).object().value(QLatin1String("partialSuccess")).toObject();
    const QJsonValue rejected = partial.value(QLatin1String(rejectedField));
    PartialSuccess result;
    result.rejected = rejected.isString() ? rejected.toString().toLongLong() : rejected.toInteger();
    result.message = partial.value(QLatin1String("errorMessage")).toString().left(kLongestMessage);
    return result;
}

} // namespace gateway::exports

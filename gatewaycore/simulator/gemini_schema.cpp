#include "simulator/gemini_schema.h"

#include <QJsonArray>

namespace gateway::simulator {
namespace {

constexpr int kDepthLimit = 64;

const QStringList& schemaNames()
{
    static const QStringList names{QStringLiteral("type"), QStringLiteral("format"), QStringLiteral("title"),
        QStringLiteral("description"), QStringLiteral("nullable"), QStringLiteral("default"), QStringLiteral("enum"),
        QStringLiteral("items"), QStringLiteral("minItems"), QStringLiteral("maxItems"), QStringLiteral("properties"),
        QStringLiteral("propertyOrdering"), QStringLiteral("required"), QStringLiteral("minProperties"),
        QStringLiteral("maxProperties"), QStringLiteral("minimum"), QStringLiteral("maximum"),
        QStringLiteral("minLength"), QStringLiteral("maxLength"), QStringLiteral("pattern"), QStringLiteral("example"),
        QStringLiteral("anyOf")};
    return names;
}

QStringList faultsOf(const QJsonValue& value, const QString& place, int depth)
{
    const QJsonObject schema = value.toObject();
    QStringList faults = unknownNames(schema, schemaNames(), place);
    if (depth > kDepthLimit)
        return faults;
    if (schema[u"type"].isArray())
        faults.append(QStringLiteral("Invalid JSON payload received. Unknown name \"type\" at '%1': Proto field is not "
                                     "repeating, cannot start list.")
                          .arg(place));
    static const QStringList types{QStringLiteral("STRING"), QStringLiteral("NUMBER"), QStringLiteral("INTEGER"),
        QStringLiteral("BOOLEAN"), QStringLiteral("ARRAY"), QStringLiteral("OBJECT"), QStringLiteral("NULL")};
    if (schema[u"type"].isString() && !types.contains(schema[u"type"].toString().toUpper()))
        faults.append(QStringLiteral("Invalid value at '%1.type' (type.googleapis.com/google.ai.generativelanguage."
                                     "v1beta.Type), \"%2\"")
                          .arg(place, schema[u"type"].toString()));
    const QJsonObject properties = schema[u"properties"].toObject();
    int index = 0;
    for (auto it = properties.begin(); it != properties.end(); ++it, ++index)
        faults += faultsOf(it.value(), QStringLiteral("%1.properties[%2].value").arg(place).arg(index), depth + 1);
    if (schema.contains(u"items"))
        faults += faultsOf(schema[u"items"], place + QStringLiteral(".items"), depth + 1);
    index = 0;
    for (const QJsonValue& one : schema[u"anyOf"].toArray())
        faults += faultsOf(one, QStringLiteral("%1.any_of[%2]").arg(place).arg(index++), depth + 1);
    return faults;
}

} // namespace

QStringList unknownNames(const QJsonObject& object, const QStringList& known, const QString& place)
{
    QStringList faults;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (known.contains(it.key()))
            continue;
        const QString at = place.isEmpty() ? QString() : QStringLiteral(" at '%1'").arg(place);
        faults.append(QStringLiteral("Invalid JSON payload received. Unknown name \"%1\"%2: Cannot find field.")
                          .arg(it.key(), at));
    }
    return faults;
}

QStringList geminiSchemaFaults(const QJsonValue& schema, const QString& place)
{
    return faultsOf(schema, place, 0);
}

} // namespace gateway::simulator

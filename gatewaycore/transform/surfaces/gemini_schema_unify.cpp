#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/surfaces/gemini_fields.h"
#include "transform/surfaces/gemini_unify.h"

#include <algorithm>
#include <array>

namespace gateway::transform::gemini {
namespace {

// int64 fields, which proto JSON writes as strings
constexpr std::array<QByteArrayView, 6> kLimits{
    "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"};
constexpr std::array<QByteArrayView, 7> kTypes{"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"};

// Only Google's own writing has types in capitals, "nullable" or an order of properties.
bool isGoogles(QByteArrayView schema)
{
    if (schema.contains("\"nullable\"") || schema.contains("propertyOrdering") ||
        schema.contains("property_ordering") || schema.contains("\"any_of\"") || schema.contains("TYPE_UNSPECIFIED"))
        return true;
    return std::any_of(
        kTypes.begin(), kTypes.end(), [&](QByteArrayView type) { return schema.contains(jsonString(type)); });
}

void write(JsonWriter& json, JsonView schema)
{
    if (schema.type() != JsonType::Object) {
        json.raw(schema.raw());
        return;
    }
    const bool nullable = field(schema, "nullable").boolean().value_or(false);
    json.beginObject();
    schema.eachMember([&](QByteArrayView rawKey, JsonView value) {
        const QByteArray key = camelCase(rawKey);
        if (key == "type" && value.type() == JsonType::String) {
            const QByteArray word = value.text()->toLower();
            if (word == "type_unspecified")
                return true;
            json.key("type");
            if (nullable)
                json.beginArray().string(word).string("null").endArray();
            else
                json.string(word);
        } else if (key == "nullable" || key == "propertyOrdering") {
            return true;
        } else if (key == "items" || key == "anyOf") {
            json.key(key);
            if (value.type() == JsonType::Array) {
                json.beginArray();
                value.eachElement([&](JsonView one) {
                    write(json, one);
                    return true;
                });
                json.endArray();
            } else {
                write(json, value);
            }
        } else if (key == "properties" || key == "defs") {
            json.key(rawKey).beginObject();
            value.eachMember([&](QByteArrayView name, JsonView one) {
                json.key(name); // a property's name is the caller's, whatever it looks like
                write(json, one);
                return true;
            });
            json.endObject();
        } else if (std::find(kLimits.begin(), kLimits.end(), QByteArrayView(key)) != kLimits.end()) {
            if (const auto number = wholeNumber(value))
                json.member(key, *number);
        } else if (key == "example") {
            json.key("examples").beginArray().raw(value.raw()).endArray();
        } else {
            json.memberRaw(rawKey, value.raw());
        }
        return true;
    });
    json.endObject();
}

} // namespace

QByteArray jsonSchemaOf(JsonView schema)
{
    if (!isGoogles(schema.raw()))
        return schema.raw().toByteArray();
    QByteArray out;
    JsonWriter json(out);
    write(json, schema);
    return out;
}

} // namespace gateway::transform::gemini

#include "transform/providers/gemini_schema.h"

#include "transform/body_edit.h"

#include <algorithm>
#include <array>

namespace gateway::transform::gemini {
namespace {

// Keywords whose value is a schema, a list of schemas, or an object of named schemas. What stands under any other
// keyword (enum, default, examples, const itself) is data.
constexpr std::array<QByteArrayView, 12> kSchemas{"items", "additionalProperties", "not", "if", "then", "else",
    "contains", "propertyNames", "additionalItems", "unevaluatedItems", "unevaluatedProperties", "contentSchema"};
constexpr std::array<QByteArrayView, 4> kLists{"anyOf", "oneOf", "allOf", "prefixItems"};
constexpr std::array<QByteArrayView, 5> kNamed{
    "properties", "$defs", "definitions", "patternProperties", "dependentSchemas"};

template <std::size_t N>
bool isOneOf(const std::array<QByteArrayView, N>& words, QByteArrayView word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

void replaceConst(BodyEdit& edit, JsonView schema)
{
    const bool hasEnum = !schema.member("enum").isMissing();
    schema.eachMember([&](QByteArrayView key, JsonView value) {
        if (key == QByteArrayView("const")) {
            if (!hasEnum) {
                edit.replace(key, "enum");
                edit.replace(value, '[' + value.raw().toByteArray() + ']');
            }
        } else if (isOneOf(kSchemas, key)) {
            replaceConst(edit, value);
            value.eachElement([&](JsonView item) {
                replaceConst(edit, item);
                return true;
            });
        } else if (isOneOf(kLists, key)) {
            value.eachElement([&](JsonView item) {
                replaceConst(edit, item);
                return true;
            });
        } else if (isOneOf(kNamed, key)) {
            value.eachMember([&](QByteArrayView, JsonView item) {
                replaceConst(edit, item);
                return true;
            });
        }
        return true;
    });
}

} // namespace

QByteArray schemaForGoogle(QByteArrayView schema)
{
    const JsonText text = JsonText::parse(schema);
    if (text.error || !schema.contains("\"const\""))
        return schema.toByteArray();
    BodyEdit edit(schema);
    replaceConst(edit, text.root);
    return edit.apply();
}

bool hasReference(JsonView value)
{
    bool found = false;
    value.eachMember([&](QByteArrayView key, JsonView member) {
        found = key == QByteArrayView("$ref") || hasReference(member);
        return !found;
    });
    value.eachElement([&](JsonView element) {
        found = hasReference(element);
        return !found;
    });
    return found;
}

} // namespace gateway::transform::gemini

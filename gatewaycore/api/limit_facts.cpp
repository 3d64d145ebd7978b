#include "api/limit_facts.h"

#include <array>
#include <utility>

namespace gateway::api {
namespace {

constexpr std::array kTexts{
    std::pair{"scope", &LimitFacts::scope},
    std::pair{"unit", &LimitFacts::unit},
    std::pair{"limit", &LimitFacts::limit},
    std::pair{"used", &LimitFacts::used},
    std::pair{"reserved", &LimitFacts::reserved},
    std::pair{"estimate", &LimitFacts::estimate},
    std::pair{"formula", &LimitFacts::formula},
};

} // namespace

QJsonObject toJson(const LimitFacts& facts)
{
    QJsonObject json;
    for (const auto& [name, member] : kTexts) {
        if (!(facts.*member).isEmpty())
            json.insert(QLatin1String(name), facts.*member);
    }
    if (facts.largestMaxOutputTokens)
        json.insert(QStringLiteral("largest_max_output_tokens"), *facts.largestMaxOutputTokens);
    if (facts.resetAt)
        json.insert(QStringLiteral("reset_at"), facts.resetAt->toUTC().toString(Qt::ISODate));
    return json;
}

LimitFacts limitFactsFromJson(const QJsonObject& json)
{
    LimitFacts facts;
    for (const auto& [name, member] : kTexts)
        facts.*member = json.value(QLatin1String(name)).toString();
    if (const QJsonValue largest = json.value(QStringLiteral("largest_max_output_tokens")); largest.isDouble())
        facts.largestMaxOutputTokens = largest.toInteger();
    if (const QString reset = json.value(QStringLiteral("reset_at")).toString(); !reset.isEmpty())
        facts.resetAt = QDateTime::fromString(reset, Qt::ISODate);
    return facts;
}

} // namespace gateway::api

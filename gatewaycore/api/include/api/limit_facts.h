// LimitFacts: everything a refusal by a budget, a ceiling or a quota must say (product.md 3): the limit, what was used
// and reserved, what this call would have taken and by which formula, what would fit, and when it is reset. A value.
// Amounts are texts: decimal USD with unit "usd", else whole numbers.
#pragma once

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace gateway::api {

struct LimitFacts
{
    QString scope; // "tenant acme, month"
    QString unit;  // usd, requests, input_tokens, output_tokens, calls
    QString limit;
    QString used;
    QString reserved;
    QString estimate;
    QString formula; // how the estimate came about, in words and numbers
    std::optional<qint64>
        largestMaxOutputTokens;       // that would be admitted now; empty: none would, or it does not matter
    std::optional<QDateTime> resetAt; // UTC
};

// The members stated, under the contract's names: scope, unit, limit, used, reserved, estimate, formula,
// largest_max_output_tokens, reset_at.
QJsonObject toJson(const LimitFacts& facts);
LimitFacts limitFactsFromJson(const QJsonObject& json);

} // namespace gateway::api

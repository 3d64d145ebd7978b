#include "store/call_sums.h"

#include "store/call_fold.h"
#include "store/statement.h"

#include <vector>

namespace gateway::store {
namespace {

// Made once: a name costs no QString per call.
template <typename Enum, Enum Last>
QStringView nameFor(Enum value)
{
    static const std::vector<QString> names = [] {
        std::vector<QString> made;
        for (int i = 0; i <= int(Last); ++i)
            made.push_back(api::nameOf(Enum(i)));
        return made;
    }();
    return names[std::size_t(value)];
}

} // namespace

qint64 halfHourOf(qint64 ms)
{
    return ms >= 0 ? ms / kHalfHourMs : (ms + 1) / kHalfHourMs - 1;
}

CallSums::Numbers CallSums::Numbers::ofOne(
    bool answered, qint64 tokensIn, qint64 tokensOut, std::optional<qint64> costNano)
{
    const bool unpriced = !costNano && tokensIn + tokensOut > 0;
    return {1, answered, costNano.has_value(), costNano.value_or(0), unpriced, tokensIn, tokensOut};
}

void CallSums::Numbers::add(const Numbers& other)
{
    calls += other.calls;
    answered += other.answered;
    priced += other.priced;
    costNano += other.costNano;
    unpriced += other.unpriced;
    tokensIn += other.tokensIn;
    tokensOut += other.tokensOut;
}

void CallSums::add(const api::Call& call)
{
    const qint64 halfHour = halfHourOf(call.startedAt.toMSecsSinceEpoch());
    const QStringView tenant = call.tenant;
    const auto one = Numbers::ofOne(call.outcome == api::CallOutcome::Answered, call.tokens.input(),
        call.tokens.output(), call.cost ? std::optional(call.cost->nano()) : std::nullopt);
    const QStringView servedBy = call.servedBy;
    addCall<QStringView>(halfHour, tenant,
        {nameFor<api::CallOutcome, api::CallOutcome::Indeterminate>(call.outcome), call.alias,
            servedBy.first(std::max<qsizetype>(servedBy.indexOf(u'/'), 0)), call.feature, call.credential,
            nameFor<api::ErrorCode, api::ErrorCode::Internal>(call.error)},
        one);
    for (const api::Attempt& attempt : call.attempts) {
        if (attempt.result != api::AttemptResult::Skipped && attempt.result != api::AttemptResult::Refused)
            addAttempt<QStringView>(halfHour, tenant, attempt.provider, attempt.region);
    }
}

bool CallSums::write(sqlite3* database) const
{
    Statement sums;
    Statement endpoints;
    if (!sums.prepare(database,
            "INSERT INTO call_sums (property, half_hour, tenant, value, calls, answered, priced, cost_nano,"
            " unpriced, tokens_in, tokens_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (property, half_hour, tenant, value) DO UPDATE SET calls = calls + excluded.calls,"
            " answered = answered + excluded.answered, priced = priced + excluded.priced,"
            " cost_nano = cost_nano + excluded.cost_nano, unpriced = unpriced + excluded.unpriced,"
            " tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out") ||
        !endpoints.prepare(database,
            "INSERT INTO endpoint_sums (half_hour, tenant, provider, region, attempts) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (half_hour, tenant, provider, region) DO UPDATE SET"
            " attempts = attempts + excluded.attempts"))
        return false;
    for (std::size_t i = 0; i < kProperties.size(); ++i) {
        for (const auto& [key, sum] : m_sums[i]) {
            std::string_view at = key;
            sums.bindUtf8(kProperties[i]);
            sums.bind(GroupKey::number(at));
            sums.bindUtf8(GroupKey::text(at));
            sums.bindUtf8(GroupKey::text(at));
            for (const qint64 number :
                {sum.calls, sum.answered, sum.priced, sum.costNano, sum.unpriced, sum.tokensIn, sum.tokensOut})
                sums.bind(number);
            if (!sums.run())
                return false;
        }
    }
    for (const auto& [key, attempts] : m_endpoints) {
        std::string_view at = key;
        endpoints.bind(GroupKey::number(at));
        for (int i = 0; i < 3; ++i)
            endpoints.bindUtf8(GroupKey::text(at));
        endpoints.bind(attempts);
        if (!endpoints.run())
            return false;
    }
    return true;
}

std::size_t CallSums::groups() const
{
    std::size_t count = m_endpoints.size();
    for (const auto& groups : m_sums)
        count += groups.size();
    return count;
}

void CallSums::clear()
{
    for (auto& groups : m_sums)
        groups.clear();
    m_endpoints.clear();
}

} // namespace gateway::store

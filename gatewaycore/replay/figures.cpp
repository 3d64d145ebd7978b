#include "replay/figures.h"

#include "budget/pricing.h"
#include "engine/estimate.h"

#include <QDateTime>

#include <cmath>

namespace gateway::replay {
namespace {

using api::Money;
using api::ReplayEffect;

constexpr double kNormal95 = 1.959964;
constexpr qint64 kMinuteMs = 60'000;

double usd(Money money)
{
    return double(money.nano()) / 1e9;
}

Money moneyOf(double usdAmount)
{
    return Money::fromNano(std::llround(usdAmount * 1e9));
}

void addTo(Money& sum, Money more)
{
    sum = sum.plus(more).value_or(sum); // nine billion USD: the sum stands still rather than wrap
}

// The candidate of this label in the plan; nullptr: it is not there.
const config::Candidate* candidateIn(const Decision& decision, const QString& label)
{
    for (const fallback::ChainStep& step : decision.plan.steps) {
        if (step.candidate && step.candidate->label == label)
            return step.candidate;
    }
    return nullptr;
}

QString providerOf(const QString& label)
{
    const qsizetype slash = label.indexOf(u'/');
    return slash < 0 ? QString() : label.first(slash);
}

// What a caller waits for.
qint64 latencyOf(const ReplayCase& call)
{
    return call.request.stream ? call.firstTokenUs : call.endUs;
}

std::optional<Money> boundBeforeOf(const ReplayCase& call)
{
    for (const RecordedRow& row : call.candidates) {
        if (row.verdict == u"chosen")
            return row.moment.upperBound;
    }
    return std::nullopt;
}

std::optional<Money> boundAfterOf(const Decision& decision)
{
    for (const routing::CandidateVerdict& row : decision.plan.decision.candidates) {
        if (row.candidate == decision.plan.decision.chosen)
            return row.moment.upperBound;
    }
    return std::nullopt;
}

bool fallsUnder(const config::UsageScope& scope, const ReplayCase& call, const QString& provider)
{
    const auto fits = [](const QString& wanted, const QString& is) { return wanted.isEmpty() || wanted == is; };
    return fits(scope.tenant, call.tenant) && fits(scope.feature, call.feature) && fits(scope.agent, call.agent) &&
           fits(scope.alias, call.alias) && fits(scope.provider, provider);
}

} // namespace

CallCost costOf(const Compared& compared, const config::PolicySnapshot& snapshot)
{
    const ReplayCase& call = compared.call;
    CallCost cost;
    cost.before = call.cost;
    if (compared.effect == ReplayEffect::NewlyAllowed)
        return cost; // nobody knows how many tokens it would have used
    if (compared.after.isRefused()) {
        cost.after = Money();
        return cost;
    }
    // who would have answered: the one that did where the first choice stays, else the new first choice
    const bool stays = compared.before.first == compared.after.first;
    const bool samePrices = snapshot.prices->version() == call.priceBook;
    if (stays && samePrices) {
        cost.after = call.cost;
        return cost;
    }
    if (call.servedBy.isEmpty() || call.tokens.source == api::TokenSource::None)
        return stays || !call.cost || *call.cost == Money() ? CallCost{call.cost, call.cost} : cost;
    const config::Candidate* serves = stays ? candidateIn(compared.decision, call.servedBy) : compared.decision.first();
    const config::Price* price = serves ? engine::priceOn(*serves, call.today) : nullptr;
    if (price)
        cost.after = budget::costOf(*price, call.tokens, call.request.serviceTier);
    return cost;
}

void CostFigures::add(const Compared& compared, const CallCost& cost)
{
    if (cost.before && cost.after) {
        ++m_sum.known;
        addTo(m_sum.before, *cost.before);
        addTo(m_sum.after, *cost.after);
        const double difference = usd(*cost.after) - usd(*cost.before);
        m_squares += difference * difference;
    } else {
        ++m_sum.unknown;
    }
    const std::optional<Money> before = boundBeforeOf(compared.call);
    const std::optional<Money> after = boundAfterOf(compared.decision);
    if (before && after) {
        addTo(m_sum.boundBefore, *before);
        addTo(m_sum.boundAfter, *after);
    }
}

api::ReplayCost CostFigures::sum() const
{
    api::ReplayCost sum = m_sum;
    sum.delta = sum.after.minus(sum.before).value_or(Money());
    if (sum.known < kLeastForInterval)
        return sum;
    const double n = double(sum.known);
    const double total = usd(sum.delta);
    const double variance = std::max(0.0, (m_squares - total * total / n) / (n - 1));
    const double half = kNormal95 * std::sqrt(n * variance);
    sum.low = moneyOf(total - half);
    sum.high = moneyOf(total + half);
    return sum;
}

void Spread::add(qint64 us)
{
    if (m_cells.empty())
        m_cells.resize(kLatencyCells);
    m_cells[std::size_t(cellOf(us))] += 1;
    m_weight += 1;
    ++m_count;
    const double ms = double(us) / 1000;
    m_sum += ms;
    m_squares += ms * ms;
}

void Spread::add(const Spread& other, double calls)
{
    if (other.m_weight <= 0 || calls <= 0)
        return;
    if (m_cells.empty())
        m_cells.resize(kLatencyCells);
    for (std::size_t i = 0; i < m_cells.size(); ++i)
        m_cells[i] += other.m_cells[i] * calls / other.m_weight;
    m_weight += calls;
}

double Spread::variance() const
{
    return m_count > 1 ? std::max(0.0, (m_squares - m_sum * m_sum / double(m_count)) / double(m_count - 1)) : 0;
}

std::optional<qint64> Spread::percentileMs(double fraction) const
{
    if (m_weight <= 0)
        return std::nullopt;
    double seen = 0;
    for (int i = 0; i < kLatencyCells; ++i) {
        seen += m_cells[std::size_t(i)];
        if (seen >= fraction * m_weight - 1e-9)
            return std::llround(middleOf(i) / 1000);
    }
    return std::llround(middleOf(kLatencyCells - 1) / 1000);
}

void LatencyFigures::add(const Compared& compared)
{
    const ReplayCase& call = compared.call;
    const qint64 us = latencyOf(call);
    if (!call.answered || us < 0 || call.servedBy.isEmpty())
        return;
    const bool stream = call.request.stream;
    if (call.servedBy == compared.before.first)
        m_seen[{call.servedBy, stream}].add(us);
    if (compared.after.isRefused())
        return;
    if (compared.before.first == compared.after.first)
        m_stayed.add(us);
    else if (const config::Candidate* first = compared.decision.first())
        m_moved[{first->label, stream}].before.add(us);
    else
        ++m_unknown;
}

api::ReplayLatency LatencyFigures::sum() const
{
    api::ReplayLatency sum;
    sum.unknown = m_unknown;
    Spread before = m_stayed;
    Spread after;
    after.add(m_stayed, double(m_stayed.count()));
    double difference = 0; // of all known calls together, ms
    double squares = 0;
    double ofMeans = 0; // variance that comes from not knowing the new candidates' means exactly
    qint64 known = m_stayed.count();
    for (const auto& [kind, moved] : m_moved) {
        const double calls = double(moved.before.count());
        const auto seen = m_seen.find(kind);
        if (seen == m_seen.end() || seen->second.count() < kLeastAnswers) {
            sum.unknown += moved.before.count();
            continue;
        }
        const Spread& there = seen->second;
        before.add(moved.before, calls);
        after.add(there, calls);
        known += moved.before.count();
        const double shift = there.mean() - moved.before.mean();
        difference += calls * shift;
        squares += calls * shift * shift + (calls - 1) * moved.before.variance();
        ofMeans += calls * calls * there.variance() / double(there.count());
    }
    sum.known = known;
    sum.p50BeforeMs = before.percentileMs(0.5);
    sum.p50AfterMs = after.percentileMs(0.5);
    sum.p95BeforeMs = before.percentileMs(0.95);
    sum.p95AfterMs = after.percentileMs(0.95);
    if (known == 0)
        return sum;
    const double n = double(known);
    sum.meanDeltaMs = difference / n;
    if (known < kLeastForInterval)
        return sum;
    const double variance = std::max(0.0, (squares - difference * difference / n) / (n - 1));
    const double half = kNormal95 * std::sqrt(variance / n + ofMeans / (n * n));
    sum.lowMs = *sum.meanDeltaMs - half;
    sum.highMs = *sum.meanDeltaMs + half;
    return sum;
}

void LoadFigures::add(const Compared& compared)
{
    const ReplayCase& call = compared.call;
    // as a provider's own limits count it before a call: the prompt and the output that may come
    const qint64 tokens = (call.bodyBytes + 3) / 4 + call.request.maxOutputTokens.value_or(0) * call.request.choices;
    const qint64 minute = call.startedMs / kMinuteMs;
    const QString before = compared.before.isRefused() ? QString() : providerOf(compared.before.first);
    const config::Candidate* first = compared.after.isRefused() ? nullptr : compared.decision.first();
    const auto count = [&](const QString& provider, int side) {
        Minute& at = m_minutes[provider][minute];
        ++at.requests[side];
        at.tokens[side] += tokens;
    };
    if (!before.isEmpty())
        count(before, 0);
    if (first)
        count(first->provider->name, 1);
}

QVector<api::ReplayHeadroom> LoadFigures::sum(const config::PolicySnapshot& snapshot) const
{
    QVector<api::ReplayHeadroom> rows;
    for (const auto& [name, minutes] : m_minutes) {
        const config::Provider* provider = nullptr;
        for (const auto& one : snapshot.providers) {
            if (one->name == name)
                provider = one.get();
        }
        const auto row = [&](const char* unit, std::optional<qint64> limit, auto member) {
            api::ReplayHeadroom told;
            told.provider = name;
            told.unit = QString::fromLatin1(unit);
            told.limit = limit;
            for (const auto& [minute, counts] : minutes) {
                const auto& sides = counts.*member;
                told.peakBefore = std::max(told.peakBefore, sides[0]);
                const QDateTime at = QDateTime::fromMSecsSinceEpoch(minute * kMinuteMs, Qt::UTC);
                const bool earlier = sides[1] == told.peakAfter && told.worstAt && at < *told.worstAt;
                if (sides[1] > told.peakAfter || earlier) {
                    told.peakAfter = sides[1];
                    told.worstAt = at;
                }
                if (limit) {
                    told.minutesOverBefore += sides[0] > *limit;
                    told.minutesOverAfter += sides[1] > *limit;
                }
            }
            rows.append(told);
        };
        row("requests", provider ? provider->limits.requestsPerMinute : std::nullopt, &Minute::requests);
        row("tokens", provider ? provider->limits.tokensPerMinute : std::nullopt, &Minute::tokens);
    }
    return rows;
}

BudgetFigures::BudgetFigures(const config::PolicySnapshot& snapshot, const QStringList& tenants)
{
    for (const config::BudgetPolicy& policy : snapshot.budgets) {
        if (!tenants.isEmpty() && !tenants.contains(policy.scope.tenant))
            continue;
        Account account;
        account.policy = &policy;
        account.told.budget = config::describe(policy.scope) + QStringLiteral(", per ") + config::nameOf(policy.period);
        account.told.limit = policy.amount;
        m_accounts.push_back(account);
    }
}

void BudgetFigures::add(const Compared& compared, const CallCost& cost)
{
    const ReplayCase& call = compared.call;
    const config::Candidate* first = compared.decision.first();
    for (Account& account : m_accounts) {
        const config::UsageScope& scope = account.policy->scope;
        if (cost.before && fallsUnder(scope, call, providerOf(call.servedBy))) {
            addTo(account.told.before, *cost.before);
            account.used = true;
        }
        if (!cost.after || compared.after.isRefused() ||
            !fallsUnder(scope, call, first ? first->provider->name : QString()))
            continue;
        account.used = true;
        addTo(account.told.after, *cost.after);
        if (!account.window.contains(call.startedMs)) {
            account.window = budget::windowAt(account.policy->period, account.policy->timeZone, call.startedMs);
            account.inWindow = Money();
        }
        addTo(account.inWindow, *cost.after);
        if (account.inWindow > account.policy->amount && !account.told.reachedAt)
            account.told.reachedAt = QDateTime::fromMSecsSinceEpoch(call.startedMs, Qt::UTC);
    }
}

QVector<api::ReplayBudget> BudgetFigures::sum() const
{
    QVector<api::ReplayBudget> rows;
    for (const Account& account : m_accounts) {
        if (account.used)
            rows.append(account.told);
    }
    return rows;
}

} // namespace gateway::replay

// The consequences of a replay in figures: money, latency, load on the providers, budgets. Each takes one call at a
// time and sums up at the end. Intervals are 95 % and by normal theory over the calls' own differences: what as many
// calls of the same kind would vary by. They say nothing of what the record does not hold: whether another model writes
// as many tokens, or a provider stays as quick under more load. One thread.
#pragma once

#include "api/replay.h"
#include "base/latency_cells.h"
#include "budget/window.h"
#include "replay/compare.h"

#include <QHash>

#include <map>
#include <unordered_map>

namespace gateway::replay {

constexpr qint64 kLeastForInterval = 30; // calls
constexpr qint64 kLeastAnswers = 20;     // of a candidate, before its latency counts as known

// A call with both decisions, as the figures need it.
struct Compared
{
    const ReplayCase& call;
    const Choice& before;
    const Decision& decision;
    const Choice& after;
    api::ReplayEffect effect;
};

// What the call cost, and its tokens at the price of the candidate it would get. Empty: unknown.
struct CallCost
{
    std::optional<api::Money> before;
    std::optional<api::Money> after;
};
CallCost costOf(const Compared& compared, const config::PolicySnapshot& snapshot);

class CostFigures
{
public:
    void add(const Compared& compared, const CallCost& cost);
    api::ReplayCost sum() const;

private:
    api::ReplayCost m_sum;
    double m_squares = 0; // of the differences, USD
};

// Latencies as weights in cells, so that one distribution can take another's place in part.
class Spread
{
public:
    void add(qint64 us);
    void add(const Spread& other, double calls); // as many calls of the other's kind
    qint64 count() const { return m_count; }
    double mean() const { return m_count > 0 ? m_sum / double(m_count) : 0; } // ms
    double variance() const;
    std::optional<qint64> percentileMs(double fraction) const;

private:
    std::vector<double> m_cells; // empty until the first
    double m_weight = 0;
    qint64 m_count = 0; // what was measured itself
    double m_sum = 0;
    double m_squares = 0;
};

class LatencyFigures
{
public:
    void add(const Compared& compared);
    api::ReplayLatency sum() const;

private:
    using Kind = std::pair<QString, bool>; // candidate, streamed
    struct Moved                           // calls that would go there
    {
        Spread before; // what they took where they were
    };
    std::map<Kind, Spread> m_seen; // what each candidate's answers took
    std::map<Kind, Moved> m_moved;
    Spread m_stayed;
    qint64 m_unknown = 0;
};

class LoadFigures
{
public:
    void add(const Compared& compared);
    QVector<api::ReplayHeadroom> sum(const config::PolicySnapshot& snapshot) const;

private:
    struct Minute
    {
        qint64 requests[2] = {0, 0}; // before, after
        qint64 tokens[2] = {0, 0};
    };
    std::map<QString, std::unordered_map<qint64, Minute>> m_minutes; // by provider, by minute since 1970
};

class BudgetFigures
{
public:
    // `tenants`: of these alone; empty: of all.
    BudgetFigures(const config::PolicySnapshot& snapshot, const QStringList& tenants);
    void add(const Compared& compared, const CallCost& cost);
    QVector<api::ReplayBudget> sum() const; // those that any of the calls falls under

private:
    struct Account
    {
        const config::BudgetPolicy* policy = nullptr;
        budget::Window window;
        api::Money inWindow; // after
        api::ReplayBudget told;
        bool used = false;
    };
    std::vector<Account> m_accounts;
};

} // namespace gateway::replay

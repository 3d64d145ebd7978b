// Routing asked without a call: what a request is, and what the engine would do with it: the decision as the record
// keeps it, the chain that would follow it, and for each filter what would have won without it. Values of the admin API
// (POST routes/explain). Any thread; values.
#pragma once

#include "api/money.h"
#include "api/result.h"

#include <QJsonObject>
#include <QString>
#include <QVector>

#include <optional>

namespace gateway::api {

struct RouteQuestion
{
    QString alias;
    QString tenant; // empty: that of the credential
    QString feature;
    QString agent;
    QString credential;    // id, never a key; empty: no scope is asked
    QString workloadClass; // empty: as a call without the header would have it
    QString zone;          // a tighter one; empty: the tenant's
    QString body;          // a request's JSON text; empty: the four below stand for it
    std::optional<qint64> inputBytes;
    std::optional<qint64> maxOutputTokens;
    std::optional<bool> stream;
    std::optional<bool> tools;
    std::optional<Money> costCeiling;
    std::optional<qint64> latencyBudgetMs;
};

struct ChainStep
{
    QString kind;      // primary other-region other-provider smaller-model cached refuse
    QString candidate; // provider/model@region; empty for cached and refuse
    std::optional<qint64> worstCaseMs;
    bool reachable = true;
    QString reason; // why it is not, or what limits it
};

struct Counterfactual
{
    QString filter; // zone scope capability context lifecycle cost latency breaker drain weight
    QString winner; // the candidate that would have served without it; empty: still none
    QString sentence;
};

struct RouteExplanation
{
    QJsonObject decision; // as Call::decision
    QString chosen;       // candidate; empty: refused
    QVector<ChainStep> chain;
    QVector<Counterfactual> counterfactuals;
    QString refusalCode; // of contract.md; empty: served
    QString sentence;    // what would happen, for people
    std::optional<Money> estimate;

    bool isRefused() const { return chosen.isEmpty(); }
};

QJsonObject toJson(const RouteQuestion& question);
Result<RouteQuestion> routeQuestionFromJson(const QJsonObject& json);
QJsonObject toJson(const RouteExplanation& explanation);
Result<RouteExplanation> routeExplanationFromJson(const QJsonObject& json);

} // namespace gateway::api

#include "observability/invariants.h"

#include "observability/attempt_facts.h"

#include <QJsonArray>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace gateway::observability {

using api::ErrorCode;
using api::Money;

namespace {

// The amount of a LimitFacts member in its smallest unit: nano-USD or whole numbers.
std::optional<qint64> amountOf(const QJsonObject& limit, const char* name)
{
    const QJsonValue value = limit.value(QLatin1String(name));
    if (limit.value(QStringLiteral("unit")).toString() == QLatin1String("usd")) {
        const auto money = Money::fromDecimal(value.toString());
        return money ? std::optional(money->nano()) : std::nullopt;
    }
    bool ok = false;
    const qint64 number = value.toString().toLongLong(&ok);
    return ok ? std::optional(number) : std::nullopt;
}

bool isServed(const api::Call& call)
{
    return call.outcome == api::CallOutcome::Answered ||
           std::any_of(call.attempts.begin(), call.attempts.end(), wasSent);
}

constexpr int kDegradedPermille = 500;

bool isDegraded(const QJsonObject& candidate)
{
    return candidate.value(QStringLiteral("breaker")).toString() == QLatin1String("open") ||
           candidate.value(QStringLiteral("failure_permille")).toInt() > kDegradedPermille;
}

// Asked of every call, so that only the rare decision that names a degraded candidate is read as a tree. What is looked
// for begins with a letter that is rare in a decision, not with its quote: the search stops at each first letter.
bool mayNameDegraded(const QByteArray& decision)
{
    const std::string_view text(decision.constData(), std::size_t(decision.size()));
    if (text.find("breaker\":\"open\"") != text.npos)
        return true;
    constexpr std::string_view key = "_permille\":";
    for (std::size_t at = text.find(key); at != text.npos; at = text.find(key, at)) {
        at += key.size();
        int permille = 0;
        std::from_chars(text.data() + at, text.data() + text.size(), permille);
        if (permille > kDegradedPermille)
            return true;
    }
    return false;
}

// A half-open candidate is on probation: neither degraded nor the healthy one that should have been taken.
bool isHealthy(const QJsonObject& candidate)
{
    return candidate.value(QStringLiteral("verdict")).toString() != QLatin1String("rejected") &&
           !isDegraded(candidate) && candidate.value(QStringLiteral("breaker")).toString().isEmpty();
}

QString timeOf(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODate);
}

} // namespace

bool isRefusedByLimit(const api::Call& call)
{
    return call.error == ErrorCode::BudgetHard || call.error == ErrorCode::QuotaCaller;
}

std::optional<bool> isFalseRefusal(const api::Call& call)
{
    if (!isRefusedByLimit(call))
        return std::nullopt;
    const QJsonObject facts = call.decision.value(QStringLiteral("limit")).toObject();
    const auto limit = amountOf(facts, "limit");
    qint64 needed = 0;
    for (const char* name : {"used", "reserved", "estimate"}) {
        const auto amount = amountOf(facts, name);
        if (!limit || !amount)
            return std::nullopt;
        if (__builtin_add_overflow(needed, *amount, &needed))
            return false; // more than there is room for in any limit
    }
    return needed <= *limit;
}

std::optional<bool> wentToDegraded(const api::Call& call)
{
    const auto first = std::find_if(call.attempts.begin(), call.attempts.end(), wasSent);
    if (first == call.attempts.end())
        return std::nullopt;
    bool taken = false;
    bool anyDegraded = false;
    bool otherHealthy = false;
    if (!mayNameDegraded(call.decision.text()))
        return std::nullopt;
    const QJsonArray candidates = call.decision.value(QStringLiteral("candidates")).toArray();
    for (const QJsonValue& value : candidates) {
        const QJsonObject candidate = value.toObject();
        const bool isTaken = candidate.value(QStringLiteral("provider")).toString() == first->provider &&
                             candidate.value(QStringLiteral("model")).toString() == first->model;
        anyDegraded = anyDegraded || isDegraded(candidate);
        taken = taken || (isTaken && isDegraded(candidate));
        otherHealthy = otherHealthy || isHealthy(candidate);
    }
    return anyDegraded && otherHealthy ? std::optional(taken) : std::nullopt;
}

std::optional<bool> isOutOfScope(const api::Call& call, const Invariants::ScopeOf& scopeOf)
{
    if (!isServed(call))
        return std::nullopt;
    const auto scope = call.credential.isEmpty() ? std::nullopt : scopeOf(call.credential);
    if (!scope)
        return true; // served, and nobody knows on whose word
    const bool aliasAllowed =
        scope->aliases.isEmpty() || scope->aliases.contains(QStringLiteral("*")) || scope->aliases.contains(call.alias);
    const bool featureAllowed = scope->features.isEmpty() || scope->features.contains(QStringLiteral("*")) ||
                                scope->features.contains(call.feature);
    const qint64 startedMs = call.startedAt.toMSecsSinceEpoch();
    const bool ended = (scope->revokedAtMs > 0 && startedMs > scope->revokedAtMs + Invariants::kRevokeMs) ||
                       (scope->expiresAtMs > 0 && startedMs > scope->expiresAtMs + Invariants::kRevokeMs);
    return scope->tenant != call.tenant || !aliasAllowed || !featureAllowed || ended;
}

Invariants::Invariants(const Clock& clock, ScopeOf scopeOf)
    : m_clock(clock), m_scopeOf(std::move(scopeOf)), m_sinceMs(clock.wallMs())
{
}

void Invariants::add(const api::Call& call)
{
    if (const auto falseRefusal = isFalseRefusal(call))
        count(m_falseRefusal, call, *falseRefusal);
    else if (isRefusedByLimit(call))
        ++m_withoutNumbers;
    if (const auto degraded = wentToDegraded(call)) {
        count(m_degraded, call, *degraded);
        m_recentDegraded.push_back(*degraded);
        if (m_recentDegraded.size() > std::size_t(kRecent))
            m_recentDegraded.pop_front();
    }
    if (const auto outOfScope = isOutOfScope(call, m_scopeOf))
        count(m_scope, call, *outOfScope);
}

void Invariants::count(Tally& tally, const api::Call& call, bool violated)
{
    ++tally.checked;
    if (!violated)
        return;
    ++tally.violations;
    tally.lastMs = m_clock.wallMs();
    tally.example = call.id;
}

double Invariants::degradedShare() const
{
    const auto degraded = std::count(m_recentDegraded.begin(), m_recentDegraded.end(), true);
    return m_recentDegraded.empty() ? 0.0 : double(degraded) / double(m_recentDegraded.size());
}

api::Invariant Invariants::describe(
    const char* name, const Tally& tally, const QString& what, const QString& broken) const
{
    api::Invariant invariant;
    invariant.name = QLatin1String(name);
    invariant.checked = tally.checked;
    invariant.violations = tally.violations;
    invariant.asOf = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    invariant.example = tally.example;
    if (tally.violations > 0)
        invariant.lastViolation = QDateTime::fromMSecsSinceEpoch(tally.lastMs, Qt::UTC);
    invariant.state = tally.checked == 0      ? QStringLiteral("unknown")
                      : tally.violations == 0 ? QStringLiteral("holds")
                                              : QStringLiteral("broken");
    const QString since = QStringLiteral("Since %1 ").arg(timeOf(m_sinceMs));
    if (tally.checked == 0)
        invariant.sentence = since + QStringLiteral("there was no %1 to check.").arg(what);
    else if (tally.violations == 0)
        invariant.sentence =
            since + QStringLiteral("%1 times a %2 was checked and found right.").arg(tally.checked).arg(what);
    else
        invariant.sentence =
            since +
            QStringLiteral("%1 of %2 times a %3 %4.").arg(tally.violations).arg(tally.checked).arg(what, broken);
    return invariant;
}

QVector<api::Invariant> Invariants::list() const
{
    api::Invariant refusal = describe("false_refusal", m_falseRefusal, QStringLiteral("refusal by a budget or a quota"),
        QStringLiteral("left room for the call it refused"));
    if (m_withoutNumbers > 0)
        refusal.sentence += QStringLiteral(" %1 refusals say too little to be recomputed.").arg(m_withoutNumbers);

    api::Invariant degraded = describe("degraded_share", m_degraded,
        QStringLiteral("choice between degraded and healthy candidates"), QStringLiteral("took a degraded one"));
    if (m_degraded.checked > 0) {
        degraded.value = degradedShare();
        degraded.bound = kMostDegraded;
        const auto recent = std::count(m_recentDegraded.begin(), m_recentDegraded.end(), true);
        degraded.state = recent >= kLeastDegraded && *degraded.value > kMostDegraded ? QStringLiteral("broken")
                                                                                     : QStringLiteral("holds");
    }

    const api::Invariant scope = describe(
        "scope_subset", m_scope, QStringLiteral("served call"), QStringLiteral("was not allowed by its credential"));
    return {refusal, degraded, scope};
}

} // namespace gateway::observability

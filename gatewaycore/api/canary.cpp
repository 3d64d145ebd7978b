#include "api/canary.h"

#include "json_fields.h"

#include <array>

namespace gateway::api {
namespace {

// Words in the order of their enum.
constexpr std::array kStickyBy{"tenant", "credential"};
constexpr std::array kVerdicts{"insufficient_data", "pass", "fail"};
constexpr std::array kPhases{
    "starting", "running", "paused", "ready", "promoted", "rolled_back", "aborted", "interrupted"};
constexpr std::array kActions{"pause", "resume", "advance", "abort"};

template <typename Enum, std::size_t N>
std::optional<Enum> fromName(const std::array<const char*, N>& names, QStringView name)
{
    for (std::size_t i = 0; i < N; ++i) {
        if (name == QLatin1String(names[i]))
            return Enum(i);
    }
    return std::nullopt;
}

} // namespace

QString nameOf(StickyBy by)
{
    return QLatin1String(kStickyBy[std::size_t(by)]);
}

std::optional<StickyBy> stickyByFromName(QStringView name)
{
    return fromName<StickyBy>(kStickyBy, name);
}

QString nameOf(CanaryVerdict verdict)
{
    return QLatin1String(kVerdicts[std::size_t(verdict)]);
}

std::optional<CanaryVerdict> canaryVerdictFromName(QStringView name)
{
    return fromName<CanaryVerdict>(kVerdicts, name);
}

QString nameOf(CanaryPhase phase)
{
    return QLatin1String(kPhases[std::size_t(phase)]);
}

std::optional<CanaryPhase> canaryPhaseFromName(QStringView name)
{
    return fromName<CanaryPhase>(kPhases, name);
}

QString nameOf(CanaryAction action)
{
    return QLatin1String(kActions[std::size_t(action)]);
}

QJsonValue toValue(StickyBy by)
{
    return nameOf(by);
}
bool fromValue(const QJsonValue& value, StickyBy& out)
{
    const auto by = stickyByFromName(value.toString());
    out = by.value_or(StickyBy::Tenant);
    return by.has_value();
}
QJsonValue toValue(CanaryVerdict verdict)
{
    return nameOf(verdict);
}
bool fromValue(const QJsonValue& value, CanaryVerdict& out)
{
    const auto verdict = canaryVerdictFromName(value.toString());
    out = verdict.value_or(CanaryVerdict::InsufficientData);
    return verdict.has_value();
}
QJsonValue toValue(CanaryPhase phase)
{
    return nameOf(phase);
}
bool fromValue(const QJsonValue& value, CanaryPhase& out)
{
    const auto phase = canaryPhaseFromName(value.toString());
    out = phase.value_or(CanaryPhase::Interrupted);
    return phase.has_value();
}

template <>
struct Members<CanaryPlan>
{
    static constexpr auto fields = std::tuple{
        field("draft", &CanaryPlan::draft),
        field("sticky_by", &CanaryPlan::stickyBy),
        field("exclude", &CanaryPlan::exclude),
        field("steps", &CanaryPlan::steps),
        field("step_s", &CanaryPlan::stepSeconds),
        field("least_calls", &CanaryPlan::leastCalls),
        field("promotes", &CanaryPlan::promotes),
    };
};

template <>
struct Members<CanaryArm>
{
    static constexpr auto fields = std::tuple{
        field("revision", &CanaryArm::revision),
        field("calls", &CanaryArm::calls),
        field("answered", &CanaryArm::answered),
        field("failed", &CanaryArm::failed),
        field("refused", &CanaryArm::refused),
        field("truncated", &CanaryArm::truncated),
        field("cancelled", &CanaryArm::cancelled),
        field("callers", &CanaryArm::callers),
        field("tenants", &CanaryArm::tenants),
        field("first_token_median_ms", &CanaryArm::firstTokenMedianMs),
        field("mean_cost_usd", &CanaryArm::meanCost),
        field("cost_unknown", &CanaryArm::costUnknown),
        field("outside_zone", &CanaryArm::outsideZone),
    };
};

template <>
struct Members<CanaryGuard>
{
    static constexpr auto fields = std::tuple{
        field("name", &CanaryGuard::name),
        field("verdict", &CanaryGuard::verdict),
        field("sentence", &CanaryGuard::sentence),
        field("unit", &CanaryGuard::unit),
        field("control", &CanaryGuard::control),
        field("canary", &CanaryGuard::canary),
        field("rise", &CanaryGuard::rise),
        field("low", &CanaryGuard::low),
        field("high", &CanaryGuard::high),
        field("tolerated", &CanaryGuard::tolerated),
        field("control_calls", &CanaryGuard::controlCalls),
        field("canary_calls", &CanaryGuard::canaryCalls),
        field("unknown", &CanaryGuard::unknown),
    };
};

template <>
struct Members<CanaryStep>
{
    static constexpr auto fields = std::tuple{
        field("percent", &CanaryStep::percent),
        field("begun_at", &CanaryStep::begunAt),
        field("ended_at", &CanaryStep::endedAt),
        field("control_calls", &CanaryStep::controlCalls),
        field("canary_calls", &CanaryStep::canaryCalls),
        field("verdict", &CanaryStep::verdict),
    };
};

template <>
struct Members<CanaryEntry>
{
    static constexpr auto fields = std::tuple{
        field("at", &CanaryEntry::at),
        field("by", &CanaryEntry::by),
        field("action", &CanaryEntry::action),
        field("text", &CanaryEntry::text),
    };
};

template <>
struct Members<CanaryStatus>
{
    static constexpr auto fields = std::tuple{
        field("id", &CanaryStatus::id),
        field("phase", &CanaryStatus::phase),
        field("plan", &CanaryStatus::plan),
        field("base_revision", &CanaryStatus::baseRevision),
        field("revision", &CanaryStatus::revision),
        field("percent", &CanaryStatus::percent),
        field("steps", &CanaryStatus::steps),
        field("step_until", &CanaryStatus::stepUntil),
        field("control", &CanaryStatus::control),
        field("canary", &CanaryStatus::canary),
        field("guards", &CanaryStatus::guards),
        field("verdict", &CanaryStatus::verdict),
        field("sentence", &CanaryStatus::sentence),
        field("false_rollback", &CanaryStatus::falseRollback),
        field("false_pass", &CanaryStatus::falsePass),
        field("started_by", &CanaryStatus::startedBy),
        field("reason", &CanaryStatus::reason),
        field("started_at", &CanaryStatus::startedAt),
        field("ended_at", &CanaryStatus::endedAt),
        field("ended_by", &CanaryStatus::endedBy),
        field("end_reason", &CanaryStatus::endReason),
        field("entries", &CanaryStatus::entries),
        field("as_of", &CanaryStatus::asOf),
    };
};

template <>
struct Members<CanaryReport>
{
    static constexpr auto fields = std::tuple{
        field("current", &CanaryReport::current),
        field("past", &CanaryReport::past),
    };
};

QJsonObject toJson(const CanaryPlan& plan)
{
    QJsonObject json = writeMembers(plan);
    if (plan.steps.isEmpty())
        json.remove(QLatin1String("steps"));
    for (auto member = json.begin(); member != json.end();) // a route refuses nothing that is not said
        member = member->isNull() ? json.erase(member) : std::next(member);
    return json;
}

Result<CanaryPlan> canaryPlanFromJson(const QJsonObject& json)
{
    return parseMembers<CanaryPlan>(json);
}

QJsonObject toJson(const CanaryStatus& status)
{
    return writeMembers(status);
}

Result<CanaryStatus> canaryStatusFromJson(const QJsonObject& json)
{
    return parseMembers<CanaryStatus>(json);
}

QJsonObject toJson(const CanaryReport& report)
{
    return writeMembers(report);
}

Result<CanaryReport> canaryReportFromJson(const QJsonObject& json)
{
    return parseMembers<CanaryReport>(json);
}

} // namespace gateway::api

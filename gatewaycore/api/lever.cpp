#include "api/lever.h"

#include "json_fields.h"

#include <array>

namespace gateway::api {
namespace {

constexpr std::array kKinds{"drain", "weight", "breaker", "drill"};

QString whose(const LeverStatus& lever)
{
    QString text = lever.alias.isEmpty() ? QStringLiteral("all aliases") : lever.alias;
    if (!lever.tenant.isEmpty())
        text += QStringLiteral(" of ") + lever.tenant;
    return text;
}

} // namespace

QJsonValue toValue(LeverKind kind);
bool fromValue(const QJsonValue& value, LeverKind& out);

template <>
struct Members<LeverRequest>
{
    static constexpr auto fields = std::tuple{
        field("kind", &LeverRequest::kind),
        field("provider", &LeverRequest::provider),
        field("candidate", &LeverRequest::candidate),
        field("alias", &LeverRequest::alias),
        field("tenant", &LeverRequest::tenant),
        field("weight", &LeverRequest::weight),
        field("percent", &LeverRequest::percent),
        field("breaker", &LeverRequest::breaker),
        field("ends_at", &LeverRequest::endsAt),
        field("duration_s", &LeverRequest::durationSeconds),
    };
};

template <>
struct Members<BreakerForce>
{
    static constexpr auto fields = std::tuple{
        field("candidate", &BreakerForce::candidate),
        field("state", &BreakerForce::state),
        field("ends_at", &BreakerForce::endsAt),
        field("duration_s", &BreakerForce::durationSeconds),
    };
};

template <>
struct Members<LeverStatus>
{
    static constexpr auto fields = std::tuple{
        field("id", &LeverStatus::id),
        field("kind", &LeverStatus::kind),
        field("provider", &LeverStatus::provider),
        field("candidate", &LeverStatus::candidate),
        field("alias", &LeverStatus::alias),
        field("tenant", &LeverStatus::tenant),
        field("weight", &LeverStatus::weight),
        field("percent", &LeverStatus::percent),
        field("breaker", &LeverStatus::breaker),
        field("reason", &LeverStatus::reason),
        field("by", &LeverStatus::by),
        field("set_at", &LeverStatus::setAt),
        field("ends_at", &LeverStatus::endsAt),
        field("ended_at", &LeverStatus::endedAt),
        field("stage_percent", &LeverStatus::stagePercent),
        field("stage_since", &LeverStatus::stageSince),
    };
};

template <>
struct Members<LeverTarget>
{
    static constexpr auto fields = std::tuple{
        field("alias", &LeverTarget::alias),
        field("target", &LeverTarget::target),
        field("verdict", &LeverTarget::verdict),
        field("reason", &LeverTarget::reason),
        field("requests_per_minute", &LeverTarget::requestsPerMinute),
    };
};

template <>
struct Members<StrandedTenant>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &StrandedTenant::tenant),
        field("zone", &StrandedTenant::zone),
        field("reason", &StrandedTenant::reason),
        field("requests_per_minute", &StrandedTenant::requestsPerMinute),
    };
};

template <>
struct Members<LeverPreview>
{
    static constexpr auto fields = std::tuple{
        field("as_of", &LeverPreview::asOf),
        field("ends_at", &LeverPreview::endsAt),
        field("requests_per_minute", &LeverPreview::requestsPerMinute),
        field("requests_staying", &LeverPreview::requestsStaying),
        field("stays_at", &LeverPreview::staysAt),
        field("cost_per_hour_delta_usd", &LeverPreview::costPerHourDelta),
        field("targets", &LeverPreview::targets),
        field("without_target", &LeverPreview::withoutTarget),
    };
};

template <>
struct Members<DrillStep>
{
    static constexpr auto fields = std::tuple{
        field("served_by", &DrillStep::servedBy),
        field("fallback_kind", &DrillStep::fallbackKind),
        field("requests", &DrillStep::requests),
    };
};

template <>
struct Members<DrillCard>
{
    static constexpr auto fields = std::tuple{
        field("id", &DrillCard::id),
        field("provider", &DrillCard::provider),
        field("alias", &DrillCard::alias),
        field("tenant", &DrillCard::tenant),
        field("percent", &DrillCard::percent),
        field("started_at", &DrillCard::startedAt),
        field("ended_at", &DrillCard::endedAt),
        field("requests", &DrillCard::requests),
        field("control_requests", &DrillCard::controlRequests),
        field("steps", &DrillCard::steps),
        field("errors", &DrillCard::errors),
        field("latency_p50_delta_ms", &DrillCard::latencyP50DeltaMs),
        field("latency_p95_delta_ms", &DrillCard::latencyP95DeltaMs),
        field("restore_ms", &DrillCard::restoreMs),
        field("verdict", &DrillCard::verdict),
    };
};

template <>
struct Members<ProbeResult>
{
    static constexpr auto fields = std::tuple{
        field("provider", &ProbeResult::provider),
        field("ok", &ProbeResult::ok),
        field("sentence", &ProbeResult::sentence),
        field("at", &ProbeResult::at),
        field("http_status", &ProbeResult::httpStatus),
        field("first_byte_ms", &ProbeResult::firstByteMs),
    };
};

QString nameOf(LeverKind kind)
{
    return QString::fromLatin1(kKinds[static_cast<std::size_t>(kind)]);
}

std::optional<LeverKind> leverKindFromName(QStringView name)
{
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (name == QLatin1String(kKinds[i]))
            return static_cast<LeverKind>(i);
    }
    return std::nullopt;
}

QJsonValue toValue(LeverKind kind)
{
    return nameOf(kind);
}

bool fromValue(const QJsonValue& value, LeverKind& out)
{
    const std::optional<LeverKind> kind = leverKindFromName(value.toString());
    out = kind.value_or(LeverKind::Drain);
    return kind.has_value();
}

QString describe(const LeverStatus& lever)
{
    switch (lever.kind) {
    case LeverKind::Drain:
        return lever.isFailingBack()
                   ? QStringLiteral("%1 comes back, %2 % of its calls").arg(lever.provider).arg(*lever.stagePercent)
                   : QStringLiteral("%1 is drained").arg(lever.provider);
    case LeverKind::Weight:
        return QStringLiteral("%1 has weight %2 for %3")
            .arg(lever.candidate)
            .arg(lever.weight.value_or(0))
            .arg(lever.alias);
    case LeverKind::Breaker:
        return QStringLiteral("the breaker of %1 is forced %2").arg(lever.candidate, lever.breaker);
    case LeverKind::Drill:
        return QStringLiteral("drill: %1 fails for %2 % of %3")
            .arg(lever.provider)
            .arg(lever.percent.value_or(100))
            .arg(whose(lever));
    }
    return {};
}

QJsonObject toJson(const LeverRequest& request)
{
    return writeMembers(request);
}

Result<LeverRequest> leverRequestFromJson(const QJsonObject& json)
{
    return parseMembers<LeverRequest>(json);
}

QJsonObject toJson(const BreakerForce& force)
{
    return writeMembers(force);
}

Result<BreakerForce> breakerForceFromJson(const QJsonObject& json)
{
    return parseMembers<BreakerForce>(json);
}

QJsonObject toJson(const LeverStatus& lever)
{
    return writeMembers(lever);
}

Result<LeverStatus> leverStatusFromJson(const QJsonObject& json)
{
    return parseMembers<LeverStatus>(json);
}

QJsonObject toJson(const LeverPreview& preview)
{
    return writeMembers(preview);
}

Result<LeverPreview> leverPreviewFromJson(const QJsonObject& json)
{
    return parseMembers<LeverPreview>(json);
}

QJsonObject toJson(const DrillCard& card)
{
    return writeMembers(card);
}

Result<DrillCard> drillCardFromJson(const QJsonObject& json)
{
    return parseMembers<DrillCard>(json);
}

QJsonObject toJson(const ProbeResult& probe)
{
    return writeMembers(probe);
}

Result<ProbeResult> probeResultFromJson(const QJsonObject& json)
{
    return parseMembers<ProbeResult>(json);
}

} // namespace gateway::api

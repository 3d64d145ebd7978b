#include "api/replay.h"

#include "json_fields.h"

#include <array>

namespace gateway::api {

template <>
struct Members<ReplayRequest>
{
    static constexpr auto fields = std::tuple{
        field("draft", &ReplayRequest::draft),
        field("yaml", &ReplayRequest::yaml),
        field("revision", &ReplayRequest::revision),
        field("since", &ReplayRequest::since),
        field("until", &ReplayRequest::until),
        field("tenant", &ReplayRequest::tenant),
        field("alias", &ReplayRequest::alias),
        field("sample", &ReplayRequest::sample),
    };
};

template <>
struct Members<ReplayChange>
{
    static constexpr auto fields = std::tuple{
        field("call", &ReplayChange::call),
        field("started_at", &ReplayChange::startedAt),
        field("tenant", &ReplayChange::tenant),
        field("alias", &ReplayChange::alias),
        field("effect", &ReplayChange::effect),
        field("before", &ReplayChange::before),
        field("after", &ReplayChange::after),
        field("reason", &ReplayChange::reason),
        field("zone_before", &ReplayChange::zoneBefore),
        field("zone_after", &ReplayChange::zoneAfter),
        field("cost_before_usd", &ReplayChange::costBefore),
        field("cost_after_usd", &ReplayChange::costAfter),
        field("bound_after_usd", &ReplayChange::boundAfter),
    };
};

template <>
struct Members<ReplayChangePage>
{
    static constexpr auto fields = std::tuple{
        field("items", &ReplayChangePage::changes),
        field("next", &ReplayChangePage::next),
        field("total", &ReplayChangePage::total),
    };
};

template <>
struct Members<ReplayCount>
{
    static constexpr auto fields = std::tuple{
        field("name", &ReplayCount::name),
        field("before", &ReplayCount::before),
        field("after", &ReplayCount::after),
    };
};

template <>
struct Members<ReplayGap>
{
    static constexpr auto fields = std::tuple{
        field("code", &ReplayGap::code),
        field("sentence", &ReplayGap::sentence),
        field("calls", &ReplayGap::calls),
    };
};

template <>
struct Members<ReplayCost>
{
    static constexpr auto fields = std::tuple{
        field("known", &ReplayCost::known),
        field("unknown", &ReplayCost::unknown),
        field("before_usd", &ReplayCost::before),
        field("after_usd", &ReplayCost::after),
        field("delta_usd", &ReplayCost::delta),
        field("low_usd", &ReplayCost::low),
        field("high_usd", &ReplayCost::high),
        field("bound_before_usd", &ReplayCost::boundBefore),
        field("bound_after_usd", &ReplayCost::boundAfter),
    };
};

template <>
struct Members<ReplayLatency>
{
    static constexpr auto fields = std::tuple{
        field("known", &ReplayLatency::known),
        field("unknown", &ReplayLatency::unknown),
        field("p50_before_ms", &ReplayLatency::p50BeforeMs),
        field("p50_after_ms", &ReplayLatency::p50AfterMs),
        field("p95_before_ms", &ReplayLatency::p95BeforeMs),
        field("p95_after_ms", &ReplayLatency::p95AfterMs),
        field("mean_delta_ms", &ReplayLatency::meanDeltaMs),
        field("low_ms", &ReplayLatency::lowMs),
        field("high_ms", &ReplayLatency::highMs),
    };
};

template <>
struct Members<ReplayHeadroom>
{
    static constexpr auto fields = std::tuple{
        field("provider", &ReplayHeadroom::provider),
        field("unit", &ReplayHeadroom::unit),
        field("limit", &ReplayHeadroom::limit),
        field("peak_before", &ReplayHeadroom::peakBefore),
        field("peak_after", &ReplayHeadroom::peakAfter),
        field("minutes_over_before", &ReplayHeadroom::minutesOverBefore),
        field("minutes_over_after", &ReplayHeadroom::minutesOverAfter),
        field("worst_at", &ReplayHeadroom::worstAt),
    };
};

template <>
struct Members<ReplayBudget>
{
    static constexpr auto fields = std::tuple{
        field("budget", &ReplayBudget::budget),
        field("limit_usd", &ReplayBudget::limit),
        field("before_usd", &ReplayBudget::before),
        field("after_usd", &ReplayBudget::after),
        field("reached_at", &ReplayBudget::reachedAt),
    };
};

template <>
struct Members<ReplayReport>
{
    static constexpr auto fields = std::tuple{
        field("id", &ReplayReport::id),
        field("state", &ReplayReport::state),
        field("error", &ReplayReport::error),
        field("done", &ReplayReport::done),
        field("total", &ReplayReport::total),
        field("by", &ReplayReport::by),
        field("started_at", &ReplayReport::startedAt),
        field("ended_at", &ReplayReport::endedAt),
        field("against", &ReplayReport::against),
        field("revision", &ReplayReport::revision),
        field("since", &ReplayReport::since),
        field("until", &ReplayReport::until),
        field("tenant", &ReplayReport::tenant),
        field("alias", &ReplayReport::alias),
        field("calls", &ReplayReport::calls),
        field("sampled", &ReplayReport::sampled),
        field("replayable", &ReplayReport::replayable),
        field("gaps", &ReplayReport::gaps),
        field("effects", &ReplayReport::effects),
        field("changed", &ReplayReport::changed),
        field("listed", &ReplayReport::listed),
        field("candidates", &ReplayReport::candidates),
        field("refusals", &ReplayReport::refusals),
        field("zones", &ReplayReport::zones),
        field("aliases", &ReplayReport::aliases),
        field("tenants", &ReplayReport::tenants),
        field("cost", &ReplayReport::cost),
        field("latency", &ReplayReport::latency),
        field("headroom", &ReplayReport::headroom),
        field("budgets", &ReplayReport::budgets),
        field("assumed_healthy", &ReplayReport::assumedHealthy),
        field("confidence", &ReplayReport::confidence),
        field("coverage", &ReplayReport::coverage),
        field("sentence", &ReplayReport::sentence),
    };
};

namespace {

struct EffectRow
{
    ReplayEffect effect;
    const char* name;
};
constexpr std::array kEffects{
    EffectRow{ReplayEffect::Unchanged, "unchanged"},
    EffectRow{ReplayEffect::OtherCandidate, "other-candidate"},
    EffectRow{ReplayEffect::NewlyRefused, "newly-refused"},
    EffectRow{ReplayEffect::NewlyAllowed, "newly-allowed"},
    EffectRow{ReplayEffect::OtherRefusal, "other-refusal"},
    EffectRow{ReplayEffect::OtherChain, "other-chain"},
};

constexpr int kMostChanges = 1000; // of a page

struct TextKey
{
    const char* name;
    QString ReplayChangeQuery::*member;
};
constexpr std::array kTextKeys{
    TextKey{"effect", &ReplayChangeQuery::effect},
    TextKey{"tenant", &ReplayChangeQuery::tenant},
    TextKey{"alias", &ReplayChangeQuery::alias},
    TextKey{"after", &ReplayChangeQuery::after},
};

} // namespace

QString nameOf(ReplayEffect effect)
{
    return QString::fromLatin1(kEffects[std::size_t(effect)].name);
}

std::optional<ReplayEffect> replayEffectFromName(QStringView name)
{
    for (const EffectRow& row : kEffects) {
        if (name == QLatin1String(row.name))
            return row.effect;
    }
    return std::nullopt;
}

QUrlQuery toQuery(const ReplayChangeQuery& query)
{
    QUrlQuery items;
    for (const TextKey& key : kTextKeys) {
        if (!(query.*key.member).isEmpty())
            items.addQueryItem(
                QString::fromLatin1(key.name), QString::fromLatin1(QUrl::toPercentEncoding(query.*key.member)));
    }
    items.addQueryItem(QStringLiteral("limit"), QString::number(query.limit));
    return items;
}

Result<ReplayChangeQuery> replayChangeQueryFromQuery(const QUrlQuery& items)
{
    ReplayChangeQuery query;
    for (const TextKey& key : kTextKeys)
        query.*key.member = items.queryItemValue(QString::fromLatin1(key.name), QUrl::FullyDecoded);
    if (!query.effect.isEmpty() && !replayEffectFromName(query.effect))
        return failure(Failure::Invalid, QStringLiteral("effect %1 is not known").arg(query.effect.left(64)));
    if (items.hasQueryItem(QStringLiteral("limit"))) {
        bool isNumber = false;
        query.limit = items.queryItemValue(QStringLiteral("limit")).toInt(&isNumber);
        if (!isNumber || query.limit < 1 || query.limit > kMostChanges)
            return failure(
                Failure::Invalid, QStringLiteral("limit must be a whole number from 1 to %1").arg(kMostChanges));
    }
    return query;
}

QJsonObject toJson(const ReplayRequest& request)
{
    return writeMembers(request);
}

Result<ReplayRequest> replayRequestFromJson(const QJsonObject& json)
{
    return parseMembers<ReplayRequest>(json);
}

QJsonObject toJson(const ReplayReport& report)
{
    return writeMembers(report);
}

Result<ReplayReport> replayReportFromJson(const QJsonObject& json)
{
    return parseMembers<ReplayReport>(json);
}

QJsonObject toJson(const ReplayChange& change)
{
    return writeMembers(change);
}

Result<ReplayChange> replayChangeFromJson(const QJsonObject& json)
{
    return parseMembers<ReplayChange>(json);
}

QJsonObject toJson(const ReplayChangePage& page)
{
    return writeMembers(page);
}

Result<ReplayChangePage> replayChangePageFromJson(const QJsonObject& json)
{
    return parseMembers<ReplayChangePage>(json);
}

} // namespace gateway::api

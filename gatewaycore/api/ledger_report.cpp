#include "api/ledger_report.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ReservationAccuracy>
{
    static constexpr auto fields = std::tuple{
        field("alias", &ReservationAccuracy::alias),
        field("n", &ReservationAccuracy::n),
        field("reserved_usd", &ReservationAccuracy::reserved),
        field("actual_usd", &ReservationAccuracy::actual),
        field("ratio_p50", &ReservationAccuracy::ratioP50),
        field("ratio_p95", &ReservationAccuracy::ratioP95),
    };
};

template <>
struct Members<SpendShare>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &SpendShare::tenant),
        field("feature", &SpendShare::feature),
        field("calls", &SpendShare::calls),
        field("proved_usd", &SpendShare::proved),
        field("claimed_usd", &SpendShare::claimed),
    };
};

template <>
struct Members<AttributionFinding>
{
    static constexpr auto fields = std::tuple{
        field("kind", &AttributionFinding::kind),
        field("sentence", &AttributionFinding::sentence),
        field("at", &AttributionFinding::at),
    };
};

template <>
struct Members<LedgerReport>
{
    static constexpr auto fields = std::tuple{
        field("since", &LedgerReport::since),
        field("as_of", &LedgerReport::asOf),
        field("reservations", &LedgerReport::reservations),
        field("refusals", &LedgerReport::refusals),
        field("refusals_that_fitted", &LedgerReport::refusalsThatFitted),
        field("unpriced_calls", &LedgerReport::unpricedCalls),
        field("overruns", &LedgerReport::overruns),
        field("overspend_usd", &LedgerReport::overspend),
        field("proved_usd", &LedgerReport::proved),
        field("claimed_usd", &LedgerReport::claimed),
        field("spend", &LedgerReport::spend),
        field("findings", &LedgerReport::findings),
    };
};

template <>
struct Members<ResidualCause>
{
    static constexpr auto fields = std::tuple{
        field("cause", &ResidualCause::cause),
        field("amount_usd", &ResidualCause::amount),
        field("calls", &ResidualCause::calls),
        field("sentence", &ResidualCause::sentence),
    };
};

template <>
struct Members<ReconciledLine>
{
    static constexpr auto fields = std::tuple{
        field("provider", &ReconciledLine::provider),
        field("model", &ReconciledLine::model),
        field("month", &ReconciledLine::month),
        field("billed_usd", &ReconciledLine::billed),
        field("recorded_usd", &ReconciledLine::recorded),
        field("delta_usd", &ReconciledLine::delta),
        field("tolerance_percent", &ReconciledLine::tolerancePercent),
        field("within", &ReconciledLine::within),
        field("causes", &ReconciledLine::causes),
    };
};

template <>
struct Members<UnreadLine>
{
    static constexpr auto fields = std::tuple{field("line", &UnreadLine::line), field("message", &UnreadLine::message)};
};

template <>
struct Members<Reconciliation>
{
    static constexpr auto fields = std::tuple{
        field("verdict", &Reconciliation::verdict),
        field("sentence", &Reconciliation::sentence),
        field("lines", &Reconciliation::lines),
        field("unread", &Reconciliation::unread),
    };
};

QJsonObject toJson(const AttributionFinding& finding)
{
    return writeMembers(finding);
}

QJsonObject toJson(const LedgerReport& report)
{
    return writeMembers(report);
}

Result<LedgerReport> ledgerReportFromJson(const QJsonObject& json)
{
    return parseMembers<LedgerReport>(json);
}

QJsonObject toJson(const Reconciliation& reconciliation)
{
    return writeMembers(reconciliation);
}

Result<Reconciliation> reconciliationFromJson(const QJsonObject& json)
{
    return parseMembers<Reconciliation>(json);
}

} // namespace gateway::api

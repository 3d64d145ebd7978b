#include "call_filter.h"

#include "change.h"

namespace ctl {

using namespace gateway;

std::shared_ptr<CallFilter> addCallFilter(CLI::App& command, FilterTimes times)
{
    const auto filter = std::make_shared<CallFilter>();
    if (times == FilterTimes::With) {
        command.add_option("--since", filter->since, "A duration ago (15m, 2h, 7d) or an RFC 3339 time")
            ->type_name("TIME");
        command.add_option("--until", filter->until, "The same, for the end")->type_name("TIME");
    }
    command.add_option("--tenant", filter->tenant, "Of this tenant")->type_name("TENANT");
    command.add_option("--alias", filter->alias, "For this alias")->type_name("ALIAS");
    command.add_option("--provider", filter->provider, "With an attempt at this provider")->type_name("PROVIDER");
    command.add_option("--outcome", filter->outcome, "That ended so")
        ->check(CLI::IsMember({"answered", "refused", "failed", "truncated", "cancelled", "indeterminate"}))
        ->type_name("OUTCOME");
    return filter;
}

api::Result<api::CallQuery> queryFrom(const CallFilter& filter)
{
    api::CallQuery query;
    query.tenant = QString::fromStdString(filter.tenant);
    query.alias = QString::fromStdString(filter.alias);
    query.provider = QString::fromStdString(filter.provider);
    query.outcome = api::callOutcomeFromName(QString::fromStdString(filter.outcome));
    const auto since = pastFrom(filter.since, QStringLiteral("--since"));
    const auto until = pastFrom(filter.until, QStringLiteral("--until"));
    if (!since || !until)
        return since ? until.error() : since.error();
    query.since = *since;
    query.until = *until;
    if (query.since && query.until && *query.until <= *query.since)
        return api::failure(api::Failure::Invalid, QStringLiteral("--until must lie after --since."));
    return query;
}

QString costText(const api::Call& call)
{
    return call.cost ? call.cost->toDecimal() : QString();
}

QString outcomeText(const api::Call& call)
{
    return call.error == api::ErrorCode::None ? nameOf(call.outcome) : nameOf(call.outcome) + u' ' + nameOf(call.error);
}

} // namespace ctl

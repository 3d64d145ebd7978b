// The filter of the commands that read the record of calls: the same options, checked the same way.
#pragma once

#include "commands.h"

#include "api/call.h"

#include <memory>

namespace ctl {

struct CallFilter
{
    std::string since;
    std::string until;
    std::string tenant;
    std::string alias;
    std::string provider;
    std::string outcome;
};

// --tenant, --alias, --provider, --outcome; with `times` also --since and --until.
enum class FilterTimes
{
    Without,
    With
};
std::shared_ptr<CallFilter> addCallFilter(CLI::App& command, FilterTimes times);

gateway::api::Result<gateway::api::CallQuery> queryFrom(const CallFilter& filter);

QString costText(const gateway::api::Call& call);    // decimal USD; empty: nobody knows
QString outcomeText(const gateway::api::Call& call); // "failed provider_overloaded"

} // namespace ctl

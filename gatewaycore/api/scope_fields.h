// The rows of a Scope, for every value that holds one. Private to the api library.
#pragma once

#include "api/budget_status.h"
#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<Scope>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &Scope::tenant),
        field("feature", &Scope::feature),
        field("agent", &Scope::agent),
        field("alias", &Scope::alias),
        field("provider", &Scope::provider),
    };
};

} // namespace gateway::api

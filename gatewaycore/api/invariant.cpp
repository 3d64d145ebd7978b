#include "api/invariant.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<Invariant>
{
    static constexpr auto fields = std::tuple{
        field("name", &Invariant::name),
        field("state", &Invariant::state),
        field("sentence", &Invariant::sentence),
        field("checked", &Invariant::checked),
        field("violations", &Invariant::violations),
        field("value", &Invariant::value),
        field("bound", &Invariant::bound),
        field("as_of", &Invariant::asOf),
        field("last_violation", &Invariant::lastViolation),
        field("example", &Invariant::example),
    };
};

QJsonObject toJson(const Invariant& invariant)
{
    return writeMembers(invariant);
}

Result<Invariant> invariantFromJson(const QJsonObject& json)
{
    return parseMembers<Invariant>(json);
}

} // namespace gateway::api

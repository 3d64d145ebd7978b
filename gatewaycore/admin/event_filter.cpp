#include "admin/event_filter.h"

#include <algorithm>
#include <array>

namespace gateway::admin {
namespace {

// Of the engine itself. What is not named here and states no tenant is hidden: a new kind of event is not open to bound
// principals by being forgotten.
constexpr std::array kOfTheEngine{"engine.state", "revision.activated", "provider.health"};

bool isSeen(const Principal& principal, const api::Event& event)
{
    const QJsonValue tenant = event.data.value(QLatin1String("tenant"));
    if (tenant.isString() && !tenant.toString().isEmpty())
        return principal.mayTouch(tenant.toString());
    return std::any_of(kOfTheEngine.begin(), kOfTheEngine.end(),
        [&event](const char* type) { return event.type == QLatin1String(type); });
}

} // namespace

api::Event readBy(const Principal& principal, api::Event event)
{
    if (!principal.isBound() || isSeen(principal, event))
        return event;
    return {event.sequence, QString::fromLatin1(kHiddenEvent), {}};
}

} // namespace gateway::admin

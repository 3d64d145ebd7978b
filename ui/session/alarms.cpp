#include "session/alarms.h"

#include "session/session.h"

#include <algorithm>

namespace ui {

using gateway::api::Health;

int AlarmState::count(Health health) const
{
    return int(
        std::count_if(alarms.begin(), alarms.end(), [health](const Alarm& alarm) { return alarm.health == health; }));
}

AlarmState alarmsOf(const Session& session)
{
    AlarmState state;
    const Freshness freshness = session.freshness();
    state.known =
        session.status() && session.providers() && (freshness == Freshness::Live || freshness == Freshness::Late);
    const auto needsPerson = [](Health health) { return health == Health::Down || health == Health::Degraded; };
    if (session.providers()) {
        for (const auto& provider : *session.providers()) {
            if (needsPerson(provider.health)) {
                state.alarms.append({provider.health, provider.name, provider.why, QStringLiteral("providers"),
                    QStringLiteral("provider=") + provider.name});
            }
        }
    }
    if (session.status()) {
        for (const auto& part : session.status()->parts) {
            if (needsPerson(part.health))
                state.alarms.append({part.health, part.name, part.detail, QStringLiteral("server"), QString()});
        }
    }
    std::stable_sort(state.alarms.begin(), state.alarms.end(),
        [](const Alarm& a, const Alarm& b) { return a.health == Health::Down && b.health != Health::Down; });
    return state;
}

} // namespace ui

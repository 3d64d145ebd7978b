#include "admin/handlers/handlers.h"

namespace gateway::admin {

void getAliases(const Services& services, const Request&, const Reply& reply)
{
    const config::SnapshotPtr snapshot = services.engine.snapshot();
    QVector<api::AliasStatus> all;
    for (const auto& alias : snapshot->aliases) {
        api::AliasStatus status{alias->name, alias->purpose, alias->owner, {}};
        for (const config::Candidate& candidate : alias->candidates)
            status.candidates.append(candidate.label);
        all.append(status);
    }
    reply({200, itemsOf(all)});
}

} // namespace gateway::admin

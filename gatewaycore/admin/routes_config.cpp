// config/...: developers write drafts, operators review them and put them in force. All of it tells of every tenant.
#include "admin/handlers/config_changes.h"
#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> configRoutes()
{
    constexpr Reach all = Reach::Everything;
    return {
        {"GET", "/api/v1/config/standing", kAll, all, Kind::Read, {}, {}, &getConfigStanding},
        {"GET", "/api/v1/config/revisions", kAll, all, Kind::Read, {"limit"_l}, {}, &getConfigRevisions},
        {"GET", "/api/v1/config/revisions/{number}", kAll, all, Kind::Read, {}, {}, &getConfigRevision},
        {"POST", "/api/v1/config/revisions/{number}/review", kOperators, all, Kind::Change, {},
            {"approves"_l, "note"_l}, &reviewConfigRevision},
        {"GET", "/api/v1/config/drafts", kAll, all, Kind::Read, {}, {}, &getConfigDrafts},
        {"GET", "/api/v1/config/drafts/{id}", kAll, all, Kind::Read, {}, {}, &getConfigDraft},
        {"POST", "/api/v1/config/drafts", kDevelopers, all, Kind::Change, {}, {"yaml"_l, "from"_l, "note"_l},
            &postConfigDraft},
        {"POST", "/api/v1/config/drafts/{id}/save", kDevelopers, all, Kind::Change, {},
            {"version"_l, "yaml"_l, "note"_l}, &saveConfigDraft},
        {"POST", "/api/v1/config/drafts/{id}/edit", kDevelopers, all, Kind::Change, {}, {"version"_l, "edits"_l},
            &editConfigDraft},
        {"POST", "/api/v1/config/drafts/{id}/merge", kDevelopers, all, Kind::Change, {}, {}, &mergeConfigDraft},
        {"POST", "/api/v1/config/drafts/{id}/review", kOperators, all, Kind::Change, {},
            {"approves"_l, "hash"_l, "note"_l}, &reviewConfigDraft},
        {"POST", "/api/v1/config/drafts/{id}/abandon", kDevelopers, all, Kind::Change, {}, {}, &abandonConfigDraft},
        {"POST", "/api/v1/config/findings", kDevelopers, all, Kind::Read, {}, {"yaml"_l}, &checkConfigFindings},
        {"POST", "/api/v1/config/diff", kAll, all, Kind::Read, {}, {"from"_l, "to"_l}, &diffConfig},
        {"POST", "/api/v1/config/promote", kOperators, all, Kind::Change, {}, {"draft"_l, "emergency"_l},
            &promoteConfig},
        {"POST", "/api/v1/config/rollback", kOperators, all, Kind::Change, {}, {"revision"_l}, &rollBackConfig},
        {"POST", "/api/v1/config/adopt", kOperators, all, Kind::Change, {}, {}, &adoptConfigFile},
        // it writes a file, which has no mark in the database
        {"POST", "/api/v1/config/revert", kOperators, all, Kind::Unmarked, {}, {}, &revertConfigFile},
    };
}

} // namespace gateway::admin

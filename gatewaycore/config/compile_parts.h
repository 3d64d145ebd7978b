// The compiler's pieces, one per part of the file; compiler.cpp calls them in the order of their references. Each reads
// its section, adds to the snapshot and notes problems through the section. Only compiler.cpp and the pieces include
// this.
#pragma once

#include "config/key_source.h"
#include "config/policy_snapshot.h"
#include "config/section.h"

namespace gateway::config {

void compileServer(Section& root, PolicySnapshot& snapshot);
void compileAudit(Section& root, PolicySnapshot& snapshot);
void compileContent(Section& root, PolicySnapshot& snapshot);
void compileProviders(Section& root, const KeySource& keys, PolicySnapshot& snapshot);
void compileAliases(Section& root, PolicySnapshot& snapshot);
void compileZones(Section& root, PolicySnapshot& snapshot);
void compileTenants(Section& root, PolicySnapshot& snapshot);
void compileQuotas(Section& root, PolicySnapshot& snapshot);
void compileBudgets(Section& root, PolicySnapshot& snapshot);
void compilePrices(Section& root, PolicySnapshot& snapshot, Problems& problems);
void applyPrices(PolicySnapshot& snapshot); // when everything else is right: to the candidates, with warnings
void compileRoles(Section& root, PolicySnapshot& snapshot);
void compileExports(Section& root, PolicySnapshot& snapshot);
void compileChanges(Section& root, PolicySnapshot& snapshot);

std::optional<ContentPolicy> contentPolicy(Section& section);
QuotaPolicy quotaLimits(Section& section);                 // without the scope
void checkFallback(Section& alias, const Alias& compiled); // refuses steps that are never reached

// The name of a list entry; notes a missing, wrong or repeated one. Empty only if there is none to go by.
template <typename List>
QString uniqueName(Section& section, const List& others)
{
    if (!section.require("name"))
        return {};
    const std::optional<QString> name = section.name("name");
    if (!name)
        return section.find("name")->text;
    for (const auto& other : others) {
        if (other->name == *name)
            section.refuse("name", QStringLiteral("The name %1 is taken by an earlier entry.").arg(*name));
    }
    return *name;
}

// The entry a field names, or nullptr with a problem (and a suggestion) noted.
template <typename List>
auto* referenced(Section& section, const char* field, const List& list)
{
    using Entry = typename List::value_type::element_type;
    const Entry* none = nullptr;
    const std::optional<QString> name = section.text(field);
    if (!name)
        return none;
    QStringList known;
    for (const auto& entry : list) {
        if (entry->name == *name)
            return static_cast<const Entry*>(entry.get());
        known.append(entry->name);
    }
    section.refuseWord(field, *name, known);
    return none;
}

} // namespace gateway::config

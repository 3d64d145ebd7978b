// The commands that read the audit log share its filter and how an entry is written.
#pragma once

#include "commands.h"

#include "api/audit_entry.h"

#include <memory>

namespace ctl {

struct AuditFilter
{
    std::string since;
    std::string until;
    std::string principal;
    std::string action;
    std::string object;
    std::string outcome;
};

enum class AuditTimes
{
    Without,
    With
};
std::shared_ptr<AuditFilter> addAuditFilter(CLI::App& command, AuditTimes times);
gateway::api::Result<gateway::api::AuditQuery> queryFrom(const AuditFilter& filter);

// One entry in one line, without its bodies: sequence, time, who, what, on what, how it ended, why.
QStringList cellsOf(const gateway::api::AuditEntry& entry);

void addAuditTail(CLI::App& noun, Context context);
void addAuditExport(CLI::App& noun, Context context);

} // namespace ctl

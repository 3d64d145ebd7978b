#include "config/compiler.h"

#include "config/compile_parts.h"
#include "config/inert_parts.h"

#include <QCryptographicHash>

namespace gateway::config {
namespace {

constexpr qint64 kFormat = 1;

void warnOfGaps(const ConfigFile& file, PolicySnapshot& snapshot)
{
    if (file.endsInMidLine)
        snapshot.warnings.append(
            QStringLiteral("The config file does not end with a line break; it may have been cut off."));
    if (snapshot.aliases.empty())
        snapshot.warnings.append(QStringLiteral("No alias is configured, so every call is refused."));
    if (snapshot.tenants.empty())
        snapshot.warnings.append(QStringLiteral("No tenant is configured, so no credential can be issued."));
}

} // namespace

std::unique_ptr<PolicySnapshot> compile(const ConfigFile& file, const KeySource& keys, Problems& problems)
{
    const qsizetype before = problems.size();
    auto snapshot = std::make_unique<PolicySnapshot>();
    snapshot->sourceFile = file.name;
    snapshot->contentHash = QCryptographicHash::hash(file.bytes, QCryptographicHash::Sha256).toHex();

    Reader reader(file.name, problems);
    Section root(reader, file.root, {},
        {"signalbox", "server", "audit", "content", "zones", "providers", "aliases", "tenants", "quotas", "budgets",
            "prices", "roles", "export", "changes"});
    if (root.require("signalbox"))
        root.integer("signalbox", kFormat, kFormat);

    compileServer(root, *snapshot);
    compileAudit(root, *snapshot);
    compileContent(root, *snapshot);
    compileZones(root, *snapshot);
    compileProviders(root, keys, *snapshot);
    compileAliases(root, *snapshot);
    compileTenants(root, *snapshot);
    compileQuotas(root, *snapshot);
    compileBudgets(root, *snapshot);
    compilePrices(root, *snapshot, problems);
    compileRoles(root, *snapshot);
    compileExports(root, *snapshot);
    compileChanges(root, *snapshot);
    if (problems.size() != before)
        return nullptr;

    applyPrices(*snapshot);
    warnOfGaps(file, *snapshot);
    snapshot->warnings += inertParts(*snapshot);
    return snapshot;
}

} // namespace gateway::config

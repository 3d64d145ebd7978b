#include "api/handshake.h"

#include <algorithm>
#include <array>

namespace gateway::api {
namespace {

// What the contract offers and since which minor number. A feature is the fixed part of a route below /api/v1/, so an
// engine reads its own off its route table (admin/features.cpp) and a test holds the two lists against each other.
struct Feature
{
    const char* name;
    int minor;
};

constexpr std::array kFeatures{
    Feature{"aliases", 0},
    Feature{"audit", 1},
    Feature{"audit/chain", 2},
    Feature{"audit/key", 2},
    Feature{"audit/retention", 2},
    Feature{"audit/verify", 2},
    Feature{"budgets", 0},
    Feature{"budgets/raise", 0},
    Feature{"calls", 0},
    Feature{"calls/content", 2},
    Feature{"calls/receipt", 2},
    Feature{"calls/summary", 1},
    Feature{"capabilities", 0},
    Feature{"checklist", 1},
    Feature{"config", 0},
    Feature{"config/adopt", 2},
    Feature{"config/canary", 2},
    Feature{"config/canary/abort", 2},
    Feature{"config/canary/advance", 2},
    Feature{"config/canary/pause", 2},
    Feature{"config/canary/resume", 2},
    Feature{"config/check", 0},
    Feature{"config/diff", 2},
    Feature{"config/drafts", 2},
    Feature{"config/drafts/abandon", 2},
    Feature{"config/drafts/edit", 2},
    Feature{"config/drafts/merge", 2},
    Feature{"config/drafts/review", 2},
    Feature{"config/drafts/save", 2},
    Feature{"config/findings", 2},
    Feature{"config/promote", 2},
    Feature{"config/replay", 2},
    Feature{"config/replay/cancel", 2},
    Feature{"config/replay/changes", 2},
    Feature{"config/revert", 2},
    Feature{"config/revisions", 2},
    Feature{"config/revisions/review", 2},
    Feature{"config/rollback", 2},
    Feature{"config/standing", 2},
    Feature{"content", 2},
    Feature{"content/grants", 2},
    Feature{"content/grants/approve", 2},
    Feature{"content/grants/end", 2},
    Feature{"content/shred", 2},
    Feature{"credentials", 0},
    Feature{"credentials/reach", 2},
    Feature{"credentials/revoke", 0},
    Feature{"credentials/rotate", 1},
    Feature{"drills", 0},
    Feature{"events", 0},
    Feature{"exports", 1},
    Feature{"exports/test", 1},
    Feature{"failovers", 0},
    Feature{"failovers/plan", 0},
    Feature{"failovers/revert", 0},
    Feature{"incidents", 0},
    Feature{"incidents/ack", 1},
    Feature{"incidents/handover", 1},
    Feature{"incidents/note", 1},
    Feature{"ledger", 0},
    Feature{"ledger/reconcile", 0},
    Feature{"limits", 0},
    Feature{"operations/settle", 1},
    Feature{"pairings", 1},
    Feature{"pairings/claim", 1},
    Feature{"principals", 1},
    Feature{"principals/revoke", 1},
    Feature{"principals/rotate", 1},
    Feature{"providers", 0},
    Feature{"providers/breaker", 0},
    Feature{"providers/drain", 0},
    Feature{"providers/probe", 0},
    Feature{"providers/reach", 2},
    Feature{"providers/resume", 0},
    Feature{"quotas", 0},
    Feature{"routes/explain", 0},
    Feature{"series", 0},
    Feature{"status", 0},
    Feature{"tenants", 0},
    Feature{"whoami", 1},
    Feature{"zones/audits", 2},
    Feature{"zones/check", 1},
    Feature{"zones/checks", 2},
    Feature{"zones/exceptions", 2},
    Feature{"zones/proof", 2},
    Feature{"zones/records", 2},
};

constexpr int kNamedAtMost = 6;
constexpr qsizetype kLongestName = 40;

QStringList offeredBy(const EngineStatus& status)
{
    if (status.apiMajor > 0)
        return status.features;
    QStringList ofItsTime;
    for (const Feature& feature : kFeatures) {
        if (feature.minor == 0)
            ofItsTime.append(QString::fromLatin1(feature.name));
    }
    return ofItsTime;
}

QStringList without(const QStringList& names, const QStringList& others)
{
    QStringList left;
    for (const QString& name : names) {
        if (!others.contains(name) && !left.contains(name))
            left.append(name);
    }
    left.sort();
    return left;
}

// "audit, exports and 3 more". A noun that is left out stands for what lies below it; names of an engine that nobody
// knows are cut and kept to one line.
QString listed(const QStringList& names)
{
    QStringList heads;
    for (const QString& name : names) {
        if (name.contains(u'/') && names.contains(name.section(u'/', 0, 0)))
            continue;
        heads.append(name.simplified().left(kLongestName));
    }
    if (heads.size() <= 1)
        return heads.join(QString());
    if (heads.size() <= kNamedAtMost)
        return heads.mid(0, heads.size() - 1).join(QStringLiteral(", ")) + QStringLiteral(" and ") + heads.last();
    return QStringLiteral("%1 and %2 more")
        .arg(heads.mid(0, kNamedAtMost).join(QStringLiteral(", ")))
        .arg(heads.size() - kNamedAtMost);
}

QString version(int major, int minor)
{
    return QStringLiteral("%1.%2").arg(major).arg(minor);
}

} // namespace

QStringList knownFeatures()
{
    QStringList names;
    for (const Feature& feature : kFeatures)
        names.append(QString::fromLatin1(feature.name));
    return names;
}

Handshake handshakeWith(const EngineStatus& status)
{
    Handshake result;
    const int major = status.apiMajor > 0 ? status.apiMajor : 1;
    const int minor = status.apiMajor > 0 ? status.apiMinor : 0;
    result.works = major == kApiMajor;
    if (!result.works) {
        result.sentence =
            QStringLiteral("The engine speaks version %1 of the contract and this program version %2: they "
                           "cannot work together. Use the program of the engine's version.")
                .arg(version(major, minor), version(kApiMajor, kApiMinor));
        return result;
    }
    const QStringList offered = offeredBy(status);
    result.missing = without(knownFeatures(), offered);
    result.unknown = without(offered, knownFeatures());
    QStringList sentences;
    if (minor != kApiMinor) {
        sentences.append(QStringLiteral("The engine speaks version %1 of the contract, this program version %2.")
                             .arg(version(major, minor), version(kApiMajor, kApiMinor)));
    }
    if (!result.missing.isEmpty())
        sentences.append(QStringLiteral("The engine does not offer %1.").arg(listed(result.missing)));
    if (!result.unknown.isEmpty())
        sentences.append(QStringLiteral("This program cannot show %1 of the engine.").arg(listed(result.unknown)));
    result.sentence = sentences.join(u' ');
    return result;
}

} // namespace gateway::api

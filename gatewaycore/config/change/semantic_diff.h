// The difference between two configs by its effect: who is affected, routing, money and limits, privacy and zones,
// security, and what only looks different. Sentences with before and after and the line in the new text, the riskiest
// first. What the texts do not say is looked up in the compiled snapshots: shares, prices, keys behind a reference
// (their fingerprint, never they themselves), zones that grew. Any thread; a pure function.
#pragma once

#include "api/config_change.h"
#include "config/config_file.h"
#include "config/policy_snapshot.h"

#include <QHash>

#include <functional>

namespace gateway::config {

struct DiffText
{
    QString label; // "revision 12", "the file"
    const ConfigFile& file;
    const PolicySnapshot& snapshot;
};

// Calls of the last 24 hours, by tenant and alias.
struct Traffic
{
    bool isKnown = false;
    QHash<QString, QHash<QString, qint64>> calls; // tenant -> alias -> calls
};

struct DiffContext
{
    std::function<bool(const Candidate&, const Zone*)> inZone; // as in CheckContext
    QByteArray fingerprintKey;                                 // of this engine
    QDate today;
    Traffic traffic = {};
    // Sentences on what else is looser (the proof's view of it); asked where the zones themselves say nothing.
    std::function<QStringList(const PolicySnapshot& before, const PolicySnapshot& after)> loosens = {};
};

api::DiffReport semanticDiff(const DiffText& before, const DiffText& after, const DiffContext& context);

// Eight hex digits under the key; empty for no secret.
QString fingerprint(const QByteArray& key, const Secret& secret);

} // namespace gateway::config

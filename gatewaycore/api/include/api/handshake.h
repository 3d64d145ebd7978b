// The handshake of versions: what a client and an engine of different age can do together. The major number changes
// when something is taken away or means something else; the minor one when something is added. A client works with
// every engine of its major: what only the newer of the two knows is left out, and said. Any thread; pure.
#pragma once

#include "api/engine_status.h"

#include <QStringList>

namespace gateway::api {

inline constexpr int kApiMajor = 1;
inline constexpr int kApiMinor =
    2; // 1: roles, audit, operations, exports, zones/check, checklist, summaries; 2: config
// revisions, canary, replay, the log, zone proofs, kept content

// The nouns this version of the contract knows, sorted.
QStringList knownFeatures();

struct Handshake
{
    bool works = false;
    QStringList missing; // features that this client knows and the engine does not offer
    QStringList unknown; // features that the engine offers and this client cannot show
    QString sentence;    // for people; empty when both know the same
};
// An engine from before the handshake (major 0) is taken for 1.0 without features beyond those of its time.
Handshake handshakeWith(const EngineStatus& status);

} // namespace gateway::api

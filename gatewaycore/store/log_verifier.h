// LogVerifier: looks the whole log through and every row that is under it, from a reading connection, without the
// engine: `signalboxctl audit verify` uses it on a copy, the engine on itself. It recomputes the content of every row,
// every entry's hash, the tree at every head, every head's signature, and compares heads with the anchor. What it finds
// is an answer (FAIL), not an error. In pieces, so that the database is held back for moments only; calls and entries
// are never changed, and what changes (watched rows) is looked at in one piece at the end. Thread of the connection.
#pragma once

#include "api/chain.h"
#include "audit/chain/anchor.h"

#include <QSqlDatabase>

#include <atomic>

namespace gateway::store {

struct VerifyOptions
{
    QStringList keys; // fingerprints or public keys that are trusted; empty: the one the log begins with
    std::optional<audit::PublicKey> signsNow;   // the engine's own: the newest head must be by it
    QString anchorFile;                         // for the words
    std::optional<audit::AnchorContent> anchor; // read BEFORE the database; nothing: there is none to compare with
    qint64 nowMs = 0;
    qint64 piece = 50'000;                   // entries
    const std::atomic<bool>* stop = nullptr; // given up: the verdict is INCOMPLETE
};

api::ChainVerification verifyLog(QSqlDatabase& database, const VerifyOptions& options);

} // namespace gateway::store

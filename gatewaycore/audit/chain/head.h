// A head of the log: who had how many entries with which root at which time, after which head, signed. Heads are a
// chain of their own, so that none can be taken out of the middle. In JSON (one line of the anchor, a part of a
// receipt) hashes, key and signature are lower case hex. Values; any thread.
#pragma once

#include "audit/chain/signing_key.h"
#include "base/sha256.h"

#include <QJsonObject>

#include <optional>

namespace gateway::audit {

struct LogHead
{
    QString engine;
    qint64 number = 0; // from 1, without gaps
    qint64 size = 0;   // entries under it
    Hash root{};
    Hash lastEntry{}; // the hash of entry `size`
    qint64 atMs = 0;
    Hash previous{}; // hashOf the head before; of the first: zeros
    PublicKey publicKey{};
    Signature signature{};
};

void sign(LogHead& head, const SigningKey& key); // sets publicKey and signature
bool isSigned(const LogHead& head);              // by the key it names; whose that is, is another question
Hash hashOf(const LogHead& head);                // of what is signed

QJsonObject toJson(const LogHead& head);
std::optional<LogHead> headFromJson(const QJsonObject& json); // strict: every member, and no other

} // namespace gateway::audit

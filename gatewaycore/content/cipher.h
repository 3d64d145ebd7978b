// Sealing of kept content: XChaCha20-Poly1305 with a random nonce of 24 bytes before what is sealed. `bound` is not in
// it but belongs to it: unsealed with another one, or changed in any bit, it is nothing. Keys have 32 bytes. Pure; any
// thread.
#pragma once

#include "base/random.h"
#include "base/secret.h"

#include <QByteArray>

#include <optional>

namespace gateway::content {

Secret freshKey(RandomSource& random);
QByteArray seal(const Secret& key, QByteArrayView plain, QByteArrayView bound, RandomSource& random);
std::optional<QByteArray> unseal(const Secret& key, QByteArrayView sealed, QByteArrayView bound);

void wipe(QByteArray& bytes); // before they are given back; whoever shares them keeps them

} // namespace gateway::content

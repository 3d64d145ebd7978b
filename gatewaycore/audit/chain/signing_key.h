// The key that signs the log's heads: Ed25519 (libsodium), from a seed of 32 bytes. The seed lies in a file of the data
// directory that only its owner can read, made at the first start, or is named by audit.signing_key (64 hex digits).
// A key that is there but not whole or not private is refused, never replaced: a new key would make the log look
// rewritten. SigningKey is a value that any thread may use; its secret is wiped with its last copy.
#pragma once

#include "api/result.h"
#include "base/random.h"
#include "base/secret.h"

#include <QByteArrayView>

#include <array>

namespace gateway::audit {

using PublicKey = std::array<unsigned char, 32>;
using Signature = std::array<unsigned char, 64>;

class SigningKey
{
public:
    static api::Result<SigningKey> fromSeed(const Secret& hex);
    // `file` is made if it is not there.
    static api::Result<SigningKey> fromFile(const QString& file, RandomSource& random);

    const PublicKey& publicKey() const { return m_public; }
    Signature sign(QByteArrayView message) const;

private:
    SigningKey() = default;
    Secret m_secret; // 64 bytes, libsodium's form
    PublicKey m_public{};
};

bool isSignedBy(const PublicKey& key, QByteArrayView message, const Signature& signature);

// "ed25519:1f3c-09aa-..." for people to compare: the first 16 bytes of the SHA-256 of the public key.
QString fingerprintOf(const PublicKey& key);
// Does somebody's text name this key? The fingerprint (hyphens, spaces and case do not matter) or the whole public key
// in hex.
bool names(const QString& text, const PublicKey& key);

QString signingKeyFile(const QString& dataDirectory);

} // namespace gateway::audit

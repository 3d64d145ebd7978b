// CredentialBook: every gateway credential in the form the hot path asks, immutable; issuing or revoking makes a new
// book and swaps it. A key is sbx_<id>_<secret>; only HMAC-SHA-256(pepper, key) is kept. resolve() compares in constant
// time and does the same work for an unknown id (a dummy compare), so timing does not tell ids apart. Any thread, no
// lock.
#pragma once

#include "api/engine_status.h"
#include "base/secret.h"

#include <QByteArray>
#include <QHash>

#include <array>
#include <memory>
#include <vector>

namespace gateway::credential {

using KeyHash = std::array<unsigned char, 32>;

struct Credential
{
    QString id;
    KeyHash hash{};
    QString tenant;
    QStringList aliases;    // empty or "*": every alias
    QStringList features;   // empty: every feature
    qint64 expiresAtMs = 0; // 0: never
    qint64 revokedAtMs = 0; // 0: not revoked

    bool allowsAlias(const QString& alias) const;
    bool allowsFeature(const QString& feature) const;
};

class CredentialBook
{
public:
    CredentialBook(Secret pepper, std::vector<Credential> credentials);

    // The credential of this key, or nullptr: unknown, wrong secret, expired or revoked (the caller is told no more).
    // The pointer lives as long as the book.
    const Credential* resolve(QByteArrayView key, qint64 nowMs) const;
    // Neither expired nor revoked.
    static bool isUsable(const Credential& credential, qint64 nowMs);
    const Credential* find(const QString& id) const; // nullptr if there is none; says nothing of a key
    int size() const { return int(m_credentials.size()); }

    static KeyHash hashKey(const Secret& pepper, QByteArrayView key);

private:
    Secret m_pepper;
    std::vector<Credential> m_credentials;
    QHash<QByteArray, int> m_byId;
    Credential m_dummy; // compared with when the id is unknown
};

using CredentialBookPtr = std::shared_ptr<const CredentialBook>;

} // namespace gateway::credential

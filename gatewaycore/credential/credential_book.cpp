#include "credential/credential_book.h"

#include "credential/credential_key.h"

#include <sodium.h>

static_assert(crypto_auth_hmacsha256_BYTES == std::tuple_size_v<gateway::credential::KeyHash>);

namespace gateway::credential {
namespace {

bool listAllows(const QStringList& list, const QString& name)
{
    return list.isEmpty() || list.contains(QLatin1String("*")) || list.contains(name);
}

} // namespace

bool Credential::allowsAlias(const QString& alias) const
{
    return listAllows(aliases, alias);
}

bool Credential::allowsFeature(const QString& feature) const
{
    return listAllows(features, feature);
}

CredentialBook::CredentialBook(Secret pepper, std::vector<Credential> credentials)
    : m_pepper(std::move(pepper)), m_credentials(std::move(credentials))
{
    m_byId.reserve(qsizetype(m_credentials.size()));
    for (std::size_t i = 0; i < m_credentials.size(); ++i)
        m_byId.insert(m_credentials[i].id.toLatin1(), int(i));
    // a hash no key has: unknown ids are compared with it
    randombytes_buf(m_dummy.hash.data(), m_dummy.hash.size());
}

const Credential* CredentialBook::resolve(QByteArrayView key, qint64 nowMs) const
{
    const QByteArrayView id = credentialIdOf(key);
    // the same hash and the same compare for every key of the right form or not; only the length, which the caller
    // knows, shows
    const KeyHash hash = hashKey(m_pepper, key.first(std::min<qsizetype>(key.size(), kLongestKey)));
    const auto found = m_byId.constFind(QByteArray::fromRawData(id.data(), id.size()));
    const bool known = !id.isEmpty() && found != m_byId.constEnd();
    const Credential& candidate = known ? m_credentials[std::size_t(*found)] : m_dummy;
    const bool equal = sodium_memcmp(hash.data(), candidate.hash.data(), hash.size()) == 0;
    return known && equal && key.size() <= kLongestKey && isUsable(candidate, nowMs) ? &candidate : nullptr;
}

bool CredentialBook::isUsable(const Credential& credential, qint64 nowMs)
{
    const bool expired = credential.expiresAtMs != 0 && nowMs >= credential.expiresAtMs;
    const bool revoked = credential.revokedAtMs != 0; // at once, whatever the clock says
    return !expired && !revoked;
}

KeyHash CredentialBook::hashKey(const Secret& pepper, QByteArrayView key)
{
    KeyHash hash{};
    crypto_auth_hmacsha256_state state;
    const QByteArray& bytes = pepper.reveal();
    crypto_auth_hmacsha256_init(
        &state, reinterpret_cast<const unsigned char*>(bytes.constData()), std::size_t(bytes.size()));
    crypto_auth_hmacsha256_update(
        &state, reinterpret_cast<const unsigned char*>(key.data()), static_cast<unsigned long long>(key.size()));
    crypto_auth_hmacsha256_final(&state, hash.data());
    sodium_memzero(&state, sizeof state);
    return hash;
}

const Credential* CredentialBook::find(const QString& id) const
{
    const auto found = m_byId.constFind(id.toLatin1());
    return found == m_byId.constEnd() ? nullptr : &m_credentials[std::size_t(*found)];
}

} // namespace gateway::credential

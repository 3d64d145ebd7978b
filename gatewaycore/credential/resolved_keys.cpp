#include "credential/resolved_keys.h"

#include "credential/credential_key.h"

#include <sodium.h>

#include <cstring>

static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16 && crypto_shorthash_siphashx24_BYTES == 16);

namespace gateway::credential {

ResolvedKeys::ResolvedKeys() : m_slots(kSlots)
{
    randombytes_buf(m_secret.data(), m_secret.size());
}

const Credential* ResolvedKeys::resolve(const CredentialBookPtr& book, QByteArrayView key, qint64 nowMs)
{
    if (m_book != book) {
        m_book = book;
        std::fill(m_slots.begin(), m_slots.end(), Slot());
    }
    if (key.isEmpty() || key.size() > kLongestKey)
        return book->resolve(key, nowMs);
    quint64 digest[2];
    crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(digest),
        reinterpret_cast<const unsigned char*>(key.data()), static_cast<unsigned long long>(key.size()),
        m_secret.data());
    Slot& slot = m_slots[digest[0] & (kSlots - 1)];
    if (slot.credential && slot.low == digest[0] && slot.high == digest[1])
        return CredentialBook::isUsable(*slot.credential, nowMs) ? slot.credential : nullptr;
    const Credential* credential = book->resolve(key, nowMs);
    if (credential)
        slot = {digest[0], digest[1], credential};
    return credential;
}

} // namespace gateway::credential

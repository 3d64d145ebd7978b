#include "credential/resolved_keys.h"

#include "credential/credential_key.h"

#include <sodium.h>

#include <algorithm>
#include <bit>

static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16 && crypto_shorthash_siphashx24_BYTES == 16);

namespace gateway::credential {

ResolvedKeys::ResolvedKeys()
{
    randombytes_buf(m_secret.data(), m_secret.size());
}

const Credential* ResolvedKeys::resolve(const CredentialBookPtr& book, QByteArrayView key, qint64 nowMs)
{
    if (m_book != book) {
        m_book = book;
        const std::size_t wanted = std::bit_ceil(kWays * std::size_t(book->size()));
        m_slots.assign(std::clamp(wanted, kLeastSlots, kMostSlots), Slot());
    }
    if (key.isEmpty() || key.size() > kLongestKey)
        return book->resolve(key, nowMs);
    quint64 digest[2];
    crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(digest),
        reinterpret_cast<const unsigned char*>(key.data()), static_cast<unsigned long long>(key.size()),
        m_secret.data());
    Slot* const set = &m_slots[digest[0] & (m_slots.size() - kWays)];
    for (std::size_t way = 0; way < kWays; ++way) {
        const Slot& slot = set[way];
        if (slot.credential && slot.low == digest[0] && slot.high == digest[1])
            return CredentialBook::isUsable(*slot.credential, nowMs) ? slot.credential : nullptr;
    }
    const Credential* credential = book->resolve(key, nowMs);
    if (!credential)
        return nullptr;
    Slot* place = std::find_if(set, set + kWays, [](const Slot& slot) { return !slot.credential; });
    if (place == set + kWays)
        place = set + digest[1] % kWays;
    *place = {digest[0], digest[1], credential};
    return credential;
}

} // namespace gateway::credential

// ResolvedKeys: what a worker remembers of keys it has resolved, so that a caller's second call does not pay for the
// HMAC again (5 us of about 30). A key is found by SipHash-2-4 (128 bits) under a secret that is drawn at start and
// known to nobody: a key that is not the one remembered has the same digest with probability 2^-128, and neither key
// nor its HMAC is kept. Only keys that were good are remembered, so a flood of wrong ones changes nothing; expiry and
// revocation are asked every time. A new book forgets everything. Thread: the worker's. Bounded: four entries for every
// credential of the book, at most kMostSlots; a newer key takes an older one's place.
#pragma once

#include "credential/credential_book.h"

namespace gateway::credential {

class ResolvedKeys
{
public:
    static constexpr std::size_t kLeastSlots = 1024; // powers of two; 24 bytes each
    static constexpr std::size_t kMostSlots = 1 << 18;
    static constexpr std::size_t kWays = 4; // places a key may stand in

    ResolvedKeys();

    // As book->resolve(). The pointer lives as long as the book.
    const Credential* resolve(const CredentialBookPtr& book, QByteArrayView key, qint64 nowMs);

private:
    struct Slot
    {
        quint64 low = 0;
        quint64 high = 0;
        const Credential* credential = nullptr;
    };

    std::array<unsigned char, 16> m_secret;
    CredentialBookPtr m_book; // of the slots
    std::vector<Slot> m_slots;
};

} // namespace gateway::credential

// Ids we mint. A call id is "req_" and a ULID: 48 bits of wall time in ms and 80 random bits, in 26 characters of
// Crockford's base32, so ids sort by time as text. From one IdSource they only rise, also within a millisecond and when
// the wall clock is set back. Thread: an IdSource belongs to one thread (each worker has its own) and takes no lock;
// ids of different sources differ by their random bits.
#pragma once

#include "base/clock.h"
#include "base/random.h"

#include <QByteArray>
#include <QString>

#include <array>

namespace gateway {

class IdSource
{
public:
    // Both must outlive the source.
    IdSource(const Clock& clock, RandomSource& random);

    QString callId();

private:
    const Clock& m_clock;
    RandomSource& m_random;
    quint64 m_lastMs = 0;
    std::array<unsigned char, 10> m_tail{};
};

// Crockford's base32 (no i, l, o, u), most significant bits first, padded with zero bits at the front.
QByteArray base32(std::span<const unsigned char> bytes);      // digits and capitals
QByteArray base32Lower(std::span<const unsigned char> bytes); // digits and small letters

} // namespace gateway

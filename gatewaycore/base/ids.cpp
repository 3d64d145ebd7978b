#include "base/ids.h"

namespace gateway {
namespace {

constexpr char kUpper[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr char kLower[] = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr quint64 kMsMask = (quint64(1) << 48) - 1;

// The first character stands for the bits that are left over when the rest is cut into fives.
QByteArray encode(std::span<const unsigned char> bytes, const char* alphabet)
{
    const auto bits = qsizetype(bytes.size()) * 8;
    QByteArray text((bits + 4) / 5, Qt::Uninitialized);
    char* to = text.data();
    quint32 held = 0;
    int count = int(text.size() * 5 - bits); // zeros in front
    for (const unsigned char byte : bytes) {
        held = held << 8 | byte;
        count += 8;
        while (count >= 5) {
            count -= 5;
            *to++ = alphabet[held >> count & 31u];
        }
    }
    return text;
}

bool increment(std::span<unsigned char> number)
{
    for (std::size_t i = number.size(); i-- > 0;) {
        if (++number[i] != 0)
            return true;
    }
    return false;
}

} // namespace

IdSource::IdSource(const Clock& clock, RandomSource& random) : m_clock(clock), m_random(random) {}

QString IdSource::callId()
{
    const quint64 now = quint64(m_clock.wallMs()) & kMsMask;
    if (now > m_lastMs) {
        m_lastMs = now;
        m_random.fill(m_tail);
        m_tail[0] &= 0x7f; // room to count up within the millisecond
    } else if (!increment(m_tail)) {
        ++m_lastMs;
    }
    std::array<unsigned char, 16> ulid;
    for (int i = 0; i < 6; ++i)
        ulid[std::size_t(i)] = static_cast<unsigned char>(m_lastMs >> (40 - 8 * i));
    std::copy(m_tail.begin(), m_tail.end(), ulid.begin() + 6);
    return QStringLiteral("req_") + QString::fromLatin1(base32(ulid));
}

QByteArray base32(std::span<const unsigned char> bytes)
{
    return encode(bytes, kUpper);
}

QByteArray base32Lower(std::span<const unsigned char> bytes)
{
    return encode(bytes, kLower);
}

} // namespace gateway

#include "base/ids.h"

namespace gateway {
namespace {

constexpr char kCallPrefix[] = "req_";
constexpr char kUpper[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr char kLower[] = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr quint64 kMsMask = (quint64(1) << 48) - 1;

constexpr qsizetype encodedSize(qsizetype bytes)
{
    return (bytes * 8 + 4) / 5;
}

// The first character stands for the bits that are left over when the rest is cut into fives. A callable takes the
// characters: an id is written where it is to stand, as UTF-16 or not.
template <typename Put>
void encode(std::span<const unsigned char> bytes, const char* alphabet, Put&& put)
{
    const auto size = qsizetype(bytes.size());
    quint32 held = 0;
    int count = int(encodedSize(size) * 5 - size * 8); // zeros in front
    for (const unsigned char byte : bytes) {
        held = held << 8 | byte;
        count += 8;
        while (count >= 5) {
            count -= 5;
            put(alphabet[held >> count & 31u]);
        }
    }
}

QByteArray encoded(std::span<const unsigned char> bytes, const char* alphabet)
{
    QByteArray text(encodedSize(qsizetype(bytes.size())), Qt::Uninitialized);
    encode(bytes, alphabet, [to = text.data()](char c) mutable { *to++ = c; });
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
    QString id(qsizetype(sizeof kCallPrefix - 1) + encodedSize(qsizetype(ulid.size())), Qt::Uninitialized);
    QChar* to = id.data();
    const auto put = [&to](char c) { *to++ = QLatin1Char(c); };
    for (const char* c = kCallPrefix; *c; ++c)
        put(*c);
    encode(ulid, kUpper, put);
    return id;
}

QByteArray base32(std::span<const unsigned char> bytes)
{
    return encoded(bytes, kUpper);
}

QByteArray base32Lower(std::span<const unsigned char> bytes)
{
    return encoded(bytes, kLower);
}

} // namespace gateway

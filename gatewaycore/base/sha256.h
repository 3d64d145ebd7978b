// SHA-256, by OpenSSL (it knows the processor's own instructions, which are five times as fast as code). Sha256 takes
// pieces and may be used again after finish(). A value that belongs to one thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <array>
#include <memory>

namespace gateway {

using Hash = std::array<unsigned char, 32>;

class Sha256
{
public:
    Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    ~Sha256();

    void add(QByteArrayView bytes);
    Hash finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

Hash sha256(QByteArrayView bytes);

inline QByteArrayView viewOf(const Hash& hash)
{
    return {reinterpret_cast<const char*>(hash.data()), qsizetype(hash.size())};
}
inline QByteArray bytesOf(const Hash& hash)
{
    return viewOf(hash).toByteArray();
}
inline QString hexOf(const Hash& hash)
{
    return QString::fromLatin1(bytesOf(hash).toHex());
}
bool hashFrom(QByteArrayView bytes, Hash& to); // exactly 32 bytes
bool hashFromHex(QStringView hex, Hash& to);   // exactly 64 lower case digits

} // namespace gateway

#include "content/cipher.h"

#include <sodium.h>

namespace gateway::content {
namespace {

constexpr qsizetype kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr qsizetype kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr qsizetype kKey = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;

const unsigned char* bytesOf(QByteArrayView view)
{
    return reinterpret_cast<const unsigned char*>(view.data());
}

unsigned char* bytesOf(QByteArray& array)
{
    return reinterpret_cast<unsigned char*>(array.data());
}

} // namespace

Secret freshKey(RandomSource& random)
{
    QByteArray bytes(kKey, Qt::Uninitialized);
    random.fill({bytesOf(bytes), std::size_t(kKey)});
    return Secret(std::move(bytes));
}

QByteArray seal(const Secret& key, QByteArrayView plain, QByteArrayView bound, RandomSource& random)
{
    Q_ASSERT(key.reveal().size() == kKey);
    QByteArray sealed(kNonce + plain.size() + kTag, Qt::Uninitialized);
    unsigned char* const nonce = bytesOf(sealed);
    random.fill({nonce, std::size_t(kNonce)});
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonce, nullptr, bytesOf(plain),
        static_cast<unsigned long long>(plain.size()), bytesOf(bound), static_cast<unsigned long long>(bound.size()),
        nullptr, nonce, bytesOf(QByteArrayView(key.reveal())));
    return sealed;
}

std::optional<QByteArray> unseal(const Secret& key, QByteArrayView sealed, QByteArrayView bound)
{
    if (sealed.size() < kNonce + kTag || key.reveal().size() != kKey)
        return std::nullopt;
    QByteArray plain(sealed.size() - kNonce - kTag, Qt::Uninitialized);
    const QByteArrayView body = sealed.sliced(kNonce);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytesOf(plain), nullptr, nullptr, bytesOf(body),
            static_cast<unsigned long long>(body.size()), bytesOf(bound), static_cast<unsigned long long>(bound.size()),
            bytesOf(sealed), bytesOf(QByteArrayView(key.reveal()))) != 0)
        return std::nullopt;
    return plain;
}

void wipe(QByteArray& bytes)
{
    if (!bytes.isEmpty() && bytes.isDetached())
        sodium_memzero(bytes.data(), std::size_t(bytes.size()));
    bytes.clear();
}

} // namespace gateway::content

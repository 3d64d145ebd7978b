#include "base/sha256.h"

#include <openssl/evp.h>

namespace gateway {
namespace {

// Looked up once: finding the implementation costs more than hashing a record.
const EVP_MD* algorithm()
{
    static const EVP_MD* const found = [] {
        EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
        if (!fetched)
            qFatal("OpenSSL has no SHA-256.");
        return fetched;
    }();
    return found;
}

} // namespace

struct Sha256::State
{
    State() : context(EVP_MD_CTX_new()) { EVP_DigestInit_ex2(context, algorithm(), nullptr); }
    ~State() { EVP_MD_CTX_free(context); }
    Q_DISABLE_COPY_MOVE(State)

    EVP_MD_CTX* context;
};

Sha256::Sha256() : m_state(new State) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(QByteArrayView bytes)
{
    EVP_DigestUpdate(m_state->context, bytes.data(), std::size_t(bytes.size()));
}

Hash Sha256::finish()
{
    Hash hash{};
    EVP_DigestFinal_ex(m_state->context, hash.data(), nullptr);
    EVP_DigestInit_ex2(m_state->context, nullptr, nullptr); // the same algorithm again
    return hash;
}

Hash sha256(QByteArrayView bytes)
{
    thread_local Sha256 hasher;
    hasher.add(bytes);
    return hasher.finish();
}

bool hashFrom(QByteArrayView bytes, Hash& to)
{
    if (bytes.size() != qsizetype(to.size()))
        return false;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(to.data()));
    return true;
}

bool hashFromHex(QStringView hex, Hash& to)
{
    const QByteArray digits = hex.toLatin1();
    const QByteArray bytes = QByteArray::fromHex(digits);
    return bytes.toHex() == digits && hashFrom(bytes, to);
}

} // namespace gateway

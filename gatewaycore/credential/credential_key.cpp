#include "credential/credential_key.h"

#include "base/ids.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace gateway::credential {
namespace {

constexpr QByteArrayView kPrefix("sbx_");

} // namespace

NewKey newKey(RandomSource& random)
{
    return newKey(random, kPrefix);
}

NewKey newKey(RandomSource& random, QByteArrayView prefix)
{
    std::array<unsigned char, 6> idBits;
    std::array<unsigned char, 32> secretBits;
    random.fill(idBits);
    random.fill(secretBits);
    const QByteArray id = base32Lower(idBits);
    QByteArray key = prefix.toByteArray() + id + '_' + base32Lower(secretBits);
    sodium_memzero(secretBits.data(), secretBits.size());
    return {QString::fromLatin1(id), Secret(std::move(key))};
}

QByteArrayView credentialIdOf(QByteArrayView key)
{
    return idOf(key, kPrefix);
}

QByteArrayView idOf(QByteArrayView key, QByteArrayView prefix)
{
    if (key.size() > kLongestKey || !key.startsWith(prefix))
        return {};
    const QByteArrayView rest = key.sliced(prefix.size());
    const auto* end = std::find(rest.begin(), rest.end(), '_');
    if (end == rest.begin() || end == rest.end())
        return {};
    return rest.first(end - rest.begin());
}

} // namespace gateway::credential

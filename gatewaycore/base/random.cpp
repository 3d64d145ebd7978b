#include "base/random.h"

#include <QtGlobal>

#include <sodium.h>

namespace gateway {

SodiumRandom::SodiumRandom()
{
    // safe to call again and from any thread; without it the generator may not be seeded
    if (sodium_init() < 0)
        qFatal("libsodium cannot be initialised; there is no safe source of randomness.");
}

void SodiumRandom::fill(std::span<unsigned char> bytes)
{
    randombytes_buf(bytes.data(), bytes.size());
}

} // namespace gateway

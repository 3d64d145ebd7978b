// Randomness comes in through constructors, like time. SodiumRandom is the engine's (a cryptographic generator, any
// thread); tests bring a seeded one.
#pragma once

#include <span>

namespace gateway {

class RandomSource
{
public:
    virtual ~RandomSource() = default;
    virtual void fill(std::span<unsigned char> bytes) = 0;
};

class SodiumRandom final : public RandomSource
{
public:
    SodiumRandom();
    void fill(std::span<unsigned char> bytes) override;
};

} // namespace gateway

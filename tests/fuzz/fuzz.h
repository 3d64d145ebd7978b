// What the fuzzers share: input that is read in small pieces, properties that must hold, and bytes cut into pieces. A
// property that fails prints what it was about and aborts; libFuzzer keeps the input. Deterministic: nothing here
// depends on more than the input's bytes. One thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <functional>

namespace gateway::fuzz {

// The first line holds choices, a character each ("0", "1", ... "a" for more), the rest is the text under test: so a
// reproduction can be read, and a corpus file becomes a seed by a line before it.
class Input
{
public:
    Input(const std::uint8_t* data, std::size_t size);

    int below(int limit); // 0 where no choice is left
    bool flag() { return below(2) == 1; }
    QByteArrayView rest() const { return m_rest; }
    QByteArrayView line(); // the next of the rest, without its LF

private:
    QByteArrayView m_choices;
    QByteArrayView m_rest;
};

[[noreturn]] void violated(const char* property, QByteArrayView about = {});
inline void must(bool holds, const char* property, QByteArrayView about = {})
{
    if (!holds)
        violated(property, about);
}

// The bytes in pieces: 0 whole, 1 byte by byte, 2 and more at places that depend on the bytes. false stops.
void inPieces(QByteArrayView bytes, int way, const std::function<bool(QByteArrayView)>& piece);
constexpr int kWays = 3;

} // namespace gateway::fuzz

#define FUZZ_TARGET(input)                                                                                             \
    static void fuzzOne(gateway::fuzz::Input input);                                                                   \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)                                  \
    {                                                                                                                  \
        fuzzOne(gateway::fuzz::Input(data, size));                                                                     \
        return 0;                                                                                                      \
    }                                                                                                                  \
    static void fuzzOne(gateway::fuzz::Input input)

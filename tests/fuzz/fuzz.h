// What the fuzzers share: input that is read in small pieces, properties that must hold, and bytes cut into pieces. A
// property that fails prints what it was about and aborts; libFuzzer keeps the input. Deterministic: nothing here
// depends on more than the input's bytes. One thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <functional>

namespace gateway::fuzz {

// Reads choices from the front of the input; what is left is the text under test. At the end everything is 0 and empty.
class Input
{
public:
    Input(const std::uint8_t* data, std::size_t size) : m_rest(reinterpret_cast<const char*>(data), qsizetype(size)) {}

    quint8 byte();
    int below(int limit) { return limit > 0 ? byte() % limit : 0; }
    bool flag() { return byte() & 1; }
    QByteArrayView line(); // up to and without the next LF
    QByteArrayView rest() const { return m_rest; }

private:
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

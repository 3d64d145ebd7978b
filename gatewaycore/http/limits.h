// Sizes and times that bound what one peer can make us hold (reliability.md D2). Bytes and milliseconds. Values.
#pragma once

#include <QtGlobal>

#include <chrono>

namespace gateway::http {

struct MessageLimits
{
    qint64 startLine = 8 * 1024;
    qint64 headBytes = 32 * 1024;
    int fields = 100;
    qint64 bodyBytes = 32ll * 1024 * 1024;
    qint64 chunkLine = 1024; // size and extensions of one chunk
    qint64 trailerBytes = 8 * 1024;
    int interimResponses = 8; // 1xx before the final answer
};

struct ConnectionLimits
{
    std::chrono::milliseconds handshake{10'000};
    std::chrono::milliseconds head{10'000};      // from the first byte of a request to the end of its head
    std::chrono::milliseconds bodyGrace{10'000}; // after that the body must come at bodyBytesPerSecond
    qint64 bodyBytesPerSecond = 1024;
    std::chrono::milliseconds keepAliveIdle{60'000};
    std::chrono::milliseconds writeStall{30'000};
    qint64 writeBuffer = 256 * 1024; // per stream; above it the source is not read
    int connectionsPerAddress = 4096;
    int connectionsPerWorker = 9000;
    // When there is no room: the oldest connection that has no request under way makes it, instead of the newcomer
    // being turned away. For listeners that must stay reachable while somebody holds connections open.
    bool newcomersReplaceWaiting = false;
};

} // namespace gateway::http

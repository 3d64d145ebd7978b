// What bounds the exports: room, times, sizes. Values; a test makes the times shorter.
#pragma once

#include <QtGlobal>

#include <chrono>
#include <cstddef>

namespace gateway::exports {

struct ExportLimits
{
    using Ms = std::chrono::milliseconds;

    std::size_t calls = 8192;     // waiting for the trace exporter; about as many spans wait as come of them
    std::size_t batchCalls = 256; // in one request
    Ms traceDelay{5'000};         // a call waits at most this long for others, less where otlp.interval is shorter
    Ms firstRetry{1'000};         // doubled after each failure, with jitter
    Ms otlpLongestRetry{60'000};
    Ms otlpGiveUp{300'000}; // a batch that nobody took for so long is dropped

    std::size_t deliveries = 1000; // waiting, of one webhook
    Ms hookLongestRetry{600'000};
    Ms hookGiveUp{24 * 3'600'000};
    Ms hookWindow{3'600'000};
    int hookPerWindow = 60;         // deliveries that begin in one window; the last hookDigests of them are digests
    int hookDigests = 6;            // a storm is told of in so many pieces at most
    Ms digestDelay{600'000};        // from the first event that had no room of its own
    std::size_t digestEvents = 200; // named in one digest; the others are counted

    Ms answer{10'000}; // connect, send and answer together
    qint64 answerBytes = 64 << 10;
    Ms flush{2'000}; // at the end, for what is still queued
};

} // namespace gateway::exports

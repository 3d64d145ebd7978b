// ChunkedDecoder: the data and the verdict depend on the bytes, not on how they were cut.
#include "http/chunked_decoder.h"

#include "fuzz.h"

using namespace gateway;
using namespace gateway::fuzz;
using http::ChunkedDecoder;

namespace {

struct Outcome
{
    QByteArray data;
    ChunkedDecoder::Step last = ChunkedDecoder::Step::NeedMore;
    qint64 used = 0;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode(QByteArrayView bytes, int way, const http::MessageLimits& limits)
{
    Outcome outcome;
    ChunkedDecoder decoder(limits);
    inPieces(bytes, way, [&](QByteArrayView piece) {
        const qsizetype given = piece.size();
        for (;;) {
            const QByteArrayView before = piece;
            outcome.last = decoder.next(piece);
            must(piece.size() <= before.size(), "a decoder uses bytes from the front");
            if (outcome.last != ChunkedDecoder::Step::Data)
                break;
            must(!decoder.data().isEmpty() && decoder.data().size() <= before.size(),
                "data is a piece of what was given");
            outcome.data += decoder.data();
        }
        must(outcome.last != ChunkedDecoder::Step::NeedMore || piece.isEmpty(), "NeedMore has used everything");
        if (outcome.last == ChunkedDecoder::Step::Complete)
            outcome.used += given - piece.size();
        else
            outcome.used += given;
        return outcome.last == ChunkedDecoder::Step::NeedMore;
    });
    if (outcome.last == ChunkedDecoder::Step::Refused) { // how much was read by then is nobody's business
        outcome.used = 0;
        must(*decoder.error().reason, "a refusal has a reason");
    }
    must(outcome.data.size() <= limits.bodyBytes, "no more data than the limit");
    return outcome;
}

} // namespace

FUZZ_TARGET(input)
{
    http::MessageLimits limits;
    if (input.flag()) {
        limits.bodyBytes = 64;
        limits.chunkLine = 16;
        limits.trailerBytes = 32;
    }
    const Outcome whole = decode(input.rest(), 0, limits);
    for (int way = 1; way < kWays; ++way)
        must(decode(input.rest(), way, limits) == whole, "cut differently, decoded differently", input.rest());
}

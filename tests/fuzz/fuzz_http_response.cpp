// ResponseParser: answers on one connection, the peer closing at the end. What is delivered depends on the bytes, not
// on the cuts.
#include "messages.h"

using namespace gateway;
using namespace gateway::fuzz;

namespace {

QByteArray parse(QByteArrayView bytes, int way, bool bodiless, const http::MessageLimits& limits)
{
    http::ResponseParser parser(limits);
    parser.begin(bodiless);
    QByteArray told = deliver(
        parser, bytes, way,
        [&](QByteArray& said) {
            const http::ResponseHead& head = parser.head();
            checkHead(head);
            must(head.status >= 200 && head.status <= 999, "a delivered answer is final", head.bytes);
            must(!bodiless || head.framing == http::BodyFraming::None, "the answer to HEAD has no body", head.bytes);
            said += QByteArray::number(head.status);
        },
        [&] { parser.begin(bodiless); });
    told += parser.finishAtClose() ? "|whole" : "|cut";
    return told;
}

} // namespace

FUZZ_TARGET(input)
{
    const bool bodiless = input.flag();
    const http::MessageLimits limits = someLimits(input.flag());
    const QByteArray whole = parse(input.rest(), 0, bodiless, limits);
    for (int way = 1; way < kWays; ++way)
        must(parse(input.rest(), way, bodiless, limits) == whole, "cut differently, parsed differently", input.rest());
}

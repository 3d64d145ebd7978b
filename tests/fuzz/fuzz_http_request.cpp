// RequestParser: several requests on one connection. What is delivered depends on the bytes, not on the cuts; what is
// accepted is safe to act on.
#include "messages.h"

using namespace gateway;
using namespace gateway::fuzz;

namespace {

QByteArray parse(QByteArrayView bytes, int way, const http::MessageLimits& limits)
{
    http::RequestParser parser(limits);
    parser.begin();
    return deliver(
        parser, bytes, way,
        [&](QByteArray& told) {
            const http::RequestHead& head = parser.head();
            checkHead(head);
            must(http::isToken(head.method), "a method is a token", head.bytes);
            must(!head.target.isEmpty() && head.target.indexOf(' ') < 0 && head.target.indexOf('\r') < 0 &&
                     head.target.indexOf('\n') < 0,
                "a target has no spaces and no line ends", head.bytes);
            must(head.path().size() + head.query().size() <= head.target.size(),
                "path and query are parts of the target");
            must(head.framing != http::BodyFraming::UntilClose, "no request ends with the connection", head.bytes);
            told += head.method.toByteArray() + ' ' + head.target.toByteArray();
        },
        [&] { parser.begin(); });
}

} // namespace

FUZZ_TARGET(input)
{
    const http::MessageLimits limits = someLimits(input.flag());
    const QByteArray whole = parse(input.rest(), 0, limits);
    for (int way = 1; way < kWays; ++way)
        must(parse(input.rest(), way, limits) == whole, "cut differently, parsed differently", input.rest());
}

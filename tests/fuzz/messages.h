// Shared by the fuzzers of HTTP messages: feed a parser in pieces and tell what it delivered, as text to compare.
#pragma once

#include "fuzz.h"

#include "http/message_parser.h"

namespace gateway::fuzz {

inline http::MessageLimits someLimits(bool small)
{
    http::MessageLimits limits;
    if (small) {
        limits.startLine = 64;
        limits.headBytes = 256;
        limits.fields = 8;
        limits.bodyBytes = 128;
        limits.chunkLine = 32;
        limits.trailerBytes = 64;
        limits.interimResponses = 2;
    }
    return limits;
}

// What every accepted head keeps, whatever it says.
inline void checkHead(const http::MessageHead& head)
{
    const auto within = [&](QByteArrayView view) {
        return view.isEmpty() || (view.data() >= head.bytes.constData() &&
                                     view.data() + view.size() <= head.bytes.constData() + head.bytes.size());
    };
    for (const http::FieldView& field : head.fields) {
        must(within(field.name) && within(field.value), "fields are views into the head", head.bytes);
        must(http::isToken(field.name), "a field's name is a token", head.bytes);
        must(http::isFieldValue(field.value), "a field's value has no controls", head.bytes);
        must(!head.value(field.name).isNull() || field.value.isEmpty(), "a field is found by its name", head.bytes);
    }
    must(head.contentLength >= 0, "a length is not negative", head.bytes);
    must(head.framing != http::BodyFraming::Length || head.count("transfer-encoding") == 0,
        "a length and a coding do not both frame a body", head.bytes);
}

template <typename Parser, typename OnHead, typename Again>
QByteArray deliver(Parser& parser, QByteArrayView bytes, int way, OnHead onHead, Again again)
{
    QByteArray told;
    qint64 body = 0;
    qsizetype bodyFrom = 0; // in what was told
    int messages = 0;
    inPieces(bytes, way, [&](QByteArrayView piece) {
        for (;;) {
            const qsizetype before = piece.size();
            const http::ParseStep step = parser.next(piece);
            must(piece.size() <= before, "a parser uses bytes from the front");
            switch (step) {
            case http::ParseStep::NeedMore:
                must(piece.isEmpty(), "NeedMore has used everything");
                return true;
            case http::ParseStep::Head:
                told += "|head ";
                onHead(told);
                told += ' ';
                body = 0;
                bodyFrom = told.size();
                break;
            case http::ParseStep::Body:
                must(!parser.body().isEmpty(), "a piece of a body is not empty");
                body += parser.body().size();
                told += parser.body();
                break;
            case http::ParseStep::Complete:
                must(body == parser.bodyReceived(), "a body is what was delivered of it");
                told += "|complete";
                if (++messages >= 64)
                    return false;
                again();
                break;
            case http::ParseStep::Refused:
                must(parser.error().status >= 400 && *parser.error().reason, "a refusal has a status and a reason");
                // how much of a body that is too large was delivered first depends on the cuts, and may
                if (parser.error().status == 413)
                    told.truncate(bodyFrom);
                told += "|refused " + QByteArray::number(parser.error().status) + ' ' + parser.error().reason;
                must(parser.next(piece) == http::ParseStep::Refused, "refused stays refused");
                return false;
            }
        }
    });
    return told;
}

} // namespace gateway::fuzz

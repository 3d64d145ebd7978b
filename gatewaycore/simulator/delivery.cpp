#include "simulator/delivery.h"

namespace gateway::simulator {
namespace {

// Times of the pieces: the first byte, then the token rate.
struct Pace
{
    qint64 firstByteUs;
    double perTokenUs;
};

Pace paceOf(const SimCall& call, Dice& dice)
{
    const qint64 thinks = dice.latency(call.profile.firstByte).count();
    const Wishes& wishes = call.wishes;
    const double rate = wishes.tokensPerSecond ? *wishes.tokensPerSecond : call.profile.tokensPerSecond;
    return {wishes.firstByteMs ? qint64(*wishes.firstByteMs) * 1000 : thinks, rate > 0 ? 1e6 / rate : 0};
}

// How far a stream goes before something the wishes or the profile ask for happens to it.
struct StreamFault
{
    qsizetype after = -1; // events; -1: nothing happens
    ScriptEnd end = ScriptEnd::KeepAlive;
    QByteArray last; // sent instead of what would come
};

StreamFault faultOf(const SimCall& call, qsizetype events, const ErrorEvent& errorEvent, Dice& dice)
{
    const Wishes& wishes = call.wishes;
    if (wishes.cutAfter)
        return {*wishes.cutAfter, ScriptEnd::Close, {}};
    if (wishes.resetAfter)
        return {*wishes.resetAfter, ScriptEnd::Reset, {}};
    if (wishes.stallAfter)
        return {*wishes.stallAfter, ScriptEnd::Stall, {}};
    if (wishes.badChunkAfter)
        return {*wishes.badChunkAfter, ScriptEnd::Close, "zz\r\n"};
    if (wishes.errorAfter) {
        const qsizetype sent = std::min<qsizetype>(*wishes.errorAfter, events);
        return {*wishes.errorAfter, ScriptEnd::KeepAlive, chunkBytes(errorEvent(sent)) + "0\r\n\r\n"};
    }
    if (dice.unit() < call.profile.cutShare)
        return {dice.between(1, int(events)), ScriptEnd::Close, {}};
    if (dice.unit() < call.profile.stallShare)
        return {dice.between(1, int(events)), ScriptEnd::Stall, {}};
    return {};
}

QByteArray interimBytes(const Wishes& wishes)
{
    return QByteArray("HTTP/1.1 103 Early Hints\r\n\r\n").repeated(wishes.interim);
}

Script bodyScript(const SimCall& call, int status, HeaderList headers, const QByteArray& body, qint64 dueUs)
{
    const Wishes& wishes = call.wishes;
    Script script;
    script.status = status;
    script.requestId = call.requestId;
    headers.emplaceBack("content-length", QByteArray::number(body.size()));
    const QByteArray head = interimBytes(wishes) + headBytes(status, headers);
    std::optional<int> limit = wishes.cutAfter     ? wishes.cutAfter
                               : wishes.resetAfter ? wishes.resetAfter
                                                   : wishes.stallAfter;
    if (status >= 400)
        limit.reset(); // an error is told whole
    if (limit && *limit < body.size()) {
        script.end = wishes.cutAfter ? ScriptEnd::Close : wishes.resetAfter ? ScriptEnd::Reset : ScriptEnd::Stall;
        script.pieces.append({dueUs, head + body.left(*limit)});
    } else {
        script.pieces.append({dueUs, head + body});
    }
    return script;
}

Script htmlScript(const SimCall& call, HeaderList headers)
{
    headers[0].second = "text/html"; // content-type stands first
    return bodyScript(call, 200, headers, "<html><body><h1>It works</h1></body></html>", 0);
}

} // namespace

Script wholeScript(const SimCall& call, HeaderList headers, const QByteArray& body, int tokens, Dice& dice)
{
    if (call.wishes.html)
        return htmlScript(call, headers);
    const Pace pace = paceOf(call, dice);
    return bodyScript(call, 200, headers, body, pace.firstByteUs + qint64(pace.perTokenUs * tokens));
}

Script streamScript(
    const SimCall& call, HeaderList headers, const QList<QByteArray>& events, const ErrorEvent& errorEvent, Dice& dice)
{
    if (call.wishes.html)
        return htmlScript(call, headers);
    const Pace pace = paceOf(call, dice);
    const StreamFault fault = faultOf(call, events.size(), errorEvent, dice);

    Script script;
    script.requestId = call.requestId;
    headers.emplaceBack("transfer-encoding", "chunked");
    QByteArray bytes = interimBytes(call.wishes) + headBytes(200, headers);
    double due = double(pace.firstByteUs);
    for (qsizetype i = 0; i < events.size() && i != fault.after; ++i) {
        script.pieces.append({qint64(due), bytes + chunkBytes(events[i])});
        bytes.clear();
        due += pace.perTokenUs;
    }
    bytes += fault.after < 0 || fault.after >= events.size() ? QByteArray("0\r\n\r\n") : fault.last;
    if (!bytes.isEmpty())
        script.pieces.append({qint64(due), bytes});
    if (fault.after >= 0 && fault.after < events.size())
        script.end = fault.end;
    return script;
}

Script plainScript(const SimCall& call, int status, HeaderList headers, const QByteArray& body)
{
    return bodyScript(call, status, std::move(headers), body, qint64(call.wishes.firstByteMs.value_or(0)) * 1000);
}

std::optional<qint64> retryAfterOf(const SimCall& call, int status)
{
    if (status != 429 && status != 503 && status != 529)
        return std::nullopt;
    if (call.wishes.retryAfter)
        return *call.wishes.retryAfter;
    return call.profile.retryAfter ? std::optional<qint64>(call.profile.retryAfter->count()) : std::nullopt;
}

} // namespace gateway::simulator

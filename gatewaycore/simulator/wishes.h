// Wishes: what one request asks the simulator to do instead of what its profile would do. They come from the model's
// name ("sim-cut-3", "sim-429", "sim-tool-fast") and from headers ("x-sim-cut: 3"), which are stronger. A word that is
// not in the table is part of the name and means nothing. A value; any thread.
//
//   429 500 503 ...   answer with this error           cut N     close (FIN) after N events, or N body bytes when plain
//   fast              no delays                        reset N   the same with RST
//   first N           first byte after N ms            stall N   fall silent after N events (plain: after N body bytes)
//   rate N            N tokens a second                error N   an error event after N events, then the end
//   tokens N          an answer of N tokens            badchunk N   a malformed chunk after N events
//   tool, tools       one tool call, two of them       nodone    end without finish_reason and [DONE]
//   length filter     this finish_reason               nousage   no usage anywhere
//   refusal           a refusal                        html      200 with a web page
//   retry N           retry-after: N                   interim N N interim answers (103) before the head
//   context           400 context_length_exceeded      policy    400 content_filter
//   times N           what goes wrong does so for the first N requests with one x-request-id only (a repetition works)
//   every N           what goes wrong does so on every Nth call only
//   think             the answer reasons before it speaks, as far as the dialect shows it
//   cached N          N more prompt tokens, read from a cache
//   written N         N more prompt tokens, written to a cache
//   quirk NAME        the chat dialect as some backend bends it ("sim-tools-quirk-index0"); several may be given:
//     index0            every tool call says index 0; only its id is its own
//     stoptool          finish_reason stop although tools are called
//     reasoning         the field is called reasoning, not reasoning_content
//     usagelast         usage stands on the chunk with the finish_reason, and there is no chunk without choices
//     xai               reasoning tokens are counted outside completion_tokens
//     hitmiss           usage as DeepSeek names it: prompt_cache_hit_tokens, prompt_cache_miss_tokens
//     nodonemark        the stream ends properly after finish_reason, without [DONE]
//     keepalive         ": keep-alive" comments and blank lines between events; blank lines before a plain body
//     200error          200 with an error in the body; a stream starts and says the error in a chunk
//     jsonargs          tool arguments in one piece, with the call's name
//
// The words mean the same in every dialect that can say them: an error is the dialect's own for the status, a refusal
// its own kind of refusal, an event whatever the dialect frames (an SSE event, an eventstream frame, an array element).
// A model's name may carry what a provider puts around it: "us.sim-tool-v1:0", "models/sim-429", an ARN.
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>

#include <optional>

namespace gateway::simulator {

using HeaderList = QList<QPair<QByteArray, QByteArray>>; // names in lower case

struct Wishes
{
    std::optional<int> status;
    std::optional<int> firstByteMs;
    std::optional<int> tokensPerSecond;
    std::optional<int> tokens;
    std::optional<int> retryAfter;
    std::optional<int> cutAfter;
    std::optional<int> resetAfter;
    std::optional<int> stallAfter;
    std::optional<int> errorAfter;
    std::optional<int> badChunkAfter;
    std::optional<int> times;
    std::optional<int> every;
    int cached = 0;
    int written = 0;
    int interim = 0;
    int toolCalls = 0;
    QByteArray finishReason; // empty: what the answer deserves
    bool noDone = false;
    bool noUsage = false;
    bool refusal = false;
    bool html = false;
    bool think = false;
    QList<QByteArray> quirks;
    QByteArray errorCode; // instead of the status' own

    void behave(); // nothing goes wrong
    bool quirk(QByteArrayView name) const;
};

Wishes wishesOf(const QByteArray& model, const HeaderList& headers);

} // namespace gateway::simulator

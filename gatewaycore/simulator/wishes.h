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
    int interim = 0;
    int toolCalls = 0;
    QByteArray finishReason; // empty: what the answer deserves
    bool noDone = false;
    bool noUsage = false;
    bool refusal = false;
    bool html = false;
    QByteArray errorCode; // instead of the status' own

    void behave(); // nothing goes wrong
};

Wishes wishesOf(const QByteArray& model, const HeaderList& headers);

} // namespace gateway::simulator

#include "simulator/responses_dialect.h"

#include "simulator/openai_errors.h"
#include "simulator/responses_answer.h"
#include "simulator/responses_request.h"

namespace gateway::simulator {

std::optional<Fault> ResponsesDialect::read(SimCall& call) const
{
    return readResponsesRequest(call);
}

std::optional<Fault> ResponsesDialect::authenticate(const SimCall& call) const
{
    return acceptKey(call, openAiKeyOf(call));
}

Script ResponsesDialect::answer(const SimCall& call, Dice& dice) const
{
    const ChatAnswer answer = composeAnswer(call.chat, call.wishes, call.profile, dice);
    if (!call.chat.stream)
        return wholeScript(call, openAiHeaders(call, "application/json"), responsesBody(call, answer),
            answer.spokenTokens + answer.thoughtTokens, dice);
    return streamScript(
        call, openAiHeaders(call, "text/event-stream; charset=utf-8"), responsesEvents(call, answer),
        [&call](qsizetype sent) { return responsesFailure(call, sent); }, dice);
}

Script ResponsesDialect::error(const SimCall& call, const Fault& fault) const
{
    return openAiError(call, fault);
}

} // namespace gateway::simulator

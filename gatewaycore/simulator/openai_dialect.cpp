#include "simulator/openai_dialect.h"

#include "simulator/openai_errors.h"
#include "simulator/openai_request.h"
#include "simulator/openai_stream.h"

namespace gateway::simulator {
namespace {

QByteArray toolCallsJson(const ChatAnswer& answer)
{
    QByteArray calls;
    for (const ChatToolCall& call : answer.toolCalls) {
        if (!calls.isEmpty())
            calls += ',';
        calls += "{\"id\":\"call_" + call.tag + "\",\"type\":\"function\",\"function\":{\"name\":" + quoted(call.name) +
                 ",\"arguments\":" + quoted(call.argumentPieces.join(QString())) + "}}";
    }
    return calls;
}

QByteArray plainBody(const SimCall& call, const ChatAnswer& answer)
{
    const Wishes& wishes = call.wishes;
    const QString text = answer.text();
    QByteArray message = "{\"role\":\"assistant\",\"content\":" + (text.isEmpty() ? QByteArray("null") : quoted(text));
    if (wishes.think)
        message += QByteArray(wishes.quirk("reasoning") ? ",\"reasoning\":" : ",\"reasoning_content\":") +
                   quoted(answer.thinking());
    if (!answer.toolCalls.isEmpty())
        message += ",\"tool_calls\":[" + toolCallsJson(answer) + "]";
    message += ",\"refusal\":" + (answer.refusal.isEmpty() ? QByteArray("null") : quoted(answer.refusal)) +
               ",\"annotations\":[]}";
    const bool hides = wishes.quirk("stoptool") && answer.finishReason == "tool_calls";
    QByteArray body = "{\"id\":\"" + openAiChatId(call) +
                      "\",\"object\":\"chat.completion\",\"created\":" + QByteArray::number(call.createdSeconds) +
                      ",\"model\":" + quoted(call.chat.model) + ",\"choices\":[{\"index\":0,\"message\":" + message +
                      ",\"logprobs\":null,\"finish_reason\":\"" + (hides ? QByteArray("stop") : answer.finishReason) +
                      "\"}]";
    if (!wishes.noUsage)
        body += ",\"usage\":" + openAiUsage(answer, wishes);
    body += QByteArray(",\"service_tier\":\"default\",\"system_fingerprint\":\"") + kFingerprint + "\"}";
    return wishes.quirk("keepalive") ? "\n\n\n" + body : body;
}

constexpr const char* kErrorEvent =
    "data: {\"error\":{\"message\":\"The server had an error while processing your request. Sorry about that.\","
    "\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n";

} // namespace

std::optional<Fault> OpenAiDialect::read(SimCall& call) const
{
    const auto fault = readChatRequest(call.http.body, call.route.model, call.chat);
    if (call.route.deployment && call.http.parameter("api-version").isEmpty())
        return Fault{404, QStringLiteral("Resource not found"), {}, "404"};
    return fault;
}

std::optional<Fault> OpenAiDialect::authenticate(const SimCall& call) const
{
    return acceptKey(call, openAiKeyOf(call));
}

Script OpenAiDialect::answer(const SimCall& call, Dice& dice) const
{
    const ChatAnswer answer = composeAnswer(call.chat, call.wishes, call.profile, dice);
    if (call.chat.stream)
        return streamScript(
            call, openAiHeaders(call, "text/event-stream; charset=utf-8"), openAiChatEvents(call, answer),
            [](qsizetype) { return QByteArray(kErrorEvent); }, dice);
    if (call.wishes.quirk("200error"))
        return wholeScript(call, openAiHeaders(call, "application/json"),
            "{\"error\":{\"code\":502,\"message\":\"Provider returned error\",\"metadata\":{\"provider_name\":"
            "\"Simulator\",\"raw\":\"upstream connect error\"}},\"user_id\":\"user_sim\"}",
            0, dice);
    return wholeScript(
        call, openAiHeaders(call, "application/json"), plainBody(call, answer), answer.spokenTokens, dice);
}

Script OpenAiDialect::error(const SimCall& call, const Fault& fault) const
{
    return openAiError(call, fault);
}

Script openAiModels(const SimCall& call)
{
    QByteArray rows;
    for (const QString& model : call.profile.models) {
        if (!rows.isEmpty())
            rows += ',';
        rows += "{\"id\":" + quoted(model) + ",\"object\":\"model\",\"created\":1756684800,\"owned_by\":\"simulator\"}";
    }
    return plainScript(
        call, 200, openAiHeaders(call, "application/json"), "{\"object\":\"list\",\"data\":[" + rows + "]}");
}

} // namespace gateway::simulator

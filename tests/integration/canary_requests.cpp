#include "canary_requests.h"

namespace gateway::test {
namespace {

QByteArray filled(QByteArray text, const QByteArray& model, const QByteArray& marker, bool stream)
{
    return text.replace("$ALIAS", model)
        .replace("$STREAM", stream ? "true" : "false")
        .replace("$M", marker)
        .simplified();
}

QByteArray withMore(const QByteArray& body, bool full, const QByteArray& more)
{
    return full ? body.chopped(1) + more + '}' : body;
}

const QByteArray kChat = R"({"model":"$ALIAS","stream":$STREAM,"user":"$M","stop":["$M"],"messages":[
    {"role":"system","content":"you are $M"},
    {"role":"user","content":[{"type":"text","text":"say $M"}]},
    {"role":"assistant","tool_calls":[{"id":"call_$M","type":"function","function":
        {"name":"t_$M","arguments":"{\"a\":\"$M\"}"}}]},
    {"role":"tool","tool_call_id":"call_$M","content":"it is $M"}],
    "tools":[{"type":"function","function":{"name":"t_$M","description":"does $M","parameters":
        {"type":"object","properties":{"$M":{"type":"string","description":"$M"}}}}}]})";
const QByteArray kMoreChat = R"(,"metadata":{"$M":"$M"},"prompt_cache_key":"$M","safety_identifier":"$M",
    "service_tier":"$M","$M":"a field of my own","field $M":{"$M":"$M"},"response_format":{"type":"json_schema",
    "json_schema":{"name":"$M","schema":{"title":"$M"}}})";
const QByteArray kMedia = R"({"model":"$ALIAS","messages":[{"role":"user","name":"$M","content":[
    {"type":"image_url","image_url":{"url":"https://img.example/$M.png"}},
    {"type":"file","file":{"filename":"$M.pdf","file_data":"data:application/pdf;base64,aGVsbG8="}},
    {"type":"$M","$M":"$M"}]}]})";
const QByteArray kResponses = R"({"model":"$ALIAS","stream":$STREAM,"instructions":"be $M","user":"$M",
    "input":[{"role":"user","content":[{"type":"input_text","text":"say $M"}]}]})";
const QByteArray kMoreResponses = R"(,"metadata":{"$M":"$M"},"previous_response_id":"$M","include":["$M"],"$M":"$M")";
const QByteArray kEmbeddings = R"({"model":"$ALIAS","input":["embed $M"],"user":"$M"})";
const QByteArray kMessages = R"({"model":"$ALIAS","stream":$STREAM,"max_tokens":50,"system":"you are $M","messages":[
    {"role":"user","content":"say $M"},
    {"role":"assistant","content":[{"type":"tool_use","id":"toolu_$M","name":"t_$M","input":{"a":"$M"}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_$M","content":"it is $M"}]}],
    "tools":[{"name":"t_$M","description":"$M","input_schema":{"type":"object","title":"$M"}}],
    "metadata":{"user_id":"$M"},"stop_sequences":["$M"]})";
const QByteArray kMoreMessages = R"(,"service_tier":"$M","$M":{"$M":"$M"})";
const QByteArray kCount = R"({"model":"$ALIAS","system":"you are $M","messages":[{"role":"user","content":"say $M"}]})";
const QByteArray kGemini = R"({"contents":[{"role":"user","parts":[{"text":"say $M"}]}],
    "systemInstruction":{"parts":[{"text":"you are $M"}]},"generationConfig":{"stopSequences":["$M"]},
    "tools":[{"functionDeclarations":[{"name":"t_$M","description":"does $M"}]}]})";
const QByteArray kMoreGemini = R"(,"labels":{"$M":"$M"},"cachedContent":"cachedContents/$M","$M":"$M")";
const QByteArray kGeminiEmbed = R"({"content":{"parts":[{"text":"embed $M"}]},"title":"$M"})";

} // namespace

QByteArray chatBody(const QByteArray& model, const QByteArray& marker, bool stream, bool full)
{
    return filled(withMore(kChat, full, kMoreChat), model, marker, stream);
}

Asking asking(int surface, const QByteArray& alias, const QByteArray& marker, bool full)
{
    const QByteArray note = "note=" + marker;
    const bool stream = surface == 1 || surface == 3 || surface == 6;
    const auto body = [&](const QByteArray& text, const QByteArray& more = {}) {
        return filled(withMore(text, full && !more.isEmpty(), more), alias, marker, stream);
    };
    switch (surface) {
    case 0:
        return {"/v1/chat/completions?" + note, body(kChat, kMoreChat)};
    case 1:
        return {"/v1/chat/completions", body(kChat, kMoreChat)};
    case 2:
        return {"/v1/responses?" + note, body(kResponses, kMoreResponses)};
    case 3:
        return {"/v1/responses", body(kResponses, kMoreResponses)};
    case 4:
        return {"/v1/embeddings", body(kEmbeddings)};
    case 5:
    case 6:
        return {"/v1/messages", body(kMessages, kMoreMessages)};
    case 7:
        return {"/v1/messages/count_tokens", body(kCount)};
    case 8:
        return {"/v1beta/models/" + alias + ":generateContent?" + note, body(kGemini, kMoreGemini)};
    case 9:
        return {"/v1beta/models/" + alias + ":streamGenerateContent?alt=sse", body(kGemini, kMoreGemini)};
    case 10:
        return {"/v1beta/models/" + alias + ":embedContent", body(kGeminiEmbed)};
    default:
        return {"/openai/deployments/" + alias + "/chat/completions?api-version=" + marker,
            full ? body(kMedia) : body(kChat)};
    }
}

} // namespace gateway::test

#include "dialects.h"

#include <algorithm>
#include <array>

namespace gateway::fuzz {

using namespace transform;

namespace {

constexpr std::array kModels{"gpt-6-sol", "claude-opus-5-5", "claude-haiku-4-5", "gemini-3.8-flash",
    "text-embedding-3-small", "global.anthropic.claude-opus-5-5-v1:0", "amazon.nova-2-lite-v1:0",
    "mistral-medium-latest", "command-a-03-2025", "deepseek-v4-pro", "openai/gpt-oss-120b", "embed-v4.0", "llama3.3:8b",
    "arn:aws:bedrock:us-east-1:1:x/y"};

struct Path
{
    const char* verb; // empty: the path names nothing
    const char* body;
};
// Every surface takes one of these; those that are not its own it refuses.
constexpr std::array kStreaming{
    Path{"", R"({"model":"a","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"x"}]})"},
    Path{"", R"({"model":"a","stream":true,"input":"x"})"},
    Path{"streamGenerateContent", R"({"contents":[{"role":"user","parts":[{"text":"x"}]}]})"}};
constexpr std::array kWhole{Path{"", R"({"model":"a","max_tokens":9,"messages":[{"role":"user","content":"x"}]})"},
    Path{"", R"({"model":"a","input":"x"})"},
    Path{"generateContent", R"({"contents":[{"role":"user","parts":[{"text":"x"}]}]})"},
    Path{"countTokens", R"({"contents":[{"role":"user","parts":[{"text":"x"}]}]})"},
    Path{"embedContent", R"({"content":{"parts":[{"text":"x"}]}})"},
    Path{"batchEmbedContents", R"({"requests":[{"model":"models/a","content":{"parts":[{"text":"x"}]}}]})"}};
constexpr std::array kVerbs{"", "generateContent", "streamGenerateContent", "countTokens", "embedContent",
    "batchEmbedContents", "count_tokens"};

SurfacePath pathOf(QByteArrayView verb)
{
    SurfacePath path;
    if (!verb.isEmpty())
        path.alias = QStringLiteral("a");
    path.verb = verb;
    return path;
}

} // namespace

std::unique_ptr<World> someWorld(Input& input)
{
    auto world = std::make_unique<World>();
    config::Provider& provider = world->provider;
    provider.name = QStringLiteral("p");
    provider.kind = config::ProviderKind(input.below(kKinds));
    provider.key = Secret(QByteArray(kKey));
    provider.basePath = "/v1";
    provider.region = provider.awsRegion = QStringLiteral("eu-west-1");
    config::Candidate& candidate = world->candidate;
    candidate.provider = &provider;
    candidate.modelUtf8 = kModels[std::size_t(input.below(int(kModels.size())))];
    candidate.model = QString::fromUtf8(candidate.modelUtf8);
    candidate.label = QStringLiteral("p/") + candidate.model;
    return world;
}

http::RequestHead requestHead()
{
    http::RequestHead head;
    head.bytes = "POST /v1/x HTTP/1.1\r\nanthropic-version: 2026-10-21\r\nanthropic-beta: a,b\r\n\r\n";
    const QByteArrayView all(head.bytes);
    const auto field = [&](const char* name, const char* value) {
        const qsizetype at = all.indexOf(name);
        head.fields.append({all.sliced(at, qsizetype(qstrlen(name))),
            all.sliced(all.indexOf(value, at + qsizetype(qstrlen(name))), qsizetype(qstrlen(value)))});
    };
    field("anthropic-version", "2026-10-21");
    field("anthropic-beta", "a,b");
    head.method = all.first(4);
    head.target = all.sliced(5, 5);
    return head;
}

std::optional<CallRequest> smallRequest(const Surface& surface, bool stream, int which)
{
    const std::span<const Path> paths = stream ? std::span<const Path>(kStreaming) : std::span<const Path>(kWhole);
    std::vector<CallRequest> taken;
    for (const Path& path : paths) {
        auto parsed = surface.parse(pathOf(path.verb), requestHead(), path.body);
        auto* request = std::get_if<CallRequest>(&parsed);
        if (request && request->stream == stream) { // a surface without streams takes no notice of the wish
            request->surface = &surface;
            taken.push_back(std::move(*request));
        }
    }
    if (taken.empty())
        return std::nullopt;
    return std::move(taken[std::size_t(which) % taken.size()]);
}

std::variant<CallRequest, CallError> anyRequest(const Surface& surface, Input& input, QByteArray body)
{
    const char* verb = kVerbs[std::size_t(input.below(int(kVerbs.size())))];
    auto parsed = surface.parse(pathOf(verb), requestHead(), std::move(body));
    if (auto* request = std::get_if<CallRequest>(&parsed)) {
        must(request->surface == nullptr || request->surface == &surface, "a request knows its surface");
        request->surface = &surface;
    }
    return parsed;
}

void checkJson(QByteArrayView bytes, const char* what)
{
    const JsonText text = JsonText::parse(bytes, 128);
    if (text.error)
        violated(what,
            bytes.toByteArray() + "\n(" + text.error->reason + " at " + QByteArray::number(text.error->offset) + ')');
}

void checkError(const Surface& surface, const CallError& error)
{
    const int status = surface.errorStatus(error);
    must(status >= 400 && status <= 599, "an error has the status of one", QByteArray::number(status));
    const QByteArray body = surface.errorBody(error, u"call-1");
    checkJson(body, "an error's body is JSON");
    must(error.retryAfterMs.value_or(0) >= 0, "advice to retry is not negative");
}

void checkOutgoing(const Outgoing& outgoing)
{
    must(outgoing.path.startsWith('/'), "a path begins with a slash", outgoing.path);
    must(std::all_of(outgoing.path.begin(), outgoing.path.end(), [](char c) { return c > 0x20 && c < 0x7f; }),
        "a path is visible ASCII", outgoing.path);
    for (const http::Field& field : outgoing.fields) {
        must(http::isToken(field.name) && http::isFieldValue(field.value), "a field is one",
            field.name + ": " + field.value);
        must(!http::isFramingField(field.name), "framing is not a dialect's", field.name);
    }
    checkJson(outgoing.body, "what a provider gets is JSON");
}

} // namespace gateway::fuzz

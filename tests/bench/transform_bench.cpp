// transform_bench: what the translation of requests, answers and streams costs on one thread, without sockets: parse
// and request() of a caller's body, answer() of a provider's, and a stream of 64 deltas through frame reader, reader
// and relay or writer. Prints nanoseconds of processor time per operation (a stream is one operation). Not a test.
//   transform_bench               all cases
//   transform_bench CASE COUNT    that case so many times, for a profiler; transform_count.sh counts instructions with
//   it
#include "transform/dialects.h"
#include "transform/translation.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

using namespace gateway;
using namespace gateway::transform;

namespace {

struct Place
{
    config::Provider provider;
    config::Candidate candidate;

    explicit Place(config::ProviderKind kind, const QByteArray& model = "m-2026-09-01")
    {
        provider.kind = kind;
        provider.name = QStringLiteral("p");
        provider.basePath = "/v1";
        candidate.provider = &provider;
        candidate.model = QString::fromUtf8(model);
        candidate.modelUtf8 = model;
    }
    Target target() const { return {candidate, {}, {}}; }
};

[[noreturn]] void fail(const char* what)
{
    std::fprintf(stderr, "transform_bench: %s\n", what);
    std::exit(1);
}

CallRequest parsed(const char* surface, const QByteArray& body)
{
    SurfacePath path;
    if (QByteArrayView(surface).startsWith("gemini")) {
        path.alias = QStringLiteral("fast");
        path.verb = "streamGenerateContent";
    }
    http::RequestHead head;
    auto result = surfaceByName(QLatin1String(surface).toString())->parse(path, head, body);
    if (std::holds_alternative<CallError>(result))
        fail(qPrintable(std::get<CallError>(result).text()));
    return std::move(std::get<CallRequest>(result));
}

QByteArray chatRequest(qsizetype size, bool stream = false)
{
    QByteArray body = R"({"model":"fast","temperature":0.2,"max_tokens":400,)";
    if (stream)
        body += R"("stream":true,)";
    body += R"("messages":[{"role":"system","content":"You answer in one sentence."},{"role":"user","content":")";
    while (body.size() < size - 4)
        body += "Is the line clear? Say \\\"yes\\\" or no.\\n";
    return body + "\"}]}";
}

QByteArray chatAnswer(qsizetype size)
{
    QByteArray body =
        R"({"id":"chatcmpl-bench","object":"chat.completion","created":1795305600,"model":"m-2026-09-01","choices":[{"index":0,"message":{"role":"assistant","content":")";
    const QByteArray end =
        R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":18,"completion_tokens":12,"total_tokens":30}})";
    while (body.size() < size - end.size())
        body += "The line is clear. ";
    return body + end;
}

QByteArray many(const char* format)
{
    QByteArray out;
    for (int i = 0; i < 64; ++i)
        out += QByteArray(format).replace("WORD", " word" + QByteArray::number(i));
    return out;
}

QByteArray chatStream()
{
    const char* const start =
        R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1795305600,"model":"m-2026-09-01","choices":[{"index":0,"delta":)";
    QByteArray format(start);
    format += "{\"content\":\"WORD\"},\"finish_reason\":null}]}\n\n";
    return QByteArray(start) + "{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n" +
           many(format) + start + "{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
}

// as OpenAI writes it today
QByteArray chatStreamInFull()
{
    const char* const start =
        R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1795305600,"model":"m-2026-09-01","service_tier":"default","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":)";
    QByteArray format(start);
    format += "{\"content\":\"WORD\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null,\"obfuscation\":"
              "\"WORD\"}\n\n";
    return QByteArray(start) +
           "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":null}],"
           "\"usage\":null}\n\n" +
           many(format) + start + "{},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":null}\n\n" + start +
           "{}}],\"usage\":{\"prompt_tokens\":18,\"completion_tokens\":64,\"total_tokens\":82}}\n\ndata: [DONE]\n\n";
}

QByteArray anthropicStream()
{
    return R"(event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":18,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

)" +
           many("event: content_block_delta\ndata: "
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"WORD\"}}"
                "\n\n") +
           R"(event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":64}}

event: message_stop
data: {"type":"message_stop"}

)";
}

QByteArray geminiStream()
{
    return many(
               R"(data: {"candidates":[{"content":{"parts":[{"text":"WORD"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":18,"totalTokenCount":18},"modelVersion":"m","responseId":"r1"})"
               "\n\n") +
           R"(data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":18,"candidatesTokenCount":64,"totalTokenCount":82},"modelVersion":"m","responseId":"r1"})"
           "\n\n";
}

QByteArray responsesStream()
{
    QByteArray out = R"(event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1,"status":"in_progress","model":"m","output":[]}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}

event: response.content_part.added
data: {"type":"response.content_part.added","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}

)";
    QByteArray text;
    for (int i = 0; i < 64; ++i) {
        const QByteArray word = " word" + QByteArray::number(i);
        text += word;
        out += "event: response.output_text.delta\ndata: "
               "{\"type\":\"response.output_text.delta\",\"sequence_number\":" +
               QByteArray::number(3 + i) +
               ",\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"" + word + "\"}\n\n";
    }
    const QByteArray part = "{\"type\":\"output_text\",\"text\":\"" + text + "\",\"annotations\":[]}";
    const QByteArray item =
        "{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[" + part +
        "]}";
    out += "event: response.output_text.done\ndata: "
           "{\"type\":\"response.output_text.done\",\"sequence_number\":67,\"item_id\":\"msg_1\",\"output_index\":0,"
           "\"content_index\":0,\"text\":\"" +
           text + "\"}\n\n";
    out += "event: response.content_part.done\ndata: "
           "{\"type\":\"response.content_part.done\",\"sequence_number\":68,\"item_id\":\"msg_1\",\"output_index\":0,"
           "\"content_index\":0,\"part\":" +
           part + "}\n\n";
    out += "event: response.output_item.done\ndata: "
           "{\"type\":\"response.output_item.done\",\"sequence_number\":69,\"output_index\":0,\"item\":" +
           item + "}\n\n";
    out += "event: response.completed\ndata: "
           "{\"type\":\"response.completed\",\"sequence_number\":70,\"response\":{\"id\":\"resp_1\",\"object\":"
           "\"response\",\"created_at\":1,\"status\":\"completed\",\"model\":\"m\",\"output\":[" +
           item + "],\"usage\":{\"input_tokens\":18,\"output_tokens\":64,\"total_tokens\":82}}}\n\n";
    return out;
}

const char* streamRequestOf(const char* surface)
{
    const QByteArrayView name(surface);
    if (name == QByteArrayView("anthropic.messages"))
        return R"({"model":"fast","stream":true,"max_tokens":400,"messages":[{"role":"user","content":"Hi"}]})";
    if (name == QByteArrayView("openai.responses"))
        return R"({"model":"fast","stream":true,"input":"Hi"})";
    if (name.startsWith("gemini"))
        return R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})";
    return R"({"model":"fast","stream":true,"messages":[{"role":"user","content":"Hi"}]})";
}

// One stream as the engine takes it: pieces of `piece` bytes, the events of each sent on together.
std::function<void()> streamCase(
    config::ProviderKind kind, const QByteArray& stream, const char* surface, qsizetype piece = 16 * 1024)
{
    struct State
    {
        Place place;
        CallRequest request;
        QByteArray stream;
        QByteArray events;
    };
    auto state = std::make_shared<State>(State{Place(kind), parsed(surface, streamRequestOf(surface)), stream, {}});
    state->place.candidate.provider = &state->place.provider;
    return [state, piece] {
        Translation translation(state->request, state->place.target(), {QStringLiteral("call-1"), {}, 1});
        const auto frames = frameReader(translation.provider().framing());
        QByteArray tail;
        bool ended = false;
        for (qsizetype from = 0; from < state->stream.size() && !ended; from += piece) {
            QByteArrayView bytes =
                QByteArrayView(state->stream).sliced(from, std::min(piece, state->stream.size() - from));
            state->events.resize(0);
            while (!ended && frames->next(bytes) == FrameReader::Step::Frame) {
                const Translation::Step step = translation.take(frames->frame(), state->events, tail);
                if (step.error)
                    fail("the stream is refused");
                ended = step.ended;
            }
        }
        if (!ended && !translation.closed(state->events, tail))
            fail("the stream does not end");
        if (translation.contentEvents() != 64)
            fail("not every delta was read");
    };
}

std::function<void()> requestCase(qsizetype size)
{
    auto place = std::make_shared<Place>(config::ProviderKind::OpenAi);
    return [place, body = chatRequest(size)] {
        const CallRequest request = parsed("openai.chat", body);
        Translation translation(request, place->target(), {});
        const OutgoingOrError out = translation.request();
        if (!std::holds_alternative<Outgoing>(out))
            fail("the request is refused");
    };
}

std::function<void()> answerCase(qsizetype size)
{
    auto place = std::make_shared<Place>(config::ProviderKind::OpenAi);
    auto request = std::make_shared<CallRequest>(parsed("openai.chat", chatRequest(200)));
    return [place, request, body = chatAnswer(size)] {
        Translation translation(*request, place->target(), {});
        const auto answer = translation.answer(body);
        if (!std::holds_alternative<QByteArray>(answer) || translation.facts().tokens.output() != 12)
            fail("the answer is not read");
    };
}

struct Case
{
    const char* name;
    std::function<void()> run;
};

double nanosOf(const std::function<void()>& run)
{
    const auto cpu = [] {
        timespec at{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
        return double(at.tv_sec) * 1e9 + double(at.tv_nsec);
    };
    double best = 0;
    for (int round = 0; round < 5; ++round) {
        const double begun = cpu();
        int done = 0;
        while (cpu() - begun < 5e7) {
            for (int i = 0; i < 16; ++i)
                run();
            done += 16;
        }
        const double each = (cpu() - begun) / done;
        best = round == 0 ? each : std::min(best, each);
    }
    return best;
}

} // namespace

int main(int argc, char** argv)
{
    using Kind = config::ProviderKind;
    const std::vector<Case> cases{
        {"request-200", requestCase(200)},
        {"request-1K", requestCase(1024)},
        {"request-100K", requestCase(100 * 1024)},
        {"answer-300", answerCase(300)},
        {"answer-100K", answerCase(100 * 1024)},
        {"chat-chat", streamCase(Kind::OpenAi, chatStream(), "openai.chat")},
        {"chat-chat-cut", streamCase(Kind::OpenAi, chatStream(), "openai.chat", 100)},
        {"chat-chat-full", streamCase(Kind::OpenAi, chatStreamInFull(), "openai.chat")},
        {"anthropic-anthropic", streamCase(Kind::Anthropic, anthropicStream(), "anthropic.messages")},
        {"gemini-gemini", streamCase(Kind::Gemini, geminiStream(), "gemini.generate")},
        {"responses-responses", streamCase(Kind::OpenAi, responsesStream(), "openai.responses")},
        {"anthropic-chat", streamCase(Kind::Anthropic, anthropicStream(), "openai.chat")},
        {"chat-anthropic", streamCase(Kind::OpenAiCompatible, chatStream(), "anthropic.messages")},
        {"gemini-chat", streamCase(Kind::Gemini, geminiStream(), "openai.chat")},
    };
    for (const Case& one : cases) {
        if (argc == 3 && qstrcmp(argv[1], one.name) != 0)
            continue;
        if (argc == 3) {
            for (int i = std::atoi(argv[2]); i > 0; --i)
                one.run();
        } else {
            std::printf("%-22s %12.0f ns\n", one.name, nanosOf(one.run));
        }
    }
    return 0;
}

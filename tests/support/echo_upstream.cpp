#include "echo_upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>

namespace gateway::test {
namespace {

constexpr int kLookMs = 50;

template <typename Enough>
bool readUntil(int descriptor, QByteArray& buffer, const std::atomic<bool>& stopping, Enough enough)
{
    while (!enough()) {
        pollfd wait{descriptor, POLLIN, 0};
        const int ready = poll(&wait, 1, kLookMs);
        if (stopping)
            return false;
        if (ready == 0)
            continue;
        char bytes[16384];
        const ssize_t got = recv(descriptor, bytes, sizeof bytes, 0);
        if (got <= 0)
            return false;
        buffer.append(bytes, got);
    }
    return true;
}

qint64 lengthOf(const QByteArray& head)
{
    const qsizetype at = head.toLower().indexOf("\r\ncontent-length:");
    return at < 0 ? 0 : head.mid(at + 17, head.indexOf("\r\n", at + 2) - at - 17).trimmed().toLongLong();
}

enum class Dialect
{
    Chat,
    Responses,
    Embeddings,
    Anthropic,
    Gemini,
    Cohere,
    Ollama,
    Bedrock,
    Collector
};

Dialect dialectOf(const QByteArray& head)
{
    struct Row
    {
        const char* part;
        Dialect dialect;
    };
    constexpr std::array rows{Row{"/traces", Dialect::Collector}, Row{"/metrics", Dialect::Collector},
        Row{"/hook", Dialect::Collector}, Row{"/responses", Dialect::Responses}, Row{"/messages", Dialect::Anthropic},
        Row{"Content", Dialect::Gemini}, Row{":countTokens", Dialect::Gemini}, Row{"/converse", Dialect::Bedrock},
        Row{"/api/", Dialect::Ollama}, Row{"/v2/", Dialect::Cohere}, Row{"/embeddings", Dialect::Embeddings}};
    const QByteArray line = head.left(head.indexOf("\r\n"));
    for (const Row& row : rows) {
        if (line.contains(row.part))
            return row.dialect;
    }
    return Dialect::Chat;
}

// The first marker of the request; what stands for it where there is none.
QByteArray markerIn(const QByteArray& bytes)
{
    const qsizetype at = bytes.indexOf(EchoUpstream::kMarkerBegin);
    return at < 0 ? QByteArray("nothing") : bytes.mid(at, EchoUpstream::kMarkerLength);
}

QByteArray answer(int status, const QByteArray& fields, const QByteArray& body)
{
    return "HTTP/1.1 " + QByteArray::number(status) + " Said\r\ncontent-type: application/json\r\n" + fields +
           "content-length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

QByteArray errorBody(Dialect dialect, int status, const QByteArray& m)
{
    const QByteArray said = "I cannot do this: " + m + " was asked for";
    switch (dialect) {
    case Dialect::Anthropic:
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + m + "\",\"message\":\"" + said + "\"}}";
    case Dialect::Gemini:
        return "{\"error\":{\"code\":" + QByteArray::number(status) + ",\"message\":\"" + said + "\",\"status\":\"" +
               m +
               "\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":[{"
               "\"field\":\"" +
               m + "\"}]}]}}";
    case Dialect::Cohere:
    case Dialect::Bedrock:
        return "{\"message\":\"" + said + "\",\"__type\":\"" + m + "\"}";
    case Dialect::Ollama:
        return "{\"error\":\"" + said + "\"}";
    default:
        return "{\"error\":{\"message\":\"" + said + "\",\"type\":\"" + m + "\",\"code\":\"" + m + "\",\"param\":\"" +
               m + "\"}}";
    }
}

QByteArray goodBody(Dialect dialect, const QByteArray& m, const QByteArray& finish, const QByteArray& model)
{
    switch (dialect) {
    case Dialect::Anthropic:
        return "{\"id\":\"" + m + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"" + model +
               "\",\"content\":[{\"type\":\"text\",\"text\":\"you said " + m + "\"}],\"stop_reason\":\"" + finish +
               "\",\"stop_sequence\":\"" + m +
               "\",\"usage\":{\"input_tokens\":3,\"output_tokens\":2,\"service_tier\":\"" + m + "\"}}";
    case Dialect::Gemini:
        return "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"you said " + m +
               "\"}]},\"finishReason\":\"" + finish + "\",\"finishMessage\":\"" + m +
               "\"}],\"usageMetadata\":{\"promptTokenCount\":3,\"candidatesTokenCount\":2,\"totalTokenCount\":5,"
               "\"trafficType\":\"" +
               m + "\"},\"modelVersion\":\"" + model + "\",\"responseId\":\"" + m +
               "\",\"totalTokens\":3,"
               "\"embedding\":{\"values\":[0.5]},\"embeddings\":[{\"values\":[0.5]}]}";
    case Dialect::Cohere:
        return "{\"id\":\"" + m + "\",\"finish_reason\":\"" + finish +
               "\",\"message\":{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"you said " + m +
               "\"}]},\"usage\":{\"tokens\":{\"input_tokens\":3,\"output_tokens\":2}}}";
    case Dialect::Ollama:
        return "{\"model\":\"" + model + "\",\"message\":{\"role\":\"assistant\",\"content\":\"you said " + m +
               "\"},\"done\":true,\"done_reason\":\"" + finish + "\",\"prompt_eval_count\":3,\"eval_count\":2}";
    case Dialect::Bedrock:
        return "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"you said " + m +
               "\"}]}},\"stopReason\":\"" + finish +
               "\",\"usage\":{\"inputTokens\":3,\"outputTokens\":2,\"totalTokens\":5}}";
    case Dialect::Responses:
        return "{\"id\":\"" + m + "\",\"object\":\"response\",\"status\":\"" + finish + "\",\"model\":\"" + model +
               "\",\"service_tier\":\"" + m +
               "\",\"output\":[{\"type\":\"message\",\"id\":\"m\",\"role\":\"assistant\",\"status\":\"completed\","
               "\"content\":[{\"type\":\"output_text\",\"text\":\"you said " +
               m + "\",\"annotations\":[]}]}],\"usage\":{\"input_tokens\":3,\"output_tokens\":2,\"total_tokens\":5}}";
    case Dialect::Embeddings:
        return "{\"object\":\"list\",\"model\":\"" + model +
               "\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5]}],\"usage\":{\"prompt_tokens\":"
               "3,"
               "\"total_tokens\":3}}";
    default:
        return "{\"id\":\"" + m + "\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"" + model +
               "\",\"system_fingerprint\":\"" + m + "\",\"service_tier\":\"" + m +
               "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"you said " + m +
               "\"},\"finish_reason\":\"" + finish +
               "\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";
    }
}

// A stream of two events and an end; `end` replaces what ends it well.
QByteArray streamOf(Dialect dialect, const QByteArray& m, const QByteArray& finish, const QByteArray& end)
{
    QByteArray out =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\nx-request-id: " + m + "\r\n\r\n";
    if (dialect == Dialect::Anthropic) {
        out += "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"" + m +
               "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"" + m +
               "\",\"content\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n"
               "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{"
               "\"type\":\"text\",\"text\":\"\"}}\n\nevent: content_block_delta\ndata: "
               "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" +
               m + "\"}}\n\n";
        return out + (end.isEmpty()
                             ? "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                               "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{"
                               "\"stop_reason\":\"" +
                                   finish +
                                   "\"},\"usage\":{\"output_tokens\":2}}\n\nevent: message_stop\ndata: "
                                   "{\"type\":\"message_stop\"}\n\n"
                             : "event: error\ndata: " + end + "\n\n");
    }
    if (dialect == Dialect::Gemini)
        return out + "data: " + (end.isEmpty() ? goodBody(dialect, m, finish, m) : end) + "\n\n";
    out += "data: {\"id\":\"" + m + "\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"" + m +
           "\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"" + m +
           "\"},\"finish_reason\":null}]}\n\n";
    return out + (end.isEmpty() ? "data: {\"id\":\"" + m +
                                      "\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                                      "\"model\":\"" +
                                      m + "\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + finish +
                                      "\"}]}\n\ndata: [DONE]\n\n"
                                : "data: " + end + "\n\n");
}

struct Said
{
    QByteArray bytes;
    bool close = false;
    bool silent = false; // nothing is said; the connection stays
};

Said said(const QByteArray& scenario, Dialect dialect, bool stream, const QByteArray& m)
{
    const QByteArray ids = "x-request-id: " + m + "\r\nrequest-id: " + m + "\r\nx-amzn-requestid: " + m +
                           "\r\nx-amzn-errortype: " + m + "\r\n";
    if (scenario.startsWith("scn-err")) {
        const int status = scenario.mid(7).toInt();
        return {answer(status, ids + "retry-after: 0\r\n", errorBody(dialect, status, m))};
    }
    if (scenario == "scn-redirect")
        return {answer(307, "location: http://127.0.0.1/" + m + "\r\n", {})};
    if (scenario == "scn-html")
        return {answer(200, ids, "<html>" + m + "</html>")};
    if (scenario == "scn-badjson")
        return {answer(200, ids, "{\"choices\":[{\"message\":\"" + m)};
    if (scenario == "scn-badhead")
        return {"HTTP/1.1 200 OK\r\n" + m + "\r\nx y: " + m + "\r\n\r\n", true};
    if (scenario == "scn-badchunk")
        return {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + m + "\r\n", true};
    if (scenario == "scn-cut")
        return {"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n{\"" + m, true};
    if (scenario == "scn-silent")
        return {{}, false, true};
    if (stream && scenario == "scn-streamerror")
        return {streamOf(dialect, m, "stop", errorBody(dialect, 500, m)), true};
    if (stream && scenario == "scn-streamjson")
        return {streamOf(dialect, m, "stop", "{\"" + m), true};
    if (stream)
        return {streamOf(dialect, m, scenario == "scn-finish" ? m : QByteArray("stop"), {}), true};
    return {answer(200, ids, goodBody(dialect, m, scenario == "scn-finish" ? m : QByteArray("stop"), m))};
}

} // namespace

const QList<QByteArray>& EchoUpstream::scenarios()
{
    static const QList<QByteArray> all{"scn-good", "scn-finish", "scn-err400", "scn-err401", "scn-err404", "scn-err413",
        "scn-err422", "scn-err429", "scn-err500", "scn-err503", "scn-redirect", "scn-html", "scn-badjson",
        "scn-badhead", "scn-badchunk", "scn-cut", "scn-streamerror", "scn-streamjson"};
    return all;
}

EchoUpstream::EchoUpstream()
{
    m_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(m_listener, reinterpret_cast<sockaddr*>(&address), size);
    listen(m_listener, 1024);
    getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
    m_port = ntohs(address.sin_port);
    m_accepting = std::thread([this] { acceptLoop(); });
}

EchoUpstream::~EchoUpstream()
{
    m_stopping = true;
    m_accepting.join();
    for (std::thread& thread : m_serving)
        thread.join();
    close(m_listener);
}

QByteArray EchoUpstream::received()
{
    const QMutexLocker lock(&m_mutex);
    return m_received;
}

void EchoUpstream::acceptLoop()
{
    while (!m_stopping) {
        pollfd wait{m_listener, POLLIN, 0};
        if (poll(&wait, 1, kLookMs) <= 0)
            continue;
        const int descriptor = accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor >= 0)
            m_serving.emplace_back([this, descriptor] { serve(descriptor); });
    }
}

void EchoUpstream::serve(int descriptor)
{
    QByteArray buffer;
    while (serveOne(descriptor, buffer)) {
    }
    close(descriptor);
}

bool EchoUpstream::serveOne(int descriptor, QByteArray& buffer)
{
    if (!readUntil(descriptor, buffer, m_stopping, [&] { return buffer.contains("\r\n\r\n"); }))
        return false;
    const qsizetype headSize = buffer.indexOf("\r\n\r\n") + 4;
    const qint64 bodySize = lengthOf(buffer.left(headSize));
    if (!readUntil(descriptor, buffer, m_stopping, [&] { return buffer.size() >= headSize + bodySize; }))
        return false;
    const QByteArray head = buffer.left(headSize);
    const QByteArray body = buffer.mid(headSize, bodySize);
    buffer.remove(0, headSize + bodySize);
    ++m_requests;
    const Dialect dialect = dialectOf(head);
    {
        const QMutexLocker lock(&m_mutex);
        m_received += head + body;
    }
    Said reply;
    if (dialect == Dialect::Collector) {
        reply.bytes = answer(200, {}, "{}");
    } else {
        const qsizetype at = head.contains("scn-") ? head.indexOf("scn-") : body.indexOf("scn-");
        const QByteArray& from = head.contains("scn-") ? head : body;
        qsizetype end = at < 0 ? 0 : at + 4;
        while (at >= 0 && end < from.size() && std::isalnum(static_cast<unsigned char>(from[end])))
            ++end;
        const bool stream = body.contains("\"stream\":true") || head.contains(":stream") || head.contains("-stream");
        reply = said(at < 0 ? QByteArray("scn-good") : from.mid(at, end - at), dialect, stream, markerIn(body));
    }
    for (qsizetype sent = 0; sent < reply.bytes.size();) {
        const ssize_t step =
            send(descriptor, reply.bytes.constData() + sent, std::size_t(reply.bytes.size() - sent), MSG_NOSIGNAL);
        if (step <= 0)
            return false;
        sent += step;
    }
    return !reply.close;
}

} // namespace gateway::test

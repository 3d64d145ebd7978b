#include "stream_transcripts.h"

#include "raw_client.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

#include <array>
#include <numeric>
#include <optional>

namespace gateway::test {
namespace {

constexpr const char* kText1 = "The li";
constexpr const char* kText2 = "ne \xC3\xA9 \xE2\x80\x94 \xF0\x9F\x9A\x82";

QByteArray headOf(const QByteArray& type)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n";
}

QByteArray dataLine(const QByteArray& json)
{
    return "data: " + json + "\n\n";
}

QByteArray named(const QByteArray& type, const QByteArray& rest)
{
    return "event: " + type + "\ndata: {\"type\":\"" + type + '"' + rest + "}\n\n";
}

StreamTranscript chatTranscript()
{
    const auto chunk = [](const QByteArray& delta, const QByteArray& finish = "null") {
        return dataLine(R"({"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":)" + delta +
                        R"(,"finish_reason":)" + finish + "}]}");
    };
    StreamTranscript stream;
    stream.head = headOf("text/event-stream");
    stream.frames = {chunk(R"({"role":"assistant","content":""})"),
        chunk(QByteArray(R"({"content":")") + kText1 + "\"}"), chunk(QByteArray(R"({"content":")") + kText2 + "\"}"),
        chunk(R"({"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":""}}]})"),
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]})"),
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]})"), chunk("{}", R"("tool_calls")"),
        dataLine(
            R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}})"),
        dataLine("[DONE]")};
    stream.contentFrame = 1;
    stream.endFrame = 8;
    return stream;
}

StreamTranscript responsesTranscript()
{
    int sequence = 0;
    const auto event = [&sequence](const QByteArray& type, const QByteArray& rest) {
        return named(type, ",\"sequence_number\":" + QByteArray::number(sequence++) + rest);
    };
    const QByteArray text = QByteArray(kText1) + kText2;
    const QByteArray part = R"({"type":"output_text","text":")" + text + R"(","annotations":[]})";
    const QByteArray message =
        R"({"id":"m1","type":"message","status":"completed","role":"assistant","content":[)" + part + "]}";
    const QByteArray call =
        R"({"id":"f1","type":"function_call","status":"completed","call_id":"t1","name":"f","arguments":"{\"a\":1}"})";
    const auto response = [&](const QByteArray& status, const QByteArray& output, const QByteArray& usage) {
        return R"(,"response":{"id":"r1","object":"response","created_at":1,"model":"m","status":")" + status +
               R"(","output":[)" + output + R"(],"usage":)" + usage + "}";
    };
    StreamTranscript stream;
    stream.head = headOf("text/event-stream");
    stream.frames.append(event("response.created", response("in_progress", "", "null")));
    stream.frames.append(event("response.in_progress", response("in_progress", "", "null")));
    stream.frames.append(event("response.output_item.added",
        R"(,"output_index":0,"item":{"id":"m1","type":"message","status":"in_progress","role":"assistant","content":[]})"));
    stream.frames.append(event("response.content_part.added",
        R"(,"item_id":"m1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]})"));
    for (const char* delta : {kText1, kText2})
        stream.frames.append(event("response.output_text.delta",
            QByteArray(R"(,"item_id":"m1","output_index":0,"content_index":0,"delta":")") + delta + '"'));
    stream.frames.append(event(
        "response.output_text.done", R"(,"item_id":"m1","output_index":0,"content_index":0,"text":")" + text + '"'));
    stream.frames.append(
        event("response.content_part.done", R"(,"item_id":"m1","output_index":0,"content_index":0,"part":)" + part));
    stream.frames.append(event("response.output_item.done", R"(,"output_index":0,"item":)" + message));
    stream.frames.append(event("response.output_item.added",
        R"(,"output_index":1,"item":{"id":"f1","type":"function_call","status":"in_progress","call_id":"t1","name":"f","arguments":""})"));
    for (const char* delta : {R"({\"a\":)", "1}"})
        stream.frames.append(event("response.function_call_arguments.delta",
            QByteArray(R"(,"item_id":"f1","output_index":1,"delta":")") + delta + '"'));
    stream.frames.append(event("response.function_call_arguments.done",
        R"(,"item_id":"f1","output_index":1,"name":"f","arguments":"{\"a\":1}")"));
    stream.frames.append(event("response.output_item.done", R"(,"output_index":1,"item":)" + call));
    stream.frames.append(event("response.completed",
        response("completed", message + ',' + call, R"({"input_tokens":9,"output_tokens":5,"total_tokens":14})")));
    stream.contentFrame = 4;
    stream.endFrame = int(stream.frames.size()) - 1;
    return stream;
}

StreamTranscript anthropicTranscript()
{
    const auto delta = [](int index, const QByteArray& fields) {
        return named("content_block_delta", ",\"index\":" + QByteArray::number(index) + ",\"delta\":" + fields);
    };
    const auto text = [&](const char* piece) {
        return delta(0, QByteArray(R"({"type":"text_delta","text":")") + piece + "\"}");
    };
    StreamTranscript stream;
    stream.head = headOf("text/event-stream");
    stream.frames = {
        named("message_start",
            R"(,"message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":1}})"),
        named("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})"), named("ping", ""),
        text(kText1), text(kText2), named("content_block_stop", R"(,"index":0)"),
        named(
            "content_block_start", R"(,"index":1,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}})"),
        delta(1, R"({"type":"input_json_delta","partial_json":"{\"a\":"})"),
        delta(1, R"({"type":"input_json_delta","partial_json":"1}"})"), named("content_block_stop", R"(,"index":1)"),
        named("message_delta",
            R"(,"delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":9,"output_tokens":5})"),
        named("message_stop", "")};
    stream.contentFrame = 3;
    stream.endFrame = 11;
    return stream;
}

StreamTranscript geminiTranscript()
{
    const auto chunk = [](const QByteArray& part, const QByteArray& rest = {}) {
        return "data: {\"candidates\":[{\"content\":{\"parts\":[" + part + "],\"role\":\"model\"},\"index\":0" + rest +
               R"(],"modelVersion":"m","responseId":"r1"})" + "\r\n\r\n";
    };
    StreamTranscript stream;
    stream.head = headOf("text/event-stream");
    stream.frames = {chunk(QByteArray(R"({"text":")") + kText1 + "\"}", "}"),
        chunk(QByteArray(R"({"text":")") + kText2 + "\"}", "}"),
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"a\":1}}}],"
        "\"role\":\"model\"},\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":9,"
        "\"candidatesTokenCount\":5,\"totalTokenCount\":14},\"modelVersion\":\"m\",\"responseId\":\"r1\"}\r\n\r\n"};
    stream.contentFrame = 0;
    stream.endFrame = 2;
    return stream;
}

quint32 crc32(QByteArrayView bytes)
{
    quint32 crc = 0xffffffffu;
    for (const char byte : bytes) {
        crc ^= quint8(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1) ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

QByteArray bigEndian(quint32 value)
{
    std::array<char, 4> bytes{};
    qToBigEndian(value, bytes.data());
    return QByteArray(bytes.data(), 4);
}

QByteArray awsFrame(const QByteArray& type, const QByteArray& payload)
{
    QByteArray headers;
    const auto header = [&headers](const QByteArray& name, const QByteArray& value) {
        headers += char(name.size()) + name + '\x07' + '\0' + char(value.size()) + value;
    };
    header(":event-type", type);
    header(":content-type", "application/json");
    header(":message-type", "event");
    QByteArray frame = bigEndian(quint32(16 + headers.size() + payload.size())) + bigEndian(quint32(headers.size()));
    frame += bigEndian(crc32(frame));
    frame += headers + payload;
    return frame + bigEndian(crc32(frame));
}

StreamTranscript bedrockTranscript()
{
    const auto delta = [](int index, const QByteArray& fields) {
        return awsFrame(
            "contentBlockDelta", "{\"contentBlockIndex\":" + QByteArray::number(index) + ",\"delta\":" + fields + "}");
    };
    StreamTranscript stream;
    stream.head = headOf("application/vnd.amazon.eventstream");
    stream.frames = {awsFrame("messageStart", R"({"role":"assistant"})"),
        delta(0, QByteArray(R"({"text":")") + kText1 + "\"}"), delta(0, QByteArray(R"({"text":")") + kText2 + "\"}"),
        awsFrame("contentBlockStop", R"({"contentBlockIndex":0})"),
        awsFrame("contentBlockStart", R"({"contentBlockIndex":1,"start":{"toolUse":{"name":"f","toolUseId":"t1"}}})"),
        delta(1, R"({"toolUse":{"input":"{\"a\":"}})"), delta(1, R"({"toolUse":{"input":"1}"}})"),
        awsFrame("contentBlockStop", R"({"contentBlockIndex":1})"),
        awsFrame("messageStop", R"({"stopReason":"tool_use"})"),
        awsFrame(
            "metadata", R"({"usage":{"inputTokens":9,"outputTokens":5,"totalTokens":14},"metrics":{"latencyMs":1}})")};
    stream.contentFrame = 1;
    stream.endFrame = 9;
    return stream;
}

struct Event
{
    QByteArray name;
    QByteArray data;
    QJsonObject json;
};

// The caller's events, or why this is no stream of them. Comments are skipped.
std::optional<QString> readEvents(const QByteArray& body, QList<Event>& events)
{
    QByteArray text = body;
    text.replace("\r\n", "\n");
    if (!text.endsWith("\n\n"))
        return QStringLiteral("the last event is not closed");
    qsizetype from = 0;
    while (from < text.size()) {
        const qsizetype to = text.indexOf("\n\n", from);
        Event event;
        for (const QByteArray& line : text.mid(from, to - from).split('\n')) {
            if (line.startsWith("event: "))
                event.name = line.mid(7);
            else if (line.startsWith("data: "))
                event.data = line.mid(6);
            else if (!line.startsWith(':') && !line.isEmpty())
                return QStringLiteral("a line that is no field: ") + QString::fromUtf8(line);
        }
        from = to + 2;
        if (event.data.isEmpty())
            continue;
        if (event.data != "[DONE]") {
            QJsonParseError wrong{};
            event.json = QJsonDocument::fromJson(event.data, &wrong).object();
            if (wrong.error != QJsonParseError::NoError)
                return QStringLiteral("data that is not JSON: ") + QString::fromUtf8(event.data);
        }
        events.append(event);
    }
    return std::nullopt;
}

QString typeOf(const Event& event)
{
    return event.json.value(QLatin1String("type")).toString();
}

// What holds for whole and broken streams of the two dialects that name or number their events.
QString orderFault(CallerSurface surface, const QList<Event>& events)
{
    for (qsizetype i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        if (surface == CallerSurface::Anthropic && QString::fromUtf8(event.name) != typeOf(event))
            return QStringLiteral("an event named %1 that is a %2").arg(QString::fromUtf8(event.name), typeOf(event));
        if (surface == CallerSurface::Responses &&
            event.json.value(QLatin1String("sequence_number")).toInteger(-1) != i && event.data != "[DONE]")
            return QStringLiteral("event %1 has another sequence number").arg(i);
    }
    return {};
}

bool isEndMark(CallerSurface surface, const Event& event)
{
    switch (surface) {
    case CallerSurface::Chat:
        return event.data == "[DONE]";
    case CallerSurface::Responses:
        return typeOf(event) == QLatin1String("response.completed") ||
               typeOf(event) == QLatin1String("response.incomplete");
    case CallerSurface::Anthropic:
        return typeOf(event) == QLatin1String("message_stop");
    case CallerSurface::Gemini:
        return event.json.value(QLatin1String("candidates"))
            .toArray()
            .first()
            .toObject()
            .contains(QLatin1String("finishReason"));
    }
    return false;
}

bool isError(CallerSurface surface, const Event& event)
{
    const QJsonObject error = event.json.value(QLatin1String("error")).toObject();
    switch (surface) {
    case CallerSurface::Chat:
    case CallerSurface::Gemini:
        return !error.value(QLatin1String("message")).toString().isEmpty();
    case CallerSurface::Responses:
        return typeOf(event) == QLatin1String("response.failed") || typeOf(event) == QLatin1String("error");
    case CallerSurface::Anthropic:
        return typeOf(event) == QLatin1String("error") && !error.value(QLatin1String("type")).toString().isEmpty();
    }
    return false;
}

} // namespace

const char* nameOf(CallerSurface surface)
{
    constexpr std::array kNames{"chat", "responses", "anthropic", "gemini"};
    return kNames[std::size_t(surface)];
}

QByteArray StreamTranscript::bytes() const
{
    return std::accumulate(frames.begin(), frames.end(), head);
}

qsizetype StreamTranscript::after(int frame) const
{
    return std::accumulate(frames.begin(), frames.begin() + frame + 1, head.size(),
        [](qsizetype sum, const QByteArray& bytes) { return sum + bytes.size(); });
}

StreamTranscript streamTranscript(const QByteArray& kind, CallerSurface surface)
{
    if (kind == "openai")
        return surface == CallerSurface::Responses ? responsesTranscript() : chatTranscript();
    if (kind == "anthropic")
        return anthropicTranscript();
    return kind == "gemini" ? geminiTranscript() : bedrockTranscript();
}

QByteArray streamRequest(CallerSurface surface, const QByteArray& alias, const QByteArray& key)
{
    const QByteArray headers = "Authorization: Bearer " + key + "\r\nContent-Type: application/json\r\n";
    const QByteArray model = R"({"model":")" + alias + "\",";
    switch (surface) {
    case CallerSurface::Chat:
        return httpRequest("POST", "/v1/chat/completions", headers,
            model + R"("stream":true,"messages":[{"role":"user","content":"Is the line clear?"}]})");
    case CallerSurface::Responses:
        return httpRequest(
            "POST", "/v1/responses", headers, model + R"("stream":true,"store":false,"input":"Is the line clear?"})");
    case CallerSurface::Anthropic:
        return httpRequest("POST", "/v1/messages", headers + "anthropic-version: 2023-06-01\r\n",
            model + R"("stream":true,"max_tokens":100,"messages":[{"role":"user","content":"Is the line clear?"}]})");
    case CallerSurface::Gemini:
        return httpRequest("POST", "/v1beta/models/" + alias + ":streamGenerateContent?alt=sse", headers,
            R"({"contents":[{"role":"user","parts":[{"text":"Is the line clear?"}]}]})");
    }
    return {};
}

QString faultOfWhole(CallerSurface surface, const QByteArray& body)
{
    QList<Event> events;
    if (const auto wrong = readEvents(body, events))
        return *wrong;
    if (const QString wrong = orderFault(surface, events); !wrong.isEmpty())
        return wrong;
    if (events.isEmpty() || !isEndMark(surface, events.last()))
        return QStringLiteral("no end mark at its end");
    return {};
}

QString faultOfBroken(CallerSurface surface, const QByteArray& body)
{
    QList<Event> events;
    if (const auto wrong = readEvents(body, events))
        return *wrong;
    if (const QString wrong = orderFault(surface, events); !wrong.isEmpty())
        return wrong;
    for (const Event& event : events) {
        if (isEndMark(surface, event))
            return QStringLiteral("an end mark in a stream that was cut");
    }
    if (events.isEmpty() || !isError(surface, events.last()))
        return QStringLiteral("no error at its end");
    return {};
}

} // namespace gateway::test

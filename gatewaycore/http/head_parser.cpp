#include "http/head_parser.h"

#include <llhttp.h>

namespace gateway::http {
namespace {

// What llhttp's callbacks fill. The input is contiguous, so each span is a view into the head's own bytes; a value that
// comes in two spans (llhttp does that around special fields) is one stretch of memory and is simply extended.
struct Spans
{
    MessageHead* head = nullptr;
    QByteArrayView method;
    QByteArrayView target;
    QByteArrayView name;
    QByteArrayView value;
};

QByteArrayView joined(QByteArrayView before, const char* at, std::size_t length)
{
    if (before.isEmpty())
        return {at, qsizetype(length)};
    return {before.data(), at + length - before.data()};
}

template <QByteArrayView Spans::*Member>
int onSpan(llhttp_t* parser, const char* at, std::size_t length)
{
    auto* spans = static_cast<Spans*>(parser->data);
    spans->*Member = joined(spans->*Member, at, length);
    return 0;
}

int onValueComplete(llhttp_t* parser)
{
    auto* spans = static_cast<Spans*>(parser->data);
    spans->head->fields.append({spans->name, spans->value.trimmed()});
    spans->name = {};
    spans->value = {};
    return 0;
}

int onHeadersComplete(llhttp_t*)
{
    return HPE_PAUSED; // the body is ours: see chunked_decoder.h
}

const llhttp_settings_t& settings()
{
    static const llhttp_settings_t table = [] {
        llhttp_settings_t s;
        llhttp_settings_init(&s);
        s.on_method = onSpan<&Spans::method>;
        s.on_url = onSpan<&Spans::target>;
        s.on_header_field = onSpan<&Spans::name>;
        s.on_header_value = onSpan<&Spans::value>;
        s.on_header_value_complete = onValueComplete;
        s.on_headers_complete = onHeadersComplete;
        return s;
    }();
    return table;
}

// Runs llhttp over the whole head. True: it accepted everything up to the end of the head.
bool runParser(llhttp_type_t type, MessageHead& head, llhttp_t& parser, Spans& spans, llhttp_errno_t& error)
{
    llhttp_init(&parser, type, &settings());
    spans.head = &head;
    parser.data = &spans;
    error = llhttp_execute(&parser, head.bytes.constData(), std::size_t(head.bytes.size()));
    return error == HPE_PAUSED;
}

bool parseLength(QByteArrayView text, qint64& length)
{
    if (text.isEmpty())
        return false;
    length = 0;
    for (const char c : text) {
        if (c < '0' || c > '9' || __builtin_mul_overflow(length, qint64(10), &length) ||
            __builtin_add_overflow(length, qint64(c - '0'), &length))
            return false;
    }
    return true;
}

// The fields that decide something here, found in one pass.
struct Deciding
{
    int lengths = 0;
    int codings = 0;
    int hosts = 0;
    int expectations = 0;
    QByteArrayView length; // the first of each
    QByteArrayView coding;
    QByteArrayView host;
    QByteArrayView expectation;

    explicit Deciding(const MessageHead& head)
    {
        for (const FieldView& field : head.fields) {
            switch (field.name.size()) {
            case 4:
                note(field, "host", hosts, host);
                break;
            case 6:
                note(field, "expect", expectations, expectation);
                break;
            case 14:
                note(field, "content-length", lengths, length);
                break;
            case 17:
                note(field, "transfer-encoding", codings, coding);
                break;
            default:
                break;
            }
        }
    }

private:
    static void note(const FieldView& field, QByteArrayView name, int& count, QByteArrayView& value)
    {
        if (equalsIgnoringCase(field.name, name) && count++ == 0)
            value = field.value;
    }
};

// The fields that say where the body ends, and whether they agree (RFC 9112 section 6, without its leniencies).
std::optional<ParseError> readFraming(MessageHead& head, const Deciding& deciding)
{
    if (deciding.lengths > 1)
        return ParseError{400, "more than one Content-Length"};
    if (deciding.lengths > 0 && deciding.codings > 0)
        return ParseError{400, "Content-Length together with Transfer-Encoding"};
    if (deciding.codings > 1 || (deciding.codings == 1 && !equalsIgnoringCase(deciding.coding, "chunked")))
        return ParseError{400, "a Transfer-Encoding other than exactly one chunked"};
    if (deciding.codings == 1 && head.minorVersion == 0)
        return ParseError{400, "Transfer-Encoding in HTTP/1.0"};
    if (deciding.codings == 1) {
        head.framing = BodyFraming::Chunked;
    } else if (deciding.lengths == 1) {
        if (!parseLength(deciding.length, head.contentLength))
            return ParseError{400, "a Content-Length that is not a number"};
        head.framing = head.contentLength > 0 ? BodyFraming::Length : BodyFraming::None;
    }
    return std::nullopt;
}

// "close" is a member of any Connection field, which is a list and may be repeated.
bool saysClose(const MessageHead& head)
{
    for (const FieldView& field : head.fields) {
        if (!equalsIgnoringCase(field.name, "connection"))
            continue;
        for (QByteArrayView rest = field.value; !rest.isEmpty();) {
            const qsizetype comma = rest.indexOf(',');
            const QByteArrayView member = comma < 0 ? rest : rest.first(comma);
            if (equalsIgnoringCase(member.trimmed(), "close"))
                return true;
            rest = comma < 0 ? QByteArrayView() : rest.sliced(comma + 1);
        }
    }
    return false;
}

// "GET /path HTTP/1.1": exactly two spaces, a method that is a token, a target without spaces, a version of ours.
std::optional<ParseError> checkRequestLine(const QByteArray& bytes)
{
    const QByteArrayView line = QByteArrayView(bytes).first(bytes.indexOf('\r'));
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (first <= 0 || last <= first + 1 || line.sliced(first + 1, last - first - 1).contains(' '))
        return ParseError{400, "a request line that is not method, target and version"};
    const QByteArrayView version = line.sliced(last + 1);
    if (version.size() != 8 || !version.startsWith("HTTP/") || version[6] != '.' || version[5] < '0' ||
        version[5] > '9' || version[7] < '0' || version[7] > '9')
        return ParseError{400, "a request line without an HTTP version"};
    if (version != QByteArrayView("HTTP/1.1") && version != QByteArrayView("HTTP/1.0"))
        return ParseError{505, "an HTTP version other than 1.0 and 1.1"};
    if (!isToken(line.first(first)))
        return ParseError{400, "a method that is not a token"};
    return std::nullopt;
}

bool isHostValue(QByteArrayView host)
{
    for (const char c : host) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && !QByteArrayView(".-_:[]%~").contains(c))
            return false;
    }
    return !host.isEmpty();
}

} // namespace

std::optional<ParseError> parseRequestHead(QByteArray bytes, const MessageLimits& limits, RequestHead& head)
{
    if (auto wrong = checkRequestLine(bytes))
        return wrong;
    head.bytes = std::move(bytes);
    head.fields.clear();
    head.framing = BodyFraming::None;
    head.contentLength = 0;
    head.expectContinue = false;

    llhttp_t parser;
    Spans spans;
    llhttp_errno_t error = HPE_OK;
    if (!runParser(HTTP_REQUEST, head, parser, spans, error)) {
        // our own rules come first, so that the answer names the framing fault, not llhttp's word for it
        if (error == HPE_INVALID_METHOD)
            return ParseError{501, "a method that is not implemented"};
        if (auto wrong = readFraming(head, Deciding(head)))
            return wrong;
        return ParseError{400, "a head that the HTTP parser refuses"};
    }
    head.method = spans.method;
    head.target = spans.target;
    head.minorVersion = parser.http_minor;
    head.keepAlive = llhttp_should_keep_alive(&parser) != 0;
    if (head.method == QByteArrayView("CONNECT"))
        return ParseError{405, "CONNECT is not offered"};
    const bool asterisk = head.target == QByteArrayView("*") && head.method == QByteArrayView("OPTIONS");
    if (!head.target.startsWith('/') && !asterisk)
        return ParseError{400, "a target that is not a path"};
    if (head.target.contains('#'))
        return ParseError{400, "a fragment in the target"};
    const Deciding deciding(head);
    if (deciding.hosts != 1 || !isHostValue(deciding.host))
        return ParseError{400, "not exactly one valid Host"};
    if (auto wrong = readFraming(head, deciding))
        return wrong;
    if (head.framing == BodyFraming::Length && head.contentLength > limits.bodyBytes)
        return ParseError{413, "a body that is too large"};
    if (deciding.expectations > 0) {
        if (deciding.expectations > 1 || !equalsIgnoringCase(deciding.expectation, "100-continue"))
            return ParseError{417, "an expectation other than 100-continue"};
        head.expectContinue = head.minorVersion == 1 && head.framing != BodyFraming::None;
    }
    return std::nullopt;
}

std::optional<ParseError> parseResponseHead(QByteArray bytes, bool bodiless, ResponseHead& head)
{
    // llhttp takes more than we do here: exactly "HTTP/1.x NNN" with an optional reason
    if (bytes.size() < 13 || !(bytes.startsWith("HTTP/1.1 ") || bytes.startsWith("HTTP/1.0 ")) ||
        (bytes[12] != ' ' && bytes[12] != '\r'))
        return ParseError{502, "a status line that is not HTTP/1"};
    head.bytes = std::move(bytes);
    head.fields.clear();
    head.framing = BodyFraming::None;
    head.contentLength = 0;

    llhttp_t parser;
    Spans spans;
    llhttp_errno_t error = HPE_OK;
    if (!runParser(HTTP_RESPONSE, head, parser, spans, error))
        return ParseError{502, "a response head that the HTTP parser refuses"};
    head.status = parser.status_code;
    head.minorVersion = parser.http_minor;
    if (head.status < 100 || head.status > 599)
        return ParseError{502, "a status outside 100 to 599"};
    const Deciding deciding(head);
    if (auto wrong = readFraming(head, deciding))
        return ParseError{502, wrong->reason};
    const bool interim = head.status < 200;
    if (interim || bodiless || head.status == 204 || head.status == 304) {
        head.framing = BodyFraming::None;
        head.contentLength = 0;
    } else if (head.framing == BodyFraming::None && deciding.lengths == 0) {
        head.framing = BodyFraming::UntilClose;
    }
    // after "Connection: close", or a body that only ends with the connection, nothing more may follow
    head.keepAlive = head.framing != BodyFraming::UntilClose && head.minorVersion == 1 && !saysClose(head);
    return std::nullopt;
}

} // namespace gateway::http

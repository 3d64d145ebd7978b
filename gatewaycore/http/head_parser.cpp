#include "http/head_parser.h"

#include <algorithm>
#include <array>

namespace gateway::http {
namespace {

// The fields that decide something here, found in one pass.
struct Deciding
{
    int lengths = 0;
    int codings = 0;
    int hosts = 0;
    int expectations = 0;
    bool close = false;     // said by a Connection field; of a request by Proxy-Connection too
    bool keepAlive = false; // the same
    QByteArrayView length;  // the first of each
    QByteArrayView coding;
    QByteArrayView host;
    QByteArrayView expectation;

    Deciding(const MessageHead& head, bool request)
    {
        for (const FieldView& field : head.fields) {
            switch (field.name.size()) {
            case 4:
                note(field, "host", hosts, host);
                break;
            case 6:
                note(field, "expect", expectations, expectation);
                break;
            case 10:
                if (equalsIgnoringCase(field.name, "connection"))
                    noteConnection(field.value);
                break;
            case 14:
                note(field, "content-length", lengths, length);
                break;
            case 16:
                if (request && equalsIgnoringCase(field.name, "proxy-connection"))
                    noteConnection(field.value);
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

    // A list, which may be repeated.
    void noteConnection(QByteArrayView rest)
    {
        while (!rest.isEmpty()) {
            const qsizetype comma = rest.indexOf(',');
            const QByteArrayView member = (comma < 0 ? rest : rest.first(comma)).trimmed();
            close = close || equalsIgnoringCase(member, "close");
            keepAlive = keepAlive || equalsIgnoringCase(member, "keep-alive");
            rest = comma < 0 ? QByteArrayView() : rest.sliced(comma + 1);
        }
    }
};

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

// Behind a length some read a tab as space and some as a fault; what says where a message ends is read in one way only.
bool endsInTab(QByteArrayView value)
{
    for (const char* at = value.data() + value.size(); *at != '\r'; ++at) {
        if (*at == '\t')
            return true;
    }
    return false;
}

// The fields that say where the body ends, and whether they agree (RFC 9112 section 6, without its leniencies).
std::optional<ParseError> readFraming(MessageHead& head, const Deciding& deciding)
{
    head.framing = BodyFraming::None;
    head.contentLength = 0;
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
        if (endsInTab(deciding.length))
            return ParseError{400, "a Content-Length that ends in a tab"};
        head.framing = head.contentLength > 0 ? BodyFraming::Length : BodyFraming::None;
    }
    return std::nullopt;
}

// Those that llhttp knows as methods of HTTP/1.1; what they mean is not asked here.
bool isKnownMethod(QByteArrayView method)
{
    constexpr std::array known{"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "ACL",
        "BIND", "CHECKOUT", "COPY", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MOVE",
        "NOTIFY", "PROPFIND", "PROPPATCH", "PURGE", "REBIND", "REPORT", "SEARCH", "SOURCE", "SUBSCRIBE", "UNBIND",
        "UNLINK", "UNLOCK", "UNSUBSCRIBE"};
    return method == QByteArrayView("POST") ||
           std::any_of(known.begin(), known.end(), [&](const char* one) { return method == QByteArrayView(one); });
}

// "GET /path HTTP/1.1": exactly two spaces, a method that is a token, a target without spaces, a version of ours.
std::optional<ParseError> readRequestLine(RequestHead& head)
{
    const QByteArrayView line = head.startLine;
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (first <= 0 || last <= first + 1)
        return ParseError{400, "a request line that is not method, target and version"};
    head.method = line.first(first);
    head.target = line.sliced(first + 1, last - first - 1);
    if (head.target.contains(' '))
        return ParseError{400, "a request line that is not method, target and version"};
    const QByteArrayView version = line.sliced(last + 1);
    if (version.size() != 8 || !version.startsWith("HTTP/") || version[6] != '.' || version[5] < '0' ||
        version[5] > '9' || version[7] < '0' || version[7] > '9')
        return ParseError{400, "a request line without an HTTP version"};
    if (version[5] != '1' || version[7] > '1')
        return ParseError{505, "an HTTP version other than 1.0 and 1.1"};
    if (!isToken(head.method))
        return ParseError{400, "a method that is not a token"};
    if (!isKnownMethod(head.method))
        return ParseError{501, "a method that is not implemented"};
    head.minorVersion = version[7] - '0';
    return std::nullopt;
}

bool isHostValue(QByteArrayView host)
{
    static constexpr detail::ByteTable mayStand = detail::lettersDigitsAnd(".-_:[]%~");
    return !host.isEmpty() &&
           std::all_of(host.begin(), host.end(), [](char c) { return mayStand[static_cast<unsigned char>(c)]; });
}

} // namespace

std::optional<ParseError> readRequestHead(const MessageLimits& limits, RequestHead& head)
{
    head.expectContinue = false;
    if (auto wrong = readRequestLine(head))
        return wrong;
    const Deciding deciding(head, true);
    head.keepAlive = head.minorVersion == 1 ? !deciding.close : deciding.keepAlive;
    if (auto wrong = readFraming(head, deciding))
        return wrong;
    if (head.method == QByteArrayView("CONNECT"))
        return ParseError{405, "CONNECT is not offered"};
    const bool asterisk = head.target == QByteArrayView("*") && head.method == QByteArrayView("OPTIONS");
    if (!head.target.startsWith('/') && !asterisk)
        return ParseError{400, "a target that is not a path"};
    if (head.target.contains('#'))
        return ParseError{400, "a fragment in the target"};
    if (deciding.hosts != 1 || !isHostValue(deciding.host))
        return ParseError{400, "not exactly one valid Host"};
    if (head.framing == BodyFraming::Length && head.contentLength > limits.bodyBytes)
        return ParseError{413, "a body that is too large"};
    if (deciding.expectations > 0) {
        if (deciding.expectations > 1 || !equalsIgnoringCase(deciding.expectation, "100-continue"))
            return ParseError{417, "an expectation other than 100-continue"};
        head.expectContinue = head.minorVersion == 1 && head.framing != BodyFraming::None;
    }
    return std::nullopt;
}

std::optional<ParseError> readResponseHead(bool bodiless, ResponseHead& head)
{
    // exactly "HTTP/1.x NNN" with an optional reason
    const QByteArrayView line = head.startLine;
    const auto isDigit = [&](qsizetype at) { return line[at] >= '0' && line[at] <= '9'; };
    if (line.size() < 12 || !(line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 ")) ||
        (line.size() > 12 && line[12] != ' ') || !isDigit(9) || !isDigit(10) || !isDigit(11))
        return ParseError{502, "a status line that is not HTTP/1"};
    head.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    head.minorVersion = line[7] - '0';
    if (head.status < 100 || head.status > 599)
        return ParseError{502, "a status outside 100 to 599"};
    const Deciding deciding(head, false);
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
    head.keepAlive = head.framing != BodyFraming::UntilClose && head.minorVersion == 1 && !deciding.close;
    return std::nullopt;
}

} // namespace gateway::http

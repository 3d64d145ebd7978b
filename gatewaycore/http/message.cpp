#include "http/message.h"

#include "http/byte_scan.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace gateway::http {
namespace {

constexpr std::array<bool, 256> makeTokenTable()
{
    std::array<bool, 256> table{};
    for (int c = '0'; c <= '9'; ++c)
        table[c] = true;
    for (int c = 'a'; c <= 'z'; ++c)
        table[c] = table[c - 'a' + 'A'] = true;
    for (const char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
        table[static_cast<unsigned char>(c)] = true;
    return table;
}

constexpr std::array<bool, 256> kToken = makeTokenTable();

constexpr unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

} // namespace

bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size())
        return false;
    for (qsizetype i = 0; i < a.size(); ++i) {
        if (lower(static_cast<unsigned char>(a[i])) != lower(static_cast<unsigned char>(b[i])))
            return false;
    }
    return true;
}

bool isTokenChar(unsigned char c)
{
    return kToken[c];
}

bool isToken(QByteArrayView text)
{
    for (const char c : text) {
        if (!kToken[static_cast<unsigned char>(c)])
            return false;
    }
    return !text.isEmpty();
}

bool isFieldValue(QByteArrayView text)
{
    return firstControl(text) == text.size();
}

QByteArrayView MessageHead::value(QByteArrayView name) const
{
    for (const FieldView& field : fields) {
        if (equalsIgnoringCase(field.name, name))
            return field.value;
    }
    return {};
}

bool MessageHead::has(QByteArrayView name) const
{
    return count(name) > 0;
}

int MessageHead::count(QByteArrayView name) const
{
    int found = 0;
    for (const FieldView& field : fields)
        found += equalsIgnoringCase(field.name, name);
    return found;
}

QByteArrayView RequestHead::path() const
{
    const qsizetype mark = target.indexOf('?');
    return mark < 0 ? target : target.first(mark);
}

QByteArrayView RequestHead::query() const
{
    const qsizetype mark = target.indexOf('?');
    return mark < 0 ? QByteArrayView() : target.sliced(mark + 1);
}

bool appendField(QByteArray& out, QByteArrayView name, QByteArrayView value)
{
    if (!isToken(name) || !isFieldValue(value))
        return false;
    const qsizetype before = out.size();
    out.resize(before + name.size() + value.size() + 4);
    char* to = std::copy(name.begin(), name.end(), out.data() + before);
    *to++ = ':';
    *to++ = ' ';
    to = std::copy(value.begin(), value.end(), to);
    *to++ = '\r';
    *to = '\n';
    return true;
}

bool isFramingField(QByteArrayView name)
{
    switch (name.size()) {
    case 2:
        return equalsIgnoringCase(name, "te");
    case 7:
        return equalsIgnoringCase(name, "upgrade") || equalsIgnoringCase(name, "trailer");
    case 10:
        return equalsIgnoringCase(name, "connection") || equalsIgnoringCase(name, "keep-alive");
    case 14:
        return equalsIgnoringCase(name, "content-length");
    case 16:
        return equalsIgnoringCase(name, "proxy-connection");
    case 17:
        return equalsIgnoringCase(name, "transfer-encoding");
    default:
        return false;
    }
}

const char* reasonPhrase(int status)
{
    switch (status) {
    case 100:
        return "Continue";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 402:
        return "Payment Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 421:
        return "Misdirected Request";
    case 422:
        return "Unprocessable Content";
    case 424:
        return "Failed Dependency";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 505:
        return "HTTP Version Not Supported";
    case 529:
        return "Overloaded";
    default:
        return "Status";
    }
}

} // namespace gateway::http

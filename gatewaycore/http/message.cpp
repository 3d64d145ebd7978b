#include "http/message.h"

#include "http/byte_scan.h"

#include <algorithm>

namespace gateway::http {

bool isFieldValue(QByteArrayView text)
{
    return firstControl(text) == text.size();
}

void MessageHead::keep(QByteArrayView whole)
{
    bytes = whole.toByteArray();
    const char* const copy = bytes.constData();
    const auto moved = [&](QByteArrayView view) {
        return QByteArrayView(copy + (view.data() - whole.data()), view.size());
    };
    startLine = moved(startLine);
    for (FieldView& field : fields)
        field = {moved(field.name), moved(field.value)};
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
    return std::any_of(
        fields.begin(), fields.end(), [&](const FieldView& field) { return equalsIgnoringCase(field.name, name); });
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

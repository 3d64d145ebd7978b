// Our reader of heads against llhttp, which reads none in the product (decisions/0121): what llhttp refuses is never
// taken here, and of what both take, both find the same parts. Corpus heads, and some ten thousand that are put
// together of pieces smugglers use and then damaged, from a fixed seed.
#include "http/message_parser.h"
#include "http_corpus.h"

#include <QTest>

#include <array>
#include <llhttp.h>
#include <random>

using namespace gateway;
using namespace gateway::test;

namespace {

struct Found
{
    bool accepted = false;
    QByteArray method;
    QByteArray target;
    int status = 0;
    int minor = 0;
    QVector<QPair<QByteArray, QByteArray>> fields;

    friend bool operator==(const Found&, const Found&) = default;
};

template <QByteArray Found::*Member>
int onText(llhttp_t* parser, const char* at, std::size_t length)
{
    (static_cast<Found*>(parser->data)->*Member).append(at, qsizetype(length));
    return 0;
}

int onName(llhttp_t* parser, const char* at, std::size_t length)
{
    static_cast<Found*>(parser->data)->fields.last().first.append(at, qsizetype(length));
    return 0;
}

int onValue(llhttp_t* parser, const char* at, std::size_t length)
{
    static_cast<Found*>(parser->data)->fields.last().second.append(at, qsizetype(length));
    return 0;
}

int onFieldEnd(llhttp_t* parser)
{
    auto& fields = static_cast<Found*>(parser->data)->fields;
    fields.last().second = fields.last().second.trimmed();
    fields.append(QPair<QByteArray, QByteArray>());
    return 0;
}

Found byLlhttp(const QByteArray& head, bool request)
{
    Found found;
    found.fields.append(QPair<QByteArray, QByteArray>());
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_method = onText<&Found::method>;
    settings.on_url = onText<&Found::target>;
    settings.on_header_field = onName;
    settings.on_header_value = onValue;
    settings.on_header_value_complete = onFieldEnd;
    settings.on_headers_complete = [](llhttp_t*) -> int { return HPE_PAUSED; };
    llhttp_t parser;
    llhttp_init(&parser, request ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
    parser.data = &found;
    found.accepted = llhttp_execute(&parser, head.constData(), std::size_t(head.size())) == HPE_PAUSED;
    found.status = request ? 0 : parser.status_code;
    found.minor = parser.http_minor;
    found.fields.removeLast();
    return found;
}

void takeFields(Found& found, const http::MessageHead& head)
{
    found.accepted = true;
    found.minor = head.minorVersion;
    for (const http::FieldView& field : head.fields)
        found.fields.append({field.name.toByteArray(), field.value.toByteArray()});
}

Found byUs(const QByteArray& head, bool request)
{
    Found found;
    QByteArrayView bytes(head);
    if (request) {
        http::RequestParser parser{http::MessageLimits{}};
        if (parser.next(bytes) == http::ParseStep::Head) {
            takeFields(found, parser.head());
            found.method = parser.head().method.toByteArray();
            found.target = parser.head().target.toByteArray();
        }
    } else {
        http::ResponseParser parser{http::MessageLimits{}};
        if (parser.next(bytes) == http::ParseStep::Head) {
            takeFields(found, parser.head());
            found.status = parser.head().status;
        }
    }
    return found;
}

// Empty: they agree as far as they must.
QString disagreement(const QByteArray& head, bool request, int& taken)
{
    const Found ours = byUs(head, request);
    if (!ours.accepted)
        return {};
    ++taken;
    const Found theirs = byLlhttp(head, request);
    if (ours == theirs)
        return {};
    return QStringLiteral("%1: %2").arg(
        theirs.accepted ? QStringLiteral("read otherwise") : QStringLiteral("refused by llhttp, taken by us"),
        printable(head));
}

class Smuggler
{
public:
    QByteArray next(bool request)
    {
        static const std::array<const char*, 11> starts{"POST / HTTP/1.1", "GET /a?b#c HTTP/1.0",
            "CONNECT h:1 HTTP/1.1", "PRI * HTTP/1.1", "SOURCE / HTTP/1.1", "PLAY / HTTP/1.1", "OPTIONS * HTTP/1.1",
            "GETX / HTTP/1.1", "UNSUBSCRIBE /{}|\" HTTP/1.1", "GET x HTTP/1.1", "POST / ICE/1.0"};
        static const std::array<const char*, 8> lines{"HTTP/1.1 200 OK", "HTTP/1.0 404", "HTTP/1.1 204 ",
            "HTTP/1.1 2000", "HTTP/1.1 2x0 a", "HTTP/1.1 304 a\xff", "HTTP/1.1 599 a b", "HTTP/2.0 200"};
        static const std::array<const char*, 9> names{"Content-Length", "content-length", "Transfer-Encoding",
            "Connection", "Proxy-Connection", "Upgrade", "Expect", "X-Any", "Content-Lengths"};
        static const std::array<const char*, 22> values{"0", "5", "05", "9223372036854775807", "9223372036854775808",
            "99999999999999999999999", "+5", "5 5", "5,5", "", "chunked", "Chunked", "gzip, chunked", "chunked, gzip",
            "chunked,chunked", "xchunked", "close", "keep-alive, close", "upgrade", "closed", "100-continue",
            "\xc3\xa9"};
        static const std::array<const char*, 6> spaces{"", " ", " ", "  ", "\t", " \t"};
        QByteArray head = request ? one(starts, 2) : one(lines, 2);
        head += "\r\nHost: h\r\n";
        for (unsigned left = below(4); left > 0; --left)
            head += one(names) + ':' + one(spaces) + one(values) + one(spaces) + "\r\n";
        head += "\r\n";
        for (unsigned left = below(3) == 0 ? 1 + below(2) : 0; left > 0; --left) {
            const qsizetype at = qsizetype(below(unsigned(head.size())));
            static constexpr char kBytes[] = " \t\r\n:,#;\0\x7f\x80z";
            const char byte = kBytes[below(sizeof kBytes - 1)];
            if (below(2))
                head[at] = byte;
            else
                head.insert(at, byte);
        }
        return head;
    }

private:
    unsigned below(unsigned limit) { return unsigned(m_random() % limit); }
    template <std::size_t N>
    QByteArray one(const std::array<const char*, N>& list, unsigned first = 1)
    {
        return list[first > 1 && below(first) ? 0 : below(N)]; // the first is the usual one
    }
    std::mt19937 m_random{6};
};

} // namespace

class TestHeadReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void corpus();
    void putTogether();
};

void TestHeadReader::corpus()
{
    for (const bool request : {true, false}) {
        const Corpus corpus = readCorpus(
            qEnvironmentVariable("SIGNALBOX_SOURCE") + (request ? QStringLiteral("/tests/corpus/http/request")
                                                                : QStringLiteral("/tests/corpus/http/response")),
            request ? CorpusKind::Requests : CorpusKind::Responses);
        int taken = 0;
        for (const CorpusCase& one : corpus.cases) {
            // interim answers are read past here; llhttp stops at the first head
            if (!request && one.wire.startsWith("HTTP/1.1 1"))
                continue;
            const QString wrong = disagreement(one.wire, request, taken);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
        QVERIFY2(taken > 20, qPrintable(QString::number(taken)));
    }
}

void TestHeadReader::putTogether()
{
    Smuggler smuggler;
    int taken = 0;
    for (int i = 0; i < 40'000; ++i) {
        const bool request = i % 2 == 0;
        const QString wrong = disagreement(smuggler.next(request), request, taken);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
    QVERIFY2(taken > 2'000, "the pieces make too few heads that are right");
}

QTEST_GUILESS_MAIN(TestHeadReader)
#include "tst_head_reader.moc"

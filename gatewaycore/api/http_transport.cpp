#include "api/http_transport.h"

#include "change_settler.h"
#include "http_event_stream.h"
#include "http_flights.h"

#include <QNetworkInformation>
#include <QPromise>
#include <QUuid>

#include <algorithm>

namespace gateway::api {
namespace {

using Promise = QPromise<Result<AdminReply>>;

// A future that is finished exactly once, also when nobody is left to answer.
class OpenAnswer
{
public:
    explicit OpenAnswer(Error ifGivenUp) : m_promise(std::make_shared<Promise>()), m_ifGivenUp(std::move(ifGivenUp))
    {
        m_promise->start();
    }
    ~OpenAnswer()
    {
        if (m_promise)
            finish(m_ifGivenUp);
    }
    Q_DISABLE_COPY_MOVE(OpenAnswer)

    QFuture<Result<AdminReply>> future() const { return m_promise->future(); }
    void finish(Result<AdminReply> result)
    {
        const auto promise = std::exchange(m_promise, nullptr);
        promise->addResult(std::move(result));
        promise->finish();
    }
    std::shared_ptr<Promise> handOver() { return std::exchange(m_promise, nullptr); }

private:
    std::shared_ptr<Promise> m_promise;
    const Error m_ifGivenUp;
};

// As it stands in a path without being encoded, so that the engine can be asked after it.
bool isPlainKey(const QString& key)
{
    return std::all_of(key.begin(), key.end(),
        [](QChar c) { return c.unicode() < 127 && (c.isLetterOrNumber() || QLatin1String("-._~:@").contains(c)); });
}

HttpTransportOptions tidied(HttpTransportOptions options)
{
    // a pin that is none is kept as it is: it fits no certificate, so everything is refused and nothing is trusted
    for (QString* pin : {&options.pin, &options.nextPin}) {
        if (const QString plain = pinFromText(*pin); !plain.isEmpty())
            *pin = plain;
    }
    return options;
}

} // namespace

// In this order: streams and questions end before what carries them.
struct HttpTransport::Wire
{
    explicit Wire(HttpTransportOptions given) : options(tidied(std::move(given))) {}

    const HttpTransportOptions options;
    LinkKeeper link{options};
    HttpFlights flights{options, link};
    ChangeSettler settler{options, flights, link};
};

HttpTransport::HttpTransport(HttpTransportOptions options) : m_wire(std::make_unique<Wire>(std::move(options)))
{
    // queued: whoever hears of it may destroy us, and this is told from inside
    connect(&m_wire->link, &LinkKeeper::changed, this, &AdminTransport::linkChanged, Qt::QueuedConnection);
    connect(&m_wire->settler, &ChangeSettler::checking, this, &AdminTransport::changeChecking, Qt::QueuedConnection);
    connect(&m_wire->settler, &ChangeSettler::settled, this, &AdminTransport::changeSettled, Qt::QueuedConnection);
    // where somebody has loaded it (makeThreaded does): the network came back
    if (const QNetworkInformation* network = QNetworkInformation::instance()) {
        connect(network, &QNetworkInformation::reachabilityChanged, this,
            [this](QNetworkInformation::Reachability reachability) {
                if (reachability != QNetworkInformation::Reachability::Disconnected)
                    retryNow();
            });
    }
}

HttpTransport::~HttpTransport()
{
    // out of the member first: a continuation of a future that ends here may ask for more, and is refused
    const std::unique_ptr<Wire> wire = std::move(m_wire);
    disconnect(&wire->link, nullptr, this, nullptr);
    disconnect(&wire->settler, nullptr, this, nullptr);
}

QString HttpTransport::description() const
{
    return m_wire ? describe(m_wire->options.base) : QString();
}

LinkStatus HttpTransport::link() const
{
    return m_wire ? m_wire->link.status() : LinkStatus{LinkStatus::State::Unreachable, {}, 0, {}, {}, {}, {}};
}

void HttpTransport::retryNow()
{
    if (!m_wire)
        return;
    m_wire->link.letTry();
    m_wire->settler.retryNow();
}

QFuture<Result<AdminReply>> HttpTransport::send(const AdminRequest& asked)
{
    AdminRequest request = asked;
    const bool isRead = request.method == QLatin1String("GET");
    const bool isChange = !isRead && !request.reason.isEmpty(); // a question needs no reason, a change does
    if (!isRead && request.idempotencyKey.isEmpty())
        request.idempotencyKey = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const QString given = isChange ? QStringLiteral("The connection to %1 was given up; it is not known whether the "
                                                    "change was applied. Operation %2.")
                                         .arg(description(), request.idempotencyKey)
                                   : QStringLiteral("The connection to %1 was given up.").arg(description());
    const auto open = std::make_shared<OpenAnswer>(failure(Failure::Unreachable, given));
    QFuture<Result<AdminReply>> future = open->future();
    if (!m_wire)
        return future;
    if (const auto held = m_wire->link.heldBack()) {
        open->finish(*held);
        return future;
    }
    const Result<QByteArray> bytes = wireRequest(m_wire->options, request);
    if (!bytes || (isChange && !isPlainKey(request.idempotencyKey))) {
        open->finish(bytes ? failure(Failure::Invalid,
                                 QStringLiteral("An Idempotency-Key consists of letters, digits and -._~:@."))
                           : bytes.error());
        return future;
    }
    m_wire->flights.carry(*bytes, isRead,
        [wire = m_wire.get(), open, isChange, key = request.idempotencyKey, path = request.path](
            const Landing& landing) {
            if (landing.reply)
                open->finish(*landing.reply);
            else if (isChange && landing.mayHaveArrived)
                wire->settler.ask(key, path, open->handOver());
            else
                open->finish(landing.error);
        });
    return future;
}

std::unique_ptr<EventStream> HttpTransport::subscribe(qint64 since)
{
    if (!m_wire)
        return std::make_unique<EventStream>(); // asked for by a continuation while we go
    return std::make_unique<HttpEventStream>(m_wire->options, m_wire->link, since);
}

} // namespace gateway::api

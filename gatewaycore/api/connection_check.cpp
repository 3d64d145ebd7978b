#include "api/connection_check.h"

#include "api/engine_status.h"
#include "api/handshake.h"
#include "api/principal.h"
#include "wire_connection.h"

#include <QElapsedTimer>
#include <QHostAddress>
#include <QHostInfo>
#include <QJsonDocument>

#include <algorithm>

namespace gateway::api {
namespace {

using Name = CheckRung::Name;
using State = CheckRung::State;
using Kind = WireTrouble::Kind;

constexpr std::chrono::milliseconds kRungLimit{10'000};
constexpr qint64 kSkewWarningMs = 5'000;
constexpr qint64 kSkewFailureMs = 300'000;
constexpr int kExpirySoonDays = 7;
constexpr qsizetype kLongestBody = 8 * 1024 * 1024;

// The rung that a trouble of a connection belongs to.
Name rungOf(Kind kind)
{
    switch (kind) {
    case Kind::NameUnknown:
        return Name::Dns;
    case Kind::Refused:
    case Kind::NoRoute:
    case Kind::ConnectTimeout:
        return Name::Tcp;
    default:
        return Name::Tls;
    }
}

QString sentenceOf(const QJsonObject& body, int status)
{
    const QString message = body.value(QLatin1String("error")).toObject().value(QLatin1String("message")).toString();
    return message.isEmpty() ? QStringLiteral("The engine answered with status %1.").arg(status) : message;
}

QString inWords(qint64 ms)
{
    const qint64 seconds = std::abs(ms) / 1000;
    if (seconds < 120)
        return QStringLiteral("%1 s").arg(seconds);
    return seconds < 7200 ? QStringLiteral("%1 min").arg(seconds / 60) : QStringLiteral("%1 h").arg(seconds / 3600);
}

} // namespace

QString titleOf(CheckRung::Name name)
{
    switch (name) {
    case Name::Dns:
        return QStringLiteral("Name resolution");
    case Name::Tcp:
        return QStringLiteral("TCP");
    case Name::Tls:
        return QStringLiteral("TLS");
    case Name::Auth:
        return QStringLiteral("Authentication");
    case Name::Role:
        return QStringLiteral("Role");
    case Name::Version:
        return QStringLiteral("Version");
    case Name::Clock:
        return QStringLiteral("Clock");
    case Name::Stream:
        return QStringLiteral("Event stream");
    }
    return {};
}

// The climb itself. One connection carries name, TCP, TLS, auth, role, version and clock; the stream has its own.
class ConnectionCheck::Walk : public QObject
{
public:
    Walk(HttpTransportOptions given, ConnectionCheck& owner) : options(std::move(given)), m_owner(owner)
    {
        if (const QString plain = pinFromText(options.pin); !plain.isEmpty())
            options.pin = plain;
        if (const QString plain = pinFromText(options.nextPin); !plain.isEmpty())
            options.nextPin = plain;
        for (int i = 0; i < 8; ++i) {
            CheckRung rung;
            rung.name = static_cast<Name>(i);
            rungs.append(rung);
        }
        m_limit.setSingleShot(true);
        QObject::connect(&m_limit, &QTimer::timeout, this, [this] { expired(); });
    }
    ~Walk() override
    {
        if (m_lookup >= 0)
            QHostInfo::abortHostLookup(m_lookup);
        drop();
    }

    void begin();

    HttpTransportOptions options;
    QVector<CheckRung> rungs;
    std::optional<CertificateFacts> offered;
    QString role;
    QString engineName;
    QString environment;
    bool isFinished = false;

private:
    std::chrono::milliseconds limit() const { return std::min(options.timeout, kRungLimit); }
    void run(Name name);
    void end(Name name, State state, const QString& detail, const QString& fix = {});
    void fail(Name name, const QString& detail, const QString& fix) // and nothing above it is tried
    {
        end(name, State::Failed, detail, fix);
        finish(QStringLiteral("Not tried, because %1 failed.").arg(titleOf(name)));
    }
    void finish(const QString& whyNotTheRest);
    void expired();
    void drop();
    void troubled(const WireTrouble& trouble);

    void named(const QHostInfo& info);
    void connectNow();
    void verified();
    void ask(const QString& path, std::function<void(int, const QJsonObject&)> answer);
    void heardWho(int status, const QJsonObject& body);
    void heardStatus(int status, const QJsonObject& body);
    void judgeClock(const EngineStatus& status);
    void openStream();

    ConnectionCheck& m_owner;
    WireConnection* m_connection = nullptr;
    QTimer m_limit;
    QElapsedTimer m_rungTime;
    QElapsedTimer m_asked;
    qint64 m_roundTrip = 0;
    QByteArray m_body;
    int m_current = -1;
    int m_lookup = -1;
};

void ConnectionCheck::Walk::run(Name name)
{
    m_current = int(name);
    m_rungTime.start();
    m_limit.start(limit() + std::chrono::milliseconds(50)); // the socket's own limit speaks first: it knows more
    rungs[m_current].state = State::Running;
    Q_EMIT m_owner.rungChanged(m_current);
}

void ConnectionCheck::Walk::end(Name name, State state, const QString& detail, const QString& fix)
{
    CheckRung& rung = rungs[int(name)];
    rung.state = state;
    rung.detail = detail;
    rung.fix = fix;
    rung.ms = state == State::Skipped ? -1 : m_rungTime.elapsed();
    Q_EMIT m_owner.rungChanged(int(name));
}

void ConnectionCheck::Walk::finish(const QString& whyNotTheRest)
{
    if (isFinished)
        return;
    isFinished = true;
    m_limit.stop();
    drop();
    for (const CheckRung& rung : std::as_const(rungs)) {
        if (rung.state == State::Waiting || rung.state == State::Running)
            end(rung.name, State::Skipped, whyNotTheRest);
    }
    Q_EMIT m_owner.finished();
}

void ConnectionCheck::Walk::drop()
{
    if (!m_connection)
        return;
    m_connection->disconnect(this);
    std::exchange(m_connection, nullptr)->deleteLater();
}

void ConnectionCheck::Walk::expired()
{
    const Name name = rungs[m_current].name;
    if (name == Name::Dns) {
        QHostInfo::abortHostLookup(std::exchange(m_lookup, -1));
        return fail(name, QStringLiteral("The resolver did not answer for %1.").arg(options.base.host()),
            QStringLiteral("Check this computer's network, the VPN and the DNS server."));
    }
    fail(name, QStringLiteral("The engine did not answer in time."),
        name == Name::Stream
            ? QStringLiteral("Something between here and the engine may hold back streams; a proxy that buffers does.")
            : QStringLiteral("The engine may be overloaded or stuck; look at its readyz and its log."));
}

void ConnectionCheck::Walk::begin()
{
    run(Name::Dns);
    const QString host = options.base.host();
    const bool isWeb =
        options.base.scheme() == QLatin1String("https") || options.base.scheme() == QLatin1String("http");
    if (!isWeb || host.isEmpty())
        return fail(Name::Dns, QStringLiteral("This is not an address of an engine."),
            QStringLiteral("It is written https://HOST:PORT, for instance https://gw.example:4181."));
    if (!QHostAddress(host).isNull()) {
        end(Name::Dns, State::Ok, QStringLiteral("%1 is an address.").arg(host));
        return connectNow();
    }
    m_lookup = QHostInfo::lookupHost(host, this, [this](const QHostInfo& info) {
        m_lookup = -1;
        named(info);
    });
}

void ConnectionCheck::Walk::named(const QHostInfo& info)
{
    if (isFinished)
        return;
    if (info.addresses().isEmpty())
        return fail(Name::Dns,
            QStringLiteral("The name %1 is not known to this computer's resolver.").arg(options.base.host()),
            QStringLiteral("Check the spelling, the VPN and the DNS server."));
    const int count = int(info.addresses().size());
    end(Name::Dns, State::Ok,
        count == 1 ? info.addresses().first().toString()
                   : QStringLiteral("%1, %2 addresses").arg(info.addresses().first().toString()).arg(count));
    connectNow();
}

void ConnectionCheck::Walk::connectNow()
{
    run(Name::Tcp);
    m_connection = new WireConnection(options);
    QObject::connect(m_connection, &WireConnection::connected, this, [this] {
        end(Name::Tcp, State::Ok, QStringLiteral("Connected to %1.").arg(m_connection->addressText()));
        run(Name::Tls);
    });
    QObject::connect(m_connection, &WireConnection::opened, this, [this] { verified(); });
    QObject::connect(
        m_connection, &WireConnection::failed, this, [this](const WireTrouble& trouble) { troubled(trouble); });
    m_connection->open(limit());
}

void ConnectionCheck::Walk::troubled(const WireTrouble& trouble)
{
    if (isFinished)
        return;
    if (trouble.offered && !trouble.offered->sha256.isEmpty())
        offered = trouble.offered;
    // before the peer is verified the trouble says where it belongs; afterwards it belongs to what is being asked
    const Name current = rungs[m_current].name;
    const Name name = current <= Name::Tls ? std::max(current, rungOf(trouble.kind)) : current;
    if (name == Name::Tls && current == Name::Tcp)
        end(Name::Tcp, State::Skipped, {});
    fail(name, trouble.sentence, trouble.hint);
}

void ConnectionCheck::Walk::verified()
{
    if (options.base.scheme() != QLatin1String("https")) {
        end(Name::Tls, State::Skipped, QStringLiteral("Plain HTTP: this engine is on this computer."));
    } else {
        offered = m_connection->peer();
        const QDateTime now = QDateTime::currentDateTimeUtc();
        const QString how =
            m_connection->isByNextPin() ? QStringLiteral("TLS 1.3, verified by the pin announced as the next one.")
            : options.pin.isEmpty()     ? QStringLiteral("TLS 1.3, verified by the CA (%1).").arg(offered->issuer)
                                        : QStringLiteral("TLS 1.3, verified by the pin.");
        if (offered->notAfter.isValid() && offered->notAfter < now)
            end(Name::Tls, State::Warning,
                how + QStringLiteral(" The certificate expired on %1.").arg(offered->notAfter.toString(Qt::ISODate)),
                QStringLiteral("The pin still identifies the engine; renew the certificate on its side."));
        else if (m_connection->isByNextPin())
            end(Name::Tls, State::Warning, how, QStringLiteral("Take it over as this connection's pin."));
        else if (offered->notAfter.isValid() && now.daysTo(offered->notAfter) < kExpirySoonDays)
            end(Name::Tls, State::Warning,
                how + QStringLiteral(" The certificate expires on %1.").arg(offered->notAfter.toString(Qt::ISODate)),
                QStringLiteral("Renew it on the engine's side, and announce the next pin before."));
        else
            end(Name::Tls, State::Ok, how);
    }
    if (options.token.isEmpty() && options.clientCertificate.isNull())
        return finish(QStringLiteral("Not tried, because no token was given."));
    run(Name::Auth);
    ask(QStringLiteral("/api/v1/whoami"), [this](int status, const QJsonObject& body) { heardWho(status, body); });
}

void ConnectionCheck::Walk::ask(const QString& path, std::function<void(int, const QJsonObject&)> answer)
{
    AdminRequest request;
    request.path = path;
    const Result<QByteArray> bytes = wireRequest(options, request);
    if (!bytes)
        return fail(rungs[m_current].name, bytes.error().message, bytes.error().hint);
    const Name name = rungs[m_current].name;
    if (m_asked.isValid() && !m_connection->mayReuse())
        return fail(name, QStringLiteral("The engine closed the connection after its first answer."),
            QStringLiteral("Something between here and the engine may change requests."));
    m_body.clear();
    QObject::disconnect(m_connection, &WireConnection::bodyArrived, this, nullptr);
    QObject::disconnect(m_connection, &WireConnection::answered, this, nullptr);
    QObject::connect(m_connection, &WireConnection::bodyArrived, this, [this, name](const QByteArray& piece) {
        m_body += piece;
        if (m_body.size() > kLongestBody)
            fail(name, QStringLiteral("The answer is larger than any of an engine."),
                QStringLiteral("Is this the address of the admin listener?"));
    });
    // queued: what follows may write again or let the connection go
    QObject::connect(
        m_connection, &WireConnection::answered, this,
        [this, name, answer = std::move(answer)] {
            if (isFinished || !m_connection)
                return;
            m_roundTrip = m_asked.elapsed();
            QJsonParseError error;
            const QJsonDocument document = QJsonDocument::fromJson(m_body, &error);
            if (error.error != QJsonParseError::NoError || !document.isObject())
                return fail(name,
                    QStringLiteral("What answers at %1 is not a Signalbox engine.").arg(describe(options.base)),
                    QStringLiteral("Is this the address of the admin listener?"));
            answer(m_connection->status(), document.object());
        },
        Qt::QueuedConnection);
    m_asked.start();
    m_connection->write(*bytes);
}

void ConnectionCheck::Walk::heardWho(int status, const QJsonObject& body)
{
    if (status == 401)
        return fail(Name::Auth, sentenceOf(body, status),
            QStringLiteral("Issue a token with `signalboxctl principal issue`, or pair again."));
    if (status == 429)
        return fail(Name::Auth, sentenceOf(body, status),
            QStringLiteral("Wait until the pause for this computer is over, then use the right token."));
    if (status == 404) { // an engine from before roles: its one token is an administrator's
        end(Name::Auth, State::Ok, QStringLiteral("The token is accepted."));
        run(Name::Role);
        role = nameOf(Role::Admin);
        end(Name::Role, State::Warning, QStringLiteral("This engine is older than roles: the token may do everything."),
            QStringLiteral("Update the engine, then issue tokens with the roles that are needed."));
    } else if (status != 200) {
        return fail(Name::Auth, sentenceOf(body, status),
            status == 403 ? QStringLiteral("Attach by a host name that the engine's config lists, with a token.")
                          : QStringLiteral("Look at the engine's log."));
    } else {
        const Result<WhoAmI> who = whoAmIFromJson(body);
        if (!who)
            return fail(Name::Auth,
                QStringLiteral("The engine's answer cannot be understood: %1.").arg(who.error().message),
                QStringLiteral("Compare the versions of this program and of the engine."));
        end(Name::Auth, State::Ok, QStringLiteral("Accepted as %1.").arg(who->name.left(64)));
        run(Name::Role);
        role = nameOf(who->role);
        const QString bound =
            who->tenants.isEmpty()
                ? QString()
                : QStringLiteral(", for %1 alone").arg(who->tenants.mid(0, 5).join(QStringLiteral(", ")));
        const QDateTime now = QDateTime::currentDateTimeUtc();
        if (who->expiresAt && now.daysTo(*who->expiresAt) < kExpirySoonDays)
            end(Name::Role, State::Warning,
                QStringLiteral("%1%2; the token expires on %3.")
                    .arg(role, bound, who->expiresAt->toString(Qt::ISODate)),
                QStringLiteral("Issue another one before."));
        else
            end(Name::Role, State::Ok, role + bound);
    }
    run(Name::Version);
    ask(QStringLiteral("/api/v1/status"), [this](int code, const QJsonObject& answer) { heardStatus(code, answer); });
}

void ConnectionCheck::Walk::heardStatus(int status, const QJsonObject& body)
{
    if (status != 200)
        return fail(Name::Version, sentenceOf(body, status), QStringLiteral("Look at the engine's log."));
    const Result<EngineStatus> engine = engineStatusFromJson(body);
    if (!engine)
        return fail(Name::Version,
            QStringLiteral("The engine's status cannot be understood: %1.").arg(engine.error().message),
            QStringLiteral("Compare the versions of this program and of the engine."));
    engineName = engine->name;
    environment = engine->environment;
    const Handshake handshake = handshakeWith(*engine);
    if (!handshake.works)
        return fail(Name::Version, handshake.sentence,
            QStringLiteral("Use the program of the engine's version, or update the engine."));
    const QString version = QStringLiteral("Engine %1.").arg(engine->version.left(64));
    if (handshake.missing.isEmpty() && handshake.unknown.isEmpty())
        end(Name::Version, State::Ok, version);
    else
        end(Name::Version, State::Warning, version + u' ' + handshake.sentence,
            QStringLiteral("Both work together for what both know; update the older one for the rest."));
    judgeClock(*engine);
}

void ConnectionCheck::Walk::judgeClock(const EngineStatus& status)
{
    run(Name::Clock);
    const QString fix = QStringLiteral("Let both computers keep time with NTP.");
    if (!status.asOf.isValid()) {
        end(Name::Clock, State::Warning, QStringLiteral("The engine does not say what time it has."), fix);
        return openStream();
    }
    // what it says was true about half a round trip ago
    const qint64 skew = QDateTime::currentDateTimeUtc().msecsTo(status.asOf) + m_roundTrip / 2;
    const QString detail = std::abs(skew) < 1000 ? QStringLiteral("The clocks agree.")
                                                 : QStringLiteral("The engine's clock is %1 %2 this computer's.")
                                                       .arg(inWords(skew), skew > 0 ? QStringLiteral("ahead of")
                                                                                    : QStringLiteral("behind"));
    if (std::abs(skew) > kSkewFailureMs)
        return fail(Name::Clock, detail, fix + QStringLiteral(" Times, expiries and data ages would be wrong."));
    end(Name::Clock, std::abs(skew) > kSkewWarningMs ? State::Warning : State::Ok, detail,
        std::abs(skew) > kSkewWarningMs ? fix : QString());
    openStream();
}

void ConnectionCheck::Walk::openStream()
{
    drop();
    run(Name::Stream);
    m_body.clear();
    m_connection = new WireConnection(options);
    QObject::connect(
        m_connection, &WireConnection::opened, this, [this] { m_connection->write(wireStreamRequest(options, -1)); });
    QObject::connect(m_connection, &WireConnection::bodyArrived, this, [this](const QByteArray& piece) {
        if (isFinished)
            return;
        m_body += piece;
        if (m_connection->status() == 200 && m_body.startsWith("event: hello\n")) {
            end(Name::Stream, State::Ok, QStringLiteral("Events arrive."));
            finish({});
        } else if (m_body.size() > 64 * 1024) {
            fail(Name::Stream, QStringLiteral("What comes is not the engine's event stream."),
                QStringLiteral("Something between here and the engine may change answers."));
        }
    });
    QObject::connect(
        m_connection, &WireConnection::answered, this,
        [this] {
            if (isFinished || !m_connection)
                return;
            const int status = m_connection->status();
            if (status == 200)
                return fail(Name::Stream, QStringLiteral("The engine ended the event stream at once."),
                    QStringLiteral("It may be going down; try again."));
            fail(Name::Stream, sentenceOf(QJsonDocument::fromJson(m_body).object(), status),
                QStringLiteral("Close other consoles if too many streams are open, or wait."));
        },
        Qt::QueuedConnection);
    QObject::connect(
        m_connection, &WireConnection::failed, this, [this](const WireTrouble& trouble) { troubled(trouble); });
    m_connection->open(limit());
}

ConnectionCheck::ConnectionCheck(HttpTransportOptions options, QObject* parent)
    : QObject(parent), m_walk(std::make_unique<Walk>(std::move(options), *this))
{
}

ConnectionCheck::~ConnectionCheck() = default;

void ConnectionCheck::start()
{
    if (m_walk->isFinished || m_walk->rungs.first().state != State::Waiting)
        return;
    // later: whoever starts us may still connect to our signals
    QMetaObject::invokeMethod(
        m_walk.get(), [walk = m_walk.get()] { walk->begin(); }, Qt::QueuedConnection);
}

const QVector<CheckRung>& ConnectionCheck::rungs() const
{
    return m_walk->rungs;
}

const std::optional<CertificateFacts>& ConnectionCheck::offered() const
{
    return m_walk->offered;
}

bool ConnectionCheck::isFinished() const
{
    return m_walk->isFinished;
}

bool ConnectionCheck::isGood() const
{
    return m_walk->isFinished && std::none_of(m_walk->rungs.begin(), m_walk->rungs.end(),
                                     [](const CheckRung& rung) { return rung.state == State::Failed; });
}

QString ConnectionCheck::role() const
{
    return m_walk->role;
}

QString ConnectionCheck::engineName() const
{
    return m_walk->engineName;
}

QString ConnectionCheck::environment() const
{
    return m_walk->environment;
}

} // namespace gateway::api

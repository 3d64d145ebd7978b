#include "session/connection_hub.h"

#include "api/local_engine.h"

#include <QPointer>
#include <QPromise>

#include <algorithm>

namespace ui {

using namespace gateway::api;

const QString ConnectionHub::kEmbedded = QStringLiteral("embedded");

namespace {

constexpr qint64 kUsedEverySeconds = 60; // "last used" is written that often and not with every answer

std::optional<Environment> environmentOf(const QString& stated)
{
    for (const Environment each : {Environment::Prod, Environment::Stage, Environment::Local}) {
        if (stated == wordOf(each).toLower())
            return each;
    }
    return std::nullopt;
}

SessionOptions optionsOf(const Connection& connection)
{
    SessionOptions options;
    options.name = connection.name.isEmpty() ? QUrl(connection.url).authority() : connection.name;
    options.environment = connection.environment;
    options.role = connection.role.isEmpty() ? QStringLiteral("viewer") : connection.role;
    options.embedded = false;
    options.readOnly = connection.readOnly;
    return options;
}

// Stands in while the keyring is asked for the token: nothing is sent, nothing fails.
class WaitingTransport final : public AdminTransport
{
public:
    explicit WaitingTransport(QString description) : m_description(std::move(description)) {}
    ~WaitingTransport() override
    {
        for (const auto& question : m_questions) {
            question->addResult(
                failure(Failure::Unreachable, QStringLiteral("The connection was closed before it was opened.")));
            question->finish();
        }
    }
    QFuture<Result<AdminReply>> send(const AdminRequest&) override
    {
        auto question = std::make_shared<QPromise<Result<AdminReply>>>();
        question->start();
        m_questions.push_back(question);
        return question->future();
    }
    std::unique_ptr<EventStream> subscribe(qint64) override { return std::make_unique<EventStream>(); }
    QString description() const override { return m_description; }
    LinkStatus link() const override
    {
        LinkStatus status;
        status.reason = QStringLiteral("The desktop's keyring is asked for the token.");
        return status;
    }

private:
    QString m_description;
    std::vector<std::shared_ptr<QPromise<Result<AdminReply>>>> m_questions;
};

} // namespace

ConnectionHub::ConnectionHub(ConnectionBook& book, SecretStore& secrets, MakeTransport make, QObject* parent)
    : QObject(parent), m_book(book), m_secrets(secrets), m_make(std::move(make))
{
}

ConnectionHub::~ConnectionHub() = default;

std::shared_ptr<Session> ConnectionHub::addEmbedded(std::shared_ptr<AdminTransport> transport, SessionOptions options)
{
    auto session = std::make_shared<Session>(std::move(transport), std::move(options));
    watch(kEmbedded, *session);
    m_entries.push_back({kEmbedded, session});
    m_current = kEmbedded;
    Q_EMIT changed();
    Q_EMIT currentChanged();
    return session;
}

QStringList ConnectionHub::open() const
{
    QStringList ids;
    for (const Entry& entry : m_entries)
        ids.append(entry.id);
    return ids;
}

std::shared_ptr<Session> ConnectionHub::session(const QString& id) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&id](const Entry& e) { return e.id == id; });
    return found == m_entries.end() ? nullptr : found->session;
}

void ConnectionHub::show(const QString& id)
{
    if (!session(id)) {
        const Connection* known = m_book.find(id);
        if (!known)
            return;
        const Connection connection = *known;
        if (!connection.tokenFile.isEmpty()) {
            const Result<QByteArray> token = readToken(connection.tokenFile);
            openSession(connection, m_make(connection, token ? *token : QByteArray()));
        } else {
            // shown at once; the keyring may ask its owner for a password first
            openSession(connection, std::make_shared<WaitingTransport>(connection.url));
            m_secrets.read(id, [this, id, alive = QPointer(this)](const Result<QByteArray>& token) {
                const Connection* still = alive ? m_book.find(id) : nullptr;
                if (still && session(id))
                    openSession(*still, m_make(*still, token ? *token : QByteArray()));
            });
        }
    }
    if (m_current != id) {
        m_current = id;
        Q_EMIT currentChanged();
    }
}

void ConnectionHub::openSession(const Connection& connection, std::shared_ptr<AdminTransport> transport)
{
    auto session = std::make_shared<Session>(std::move(transport), optionsOf(connection));
    watch(connection.id, *session);
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& e) { return e.id == connection.id; });
    const bool isShown = found != m_entries.end() && m_current == connection.id;
    if (found != m_entries.end())
        found->session = session;
    else
        m_entries.push_back({connection.id, session});
    session->start();
    Q_EMIT changed();
    if (isShown)
        Q_EMIT currentChanged();
}

void ConnectionHub::watch(const QString& id, Session& session)
{
    connect(&session, &Session::freshnessChanged, this, &ConnectionHub::changed);
    connect(&session, &Session::linkChanged, this, &ConnectionHub::changed);
    if (id != kEmbedded) {
        connect(&session, &Session::statusChanged, this, [this, id, &session] { learn(id, session); });
        connect(&session, &Session::linkChanged, this, [this, id, &session] { followPin(id, session); });
    }
}

// The engine said over a verified connection which certificate comes next, so its coming is no news.
void ConnectionHub::followPin(const QString& id, const Session& session)
{
    const LinkStatus link = session.link();
    if (link.state != LinkStatus::State::CertificateChanged || !link.offered || this->session(id).get() != &session)
        return;
    if (advancePin(id, *link.offered)) // the transport of before knows the old one only
        QMetaObject::invokeMethod(
            this, [this, id] { reopen(id); }, Qt::QueuedConnection);
}

bool ConnectionHub::advancePin(const QString& id, const CertificateFacts& now)
{
    const Connection* known = m_book.find(id);
    if (!known || known->nextPin.isEmpty() || now.sha256 != known->nextPin)
        return false;
    Connection next = *known;
    next.pin = next.nextPin;
    next.nextPin.clear();
    next.certificate = now;
    m_book.put(next);
    Q_EMIT certificateAdvanced(id);
    return true;
}

void ConnectionHub::learn(const QString& id, const Session& session)
{
    const Connection* known = m_book.find(id);
    const auto& status = session.status();
    if (!known || !status)
        return;
    if (status->certificate && advancePin(id, *status->certificate))
        known = m_book.find(id);
    Connection next = *known;
    const auto stated = environmentOf(status->environment);
    next.environmentPinned = stated.has_value();
    // production is locked from the moment it is known to be production, until somebody says otherwise
    if (stated == Environment::Prod && next.environment != Environment::Prod)
        next.readOnly = true;
    if (stated)
        next.environment = *stated;
    if (next.name.isEmpty())
        next.name = status->name;
    // only an engine that was verified by its pin can say what comes after it
    if (!next.pin.isEmpty())
        next.nextPin = status->nextPin == next.pin ? QString() : pinFromText(status->nextPin);
    if (status->certificate && status->certificate->sha256 == next.pin)
        next.certificate = status->certificate;
    if (session.who()) {
        next.principal = session.who()->name;
        next.role = nameOf(session.who()->role);
    }
    const QString before = next.engineId;
    next.engineId = status->engineId;
    const bool isDue = !next.lastUsed || next.lastUsed->secsTo(session.now()) >= kUsedEverySeconds;
    const auto timeless = [](Connection connection) {
        connection.lastUsed.reset();
        return toJson(connection);
    };
    if (!isDue && timeless(next) == timeless(*known))
        return;
    next.lastUsed = session.now();
    const SessionOptions named = optionsOf(next);
    m_book.put(next);
    if (const auto open = this->session(id)) {
        open->setIdentity(named.name, named.environment);
        open->setReadOnly(named.readOnly);
    }
    if (!before.isEmpty() && !status->engineId.isEmpty() && before != status->engineId)
        Q_EMIT engineReplaced(id, before, status->engineId);
}

void ConnectionHub::close(const QString& id)
{
    const auto removed = std::erase_if(m_entries, [&id](const Entry& entry) { return entry.id == id; });
    if (removed == 0)
        return;
    if (m_current == id)
        m_current = m_entries.empty() ? QString() : m_entries.front().id;
    Q_EMIT changed();
    Q_EMIT currentChanged();
}

void ConnectionHub::reopen(const QString& id)
{
    const Connection* connection = m_book.find(id);
    if (!connection || !session(id))
        return;
    if (!connection->tokenFile.isEmpty()) {
        const Result<QByteArray> token = readToken(connection->tokenFile);
        return openSession(*connection, m_make(*connection, token ? *token : QByteArray()));
    }
    m_secrets.read(id, [this, id, alive = QPointer(this)](const Result<QByteArray>& token) {
        const Connection* still = alive ? m_book.find(id) : nullptr;
        if (still && session(id))
            openSession(*still, m_make(*still, token ? *token : QByteArray()));
    });
}

void ConnectionHub::retryAll()
{
    for (const Entry& entry : m_entries)
        entry.session->retryNow();
}

} // namespace ui

#include "credential/credential_issuer.h"

#include "config/scalars.h"
#include "credential/credential_key.h"
#include "credential/pepper.h"
#include "store/credential_repository.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

#include <future>
#include <mutex>

namespace gateway::credential {
namespace {

using store::CredentialRow;

std::optional<QDateTime> timeOf(qint64 ms)
{
    return ms == 0 ? std::nullopt : std::optional(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC));
}

api::CredentialInfo infoOf(const CredentialRow& row)
{
    return {row.id, row.tenant, row.aliases, row.features, QDateTime::fromMSecsSinceEpoch(row.issuedMs, Qt::UTC),
        timeOf(row.expiresMs), timeOf(row.revokedMs), row.note};
}

QByteArray bytesOf(const KeyHash& hash)
{
    return QByteArray(reinterpret_cast<const char*>(hash.data()), qsizetype(hash.size()));
}

CredentialBookPtr bookOf(const Secret& pepper, const std::vector<CredentialRow>& rows)
{
    std::vector<Credential> credentials;
    credentials.reserve(rows.size());
    for (const CredentialRow& row : rows) {
        Credential credential;
        credential.id = row.id;
        std::copy(row.hash.begin(), row.hash.end(), reinterpret_cast<char*>(credential.hash.data()));
        credential.tenant = row.tenant;
        credential.aliases = row.aliases;
        credential.features = row.features;
        credential.expiresAtMs = row.expiresMs;
        credential.revokedAtMs = row.revokedMs;
        credentials.push_back(std::move(credential));
    }
    return std::make_shared<const CredentialBook>(pepper, std::move(credentials));
}

// Lists of a scope: names, or "*" for all. An empty list of aliases also means all (credential_book.h).
std::optional<QString> wrongIn(const QStringList& scope, const char* what)
{
    for (const QString& name : scope) {
        if (name != QLatin1String("*") && !config::isName(name))
            return QStringLiteral("\"%1\" is not a name of %2.").arg(name.left(80), QLatin1String(what));
    }
    return std::nullopt;
}

std::optional<QString> wrongIn(const api::CredentialRequest& request, qint64 nowMs)
{
    if (!config::isName(request.tenant))
        return QStringLiteral("A credential belongs to a tenant; the name given is not one.");
    if (const auto wrong = wrongIn(request.aliases, "an alias"))
        return wrong;
    if (const auto wrong = wrongIn(request.features, "a feature"))
        return wrong;
    if (request.expiresAt && request.expiresAt->toMSecsSinceEpoch() <= nowMs)
        return QStringLiteral("The credential would have expired already.");
    if (request.note.size() > 500)
        return QStringLiteral("A note has at most 500 characters.");
    return std::nullopt;
}

// What the database remembers of the pepper, to notice another one; it tells nothing about it.
QString checkOf(const Secret& pepper)
{
    return QString::fromLatin1(
        bytesOf(CredentialBook::hashKey(pepper, QByteArrayView("signalbox pepper check"))).toHex());
}

// The remembered check, an empty text if there is none; nullopt if it cannot be read.
std::optional<QString> rememberedCheck(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'pepper_check'")))
        return std::nullopt;
    return query.next() ? query.value(0).toString() : QString();
}

bool rememberCheck(QSqlDatabase& database, const QString& check)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('pepper_check', ?)")))
        return false;
    query.bindValue(0, check);
    return query.exec();
}

api::Error unavailable(const QString& message, const QString& hint = {})
{
    return api::failure(api::Failure::Unavailable, message, hint);
}

} // namespace

struct CredentialIssuer::State
{
    Secret pepper; // constant

    mutable std::mutex mutex; // guards what follows
    std::vector<CredentialRow> rows;
    CredentialBookPtr book;
    Published published;

    // Changes the rows, makes and publishes the book of them. On the store thread, so changes come one after another.
    template <typename Change>
    void change(Change apply)
    {
        Published tell;
        CredentialBookPtr fresh;
        {
            const std::lock_guard lock(mutex);
            apply(rows);
            fresh = book = bookOf(pepper, rows);
            tell = published;
        }
        if (tell)
            tell(fresh);
    }
};

CredentialIssuer::CredentialIssuer(
    store::Store& store, const Clock& clock, RandomSource& random, std::shared_ptr<State> state)
    : m_store(store), m_clock(clock), m_random(random), m_state(std::move(state))
{
}

api::Result<std::unique_ptr<CredentialIssuer>> CredentialIssuer::open(
    store::Store& store, const QString& directory, const Clock& clock, RandomSource& random)
{
    std::optional<std::vector<CredentialRow>> rows;
    std::optional<QString> remembered;
    const bool read = store.submitAndWait([&](QSqlDatabase& database) {
        rows = store::allCredentials(database);
        remembered = rememberedCheck(database);
        return rows && remembered;
    });
    if (!read)
        return unavailable(QStringLiteral("The credentials cannot be read from the database."));
    for (const CredentialRow& row : *rows) {
        if (row.hash.size() != qsizetype(sizeof(KeyHash)))
            return unavailable(QStringLiteral("The credential %1 in the database is damaged.").arg(row.id));
    }
    auto pepper = loadPepper(directory, rows->empty(), random);
    if (!pepper)
        return pepper.error();
    const QString check = checkOf(*pepper);
    if (!rows->empty() && !remembered->isEmpty() && *remembered != check)
        return unavailable(
            QStringLiteral("The pepper in %1 is not the one the credentials were made with.").arg(directory),
            QStringLiteral("Restore the file pepper from the backup the database comes from."));
    if (*remembered != check &&
        !store.submitAndWait([&](QSqlDatabase& database) { return rememberCheck(database, check); }))
        return unavailable(QStringLiteral("The database cannot be written."));

    auto state = std::make_shared<State>();
    state->pepper = *pepper;
    state->rows = std::move(*rows);
    state->book = bookOf(state->pepper, state->rows);
    return std::unique_ptr<CredentialIssuer>(new CredentialIssuer(store, clock, random, std::move(state)));
}

CredentialBookPtr CredentialIssuer::book() const
{
    const std::lock_guard lock(m_state->mutex);
    return m_state->book;
}

QVector<api::CredentialInfo> CredentialIssuer::list() const
{
    const std::lock_guard lock(m_state->mutex);
    QVector<api::CredentialInfo> infos;
    for (const CredentialRow& row : m_state->rows)
        infos.append(infoOf(row));
    return infos;
}

void CredentialIssuer::setPublished(Published published)
{
    const std::lock_guard lock(m_state->mutex);
    m_state->published = std::move(published);
}

void CredentialIssuer::issue(const api::CredentialRequest& request, Alongside alongside, Issued done)
{
    const qint64 now = m_clock.wallMs();
    if (const auto wrong = wrongIn(request, now)) {
        done(api::failure(api::Failure::Invalid, *wrong));
        return;
    }
    const NewKey made = newKey(m_random);
    CredentialRow row;
    row.id = made.id;
    row.hash = bytesOf(CredentialBook::hashKey(m_state->pepper, made.key.reveal()));
    row.tenant = request.tenant;
    row.aliases = request.aliases;
    row.features = request.features;
    row.issuedMs = now;
    row.expiresMs = request.expiresAt ? request.expiresAt->toMSecsSinceEpoch() : 0;
    row.note = request.note;
    const auto work = [row](QSqlDatabase& database) { return store::insertCredential(database, row); };
    m_store.submit(store::Store::together(work, std::move(alongside)),
        [state = m_state, row, key = made.key, done = std::move(done)](bool committed) {
            if (!committed) {
                done(unavailable(QStringLiteral("The credential could not be written, so it was not issued.")));
                return;
            }
            state->change([&row](std::vector<CredentialRow>& rows) { rows.push_back(row); });
            done(api::IssuedCredential{row.id, QString::fromLatin1(key.reveal())});
        });
}

void CredentialIssuer::revoke(const QString& id, Alongside alongside, Revoked done)
{
    std::optional<api::Error> wrong;
    {
        const std::lock_guard lock(m_state->mutex);
        const auto row = std::find_if(
            m_state->rows.begin(), m_state->rows.end(), [&id](const CredentialRow& r) { return r.id == id; });
        if (row == m_state->rows.end())
            wrong = api::failure(api::Failure::NotFound, QStringLiteral("There is no credential %1.").arg(id.left(80)));
        else if (row->revokedMs != 0)
            wrong =
                api::failure(api::Failure::Conflict, QStringLiteral("The credential %1 is revoked already.").arg(id));
    }
    if (wrong) {
        done(*wrong);
        return;
    }
    const qint64 now = std::max<qint64>(m_clock.wallMs(), 1);
    const auto work = [id, now](QSqlDatabase& database) { return store::revokeCredential(database, id, now); };
    m_store.submit(store::Store::together(work, std::move(alongside)), [state = m_state, id, now,
                                                                           done = std::move(done)](bool committed) {
        if (!committed) {
            done(unavailable(
                QStringLiteral("The revocation of %1 could not be written; the credential is still good.").arg(id)));
            return;
        }
        state->change([&](std::vector<CredentialRow>& rows) {
            for (CredentialRow& row : rows) {
                if (row.id == id)
                    row.revokedMs = now;
            }
        });
        done(api::Done{});
    });
}

void CredentialIssuer::rotate(const QString& id, qint64 graceSeconds, store::Store::Work alongside, Issued done)
{
    const qint64 now = std::max<qint64>(m_clock.wallMs(), 1);
    CredentialRow row;
    std::optional<api::Error> wrong;
    {
        const std::lock_guard lock(m_state->mutex);
        const auto old = std::find_if(
            m_state->rows.begin(), m_state->rows.end(), [&id](const CredentialRow& r) { return r.id == id; });
        if (old == m_state->rows.end())
            wrong = api::failure(api::Failure::NotFound, QStringLiteral("There is no credential %1.").arg(id.left(80)));
        else if (old->revokedMs != 0)
            wrong = api::failure(api::Failure::Conflict,
                QStringLiteral("The credential %1 is revoked, so there is nothing to rotate.").arg(id),
                QStringLiteral("Issue a new one."));
        else if (old->expiresMs != 0 && old->expiresMs <= now)
            wrong = api::failure(api::Failure::Conflict,
                QStringLiteral("The credential %1 has expired, so there is nothing to rotate.").arg(id),
                QStringLiteral("Issue a new one."));
        else
            row = *old;
    }
    if (wrong) {
        done(*wrong);
        return;
    }
    const qint64 until =
        row.expiresMs == 0 ? now + graceSeconds * 1000 : std::min(row.expiresMs, now + graceSeconds * 1000);
    const NewKey made = newKey(m_random);
    row.id = made.id;
    row.hash = bytesOf(CredentialBook::hashKey(m_state->pepper, made.key.reveal()));
    row.issuedMs = now;
    const auto work = [row, id, until, alongside = std::move(alongside)](QSqlDatabase& database) {
        return store::insertCredential(database, row) && store::endCredential(database, id, until) &&
               (!alongside || alongside(database));
    };
    m_store.submit(work, [state = m_state, row, id, until, key = made.key, done = std::move(done)](bool committed) {
        if (!committed) {
            done(unavailable(
                QStringLiteral("The new key could not be written; the credential %1 is as it was.").arg(id)));
            return;
        }
        state->change([&](std::vector<CredentialRow>& rows) {
            for (CredentialRow& old : rows) {
                if (old.id == id)
                    old.expiresMs = until;
            }
            rows.push_back(row);
        });
        done(api::IssuedCredential{
            row.id, QString::fromLatin1(key.reveal()), id, QDateTime::fromMSecsSinceEpoch(until, Qt::UTC)});
    });
}

api::Result<api::IssuedCredential> CredentialIssuer::issueAndWait(const api::CredentialRequest& request)
{
    // shared: the waiter may be gone before set_value has returned
    auto promise = std::make_shared<std::promise<api::Result<api::IssuedCredential>>>();
    auto future = promise->get_future();
    issue(request, {}, [promise](api::Result<api::IssuedCredential> result) { promise->set_value(std::move(result)); });
    return future.get();
}

api::Outcome CredentialIssuer::revokeAndWait(const QString& id)
{
    auto promise = std::make_shared<std::promise<api::Outcome>>();
    auto future = promise->get_future();
    revoke(id, {}, [promise](api::Outcome outcome) { promise->set_value(std::move(outcome)); });
    return future.get();
}

} // namespace gateway::credential

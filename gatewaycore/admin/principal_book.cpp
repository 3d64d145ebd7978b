#include "admin/principal_book.h"

#include "config/scalars.h"
#include "credential/credential_book.h"
#include "credential/credential_key.h"
#include "store/store.h"

#include <QSqlDatabase>
#include <QSqlQuery>

#include <algorithm>
#include <mutex>
#include <sodium.h>

namespace gateway::admin {
namespace {

using api::Failure;
using store::PairingRow;
using store::PrincipalRow;

constexpr QByteArrayView kTokenPrefix("sba_");
constexpr QByteArrayView kCodePrefix("sbp_");
constexpr int kLongestNote = 500;
constexpr int kMostTenants = 1000;
constexpr int kWriteUsesMs = 60'000;
constexpr qint64 kMinuteMs = 60'000;
const QString kLocal = QStringLiteral("local-token");
const QString kConsole = QStringLiteral("console");

QByteArray hashOf(const Secret& pepper, QByteArrayView token)
{
    const credential::KeyHash hash =
        credential::CredentialBook::hashKey(pepper, token.first(std::min(token.size(), credential::kLongestKey)));
    return QByteArray(reinterpret_cast<const char*>(hash.data()), qsizetype(hash.size()));
}

bool sameHash(const QByteArray& a, const QByteArray& b)
{
    return a.size() == b.size() && sodium_memcmp(a.constData(), b.constData(), std::size_t(a.size())) == 0;
}

std::optional<QDateTime> timeOf(qint64 ms)
{
    return ms == 0 ? std::nullopt : std::optional(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC));
}

api::Error unavailable(const QString& message, const QString& hint = {})
{
    return api::failure(Failure::Unavailable, message, hint);
}

api::Error noSuch(const QString& name)
{
    return api::failure(Failure::NotFound, QStringLiteral("There is no principal %1.").arg(name.left(64)));
}

// What the database remembers of the pepper, to notice another one; it tells nothing about it.
QByteArray checkOf(const Secret& pepper)
{
    return hashOf(pepper, QByteArrayView("signalbox principals check")).toHex();
}

} // namespace

// The store thread answers through this: when the book is gone there is nobody to answer to.
struct PrincipalBook::Guard
{
    std::mutex mutex;
    PrincipalBook* book = nullptr; // guarded by mutex
};

PrincipalBook::PrincipalBook(store::Store* store, Secret pepper, const Clock& clock, RandomSource& random)
    : m_store(store),
      m_pepper(std::move(pepper)),
      m_clock(clock),
      m_random(random),
      m_guard(std::make_shared<Guard>()),
      m_dummy(qsizetype(sizeof(credential::KeyHash)), Qt::Uninitialized)
{
    m_guard->book = this;
    randombytes_buf(m_dummy.data(), std::size_t(m_dummy.size()));
    connect(&m_useTimer, &QTimer::timeout, this, &PrincipalBook::writeUses);
    if (m_store)
        m_useTimer.start(kWriteUsesMs);
}

PrincipalBook::~PrincipalBook()
{
    writeUses();
    const std::lock_guard lock(m_guard->mutex);
    m_guard->book = nullptr;
}

api::Outcome PrincipalBook::load()
{
    if (!m_store)
        return api::Done{};
    std::optional<std::vector<PrincipalRow>> rows;
    std::optional<std::vector<PairingRow>> pairings;
    std::optional<std::vector<store::PrincipalUse>> uses;
    QByteArray remembered;
    const QByteArray check = checkOf(m_pepper);
    const bool read = m_store->submitAndWait([&](QSqlDatabase& database) {
        store::removePairingsBefore(database, m_clock.wallMs());
        rows = store::allPrincipals(database);
        pairings = store::allPairings(database);
        uses = store::allUses(database);
        QSqlQuery query(database);
        if (!query.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'principals_check'")))
            return false;
        remembered = query.next() ? query.value(0).toByteArray() : QByteArray();
        query.finish();
        if (!rows || !pairings || !uses || (!rows->empty() && !remembered.isEmpty()))
            return rows && pairings && uses;
        return query.prepare(
                   QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('principals_check', ?)")) &&
               (query.bindValue(0, QString::fromLatin1(check)), query.exec());
    });
    if (!read)
        return unavailable(QStringLiteral("The principals of the admin API cannot be read from the database."));
    if (!rows->empty() && !remembered.isEmpty() && remembered != check)
        return unavailable(QStringLiteral("The pepper is not the one the admin tokens were made with."),
            QStringLiteral("Restore the file pepper from the backup the database comes from."));
    for (const PrincipalRow& row : *rows) {
        m_nameById.insert(row.id.toLatin1(), row.name);
        m_rows.insert(row.name, row);
    }
    for (const PairingRow& row : *pairings)
        m_pairings.insert(row.id.toLatin1(), row);
    for (const store::PrincipalUse& use : *uses)
        m_uses.insert(use.name, use);
    return api::Done{};
}

void PrincipalBook::setGrants(std::vector<config::RoleGrant> grants)
{
    m_grants = std::move(grants);
}

const config::RoleGrant* PrincipalBook::grantOf(const QString& name) const
{
    const auto found = std::find_if(
        m_grants.begin(), m_grants.end(), [&name](const config::RoleGrant& grant) { return grant.principal == name; });
    return found == m_grants.end() ? nullptr : &*found;
}

Principal PrincipalBook::principalOf(const PrincipalRow& row) const
{
    Principal principal{row.name, row.role, Principal::By::Token, row.tenants};
    if (const config::RoleGrant* grant = grantOf(row.name)) {
        principal.role = grant->role;
        principal.tenants = grant->tenants;
    }
    principal.id = row.id;
    return principal;
}

PrincipalBook::Holder PrincipalBook::holderOf(QByteArrayView token) const
{
    const QByteArray hash = hashOf(m_pepper, token);
    const qint64 now = m_clock.wallMs();
    Holder holder;
    const QByteArray tokenId = credential::idOf(token, kTokenPrefix).toByteArray();
    const QByteArray codeId = credential::idOf(token, kCodePrefix).toByteArray();
    const auto row = m_rows.constFind(m_nameById.value(tokenId));
    const auto pairing = m_pairings.constFind(codeId);
    const bool isToken = !tokenId.isEmpty() && row != m_rows.constEnd();
    const bool isCode = !codeId.isEmpty() && pairing != m_pairings.constEnd();
    // the same compare for an id that nobody has
    const bool equal = sameHash(hash, isToken ? row->hash : isCode ? pairing->hash : m_dummy);
    if (!equal || (!isToken && !isCode))
        return holder;
    if (isCode) {
        holder.principal = Principal{pairing->makes.name, api::Role::Viewer, Principal::By::Pairing};
        holder.principal.id = pairing->id;
        holder.standing = now >= pairing->expiresMs ? Standing::Expired : Standing::Good;
        return holder;
    }
    holder.principal = principalOf(*row);
    const config::RoleGrant* grant = grantOf(row->name);
    if (row->revokedMs != 0 || (grant && !grant->certificate.isEmpty())) // the file says that it comes otherwise
        holder.standing = Standing::Revoked;
    else if (row->expiresMs != 0 && now >= row->expiresMs)
        holder.standing = Standing::Expired;
    else
        holder.standing = Standing::Good;
    return holder;
}

std::optional<Principal> PrincipalBook::holderOfCertificate(const QByteArray& sha256) const
{
    const QString wanted = QString::fromLatin1(sha256);
    for (const config::RoleGrant& grant : m_grants) {
        if (!wanted.isEmpty() && grant.certificate == wanted)
            return Principal{grant.principal, grant.role, Principal::By::Certificate, grant.tenants};
    }
    return std::nullopt;
}

bool PrincipalBook::isStillGood(const Principal& principal) const
{
    const config::RoleGrant* grant = grantOf(principal.name);
    if (principal.by == Principal::By::Certificate)
        return grant && !grant->certificate.isEmpty() && grant->role == principal.role &&
               grant->tenants == principal.tenants;
    if (principal.by != Principal::By::Token)
        return true;
    const auto row = m_rows.constFind(principal.name);
    if (row == m_rows.constEnd() || row->id != principal.id || row->revokedMs != 0 ||
        (row->expiresMs != 0 && m_clock.wallMs() >= row->expiresMs) || (grant && !grant->certificate.isEmpty()))
        return false;
    const Principal now = principalOf(*row);
    return now.role == principal.role && now.tenants == principal.tenants;
}

void PrincipalBook::noteUse(const Principal& principal)
{
    if (principal.by == Principal::By::Pairing)
        return;
    const qint64 minute = m_clock.wallMs() / kMinuteMs * kMinuteMs;
    store::PrincipalUse& use = m_uses[principal.name];
    if (use.usedMs == minute && use.peer == principal.peer)
        return;
    use = {principal.name, minute, principal.peer};
    m_unwritten.insert(principal.name);
}

// What was not written when the engine is killed is a minute of last uses; nothing rests on it.
void PrincipalBook::writeUses()
{
    if (!m_store || m_unwritten.isEmpty())
        return;
    std::vector<store::PrincipalUse> uses;
    for (const QString& name : std::exchange(m_unwritten, {}))
        uses.push_back(m_uses.value(name));
    m_store->submit(
        [uses = std::move(uses)](QSqlDatabase& database) {
            return std::all_of(
                uses.begin(), uses.end(), [&](const store::PrincipalUse& use) { return store::putUse(database, use); });
        },
        [](bool) {});
}

std::optional<QDateTime> PrincipalBook::expiryOf(const Principal& principal) const
{
    return principal.by == Principal::By::Token ? timeOf(m_rows.value(principal.name).expiresMs) : std::nullopt;
}

api::PrincipalInfo PrincipalBook::infoOf(const QString& name) const
{
    api::PrincipalInfo info;
    info.name = name;
    if (const auto row = m_rows.constFind(name); row != m_rows.constEnd()) {
        info.role = row->role;
        info.tenants = row->tenants;
        info.source = QStringLiteral("token");
        info.note = row->note;
        info.createdAt = timeOf(row->createdMs);
        info.expiresAt = timeOf(row->expiresMs);
        info.revokedAt = timeOf(row->revokedMs);
    }
    if (const config::RoleGrant* grant = grantOf(name)) {
        info.role = grant->role;
        info.tenants = grant->tenants;
        info.source = QStringLiteral("config");
        info.certificate = grant->certificate;
        if (!grant->certificate.isEmpty())
            info.createdAt = info.expiresAt = info.revokedAt = std::nullopt; // an old token says nothing of it
    }
    if (name == kLocal) {
        info.role = api::Role::Admin;
        info.source = QStringLiteral("local");
    }
    if (const auto use = m_uses.constFind(name); use != m_uses.constEnd()) {
        info.lastUsedAt = timeOf(use->usedMs);
        info.lastPeer = use->peer;
    }
    return info;
}

QVector<api::PrincipalInfo> PrincipalBook::list() const
{
    QStringList names = m_rows.keys();
    for (const config::RoleGrant& grant : m_grants)
        names.append(grant.principal);
    names.removeDuplicates();
    names.sort();
    names.prepend(kLocal);
    QVector<api::PrincipalInfo> all;
    for (const QString& name : std::as_const(names))
        all.append(infoOf(name));
    return all;
}

std::optional<api::PrincipalInfo> PrincipalBook::find(const QString& name) const
{
    if (name != kLocal && !m_rows.contains(name) && !grantOf(name))
        return std::nullopt;
    return infoOf(name);
}

// A name that stands for something this book does not make or end.
std::optional<api::Error> PrincipalBook::unchangeable(const QString& name) const
{
    if (name == kLocal)
        return api::failure(Failure::Conflict,
            QStringLiteral("The local token is the file admin.token of the data directory; it is not changed here."),
            QStringLiteral("Delete the file and start the engine again; it makes a new one."));
    if (name == kConsole)
        return api::failure(Failure::Conflict, QStringLiteral("The name console stands for the embedded console."));
    const config::RoleGrant* grant = grantOf(name);
    if (grant && !grant->certificate.isEmpty())
        return api::failure(Failure::Conflict,
            QStringLiteral("%1 comes with the client certificate that the config file names.").arg(name),
            QStringLiteral("Change its entry under roles: and reload the config."));
    if (m_underWay.contains(name))
        return api::failure(Failure::Conflict, QStringLiteral("Another change of %1 is under way.").arg(name));
    return std::nullopt;
}

std::optional<api::Error> PrincipalBook::faultOf(const api::PrincipalRequest& request) const
{
    const auto invalid = [](const QString& message) { return api::failure(Failure::Invalid, message); };
    if (!config::isName(request.name))
        return invalid(QStringLiteral("A principal's name is 1 to 64 characters of A-Z a-z 0-9 . _ -"));
    if (auto fixed = unchangeable(request.name))
        return fixed;
    if (request.tenants.size() > kMostTenants)
        return invalid(QStringLiteral("A principal is bound to at most %1 tenants.").arg(kMostTenants));
    for (const QString& tenant : request.tenants) {
        if (!config::isName(tenant))
            return invalid(QStringLiteral("\"%1\" is not a name of a tenant.").arg(tenant.left(80)));
    }
    if (request.expiresAt && request.expiresAt->toMSecsSinceEpoch() <= m_clock.wallMs())
        return invalid(QStringLiteral("The field \"expires_at\" lies in the past."));
    if (request.note.size() > kLongestNote)
        return invalid(QStringLiteral("A note has at most %1 characters.").arg(kLongestNote));
    const auto row = m_rows.constFind(request.name);
    if (row != m_rows.constEnd() && row->revokedMs == 0 && (row->expiresMs == 0 || row->expiresMs > m_clock.wallMs()))
        return api::failure(Failure::Conflict, QStringLiteral("There is a principal %1 already.").arg(request.name),
            QStringLiteral("Rotate its token, or revoke it first."));
    if (row == m_rows.constEnd() && m_rows.size() >= kMostPrincipals)
        return api::failure(Failure::Conflict, QStringLiteral("At most %1 principals are kept.").arg(kMostPrincipals));
    // nobody shall believe that something else was given than what the file gives
    const config::RoleGrant* grant = grantOf(request.name);
    if (grant && (grant->role != request.role || grant->tenants != request.tenants))
        return api::failure(Failure::Conflict,
            QStringLiteral("The config file gives %1 the role %2%3.")
                .arg(request.name, api::nameOf(grant->role),
                    grant->tenants.isEmpty() ? QString()
                                             : QStringLiteral(" for ") + grant->tenants.join(QStringLiteral(", "))),
            QStringLiteral("Ask for the same, or change its entry under roles: and reload the config."));
    return std::nullopt;
}

PrincipalRow PrincipalBook::rowOf(const api::PrincipalRequest& request) const
{
    PrincipalRow row;
    row.name = request.name;
    row.role = request.role;
    row.tenants = request.tenants;
    row.note = request.note;
    row.createdMs = m_clock.wallMs();
    row.expiresMs = request.expiresAt ? request.expiresAt->toMSecsSinceEpoch() : 0;
    return row;
}

// The work and the mark of the change in one transaction; `done` on the control thread, when it is committed.
void PrincipalBook::commit(
    const QStringList& names, Work work, const Change& change, std::function<void(bool committed)> done)
{
    for (const QString& name : names)
        m_underWay.insert(name);
    const auto finished = [this, names, done = std::move(done)](bool committed) {
        for (const QString& name : names)
            m_underWay.remove(name);
        done(committed);
    };
    if (!m_store) {
        QMetaObject::invokeMethod(
            this, [finished] { finished(true); }, Qt::QueuedConnection);
        return;
    }
    m_store->submit([work = std::move(work), alongside = change.alongside](
                        QSqlDatabase& database) { return work(database) && (!alongside || alongside(database)); },
        [guard = m_guard, finished](bool committed) {
            const std::lock_guard lock(guard->mutex);
            if (guard->book)
                QMetaObject::invokeMethod(
                    guard->book, [finished, committed] { finished(committed); }, Qt::QueuedConnection);
        });
}

void PrincipalBook::issue(const api::PrincipalRequest& request, const Change& change, Done<api::IssuedPrincipal> done)
{
    if (const auto fault = faultOf(request))
        return done(*fault);
    const credential::NewKey made = credential::newKey(m_random, kTokenPrefix);
    PrincipalRow row = rowOf(request);
    row.id = made.id;
    row.hash = hashOf(m_pepper, made.key.reveal());
    commit(
        {row.name}, [row](QSqlDatabase& database) { return store::putPrincipal(database, row); }, change,
        [this, row, key = made.key, done = std::move(done)](bool committed) {
            if (!committed)
                return done(unavailable(QStringLiteral("The principal could not be written, so it was not made.")));
            m_nameById.remove(m_rows.value(row.name).id.toLatin1());
            m_nameById.insert(row.id.toLatin1(), row.name);
            m_rows.insert(row.name, row);
            done(api::IssuedPrincipal{row.name, QString::fromLatin1(key.reveal())});
        });
}

void PrincipalBook::revoke(const QString& name, const Change& change, Done<api::PrincipalInfo> done)
{
    if (!find(name))
        return done(noSuch(name));
    if (const auto fixed = unchangeable(name))
        return done(*fixed);
    const auto row = m_rows.constFind(name);
    if (row == m_rows.constEnd())
        return done(api::failure(Failure::Conflict, QStringLiteral("%1 has no token that could end.").arg(name)));
    if (row->revokedMs != 0)
        return done(infoOf(name));
    const qint64 now = std::max<qint64>(m_clock.wallMs(), 1);
    commit(
        {name}, [name, now](QSqlDatabase& database) { return store::revokePrincipal(database, name, now); }, change,
        [this, name, now, done = std::move(done)](bool committed) {
            if (!committed)
                return done(unavailable(
                    QStringLiteral("The end of %1 could not be written; its token is still good.").arg(name)));
            m_rows[name].revokedMs = now;
            done(infoOf(name));
        });
}

void PrincipalBook::rotate(const QString& name, const Change& change, Done<api::IssuedPrincipal> done)
{
    if (!find(name))
        return done(noSuch(name));
    if (const auto fixed = unchangeable(name))
        return done(*fixed);
    const auto found = m_rows.constFind(name);
    if (found == m_rows.constEnd() || found->revokedMs != 0 ||
        (found->expiresMs != 0 && found->expiresMs <= m_clock.wallMs()))
        return done(api::failure(
            Failure::Conflict, QStringLiteral("%1 has no token in force.").arg(name), QStringLiteral("Issue it one.")));
    const credential::NewKey made = credential::newKey(m_random, kTokenPrefix);
    PrincipalRow row = *found;
    const QByteArray oldId = row.id.toLatin1();
    row.id = made.id;
    row.hash = hashOf(m_pepper, made.key.reveal());
    commit(
        {name}, [row](QSqlDatabase& database) { return store::putPrincipal(database, row); }, change,
        [this, row, oldId, key = made.key, done = std::move(done)](bool committed) {
            if (!committed)
                return done(
                    unavailable(QStringLiteral("The new token of %1 could not be written; the old one is still good.")
                                    .arg(row.name)));
            m_nameById.remove(oldId);
            m_nameById.insert(row.id.toLatin1(), row.name);
            m_rows.insert(row.name, row);
            done(api::IssuedPrincipal{row.name, QString::fromLatin1(key.reveal())});
        });
}

void PrincipalBook::forgetOldPairings()
{
    const qint64 now = m_clock.wallMs();
    m_pairings.removeIf([now](const auto& entry) { return entry.value().expiresMs <= now; });
}

void PrincipalBook::startPairing(
    const api::PrincipalRequest& request, std::chrono::seconds time, const Change& change, Done<api::Pairing> done)
{
    if (const auto fault = faultOf(request))
        return done(*fault);
    if (time < std::chrono::seconds(1) || time > kLongestPairing)
        return done(api::failure(Failure::Invalid,
            QStringLiteral("A pairing code is good for at most %1 minutes.").arg(kLongestPairing.count())));
    forgetOldPairings();
    if (m_pairings.size() >= kMostPairings)
        return done(
            api::failure(Failure::Conflict, QStringLiteral("%1 pairing codes are open already.").arg(kMostPairings),
                QStringLiteral("They end by themselves, within an hour at most.")));
    const credential::NewKey made = credential::newKey(m_random, kCodePrefix);
    PairingRow row;
    row.id = made.id;
    row.hash = hashOf(m_pepper, made.key.reveal());
    row.makes = rowOf(request);
    row.createdMs = m_clock.wallMs();
    row.expiresMs = row.createdMs + std::chrono::milliseconds(time).count();
    const qint64 now = row.createdMs;
    commit(
        {request.name},
        [row, now](QSqlDatabase& database) {
            return store::removePairingsBefore(database, now) && store::insertPairing(database, row);
        },
        change,
        [this, row, key = made.key, done = std::move(done)](bool committed) {
            if (!committed)
                return done(unavailable(QStringLiteral("The pairing code could not be written, so it was not made.")));
            m_pairings.insert(row.id.toLatin1(), row);
            done(api::Pairing{row.makes.name, QString::fromLatin1(key.reveal()), {}, *timeOf(row.expiresMs)});
        });
}

// The code is used up in the transaction that makes the principal, so that of two who hold it one gets in.
void PrincipalBook::claim(const Change& change, Done<api::IssuedPrincipal> done)
{
    const auto found = m_pairings.constFind(change.by.id.toLatin1());
    if (change.by.by != Principal::By::Pairing || found == m_pairings.constEnd() ||
        found->expiresMs <= m_clock.wallMs())
        return done(
            api::failure(Failure::NotPermitted, QStringLiteral("This pairing code has been used or has run out.")));
    api::PrincipalRequest request{
        found->makes.name, found->makes.role, found->makes.tenants, timeOf(found->makes.expiresMs), found->makes.note};
    if (const config::RoleGrant* grant = grantOf(request.name)) { // the file may have changed since the code was made
        request.role = grant->role;
        request.tenants = grant->tenants;
    }
    if (const auto fault = faultOf(request))
        return done(*fault);
    const credential::NewKey made = credential::newKey(m_random, kTokenPrefix);
    PrincipalRow row = rowOf(request);
    row.id = made.id;
    row.hash = hashOf(m_pepper, made.key.reveal());
    const QString code = found->id;
    commit(
        {row.name},
        [row, code](QSqlDatabase& database) {
            return store::removePairing(database, code) && store::putPrincipal(database, row);
        },
        change,
        [this, row, code, key = made.key, done = std::move(done)](bool committed) {
            if (!committed)
                return done(
                    unavailable(QStringLiteral("The principal could not be written; the pairing code is still good.")));
            m_pairings.remove(code.toLatin1());
            m_nameById.remove(m_rows.value(row.name).id.toLatin1());
            m_nameById.insert(row.id.toLatin1(), row.name);
            m_rows.insert(row.name, row);
            done(api::IssuedPrincipal{row.name, QString::fromLatin1(key.reveal())});
        });
}

} // namespace gateway::admin

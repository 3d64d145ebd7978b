#include "engine/break_glass.h"

#include "base/ids.h"
#include "store/grant_repository.h"

#include <algorithm>

namespace gateway::engine {
namespace {

using api::ContentGrant;
using api::Failure;

QString freshId(RandomSource& random)
{
    std::array<unsigned char, 10> bytes{};
    random.fill(bytes);
    return QStringLiteral("cgr_") + QString::fromLatin1(base32Lower(bytes));
}

api::Error unknown(const QString& id)
{
    return api::failure(Failure::NotFound, QStringLiteral("There is no grant %1.").arg(id.left(64)),
        QStringLiteral("GET /api/v1/content/grants lists them; `signalboxctl content grants` does too."));
}

bool isLocal(const QString& principal)
{
    return principal == QLatin1String("console") || principal == QLatin1String("local-token");
}

} // namespace

BreakGlass::BreakGlass(store::Store& store, const Clock& clock, RandomSource& random)
    : m_store(store), m_clock(clock), m_random(random)
{
}

BreakGlass::~BreakGlass()
{
    m_alive.reset();
}

bool BreakGlass::areOnePerson(const QString& one, const QString& other)
{
    return one == other || (isLocal(one) && isLocal(other));
}

api::Outcome BreakGlass::load()
{
    std::optional<std::vector<ContentGrant>> grants;
    m_store.submitAndWait([&grants](QSqlDatabase& database) {
        grants = store::lastGrants(database, kShown);
        return true;
    });
    if (!grants)
        return api::failure(Failure::Unavailable, QStringLiteral("the grants to read content cannot be read"));
    m_grants = QVector<ContentGrant>(grants->begin(), grants->end());
    return api::Done{};
}

QString BreakGlass::stateOf(const ContentGrant& grant) const
{
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    if (grant.endedAt)
        return QStringLiteral("ended");
    if (grant.approvedAt)
        return grant.expiresAt && now < *grant.expiresAt ? QStringLiteral("in-force") : QStringLiteral("expired");
    return now < grant.askedAt.addSecs(ContentGrant::kHoursToApprove * 3600) ? QStringLiteral("asked")
                                                                             : QStringLiteral("lapsed");
}

QVector<ContentGrant> BreakGlass::grants() const
{
    QVector<ContentGrant> all = m_grants;
    for (ContentGrant& grant : all)
        grant.state = stateOf(grant);
    return all;
}

api::Result<ContentGrant> BreakGlass::grant(const QString& id) const
{
    for (ContentGrant grant : m_grants) {
        if (grant.id != id)
            continue;
        grant.state = stateOf(grant);
        return grant;
    }
    return unknown(id);
}

ContentGrant* BreakGlass::find(const QString& id)
{
    const auto found =
        std::find_if(m_grants.begin(), m_grants.end(), [&id](const auto& grant) { return grant.id == id; });
    return found == m_grants.end() ? nullptr : &*found;
}

// On disk first, then in force.
void BreakGlass::write(ContentGrant grant, store::Store::Work alongside, Done<ContentGrant> done)
{
    const auto put = [grant](QSqlDatabase& database) { return store::putGrant(database, grant); };
    m_store.submit(store::Store::together(put, std::move(alongside)),
        [this, alive = std::weak_ptr<bool>(m_alive), grant, done = std::move(done)](bool committed) {
            if (alive.expired())
                return;
            QMetaObject::invokeMethod(
                this,
                [this, grant, done, committed]() mutable {
                    if (!committed)
                        return done(api::failure(Failure::Unavailable,
                            QStringLiteral("The change could not be recorded, so it was not made.")));
                    if (ContentGrant* const known = find(grant.id))
                        *known = grant;
                    else
                        m_grants.prepend(grant);
                    if (m_grants.size() > kShown)
                        m_grants.removeLast();
                    grant.state = stateOf(grant);
                    done(grant);
                },
                Qt::QueuedConnection);
        });
}

void BreakGlass::ask(const api::ContentGrantRequest& request, const admin::Change& change, Done<ContentGrant> done)
{
    ContentGrant grant;
    grant.id = freshId(m_random);
    grant.tenant = request.tenant;
    grant.call = request.call;
    grant.since = request.since;
    grant.until = request.until;
    grant.hours = request.hours;
    grant.askedBy = change.by.name;
    grant.askedAt = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    grant.reason = change.reason;
    write(std::move(grant), change.alongside, std::move(done));
}

void BreakGlass::approve(const QString& id, const admin::Change& change, Done<ContentGrant> done)
{
    ContentGrant* const known = find(id);
    if (!known)
        return done(unknown(id));
    if (stateOf(*known) != QLatin1String("asked"))
        return done(api::failure(Failure::Conflict,
            QStringLiteral("The grant %1 is %2; only one that is asked for can be approved.").arg(id, stateOf(*known)),
            QStringLiteral("Ask for another one.")));
    if (areOnePerson(known->askedBy, change.by.name))
        return done(api::failure(Failure::Conflict,
            QStringLiteral("%1 asked for this grant; another person must approve it.").arg(known->askedBy),
            QStringLiteral(
                "Whoever has the local token is the same person as the console of this engine. Give the other "
                "person a token of their own: signalboxctl principal issue.")));
    ContentGrant grant = *known;
    grant.approvedBy = change.by.name;
    grant.approvalReason = change.reason;
    grant.approvedAt = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    grant.expiresAt = grant.approvedAt->addSecs(grant.hours * 3600);
    write(std::move(grant), change.alongside, std::move(done));
}

void BreakGlass::end(const QString& id, const admin::Change& change, Done<ContentGrant> done)
{
    ContentGrant* const known = find(id);
    if (!known)
        return done(unknown(id));
    ContentGrant grant = *known;
    if (!grant.endedAt) {
        grant.endedBy = change.by.name;
        grant.endedAt = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
        known->endedAt = grant.endedAt; // from now on nobody reads, even while it is being written
        known->endedBy = grant.endedBy;
    }
    write(std::move(grant), change.alongside, std::move(done));
}

const ContentGrant* BreakGlass::covering(
    const QString& reader, const QString& call, const QString& tenant, qint64 startedMs) const
{
    const auto covers = [&](const ContentGrant& grant) {
        if (grant.askedBy != reader || grant.tenant != tenant || stateOf(grant) != QLatin1String("in-force"))
            return false;
        if (!grant.call.isEmpty())
            return grant.call == call;
        return grant.since && grant.until && startedMs >= grant.since->toMSecsSinceEpoch() &&
               startedMs < grant.until->toMSecsSinceEpoch();
    };
    const auto found = std::find_if(m_grants.begin(), m_grants.end(), covers);
    return found == m_grants.end() ? nullptr : &*found;
}

void BreakGlass::countRead(const QString& id, Done<ContentGrant> done)
{
    ContentGrant* const known = find(id);
    if (!known)
        return done(unknown(id));
    ++known->reads; // two at once count two
    known->lastReadAt = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    write(*known, {}, [this, id, done = std::move(done)](const api::Result<ContentGrant>& written) {
        if (!written)
            return done(written);
        // asked again: it may have ended or run out while this was written
        auto now = grant(id);
        if (now && now->state != QLatin1String("in-force"))
            return done(api::failure(Failure::NotPermitted, QStringLiteral("The grant %1 is %2.").arg(id, now->state)));
        done(now);
    });
}

} // namespace gateway::engine

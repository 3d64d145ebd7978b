#include "engine/desk_content.h"

#include "content/retention.h"
#include "observability/log.h"
#include "store/database.h"

#include <QSet>

namespace gateway::engine {
namespace {

using api::Failure;
using content::Vault;
using observability::log;
using observability::LogLevel;

constexpr qint64 kQuarterMs = 900'000;
constexpr qint64 kLongestCallMs = 24 * 3'600'000; // as store/spend_reader.cpp has it

QDateTime at(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

QString wordOf(config::Retain retain)
{
    switch (retain) {
    case config::Retain::None:
        return QStringLiteral("none");
    case config::Retain::Sampled:
        return QStringLiteral("sampled");
    case config::Retain::All:
        return QStringLiteral("all");
    }
    Q_UNREACHABLE();
}

// The same words whether there is such a call, it is another tenant's, or nothing is kept of it.
api::Error noGrant(const QString& call)
{
    return api::failure(Failure::NotPermitted,
        QStringLiteral("No grant in force allows you to read the content of the call %1.").arg(call.left(80)),
        QStringLiteral("Ask for one, with the tenant and the call or a time: signalboxctl content ask; another person "
                       "approves it. Content is kept only where content.retain says so, and only for its ttl."));
}

// A body as text where it is one.
bool isText(const QByteArray& bytes)
{
    return QString::fromUtf8(bytes).toUtf8() == bytes;
}

api::KeptContent shown(const content::KeptCall& kept, const QString& grant)
{
    const bool text = isText(kept.request) && isText(kept.answer);
    const auto spelled = [text](const QByteArray& bytes) {
        return text ? QString::fromUtf8(bytes) : QString::fromLatin1(bytes.toBase64());
    };
    api::KeptContent content;
    content.call = kept.call;
    content.tenant = kept.tenant;
    content.keptAt = at(kept.keptMs);
    content.expiresAt = at(kept.expiresMs);
    content.encoding = text ? QStringLiteral("utf-8") : QStringLiteral("base64");
    content.request = spelled(kept.request);
    content.answer = spelled(kept.answer);
    content.requestCut = kept.requestCut;
    content.answerCut = kept.answerCut;
    content.grant = grant;
    return content;
}

} // namespace

ContentRoom::ContentRoom(Parts& parts)
    : m_parts(parts), m_glass(*parts.store, parts.clock, parts.random), m_retention(*parts.store, parts.clock)
{
}

ContentRoom::~ContentRoom()
{
    m_alive.reset();
    m_keeper.reset();
}

std::optional<api::Error> ContentRoom::start()
{
    if (const api::Outcome loaded = m_glass.load(); !loaded)
        return loaded.error();
    content::KeeperOptions options;
    options.directory = m_parts.options.dataDirectory;
    options.troubled = [](const QString& why) {
        observability::log(observability::LogLevel::Error, "content.not_kept", {{"message", why}});
    };
    m_keeper =
        std::make_unique<content::Keeper>(std::move(options), m_parts.live->content, m_parts.clock, m_parts.random);
    m_keeper->begin();
    configInForce();
    return std::nullopt;
}

void ContentRoom::configInForce()
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    m_retention.setPolicy(snapshot->audit);
    // what is there already is not kept longer than the config says now; who keeps nothing any more keeps what is there
    // until its time, or shreds it
    askKeeper<api::Done>(
        [snapshot](Vault& vault, qint64) -> api::Result<api::Done> {
            const auto sums = vault.sums();
            if (!sums)
                return sums.error();
            for (const Vault::Sum& sum : *sums) {
                const config::ContentPolicy& policy = content::policyOf(*snapshot, sum.tenant);
                if (policy.retain != config::Retain::None && !vault.shorten(sum.tenant, policy.ttl.count()))
                    return api::failure(Failure::Unavailable, vault.trouble());
            }
            return api::Done{};
        },
        [](const api::Result<api::Done>& done) {
            if (!done)
                log(LogLevel::Error, "content.not_shortened", {{"message", done.error().message}});
        });
    m_keeper->purgeSoon();
}

// A budget whose window does not begin at a quarter of an hour is counted from the calls themselves: they must stay.
void ContentRoom::upkeep()
{
    std::optional<qint64> keep;
    for (const budget::AccountStatus& account : m_parts.live->ledger.status()) {
        if (account.window.startMs % kQuarterMs != 0 || account.window.endMs % kQuarterMs != 0)
            keep = std::min(keep.value_or(account.window.startMs), account.window.startMs);
    }
    m_retention.keepSince(keep ? std::optional(*keep - kLongestCallMs) : std::nullopt);
    m_retention.tick();
}

template <typename T>
void ContentRoom::askKeeper(std::function<api::Result<T>(Vault&, qint64)> question, Done<T> done)
{
    m_keeper->ask<T>(std::move(question),
        [this, alive = std::weak_ptr<bool>(m_alive), done = std::move(done)](const api::Result<T>& result) {
            if (alive.expired())
                return;
            QMetaObject::invokeMethod(
                this, [done, result] { done(result); }, Qt::QueuedConnection);
        });
}

api::ContentStatus ContentRoom::statusOf(const std::vector<Vault::Sum>& sums) const
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    const content::Keeper::Health health = m_keeper->health();
    api::ContentStatus status;
    QMap<QString, api::TenantContent> rows;
    const auto rowOf = [&](const QString& tenant) -> api::TenantContent& {
        api::TenantContent& row = rows[tenant];
        const config::ContentPolicy& policy = content::policyOf(*snapshot, tenant);
        row.tenant = tenant;
        row.retain = wordOf(policy.retain);
        row.ttlSeconds = std::chrono::duration_cast<std::chrono::seconds>(policy.ttl).count();
        row.samplePercent = policy.retain == config::Retain::Sampled ? policy.samplePercent : 0;
        return row;
    };
    for (const Vault::Sum& sum : sums) {
        api::TenantContent& row = rowOf(sum.tenant);
        row.items = sum.items;
        row.bytes = sum.bytes;
        row.oldest = at(sum.oldestMs);
    }
    for (const auto& tenant : snapshot->tenants) {
        if (content::policyOf(*snapshot, tenant->name).retain != config::Retain::None)
            rowOf(tenant->name);
    }
    for (const api::TenantContent& row : std::as_const(rows))
        status.tenants.append(row);
    status.bytes = health.bytes;
    status.largestBytes = m_keeper->largestBytes();
    status.kept = health.kept;
    status.dropped = health.dropped;
    status.purged = health.purged;
    if (health.lastPurgeMs > 0)
        status.lastPurge = at(health.lastPurgeMs);
    if (!health.trouble.isEmpty())
        status.sentence = QStringLiteral("Content is not kept: %1").arg(health.trouble);
    else if (rows.isEmpty())
        status.sentence = QStringLiteral("No prompt and no answer is kept.");
    else
        status.sentence = QStringLiteral("Content is kept sealed, and removed at the end of its time.");
    return status;
}

void ContentRoom::status(Done<api::ContentStatus> done)
{
    askKeeper<std::vector<Vault::Sum>>([](Vault& vault, qint64) { return vault.sums(); },
        [this, done = std::move(done)](const api::Result<std::vector<Vault::Sum>>& sums) {
            done(statusOf(sums ? *sums : std::vector<Vault::Sum>())); // what is wrong stands in its sentence
        });
}

void ContentRoom::ask(
    const api::ContentGrantRequest& request, const admin::Change& change, Done<api::ContentGrant> done)
{
    m_glass.ask(request, change, std::move(done));
}

void ContentRoom::approve(const QString& id, const admin::Change& change, Done<api::ContentGrant> done)
{
    m_glass.approve(id, change, std::move(done));
}

void ContentRoom::end(const QString& id, const admin::Change& change, Done<api::ContentGrant> done)
{
    m_glass.end(id, change, std::move(done));
}

void ContentRoom::read(const QString& call, const admin::Principal& reader, Done<api::KeptContent> done)
{
    askKeeper<std::optional<Vault::Place>>([call](Vault& vault, qint64 nowMs) { return vault.find(call, nowMs); },
        [this, call, reader, done = std::move(done)](const api::Result<std::optional<Vault::Place>>& place) {
            if (!place)
                return done(place.error());
            if (!*place || !reader.mayTouch((*place)->tenant))
                return done(noGrant(call));
            readUnder(call, **place, reader.name, done);
        });
}

void ContentRoom::readUnder(
    const QString& call, const Vault::Place& place, const QString& reader, Done<api::KeptContent> done)
{
    const api::ContentGrant* const grant = m_glass.covering(reader, call, place.tenant, place.startedMs);
    if (!grant)
        return done(noGrant(call));
    m_glass.countRead(grant->id, [this, call, done = std::move(done)](const api::Result<api::ContentGrant>& counted) {
        if (!counted)
            return done(counted.error());
        askKeeper<api::KeptContent>(
            [call, grant = counted->id](Vault& vault, qint64 nowMs) -> api::Result<api::KeptContent> {
                const auto kept = vault.read(call, nowMs);
                if (!kept)
                    return kept.error();
                return shown(*kept, grant);
            },
            done);
    });
}

void ContentRoom::shred(const QString& tenant, const admin::Change& change, Done<api::ContentStatus> done)
{
    // in another database than the log: after a crash in between, whether it happened is not known (Kind::Unmarked)
    askKeeper<std::vector<Vault::Sum>>(
        [tenant](Vault& vault, qint64) -> api::Result<std::vector<Vault::Sum>> {
            if (!vault.shred(tenant))
                return api::failure(Failure::Unavailable, vault.trouble());
            return vault.sums();
        },
        [this, tenant, by = change.by.name, done = std::move(done)](const api::Result<std::vector<Vault::Sum>>& sums) {
            if (!sums)
                return done(sums.error());
            log(LogLevel::Info, "content.shredded", {{"tenant", tenant}, {"principal", by}});
            done(statusOf(*sums));
        });
}

void ContentRoom::recordRetention(Done<api::RecordRetention> done)
{
    m_parts.reader->later<store::RecordAge>(
        [](const QString& file) -> api::Result<store::RecordAge> {
            auto connection = store::openReader(file);
            if (!connection)
                return connection.error();
            const auto age = store::recordAge(**connection);
            if (!age)
                return api::failure(Failure::Unavailable, QStringLiteral("The record cannot be read."));
            return *age;
        },
        [this, alive = std::weak_ptr<bool>(m_alive), done = std::move(done)](const api::Result<store::RecordAge>& age) {
            if (alive.expired())
                return;
            if (!age)
                return done(age.error());
            done(m_retention.status(*age));
        });
}

} // namespace gateway::engine

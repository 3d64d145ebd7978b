#include "engine/desk_config.h"

#include "config/change/provenance.h"
#include "engine/draft_book.h"
#include "observability/log.h"
#include "privacy/loosening.h"
#include "routing/route.h"
#include "store/tenant_traffic.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

namespace gateway::engine {
namespace {

using api::Failure;

constexpr qint64 kDayMs = 24 * 3600 * 1000;
constexpr auto kTrafficIsFresh = std::chrono::seconds(30);

bool inZone(const config::Candidate& candidate, const config::Zone* zone)
{
    return *routing::zoneObjection(candidate, zone) == 0;
}

api::Finding asFinding(const config::Problem& problem)
{
    api::Finding finding;
    finding.rule = QStringLiteral("refused");
    finding.file = problem.file;
    finding.line = problem.line;
    finding.column = problem.column;
    finding.field = problem.field;
    finding.message = problem.message;
    finding.suggestion = problem.suggestion;
    return finding;
}

} // namespace

ConfigAsker askerOf(const admin::Change& change)
{
    using By = admin::Principal::By;
    return {change.by.name, change.by.by == By::Embedded || change.by.by == By::LocalToken, change.reason,
        change.alongside};
}

DeskConfig::DeskConfig(Parts& parts, QByteArray fingerprintKey)
    : m_parts(parts), m_fingerprintKey(std::move(fingerprintKey))
{
}

DeskConfig::~DeskConfig() = default;

QVector<api::Revision> DeskConfig::revisions(int limit) const
{
    return m_parts.drafts->revisions(limit);
}

void DeskConfig::revision(int number, admin::Done<api::Revision> done)
{
    m_parts.drafts->revision(number, std::move(done));
}

QVector<api::Draft> DeskConfig::drafts() const
{
    return m_parts.drafts->drafts();
}

api::Result<api::Draft> DeskConfig::draft(const QString& id) const
{
    return m_parts.drafts->draft(id);
}

void DeskConfig::createDraft(
    const api::DraftRequest& request, const admin::Change& change, admin::Done<api::Draft> done)
{
    m_parts.drafts->create(request, askerOf(change), std::move(done));
}

void DeskConfig::saveDraft(
    const QString& id, const api::DraftSave& save, const admin::Change& change, admin::Done<api::Draft> done)
{
    m_parts.drafts->save(id, save, askerOf(change), std::move(done));
}

void DeskConfig::mergeDraft(const QString& id, const admin::Change& change, admin::Done<api::Draft> done)
{
    m_parts.drafts->merge(id, askerOf(change), std::move(done));
}

void DeskConfig::reviewDraft(
    const QString& id, const api::ConfigReview& review, const admin::Change& change, admin::Done<api::Draft> done)
{
    m_parts.drafts->review(id, review, askerOf(change), std::move(done));
}

void DeskConfig::abandonDraft(const QString& id, const admin::Change& change, admin::Done<api::Draft> done)
{
    m_parts.drafts->abandon(id, askerOf(change), std::move(done));
}

api::Findings DeskConfig::validate(const QByteArray& text) const
{
    return m_parts.drafts->check(QStringLiteral("text"), text).findings;
}

void DeskConfig::promote(
    const api::PromoteRequest& request, const admin::Change& change, admin::Done<api::Promotion> done)
{
    m_parts.drafts->promote(request, askerOf(change), std::move(done));
}

void DeskConfig::rollBack(int revision, const admin::Change& change, admin::Done<api::Promotion> done)
{
    m_parts.drafts->rollBack(revision, askerOf(change), std::move(done));
}

void DeskConfig::reviewRevision(
    int number, const api::ConfigReview& review, const admin::Change& change, admin::Done<api::Revision> done)
{
    m_parts.drafts->reviewRevision(number, review, askerOf(change), std::move(done));
}

void DeskConfig::adoptFile(const admin::Change& change, admin::Done<api::Promotion> done)
{
    m_parts.drafts->takeFile(m_parts.config.readFile(), QStringLiteral("adopt"), askerOf(change), std::move(done));
}

// The file gets the running text; what it held is kept beside it. Only ever because somebody asked.
void DeskConfig::revertFile(const admin::Change& change, admin::Done<api::ConfigStanding> done)
{
    const QString path = m_parts.config.file();
    if (path.isEmpty())
        return done(api::failure(Failure::Conflict, QStringLiteral("This engine runs its demo, which has no file.")));
    const QByteArray running = m_parts.config.bytes();
    QFile before(path);
    QString backup;
    if (before.open(QIODevice::ReadOnly)) {
        const QByteArray held = before.readAll();
        if (held != running) {
            backup = QStringLiteral("%1.before-revision-%2").arg(path).arg(m_parts.config.current()->revision);
            QSaveFile copy(backup);
            if (before.error() != QFileDevice::NoError || !copy.open(QIODevice::WriteOnly) ||
                !copy.setPermissions(before.permissions()) || copy.write(held) != held.size() || !copy.commit())
                return done(api::failure(Failure::Unavailable,
                    QStringLiteral("What the file holds cannot be kept as %1: %2.").arg(backup, copy.errorString())));
        }
    }
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(running) != running.size() || !file.commit())
        return done(api::failure(
            Failure::Unavailable, QStringLiteral("The file %1 cannot be written: %2.").arg(path, file.errorString())));
    observability::log(observability::LogLevel::Info, "config.reverted",
        {{"file", path}, {"revision", m_parts.config.current()->revision}, {"principal", change.by.name},
            {"reason", change.reason}});
    m_parts.drafts->fileIsRunning(askerOf(change), [this, done = std::move(done)](const api::Outcome& outcome) {
        if (!outcome)
            return done(outcome.error());
        standing(done);
    });
}

void DeskConfig::withTraffic(std::function<void(config::Traffic)> then)
{
    const Monotonic now = m_parts.clock.monotonic();
    if (m_trafficAt && now - *m_trafficAt < kTrafficIsFresh)
        return then(m_traffic);
    const qint64 since = m_parts.clock.wallMs() - kDayMs;
    m_parts.reader->later<store::TenantTraffic>(
        [since](const QString& file) { return store::readTenantTraffic(file, since); },
        [this, now, alive = std::weak_ptr(m_alive), then = std::move(then)](api::Result<store::TenantTraffic> read) {
            if (!alive.lock())
                return;
            if (read) {
                m_traffic = {true, std::move(*read)};
                m_trafficAt = now;
                return then(m_traffic);
            }
            then({}); // the difference is shown all the same, without numbers
        });
}

void DeskConfig::resolve(const api::DiffSide& side, admin::Done<Side> done)
{
    const int named = (side.revision != 0 ? 1 : 0) + (side.draft.isEmpty() ? 0 : 1) + (side.text ? 1 : 0) + side.file;
    if (named > 1)
        return done(api::failure(
            Failure::Invalid, QStringLiteral("A side is one of a revision, a draft, a text and the file.")));
    const config::SnapshotPtr running = m_parts.config.current();
    if (side.text)
        return done(Side{QStringLiteral("the text"), side.text->toUtf8(), nullptr});
    if (!side.draft.isEmpty()) {
        const api::Result<api::Draft> draft = m_parts.drafts->draft(side.draft);
        if (!draft)
            return done(draft.error());
        return done(Side{QStringLiteral("draft %1").arg(side.draft), draft->text.toUtf8(), nullptr});
    }
    if (side.file) {
        const config::ConfigHolder::Read read = m_parts.config.readFile();
        if (read.bytes.isEmpty())
            return done(
                api::failure(Failure::NotFound, read.problems.isEmpty() ? QStringLiteral("There is no config file.")
                                                                        : config::describe(read.problems.first())));
        return done(Side{QStringLiteral("the file"), read.bytes, nullptr});
    }
    if (side.revision == 0 || side.revision == running->revision)
        return done(Side{QStringLiteral("revision %1").arg(running->revision), m_parts.config.bytes(), running});
    m_parts.drafts->text(side.revision, [number = side.revision, done = std::move(done)](api::Result<QByteArray> text) {
        if (!text)
            return done(text.error());
        done(Side{QStringLiteral("revision %1").arg(number), std::move(*text), nullptr});
    });
}

api::Result<api::DiffReport> DeskConfig::compare(const Side& from, const Side& to, config::Traffic traffic) const
{
    struct Compiled
    {
        std::optional<config::ConfigFile> file;
        config::SnapshotPtr snapshot;
    };
    std::array<Compiled, 2> compiled;
    for (std::size_t i = 0; i < 2; ++i) {
        const Side& side = i == 0 ? from : to;
        config::Problems problems;
        compiled[i].file = config::parseConfig(side.label, side.bytes, problems);
        compiled[i].snapshot = side.snapshot ? side.snapshot : m_parts.config.readText(side.label, side.bytes).snapshot;
        if (!compiled[i].file || !compiled[i].snapshot) {
            const config::ConfigHolder::Read read = m_parts.config.readText(side.label, side.bytes);
            return api::failure(Failure::CheckFailed,
                QStringLiteral("What it does cannot be said, because it does not compile. %1")
                    .arg(read.problems.isEmpty() ? QString() : config::describe(read.problems.first())));
        }
    }
    config::DiffContext context;
    context.inZone = inZone;
    context.fingerprintKey = m_fingerprintKey;
    context.today = QDateTime::fromMSecsSinceEpoch(m_parts.clock.wallMs(), Qt::UTC).date();
    context.traffic = std::move(traffic);
    context.loosens = &privacy::loosens;
    return config::semanticDiff({from.label, *compiled[0].file, *compiled[0].snapshot},
        {to.label, *compiled[1].file, *compiled[1].snapshot}, context);
}

void DeskConfig::diff(const api::DiffSide& from, const api::DiffSide& to, admin::Done<api::DiffReport> done)
{
    resolve(from, [this, to, done = std::move(done)](api::Result<Side> before) {
        if (!before)
            return done(before.error());
        resolve(to, [this, before = std::move(*before), done](api::Result<Side> after) {
            if (!after)
                return done(after.error());
            withTraffic([this, before, after = std::move(*after), done](
                            config::Traffic traffic) { done(compare(before, after, std::move(traffic))); });
        });
    });
}

void DeskConfig::addOrigins(api::ConfigStanding& standing, const config::ConfigHolder::Read& file) const
{
    config::Problems problems;
    const auto running = config::parseConfig(QStringLiteral("running"), m_parts.config.bytes(), problems);
    const auto inFile = config::parseConfig(
        m_parts.config.file().isEmpty() ? QStringLiteral("demo") : m_parts.config.file(), file.bytes, problems);
    if (!running)
        return;
    config::OriginContext context{*running, inFile ? &*inFile : nullptr, standing.revision};
    const GatewayOptions& options = m_parts.options;
    const auto isMap = [&](QStringView listener) {
        const config::Value* server = running->root.member(u"server");
        const config::Value* member = server ? server->member(listener) : nullptr;
        return member && member->type == config::Value::Type::Map;
    };
    for (const auto& [name, address] :
        {std::pair{"gateway", &options.gatewayAddress}, std::pair{"admin", &options.adminAddress}}) {
        const QString member = QLatin1String(name);
        if (!address->isEmpty())
            context.overrides.append(
                {QStringLiteral("server.") + member + (isMap(member) ? QStringLiteral(".listen") : QString()),
                    QStringLiteral("command-line"), QStringLiteral("--") + member, *address});
    }
    // raised limits stand beside the config until their end
    for (const budget::AccountStatus& account : m_parts.live->ledger.status()) {
        if (!account.raisedTo)
            continue;
        const auto& budgets = m_parts.config.current()->budgets;
        for (std::size_t i = 0; i < budgets.size(); ++i) {
            if (budgets[i].scope == account.policy.scope && budgets[i].period == account.policy.period &&
                budgets[i].timeZone == account.policy.timeZone)
                context.overrides.append({QStringLiteral("budgets[%1].amount_usd").arg(i), QStringLiteral("runtime"),
                    QStringLiteral("raised until %1")
                        .arg(QDateTime::fromMSecsSinceEpoch(account.raiseEndsMs, Qt::UTC).toString(Qt::ISODate)),
                    account.raisedTo->toDecimal()});
        }
    }
    standing.fields = config::provenance(context);
}

api::ConfigStanding DeskConfig::standingNow(const config::Traffic& traffic) const
{
    const config::SnapshotPtr running = m_parts.config.current();
    const config::ConfigHolder::Read file = m_parts.config.readFile();
    const QString path = m_parts.config.file();
    api::ConfigStanding standing;
    standing.revision = running->revision;
    standing.hash = QString::fromLatin1(running->contentHash);
    standing.file = path;
    const QByteArray fileHash = file.bytes.isEmpty() ? QByteArray() : config::hashOf(file.bytes);
    standing.fileHash = QString::fromLatin1(fileHash);
    const bool isSame = fileHash == running->contentHash;
    standing.source =
        isSame ? (path.isEmpty() ? QStringLiteral("demo") : QStringLiteral("file")) : QStringLiteral("store");
    const auto held = m_parts.drafts->heldBack(fileHash);
    if (path.isEmpty() && isSame) {
        standing.fileState = QStringLiteral("none");
        standing.fileSentence = QStringLiteral("The engine runs its demo, which has no file.");
    } else if (file.bytes.isEmpty()) {
        standing.fileState = QStringLiteral("missing");
        standing.fileSentence = file.problems.isEmpty() ? QString() : config::describe(file.problems.first());
    } else if (isSame) {
        standing.fileState = QStringLiteral("in_force");
        standing.fileSentence = QStringLiteral("The file is what is in force.");
    } else if (!file.snapshot) {
        standing.fileState = QStringLiteral("refused");
        standing.fileSentence =
            QStringLiteral("The file does not compile; revision %1 stays in force.").arg(standing.revision);
        for (const config::Problem& problem : file.problems)
            standing.fileProblems.append(asFinding(problem));
    } else if (held) {
        standing.fileState = QStringLiteral("held");
        standing.fileSentence =
            QStringLiteral("The file is held back: revision %1 with this text was rolled back by %2, because: %3. "
                           "Adopt takes it all the same.")
                .arg(held->number)
                .arg(held->rolledBackBy, held->rolledBackReason);
        standing.heldBy = held->rolledBackBy;
        standing.heldReason = held->rolledBackReason;
        standing.heldAt = held->rolledBackAt;
    } else if (fileHash == m_parts.drafts->fileHashThen()) {
        standing.fileState = QStringLiteral("unchanged");
        standing.fileSentence =
            QStringLiteral("Revision %1 was put in force past the file, which has not changed since. Adopt takes the "
                           "file; revert writes what is in force into it.")
                .arg(standing.revision);
    } else {
        standing.fileState = QStringLiteral("changed");
        standing.fileSentence =
            QStringLiteral("The file has changed and was not taken yet. A reload (SIGHUP), adopt or a start takes it.");
    }
    standing.drifts = !isSame && file.snapshot;
    if (standing.drifts) {
        const Side now{QStringLiteral("revision %1").arg(standing.revision), m_parts.config.bytes(), running};
        const Side then{QStringLiteral("the file"), file.bytes, file.snapshot};
        if (api::Result<api::DiffReport> drift = compare(now, then, traffic))
            standing.drift = std::move(*drift);
    }
    standing.previous = m_parts.drafts->previous();
    standing.toReview = m_parts.drafts->unreviewed(false);
    standing.overdue = m_parts.drafts->unreviewed(true);
    standing.reviewRequired = running->changes.reviewRequired;
    addOrigins(standing, file);
    return standing;
}

void DeskConfig::standing(admin::Done<api::ConfigStanding> done)
{
    withTraffic([this, done = std::move(done)](const config::Traffic& traffic) { done(standingNow(traffic)); });
}

} // namespace gateway::engine

#include "engine/desk_replay.h"

#include "config/compiler.h"

#include <QDateTime>

#include <algorithm>
#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace gateway::engine {
namespace {

using api::Failure;

constexpr qint64 kUsualPeriodMs = 24 * 3600 * 1000LL;
constexpr int kNice = 10;

// The calls come first: a replay takes what they leave.
void yieldToOthers()
{
#ifdef Q_OS_LINUX
    ::setpriority(PRIO_PROCESS, id_t(::syscall(SYS_gettid)), kNice); // of this thread alone
#endif
}

// Keys play no part: a reference whose key is not here today is no reason not to replay.
config::KeySource anyKeys()
{
    return config::KeySource([](const QByteArray& name) -> std::optional<QByteArray> {
        const QByteArray value = qgetenv(name.constData());
        return value.isEmpty() ? QByteArrayLiteral("replayed") : value;
    });
}

api::Result<config::SnapshotPtr> compiled(const QString& name, const QByteArray& yaml, int revision)
{
    config::Problems problems;
    const auto file = config::parseConfig(name, yaml, problems);
    std::unique_ptr<config::PolicySnapshot> snapshot = file ? config::compile(*file, anyKeys(), problems) : nullptr;
    if (!snapshot) {
        return api::failure(Failure::Invalid, QStringLiteral("The config has %1 problems.").arg(problems.size()),
            config::describe(problems));
    }
    snapshot->revision = revision;
    return config::SnapshotPtr(std::move(snapshot));
}

QDateTime at(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

api::Error unknown(const QString& id)
{
    return api::failure(Failure::NotFound, QStringLiteral("There is no replay %1; the last few are kept until the "
                                                          "engine ends.")
                                               .arg(id.left(64)));
}

} // namespace

DeskReplay::DeskReplay(Services services) : m_services(std::move(services)) {}

DeskReplay::~DeskReplay()
{
    for (const JobPtr& job : m_jobs)
        job->progress.stop = true;
    if (m_thread)
        m_thread->wait();
}

void DeskReplay::start(const api::ReplayRequest& request, const Asker& asker, admin::Done<api::ReplayReport> done)
{
    if (m_running)
        return done(api::failure(Failure::Conflict, QStringLiteral("A replay is running."),
            QStringLiteral("Wait for its end, or cancel it.")));
    if (!request.yaml.isEmpty())
        return begin(request, asker, request.yaml.toUtf8(), QStringLiteral("the text given"), done);
    const auto with = [this, request, asker, done](const QString& against) {
        return [this, request, asker, done, against](const api::Result<QByteArray>& text) {
            if (!text)
                return done(text.error());
            begin(request, asker, *text, against, done);
        };
    };
    if (!request.draft.isEmpty() && m_services.draftText)
        return m_services.draftText(request.draft, with(QStringLiteral("draft ") + request.draft));
    if (request.revision && m_services.revisionText)
        return m_services.revisionText(*request.revision, with(QStringLiteral("revision %1").arg(*request.revision)));
    done(api::failure(Failure::NotFound, QStringLiteral("Drafts and revisions are not kept here."),
        QStringLiteral("Give the config as \"yaml\".")));
}

void DeskReplay::begin(const api::ReplayRequest& request, const Asker& asker, const QByteArray& yaml,
    const QString& against, const admin::Done<api::ReplayReport>& done)
{
    if (m_running) // another one came while the text was fetched
        return done(api::failure(Failure::Conflict, QStringLiteral("A replay is running.")));
    const config::SnapshotPtr inForce = m_services.snapshot();
    const QString name = inForce->sourceFile.isEmpty() ? QStringLiteral("text") : inForce->sourceFile;
    api::Result<config::SnapshotPtr> snapshot = compiled(name, yaml, inForce->revision);
    if (!snapshot)
        return done(snapshot.error());

    const qint64 nowMs = m_services.clock.wallMs();
    replay::ReplayOrder order;
    order.snapshot = *snapshot;
    order.credentials = m_services.credentials();
    order.databaseFile = m_services.databaseFile;
    order.filter.untilMs = request.until ? request.until->toMSecsSinceEpoch() : nowMs + 1;
    order.filter.sinceMs = request.since ? request.since->toMSecsSinceEpoch() : order.filter.untilMs - kUsualPeriodMs;
    order.filter.tenant = request.tenant;
    order.filter.alias = request.alias;
    order.filter.tenants = asker.tenants;
    order.sample = request.sample;
    if (order.filter.sinceMs >= order.filter.untilMs)
        return done(api::failure(Failure::Invalid, QStringLiteral("The period ends before it begins.")));

    const auto job = std::make_shared<Job>();
    job->tenants = asker.tenants;
    api::ReplayReport& report = job->report;
    report.id = QStringLiteral("rpl_%1_%2").arg(nowMs, 0, 36).arg(++m_number);
    report.by = asker.name;
    report.startedAt = at(nowMs);
    report.against = against;
    report.revision = inForce->revision;
    report.since = at(order.filter.sinceMs);
    report.until = at(order.filter.untilMs);
    report.tenant = request.tenant;
    report.alias = request.alias;
    m_jobs.insert(m_jobs.begin(), job);
    if (m_jobs.size() > kKept)
        m_jobs.pop_back();

    if (m_thread)
        m_thread->wait(); // the one before has told its end already
    m_running = true;
    m_thread.reset(QThread::create([this, job, order] { run(job, order); }));
    m_thread->setObjectName(QStringLiteral("replay"));
    m_thread->start();
    done(reportOf(*job));
}

// On the replay's thread.
void DeskReplay::run(const JobPtr& job, const replay::ReplayOrder& order)
{
    yieldToOthers();
    m_services.catchUp();
    api::Result<replay::ReplayOutcome> outcome = replay::replay(order, job->progress);
    QMetaObject::invokeMethod(
        this, [this, job, outcome = std::move(outcome)]() mutable { ended(job, std::move(outcome)); },
        Qt::QueuedConnection);
}

void DeskReplay::ended(const JobPtr& job, api::Result<replay::ReplayOutcome> outcome)
{
    m_running = false;
    const api::ReplayReport frame = job->report;
    if (!outcome) {
        job->report.state = QStringLiteral("failed");
        job->report.error = outcome.error().message;
    } else if (outcome->stopped) {
        job->report.state = QStringLiteral("cancelled");
    } else {
        job->report = std::move(outcome->report);
        job->report.id = frame.id;
        job->report.by = frame.by;
        job->report.startedAt = frame.startedAt;
        job->report.against = frame.against;
        job->report.revision = frame.revision;
        job->report.since = frame.since;
        job->report.until = frame.until;
        job->report.tenant = frame.tenant;
        job->report.alias = frame.alias;
        job->report.state = QStringLiteral("done");
        job->changes = std::move(outcome->changes);
    }
    job->report.endedAt = at(m_services.clock.wallMs());
}

// One that covers more than they may see is not there for them.
bool DeskReplay::isSeen(const Job& job, const QStringList& tenants)
{
    if (tenants.isEmpty())
        return true;
    if (!job.report.tenant.isEmpty())
        return tenants.contains(job.report.tenant);
    return !job.tenants.isEmpty() && std::all_of(job.tenants.begin(), job.tenants.end(),
                                         [&](const QString& one) { return tenants.contains(one); });
}

api::ReplayReport DeskReplay::reportOf(const Job& job)
{
    api::ReplayReport report = job.report;
    report.done = job.progress.done;
    report.total = job.progress.total;
    return report;
}

DeskReplay::JobPtr DeskReplay::find(const QString& id, const QStringList& tenants) const
{
    for (const JobPtr& job : m_jobs) {
        if (job->report.id == id && isSeen(*job, tenants))
            return job;
    }
    return nullptr;
}

QVector<api::ReplayReport> DeskReplay::list(const QStringList& tenants) const
{
    QVector<api::ReplayReport> reports;
    for (const JobPtr& job : m_jobs) {
        if (isSeen(*job, tenants))
            reports.append(reportOf(*job));
    }
    return reports;
}

api::Result<api::ReplayReport> DeskReplay::report(const QString& id, const QStringList& tenants) const
{
    const JobPtr job = find(id, tenants);
    if (!job)
        return unknown(id);
    return reportOf(*job);
}

api::Result<api::ReplayChangePage> DeskReplay::changes(
    const QString& id, const api::ReplayChangeQuery& query, const QStringList& tenants) const
{
    const JobPtr job = find(id, tenants);
    if (!job)
        return unknown(id);
    bool isNumber = query.after.isEmpty();
    const qint64 after = query.after.isEmpty() ? 0 : query.after.toLongLong(&isNumber);
    if (!isNumber || after < 0)
        return api::failure(Failure::Invalid, QStringLiteral("The cursor is not one of ours."));
    api::ReplayChangePage page;
    for (const api::ReplayChange& change : std::as_const(job->changes)) {
        const bool fits = (query.effect.isEmpty() || query.effect == change.effect) &&
                          (query.tenant.isEmpty() || query.tenant == change.tenant) &&
                          (query.alias.isEmpty() || query.alias == change.alias);
        if (!fits)
            continue;
        if (page.total++ >= after && page.changes.size() < query.limit)
            page.changes.append(change);
    }
    if (after + page.changes.size() < page.total)
        page.next = QString::number(after + page.changes.size());
    return page;
}

api::Result<api::ReplayReport> DeskReplay::cancel(const QString& id, const QStringList& tenants)
{
    const JobPtr job = find(id, tenants);
    if (!job)
        return unknown(id);
    job->progress.stop = true;
    return reportOf(*job);
}

} // namespace gateway::engine

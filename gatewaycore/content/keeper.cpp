#include "content/keeper.h"

namespace gateway::content {
namespace {

using namespace std::chrono_literals;

constexpr auto kTurn = 1000ms; // without anything to do
constexpr auto kBetweenOpenings = 30s;
constexpr int kPiece = 200; // calls removed in one transaction

} // namespace

Keeper::Keeper(KeeperOptions options, Intake& intake, const Clock& clock, RandomSource& random)
    : m_options(std::move(options)), m_intake(intake), m_clock(clock), m_random(random)
{
    setObjectName(QStringLiteral("content"));
}

Keeper::~Keeper()
{
    m_stop = true;
    m_intake.setOpen(false);
    m_intake.wake();
    wait();
    for (const Job& job : std::exchange(m_jobs, {}))
        job(nullptr, 0, QStringLiteral("the engine is going down."));
}

void Keeper::begin()
{
    start(QThread::LowPriority);
}

void Keeper::post(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_intake.wake();
}

void Keeper::purgeSoon()
{
    m_purgeNow = true;
    m_intake.wake();
}

Keeper::Health Keeper::health() const
{
    const std::lock_guard lock(m_mutex);
    Health health = m_health;
    health.dropped = m_intake.dropped();
    return health;
}

void Keeper::setTrouble(const QString& trouble)
{
    bool isNew = false;
    {
        const std::lock_guard lock(m_mutex);
        isNew = m_health.trouble != trouble;
        m_health.trouble = trouble;
        m_health.isKeeping = m_vault != nullptr;
    }
    if (isNew && !trouble.isEmpty() && m_options.troubled)
        m_options.troubled(trouble);
}

void Keeper::open()
{
    if (m_vault || m_clock.monotonic() < m_nextOpen)
        return;
    m_nextOpen = m_clock.monotonic() + kBetweenOpenings;
    auto vault = Vault::open(m_options.directory, m_random, m_clock.wallMs());
    if (vault)
        m_vault = std::move(*vault);
    m_intake.setOpen(m_vault != nullptr);
    setTrouble(vault ? QString() : vault.error().message);
    if (m_vault) {
        const std::lock_guard lock(m_mutex);
        m_health.bytes = m_vault->bytes();
    }
}

void Keeper::run()
{
    while (!m_stop) {
        open();
        keep(m_intake.take(kTurn));
        runJobs();
        purgeIfTime();
    }
    keep(m_intake.take(0ms));
    runJobs();
    m_vault.reset(); // here: the connection belongs to this thread
}

void Keeper::runJobs()
{
    std::deque<Job> jobs;
    QString why;
    {
        const std::lock_guard lock(m_mutex);
        jobs.swap(m_jobs);
        why = m_health.trouble;
    }
    for (const Job& job : jobs)
        job(m_vault.get(), m_clock.wallMs(), why);
    if (m_vault && !jobs.empty()) {
        const std::lock_guard lock(m_mutex);
        m_health.bytes = m_vault->bytes();
    }
}

void Keeper::keep(const std::vector<KeptCall>& calls)
{
    if (calls.empty())
        return;
    if (!m_vault || !m_vault->keep(calls)) {
        m_intake.drop(qint64(calls.size()));
        if (m_vault)
            setTrouble(m_vault->trouble());
        return;
    }
    m_vault->settle(false);
    setTrouble({});
    const std::lock_guard lock(m_mutex);
    m_health.kept += qint64(calls.size());
    m_health.bytes = m_vault->bytes();
}

void Keeper::purgeIfTime()
{
    const bool now = m_purgeNow.exchange(false);
    if (!m_vault || (!now && m_clock.monotonic() < m_nextPurge))
        return;
    m_nextPurge = m_clock.monotonic() + m_options.purgeEvery;
    qint64 removed = 0;
    std::optional<qint64> piece;
    do {
        piece = m_vault->purge(m_clock.wallMs(), m_options.largestBytes, kPiece);
        removed += piece.value_or(0);
    } while (piece.value_or(0) > 0 && !m_stop);
    if (!piece)
        setTrouble(m_vault->trouble());
    if (removed > 0)
        m_vault->settle(true);
    const std::lock_guard lock(m_mutex);
    m_health.purged += removed;
    m_health.bytes = m_vault->bytes();
    m_health.lastPurgeMs = m_clock.wallMs();
}

} // namespace gateway::content

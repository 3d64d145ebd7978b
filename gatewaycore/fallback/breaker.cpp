#include "fallback/breaker.h"

#include <algorithm>

namespace gateway::fallback {

using namespace std::chrono;

namespace {

constexpr qint64 kLeastForShare = 20; // fewer attempts say nothing of a share

QString seconds(milliseconds time)
{
    return QString::number(double(time.count()) / 1000.0, 'g', 3) + QStringLiteral(" s");
}

} // namespace

Breaker::Breaker(const BreakerOptions& options, quint64 seed) : m_options(options), m_seed(seed) {}

quint64 Breaker::random() // splitmix64
{
    quint64 x = m_seed += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

// --- the window

qint64 Breaker::sliceAt(Monotonic at) const
{
    return at / std::max(nanoseconds(1), nanoseconds(m_options.window) / kSlices);
}

Breaker::Counts Breaker::window(Monotonic at) const
{
    Counts sum;
    const qint64 newest = sliceAt(at);
    for (const Slice& slice : m_slices) {
        if (slice.index < 0 || slice.index <= newest - kSlices)
            continue;
        sum.good += slice.counts.good;
        sum.failed += slice.counts.failed;
        sum.throttled += slice.counts.throttled;
        sum.answers += slice.counts.answers;
        sum.slow += slice.counts.slow;
    }
    return sum;
}

void Breaker::clearWindow()
{
    m_slices.fill({});
    m_throttlesInARow = 0;
}

void Breaker::count(Now now, const Report& report, bool slow)
{
    const qint64 index = sliceAt(now.monotonic);
    Slice& slice = m_slices[std::size_t(index % kSlices)];
    if (slice.index != index)
        slice = {index, {}};
    switch (report.end) {
    case AttemptEnd::Good:
        ++slice.counts.good;
        m_throttlesInARow = 0;
        if (report.firstToken && report.slowFrom) {
            ++slice.counts.answers;
            slice.counts.slow += slow;
        }
        break;
    case AttemptEnd::Failed:
        ++slice.counts.failed;
        break;
    case AttemptEnd::Throttled:
        ++slice.counts.throttled;
        // a whole window without one: not the same trouble any more
        if (now.monotonic - m_lastThrottle > m_options.window)
            m_throttlesInARow = 0;
        ++m_throttlesInARow;
        m_lastThrottle = now.monotonic;
        break;
    case AttemptEnd::Neutral:
        break;
    }
}

// Closed: does the window say that this must stop?
void Breaker::judge(Now now)
{
    if (m_throttlesInARow >= m_options.sustainedThrottles) {
        open(now, QStringLiteral("The last %1 answers were 429 or 529, without a success between them.")
                      .arg(m_throttlesInARow));
        return;
    }
    const Counts counts = window(now.monotonic);
    // throttled attempts say that the provider is busy, not that it is broken; mixed in they would hide failures
    const qint64 weighed = counts.good + counts.failed;
    if (weighed >= m_options.leastAttempts && counts.failed * 100 >= weighed * m_options.failurePercent) {
        open(now, QStringLiteral("Of %1 attempts within %2 that were not throttled, %3 failed.")
                      .arg(weighed)
                      .arg(seconds(m_options.window))
                      .arg(counts.failed));
        return;
    }
    // more than 5 % are above it, exactly when the 95th percentile is above it
    if (counts.answers >= m_options.leastAnswers && counts.slow >= m_options.leastSlow &&
        counts.slow * 20 > counts.answers) {
        open(now, QStringLiteral("Of %1 answers within %2, %3 took more than %4 times what is usual to their first "
                                 "token.")
                      .arg(counts.answers)
                      .arg(seconds(m_options.window))
                      .arg(counts.slow)
                      .arg(m_options.slowFactor));
    }
}

// --- changes of state

void Breaker::open(Now now, const QString& reason)
{
    // reopened soon after it closed: the same trouble, so the pause goes on doubling
    if (m_own == BreakerState::Closed) {
        if (!m_closedAt || now.monotonic - *m_closedAt > m_options.longestPause)
            m_openings = 0;
        m_openedAtMs = now.wallMs;
    }
    nanoseconds pause = m_options.firstPause;
    for (int i = 0; i < m_openings && pause < m_options.longestPause; ++i)
        pause *= 2;
    pause = std::min<nanoseconds>(pause, m_options.longestPause);
    ++m_openings;
    const nanoseconds half = pause / 2;
    const nanoseconds jitter(qint64(random() % quint64(half.count() + 1)));
    m_openUntil = std::max(now.monotonic + half + jitter, m_notBefore);
    m_own = BreakerState::Open;
    m_reason = reason;
    m_probe.reset();
    ++m_episode;
    ++m_changes;
}

void Breaker::halfOpen()
{
    m_own = BreakerState::HalfOpen;
    m_probesGood = 0;
    m_probe.reset();
    ++m_changes;
}

void Breaker::close(Now now)
{
    m_own = BreakerState::Closed;
    m_closedAt = now.monotonic;
    m_reason.clear();
    m_probe.reset();
    clearWindow(); // what was measured before the pause would open it again at once
    ++m_episode;
    ++m_changes;
}

void Breaker::force(Now now, std::optional<BreakerState> state, const QString& reason, qint64 untilMs)
{
    if (m_force)
        endForce(now);
    if (!state || untilMs <= now.wallMs)
        return;
    // kept on monotonic time: a jump of the wall clock neither ends nor prolongs it
    m_force = Force{*state, reason, now.monotonic + milliseconds(untilMs - now.wallMs), untilMs};
    if (*state == BreakerState::Closed)
        clearWindow();
    else if (m_own == BreakerState::Closed)
        m_openedAtMs = now.wallMs;
    m_probesGood = 0;
    m_probe.reset();
    ++m_episode;
    ++m_changes;
}

void Breaker::endForce(Now now)
{
    const BreakerState was = m_force->state;
    m_force.reset();
    if (was == BreakerState::Closed) {
        m_own = BreakerState::Closed;
        m_closedAt = now.monotonic;
        m_reason.clear();
    } else {
        m_own = BreakerState::HalfOpen;
        m_reason = QStringLiteral("It was forced %1 until now and has to pass its probes.").arg(nameOf(was));
    }
    m_probesGood = 0;
    m_probe.reset();
    ++m_episode;
    ++m_changes;
}

// --- what the outside asks

void Breaker::tick(Now now)
{
    if (m_force && now.monotonic >= m_force->until)
        endForce(now);
    if (m_probe && now.monotonic - m_probe->begun >= m_options.probeTimeout)
        m_probe.reset();
    if (!m_force && m_own == BreakerState::Open && now.monotonic >= m_openUntil)
        halfOpen();
}

AttemptPass Breaker::admit(Now now)
{
    switch (state()) {
    case BreakerState::Closed:
        return {true, false, m_episode, 0};
    case BreakerState::Open:
        break;
    case BreakerState::HalfOpen:
        if (m_probe)
            break;
        m_probe = Probe{++m_probes, now.monotonic};
        return {true, true, m_episode, m_probe->number};
    }
    return {};
}

void Breaker::report(Now now, const AttemptPass& pass, const Report& report)
{
    const bool slow = report.firstToken && report.slowFrom && *report.firstToken > *report.slowFrom;
    if (report.retryAfter && report.end != AttemptEnd::Good) {
        const milliseconds wait = std::clamp(*report.retryAfter, milliseconds(0), m_options.longestRetryAfter);
        m_notBefore = std::max(m_notBefore, now.monotonic + wait);
        if (m_own == BreakerState::Open)
            m_openUntil = std::max(m_openUntil, m_notBefore);
    }
    if (m_probe && pass.probe && m_probe->number == pass.number)
        m_probe.reset();
    if (pass.episode != m_episode)
        return;
    count(now, report, slow);
    if (m_force)
        return;
    if (pass.probe)
        probeReported(now, report.end, slow);
    else if (m_own == BreakerState::Closed)
        judge(now);
}

void Breaker::probeReported(Now now, AttemptEnd end, bool slow)
{
    if (m_own != BreakerState::HalfOpen || end == AttemptEnd::Neutral)
        return;
    if (end == AttemptEnd::Good && !slow) {
        if (++m_probesGood >= m_options.probesToClose)
            close(now);
        return;
    }
    open(now, end == AttemptEnd::Throttled ? QStringLiteral("A probe was answered with 429 or 529.")
              : end == AttemptEnd::Failed  ? QStringLiteral("A probe failed.")
                                           : QStringLiteral("A probe was answered, but far slower than usual."));
}

std::optional<qint64> Breaker::nextProbeAtMs(Now now) const
{
    const auto wallOf = [&](Monotonic at) {
        return now.wallMs + duration_cast<milliseconds>(std::max(Monotonic(0), at - now.monotonic)).count();
    };
    switch (state()) {
    case BreakerState::Closed:
        return std::nullopt;
    case BreakerState::Open:
        return m_force ? m_force->untilMs : wallOf(m_openUntil);
    case BreakerState::HalfOpen:
        return m_probe ? wallOf(m_probe->begun + m_options.probeTimeout) : now.wallMs;
    }
    return std::nullopt;
}

void Breaker::fill(Now now, HealthView& view) const
{
    view.breaker = state();
    view.forced = m_force.has_value();
    view.admits = admits();
    if (m_force) {
        view.reason = m_force->reason;
        view.forcedUntilMs = m_force->untilMs;
    } else if (m_own != BreakerState::Closed) {
        view.reason = m_reason;
    }
    if (view.breaker != BreakerState::Closed)
        view.openedAtMs = m_openedAtMs;
    view.nextProbeAtMs = nextProbeAtMs(now);
    const Counts counts = window(now.monotonic);
    view.attempts = counts.attempts();
    view.failures = counts.failed;
    view.throttled = counts.throttled;
    view.changes = m_changes;
}

void Breaker::fill(Now now, Glance& glance) const
{
    glance.breaker = admits() ? state() : BreakerState::Open;
    glance.nextProbeAtMs = nextProbeAtMs(now);
    const Counts counts = window(now.monotonic);
    const qint64 weighed = counts.good + counts.failed; // as judge() weighs them
    if (weighed >= kLeastForShare)
        glance.failurePermille = int(counts.failed * 1000 / weighed);
}

} // namespace gateway::fallback

#include "fallback/candidate_health.h"

#include "fallback/breaker.h"
#include "fallback/latency_window.h"

namespace gateway::fallback {

using namespace std::chrono;

namespace {

constexpr const char* kStates[] = {"closed", "open", "half-open"};

} // namespace

QString nameOf(BreakerState state)
{
    return QLatin1String(kStates[int(state)]);
}

std::optional<BreakerState> breakerStateFromName(QStringView name)
{
    for (int i = 0; i < int(std::size(kStates)); ++i) {
        if (name == QLatin1String(kStates[i]))
            return BreakerState(i);
    }
    return std::nullopt;
}

class CandidateHealth::State
{
public:
    State(const BreakerOptions& options, quint64 seed)
        : options(options), breaker(options, seed), latencies(options.leastBaseline)
    {
    }

    HealthView view(Breaker::Now now)
    {
        HealthView view;
        breaker.fill(now, view);
        const LatencyWindow::Percentiles& recent = latencies.recent(now.monotonic);
        view.firstTokenP95 = recent.firstTokenP95;
        view.totalP95 = recent.totalP95;
        return view;
    }

    std::optional<microseconds> slowFrom(Monotonic now)
    {
        const auto usual = latencies.usualFirstToken(now);
        return usual ? std::optional(std::max<microseconds>(*usual * options.slowFactor, options.slowFloor))
                     : std::nullopt;
    }

    const BreakerOptions options;
    Breaker breaker;
    LatencyWindow latencies;
};

CandidateHealth::CandidateHealth(QString label, const Clock& clock, BreakerOptions options, quint32 jitterSeed)
    : m_label(std::move(label)), m_clock(clock), m_state(std::make_unique<State>(options, jitterSeed))
{
}

CandidateHealth::~CandidateHealth() = default;

void CandidateHealth::setObserver(Observer observer)
{
    m_observer = std::move(observer);
}

// Does `what` to the state as it is now, and tells the observer afterwards if the breaker changed.
template <typename What>
auto CandidateHealth::with(What&& what) const
{
    const Breaker::Now now{m_clock.monotonic(), m_clock.wallMs()};
    std::unique_lock lock(m_mutex);
    const qint64 changes = m_state->breaker.changes();
    m_state->breaker.tick(now);
    auto result = what(*m_state, now);
    if (m_observer && m_state->breaker.changes() != changes) {
        const HealthView view = m_state->view(now);
        lock.unlock();
        m_observer(*this, view);
    }
    return result;
}

HealthView CandidateHealth::view() const
{
    return with([](State& state, Breaker::Now now) { return state.view(now); });
}

Glance CandidateHealth::glance() const
{
    return with([](State& state, Breaker::Now now) {
        Glance glance;
        state.breaker.fill(now, glance);
        const LatencyWindow::Percentiles& recent = state.latencies.recent(now.monotonic);
        glance.firstTokenP95 = recent.firstTokenP95;
        glance.totalP95 = recent.totalP95;
        return glance;
    });
}

AttemptPass CandidateHealth::admit()
{
    return with([](State& state, Breaker::Now now) { return state.breaker.admit(now); });
}

void CandidateHealth::report(const AttemptPass& pass, AttemptEnd end, std::optional<microseconds> firstToken,
    std::optional<microseconds> total, std::optional<milliseconds> retryAfter)
{
    if (!pass)
        return;
    with([&](State& state, Breaker::Now now) {
        // measured against what was usual before it, so that it does not excuse itself
        const auto slowFrom = state.slowFrom(now.monotonic);
        state.latencies.record(now.monotonic, firstToken, total);
        state.breaker.report(now, pass, {end, firstToken, retryAfter, slowFrom});
        return true;
    });
}

void CandidateHealth::force(std::optional<BreakerState> state, const QString& reason, qint64 untilMs)
{
    with([&](State& mine, Breaker::Now now) {
        mine.breaker.force(now, state, reason, untilMs);
        return true;
    });
}

} // namespace gateway::fallback

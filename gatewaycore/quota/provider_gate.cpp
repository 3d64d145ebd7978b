#include "quota/provider_gate.h"

namespace gateway::quota {

using namespace std::chrono;

namespace {

constexpr nanoseconds kPatience = minutes(1);   // of a large call: then it needs to find nothing any more
constexpr nanoseconds kForgotten = seconds(30); // a large call that is so much later than told went elsewhere

qint64 share(const Bucket& bucket)
{
    return bucket.size() * kInteractiveSharePercent / 100;
}

bool borrowsOnly(config::WorkloadClass workloadClass)
{
    return workloadClass == config::WorkloadClass::Background || workloadClass == config::WorkloadClass::Batch;
}

qint64 lessHeadroom(std::optional<qint64> limit, int percent)
{
    return limit ? std::max<qint64>(1, qint64(double(*limit) * (100 - std::clamp(percent, 0, 99)) / 100)) : 0;
}

} // namespace

ProviderGate::ProviderGate(QString provider, const Clock& clock) : m_provider(std::move(provider)), m_clock(clock) {}

void ProviderGate::configure(const config::ProviderLimits& limits)
{
    const std::lock_guard lock(m_mutex);
    refill(m_clock.monotonic());
    m_requests.resize(lessHeadroom(limits.requestsPerMinute, limits.headroomPercent));
    m_tokens.resize(lessHeadroom(limits.tokensPerMinute, limits.headroomPercent));
}

void ProviderGate::refill(Monotonic now)
{
    const Monotonic elapsed = std::max(Monotonic(0), now - m_filled);
    m_filled = std::max(m_filled, now);
    m_requests.refill(elapsed);
    m_tokens.refill(elapsed);
}

milliseconds ProviderGate::waitForTokens(bool borrows, qint64 tokens, Monotonic now)
{
    if (!m_tokens.isLimited() || tokens <= 0)
        return milliseconds(0);
    const qint64 kept = borrows ? share(m_tokens) : 0;
    if (tokens <= m_tokens.size() - kept)
        return m_tokens.until(double(tokens + kept));
    if (borrows)
        return m_tokens.until(double(m_tokens.size()));

    if (!m_large || now > m_large->until)
        m_large = Large{now, now};
    // what it must find, as parts of the bucket: 1 at first, sinking to 0 while the level rises by 1 in the same time
    const double waited = double((now - m_large->since).count()) / double(kPatience.count());
    const double level = m_tokens.level() / double(m_tokens.size());
    const double must = std::max(0.0, 1.0 - waited);
    if (m_tokens.has(must * double(m_tokens.size())))
        return milliseconds(0);
    const double meet = must > level ? (must - level) / 2 : 0;
    const double wait = waited + meet <= 1.0 ? meet : -level; // in debt it must be paid first
    return milliseconds(qint64(std::ceil(wait * double(duration_cast<milliseconds>(kPatience).count()))));
}

ProviderGate::Pass ProviderGate::take(config::WorkloadClass workloadClass, qint64 tokens)
{
    const bool borrows = borrowsOnly(workloadClass);
    const std::lock_guard lock(m_mutex);
    const Monotonic now = m_clock.monotonic();
    refill(now);
    milliseconds wait = waitForTokens(borrows, tokens, now);
    if (m_requests.isLimited())
        wait = std::max(wait, m_requests.until(1.0 + double(borrows ? share(m_requests) : 0)));
    if (wait > milliseconds(0)) {
        ++m_held;
        if (m_large && !borrows && tokens > m_tokens.size())
            m_large->until = now + wait + kForgotten;
        return {false, wait, 0};
    }
    Pass pass{true, milliseconds(0), 0};
    if (m_requests.isLimited())
        m_requests.take(1);
    if (m_tokens.isLimited() && tokens > 0) {
        pass.taken = borrows ? std::min(tokens, m_tokens.size() - share(m_tokens)) : tokens;
        if (!borrows && tokens > m_tokens.size())
            m_large.reset();
        m_tokens.take(double(pass.taken));
    }
    return pass;
}

void ProviderGate::settle(const Pass& pass, qint64 usedTokens)
{
    if (!pass.admitted)
        return;
    const std::lock_guard lock(m_mutex);
    if (!m_tokens.isLimited())
        return;
    refill(m_clock.monotonic());
    m_tokens.giveBack(double(pass.taken - std::max<qint64>(0, usedTokens)));
}

void ProviderGate::throttled()
{
    const std::lock_guard lock(m_mutex);
    if (!m_requests.isLimited() && !m_tokens.isLimited())
        return; // no limit was configured that could have moved
    refill(m_clock.monotonic());
    const auto hasPlenty = [](const Bucket& bucket) {
        return !bucket.isLimited() || bucket.level() * 4 > double(bucket.size());
    };
    if (hasPlenty(m_requests) && hasPlenty(m_tokens)) {
        ++m_limitMoved;
        m_limitMovedMs = m_clock.wallMs();
    }
}

GateStatus ProviderGate::status() const
{
    const std::lock_guard lock(m_mutex);
    Bucket requests = m_requests; // copies: looking changes nothing
    Bucket tokens = m_tokens;
    const Monotonic elapsed = std::max(Monotonic(0), m_clock.monotonic() - m_filled);
    requests.refill(elapsed);
    tokens.refill(elapsed);
    GateStatus status;
    status.provider = m_provider;
    if (requests.isLimited()) {
        status.requestsPerMinute = requests.size();
        status.requestsLeft = requests.left();
    }
    if (tokens.isLimited()) {
        status.tokensPerMinute = tokens.size();
        status.tokensLeft = tokens.left();
    }
    status.held = m_held;
    status.limitMoved = m_limitMoved;
    if (m_limitMoved > 0)
        status.limitMovedMs = m_limitMovedMs;
    return status;
}

} // namespace gateway::quota

#include "quota/quota_plane.h"

#include "quota/quota_index.h"

#include <utility>

namespace gateway::quota {

using namespace std::chrono;

namespace {

constexpr milliseconds kNever{-1};

enum class Unit
{
    Requests,
    InputTokens,
    OutputTokens,
    Calls,
};

// Which quota could not give what, copied under the lock and told in words outside of it.
struct Shortage
{
    QuotaState* state = nullptr;
    Unit unit = Unit::Requests;
    milliseconds wait{0};
    qint64 limit = 0;
    qint64 left = 0;
    qint64 reserved = 0; // by calls that still run
    qint64 estimate = 0;
    config::UsageScope scope;
};

bool isLonger(milliseconds wait, milliseconds than)
{
    if (wait == kNever || than == kNever)
        return wait == kNever && than != kNever;
    return wait > than;
}

// An input amount is a bound from the request's size, several times what it really is as a rule. One above a minute's
// worth needs a full bucket and takes all of it; the difference is settled with the real usage.
qint64 inputToTake(const QuotaState& state, qint64 asked)
{
    return std::min(asked, state.inputTokens.size());
}

class Check
{
public:
    explicit Check(const Demand& demand) : m_demand(demand) {}

    void ask(QuotaState& state)
    {
        if (state.requests.isLimited() && !state.requests.has(1))
            lacks(state, Unit::Requests, state.requests, 1, 0, state.requests.until(1));
        if (state.inputTokens.isLimited() && m_demand.inputTokens > 0) {
            const auto wanted = double(inputToTake(state, m_demand.inputTokens));
            if (!state.inputTokens.has(wanted))
                lacks(state, Unit::InputTokens, state.inputTokens, m_demand.inputTokens, state.openInput,
                    state.inputTokens.until(wanted));
        }
        if (state.outputTokens.isLimited()) {
            const qint64 wanted = m_demand.outputTokens;
            m_leastOutput = std::min(m_leastOutput, state.outputTokens.left());
            if (wanted > 0 && !state.outputTokens.has(double(wanted)))
                lacks(state, Unit::OutputTokens, state.outputTokens, wanted, state.openOutput,
                    wanted > state.outputTokens.size() ? kNever : state.outputTokens.until(double(wanted)));
        }
        if (const auto most = state.policy.concurrency; most && state.running >= *most)
            note({&state, Unit::Calls, milliseconds(0), *most, *most - state.running, 0, 1, {}});
    }

    bool hasShortage() const { return m_worst.has_value(); }
    Shortage& worst() { return *m_worst; }
    // The output limit per choice that would be admitted now, if it is only the output that does not fit.
    std::optional<qint64> largestOutput() const
    {
        const qint64 each = m_leastOutput / std::max<qint64>(1, m_demand.choices);
        return m_onlyOutput && each > 0 ? std::optional(each) : std::nullopt;
    }

private:
    void lacks(QuotaState& state, Unit unit, const Bucket& bucket, qint64 estimate, qint64 reserved, milliseconds wait)
    {
        note({&state, unit, wait, bucket.size(), bucket.left(), reserved, estimate, {}});
    }
    // The longest wait is the one worth telling: whoever comes back earlier is refused again.
    void note(Shortage shortage)
    {
        m_onlyOutput = m_onlyOutput && shortage.unit == Unit::OutputTokens;
        if (!m_worst || isLonger(shortage.wait, m_worst->wait))
            m_worst = std::move(shortage);
    }

    const Demand m_demand;
    std::optional<Shortage> m_worst;
    bool m_onlyOutput = true;
    qint64 m_leastOutput = std::numeric_limits<qint64>::max();
};

QString formulaOf(const Shortage& shortage, const Demand& demand)
{
    switch (shortage.unit) {
    case Unit::Requests:
        return QStringLiteral("one request");
    case Unit::InputTokens:
        return shortage.estimate > shortage.limit
                   ? QStringLiteral("at most %1 input tokens by the size of the request; this is more than a minute's "
                                    "worth, so the call needs the whole quota unused")
                         .arg(shortage.estimate)
                   : QStringLiteral("at most %1 input tokens by the size of the request").arg(shortage.estimate);
    case Unit::OutputTokens: {
        QString text = demand.choices > 1 ? QStringLiteral("%1 choices x at most %2 output tokens")
                                                .arg(demand.choices)
                                                .arg(demand.outputTokens / demand.choices)
                                          : QStringLiteral("at most %1 output tokens").arg(demand.outputTokens);
        if (shortage.wait == kNever)
            text +=
                QStringLiteral("; the quota never holds more than %1, so waiting does not help").arg(shortage.limit);
        return text;
    }
    case Unit::Calls:
        return QStringLiteral("one call");
    }
    return {};
}

api::LimitFacts factsOf(const Shortage& shortage, const Demand& demand, qint64 wallMs)
{
    static constexpr const char* kUnits[] = {"requests", "input_tokens", "output_tokens", "calls"};
    // what is reserved may have been filled up again since; used + reserved is always limit - left
    const qint64 gone = shortage.limit - shortage.left;
    const qint64 reserved = std::clamp<qint64>(shortage.reserved, 0, std::max<qint64>(0, gone));
    api::LimitFacts facts;
    facts.scope = config::describe(shortage.scope);
    facts.unit = QLatin1String(kUnits[int(shortage.unit)]);
    facts.limit = QString::number(shortage.limit);
    facts.used = QString::number(gone - reserved);
    facts.reserved = QString::number(reserved);
    facts.estimate = QString::number(shortage.estimate);
    facts.formula = formulaOf(shortage, demand);
    if (shortage.wait > milliseconds(0))
        facts.resetAt = QDateTime::fromMSecsSinceEpoch(wallMs + shortage.wait.count(), Qt::UTC);
    return facts;
}

} // namespace

// --- Lease

Lease::Lease(Lease&& other) noexcept : m_plane(std::exchange(other.m_plane, nullptr)), m_holds(std::move(other.m_holds))
{
}

Lease& Lease::operator=(Lease&& other) noexcept
{
    if (this != &other) {
        if (m_plane)
            m_plane->give(*this, nullptr);
        m_plane = std::exchange(other.m_plane, nullptr);
        m_holds = std::move(other.m_holds);
    }
    return *this;
}

Lease::~Lease()
{
    if (m_plane)
        m_plane->give(*this, nullptr);
}

void Lease::settle(const Demand& used)
{
    if (m_plane)
        m_plane->give(*this, &used);
}

// --- QuotaPlane

QuotaPlane::QuotaPlane(const Clock& clock) : m_clock(clock) {}

QuotaPlane::~QuotaPlane() = default;

QuotaIndexPtr QuotaPlane::configure(std::span<const config::QuotaPolicy> quotas)
{
    const Monotonic now = m_clock.monotonic();
    std::vector<QuotaStatePtr> next;
    const std::lock_guard lock(m_mutex);
    std::vector<QuotaStatePtr> known = m_states;
    for (const auto& removed : m_removed) {
        if (auto state = removed.lock())
            known.push_back(std::move(state));
    }
    for (const config::QuotaPolicy& quota : quotas) {
        const auto at = std::find_if(
            known.begin(), known.end(), [&](const QuotaStatePtr& state) { return state->policy.scope == quota.scope; });
        QuotaStatePtr state = at == known.end() ? std::make_shared<QuotaState>() : *at;
        if (at != known.end())
            known.erase(at); // two quotas of one scope are two states
        state->configure(quota, now);
        next.push_back(std::move(state));
    }
    m_states = next;
    m_removed.assign(known.begin(), known.end());
    return std::make_shared<const QuotaIndex>(next);
}

QuotaIndexPtr QuotaPlane::beside(std::span<const config::QuotaPolicy> tried)
{
    const auto sameLimits = [](const config::QuotaPolicy& one, const config::QuotaPolicy& other) {
        return one.scope == other.scope && one.requestsPerMinute == other.requestsPerMinute &&
               one.inputTokensPerMinute == other.inputTokensPerMinute &&
               one.outputTokensPerMinute == other.outputTokensPerMinute && one.concurrency == other.concurrency;
    };
    const Monotonic now = m_clock.monotonic();
    const std::lock_guard lock(m_mutex);
    std::vector<QuotaStatePtr> states = m_states;
    for (const config::QuotaPolicy& quota : tried) {
        const bool known = std::any_of(m_states.begin(), m_states.end(),
            [&](const QuotaStatePtr& state) { return sameLimits(state->policy, quota); });
        if (known)
            continue;
        auto own = std::make_shared<QuotaState>();
        own->configure(quota, now);
        states.push_back(std::move(own));
    }
    return std::make_shared<const QuotaIndex>(states);
}

Grant QuotaPlane::take(const QuotaIndex& index, const config::UsageScope& user, const Demand& demand)
{
    Grant grant;
    const std::vector<QuotaStatePtr> states = index.find(user);
    if (states.empty()) {
        grant.admitted = true;
        return grant;
    }
    std::vector<Lease::Hold> holds(states.size());
    Check check(demand);
    {
        const std::lock_guard lock(m_mutex);
        const Monotonic now = m_clock.monotonic();
        for (const QuotaStatePtr& state : states) {
            state->refill(now);
            check.ask(*state);
        }
        if (!check.hasShortage()) {
            for (std::size_t i = 0; i < states.size(); ++i) {
                QuotaState& state = *states[i];
                Lease::Hold& hold = holds[i];
                hold.state = states[i];
                ++state.running;
                ++state.admitted;
                if (state.requests.isLimited())
                    state.requests.take(1);
                if (state.inputTokens.isLimited()) {
                    hold.inputTokens = inputToTake(state, std::max<qint64>(0, demand.inputTokens));
                    state.inputTokens.take(double(hold.inputTokens));
                    state.openInput += hold.inputTokens;
                }
                if (state.outputTokens.isLimited()) {
                    hold.outputTokens = std::max<qint64>(0, demand.outputTokens);
                    state.outputTokens.take(double(hold.outputTokens));
                    state.openOutput += hold.outputTokens;
                }
            }
            grant.admitted = true;
        } else {
            ++check.worst().state->refused;
            check.worst().scope = check.worst().state->policy.scope;
        }
    }
    if (grant.admitted) {
        grant.lease.m_plane = this;
        grant.lease.m_holds = std::move(holds);
        return grant;
    }
    grant.retryAfter = check.worst().wait;
    grant.limit = factsOf(check.worst(), demand, m_clock.wallMs());
    grant.limit.largestMaxOutputTokens = check.largestOutput();
    return grant;
}

void QuotaPlane::give(Lease& lease, const Demand* used)
{
    const std::vector<Lease::Hold> holds = std::move(lease.m_holds);
    lease.m_plane = nullptr;
    const std::lock_guard lock(m_mutex);
    const Monotonic now = m_clock.monotonic();
    for (const Lease::Hold& hold : holds) {
        QuotaState& state = *hold.state;
        state.refill(now);
        --state.running;
        if (hold.inputTokens >= 0) {
            state.openInput -= hold.inputTokens;
            state.inputTokens.giveBack(double(hold.inputTokens - (used ? used->inputTokens : 0)));
        }
        if (hold.outputTokens >= 0) {
            state.openOutput -= hold.outputTokens;
            state.outputTokens.giveBack(double(hold.outputTokens - (used ? used->outputTokens : 0)));
        }
    }
}

std::vector<QuotaStatus> QuotaPlane::status() const
{
    const auto leftIn = [](const Bucket& bucket) {
        return bucket.isLimited() ? std::optional(bucket.left()) : std::nullopt;
    };
    std::vector<QuotaStatus> all;
    const std::lock_guard lock(m_mutex);
    const Monotonic now = m_clock.monotonic();
    for (const QuotaStatePtr& state : m_states) {
        state->refill(now);
        all.push_back({state->policy, leftIn(state->requests), leftIn(state->inputTokens), leftIn(state->outputTokens),
            state->running, state->admitted, state->refused});
    }
    return all;
}

} // namespace gateway::quota

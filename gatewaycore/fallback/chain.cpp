#include "fallback/chain.h"

namespace gateway::fallback {

using api::ErrorCode;
using std::chrono::milliseconds;

config::FallbackKind kindOf(const config::Candidate& from, const config::Candidate& to)
{
    // the same provider kind and model elsewhere is the same service in another region
    const bool sameService = from.provider->kind == to.provider->kind && from.model == to.model &&
                             from.provider->region != to.provider->region;
    return sameService ? config::FallbackKind::OtherRegion : config::FallbackKind::OtherProvider;
}

bool Chain::hasNext() const
{
    return m_at + 1 < m_steps.size() && m_steps[m_at + 1].kind != config::FallbackKind::Refuse;
}

std::optional<milliseconds> Chain::share(std::optional<milliseconds> remaining) const
{
    if (!remaining || !hasNext())
        return remaining;
    return *remaining / 2;
}

Chain::Class Chain::classOf(const Failed& failed)
{
    switch (failed.code) {
    case ErrorCode::ProviderBadRequest:
    case ErrorCode::ContentRefused:
    case ErrorCode::InvalidRequest:
    case ErrorCode::ClientClosed:
    case ErrorCode::GatewayDependencyDown:
        return Class::Final;
    case ErrorCode::ContextTooLong:
        return Class::LargerContext;
    case ErrorCode::ProviderAuth:
    case ErrorCode::ModelRetired:
        return Class::Elsewhere;
    default:
        return failed.retriable && !failed.outOfTime ? Class::Transient : Class::Elsewhere;
    }
}

Chain::Next Chain::goOn()
{
    return skip() ? Next{Next::Do::Attempt, milliseconds(0)} : Next{};
}

bool Chain::skip()
{
    m_repetitions = 0;
    if (m_at < m_steps.size())
        ++m_at;
    return m_at < m_steps.size();
}

Chain::Next Chain::after(const Failed& failed, RetryBudget& retries)
{
    const ChainStep* now = step();
    if (!now)
        return {};
    switch (classOf(failed)) {
    case Class::Final:
        return {};
    case Class::LargerContext: {
        const auto context = [](const config::Candidate* candidate) {
            return candidate && candidate->facts ? candidate->facts->contextTokens : std::nullopt;
        };
        const std::optional<qint64> tooSmall = context(now->candidate);
        while (skip()) {
            const std::optional<qint64> larger = context(step()->candidate);
            if (tooSmall && larger && *larger > *tooSmall)
                return {Next::Do::Attempt, milliseconds(0)};
        }
        return {};
    }
    case Class::Elsewhere:
        return goOn();
    case Class::Transient:
        break;
    }
    const bool equalNext = hasNext() && !m_steps[m_at + 1].degraded();
    if (!equalNext && m_repetitions < kRepetitions) {
        const milliseconds pause = pauseBefore(m_repetitions + 1, failed.random, failed.retryAfter);
        if (pause <= failed.longestPause && retries.takeRepetition()) {
            ++m_repetitions;
            return {Next::Do::Attempt, pause};
        }
    }
    return goOn();
}

} // namespace gateway::fallback

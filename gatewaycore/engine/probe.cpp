#include "engine/probe.h"

#include "engine/upstream_auth.h"
#include "engine/upstream_target.h"

#include <algorithm>

namespace gateway::engine {
namespace {

using config::ProviderKind;

// Where a kind lists its models: a question that costs nothing and wants the key.
const char* modelsPath(ProviderKind kind)
{
    switch (kind) {
    case ProviderKind::Anthropic:
    case ProviderKind::Mistral:
    case ProviderKind::Cohere:
        return "/v1/models";
    case ProviderKind::AzureOpenAi:
        return "/openai/v1/models";
    case ProviderKind::Gemini:
        return "/v1beta/models";
    case ProviderKind::Ollama:
        return "/api/tags";
    case ProviderKind::Vertex:
    case ProviderKind::Bedrock: // their lists live elsewhere: any answer says that the host is there
        return "/";
    default:
        return "/models";
    }
}

bool onlyReached(ProviderKind kind)
{
    return kind == ProviderKind::Vertex || kind == ProviderKind::Bedrock;
}

} // namespace

class Prober::Probe final : public http::UpstreamListener
{
public:
    Probe(config::SnapshotPtr snapshot, const config::Provider& provider, const Clock& clock, Done done)
        : m_snapshot(std::move(snapshot)), m_clock(clock), m_done(std::move(done))
    {
        m_result.provider = provider.name;
        m_onlyReached = onlyReached(provider.kind);
    }

    void start(http::UpstreamClient& client, const config::Provider& provider, const http::UpstreamTarget& target)
    {
        http::UpstreamRequest request;
        request.method = QByteArrayLiteral("GET");
        request.path = provider.basePath + modelsPath(provider.kind);
        request.fields.append({QByteArrayLiteral("accept"), QByteArrayLiteral("application/json")});
        request.fields.append({QByteArrayLiteral("accept-encoding"), QByteArrayLiteral("identity")});
        request.fields.append({QByteArrayLiteral("user-agent"), QByteArrayLiteral("signalbox/" SIGNALBOX_VERSION)});
        if (!needsAccessToken(provider)) // whether it takes a token that was not asked for says nothing
            authorise(
                provider, {request.method, request.path, target.hostField, {}}, {}, m_clock.wallMs(), request.fields);
        m_exchange = client.start(target, upstreamTimeouts(provider), std::move(request), *this);
    }
    bool isOver() const { return !m_done; }

private:
    void upstreamHead(const http::ResponseHead& head) override { m_result.httpStatus = head.status; }
    void upstreamBody(QByteArrayView) override {}
    void upstreamComplete() override
    {
        const int status = m_result.httpStatus.value_or(0);
        m_result.ok = status == 200 || (m_onlyReached && status >= 400 && status < 500);
        using namespace std::chrono;
        const auto waited = m_exchange->firstByteAt() - m_exchange->sentAt();
        m_result.firstByteMs = double(duration_cast<microseconds>(waited).count()) / 1000;
        finish(m_result.ok && m_onlyReached
                   ? QStringLiteral("It answered; whether it takes the key only a call can show.")
               : m_result.ok ? QStringLiteral("It answered and takes the key.")
               : status == 401 || status == 403
                   ? QStringLiteral("It answered, and does not take the key (status %1).").arg(status)
                   : QStringLiteral("It answered with status %1.").arg(status));
    }
    void upstreamFailed(http::UpstreamFailure, const QString& text) override
    {
        finish(QStringLiteral("It could not be asked: %1.").arg(text));
    }
    void finish(const QString& sentence)
    {
        m_result.sentence = sentence;
        m_result.at = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
        std::exchange(m_done, nullptr)(m_result);
    }

    const config::SnapshotPtr m_snapshot; // keeps the provider's key alive
    const Clock& m_clock;
    Done m_done;
    bool m_onlyReached = false;
    api::ProbeResult m_result;
    std::unique_ptr<http::UpstreamExchange> m_exchange;
};

Prober::Prober(const Clock& clock) : m_clock(clock), m_client(m_wheel, clock, http::MessageLimits{}) {}

Prober::~Prober() = default;

void Prober::probe(
    config::SnapshotPtr snapshot, const config::Provider& provider, const http::UpstreamTarget& target, Done done)
{
    m_probes.erase(std::remove_if(m_probes.begin(), m_probes.end(), [](const auto& probe) { return probe->isOver(); }),
        m_probes.end());
    auto probe = std::make_unique<Probe>(std::move(snapshot), provider, m_clock, std::move(done));
    Probe& begun = *probe;
    m_probes.push_back(std::move(probe));
    begun.start(m_client, provider, target);
}

} // namespace gateway::engine

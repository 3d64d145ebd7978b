#include "engine/access_tokens.h"

#include "credential/service_account.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QUrlQuery>

#include <algorithm>
#include <vector>

namespace gateway::engine {
namespace {

using api::Failure;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr qint64 kUnusableMs = 5 * 60'000;    // before it expires
constexpr qint64 kRefreshMs = 10 * 60'000;    // before it expires: a new one is fetched, this one still serves
constexpr qint64 kLongestMs = 12 * 3'600'000; // what a server may state
constexpr milliseconds kFailureKept{3000};
constexpr int kJitterMs = 2000;
constexpr qsizetype kLargestAnswer = 64 * 1024;
constexpr std::size_t kMostHolders = 64;

http::UpstreamTarget targetOf(const QUrl& uri)
{
    http::UpstreamTarget target;
    target.host = uri.host();
    target.tls = uri.scheme() == QLatin1String("https");
    target.port = quint16(uri.port(target.tls ? 443 : 80));
    target.hostField = target.host.contains(u':') ? '[' + target.host.toLatin1() + ']' : target.host.toLatin1();
    if (target.port != (target.tls ? 443 : 80))
        target.hostField += ':' + QByteArray::number(target.port);
    // never a connection that also serves a provider: this one has the system's authorities
    target.poolKey = QByteArray("token\0", 6) + (target.tls ? "https://" : "http://") + target.hostField;
    return target;
}

} // namespace

// One service account: its token, and those who wait for it.
class AccessTokens::Holder final : private http::UpstreamListener
{
public:
    explicit Holder(AccessTokens& owner) : m_owner(owner), m_later(owner.m_wheel, [this] { settle(); }) {}

    void get(const Secret& key, Done done)
    {
        const qint64 now = m_owner.m_clock.wallMs();
        m_usedMs = now;
        const qint64 left = m_expiresMs - now;
        if (!m_token.isEmpty() && left > kUnusableMs) {
            if (left <= kRefreshMs && !m_exchange && now >= m_retryMs)
                fetch(key);
            done(m_token.reveal());
            return;
        }
        m_waiting.push_back(std::move(done));
        if (m_exchange || m_later.isArmed())
            return;
        if (now < m_retryMs || !fetch(key))
            m_later.start(milliseconds(0)); // the remembered failure, but not from inside get()
    }

    void forget()
    {
        m_token = Secret();
        m_expiresMs = 0;
    }
    bool isBusy() const { return m_exchange || !m_waiting.empty(); }
    qint64 usedMs() const { return m_usedMs; }

private:
    bool fetch(const Secret& key)
    {
        const auto account = credential::parseServiceAccount(key);
        if (!account)
            return remember(account.error());
        const auto assertion =
            credential::signedAssertion(*account, credential::kCloudPlatformScope, m_owner.m_clock.wallMs() / 1000);
        if (!assertion)
            return remember(assertion.error());
        const QUrl& uri = account->tokenUri;
        http::UpstreamRequest request;
        request.path = uri.path(QUrl::FullyEncoded).toLatin1();
        if (request.path.isEmpty())
            request.path = "/";
        if (uri.hasQuery())
            request.path += '?' + uri.query(QUrl::FullyEncoded).toLatin1();
        request.fields.append(
            {QByteArrayLiteral("content-type"), QByteArrayLiteral("application/x-www-form-urlencoded")});
        request.fields.append({QByteArrayLiteral("accept"), QByteArrayLiteral("application/json")});
        request.fields.append({QByteArrayLiteral("accept-encoding"), QByteArrayLiteral("identity")});
        request.fields.append({QByteArrayLiteral("user-agent"), QByteArrayLiteral("signalbox/" SIGNALBOX_VERSION)});
        request.body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + *assertion;
        m_status = 0;
        m_body.clear();
        m_askedMs = m_owner.m_clock.wallMs();
        const http::UpstreamTimeouts timeouts{seconds(5), seconds(10), seconds(10)};
        m_exchange = m_owner.m_upstream.start(targetOf(uri), timeouts, std::move(request), *this);
        return true;
    }

    bool remember(api::Error error)
    {
        m_failure = std::move(error);
        const int jitter = QRandomGenerator::global()->bounded(kJitterMs);
        m_retryMs = m_owner.m_clock.wallMs() + kFailureKept.count() + jitter;
        return false;
    }

    // Tells everybody who waits. They may ask again from their callback, or destroy us altogether.
    void settle()
    {
        m_exchange.reset();
        std::vector<Done> waiting;
        waiting.swap(m_waiting);
        const bool served = !m_token.isEmpty() && m_expiresMs - m_owner.m_clock.wallMs() > kUnusableMs;
        const api::Result<QByteArray> result =
            served ? api::Result<QByteArray>(m_token.reveal()) : api::Result<QByteArray>(m_failure);
        for (Done& done : waiting)
            done(result);
    }

    void upstreamHead(const http::ResponseHead& head) override { m_status = head.status; }
    void upstreamBody(QByteArrayView piece) override
    {
        if (m_body.size() + piece.size() <= kLargestAnswer)
            m_body.append(piece.data(), piece.size());
        else
            m_status = -1;
    }
    void upstreamComplete() override
    {
        readAnswer();
        settle();
    }
    void upstreamFailed(http::UpstreamFailure, const QString& text) override
    {
        remember(api::failure(Failure::Unreachable,
            QStringLiteral("The token server of the service account could not be asked: %1.").arg(text)));
        settle();
    }

    // What the server says of the account is not repeated: it is nobody's business but the operator's, who sees the
    // status and the standard word (invalid_grant ...).
    void readAnswer()
    {
        const QJsonObject answer = QJsonDocument::fromJson(m_body).object();
        m_body.clear();
        const QByteArray token = answer.value(QLatin1String("access_token")).toString().toUtf8();
        const qint64 lifeMs =
            std::clamp<qint64>(qint64(answer.value(QLatin1String("expires_in")).toDouble(0) * 1000), 0, kLongestMs);
        if (m_status == 200 && !token.isEmpty() && http::isFieldValue(token) && lifeMs > 0) {
            m_token = Secret(token);
            m_expiresMs = m_askedMs + std::max(lifeMs, kUnusableMs + 1000);
            m_retryMs = 0;
            return;
        }
        QString word = answer.value(QLatin1String("error")).toString().left(40);
        const bool plain =
            std::all_of(word.cbegin(), word.cend(), [](QChar c) { return (c >= u'a' && c <= u'z') || c == u'_'; });
        if (!plain || word.isEmpty())
            word = QStringLiteral("no token");
        remember(api::failure(
            Failure::Unavailable, QStringLiteral("The token server did not take the service account: status %1, %2.")
                                      .arg(std::max(m_status, 0))
                                      .arg(word)));
    }

    AccessTokens& m_owner;
    http::Deadline m_later;
    std::unique_ptr<http::UpstreamExchange> m_exchange;
    std::vector<Done> m_waiting;
    Secret m_token;
    qint64 m_expiresMs = 0;
    qint64 m_askedMs = 0;
    qint64 m_retryMs = 0; // not before; after a failure
    qint64 m_usedMs = 0;
    api::Error m_failure;
    int m_status = 0;
    QByteArray m_body;
};

AccessTokens::AccessTokens(http::TimerWheel& wheel, http::UpstreamClient& upstream, const Clock& clock)
    : m_wheel(wheel), m_upstream(upstream), m_clock(clock)
{
}

AccessTokens::~AccessTokens() = default;

AccessTokens::Holder& AccessTokens::holderFor(const config::Provider& provider)
{
    const QByteArray name =
        provider.name.toUtf8() + '\0' + QCryptographicHash::hash(provider.key.reveal(), QCryptographicHash::Sha256);
    auto found = m_holders.find(name);
    if (found == m_holders.end()) {
        if (m_holders.size() >= kMostHolders) { // keys were changed many times: the one unused for longest goes
            auto oldest = m_holders.end();
            for (auto it = m_holders.begin(); it != m_holders.end(); ++it) {
                if (!it->second->isBusy() &&
                    (oldest == m_holders.end() || it->second->usedMs() < oldest->second->usedMs()))
                    oldest = it;
            }
            if (oldest != m_holders.end())
                m_holders.erase(oldest);
        }
        found = m_holders.emplace(name, std::make_unique<Holder>(*this)).first;
    }
    return *found->second;
}

void AccessTokens::get(const config::Provider& provider, Done done)
{
    if (!credential::isServiceAccount(provider.key)) {
        done(provider.key.reveal());
        return;
    }
    holderFor(provider).get(provider.key, std::move(done));
}

void AccessTokens::forget(const config::Provider& provider)
{
    if (credential::isServiceAccount(provider.key))
        holderFor(provider).forget();
}

} // namespace gateway::engine

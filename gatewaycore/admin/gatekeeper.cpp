#include "admin/gatekeeper.h"

#include "admin/principal_book.h"
#include "credential/credential_key.h"

#include <algorithm>

namespace gateway::admin {
namespace {

constexpr qsizetype kLongestAccount = 32;
constexpr qsizetype kLongestClient = 64;
const QByteArray kLocalAccount = QByteArrayLiteral("local");

// The one bearer token, empty if there is none, another scheme or two of them.
QByteArrayView bearerOf(const http::RequestHead& head)
{
    constexpr QByteArrayView kScheme("bearer ");
    const QByteArrayView value = head.value("authorization");
    if (head.count("authorization") != 1 || value.size() <= kScheme.size() ||
        !http::equalsIgnoringCase(value.first(kScheme.size()), kScheme))
        return {};
    return value.sliced(kScheme.size());
}

// What a client says of itself, as it may stand in a log: visible ASCII, shortened.
QString clientOf(const http::RequestHead& head)
{
    QString client;
    for (const char c : head.value("user-agent")) {
        if (client.size() < kLongestClient && c >= ' ' && c < 0x7f)
            client.append(QLatin1Char(c));
    }
    return client.trimmed();
}

Gatekeeper::Refusal wrong()
{
    return {401, QStringLiteral("The admin token is missing or wrong.")};
}

Gatekeeper::Refusal ended(const PrincipalBook::Holder& holder)
{
    if (holder.principal.by == Principal::By::Pairing)
        return {401, QStringLiteral("The pairing code for %1 has run out.").arg(holder.principal.name),
            QStringLiteral("An administrator starts another pairing.")};
    return holder.standing == PrincipalBook::Standing::Expired
               ? Gatekeeper::Refusal{401,
                     QStringLiteral("The admin token of %1 has expired.").arg(holder.principal.name),
                     QStringLiteral("An administrator issues another one.")}
               : Gatekeeper::Refusal{401,
                     QStringLiteral("The admin token of %1 has been revoked.").arg(holder.principal.name),
                     QStringLiteral("An administrator issues another one.")};
}

} // namespace

Gatekeeper::Gatekeeper(Secret localToken, PrincipalBook* book, const Clock& clock)
    : m_localToken(std::move(localToken)), m_book(book), m_clock(clock), m_peers(clock), m_accounts(clock)
{
}

Gatekeeper::Presented Gatekeeper::presented(const http::RequestHead& head, const http::Caller& caller) const
{
    const QByteArrayView token = bearerOf(head);
    const auto known = [&](Principal principal) {
        principal.peer = caller.address.toString();
        principal.client = clientOf(head);
        return principal;
    };
    if (token.isEmpty() && !head.has("authorization") && !caller.certificate.isEmpty()) {
        const QByteArray account = "certificate " + caller.certificate.first(16);
        if (const auto principal = m_book ? m_book->holderOfCertificate(caller.certificate) : std::nullopt)
            return {known(*principal), account};
        return {Refusal{401, QStringLiteral("The config gives no role to this client certificate."),
                    QStringLiteral("Add its SHA-256 under roles: in the config file.")},
            account};
    }
    if (token.isEmpty())
        return {wrong(), {}};
    if (token.startsWith("sbx_"))
        return {
            Refusal{401, QStringLiteral("This is a gateway credential (sbx_). It calls models and opens nothing here."),
                QStringLiteral("The admin API takes an admin token (sba_) or the local token.")},
            {}}; // somebody took the wrong key; nobody guesses an account
    // both compares are made for every token, so that time does not tell one kind from another
    const bool isLocal = m_localToken.equals(token.toByteArray());
    const PrincipalBook::Holder holder = m_book ? m_book->holderOf(token) : PrincipalBook::Holder();
    if (isLocal)
        return {known({QStringLiteral("local-token"), api::Role::Admin, Principal::By::LocalToken}), kLocalAccount};
    QByteArrayView id = credential::idOf(token, "sba_");
    if (id.isEmpty())
        id = credential::idOf(token, "sbp_");
    const QByteArray account =
        id.isEmpty() ? kLocalAccount : id.first(std::min(id.size(), kLongestAccount)).toByteArray();
    switch (holder.standing) {
    case PrincipalBook::Standing::Good:
        return {known(holder.principal), account};
    case PrincipalBook::Standing::Expired:
    case PrincipalBook::Standing::Revoked:
        return {ended(holder), account};
    case PrincipalBook::Standing::Unknown:
        break;
    }
    return {wrong(), account};
}

Gatekeeper::Verdict Gatekeeper::look(const http::RequestHead& head, const http::Caller& caller) const
{
    return presented(head, caller).who;
}

Gatekeeper::Verdict Gatekeeper::admit(const http::RequestHead& head, const http::Caller& caller)
{
    const Presented shown = presented(head, caller);
    const QByteArray peer = FailureBackoff::keyOf(caller.address);
    const QByteArray pair = peer + ' ' + shown.account;
    const bool isGood = std::holds_alternative<Principal>(shown.who);
    const bool isLoopback = caller.address.isLoopback();
    if (!isGood || (!isLoopback && !isTrusted(pair))) {
        auto wait = m_peers.wait(peer);
        if (!shown.account.isEmpty())
            wait = std::max(wait, m_accounts.wait(shown.account));
        if (wait.count() > 0)
            return Refusal{429, QStringLiteral("Too many failed attempts; wait before the next."), {},
                std::chrono::ceil<std::chrono::seconds>(wait)};
    }
    if (!isGood) {
        m_peers.failed(peer);
        if (!shown.account.isEmpty())
            m_accounts.failed(shown.account);
        return shown.who;
    }
    trust(pair);
    m_peers.succeeded(peer);
    m_accounts.succeeded(shown.account);
    if (m_book)
        m_book->noteUse(std::get<Principal>(shown.who));
    return shown.who;
}

bool Gatekeeper::isTrusted(const QByteArray& pair) const
{
    const auto found = m_trusted.constFind(pair);
    return found != m_trusted.constEnd() && m_clock.monotonic() - *found < kTrusted;
}

void Gatekeeper::trust(const QByteArray& pair)
{
    if (!m_trusted.contains(pair) && m_trusted.size() >= kTrustedPairs)
        m_trusted.erase(std::min_element(m_trusted.begin(), m_trusted.end()));
    m_trusted[pair] = m_clock.monotonic();
}

bool Gatekeeper::isStillGood(const Principal& principal) const
{
    return !m_book || m_book->isStillGood(principal);
}

} // namespace gateway::admin

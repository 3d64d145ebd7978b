// Gatekeeper: decides who asks, before anything else of a request is looked at: the local token, a token or a pairing
// code of the PrincipalBook, or a client certificate of the config. Only the header Authorization: Bearer is read; no
// cookie, no query, no forwarding header. Thread: control. Nothing of what is presented is ever kept, told or logged.
//
// Failures are slowed down per peer and per account (the id in a token), both by FailureBackoff (decision 0096). While
// either waits, nothing is admitted and nothing counts, with two exceptions, both for what is right, not for what is
// guessed: a peer on loopback, and a peer that has been let in with the same account within the last hour. So nobody
// can keep the owner out by failing in the owner's name, and a guess is never faster for it.
#pragma once

#include "admin/failure_backoff.h"
#include "admin/principal.h"
#include "base/secret.h"
#include "http/exchange.h"

#include <variant>

namespace gateway::admin {

class PrincipalBook;

class Gatekeeper
{
public:
    static constexpr std::chrono::hours kTrusted{1};
    static constexpr int kTrustedPairs = 1024;

    // `book` may be null: then there is the local token only.
    Gatekeeper(Secret localToken, PrincipalBook* book, const Clock& clock);

    struct Refusal
    {
        int status = 401; // or 429
        QString message;
        QString hint = {};
        std::chrono::seconds retryAfter{0};
    };
    using Verdict = std::variant<Principal, Refusal>;
    Verdict admit(const http::RequestHead& head, const http::Caller& caller);
    // The same without counting: for the request whose head was admitted, when its body has arrived.
    Verdict look(const http::RequestHead& head, const http::Caller& caller) const;

    // Has the principal the same rights still? For event streams.
    bool isStillGood(const Principal& principal) const;

private:
    struct Presented
    {
        std::variant<Principal, Refusal> who;
        QByteArray account; // empty: nothing was presented
    };
    Presented presented(const http::RequestHead& head, const http::Caller& caller) const;
    bool isTrusted(const QByteArray& pair) const;
    void trust(const QByteArray& pair);

    const Secret m_localToken;
    PrincipalBook* const m_book;
    const Clock& m_clock;
    FailureBackoff m_peers;
    FailureBackoff m_accounts;
    QHash<QByteArray, Monotonic> m_trusted; // peer and account, when last let in
};

} // namespace gateway::admin

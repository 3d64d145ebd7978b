// AccessTokens: what a request to Vertex is authorised with. A provider key that is a service account's file is
// exchanged for an access token at Google's token server (credential/service_account.h); any other key is a ready token
// and given as it is. One fetch per key at a time, whoever asks; a token is used until five minutes before it expires
// and fetched anew ahead of that, while the old one still serves. A failure is remembered for a few seconds, so that a
// broken key does not become a storm. Failure mode: the callers get an error, the call moves on to another candidate.
// Thread: the worker's. A callback runs from inside get() only if the answer is there already, else from the event
// loop; destroying this drops them all without a word.
#pragma once

#include "api/result.h"
#include "config/policy_snapshot.h"
#include "http/timer_wheel.h"
#include "http/upstream.h"

#include <functional>
#include <map>
#include <memory>

namespace gateway::engine {

class AccessTokens
{
public:
    using Done = std::function<void(api::Result<QByteArray>)>;

    AccessTokens(http::TimerWheel& wheel, http::UpstreamClient& upstream, const Clock& clock);
    ~AccessTokens();
    Q_DISABLE_COPY_MOVE(AccessTokens)

    // The token alone, without "Bearer".
    void get(const config::Provider& provider, Done done);
    // The provider did not take the token (401): the next get() fetches a new one.
    void forget(const config::Provider& provider);

private:
    class Holder;
    Holder& holderFor(const config::Provider& provider);

    http::TimerWheel& m_wheel;
    http::UpstreamClient& m_upstream;
    const Clock& m_clock;
    std::map<QByteArray, std::unique_ptr<Holder>> m_holders; // by provider and key
};

} // namespace gateway::engine

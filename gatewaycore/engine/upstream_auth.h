// How a provider's requests prove who sends them: the header its kind takes, an AWS signature, or an access token that
// has to be fetched first. Keys leave the process here and nowhere else. Pure except for the token, which the caller
// brings; thread: the worker's.
#pragma once

#include "config/policy_snapshot.h"
#include "http/message.h"
#include "transform/provider_dialect.h"

#include <QByteArray>

namespace gateway::engine {

// A vertex provider's requests carry a token made of its service account (AccessTokens).
bool needsAccessToken(const config::Provider& provider);

struct AuthorisedRequest
{
    QByteArray method;
    QByteArray path; // with its query
    QByteArray hostField;
    QByteArray body;
};
// `token`: the access token, where one is needed. Signing covers the fields that are in `fields` already.
void authorise(const config::Provider& provider, const AuthorisedRequest& request, const QByteArray& token,
    qint64 nowMs, http::Fields& fields);

} // namespace gateway::engine

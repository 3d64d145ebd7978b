// A Google service account: what its key file (JSON) says, and the signed assertion (RFC 7523: a JWT, RS256) that
// Google's token server gives an access token for. The private key stays a Secret. Values; any thread. Errors are
// sentences without any part of the key in them.
#pragma once

#include "api/result.h"
#include "base/secret.h"

#include <QByteArray>
#include <QUrl>

namespace gateway::credential {

struct ServiceAccount
{
    QByteArray clientEmail;
    QByteArray privateKeyId; // may be empty
    Secret privateKey;       // PEM
    QByteArray projectId;    // may be empty
    QUrl tokenUri;           // https, or http towards this machine (tests); nothing else is dialled
};

// Whether a provider key is such a file at all; anything else is taken for a ready token.
bool isServiceAccount(const Secret& key);
api::Result<ServiceAccount> parseServiceAccount(const Secret& key);
// The project in the key, or empty: what a path needs, without checking anything else.
QByteArray projectOf(const Secret& key);

inline constexpr char kCloudPlatformScope[] = "https://www.googleapis.com/auth/cloud-platform";
inline constexpr qint64 kAssertionSeconds = 3600;

// header.claims.signature; valid from `nowSeconds` (UTC) for an hour.
api::Result<QByteArray> signedAssertion(const ServiceAccount& account, const QByteArray& scope, qint64 nowSeconds);

} // namespace gateway::credential

// AWS Signature Version 4: the fields that prove to AWS who sends a request. A pure function of the request as it goes
// out, the keys and the time; any thread. Nothing here is logged or kept; the secret key is read and not copied out.
//
// The path is given as it is sent, percent-encoded already. Every service but S3 signs the path encoded once more
// ("%3A" is signed as "%253A"); so does this, after dot segments and doubled slashes are taken out.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <utility>
#include <vector>

namespace gateway::credential {

using SignedField = std::pair<QByteArray, QByteArray>; // name, value

struct SigV4Keys
{
    QByteArrayView accessKey;
    QByteArrayView secretKey;
    QByteArrayView sessionToken; // empty: long-lived keys
};

struct SigV4Request
{
    QByteArrayView method = "POST";
    QByteArrayView host; // as in the host field: with a port unless it is the scheme's own
    QByteArrayView path; // "/model/a%3A0/converse"
    QByteArrayView query;
    std::vector<SignedField> fields; // to be signed beside host and the signer's own; must be sent as they stand here
    QByteArrayView payloadHash;      // payloadHash() of the body
    QByteArrayView region;
    QByteArrayView service = "bedrock";
    qint64 seconds = 0;          // since 1970, UTC
    bool sendPayloadHash = true; // in a signed field x-amz-content-sha256
};

QByteArray payloadHash(QByteArrayView body); // SHA-256, hex

// authorization, x-amz-date, and where they apply x-amz-security-token and x-amz-content-sha256: all to be sent.
std::vector<SignedField> signV4(const SigV4Request& request, const SigV4Keys& keys);

} // namespace gateway::credential

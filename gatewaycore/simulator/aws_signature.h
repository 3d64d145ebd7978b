// The check of an AWS Signature Version 4, from AWS's documentation alone: it shares nothing with the engine, which
// makes such signatures. Pure; any thread.
#pragma once

#include "simulator/script.h"

namespace gateway::simulator {

struct AwsKey
{
    QByteArray id;
    QByteArray secret;
};

// What is wrong with the request's signature, in AWS's words; empty if it is right. `nowSeconds`: UTC; a signature is
// good for five minutes to either side.
QString awsSignatureFault(const SimRequest& request, const AwsKey& key, const QByteArray& service, qint64 nowSeconds);

// The hash input of the last step but one, which AWS tells the caller when signatures differ.
QByteArray awsCanonicalRequest(const SimRequest& request, const QList<QByteArray>& signedHeaders);

} // namespace gateway::simulator

// Profile: how a simulated provider behaves when nothing else is asked of it: how long it thinks, how fast it writes,
// how often it fails. Everything random comes from the seed and the request's own bytes, so the same request to the
// same profile gets the same answer, in any order and under any load. A value; any thread.
#pragma once

#include "api/result.h"

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace gateway::simulator {

// Log-normal, given by two of its quantiles: what one reads off a provider's latency chart.
struct Latency
{
    std::chrono::microseconds median{0};
    std::chrono::microseconds p95{0};
};

struct Profile
{
    quint64 seed = 1;
    Latency firstByte{std::chrono::milliseconds(180), std::chrono::milliseconds(450)};
    double tokensPerSecond = 90; // 0: as fast as the connection takes them
    int answerTokensMin = 24;
    int answerTokensMax = 120;
    QMap<int, double> errorShares;                  // HTTP status -> share of calls, 0 to 1
    std::optional<std::chrono::seconds> retryAfter; // sent with 429, 503 and 529
    double cutShare = 0;                            // of streams, at a seeded event
    double stallShare = 0;                          // of streams, at a seeded event
    QStringList models{QStringLiteral("sim-small-2026-09-01"), QStringLiteral("sim-large-2026-09-01")};
    QByteArray requiredKey;  // empty: any key, or none
    QByteArray awsAccessKey; // with the secret: requests to Bedrock's paths carry a SigV4 signature that is verified
    QByteArray awsSecretKey;

    // Answers at once and never fails on its own: for tests that bring their own timing.
    static Profile immediate();
};

// Strict YAML (an unknown key is an error); `name` stands in the error's sentence. See resources/help or app/sim for
// one.
//   seed: 7
//   first_byte: {median: 180ms, p95: 450ms}
//   tokens_per_second: 90
//   answer_tokens: {min: 24, max: 120}
//   errors: {429: 0.01, 500: 0.002}
//   retry_after: 2s
//   streams: {cut: 0.01, stall: 0.01}
//   models: [sim-small-2026-09-01]
//   key: sk-sim-1
//   aws: {access_key: AKIASIM, secret_key: sim-secret}
api::Result<Profile> parseProfile(const QByteArray& yaml, const QString& name);

} // namespace gateway::simulator

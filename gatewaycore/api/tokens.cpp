#include "api/tokens.h"

#include <array>
#include <utility>

namespace gateway::api {
namespace {

constexpr std::array kBuckets{
    std::pair{"in_uncached", &Tokens::inUncached},
    std::pair{"in_cache_read", &Tokens::inCacheRead},
    std::pair{"in_cache_write_5m", &Tokens::inCacheWrite5m},
    std::pair{"in_cache_write_30m", &Tokens::inCacheWrite30m},
    std::pair{"in_cache_write_1h", &Tokens::inCacheWrite1h},
    std::pair{"in_cache_write_12h", &Tokens::inCacheWrite12h},
    std::pair{"in_audio", &Tokens::inAudio},
    std::pair{"in_image", &Tokens::inImage},
    std::pair{"tool_prompt", &Tokens::toolPrompt},
    std::pair{"out_text", &Tokens::outText},
    std::pair{"out_reasoning", &Tokens::outReasoning},
    std::pair{"out_audio", &Tokens::outAudio},
    std::pair{"prediction_accepted", &Tokens::predictionAccepted},
    std::pair{"prediction_rejected", &Tokens::predictionRejected},
    std::pair{"server_tool_calls", &Tokens::serverToolCalls},
};

} // namespace

std::int64_t Tokens::input() const
{
    return inUncached + inCacheRead + inCacheWrite5m + inCacheWrite30m + inCacheWrite1h + inCacheWrite12h + inAudio +
           inImage + toolPrompt;
}

std::int64_t Tokens::output() const
{
    return outText + outReasoning + outAudio + predictionAccepted + predictionRejected;
}

QJsonObject toJson(const Tokens& tokens)
{
    QJsonObject json{
        {QStringLiteral("input"), qint64(tokens.input())}, {QStringLiteral("output"), qint64(tokens.output())}};
    const char* source = tokens.source == TokenSource::Reported    ? "reported"
                         : tokens.source == TokenSource::Estimated ? "estimated"
                                                                   : "none";
    json.insert(QStringLiteral("source"), QLatin1String(source));
    for (const auto& [name, member] : kBuckets) {
        if (tokens.*member != 0)
            json.insert(QLatin1String(name), qint64(tokens.*member));
    }
    return json;
}

Tokens tokensFromJson(const QJsonObject& json)
{
    Tokens tokens;
    for (const auto& [name, member] : kBuckets)
        tokens.*member = json.value(QLatin1String(name)).toInteger();
    const QString source = json.value(QLatin1String("source")).toString();
    tokens.source = source == QLatin1String("reported")    ? TokenSource::Reported
                    : source == QLatin1String("estimated") ? TokenSource::Estimated
                                                           : TokenSource::None;
    return tokens;
}

} // namespace gateway::api

#include "simulator/simulator.h"

#include "simulator/anthropic_dialect.h"
#include "simulator/bedrock_dialect.h"
#include "simulator/embeddings_dialect.h"
#include "simulator/gemini_dialect.h"
#include "simulator/google_token.h"
#include "simulator/openai_dialect.h"
#include "simulator/responses_dialect.h"

#include <QCryptographicHash>
#include <QJsonDocument>

namespace gateway::simulator {
namespace {

Script jsonScript(int status, const QByteArray& body)
{
    Script script;
    script.status = status;
    script.pieces.append({0,
        headBytes(status, {{"content-type", "application/json"}, {"content-length", QByteArray::number(body.size())}}) +
            body});
    return script;
}

std::optional<int> seededError(const Profile& profile, Dice& dice)
{
    double share = dice.unit();
    for (auto it = profile.errorShares.cbegin(); it != profile.errorShares.cend(); ++it) {
        if (share < it.value())
            return it.key();
        share -= it.value();
    }
    return std::nullopt;
}

Fault unknownUrl(const SimRequest& request)
{
    return {404,
        QStringLiteral("Unknown request URL: %1 %2.")
            .arg(QString::fromUtf8(request.method), QString::fromUtf8(request.path)),
        {}, "unknown_url"};
}

} // namespace

const Dialect& dialectOf(const Route& route)
{
    static const OpenAiDialect openAi;
    static const AnthropicDialect anthropic;
    static const GeminiDialect gemini;
    static const BedrockDialect bedrock;
    static const ResponsesDialect responses;
    static const EmbeddingsDialect embeddings;
    switch (route.endpoint) {
    case Endpoint::Messages:
    case Endpoint::CountTokens:
    case Endpoint::AnthropicModels:
        return anthropic;
    case Endpoint::GeminiGenerate:
    case Endpoint::GeminiStream:
    case Endpoint::GeminiCountTokens:
    case Endpoint::GeminiEmbed:
    case Endpoint::GeminiBatchEmbed:
    case Endpoint::GeminiPredict:
    case Endpoint::GeminiModels:
        return gemini;
    case Endpoint::Converse:
    case Endpoint::ConverseStream:
        return bedrock;
    case Endpoint::Responses:
        return responses;
    case Endpoint::Embeddings:
        return embeddings;
    default:
        return openAi;
    }
}

std::optional<Fault> acceptKey(const SimCall& call, const QByteArray& key)
{
    const bool right = call.profile.requiredKey.isEmpty() || key == call.profile.requiredKey;
    return right ? std::nullopt : std::optional(Fault{401, {}, {}, {}});
}

QByteArray bearerOf(const SimRequest& request)
{
    const QByteArray value = request.header("authorization");
    return value.startsWith("Bearer ") ? value.mid(7) : QByteArray();
}

quint64 Simulator::seedFor(const QByteArray& body)
{
    const QByteArray hash = QCryptographicHash::hash(body, QCryptographicHash::Sha256);
    quint64 folded = 0;
    if (hash.size() >= qsizetype(sizeof folded))
        memcpy(&folded, hash.constData(), sizeof folded);
    const QMutexLocker lock(&m_mutex);
    if (m_seen.size() > 100'000)
        m_seen.clear();
    return folded ^ (m_profile.seed * 0x9e3779b97f4a7c15ull) ^ (m_seen[hash]++ << 1);
}

bool Simulator::isOver(const Wishes& wishes, const SimRequest& request, qint64 callNumber)
{
    if (wishes.every && *wishes.every > 0)
        return callNumber % *wishes.every != 0;
    if (!wishes.times)
        return false;
    const QMutexLocker lock(&m_mutex);
    if (m_tries.size() > 100'000)
        m_tries.clear();
    return ++m_tries[request.header("x-request-id")] > *wishes.times;
}

Simulator::Turn Simulator::answer(const SimRequest& request)
{
    if (request.path == "/sim/ledger")
        return {ledgerAnswer(request), 0};
    if (request.path == "/healthz")
        return {jsonScript(200, "{\"ok\":true}"), 0};
    return request.method == "POST" ? post(request) : Turn{listAnswer(request), 0};
}

Simulator::Turn Simulator::post(const SimRequest& request)
{
    Dice dice(seedFor(request.body));
    SimCall call{request, routeOf(request), m_profile};
    call.callNumber = ++m_calls;
    call.createdSeconds = m_clock.wallMs() / 1000;
    call.requestId =
        "req_" + QByteArray::number(dice.next(), 16).rightJustified(16, '0') + QByteArray::number(call.callNumber, 16);
    Script script = callAnswer(call, dice);
    const qint64 number = m_ledger.received(request, script, call.chat.model.toUtf8(), call.chat.stream);
    return {std::move(script), number};
}

Script Simulator::callAnswer(SimCall& call, Dice& dice)
{
    const Dialect& dialect = dialectOf(call.route);
    switch (call.route.endpoint) {
    case Endpoint::Unknown:
    case Endpoint::Models:
    case Endpoint::AnthropicModels:
    case Endpoint::GeminiModels:
        return dialect.error(call, unknownUrl(call.http));
    case Endpoint::GoogleToken:
        return googleToken(call);
    default:
        break;
    }
    const auto fault = dialect.read(call);
    call.wishes = wishesOf(call.chat.model.toUtf8(), call.http.headers);
    if (isOver(call.wishes, call.http, call.callNumber))
        call.wishes.behave();
    if (const auto wrong = dialect.authenticate(call))
        return dialect.error(call, *wrong);
    if (fault)
        return dialect.error(call, *fault);
    if (const auto status = call.wishes.status ? call.wishes.status : seededError(m_profile, dice))
        return dialect.error(call, {*status, {}, {}, call.wishes.errorCode});
    return dialect.answer(call, dice);
}

Script Simulator::listAnswer(const SimRequest& request)
{
    SimCall call{request, routeOf(request), m_profile};
    call.requestId = "req_models";
    call.createdSeconds = m_clock.wallMs() / 1000;
    call.callNumber = m_calls;
    switch (request.method == "GET" ? call.route.endpoint : Endpoint::Unknown) {
    case Endpoint::Models:
        return openAiModels(call);
    case Endpoint::AnthropicModels:
        return anthropicModels(call);
    case Endpoint::GeminiModels:
        return geminiModels(call);
    default:
        return dialectOf(call.route).error(call, unknownUrl(request));
    }
}

Script Simulator::ledgerAnswer(const SimRequest& request)
{
    if (request.method == "DELETE") {
        m_ledger.clear();
        return jsonScript(200, "{\"cleared\":true}");
    }
    return jsonScript(200, QJsonDocument(m_ledger.toJson()).toJson(QJsonDocument::Compact));
}

} // namespace gateway::simulator

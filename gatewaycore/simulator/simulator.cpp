#include "simulator/simulator.h"

#include "simulator/openai_dialect.h"

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

} // namespace

quint64 Simulator::seedFor(const QByteArray& body)
{
    const QByteArray hash = QCryptographicHash::hash(body, QCryptographicHash::Sha256);
    quint64 folded = 0;
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
    const QByteArray path = request.path.startsWith("/v1/") ? request.path.mid(3) : request.path;
    if (path == "/chat/completions" && request.method == "POST")
        return chat(request);
    if (path == "/sim/ledger")
        return {ledgerAnswer(request), 0};
    if (path == "/healthz")
        return {jsonScript(200, "{\"ok\":true}"), 0};
    if (path == "/models" && request.method == "GET") {
        const AnswerContext context{"req_models", m_clock.wallMs() / 1000, m_calls};
        return {openAiModels(m_profile, context), 0};
    }
    const AnswerContext context{"req_unknown", m_clock.wallMs() / 1000, m_calls};
    return {openAiError(404,
                QStringLiteral("Unknown request URL: %1 %2.")
                    .arg(QString::fromUtf8(request.method), QString::fromUtf8(request.path)),
                {}, QStringLiteral("unknown_url"), {}, m_profile, context),
        0};
}

Simulator::Turn Simulator::chat(const SimRequest& request)
{
    Dice dice(seedFor(request.body));
    AnswerContext context;
    context.callNumber = ++m_calls;
    context.createdSeconds = m_clock.wallMs() / 1000;
    context.requestId = "req_" + QByteArray::number(dice.next(), 16).rightJustified(16, '0') +
                        QByteArray::number(context.callNumber, 16);

    ChatRequest chatRequest;
    const auto fault = readChatRequest(request.body, chatRequest);
    Wishes wishes = wishesOf(chatRequest.model.toUtf8(), request.headers);
    if (isOver(wishes, request, context.callNumber))
        wishes.behave();
    Script script;
    if (!m_profile.requiredKey.isEmpty() && request.header("authorization") != "Bearer " + m_profile.requiredKey) {
        script = openAiErrorFor(401, chatRequest, wishes, m_profile, context);
    } else if (fault) {
        script = openAiError(400, fault->message, fault->param, fault->code, wishes, m_profile, context);
    } else if (const auto status = wishes.status ? wishes.status : seededError(m_profile, dice)) {
        script = openAiErrorFor(*status, chatRequest, wishes, m_profile, context);
    } else {
        const ChatAnswer answer = composeAnswer(chatRequest, wishes, m_profile, dice);
        script = openAiChat(chatRequest, answer, wishes, m_profile, context, dice);
    }
    const qint64 number = m_ledger.received(request, script, chatRequest.model.toUtf8(), chatRequest.stream);
    return {std::move(script), number};
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

// The typed calls on money, quotas, routes and levers; the others are in gateway_client.cpp.
#include "api/gateway_client.h"

#include "reply_codecs.h"

namespace gateway::api {
namespace {

QString providerPath(const QString& name, const char* verb)
{
    return QStringLiteral("/api/v1/providers/%1/%2").arg(part(name), QLatin1String(verb));
}

// The members that are not null: a route refuses fields it does not know, and some share a value with others.
QJsonObject stated(QJsonObject json)
{
    for (auto member = json.begin(); member != json.end();) {
        const bool isEmpty = member->isNull() || (member->isString() && member->toString().isEmpty());
        member = isEmpty ? json.erase(member) : std::next(member);
    }
    return json;
}

} // namespace

GatewayClient::Reply<QVector<BudgetStatus>> GatewayClient::budgets() const
{
    return decode(send(get(QStringLiteral("/api/v1/budgets"))), listOf(&budgetStatusFromJson));
}

GatewayClient::Reply<BudgetStatus> GatewayClient::raiseBudget(
    const QString& id, const BudgetRaise& raise, const QString& reason) const
{
    const QString path = QStringLiteral("/api/v1/budgets/%1/raise").arg(part(id));
    return decode(send(post(path, stated(toJson(raise)), reason)), &budgetStatusFromJson);
}

GatewayClient::Reply<LedgerReport> GatewayClient::ledger(const std::optional<QDateTime>& since) const
{
    QUrlQuery query;
    if (since)
        query.addQueryItem(QStringLiteral("since"), since->toUTC().toString(Qt::ISODateWithMs));
    return decode(send(get(QStringLiteral("/api/v1/ledger"), query)), &ledgerReportFromJson);
}

GatewayClient::Reply<Reconciliation> GatewayClient::reconcile(const QString& csv) const
{
    return decode(send(post(QStringLiteral("/api/v1/ledger/reconcile"), {{QStringLiteral("csv"), csv}})),
        &reconciliationFromJson);
}

GatewayClient::Reply<QuotaReport> GatewayClient::quotas() const
{
    return decode(send(get(QStringLiteral("/api/v1/quotas"))), &quotaReportFromJson);
}

GatewayClient::Reply<RouteExplanation> GatewayClient::explainRoute(const RouteQuestion& question) const
{
    return decode(
        send(post(QStringLiteral("/api/v1/routes/explain"), stated(toJson(question)))), &routeExplanationFromJson);
}

GatewayClient::Reply<QVector<CandidateCapabilities>> GatewayClient::capabilities() const
{
    return decode(send(get(QStringLiteral("/api/v1/capabilities"))), listOf(&candidateCapabilitiesFromJson));
}

GatewayClient::Reply<QVector<LeverStatus>> GatewayClient::levers() const
{
    return decode(send(get(QStringLiteral("/api/v1/failovers"))), listOf(&leverStatusFromJson));
}

GatewayClient::Reply<LeverPreview> GatewayClient::previewLever(const LeverRequest& request) const
{
    return decode(send(post(QStringLiteral("/api/v1/failovers/plan"), stated(toJson(request)))), &leverPreviewFromJson);
}

GatewayClient::Reply<LeverStatus> GatewayClient::applyLever(const LeverRequest& request, const QString& reason) const
{
    return decode(
        send(post(QStringLiteral("/api/v1/failovers"), stated(toJson(request)), reason)), &leverStatusFromJson);
}

GatewayClient::Reply<LeverStatus> GatewayClient::endLever(const QString& id, const QString& reason) const
{
    return decode(
        send(post(QStringLiteral("/api/v1/failovers/%1/revert").arg(part(id)), {}, reason)), &leverStatusFromJson);
}

GatewayClient::Reply<LeverStatus> GatewayClient::drainProvider(
    const QString& name, const LeverEnd& end, const QString& reason) const
{
    QJsonObject body;
    if (end.at)
        body.insert(QStringLiteral("ends_at"), end.at->toUTC().toString(Qt::ISODateWithMs));
    if (end.seconds)
        body.insert(QStringLiteral("duration_s"), *end.seconds);
    return decode(send(post(providerPath(name, "drain"), body, reason)), &leverStatusFromJson);
}

GatewayClient::Reply<LeverStatus> GatewayClient::resumeProvider(const QString& name, const QString& reason) const
{
    return decode(send(post(providerPath(name, "resume"), {}, reason)), &leverStatusFromJson);
}

GatewayClient::Reply<LeverStatus> GatewayClient::forceBreaker(
    const QString& provider, const BreakerForce& force, const QString& reason) const
{
    return decode(send(post(providerPath(provider, "breaker"), stated(toJson(force)), reason)), &leverStatusFromJson);
}

GatewayClient::Reply<ProbeResult> GatewayClient::probeProvider(const QString& name, const QString& reason) const
{
    return decode(send(post(providerPath(name, "probe"), {}, reason)), &probeResultFromJson);
}

GatewayClient::Reply<QVector<DrillCard>> GatewayClient::drills() const
{
    return decode(send(get(QStringLiteral("/api/v1/drills"))), listOf(&drillCardFromJson));
}

GatewayClient::Reply<DrillCard> GatewayClient::drill(const QString& id) const
{
    return decode(send(get(QStringLiteral("/api/v1/drills/") + part(id))), &drillCardFromJson);
}

GatewayClient::Reply<LeverStatus> GatewayClient::startDrill(const LeverRequest& request, const QString& reason) const
{
    QJsonObject body = stated(toJson(request));
    body.remove(QStringLiteral("kind"));
    return decode(send(post(QStringLiteral("/api/v1/drills"), body, reason)), &leverStatusFromJson);
}

GatewayClient::Reply<QVector<Invariant>> GatewayClient::invariants() const
{
    return decode(send(get(QStringLiteral("/api/v1/limits"))), listOf(&invariantFromJson));
}

GatewayClient::Reply<QVector<ExportStatus>> GatewayClient::exports() const
{
    return decode(send(get(QStringLiteral("/api/v1/exports"))), listOf(&exportStatusFromJson));
}

GatewayClient::Reply<ExportTest> GatewayClient::testExport(const QString& name, const QString& reason) const
{
    const QString path = QStringLiteral("/api/v1/exports/%1/test").arg(part(name));
    return decode(send(post(path, {}, reason)), &exportTestFromJson);
}

GatewayClient::Reply<QVector<Incident>> GatewayClient::incidents() const
{
    return decode(send(get(QStringLiteral("/api/v1/incidents"))), listOf(&incidentFromJson));
}

} // namespace gateway::api

// The fake engine's budgets, quotas, routes and levers.
#include "fake_engine.h"

#include <QJsonArray>

namespace gateway::test {

using api::Failure;
using api::Money;

namespace {

const QString kLabel = QStringLiteral("openai-eu/gpt-1@eu-west-1");

QDateTime at(qint64 seconds)
{
    return QDateTime::fromMSecsSinceEpoch(kNowMs + seconds * 1000, Qt::UTC);
}

Money usd(QStringView decimal)
{
    return Money::fromDecimal(decimal).value();
}

} // namespace

void FakeEngine::fillControl()
{
    api::BudgetStatus month;
    month.id = QStringLiteral("b1");
    month.scope.tenant = QStringLiteral("acme");
    month.period = QStringLiteral("month");
    month.timeZone = QStringLiteral("Europe/Berlin");
    month.windowStart = QDateTime(QDate(2026, 10, 31), QTime(23, 0), Qt::UTC);
    month.windowEnd = QDateTime(QDate(2026, 11, 30), QTime(23, 0), Qt::UTC);
    month.limit = month.configuredLimit = usd(u"500");
    month.settled = usd(u"412.5");
    month.reserved = usd(u"1.25");
    month.openReservations = 2;
    month.calls = 41'000;
    month.softMarks = {80, 95};
    month.softMark = 80;
    month.atLimit = QStringLiteral("refuse");
    month.estimate = QStringLiteral("upper_bound");
    month.forecast = api::straightForecast(month.settled, month.windowStart, month.windowEnd, at(0));
    api::BudgetStatus day = month;
    day.id = QStringLiteral("b2");
    day.scope = {};
    day.scope.agent = QStringLiteral("nightly");
    day.period = QStringLiteral("day");
    day.timeZone = QStringLiteral("UTC");
    day.windowStart = QDateTime(QDate(2026, 11, 22), QTime(0, 0), Qt::UTC);
    day.windowEnd = day.windowStart.addDays(1);
    day.limit = day.configuredLimit = day.settled = usd(u"40");
    day.reserved = {};
    day.openReservations = 0;
    day.refusals = 12;
    day.forecast.reset();
    m_budgets = {month, day};

    api::LeverStatus drill;
    drill.id = QStringLiteral("lev_1");
    drill.kind = api::LeverKind::Drill;
    drill.provider = QStringLiteral("openai-eu");
    drill.percent = 10;
    drill.reason = QStringLiteral("weekly drill");
    drill.by = QStringLiteral("ops");
    drill.setAt = at(-600);
    drill.endsAt = drill.setAt.addSecs(300);
    drill.endedAt = drill.endsAt;
    m_levers = {drill};

    api::Incident open;
    open.id = QStringLiteral("inc_2");
    open.provider = QStringLiteral("openai-eu");
    open.candidates = QStringList{kLabel};
    open.state = QStringLiteral("open");
    open.severity = QStringLiteral("high");
    open.title = QStringLiteral("openai-eu is failing");
    open.sentence = QStringLiteral("The breaker of %1 opened. 12 of 20 attempts failed.").arg(kLabel);
    open.openedAt = at(-20);
    open.lastSeenAt = at(-1);
    open.callsFailed = 3;
    open.callsRescued = 40;
    open.openings = 2;
    api::Incident closed = open;
    closed.id = QStringLiteral("inc_1");
    closed.provider = QStringLiteral("anthropic");
    closed.candidates.clear();
    closed.state = QStringLiteral("closed");
    closed.severity = QStringLiteral("low");
    closed.title = QStringLiteral("anthropic is in trouble");
    closed.openedAt = at(-7200);
    closed.lastSeenAt = at(-7000);
    closed.closedAt = at(-6700);
    closed.callsFailed = 0;
    m_incidents = {open, closed};
}

void FakeEngine::raiseBudget(
    const QString& id, const api::BudgetRaise& raise, const admin::Change& change, admin::Done<api::BudgetStatus> done)
{
    lastReason = change.reason;
    for (api::BudgetStatus& budget : m_budgets) {
        if (budget.id != id)
            continue;
        budget.raisedTo = raise.end ? std::nullopt : raise.limit;
        budget.raiseEnds = raise.end ? std::nullopt : raise.until;
        budget.limit = budget.raisedTo.value_or(budget.configuredLimit);
        return later<api::BudgetStatus>(std::move(done), budget);
    }
    later<api::BudgetStatus>(std::move(done), api::failure(Failure::NotFound, QStringLiteral("no such budget")));
}

void FakeEngine::ledgerReport(const QDateTime& since, admin::Done<api::LedgerReport> done)
{
    api::LedgerReport report;
    report.since = since;
    report.asOf = at(0);
    report.reservations = {{QStringLiteral("fast"), 3, usd(u"0.012"), usd(u"0.00501"), 0.41, 0.8}};
    report.refusals = 12;
    report.refusalsThatFitted = 7;
    report.unpricedCalls = 1;
    report.proved = usd(u"412");
    report.claimed = usd(u"0.5");
    report.spend = {{QStringLiteral("acme"), QStringLiteral("summaries"), 3, usd(u"412"), usd(u"0.5")}};
    report.findings = {{QStringLiteral("first_seen"),
        QStringLiteral("acme named the feature batch-tags for the first time."), at(-60)}};
    later<api::LedgerReport>(std::move(done), report);
}

void FakeEngine::reconcile(const QByteArray& csv, admin::Done<api::Reconciliation> done)
{
    api::Reconciliation result;
    const QList<QByteArray> rows = csv.trimmed().split('\n');
    if (rows.size() < 2) {
        result.verdict = QStringLiteral("no_data");
        result.sentence = QStringLiteral("The bill has no lines.");
        return later<api::Reconciliation>(std::move(done), result);
    }
    const Money billed = Money::fromDecimal(QString::fromLatin1(rows[1].split(',').value(3))).value_or(Money());
    api::ReconciledLine line{QStringLiteral("openai-eu"), QStringLiteral("gpt-1"), QStringLiteral("2026-11"), billed,
        usd(u"412.5"), billed.minus(usd(u"412.5")).value_or(Money()), 1.0, billed == usd(u"412.5"), {}};
    if (!line.within)
        line.causes = {{QStringLiteral("unpriced"), line.delta, 1, QStringLiteral("One call had no price.")}};
    result.verdict = line.within ? QStringLiteral("pass") : QStringLiteral("fail");
    result.sentence = line.within ? QStringLiteral("The bill and the record agree.")
                                  : QStringLiteral("One line differs by more than its tolerance.");
    result.lines = {line};
    later<api::Reconciliation>(std::move(done), result);
}

QVector<api::CandidateCapabilities> FakeEngine::capabilities() const
{
    const auto feature = [](const char* name, const char* chat, const char* anthropic) {
        const auto word = [](const char* text) { return QString::fromLatin1(text); };
        return api::FeatureCarriage{
            word(name), {{word("openai.chat"), word(chat)}, {word("openai.responses"), word(chat)},
                            {word("anthropic"), word(anthropic)}, {word("gemini"), word("no")}}};
    };
    api::CandidateCapabilities open;
    open.candidate = QStringLiteral("openai-eu/gpt-1@eu-west-1");
    open.provider = QStringLiteral("openai-eu");
    open.kind = QStringLiteral("openai");
    open.model = QStringLiteral("gpt-1");
    open.dialect = QStringLiteral("openai.chat");
    open.passedOn = QStringList{QStringLiteral("openai.chat"), QStringLiteral("openai.responses")};
    open.aliases = QStringList{QStringLiteral("fast")};
    open.features = {feature("tools", "yes", "yes"), feature("images by address", "yes", "lossy")};
    api::CandidateCapabilities claude = open;
    claude.candidate = QStringLiteral("anthropic/claude-1@eu-west-1");
    claude.provider = claude.kind = claude.dialect = QStringLiteral("anthropic");
    claude.model = QStringLiteral("claude-1");
    claude.passedOn = QStringList{claude.dialect};
    claude.aliases = QStringList{QStringLiteral("careful")};
    claude.features = {feature("tools", "yes", "yes"), feature("images by address", "no", "yes")};
    return {open, claude};
}

api::QuotaReport FakeEngine::quotas() const
{
    api::QuotaReport report;
    api::QuotaStatus quota;
    quota.scope.tenant = QStringLiteral("acme");
    quota.requestsPerMinute = 600;
    quota.requestsLeft = 588;
    quota.admitted = 3;
    report.quotas = {quota};
    api::ProviderGateStatus gate;
    gate.provider = QStringLiteral("openai-eu");
    gate.requestsPerMinute = 450;
    gate.requestsLeft = 447;
    gate.limitMoved = 1;
    gate.limitMovedAt = at(-90);
    report.providers = {gate};
    report.waiting = {1, 3, 0, 0, 12.5};
    return report;
}

api::Result<api::RouteExplanation> FakeEngine::explainRoute(const api::RouteQuestion& question) const
{
    if (!m_snapshot->aliasByName.contains(question.alias))
        return api::failure(Failure::NotFound, QStringLiteral("No alias named %1 is configured.").arg(question.alias));
    const bool isRefused = question.zone == QLatin1String("local");
    api::RouteExplanation explanation;
    explanation.decision = {{QStringLiteral("alias"), question.alias},
        {QStringLiteral("candidates"),
            QJsonArray{QJsonObject{{QStringLiteral("provider"), QStringLiteral("openai-eu")},
                {QStringLiteral("model"), QStringLiteral("gpt-1")},
                {QStringLiteral("region"), QStringLiteral("eu-west-1")},
                {QStringLiteral("verdict"), isRefused ? QStringLiteral("rejected") : QStringLiteral("chosen")},
                {QStringLiteral("code"), isRefused ? QStringLiteral("zone_region") : QString()},
                {QStringLiteral("reason"), isRefused ? QStringLiteral("region eu-west-1 lies outside zone local")
                                                     : QStringLiteral("drawn by weight 80")}}}}};
    if (isRefused) {
        explanation.refusalCode = QStringLiteral("no_route_in_zone");
        explanation.sentence = QStringLiteral("The call would be refused: no candidate lies inside zone local.");
        explanation.counterfactuals = {{QStringLiteral("zone"), kLabel,
            QStringLiteral("Without the zone, openai-eu would serve; a zone is never widened.")}};
        return explanation;
    }
    explanation.chosen = kLabel;
    explanation.sentence = QStringLiteral("openai-eu would serve it.");
    explanation.estimate = usd(u"0.00167");
    explanation.chain = {{QStringLiteral("primary"), kLabel, 2000, true, {}},
        {QStringLiteral("smaller-model"), QStringLiteral("openai-eu/gpt-1-nano@eu-west-1"), 1500, false,
            QStringLiteral("no time is left after the first step")},
        {QStringLiteral("refuse"), {}, {}, true, {}}};
    explanation.counterfactuals = {{QStringLiteral("latency"), kLabel, QStringLiteral("The same one.")}};
    return explanation;
}

api::Result<api::LeverPreview> FakeEngine::previewLever(const api::LeverRequest& request) const
{
    api::LeverPreview preview;
    preview.asOf = at(0);
    preview.endsAt = *request.endsAt;
    preview.requestsPerMinute = 12.5;
    preview.requestsStaying = 1.5;
    preview.costPerHourDelta = usd(u"0.4");
    preview.targets = {{QStringLiteral("fast"), {}, QStringLiteral("refused"),
        QStringLiteral("no other candidate is configured"), 12.5}};
    preview.withoutTarget = {
        {QStringLiteral("acme"), QStringLiteral("eu-only"), QStringLiteral("no candidate lies inside its zone"), 1.5}};
    return preview;
}

void FakeEngine::applyLever(
    const api::LeverRequest& request, const admin::Change& change, admin::Done<api::LeverStatus> done)
{
    lastReason = change.reason;
    api::LeverStatus lever;
    lever.id = QStringLiteral("lev_%1").arg(m_levers.size() + 1);
    lever.kind = request.kind;
    lever.provider = request.provider;
    lever.candidate = request.candidate;
    lever.alias = request.alias;
    lever.tenant = request.tenant;
    lever.weight = request.weight;
    lever.percent = request.percent;
    lever.breaker = request.breaker;
    lever.reason = change.reason;
    lever.by = change.by.name;
    lever.setAt = at(0);
    lever.endsAt = *request.endsAt;
    m_levers.prepend(lever);
    later<api::LeverStatus>(std::move(done), lever);
}

void FakeEngine::endLever(const QString& id, const admin::Change& change, admin::Done<api::LeverStatus> done)
{
    lastReason = change.reason;
    for (api::LeverStatus& lever : m_levers) {
        if (lever.id != id)
            continue;
        if (!lever.endedAt)
            lever.endedAt = at(0);
        if (lever.kind == api::LeverKind::Drain)
            lever.stagePercent = 1;
        return later<api::LeverStatus>(std::move(done), lever);
    }
    later<api::LeverStatus>(
        std::move(done), api::failure(Failure::NotFound, QStringLiteral("There is no lever %1.").arg(id)));
}

api::Result<api::DrillCard> FakeEngine::drillCard(const QString& id) const
{
    for (const api::LeverStatus& lever : m_levers) {
        if (lever.id != id || lever.kind != api::LeverKind::Drill)
            continue;
        api::DrillCard card;
        card.id = id;
        card.provider = lever.provider;
        card.percent = lever.percent.value_or(100);
        card.startedAt = lever.setAt;
        card.endedAt = lever.endedAt;
        card.requests = 40;
        card.controlRequests = 360;
        card.steps = {{QStringLiteral("openai-eu/gpt-1-nano@eu-west-1"), QStringLiteral("smaller-model"), 39},
            {QString(), QStringLiteral("refuse"), 1}};
        card.errors = 1;
        card.latencyP50DeltaMs = 12.5;
        card.restoreMs = 820;
        card.verdict = lever.endedAt ? QStringLiteral("pass") : QStringLiteral("running");
        return card;
    }
    return api::failure(Failure::NotFound, QStringLiteral("There is no drill %1.").arg(id));
}

QVector<api::BreakerStatus> FakeEngine::breakers(const QString& provider) const
{
    if (provider != QLatin1String("openai-eu"))
        return {};
    api::BreakerStatus breaker;
    breaker.candidate = kLabel;
    breaker.state = QStringLiteral("open");
    breaker.reason = QStringLiteral("12 of 20 attempts failed");
    breaker.openedAt = at(-20);
    breaker.nextProbeAt = at(5);
    breaker.attempts = 20;
    breaker.failures = 12;
    for (const api::LeverStatus& lever : m_levers) {
        if (lever.kind == api::LeverKind::Breaker && lever.isInForce()) {
            breaker.forced = true;
            breaker.state = lever.breaker;
            breaker.forcedUntil = lever.endsAt;
        }
    }
    return {breaker};
}

void FakeEngine::probeProvider(const QString& name, const admin::Change& change, admin::Done<api::ProbeResult> done)
{
    lastReason = change.reason;
    const bool ok = name == QLatin1String("openai-eu");
    later<api::ProbeResult>(std::move(done),
        api::ProbeResult{name, ok, ok ? QStringLiteral("It answered.") : QStringLiteral("It refused the key."), at(0),
            ok ? 200 : 401, 42.5});
}

QVector<api::Invariant> FakeEngine::invariants() const
{
    api::Invariant refusals;
    refusals.name = QStringLiteral("false_refusal");
    refusals.state = QStringLiteral("holds");
    refusals.sentence = QStringLiteral("12 refusals were computed again and each was right.");
    refusals.checked = 12;
    refusals.asOf = at(0);
    api::Invariant share;
    share.name = QStringLiteral("degraded_share");
    share.state = QStringLiteral("unknown");
    share.sentence = QStringLiteral("No candidate is degraded, so there is nothing to compare.");
    share.asOf = at(0);
    return {refusals, share};
}

QVector<api::ExportStatus> FakeEngine::exports() const
{
    api::ExportStatus prometheus;
    prometheus.name = prometheus.kind = QStringLiteral("prometheus");
    prometheus.target = QStringLiteral("http://127.0.0.1:4181/metrics");
    prometheus.state = QStringLiteral("ok");
    prometheus.sentence = QStringLiteral("The metrics are fetched.");
    prometheus.lastSuccess = at(-12);
    prometheus.sent = 4711;
    api::ExportStatus pager;
    pager.name = QStringLiteral("pager");
    pager.kind = QStringLiteral("webhook");
    pager.target = QStringLiteral("https://hooks.example/...");
    pager.state = QStringLiteral("failing");
    pager.sentence = QStringLiteral("It answered 503. It is tried again.");
    pager.lastFailure = at(-3);
    pager.lastError = QStringLiteral("It answered 503.");
    pager.queued = 2;
    return {prometheus, pager};
}

void FakeEngine::testExport(const QString& name, const admin::Change& change, admin::Done<api::ExportTest> done)
{
    lastReason = change.reason;
    if (name == QLatin1String("pager"))
        return later<api::ExportTest>(
            std::move(done), api::ExportTest{name, false, 503, QStringLiteral("It answered 503."), at(0)});
    later<api::ExportTest>(
        std::move(done), api::failure(Failure::NotFound, QStringLiteral("There is no export %1.").arg(name)));
}

QVector<api::Incident> FakeEngine::incidents() const
{
    return m_incidents;
}

api::Result<api::Incident> FakeEngine::incident(const QString& id) const
{
    for (const api::Incident& incident : m_incidents) {
        if (incident.id == id)
            return incident;
    }
    return api::failure(Failure::NotFound, QStringLiteral("There is no incident %1.").arg(id));
}

void FakeEngine::acknowledgeIncident(
    const QString& id, const QString& owner, const admin::Change& change, admin::Done<api::Incident> done)
{
    lastReason = change.reason;
    for (api::Incident& incident : m_incidents) {
        if (incident.id != id)
            continue;
        incident.owner = owner;
        incident.acknowledgedBy = change.by.name;
        incident.acknowledgedAt = at(0);
    }
    later<api::Incident>(std::move(done), incident(id));
}

void FakeEngine::noteIncident(
    const QString& id, const QString& text, const admin::Change& change, admin::Done<api::Incident> done)
{
    lastReason = change.reason;
    for (api::Incident& incident : m_incidents) {
        if (incident.id != id)
            continue;
        incident.notes.append({at(0), change.by.name, text});
        incident.noteCount = int(incident.notes.size());
    }
    later<api::Incident>(std::move(done), incident(id));
}

void FakeEngine::handover(const QString& id, admin::Done<api::Handover> done)
{
    const api::Result<api::Incident> known = incident(id);
    if (!known)
        return later<api::Handover>(std::move(done), known.error());
    later<api::Handover>(std::move(done),
        api::Handover{id, at(0),
            {known->title + QStringLiteral(" (%1): %2.").arg(id, known->state), QStringLiteral("Next: watch it.")}});
}

} // namespace gateway::test

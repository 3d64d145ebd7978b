#include "observability/incidents.h"

#include "observability/attempt_facts.h"

#include <QJsonArray>

#include <algorithm>

namespace gateway::observability {

using api::CallOutcome;
using api::ErrorCode;

namespace {

QString providerOf(const QString& candidate)
{
    return candidate.section(u'/', 0, 0);
}

bool hasFailedAt(const api::Attempt& attempt)
{
    return attempt.result == api::AttemptResult::Failed && !isCallersFault(attempt);
}

// Providers whose attempts failed in this call.
QSet<QString> failedProviders(const api::Call& call)
{
    QSet<QString> found;
    for (const api::Attempt& attempt : call.attempts) {
        if (hasFailedAt(attempt))
            found.insert(attempt.provider);
    }
    return found;
}

// Did the call pass the provider by because a breaker was open?
bool wasPassedBy(const api::Call& call, const QString& provider)
{
    for (const api::Attempt& attempt : call.attempts) {
        if (attempt.provider == provider && attempt.result == api::AttemptResult::Skipped &&
            attempt.error == ErrorCode::ProviderUnavailable)
            return true;
    }
    if (!call.decision.mayHave(QLatin1String("breaker_open")))
        return false;
    const QJsonObject decision = call.decision.toObject();
    for (const char* part : {"candidates", "fallback"}) {
        const QJsonArray rows = decision.value(QLatin1String(part)).toArray();
        for (const QJsonValue& row : rows) {
            if (row.toObject().value(QStringLiteral("code")).toString() == QLatin1String("breaker_open") &&
                row.toObject().value(QStringLiteral("provider")).toString() == provider)
                return true;
        }
    }
    return false;
}

// The caller got an error, and it was not the caller's own doing.
bool sawError(const api::Call& call)
{
    switch (call.outcome) {
    case CallOutcome::Failed:
    case CallOutcome::Truncated:
        return true;
    case CallOutcome::Refused:
        return call.error == ErrorCode::ProviderUnavailable || call.error == ErrorCode::ChainExhausted;
    default:
        return false;
    }
}

QString countOf(qint64 n, const char* one, const char* many)
{
    return QStringLiteral("%1 %2").arg(n).arg(QLatin1String(n == 1 ? one : many));
}

api::Incident withLastNote(api::Incident incident)
{
    if (incident.notes.size() > 1)
        incident.notes = {incident.notes.last()};
    return incident;
}

} // namespace

QDateTime Incidents::now() const
{
    return QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
}

void Incidents::setCandidates(const QSet<QString>& candidates)
{
    const QSet<QString> gone = m_candidates - candidates;
    m_candidates = candidates;
    QSet<QString> providers;
    for (const QString& candidate : candidates)
        providers.insert(providerOf(candidate));
    for (const QString& candidate : gone) {
        mended(candidate);
        m_changes.remove(candidate); // should it come back, its breaker is a new one
        if (!providers.contains(providerOf(candidate)))
            m_before.remove(providerOf(candidate));
    }
}

void Incidents::breakerChanged(const BreakerChange& change)
{
    if (!m_candidates.contains(change.candidate))
        return;
    qint64& seen = m_changes[change.candidate];
    if (change.changes < seen)
        return;
    seen = change.changes;
    if (change.state == BreakerChange::State::Closed)
        return mended(change.candidate);
    const QString provider = providerOf(change.candidate);
    const auto known = m_open.find(provider);
    if (change.forced || change.state == BreakerChange::State::HalfOpen) {
        // no trouble by itself; where there is some, it is not over
        if (known != m_open.end() && known->second.troubled.contains(change.candidate))
            known->second.incident.lastSeenAt = now();
        if (known != m_open.end())
            m_unsaved[known->second.incident.id];
        return;
    }
    const bool isNew = known == m_open.end();
    Case& one = isNew ? openCase(provider) : known->second;
    one.troubled.insert(change.candidate);
    one.lastReason = change.reason;
    one.incident.lastSeenAt = now();
    ++one.incident.openings;
    if (!one.incident.candidates.contains(change.candidate))
        one.incident.candidates.append(change.candidate);
    m_unsaved[one.incident.id] |= isNew;
    if (isNew)
        tell("incident.opened", described(one));
}

Incidents::Case& Incidents::openCase(const QString& provider)
{
    Case& one = m_open[provider];
    m_lastId = std::max(m_lastId + 1, m_clock.wallMs());
    one.incident.id = QStringLiteral("inc_") + QString::number(m_lastId, 36);
    one.incident.provider = provider;
    one.incident.openedAt = now();
    const Harm harm = before(provider);
    one.incident.callsFailed = harm.failed;
    one.incident.callsRescued = harm.rescued;
    return one;
}

void Incidents::mended(const QString& candidate)
{
    const auto known = m_open.find(providerOf(candidate));
    if (known == m_open.end() || !known->second.troubled.remove(candidate))
        return;
    known->second.incident.lastSeenAt = now();
    m_unsaved[known->second.incident.id];
    if (known->second.troubled.isEmpty())
        known->second.quietSince = m_clock.monotonic();
}

void Incidents::add(const api::Call& call)
{
    const bool failed = sawError(call);
    if (!failed && call.outcome != CallOutcome::Answered)
        return;
    const QSet<QString> tried = failedProviders(call);
    const Harm harm{failed ? 1 : 0, failed ? 0 : 1};
    for (const QString& provider : tried)
        remember(provider, harm);
    for (auto& [provider, one] : m_open) {
        const bool concerned =
            tried.contains(provider) || ((failed || !call.fallbackKind.isEmpty()) && wasPassedBy(call, provider));
        if (!concerned)
            continue;
        one.incident.callsFailed += harm.failed;
        one.incident.callsRescued += harm.rescued;
        one.incident.lastSeenAt = now();
        m_unsaved[one.incident.id];
    }
}

void Incidents::remember(const QString& provider, const Harm& harm)
{
    std::deque<HarmAt>& recent = m_before[provider];
    const Monotonic at = m_clock.monotonic();
    if (recent.empty() || at - recent.back().at >= std::chrono::seconds(1))
        recent.push_back({at, {}});
    recent.back().harm.failed += harm.failed;
    recent.back().harm.rescued += harm.rescued;
    while (at - recent.front().at > kBefore)
        recent.pop_front();
}

Incidents::Harm Incidents::before(const QString& provider)
{
    Harm sum;
    const Monotonic since = m_clock.monotonic() - kBefore;
    for (const HarmAt& one : m_before.value(provider)) {
        if (one.at < since)
            continue;
        sum.failed += one.harm.failed;
        sum.rescued += one.harm.rescued;
    }
    return sum;
}

void Incidents::tick()
{
    const Monotonic at = m_clock.monotonic();
    for (auto next = m_open.begin(); next != m_open.end();) {
        const auto one = next++;
        const Case& known = one->second;
        const bool isOver = known.isPage ? known.isOver && known.incident.acknowledgedAt
                                         : known.troubled.isEmpty() && at - known.quietSince >= kQuiet;
        if (isOver)
            close(one);
    }
}

void Incidents::close(std::map<QString, Case>::iterator one)
{
    Case closed = std::move(one->second);
    m_open.erase(one);
    closed.incident.closedAt = now();
    m_closed.push_front({described(closed), closed.lastReason});
    m_unsaved[closed.incident.id] = true;
    tell("incident.closed", m_closed.front().incident);
    while (m_closed.size() > std::size_t(kKept) && !m_unsaved.contains(m_closed.back().incident.id))
        m_closed.pop_back();
}

QString Incidents::page(const Page& page)
{
    const bool isNew = m_open.find(page.subject) == m_open.end();
    Case& one = isNew ? openCase(page.subject) : m_open[page.subject];
    one.isPage = true;
    one.isOver = false;
    one.incident.lastSeenAt = now();
    one.incident.severity = page.severity;
    one.incident.title = page.title;
    one.incident.sentence = page.sentence;
    one.incident.candidates = page.concerned;
    m_unsaved[one.incident.id] = true;
    if (isNew)
        tell("incident.opened", described(one));
    return one.incident.id;
}

void Incidents::quiet(const QString& subject)
{
    const auto known = m_open.find(subject);
    if (known != m_open.end())
        known->second.isOver = true;
}

void Incidents::resolved(const QString& subject)
{
    const auto known = m_open.find(subject);
    if (known != m_open.end())
        close(known);
}

void Incidents::tell(const char* event, const api::Incident& incident) const
{
    if (m_told)
        m_told(QLatin1String(event), withLastNote(incident));
}

api::Incident* Incidents::findMutable(const QString& id)
{
    for (auto& [provider, one] : m_open) {
        if (one.incident.id == id)
            return &one.incident;
    }
    const auto closed =
        std::find_if(m_closed.begin(), m_closed.end(), [&id](const Saved& one) { return one.incident.id == id; });
    return closed == m_closed.end() ? nullptr : &closed->incident;
}

std::optional<Incidents::Saved> Incidents::find(const QString& id) const
{
    for (const auto& [provider, one] : m_open) {
        if (one.incident.id == id)
            return Saved{described(one), one.lastReason};
    }
    for (const Saved& one : m_closed) {
        if (one.incident.id == id)
            return one;
    }
    return std::nullopt;
}

bool Incidents::acknowledge(const QString& id, const QString& owner, const QString& by, const QDateTime& at)
{
    api::Incident* incident = findMutable(id);
    if (!incident)
        return false;
    incident->owner = owner;
    if (!incident->acknowledgedAt) {
        incident->acknowledgedBy = by;
        incident->acknowledgedAt = at;
    }
    tell("incident.acknowledged", find(id)->incident);
    return true;
}

bool Incidents::addNote(const QString& id, const api::IncidentNote& note)
{
    api::Incident* incident = findMutable(id);
    if (!incident)
        return false;
    incident->notes.append(note);
    incident->noteCount = int(incident->notes.size());
    tell("incident.noted", find(id)->incident);
    return true;
}

// Which breakers were open is not known any more, so an open one begins quiet.
void Incidents::load(const std::vector<Saved>& saved)
{
    for (const Saved& one : saved) {
        bool isNumber = false;
        const qint64 number = one.incident.id.mid(4).toLongLong(&isNumber, 36);
        if (isNumber)
            m_lastId = std::max(m_lastId, number);
        if (one.incident.isOpen() && m_open.find(one.incident.provider) == m_open.end()) {
            m_open[one.incident.provider] = Case{one.incident, {}, m_clock.monotonic(), one.lastReason,
                one.incident.provider.contains(u':'), false}; // providers have no colon in their names
            continue;
        }
        m_closed.push_front(one);
        if (one.incident.isOpen()) { // there is one a provider
            m_closed.front().incident.closedAt = one.incident.lastSeenAt;
            m_closed.front().incident.state = QStringLiteral("closed");
            m_unsaved[one.incident.id] = true;
        }
        if (m_closed.size() > std::size_t(kKept))
            m_closed.pop_back();
    }
}

std::vector<Incidents::Saved> Incidents::takeUnsaved(bool all)
{
    std::vector<Saved> taken;
    for (auto next = m_unsaved.begin(); next != m_unsaved.end();) {
        if (!all && !next.value()) {
            ++next;
            continue;
        }
        if (auto one = find(next.key()))
            taken.push_back(std::move(*one));
        next = m_unsaved.erase(next);
    }
    return taken;
}

void Incidents::saveAgain(const QString& id)
{
    m_unsaved[id] = true;
}

api::Incident Incidents::described(const Case& one) const
{
    api::Incident incident = one.incident;
    incident.state = incident.isOpen() ? QStringLiteral("open") : QStringLiteral("closed");
    if (one.isPage)
        return incident;
    incident.severity = incident.callsFailed > 0 ? QStringLiteral("high") : QStringLiteral("low");
    incident.title = incident.callsFailed > 0 ? QStringLiteral("%1 is failing").arg(incident.provider)
                                              : QStringLiteral("%1 is in trouble").arg(incident.provider);
    const QString candidates = incident.candidates.size() == 1
                                   ? incident.candidates.first()
                                   : countOf(incident.candidates.size(), "candidate", "candidates");
    const QString often = incident.openings == 1 ? QString() : QStringLiteral(" %1 times").arg(incident.openings);
    const bool stops = one.lastReason.endsWith(u'.');
    incident.sentence =
        QStringLiteral("The breaker of %1 opened%2. %3%4 ")
            .arg(candidates, often, one.lastReason, QLatin1String(stops || one.lastReason.isEmpty() ? "" : "."));
    incident.sentence = incident.sentence.simplified() + u' ';
    if (incident.callsFailed == 0 && incident.callsRescued == 0)
        incident.sentence += QStringLiteral("No call was harmed.");
    else if (incident.callsFailed == 0)
        incident.sentence +=
            QStringLiteral("%1 rescued, none failed.").arg(countOf(incident.callsRescued, "call was", "calls were"));
    else
        incident.sentence += QStringLiteral("%1 and %2 rescued.")
                                 .arg(countOf(incident.callsFailed, "call failed", "calls failed"),
                                     countOf(incident.callsRescued, "was", "were"));
    if (incident.isOpen() && one.troubled.isEmpty())
        incident.sentence += QStringLiteral(" Its breakers are closed again; five quiet minutes end the incident.");
    return incident;
}

QVector<api::Incident> Incidents::list() const
{
    QVector<api::Incident> all;
    for (const auto& [provider, one] : m_open)
        all.append(withLastNote(described(one)));
    for (const Saved& one : m_closed)
        all.append(withLastNote(one.incident));
    std::stable_sort(all.begin(), all.end(), [](const api::Incident& a, const api::Incident& b) {
        return a.openedAt != b.openedAt ? a.openedAt > b.openedAt : a.id > b.id;
    });
    if (all.size() > kKept)
        all.resize(kKept);
    return all;
}

} // namespace gateway::observability

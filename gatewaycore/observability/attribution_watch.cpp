#include "observability/attribution_watch.h"

namespace gateway::observability {

using api::ErrorCode;

namespace {

constexpr qint64 kDayMs = 24 * 3600 * 1000LL;

bool isOutOfScope(const api::Call& call)
{
    return call.error == ErrorCode::TenantMismatch || call.error == ErrorCode::ScopeDenied;
}

} // namespace

void AttributionWatch::tell(const char* kind, const QString& sentence)
{
    m_findings.push_front({QLatin1String(kind), sentence, QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC)});
    if (m_findings.size() > std::size_t(kKept))
        m_findings.pop_back();
    if (m_told)
        m_told(m_findings.front());
}

void AttributionWatch::add(const api::Call& call)
{
    const auto tellAny = [this](const char* kind, const QString& sentence) { tell(kind, sentence); };
    m_days.moveTo(m_clock.wallMs() / kDayMs, tellAny);
    if (call.credential.isEmpty())
        return; // nobody's word, and refused for it
    m_pace.add(call, m_clock.monotonic(), [this](const QString& sentence) { tell("session_loop", sentence); });
    auto known = m_credentials.find(call.credential);
    if (known == m_credentials.end()) {
        if (m_credentials.size() >= kCredentials)
            return m_days.add(call);
        known = m_credentials.insert(call.credential, {});
        known->tenant = call.tenant;
    }
    if (isOutOfScope(call)) {
        ++known->outOfScope;
        known->example = call.errorDetail;
        return tellOutOfScope(call.credential, *known); // what it claims is not believed, so it counts nowhere else
    }
    watchNames(call, *known);
    m_days.add(call);
}

void AttributionWatch::tellOutOfScope(const QString& id, Credential& credential)
{
    const Monotonic now = m_clock.monotonic();
    if (credential.outOfScope == 0 || now < credential.tellFrom)
        return;
    const QString count =
        credential.outOfScope == 1 ? QStringLiteral("A call") : QStringLiteral("%1 calls").arg(credential.outOfScope);
    tell("tenant_out_of_scope",
        QStringLiteral("%1 with credential %2 of tenant %3 claimed what the credential may not use: %4")
            .arg(count, id, credential.tenant, credential.example)
            .trimmed());
    credential.outOfScope = 0;
    credential.tellFrom = now + std::chrono::hours(1);
}

void AttributionWatch::watchNames(const api::Call& call, Credential& credential)
{
    const bool settled = credential.calls++ >= kSettledCalls;
    for (const auto& [what, name] : {std::pair("feature", call.feature), std::pair("agent", call.agent)}) {
        if (name.isEmpty())
            continue;
        const QString key = QLatin1String(what) + u' ' + name;
        if (credential.names.size() >= kNames || credential.names.contains(key))
            continue;
        credential.names.insert(key);
        if (!settled)
            continue;
        const qint64 hour = std::chrono::duration_cast<std::chrono::hours>(m_clock.monotonic()).count();
        if (credential.firstSeenHour != hour) {
            credential.firstSeenHour = hour;
            credential.firstSeenTold = 0;
        }
        if (credential.firstSeenTold++ >= kFirstSeenAnHour)
            continue;
        // one arg(): the name may hold a "%1"
        tell("first_seen",
            QStringLiteral("Credential %1 of tenant %2 named the %3 %4 for the first time, after %5 calls.")
                .arg(call.credential, call.tenant, QLatin1String(what), name, QString::number(credential.calls - 1)));
    }
}

void AttributionWatch::tick()
{
    m_days.moveTo(
        m_clock.wallMs() / kDayMs, [this](const char* kind, const QString& sentence) { tell(kind, sentence); });
    for (auto credential = m_credentials.begin(); credential != m_credentials.end(); ++credential)
        tellOutOfScope(credential.key(), *credential);
}

QVector<api::AttributionFinding> AttributionWatch::findings(const QDateTime& since) const
{
    QVector<api::AttributionFinding> all;
    for (const api::AttributionFinding& finding : m_findings) {
        if (!since.isValid() || finding.at >= since)
            all.append(finding);
    }
    return all;
}

} // namespace gateway::observability

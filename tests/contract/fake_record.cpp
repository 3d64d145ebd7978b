// The fake engine's summaries, checklist and rotation.
#include "fake_engine.h"

#include <QHash>

#include <algorithm>

namespace gateway::test {

using api::Failure;

void FakeEngine::callSummary(
    const api::CallSummaryQuery& query, const QStringList& tenants, admin::Done<api::CallSummary> done)
{
    api::CallSummary summary;
    summary.by = query.by;
    summary.stepSeconds = query.stepSeconds;
    QHash<QString, api::CallSummaryRow> rows;
    for (const api::Call& call : m_calls) {
        if ((!query.filter.tenant.isEmpty() && call.tenant != query.filter.tenant) ||
            (!tenants.isEmpty() && !tenants.contains(call.tenant)) ||
            (query.filter.outcome && call.outcome != *query.filter.outcome))
            continue;
        const QString key = query.by == QLatin1String("tenant")  ? call.tenant
                            : query.by == QLatin1String("alias") ? call.alias
                                                                 : api::nameOf(call.outcome);
        api::CallSummaryRow& row = rows[key];
        row.start = *query.filter.since;
        row.key = key;
        ++row.calls;
        row.answered += call.outcome == api::CallOutcome::Answered;
        row.cost = row.cost.value_or(api::Money()).plus(*call.cost);
        ++summary.total;
    }
    for (const api::CallSummaryRow& row : rows)
        summary.rows.append(row);
    std::sort(summary.rows.begin(), summary.rows.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    later<api::CallSummary>(std::move(done), summary);
}

void FakeEngine::checklist(admin::Done<QVector<api::ChecklistItem>> done)
{
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(kNowMs, Qt::UTC);
    const QVector<api::ChecklistItem> items{
        {QStringLiteral("aliases-pinned"), 2, QStringLiteral("Aliases name pinned models"), QStringLiteral("partly"),
            QStringLiteral("1 of 2 candidates name a version."), QStringLiteral("routes"), now},
        {QStringLiteral("drift-review"), 18, QStringLiteral("Drift is reviewed weekly"), QStringLiteral("unknown"),
            QStringLiteral("This engine does not measure drift yet."), {}, now}};
    later<QVector<api::ChecklistItem>>(std::move(done), items);
}

void FakeEngine::rotateCredential(
    const QString& id, qint64 graceSeconds, const admin::Change& change, admin::Done<api::IssuedCredential> done)
{
    lastReason = change.reason;
    const auto old = std::find_if(
        m_credentials.begin(), m_credentials.end(), [&id](const api::CredentialInfo& info) { return info.id == id; });
    if (old == m_credentials.end())
        return later<api::IssuedCredential>(
            std::move(done), api::failure(Failure::NotFound, QStringLiteral("There is no credential %1.").arg(id)));
    if (old->revokedAt)
        return later<api::IssuedCredential>(
            std::move(done), api::failure(Failure::Conflict, QStringLiteral("%1 is revoked.").arg(id)));
    old->expiresAt = QDateTime::fromMSecsSinceEpoch(kNowMs, Qt::UTC).addSecs(graceSeconds);
    api::IssuedCredential issued{QStringLiteral("c%1").arg(m_credentials.size() + 1), {}, id, old->expiresAt};
    issued.key = QStringLiteral("sbx_%1_secret").arg(issued.id);
    api::CredentialInfo info = *old;
    info.id = issued.id;
    info.expiresAt.reset();
    m_credentials.append(info);
    later<api::IssuedCredential>(std::move(done), issued);
}

} // namespace gateway::test

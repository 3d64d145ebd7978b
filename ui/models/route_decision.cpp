#include "models/route_decision.h"

#include "models/format.h"

#include <QJsonArray>

#include <algorithm>

namespace ui::models {
namespace {

using namespace gateway::api;

Verdict verdictFrom(const QString& name)
{
    if (name == QLatin1String("chosen"))
        return Verdict::Chosen;
    if (name == QLatin1String("eligible"))
        return Verdict::Eligible;
    return name == QLatin1String("rejected") ? Verdict::Rejected : Verdict::Unknown;
}

// A caller may send any alias; marks of emphasis in it are text.
QString plain(QString name)
{
    return name.remove(QLatin1Char('*')).remove(QLatin1Char('`'));
}

QString text(const QJsonObject& json, const char* key)
{
    return json.value(QLatin1String(key)).toString();
}

} // namespace

QString DecidedCandidate::name() const
{
    return region.isEmpty() ? provider : QStringLiteral("%1 %2").arg(provider, region);
}

QString DecidedCandidate::why() const
{
    // A code such as "outside_zone" is for machines; it is shown only where the engine gave no sentence.
    QString because = reason;
    if (because.isEmpty()) {
        because = code;
        because.replace(QLatin1Char('_'), QLatin1Char(' '));
    }
    QString word;
    switch (verdict) {
    case Verdict::Chosen:
        word = QStringLiteral("chosen");
        break;
    case Verdict::Eligible:
        word = QStringLiteral("eligible");
        break;
    case Verdict::Rejected:
        word = QStringLiteral("rejected");
        break;
    case Verdict::Unknown:
        word = QStringLiteral("looked at");
        break;
    }
    if (because.isEmpty())
        return word;
    return verdict == Verdict::Rejected ? because : QStringLiteral("%1: %2").arg(word, because);
}

RouteDecision decisionOf(const Call& call)
{
    const QJsonObject json = call.decision.toObject();
    RouteDecision decision;
    decision.alias = text(json, "alias");
    decision.workloadClass = text(json, "workload_class");
    decision.zone = text(json, "zone");
    decision.snapshotRevision = json.value(QLatin1String("snapshot_revision")).toInt(call.revision);
    for (const QJsonValue& value : json.value(QLatin1String("candidates")).toArray()) {
        const QJsonObject one = value.toObject();
        DecidedCandidate candidate{text(one, "provider"), text(one, "model"), text(one, "region"),
            verdictFrom(text(one, "verdict")), text(one, "code"), text(one, "reason"), false};
        candidate.failedInCall =
            std::any_of(call.attempts.cbegin(), call.attempts.cend(), [&candidate](const Attempt& attempt) {
                return attempt.provider == candidate.provider && attempt.region == candidate.region &&
                       (candidate.model.isEmpty() || attempt.model == candidate.model) &&
                       attempt.result == AttemptResult::Failed;
            });
        decision.candidates.append(candidate);
    }
    const auto rank = [](const DecidedCandidate& candidate) {
        return candidate.verdict == Verdict::Chosen ? 0 : candidate.verdict == Verdict::Eligible ? 1 : 2;
    };
    std::stable_sort(decision.candidates.begin(), decision.candidates.end(),
        [&rank](const DecidedCandidate& a, const DecidedCandidate& b) { return rank(a) < rank(b); });
    return decision;
}

QString decisionSentence(const Call& call, const RouteDecision& decision)
{
    const QString who = call.tenant.isEmpty() ? QStringLiteral("The caller") : plain(call.tenant);
    const QString alias = decision.alias.isEmpty() ? call.alias : decision.alias;
    QStringList facts;
    const QString workload = decision.workloadClass.isEmpty() ? call.workloadClass : decision.workloadClass;
    if (!workload.isEmpty())
        facts.append(plain(workload));
    const QString zone = decision.zone.isEmpty() ? call.zone : decision.zone;
    facts.append(zone.isEmpty() ? QStringLiteral("no zone") : QStringLiteral("zone %1").arg(plain(zone)));
    const QString asked = alias.isEmpty() ? QStringLiteral("%1 named no alias").arg(who)
                                          : QStringLiteral("%1 asked for **%2**").arg(who, plain(alias));
    const QString looked = decision.isEmpty()
                               ? QStringLiteral("No candidate was looked at.")
                               : QStringLiteral("%1 looked at.")
                                     .arg(plural(decision.candidates.size(), QStringLiteral("candidate was"),
                                         QStringLiteral("candidates were")));
    return QStringLiteral("%1, %2. %3").arg(asked, facts.join(QStringLiteral(", ")), looked);
}

QString decisionTitle(const Call& call)
{
    if (!call.servedBy.isEmpty())
        return QStringLiteral("Why %1").arg(call.servedBy.section(QLatin1Char('/'), 0, 0));
    switch (call.outcome) {
    case CallOutcome::Refused:
        return QStringLiteral("Why it was refused");
    case CallOutcome::Cancelled:
        return QStringLiteral("Why it ended");
    default:
        return QStringLiteral("Why nobody answered");
    }
}

void WhyModel::setDecision(RouteDecision decision)
{
    beginResetModel();
    m_decision = std::move(decision);
    endResetModel();
}

int WhyModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_decision.candidates.size());
}

QVariant WhyModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const DecidedCandidate& candidate = m_decision.candidates[index.row()];
    switch (role) {
    case CandidateRole:
        return QVariant::fromValue(&candidate);
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(candidate.name(), candidate.why());
    case Qt::ToolTipRole:
        return candidate.model;
    default:
        return {};
    }
}

} // namespace ui::models

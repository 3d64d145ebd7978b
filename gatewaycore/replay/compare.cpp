#include "replay/compare.h"

#include <algorithm>

namespace gateway::replay {
namespace {

using api::ErrorCode;
using api::ReplayEffect;
using routing::CandidateVerdict;
using routing::Verdict;

const QString kCached = QStringLiteral("cached");
const QString kRefuse = QStringLiteral("refuse");
const QString kRejected = QStringLiteral("rejected");
const QString kChosen = QStringLiteral("chosen");
const QString kEligible = QStringLiteral("eligible");

QString stepText(const QString& kind, const QString& label)
{
    return label.isEmpty() ? kind : label + QStringLiteral(" (") + kind + u')';
}

QString verdictOf(Verdict verdict)
{
    return verdict == Verdict::Chosen ? kChosen : verdict == Verdict::Eligible ? kEligible : kRejected;
}

// The first step that could serve becomes the first; a "refuse" ends the chain.
void setFirst(Choice& choice)
{
    if (!choice.first.isEmpty() || choice.chain.isEmpty() || choice.chain.first() == kRefuse)
        return;
    choice.first = choice.chain.takeFirst();
    if (const qsizetype kind = choice.first.indexOf(QStringLiteral(" (")); kind > 0)
        choice.first.truncate(kind);
}

QString nameOfCode(ErrorCode code)
{
    QString sentence = QString::fromLatin1(api::facts(code).sentence);
    if (sentence.endsWith(u'.'))
        sentence.chop(1);
    return QStringLiteral("%1 (%2)").arg(api::nameOf(code), sentence);
}

const CandidateVerdict* rowOf(const Decision& decision, const QString& label)
{
    for (const CandidateVerdict& row : decision.plan.decision.candidates) {
        if (row.candidate->label == label)
            return &row;
    }
    for (const engine::StepVerdict& step : decision.plan.fallback) {
        if (step.verdict.candidate && step.verdict.candidate->label == label)
            return &step.verdict;
    }
    return nullptr;
}

// What keeps this candidate from serving now.
QString objectionTo(const Decision& decision, const QString& label)
{
    const CandidateVerdict* row = rowOf(decision, label);
    if (!row)
        return QStringLiteral("%1 is no candidate of %2").arg(label, decision.alias->name);
    if (row->objection)
        return QStringLiteral("%1: %2").arg(label, routing::sentence(*row, decision.input));
    return {};
}

QString refusalText(const Decision& decision, ErrorCode code, const QString& quota)
{
    if (code == ErrorCode::QuotaCaller && !quota.isEmpty())
        return QStringLiteral("the quota of %1 is used up at that moment").arg(quota);
    QStringList why;
    for (const CandidateVerdict& row : decision.plan.decision.candidates) {
        if (row.objection)
            why.append(QStringLiteral("%1: %2").arg(row.candidate->label, routing::sentence(row, decision.input)));
    }
    return why.isEmpty() ? nameOfCode(code)
                         : QStringLiteral("%1; %2").arg(nameOfCode(code), why.join(QStringLiteral("; ")));
}

// Whether what drew the candidate differs: who may be drawn, or how likely each is.
QString drawText(const ReplayCase& call, const Decision& decision)
{
    const auto& rows = decision.plan.decision.candidates;
    for (const RecordedRow& before : call.candidates) {
        const auto now = std::find_if(
            rows.begin(), rows.end(), [&](const CandidateVerdict& row) { return before.isOf(*row.candidate); });
        if (now == rows.end())
            return QStringLiteral("%1 is no candidate any more").arg(before.label());
        if ((now->verdict == Verdict::Rejected) != (before.verdict == kRejected))
            return now->objection
                       ? QStringLiteral("%1 is rejected now (%2)")
                             .arg(before.label(), routing::sentence(*now, decision.input))
                       : QStringLiteral("%1, which was rejected (%2), may serve now").arg(before.label(), before.code);
    }
    for (const CandidateVerdict& row : rows) {
        const bool known = std::any_of(call.candidates.begin(), call.candidates.end(),
            [&](const RecordedRow& before) { return before.isOf(*row.candidate); });
        if (!known)
            return QStringLiteral("%1 is a new candidate").arg(row.candidate->label);
    }
    return QStringLiteral("the weights differ");
}

} // namespace

Choice choiceOf(const ReplayCase& call)
{
    Choice choice;
    if (!call.routed) {
        choice.refusal = call.error;
        return choice;
    }
    std::vector<const RecordedRow*> equals;
    std::vector<const RecordedRow*> steps;
    const RecordedRow* chosen = nullptr;
    for (const RecordedRow& row : call.candidates) {
        if (row.verdict == kChosen)
            chosen = &row;
        else if (row.verdict == kEligible)
            equals.push_back(&row);
    }
    std::stable_sort(equals.begin(), equals.end(), [](const auto* a, const auto* b) { return a->score > b->score; });
    if (chosen) {
        choice.first = chosen->label();
        steps.push_back(chosen);
        for (const RecordedRow* row : equals) {
            choice.chain.append(row->label());
            steps.push_back(row);
        }
    }
    for (const RecordedRow& row : call.fallback) {
        if (row.verdict == kRejected)
            continue;
        const bool known = !row.provider.isEmpty() && std::any_of(steps.begin(), steps.end(), [&](const auto* one) {
            return one->provider == row.provider && one->model == row.model;
        });
        if (known)
            continue;
        choice.chain.append(stepText(row.kind, row.label()));
        steps.push_back(&row);
    }
    const bool nobody = choice.chain.isEmpty() || choice.chain.first() == kRefuse;
    setFirst(choice);
    if (choice.first.isEmpty() && nobody)
        choice.refusal = call.error == ErrorCode::None ? ErrorCode::ChainExhausted : call.error;
    return choice;
}

Choice choiceOf(const Decision& decision)
{
    Choice choice;
    choice.refusal = decision.refusal;
    const config::Candidate* chosen = decision.plan.decision.chosen;
    for (const fallback::ChainStep& step : decision.plan.steps) {
        if (step.candidate && step.candidate == chosen && choice.first.isEmpty()) {
            choice.first = chosen->label;
            continue;
        }
        // an equal's kind follows from where it lies, so its name says all
        const bool equal =
            chosen && step.candidate &&
            std::any_of(decision.plan.decision.candidates.begin(), decision.plan.decision.candidates.end(),
                [&](const CandidateVerdict& row) { return row.candidate == step.candidate; });
        choice.chain.append(
            equal ? step.candidate->label
                  : stepText(config::nameOf(*step.kind), step.candidate ? step.candidate->label : QString()));
    }
    setFirst(choice);
    return choice;
}

ReplayEffect effectOf(const Choice& before, const Choice& after)
{
    if (before.isRefused() && after.isRefused())
        return before.refusal == after.refusal ? ReplayEffect::Unchanged : ReplayEffect::OtherRefusal;
    if (before.isRefused())
        return ReplayEffect::NewlyAllowed;
    if (after.isRefused())
        return ReplayEffect::NewlyRefused;
    if (before.first != after.first)
        return ReplayEffect::OtherCandidate;
    return before.chain == after.chain ? ReplayEffect::Unchanged : ReplayEffect::OtherChain;
}

QString reasonOf(
    const ReplayCase& call, const Choice& before, const Decision& decision, const Choice& after, const QString& quota)
{
    switch (effectOf(before, after)) {
    case ReplayEffect::Unchanged:
        break;
    case ReplayEffect::NewlyRefused:
    case ReplayEffect::OtherRefusal:
        return QStringLiteral("It would be refused: %1.").arg(refusalText(decision, decision.refusal, quota));
    case ReplayEffect::NewlyAllowed:
        return QStringLiteral("What refused it falls away (%1); %2 would serve.")
            .arg(api::nameOf(before.refusal), after.first);
    case ReplayEffect::OtherCandidate: {
        const QString objection = objectionTo(decision, before.first);
        return objection.isEmpty()
                   ? QStringLiteral("The same draw falls on %1: %2.").arg(after.first, drawText(call, decision))
                   : QStringLiteral("%1; %2 is drawn instead.").arg(objection, after.first);
    }
    case ReplayEffect::OtherChain:
        return QStringLiteral("If %1 fails, what follows is %2 instead of %3.")
            .arg(after.first,
                after.chain.isEmpty() ? QStringLiteral("nothing") : after.chain.join(QStringLiteral(", ")),
                before.chain.isEmpty() ? QStringLiteral("nothing") : before.chain.join(QStringLiteral(", ")));
    }
    return {};
}

QStringList linesOf(const ReplayCase& call)
{
    QStringList lines;
    for (const RecordedRow& row : call.candidates)
        lines.append(QStringLiteral("%1 %2 %3").arg(row.label(), row.verdict, row.code));
    for (const RecordedRow& row : call.fallback) {
        const bool rejected = row.verdict == kRejected;
        lines.append(QStringLiteral("step %1 %2 %3")
                         .arg(stepText(row.kind, row.label()), rejected ? kRejected : kEligible,
                             rejected ? row.code : QString()));
    }
    const Choice choice = choiceOf(call);
    lines.append(QStringLiteral("first %1").arg(choice.first));
    lines.append(QStringLiteral("refused %1").arg(api::nameOf(choice.refusal)));
    lines.append(QStringLiteral("chain %1").arg(choice.chain.join(QStringLiteral(", "))));
    if (call.routed)
        lines.append(QStringLiteral("zone %1").arg(call.zone));
    return lines;
}

QStringList linesOf(const Decision& decision)
{
    QStringList lines;
    for (const CandidateVerdict& row : decision.plan.decision.candidates)
        lines.append(QStringLiteral("%1 %2 %3")
                         .arg(row.candidate->label, verdictOf(row.verdict), QLatin1String(row.objection.code)));
    for (const engine::StepVerdict& step : decision.plan.fallback) {
        const bool rejected = step.degradedRefused || step.verdict.objection;
        const QString code =
            step.degradedRefused ? QStringLiteral("degrade_refused") : QString::fromLatin1(step.verdict.objection.code);
        lines.append(QStringLiteral("step %1 %2 %3")
                         .arg(stepText(config::nameOf(step.kind),
                                  step.verdict.candidate ? step.verdict.candidate->label : QString()),
                             rejected ? kRejected : kEligible, rejected ? code : QString()));
    }
    const Choice choice = choiceOf(decision);
    lines.append(QStringLiteral("first %1").arg(choice.first));
    lines.append(QStringLiteral("refused %1").arg(api::nameOf(choice.refusal)));
    lines.append(QStringLiteral("chain %1").arg(choice.chain.join(QStringLiteral(", "))));
    if (decision.routed)
        lines.append(QStringLiteral("zone %1").arg(decision.zone ? decision.zone->name : QString()));
    return lines;
}

} // namespace gateway::replay

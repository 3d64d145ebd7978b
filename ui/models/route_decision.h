// Why a call went where it went: Call::decision as values and as sentences. Every part is optional on the wire; what is
// there is shown, nothing is invented. WhyModel lists the candidates, the chosen one first. Any thread (model: UI).
#pragma once

#include "api/call.h"

#include <QAbstractListModel>
#include <QString>
#include <QVector>

namespace ui::models {

enum class Verdict
{
    Chosen,
    Eligible,
    Rejected,
    Unknown
};

struct DecidedCandidate
{
    QString provider;
    QString model;
    QString region;
    Verdict verdict = Verdict::Unknown;
    QString code;
    QString reason;            // the engine's words; may be empty
    bool failedInCall = false; // an attempt at it failed in this very call

    QString name() const; // provider, and the region where there is one
    QString why() const;  // "chosen: ...", "rejected: ..." in words
};

struct RouteDecision
{
    QString alias;
    QString workloadClass;
    QString zone;
    int snapshotRevision = 0;
    QVector<DecidedCandidate> candidates;

    bool isEmpty() const { return candidates.isEmpty(); }
};

RouteDecision decisionOf(const gateway::api::Call& call);
// "acme asked for **fast-summariser**, interactive, zone eu-only. 5 candidates were looked at." ** marks what is
// strong.
QString decisionSentence(const gateway::api::Call& call, const RouteDecision& decision);
// The head of the panel: "Why openai-eu", "Why nobody answered", "Why it was refused".
QString decisionTitle(const gateway::api::Call& call);

class WhyModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role
    {
        CandidateRole = Qt::UserRole + 1
    }; // const DecidedCandidate*

    using QAbstractListModel::QAbstractListModel;

    void setDecision(RouteDecision decision);
    const RouteDecision& decision() const { return m_decision; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    RouteDecision m_decision;
};

} // namespace ui::models

Q_DECLARE_METATYPE(const ui::models::DecidedCandidate*)

// EngineView: all that the admin handlers see of an engine. The engine implements it; tests fake it. Handlers translate
// between these values and JSON and decide nothing else.
// Thread: everything here is called on the control thread, and every `done` is called on the control thread, exactly
// once, at once or later. What may touch the disk takes a `done`, so that a slow disk never stops the control thread;
// an engine that is going down answers what is still open with Failure::Unavailable. References returned live as long
// as the view.
#pragma once

#include "admin/change.h"
#include "admin/desks.h"
#include "api/call.h"
#include "api/call_summary.h"
#include "api/capability.h"
#include "api/checklist.h"
#include "api/config_facts.h"
#include "api/engine_status.h"
#include "api/export_status.h"
#include "api/incident.h"
#include "api/invariant.h"
#include "api/ledger_report.h"
#include "api/lever.h"
#include "api/route_explanation.h"
#include "config/policy_snapshot.h"
#include "observability/series_store.h"

#include <QByteArray>

#include <functional>

namespace gateway::admin {

template <typename T>
using Done = std::function<void(api::Result<T>)>;

class EngineView
{
public:
    virtual ~EngineView() = default;

    // The nouns that have an interface of their own.
    virtual Desks desks() { return {}; }

    // Identity, listeners, parts. eventSequence is filled in by the handler.
    virtual api::EngineStatus status() const = 0;
    virtual bool isReady() const = 0; // takes calls: not starting, not draining, no part down that closes it
    virtual config::SnapshotPtr snapshot() const = 0;                       // the config in force; never null
    virtual QVector<api::ConfigProblem> configProblems() const = 0;         // of the last load that failed, else empty
    virtual api::ConfigCheck checkConfig(const QByteArray& yaml) const = 0; // puts nothing in force
    virtual int providerConnections(const QString& provider) const = 0;     // open upstream connections, all workers
    virtual const observability::SeriesStore& series() const = 0;
    virtual QByteArray prometheusText() const = 0;

    // The record. `tenants`: of these alone; empty: of all.
    virtual void calls(const api::CallQuery& query, const QStringList& tenants, Done<api::CallPage> done) = 0;
    virtual void call(const QString& id, Done<api::Call> done) = 0; // NotFound if there is none
    virtual void callSummary(
        const api::CallSummaryQuery& query, const QStringList& tenants, Done<api::CallSummary> done) = 0;

    // What was promised, against the config in force and the record.
    virtual void checklist(Done<QVector<api::ChecklistItem>> done) = 0; // all twenty, by number

    // Gateway credentials. Issuing and revoking are in force on every worker, and durable, before `done`.
    virtual void credentials(Done<QVector<api::CredentialInfo>> done) = 0;
    virtual void issueCredential(
        const api::CredentialRequest& request, const Change& change, Done<api::IssuedCredential> done) = 0;
    virtual void revokeCredential(const QString& id, const Change& change,
        Done<api::CredentialInfo> done) = 0; // revoking twice is no error
    // A new key of the same scope; the old one is good for `graceSeconds` more. Both or neither. Conflict for one that
    // is revoked or has expired.
    virtual void rotateCredential(
        const QString& id, qint64 graceSeconds, const Change& change, Done<api::IssuedCredential> done) = 0;

    // Money and quotas. A raise is in force and durable before `done`; NotFound for an unknown id. The handler has
    // checked that either an end or a limit with a time is asked for, and that the time lies ahead.
    virtual QVector<api::BudgetStatus> budgets() const = 0; // ids spelled with letters, digits and -._~:@ only
    virtual void raiseBudget(
        const QString& id, const api::BudgetRaise& raise, const Change& change, Done<api::BudgetStatus> done) = 0;
    virtual void ledgerReport(const QDateTime& since, Done<api::LedgerReport> done) = 0;
    virtual void reconcile(const QByteArray& csv, Done<api::Reconciliation> done) = 0; // the engine reads the text
    virtual api::QuotaReport quotas() const = 0;

    // Routing without a call. A refusal is an answer, not an error; NotFound for an unknown alias or credential.
    virtual api::Result<api::RouteExplanation> explainRoute(const api::RouteQuestion& question) const = 0;

    // What each candidate of the config can be given; every candidate once, in the order of the config.
    virtual QVector<api::CandidateCapabilities> capabilities() const = 0;

    // Levers. Requests come with endsAt set (durationSeconds resolved) and with names that the config knows. levers():
    // in force first, newest first; then those that ended in the last 24 hours, drills as long as their card is kept.
    // The handlers refuse a second drain of a provider, force of a breaker or weight of a candidate that are in force.
    virtual QVector<api::LeverStatus> levers() const = 0;
    virtual api::Result<api::LeverPreview> previewLever(const api::LeverRequest& request) const = 0;
    virtual void applyLever(const api::LeverRequest& request, const Change& change, Done<api::LeverStatus> done) = 0;
    virtual void endLever(const QString& id, const Change& change,
        Done<api::LeverStatus> done) = 0; // ending twice is no error; NotFound for an unknown id
    virtual api::Result<api::DrillCard> drillCard(const QString& id) const = 0;      // NotFound; also of one that runs
    virtual QVector<api::BreakerStatus> breakers(const QString& provider) const = 0; // of its candidates
    // One small call with the gateway's own key, outside every tenant; a provider that fails is an answer.
    virtual void probeProvider(const QString& name, const Change& change, Done<api::ProbeResult> done) = 0;

    virtual QVector<api::Invariant> invariants() const = 0;
    virtual QVector<api::Incident> incidents() const = 0; // newest first, at most 100; with their last note only
    virtual api::Result<api::Incident> incident(const QString& id) const = 0; // NotFound if there is none
    // What people say of one; durable before `done`. Conflict for one that has all the notes it can have.
    virtual void acknowledgeIncident(
        const QString& id, const QString& owner, const Change& change, Done<api::Incident> done) = 0;
    virtual void noteIncident(
        const QString& id, const QString& text, const Change& change, Done<api::Incident> done) = 0;
    virtual void handover(const QString& id, Done<api::Handover> done) = 0;
    // What leaves the engine for other systems. A test sends one span, one set of points or one delivery; NotFound for
    // an unknown name, Conflict for an export that is off.
    virtual QVector<api::ExportStatus> exports() const = 0;
    virtual void testExport(const QString& name, const Change& change, Done<api::ExportTest> done) = 0;
};

} // namespace gateway::admin

// EngineView: all that the admin handlers see of an engine. The engine implements it; tests fake it. Handlers translate
// between these values and JSON and decide nothing else.
// Thread: everything here is called on the control thread, and every `done` is called on the control thread, exactly
// once, at once or later. What may touch the disk takes a `done`, so that a slow disk never stops the control thread;
// an engine that is going down answers what is still open with Failure::Unavailable. References returned live as long
// as the view.
#pragma once

#include "api/call.h"
#include "api/config_facts.h"
#include "api/engine_status.h"
#include "config/policy_snapshot.h"
#include "observability/series_store.h"

#include <QByteArray>

#include <functional>

namespace gateway::admin {

template <typename T>
using Done = std::function<void(api::Result<T>)>;

// Who asks, as the listener or the transport established it.
struct Principal
{
    QString name; // "local-token", "console"
    config::Role role = config::Role::Viewer;
};

class EngineView
{
public:
    virtual ~EngineView() = default;

    // Identity, listeners, parts. eventSequence is filled in by the handler.
    virtual api::EngineStatus status() const = 0;
    virtual bool isReady() const = 0; // takes calls: not starting, not draining, no part down that closes it
    virtual config::SnapshotPtr snapshot() const = 0;                       // the config in force; never null
    virtual QVector<api::ConfigProblem> configProblems() const = 0;         // of the last load that failed, else empty
    virtual api::ConfigCheck checkConfig(const QByteArray& yaml) const = 0; // puts nothing in force
    virtual int providerConnections(const QString& provider) const = 0;     // open upstream connections, all workers
    virtual const observability::SeriesStore& series() const = 0;
    virtual QByteArray prometheusText() const = 0;

    // The record.
    virtual void calls(const api::CallQuery& query, Done<api::CallPage> done) = 0;
    virtual void call(const QString& id, Done<api::Call> done) = 0; // NotFound if there is none

    // Gateway credentials. Issuing and revoking are in force on every worker, and durable, before `done`.
    virtual void credentials(Done<QVector<api::CredentialInfo>> done) = 0;
    virtual void issueCredential(const api::CredentialRequest& request, const Principal& by, const QString& reason,
        Done<api::IssuedCredential> done) = 0;
    virtual void revokeCredential(const QString& id, const Principal& by, const QString& reason,
        Done<api::CredentialInfo> done) = 0; // revoking twice is no error
};

} // namespace gateway::admin

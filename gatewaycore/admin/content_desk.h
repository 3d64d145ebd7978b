// ContentDesk: kept content, break-glass and the removal of old records, as the admin handlers see them. The engine
// implements it (engine/desk_content.h); tests fake it. Thread: control, as EngineView: every `done` is called there,
// exactly once, at once or later.
#pragma once

#include "admin/change.h"
#include "api/content.h"

#include <functional>

namespace gateway::admin {

class ContentDesk
{
public:
    virtual ~ContentDesk() = default;
    template <typename T>
    using Done = std::function<void(api::Result<T>)>;

    virtual void status(Done<api::ContentStatus> done) = 0;
    // Newest first, at most 200; of all tenants: the handler leaves out what is not the principal's.
    virtual QVector<api::ContentGrant> grants() const = 0;
    virtual api::Result<api::ContentGrant> grant(const QString& id) const = 0; // NotFound

    // Durable and in force before `done`. The handler has checked the form of what is asked for; NotFound for a tenant
    // of which nothing is kept and none is configured. approve: Conflict by the one who asked, or where it is not asked
    // any more.
    virtual void ask(const api::ContentGrantRequest& request, const Change& change, Done<api::ContentGrant> done) = 0;
    virtual void approve(const QString& id, const Change& change, Done<api::ContentGrant> done) = 0;
    virtual void end(const QString& id, const Change& change, Done<api::ContentGrant> done) = 0;

    // The grant in force under which this principal may read that call; NotPermitted with a hint without one, in the
    // same words whether or not there is such a call. The read is counted, durably, before anything is decrypted.
    virtual void read(const QString& call, const Principal& reader, Done<api::KeptContent> done) = 0;

    virtual void shred(const QString& tenant, const Change& change, Done<api::ContentStatus> done) = 0;

    virtual void recordRetention(Done<api::RecordRetention> done) = 0;
};

} // namespace gateway::admin

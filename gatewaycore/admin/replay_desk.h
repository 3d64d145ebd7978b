// ReplayDesk: what-if replay as the admin handlers see it (desks.h). The engine implements it; tests fake it. Thread:
// control, every `done` too, at once or later, exactly once. A replay runs on a thread of its own and is kept in memory
// for as long as the last few are; a restart forgets them.
#pragma once

#include "admin/engine_view.h"
#include "api/replay.h"

#include <functional>

namespace gateway::admin {

class ReplayDesk
{
public:
    virtual ~ReplayDesk() = default;

    // Who asks, and of which tenants alone (empty: of all); a replay is shown only to those who may see all it covers.
    struct Asker
    {
        QString name;
        QStringList tenants;
    };

    // Checks and compiles the config and starts; Invalid names what is wrong with it, NotFound an unknown draft or
    // revision, Conflict says that one is running already.
    virtual void start(const api::ReplayRequest& request, const Asker& asker, Done<api::ReplayReport> done) = 0;
    virtual QVector<api::ReplayReport> list(const QStringList& tenants) const = 0; // newest first
    virtual api::Result<api::ReplayReport> report(const QString& id, const QStringList& tenants) const = 0;
    virtual api::Result<api::ReplayChangePage> changes(
        const QString& id, const api::ReplayChangeQuery& query, const QStringList& tenants) const = 0;
    virtual api::Result<api::ReplayReport> cancel(const QString& id, const QStringList& tenants) = 0;
};

} // namespace gateway::admin

// Gateway: one engine, from start to drained. It owns the parts (config, store, credentials, open calls, simulator,
// workers, admin) and the order in which they come up and go down; it walks no call itself.
// Thread: the control thread, which is the one that makes it (the daemon's main thread; a thread of its own inside the
// console). Starting blocks that thread; nothing else does. Signals are emitted there.
// When a part cannot start, start() gives the reason and everything already up is taken down again.
#pragma once

#include "admin/admin_listener.h"
#include "admin/engine_view.h"
#include "admin/event_hub.h"
#include "admin/router.h"
#include "api/result.h"
#include "audit/open_calls.h"
#include "config/config_holder.h"
#include "credential/credential_issuer.h"
#include "engine/engine_state.h"
#include "engine/process_usage.h"
#include "engine/worker.h"
#include "observability/series_store.h"
#include "simulator/simulator_server.h"
#include "store/call_reader.h"
#include "store/store.h"

#include <QObject>

#include <memory>
#include <mutex>
#include <vector>

namespace gateway::engine {

struct GatewayOptions
{
    QString configFile;  // empty with demo
    QString dataDirectory;
    QString gatewayAddress;  // "host:port", instead of the config's
    QString adminAddress;
    int workers = 0;  // 0: one per core
    bool demo = false;
};

// A start that failed: exit code 78 for a config that is not accepted, 1 for the rest.
struct StartFailure
{
    api::Error error;
    config::Problems problems;
    bool isConfig() const { return !problems.isEmpty(); }
};

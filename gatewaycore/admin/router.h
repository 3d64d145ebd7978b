// Router: the route table of the admin API and the walk of one admin request: spelling of the path, route, role,
// reason, query keys and body fields, idempotency, handler. The same router answers the HTTP listener and the
// in-process transport, so the two cannot differ. Deny by default: what is not in the table is not there, what a route
// does not name is refused. Thread: control. `reply` is called exactly once, at once or later. View and hub must
// outlive the router.
#pragma once

#include "admin/engine_view.h"
#include "admin/event_hub.h"
#include "admin/idempotency.h"
#include "api/admin_transport.h"
#include "base/clock.h"

#include <functional>
#include <memory>
#include <span>

namespace gateway::admin {

using Reply = std::function<void(api::AdminReply)>;

// What a handler gets: the request checked, and the parts of its path that stood for {...}.
struct Request
{
    const api::AdminRequest& asked;
    const Principal& principal;
    QString argument; // the {name} or {id} of the path, if the route has one
};

struct Services
{
    EngineView& engine;
    EventHub& events;
};

using Handler = void (*)(const Services& services, const Request& request, const Reply& reply);

struct Route
{
    const char* method;
    const char* path;  // "/api/v1/calls/{id}"; at most one {...}, always the last or last but one part
    config::Role role; // the least
    bool mutation;     // needs a reason, takes an idempotency key
    std::vector<QLatin1String> queryKeys;
    std::vector<QLatin1String> bodyFields;
    Handler handler; // nullptr: the event stream, served by the transports
};

std::span<const Route> routes();

// The parts of a path, decoded once, or nothing if its spelling is not plain: an encoded slash, "..", "//", ";", a
// backslash, anything but letters, digits and -._~:@ in a part.
std::optional<QStringList> pathParts(QByteArrayView path);

class Router
{
public:
    Router(EngineView& engine, EventHub& events, const Clock& clock);

    void handle(const api::AdminRequest& request, const Principal& principal, Reply reply);
    // May the principal follow the events? The check the transports make before they open a stream.
    api::Outcome mayFollowEvents(const Principal& principal) const;

    EngineView& engine() const { return m_services.engine; }
    EventHub& events() const { return m_services.events; }

private:
    Services m_services;
    Idempotency m_idempotency;
};

} // namespace gateway::admin

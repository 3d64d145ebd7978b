// Router: the route table of the admin API and the walk of one admin request: spelling of the path, route, role, reach,
// reason, query keys and body fields, intent in the log, revision, handler, outcome in the log. The same router answers
// the HTTP listener and the in-process transport, so the two cannot differ. Deny by default: what is not in the table
// is not there, what a route does not name is refused. Thread: control. `reply` is called exactly once, at once or
// later. View and hub must outlive the router.
#pragma once

#include "admin/change_log.h"
#include "admin/engine_view.h"
#include "admin/event_hub.h"
#include "api/admin_transport.h"
#include "base/clock.h"

#include <functional>
#include <memory>
#include <span>

namespace gateway::admin {

class PrincipalBook;

using Reply = std::function<void(api::AdminReply)>;

// What a handler leaves for the audit log: the object before and after, without secrets.
struct ChangeTrace
{
    QJsonObject before;
    QJsonObject after;
};

// What a handler gets: the request checked, and the parts of its path that stood for {...}. It holds as long as the
// reply is not given, so a handler that answers later may keep references into it.
struct Request
{
    const api::AdminRequest& asked;
    const Principal& principal;
    QString argument;     // the {name} or {id} of the path, if the route has one
    const Change& change; // of a mutation
    ChangeTrace& trace;   // of a mutation
};

struct Services
{
    EngineView& engine;
    EventHub& events;
    ChangeLog& changes;
    PrincipalBook* principals = nullptr; // null: principals are not kept here (tests), and their routes are not there
};

using Handler = void (*)(const Services& services, const Request& request, const Reply& reply);

// A set of roles. Admin is in every one of them.
class Roles
{
public:
    constexpr Roles(std::initializer_list<api::Role> roles)
    {
        for (const api::Role role : roles)
            m_bits |= bit(role);
    }
    constexpr bool has(api::Role role) const { return (m_bits & bit(role)) != 0; }

private:
    static constexpr unsigned bit(api::Role role) { return 1U << static_cast<unsigned>(role); }
    unsigned m_bits = bit(api::Role::Admin);
};

// What a route tells of, for principals that are bound to tenants.
enum class Reach
{
    Engine,    // nothing of any tenant: open to them
    Tenant,    // its handler leaves out what is not of their tenants: open to them
    Everything // of all tenants at once: not for them
};

enum class Kind
{
    Read,     // changes nothing, whatever its method
    Change,   // needs a reason, takes an idempotency key; its effect is in the database, with its mark
    Unmarked, // as Change, but the effect cannot be looked up after a crash (a probe)
    Own       // says or settles something of the caller itself; in no log
};

struct Route
{
    const char* method;
    const char* path; // "/api/v1/calls/{id}"; at most one {...}, always the last or last but one part
    Roles roles;
    Reach reach;
    Kind kind;
    std::vector<QLatin1String> queryKeys;
    std::vector<QLatin1String> bodyFields;
    Handler handler; // nullptr: the event stream, served by the transports

    bool isChange() const { return kind == Kind::Change || kind == Kind::Unmarked; }
};

std::span<const Route> routes();

// The parts of a path, decoded once, or nothing if its spelling is not plain: an encoded slash, "..", "//", ";", a
// backslash, anything but letters, digits and -._~:@ in a part.
std::optional<QStringList> pathParts(QByteArrayView path);

// May this principal use this route at all? The one rule; whoami, the transports and the walk ask it.
bool mayUse(const Route& route, const Principal& principal);

class Router
{
public:
    Router(EngineView& engine, EventHub& events, ChangeLog& changes, PrincipalBook* principals = nullptr);

    void handle(const api::AdminRequest& request, const Principal& principal, Reply reply);
    // May the principal follow the events? The check the transports make before they open a stream; an auditor's
    // stream and a refused one are noted in the log.
    api::Outcome mayFollowEvents(const Principal& principal) const;

    EngineView& engine() const { return m_services.engine; }
    EventHub& events() const { return m_services.events; }
    ChangeLog& changes() const { return m_services.changes; }

private:
    struct Walk;
    void change(const std::shared_ptr<Walk>& walk);

    Services m_services;
};

} // namespace gateway::admin

#include "admin/router.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace gateway::admin {
namespace {

using api::Failure;

constexpr int kLongestReason = 500;
constexpr int kLongestKey = 128;
constexpr qsizetype kLongestPath = 1024;

bool isPathChar(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_' || c == '~' || c == ':' || c == '@';
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The route's {...} is filled from the path. Nothing if they do not match.
std::optional<QString> match(const Route& route, const QStringList& parts)
{
    const QStringList wanted = QString::fromLatin1(route.path).mid(1).split(u'/');
    if (wanted.size() != parts.size())
        return std::nullopt;
    QString argument = QStringLiteral("");
    for (qsizetype i = 0; i < parts.size(); ++i) {
        if (wanted[i].startsWith(u'{'))
            argument = parts[i];
        else if (wanted[i] != parts[i])
            return std::nullopt;
    }
    return argument;
}

constexpr QLatin1String kClaim("/api/v1/pairings/claim");

api::Error notAllowed(const Route& route, const Principal& principal)
{
    if (principal.isBound() && route.reach == Reach::Everything && route.roles.has(principal.role))
        return api::failure(Failure::NotPermitted,
            QStringLiteral("%1 is bound to tenants, and this tells of all of them.").arg(principal.name));
    QStringList able;
    for (const api::Role role : api::kRoles) {
        if (route.roles.has(role))
            able.append(api::nameOf(role));
    }
    return api::failure(Failure::NotPermitted,
        QStringLiteral("%1 has the role %2, which does not allow this.")
            .arg(principal.name, api::nameOf(principal.role)),
        QStringLiteral("Roles that do: %1.").arg(able.join(QStringLiteral(", "))));
}

// Parts are separated by a byte that none of them holds as text.
QByteArray digestOf(const api::AdminRequest& request)
{
    const QByteArray separator(1, '\0');
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray& part : {request.method.toUtf8(), request.path.toUtf8(), request.query.toString().toUtf8(),
             QJsonDocument(request.body).toJson(QJsonDocument::Compact)}) {
        hash.addData(part);
        hash.addData(separator);
    }
    return hash.result();
}

api::AuditEntry entryOf(const Route& route, const api::AdminRequest& request, const Principal& principal,
    const QString& argument, int revision)
{
    api::AuditEntry entry;
    entry.principal = principal.name;
    entry.role = api::nameOf(principal.role);
    entry.by = nameOf(principal.by);
    entry.client = principal.client;
    entry.peer = principal.peer;
    entry.action = QString::fromLatin1(route.method) + u' ' + QString::fromLatin1(route.path);
    entry.object = argument;
    entry.reason = request.reason;
    entry.operation = request.idempotencyKey;
    entry.revision = revision;
    entry.asked = request.body;
    return entry;
}

// The answer to a request whose key has been used.
api::AdminReply answerOf(const ChangeLog::Begun& begun)
{
    const auto conflict = [](const char* message) {
        return api::errorReply(api::failure(Failure::Conflict, QString::fromLatin1(message)));
    };
    if (!begun.sameRequest)
        return conflict("The Idempotency-Key was used with another request.");
    switch (begun.before.state) {
    case api::Operation::State::UnderWay:
        return conflict("The same request is still under way.");
    case api::Operation::State::Unknown:
        return conflict("The engine went down in the middle of this request; whether it happened is not known.");
    case api::Operation::State::Applied:
    case api::Operation::State::NotApplied:
        break;
    }
    if (begun.before.status != 0)
        return {begun.before.status, begun.before.reply};
    return begun.before.state == api::Operation::State::Applied
               ? conflict("This request was carried out; its answer was lost when the engine went down.")
               : conflict("This request was given up before it arrived, so it is not carried out any more.");
}

bool names(const std::vector<QLatin1String>& list, const QString& key)
{
    return std::any_of(list.begin(), list.end(), [&key](QLatin1String entry) { return key == entry; });
}

std::optional<api::Error> faultOf(const Route& route, const api::AdminRequest& request)
{
    QStringList seen;
    for (const auto& [key, value] : request.query.queryItems(QUrl::FullyDecoded)) {
        if (!names(route.queryKeys, key))
            return api::failure(
                Failure::Invalid, QStringLiteral("The query key \"%1\" is not known here.").arg(key.left(64)));
        if (seen.contains(key))
            return api::failure(Failure::Invalid, QStringLiteral("The query key \"%1\" is given twice.").arg(key));
        seen.append(key);
    }
    for (auto field = request.body.begin(); field != request.body.end(); ++field) {
        if (!names(route.bodyFields, field.key()))
            return api::failure(
                Failure::Invalid, QStringLiteral("The field \"%1\" is not known here.").arg(field.key().left(64)));
    }
    if (request.idempotencyKey.size() > kLongestKey)
        return api::failure(
            Failure::Invalid, QStringLiteral("An Idempotency-Key has at most %1 characters.").arg(kLongestKey));
    if (!route.isChange())
        return std::nullopt;
    if (request.reason.trimmed().isEmpty())
        return api::failure(Failure::Invalid, QStringLiteral("A change needs a reason."),
            QStringLiteral("Send it as the header x-signalbox-reason; with signalboxctl: --reason."));
    if (request.reason.size() > kLongestReason)
        return api::failure(
            Failure::Invalid, QStringLiteral("A reason has at most %1 characters.").arg(kLongestReason));
    return std::nullopt;
}

} // namespace

std::optional<QStringList> pathParts(QByteArrayView path)
{
    if (!path.startsWith('/') || path.size() > kLongestPath)
        return std::nullopt;
    QStringList parts;
    QByteArray part;
    for (qsizetype i = 1; i <= path.size(); ++i) {
        if (i == path.size() || path[i] == '/') {
            if (part.isEmpty() || part == "." || part == "..")
                return std::nullopt;
            parts.append(QString::fromLatin1(part));
            part.clear();
            continue;
        }
        char c = path[i];
        if (c == '%') {
            const int high = i + 2 < path.size() ? hexDigit(path[i + 1]) : -1;
            const int low = i + 2 < path.size() ? hexDigit(path[i + 2]) : -1;
            if (high < 0 || low < 0)
                return std::nullopt;
            c = char(high * 16 + low);
            i += 2;
        }
        if (!isPathChar(c))
            return std::nullopt;
        part.append(c);
    }
    return parts;
}

bool mayUse(const Route& route, const Principal& principal)
{
    const bool isClaim = kClaim == QLatin1String(route.path);
    if (principal.by == Principal::By::Pairing || isClaim)
        return principal.by == Principal::By::Pairing && isClaim;
    return route.roles.has(principal.role) && !(principal.isBound() && route.reach == Reach::Everything);
}

// One request under way; what the handler was given lives as long as its reply is open.
struct Router::Walk
{
    const Route& route;
    const api::AdminRequest asked;
    const Principal principal;
    const QString argument;
    Reply reply;
    Change change = {};
    ChangeTrace trace = {};

    Request request() { return {asked, principal, argument, change, trace}; }
};

Router::Router(EngineView& engine, EventHub& events, ChangeLog& changes, PrincipalBook* principals)
    : m_services{engine, events, changes, principals}
{
}

void Router::handle(const api::AdminRequest& request, const Principal& principal, Reply reply)
{
    const auto refuse = [&reply](Failure failure, const QString& message, const QString& hint = {}) {
        reply(api::errorReply(api::failure(failure, message, hint)));
    };
    const auto parts = pathParts(request.path.toUtf8());
    if (!parts)
        return refuse(Failure::Invalid, QStringLiteral("The path is not spelled plainly."));

    const Route* found = nullptr;
    QString argument;
    bool isKnownPath = false;
    for (const Route& route : routes()) {
        const auto filled = match(route, *parts);
        if (!filled)
            continue;
        isKnownPath = true;
        // a part that is spelled out wins over one that stands for anything
        if (request.method == QLatin1String(route.method) && (!found || filled->isEmpty())) {
            found = &route;
            argument = *filled;
        }
    }
    if (!isKnownPath)
        return refuse(Failure::NotFound, QStringLiteral("There is nothing at this path."));
    if (!found) {
        api::AdminReply answer =
            api::errorReply(api::failure(Failure::Invalid, QStringLiteral("This path does not take that method.")));
        answer.status = 405;
        return reply(answer);
    }
    const int revision = m_services.engine.snapshot()->revision;
    if (!mayUse(*found, principal)) {
        const api::Error error = notAllowed(*found, principal);
        api::AuditEntry entry = entryOf(*found, request, principal, argument, revision);
        entry.outcome = QStringLiteral("refused");
        entry.status = api::httpStatusOf(error.failure);
        entry.message = error.message;
        m_services.changes.note(entry);
        return reply(api::errorReply(error));
    }
    if (const auto fault = faultOf(*found, request)) {
        if (found->isChange()) { // asked for, and refused before it began
            api::AuditEntry entry = entryOf(*found, request, principal, argument, revision);
            entry.outcome = QStringLiteral("refused");
            entry.status = api::httpStatusOf(fault->failure);
            entry.message = fault->message;
            m_services.changes.note(entry);
        }
        return reply(api::errorReply(*fault));
    }
    if (!found->handler)
        return refuse(Failure::Invalid, QStringLiteral("Events are followed as a stream of server-sent events."));
    const auto walk = std::make_shared<Walk>(Walk{*found, request, principal, argument, std::move(reply)});
    if (found->isChange())
        return change(walk);
    if (principal.role == api::Role::Auditor && found->kind == Kind::Read) {
        api::AuditEntry entry = entryOf(*found, request, principal, argument, revision);
        entry.outcome = QStringLiteral("read");
        entry.status = 200;
        m_services.changes.note(entry);
    }
    found->handler(m_services, walk->request(), [walk](const api::AdminReply& answer) { walk->reply(answer); });
}

void Router::change(const std::shared_ptr<Walk>& walk)
{
    const int revision = m_services.engine.snapshot()->revision;
    ChangeLog::Intent intent{entryOf(walk->route, walk->asked, walk->principal, walk->argument, revision),
        digestOf(walk->asked), walk->route.kind == Kind::Change};
    m_services.changes.begin(
        walk->principal, std::move(intent), [this, walk](const api::Result<ChangeLog::Begun>& begun) {
            if (!begun)
                return walk->reply(api::errorReply(begun.error()));
            if (!begun->isNew)
                return walk->reply(answerOf(*begun));
            walk->change = begun->change;
            const Reply finish = [this, walk](const api::AdminReply& answer) {
                // where a handler says nothing else, what it answers is the object as it is now; the log redacts it
                const bool tells = walk->trace.after.isEmpty() && answer.status < 300;
                m_services.changes.finish(
                    walk->change, answer, walk->trace.before, tells ? answer.body : walk->trace.after);
                walk->reply(answer);
            };
            // asked here and not before: a repetition gets its first answer, whatever has changed since
            const int now = m_services.engine.snapshot()->revision;
            if (walk->asked.expectedRevision && *walk->asked.expectedRevision != now) {
                api::AdminReply stale = api::errorReply(api::failure(Failure::Conflict,
                    QStringLiteral("The config is at revision %1 and not at %2 any more.")
                        .arg(now)
                        .arg(*walk->asked.expectedRevision),
                    QStringLiteral("Look at it again, then decide again.")));
                stale.status = 412;
                return finish(stale);
            }
            walk->route.handler(m_services, walk->request(), finish);
        });
}

api::Outcome Router::mayFollowEvents(const Principal& principal) const
{
    for (const Route& route : routes()) {
        if (route.handler)
            continue;
        const bool may = mayUse(route, principal);
        if (may && principal.role != api::Role::Auditor)
            continue;
        api::AdminRequest asked;
        asked.path = QString::fromLatin1(route.path);
        api::AuditEntry entry = entryOf(route, asked, principal, {}, m_services.engine.snapshot()->revision);
        entry.outcome = may ? QStringLiteral("read") : QStringLiteral("refused");
        entry.status = may ? 200 : api::httpStatusOf(Failure::NotPermitted);
        m_services.changes.note(entry);
        if (!may)
            return notAllowed(route, principal);
    }
    return api::Done{};
}

} // namespace gateway::admin

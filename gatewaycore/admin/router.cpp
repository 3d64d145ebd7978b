#include "admin/router.h"

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

// Roles in the order of what they may do here. An auditor reads what a viewer reads; evidence is a later route.
bool covers(config::Role has, config::Role needs)
{
    return static_cast<int>(has) >= static_cast<int>(needs);
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
    if (!route.mutation)
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

Router::Router(EngineView& engine, EventHub& events, const Clock& clock)
    : m_services{engine, events}, m_idempotency(clock)
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
        if (request.method == QLatin1String(route.method)) {
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
    if (!covers(principal.role, found->role))
        return refuse(Failure::NotPermitted, QStringLiteral("The role of %1 does not allow this.").arg(principal.name));
    if (const auto fault = faultOf(*found, request))
        return reply(api::errorReply(*fault));
    if (!found->handler)
        return refuse(Failure::Invalid, QStringLiteral("Events are followed as a stream of server-sent events."));
    if (found->mutation && m_idempotency.answer(principal.name, request, reply))
        return;
    found->handler(m_services, Request{request, principal, argument}, reply);
}

api::Outcome Router::mayFollowEvents(const Principal& principal) const
{
    for (const Route& route : routes()) {
        if (!route.handler && !covers(principal.role, route.role))
            return api::failure(
                Failure::NotPermitted, QStringLiteral("The role of %1 does not allow this.").arg(principal.name));
    }
    return api::Done{};
}

} // namespace gateway::admin

#include "admin/handlers/handlers.h"

#include <QJsonDocument>

namespace gateway::admin {
namespace {

using api::Failure;

constexpr qsizetype kLargestBody = 4 * 1024 * 1024;

std::optional<api::Error> faultOf(const api::RouteQuestion& question)
{
    if (question.alias.isEmpty())
        return api::failure(Failure::Invalid, QStringLiteral("The field \"alias\" is missing."));
    const bool described =
        question.inputBytes || question.maxOutputTokens || question.stream.has_value() || question.tools.has_value();
    if (!question.body.isEmpty()) {
        if (described)
            return api::failure(Failure::Invalid,
                QStringLiteral("A request is pasted as \"body\" or described by its sizes: give one of the two."));
        if (question.body.size() > kLargestBody)
            return api::failure(Failure::Invalid, QStringLiteral("The body is larger than 4 MiB."));
        if (!QJsonDocument::fromJson(question.body.toUtf8()).isObject())
            return api::failure(Failure::Invalid, QStringLiteral("The body is not a JSON object."));
    }
    if (question.inputBytes.value_or(0) < 0 || question.maxOutputTokens.value_or(0) < 0)
        return api::failure(Failure::Invalid, QStringLiteral("Sizes are not negative."));
    if (question.latencyBudgetMs.value_or(1) < 1)
        return api::failure(Failure::Invalid, QStringLiteral("A latency budget is at least one millisecond."));
    if (question.costCeiling && question.costCeiling->nano() < 0)
        return api::failure(Failure::Invalid, QStringLiteral("A cost ceiling is not negative."));
    return std::nullopt;
}

// Whom a bound principal may ask for: a tenant of its own, or a credential of one. The one it is bound to is meant when
// none is named; a tenant of another is "not there", in the engine's own words.
void explainBound(const Services& services, const Request& request, const Reply& reply, api::RouteQuestion question)
{
    const Principal& principal = request.principal;
    if (question.credential.isEmpty()) {
        if (question.tenant.isEmpty() && principal.tenants.size() == 1)
            question.tenant = principal.tenants.first();
        if (question.tenant.isEmpty())
            return refuse(reply, Failure::Invalid, QStringLiteral("The field \"tenant\" is missing."),
                QStringLiteral("It is one of: %1.").arg(principal.tenants.join(QStringLiteral(", "))));
        if (!principal.mayTouch(question.tenant))
            return refuse(
                reply, Failure::NotFound, QStringLiteral("There is no tenant \"%1\".").arg(question.tenant.left(64)));
        return answer<api::RouteExplanation>(reply)(services.engine.explainRoute(question));
    }
    services.engine.credentials(
        [services, reply, question, &principal](const api::Result<QVector<api::CredentialInfo>>& all) {
            if (!all)
                return reply(api::errorReply(all.error()));
            for (const api::CredentialInfo& info : *all) {
                if (info.id == question.credential && principal.mayTouch(info.tenant))
                    return answer<api::RouteExplanation>(reply)(services.engine.explainRoute(question));
            }
            refuse(reply, Failure::NotFound,
                QStringLiteral("There is no credential %1.").arg(question.credential.left(64)));
        });
}

} // namespace

void explainRoute(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::RouteQuestion> question = api::routeQuestionFromJson(request.asked.body);
    if (!question)
        return reply(api::errorReply(question.error()));
    if (const auto fault = faultOf(*question))
        return reply(api::errorReply(*fault));
    if (request.principal.isBound())
        return explainBound(services, request, reply, *question);
    answer<api::RouteExplanation>(reply)(services.engine.explainRoute(*question));
}

} // namespace gateway::admin

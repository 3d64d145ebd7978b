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

} // namespace

void explainRoute(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::RouteQuestion> question = api::routeQuestionFromJson(request.asked.body);
    if (!question)
        return reply(api::errorReply(question.error()));
    if (const auto fault = faultOf(*question))
        return reply(api::errorReply(*fault));
    answer<api::RouteExplanation>(reply)(services.engine.explainRoute(*question));
}

} // namespace gateway::admin

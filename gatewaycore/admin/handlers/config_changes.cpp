#include "admin/handlers/config_changes.h"

#include "admin/config_desk.h"
#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

using api::Failure;

constexpr qsizetype kLargestText = 4 * 1024 * 1024; // as for the file itself
constexpr int kMostRevisions = 1000;
constexpr qsizetype kMostEdits = 500;

// The desk, or the answer that there is none.
ConfigDesk* deskOf(const Services& services, const Reply& reply)
{
    ConfigDesk* desk = services.engine.desks().config;
    if (!desk)
        refuse(reply, Failure::NotFound, QStringLiteral("The config's revisions are not kept here."));
    return desk;
}

// Of the draft as it was answered, what the audit log keeps: not the findings, not the text.
QJsonObject traceOf(const api::Draft& draft)
{
    return {{QStringLiteral("id"), draft.id}, {QStringLiteral("version"), draft.version},
        {QStringLiteral("state"), draft.state}, {QStringLiteral("base"), draft.base},
        {QStringLiteral("hash"), draft.hash}};
}

Done<api::Draft> draftAnswer(const Request& request, const Reply& reply, int status = 200)
{
    return [&trace = request.trace, reply, status](api::Result<api::Draft> draft) {
        if (!draft)
            return reply(api::errorReply(draft.error()));
        trace.after = traceOf(*draft);
        draft->text.clear();
        reply({status, api::toJson(*draft)});
    };
}

Done<api::Promotion> promotionAnswer(const Request& request, const Reply& reply)
{
    return [&trace = request.trace, reply](const api::Result<api::Promotion>& promotion) {
        if (!promotion)
            return reply(api::errorReply(promotion.error()));
        trace.after = {{QStringLiteral("revision"), promotion->revision.number},
            {QStringLiteral("kind"), promotion->revision.kind}, {QStringLiteral("hash"), promotion->revision.hash},
            {QStringLiteral("restores"), promotion->revision.restores}};
        reply({200, api::toJson(*promotion)});
    };
}

void traceInForce(const Services& services, const Request& request)
{
    const config::SnapshotPtr snapshot = services.engine.snapshot();
    request.trace.before = {{QStringLiteral("revision"), snapshot->revision},
        {QStringLiteral("hash"), QString::fromLatin1(snapshot->contentHash)}};
}

std::optional<int> numberOf(const Request& request, const Reply& reply)
{
    bool isNumber = false;
    const int number = request.argument.toInt(&isNumber);
    if (isNumber && number > 0)
        return number;
    refuse(reply, Failure::NotFound, QStringLiteral("There is no revision %1.").arg(request.argument.left(64)));
    return std::nullopt;
}

api::ConfigReview reviewOf(const QJsonObject& body)
{
    api::ConfigReview review;
    review.approves = body.value(QLatin1String("approves")).toBool(true);
    review.hash = body.value(QLatin1String("hash")).toString();
    review.note = body.value(QLatin1String("note")).toString();
    return review;
}

bool isTooLarge(const QString& text, const Reply& reply)
{
    if (text.size() <= kLargestText)
        return false;
    refuse(reply, Failure::Invalid, QStringLiteral("The config is larger than 4 MiB."));
    return true;
}

} // namespace

void getConfigStanding(const Services& services, const Request&, const Reply& reply)
{
    if (ConfigDesk* desk = deskOf(services, reply))
        desk->standing(answer<api::ConfigStanding>(reply));
}

void getConfigRevisions(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    int limit = 100;
    if (const QString asked = request.asked.query.queryItemValue(QStringLiteral("limit")); !asked.isEmpty()) {
        bool isNumber = false;
        limit = asked.toInt(&isNumber);
        if (!isNumber || limit < 1 || limit > kMostRevisions)
            return refuse(reply, Failure::Invalid,
                QStringLiteral("limit is not a whole number from 1 to %1").arg(kMostRevisions));
    }
    reply({200, itemsOf(desk->revisions(limit))});
}

void getConfigRevision(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (const auto number = desk ? numberOf(request, reply) : std::nullopt)
        desk->revision(*number, answer<api::Revision>(reply));
}

void reviewConfigRevision(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (const auto number = desk ? numberOf(request, reply) : std::nullopt)
        desk->reviewRevision(*number, reviewOf(request.asked.body), request.change, answer<api::Revision>(reply));
}

void getConfigDrafts(const Services& services, const Request&, const Reply& reply)
{
    if (ConfigDesk* desk = deskOf(services, reply))
        reply({200, itemsOf(desk->drafts())});
}

void getConfigDraft(const Services& services, const Request& request, const Reply& reply)
{
    if (ConfigDesk* desk = deskOf(services, reply))
        answer<api::Draft>(reply)(desk->draft(request.argument));
}

void postConfigDraft(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const api::Result<api::DraftRequest> asked = api::draftRequestFromJson(request.asked.body);
    if (!asked)
        return reply(api::errorReply(asked.error()));
    if (asked->text && isTooLarge(*asked->text, reply))
        return;
    desk->createDraft(*asked, request.change, draftAnswer(request, reply, 201));
}

void saveConfigDraft(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const api::Result<api::DraftSave> save = api::draftSaveFromJson(request.asked.body);
    if (!save)
        return reply(api::errorReply(save.error()));
    if (!request.asked.body.value(QLatin1String("yaml")).isString())
        return refuse(reply, Failure::Invalid, QStringLiteral("The field \"yaml\" must hold the config's text."));
    if (isTooLarge(save->text, reply))
        return;
    desk->saveDraft(request.argument, *save, request.change, draftAnswer(request, reply));
}

void editConfigDraft(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const api::Result<api::DraftSave> save = api::draftSaveFromJson(request.asked.body);
    if (!save)
        return reply(api::errorReply(save.error()));
    if (save->edits.isEmpty() || save->edits.size() > kMostEdits)
        return refuse(
            reply, Failure::Invalid, QStringLiteral("The field \"edits\" holds 1 to %1 edits.").arg(kMostEdits));
    desk->saveDraft(request.argument, *save, request.change, draftAnswer(request, reply));
}

void mergeConfigDraft(const Services& services, const Request& request, const Reply& reply)
{
    if (ConfigDesk* desk = deskOf(services, reply))
        desk->mergeDraft(request.argument, request.change, draftAnswer(request, reply));
}

void reviewConfigDraft(const Services& services, const Request& request, const Reply& reply)
{
    if (ConfigDesk* desk = deskOf(services, reply))
        desk->reviewDraft(request.argument, reviewOf(request.asked.body), request.change, draftAnswer(request, reply));
}

void abandonConfigDraft(const Services& services, const Request& request, const Reply& reply)
{
    if (ConfigDesk* desk = deskOf(services, reply))
        desk->abandonDraft(request.argument, request.change, draftAnswer(request, reply));
}

void checkConfigFindings(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const QJsonValue yaml = request.asked.body.value(QLatin1String("yaml"));
    if (!yaml.isString())
        return refuse(reply, Failure::Invalid, QStringLiteral("The field \"yaml\" must hold the config's text."));
    if (!isTooLarge(yaml.toString(), reply))
        reply({200, api::toJson(desk->validate(yaml.toString().toUtf8()))});
}

void diffConfig(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const auto from = api::diffSideFromJson(request.asked.body.value(QLatin1String("from")).toObject());
    const auto to = api::diffSideFromJson(request.asked.body.value(QLatin1String("to")).toObject());
    for (const api::Result<api::DiffSide>* side : {&from, &to}) {
        if (!*side)
            return reply(api::errorReply(side->error()));
        // a text of one's own is compiled with this engine's keys and files, as a draft's is
        const bool mayBring =
            request.principal.role != api::Role::Viewer && request.principal.role != api::Role::Auditor;
        if ((*side)->text && !mayBring)
            return refuse(reply, Failure::NotPermitted,
                QStringLiteral("Who may not write drafts compares revisions, drafts and the file."));
        if ((*side)->text && isTooLarge(*(*side)->text, reply))
            return;
    }
    desk->diff(*from, *to, answer<api::DiffReport>(reply));
}

void promoteConfig(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const api::Result<api::PromoteRequest> asked = api::promoteRequestFromJson(request.asked.body);
    if (!asked)
        return reply(api::errorReply(asked.error()));
    traceInForce(services, request);
    desk->promote(*asked, request.change, promotionAnswer(request, reply));
}

void rollBackConfig(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const QJsonValue revision = request.asked.body.value(QLatin1String("revision"));
    if (!revision.isUndefined() && !revision.isNull() && (!revision.isDouble() || revision.toInt(-1) < 0))
        return refuse(reply, Failure::Invalid, QStringLiteral("The field \"revision\" is the number of one."));
    traceInForce(services, request);
    desk->rollBack(revision.toInt(0), request.change, promotionAnswer(request, reply));
}

void adoptConfigFile(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    traceInForce(services, request);
    desk->adoptFile(request.change, promotionAnswer(request, reply));
}

void revertConfigFile(const Services& services, const Request& request, const Reply& reply)
{
    ConfigDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    traceInForce(services, request);
    desk->revertFile(request.change, [&trace = request.trace, reply](const api::Result<api::ConfigStanding>& standing) {
        if (!standing)
            return reply(api::errorReply(standing.error()));
        trace.after = {{QStringLiteral("file"), standing->file}, {QStringLiteral("hash"), standing->fileHash}};
        reply({200, api::toJson(*standing)});
    });
}

} // namespace gateway::admin

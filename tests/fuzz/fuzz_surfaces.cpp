// Every surface, over any body: it is parsed, made a unified request, and written for a provider of any kind; or
// refused in the caller's dialect. What leaves us is valid whatever came in.
#include "dialects.h"

using namespace gateway;
using namespace gateway::fuzz;
using namespace gateway::transform;

namespace {

void checkParts(const std::vector<Part>& parts, int depth)
{
    must(depth <= 4, "parts do not nest without end");
    for (const Part& part : parts) {
        if (part.kind == Part::Kind::ToolCall && !part.custom && !part.arguments.isEmpty())
            checkJson(part.arguments, "arguments are JSON");
        checkParts(part.content, depth + 1);
    }
}

void checkUnified(const UnifiedRequest& request)
{
    checkParts(request.system, 0);
    for (const Message& message : request.messages)
        checkParts(message.parts, 0);
    for (const Tool& tool : request.tools) {
        if (!tool.schema.isEmpty())
            checkJson(tool.schema, "a schema is JSON");
    }
    if (!request.format.schema.isEmpty())
        checkJson(request.format.schema, "an output schema is JSON");
    for (const OtherField& field : request.others) {
        must(!field.name.isEmpty(), "a field has a name");
        checkJson(field.raw, "another field's value is JSON");
    }
    for (const QByteArray& number : {request.temperature, request.topP, request.topK, request.frequencyPenalty,
             request.presencePenalty, request.seed}) {
        if (!number.isEmpty())
            checkJson(number, "a number is JSON");
    }
    must(request.choices >= 1 && request.maxOutputTokens.value_or(1) >= 0, "counts are counts");
}

void checkLosses(const Losses& losses)
{
    const QByteArray header = losses.headerValue();
    must(header.size() <= 900, "the header of losses is short", header);
    must(http::isFieldValue(header), "the header of losses may be sent", header);
    for (const char c : header)
        must(c >= 0x20 && c < 0x7f, "the header of losses is printable", header);
    Q_UNUSED(losses.toJson());
}

} // namespace

FUZZ_TARGET(input)
{
    const auto all = surfaces();
    const Surface& surface = *all[std::size_t(input.below(int(all.size())))];
    const auto world = someWorld(input);
    const QByteArray body = input.rest().toByteArray();
    auto parsed = anyRequest(surface, input, body);
    if (const auto* error = std::get_if<CallError>(&parsed)) {
        checkError(surface, *error);
        return;
    }
    const CallRequest& request = std::get<CallRequest>(parsed);
    must(request.body == body, "the caller's bytes stay", body);
    must(request.choices >= 1, "at least one choice");
    must(request.maxOutputTokens.value_or(1) >= 0 && request.namedImages >= 0, "counts are not negative");

    const auto unified = surface.unify(request);
    if (const auto* error = std::get_if<CallError>(&unified))
        checkError(surface, *error);
    else
        checkUnified(std::get<UnifiedRequest>(unified));

    Target target{world->candidate, {}, QByteArrayLiteral("project")};
    if (input.flag())
        target.outputLimit = 4096;
    Translation translation(request, target, {QStringLiteral("call-1"), request.alias, 1'795'363'200});
    const auto outgoing = translation.request();
    checkLosses(translation.losses());
    if (const auto* error = std::get_if<CallError>(&outgoing))
        checkError(surface, *error);
    else
        checkOutgoing(std::get<Outgoing>(outgoing));
}

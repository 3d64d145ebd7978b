// What the translations into all providers' dialects have in common on the way out: what one cannot give is refused in
// the same words, what it does not carry is noted under the same names, and tool calls get ids where the caller's
// dialect has none. Fields are named as in the chat dialect, the words most callers know. Pure; any thread.
#pragma once

#include "transform/field_name.h"
#include "transform/losses.h"
#include "transform/unified_request.h"

#include <optional>
#include <span>
#include <vector>

namespace gateway::transform {

// Several choices, log probabilities, audio answers, state that a provider keeps, token arrays: what would make the
// answer another one than was asked for. `provider` is its name for people.
std::optional<CallError> refusedShape(const UnifiedRequest& request, const QByteArray& provider);
// Tools that a provider runs and, unless it takes them, tools that take free text.
std::optional<CallError> refusedTools(
    const UnifiedRequest& request, const QByteArray& provider, bool takesCustom = false);

// A number or text of the request and its name.
struct ScalarField
{
    QByteArray UnifiedRequest::*value;
    const char* name;
};
void dropScalars(const UnifiedRequest& request, std::span<const ScalarField> fields, Losses& losses);
void dropCacheMarks(const UnifiedRequest& request, Losses& losses);
// Participants' names, signatures on parts that are no thinking, and where the provider takes none, images' detail.
void dropMessageExtras(const UnifiedRequest& request, Losses& losses, bool keepsDetail);
void dropReasoning(const Reasoning& reasoning, Losses& losses, const char* reason = "the provider has no such field");
// The field by which the caller asks for thinking, or for none: an effort, a budget or just so.
const char* askedReasoning(const Reasoning& reasoning);
// Everything in `others` that asks for anything (null, false and empty values do not), but `carried`.
void dropOthers(const UnifiedRequest& request, Losses& losses, QByteArrayView carried = {});
// A service tier that is just "what you usually do" asks for nothing.
bool isUsualTier(QByteArrayView tier);

// The tools to offer: all, or those that the choice allows or names (then the choice is noted as changed).
std::vector<const Tool*> offeredTools(const UnifiedRequest& request, Losses& losses);
// "tools[1].strict" of one of them
QByteArray toolField(const UnifiedRequest& request, const Tool& tool, const char* member);

// The arguments of a call in the history as a JSON object: the caller's bytes, or where they are none, an object that
// carries them as text (noted).
QByteArray argumentsObject(const Part& call, const QByteArray& field, Losses& losses);

// The text of an inline document of a text type, after its name: how it goes over where documents do not (noted).
std::optional<QByteArray> documentAsText(const Part& document, const QByteArray& field, Losses& losses);

// Who calls what, in every dialect's way: results find their call, calls without an id get one.
class CallRefs
{
public:
    struct Ref
    {
        QByteArray id;
        QByteArray name;
    };
    explicit CallRefs(const UnifiedRequest& request);
    // Of a ToolCall or ToolResult part.
    const Ref& of(std::size_t message, std::size_t part) const { return m_refs[message][part]; }
    // Of the calls of the history, each once, in their order.
    const std::vector<QByteArray>& functions() const { return m_functions; }

private:
    std::vector<std::vector<Ref>> m_refs;
    std::vector<QByteArray> m_functions;
};

} // namespace gateway::transform

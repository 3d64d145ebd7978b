// What the translations of Bedrock, Cohere and Ollama have in common on the way out: what none of them can give is
// refused in the same words, what none of them carries is noted under the same names, and tool calls get ids where the
// caller's dialect has none. Fields are named as in the chat dialect, the words most callers know. Pure; any thread.
#pragma once

#include "transform/call_error.h"
#include "transform/losses.h"
#include "transform/unified_request.h"

#include <optional>
#include <span>
#include <vector>

namespace gateway::transform {

CallError refusal(const QString& message, const QByteArray& parameter = {}); // InvalidRequest

// Several choices, log probabilities, audio answers, state that a provider keeps, token arrays: what would make the
// answer another one than was asked for. `provider` is its name for people.
std::optional<CallError> refusedShape(const UnifiedRequest& request, const char* provider);
// Tools that a provider runs, and tools that take free text.
std::optional<CallError> refusedTools(const UnifiedRequest& request, const char* provider);

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
// Everything in `others` that asks for anything (null, false and empty values do not), but `carried`.
void dropOthers(const UnifiedRequest& request, Losses& losses, QByteArrayView carried = {});
// A service tier that is just "what you usually do" asks for nothing.
bool isUsualTier(QByteArrayView tier);

// The tools to offer: all, or those that the choice allows or names (then the choice is noted as changed).
std::vector<const Tool*> offeredTools(const UnifiedRequest& request, Losses& losses);

// "messages[2].content[0]", and of system: "system[0]"
QByteArray partField(std::size_t message, std::size_t part, const char* member = nullptr);
QByteArray indexed(const char* list, std::size_t index, const char* member = nullptr);

// The arguments of a call in the history as a JSON object: the caller's bytes, or where they are none, an object that
// carries them as text (noted).
QByteArray argumentsObject(const Part& call, const QByteArray& field, Losses& losses);

// The text of an inline document of a text type (text/plain, text/csv, text/markdown ...).
std::optional<QByteArray> documentText(const Part& document);
// "data:image/png;base64,..."; the type is read from the bytes where it is not stated. Empty: not an image we know.
QByteArray imageType(const Part& image);

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

// Fields that chat and Responses have in common, read from a caller's request: the choice of tools, a schema to answer
// in, what is to be cached. The two differ in how deep a tool's name stands. Pure; any thread.
#pragma once

#include "transform/json_view.h"
#include "transform/unified_request.h"

namespace gateway::transform {

enum class ToolForm
{
    Nested, // chat: {"type": "function", "function": {"name": ...}}
    Flat,   // Responses: {"type": "function", "name": ...}
};
// Empty: a choice of another kind (a tool that the provider runs), or none at all.
std::optional<ToolChoice> openAiToolChoice(JsonView value, ToolForm form);

// {"name", "description", "schema", "strict"}; false: the schema is no object
bool readOpenAiSchema(JsonView object, OutputFormat& format);

// prompt_cache_options
std::optional<CacheLife> openAiCacheAll(JsonView options);

} // namespace gateway::transform

// JSON schemas for Gemini. We send parametersJsonSchema and responseJsonSchema, which take JSON Schema as it is; what
// Google reads into its own Schema message (`parameters`) would refuse the whole request for one unknown keyword
// (decisions/0073). Two things remain to be put right. Pure; any thread.
#pragma once

#include "transform/json_view.h"

namespace gateway::transform::gemini {

// `const` is the one common keyword that is not understood there: it becomes an enum of one value, which says the
// same. Only where it is a keyword: a property named "const" stays. Every other byte is the caller's.
QByteArray schemaForGoogle(QByteArrayView schema);

// A function's answer with a member "$ref" anywhere: Google reads that as a reference to a file of the same answer.
bool hasReference(JsonView value);

} // namespace gateway::transform::gemini

// Members of Gemini's JSON. It is proto JSON: every field may be written in camelCase or in snake_case, and enum words
// in any case the proto knows (upper). Shared by Gemini's surface and by its provider dialect, which edits a caller's
// bytes. Pure; any thread.
#pragma once

#include "transform/json_view.h"

namespace gateway::transform::gemini {

// "maxOutputTokens" finds max_output_tokens too; Missing if neither is there.
JsonView field(JsonView object, QByteArrayView camelCase);

// Whether a field is there in both spellings: which of them counts is the reader's choice, and readers differ.
bool hasFieldTwice(JsonView object);

// The camelCase spelling of a member's key as it came.
QByteArray camelCase(QByteArrayView rawKey);

// A whole number that may be written as one, or as a string of one (proto JSON's int64).
std::optional<qint64> wholeNumber(JsonView value);

} // namespace gateway::transform::gemini

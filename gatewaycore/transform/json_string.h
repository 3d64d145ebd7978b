// The characters of JSON strings: where they end, and what they say. Pure; any thread. Private to transform.
#pragma once

#include "base/json_plain.h"

#include <QByteArray>
#include <QByteArrayView>

namespace gateway::transform {

// A string read up to its closing quote, or up to what makes it none.
struct JsonString
{
    const char* stop = nullptr;
    const char* error = nullptr; // why it is none; nullptr: `stop` is its closing quote
    bool escaped = false;        // it has backslashes
};
// From the first character after the opening quote. UTF-8 is not checked here.
JsonString readJsonString(const char* at, const char* end);

// The characters of a checked string, without its quotes.
QByteArray unescapeJson(QByteArrayView inside);

} // namespace gateway::transform

// What surfaces and provider dialects both do with parts and the JSON they are read from: texts, data URLs, the types
// of images, documents that are texts, how long a cache breakpoint lives. Pure; any thread.
#pragma once

#include "transform/json_view.h"
#include "transform/unified_request.h"

#include <QByteArray>

#include <optional>

namespace gateway::transform {

// A JSON string's text; empty where it is none.
QByteArray textOf(JsonView value);
// A tool call's arguments: a JSON text, or the object that some servers and callers write in its place.
QByteArray argumentsOf(JsonView arguments);

Part textPart(QByteArray text, Part::Kind kind = Part::Kind::Text);

// "data:image/png;base64,..." apart, into media type and data; false if it is another kind of URL.
bool takeDataUrl(const QByteArray& url, Part& part);
// The part's data as such a URL; `otherwise` is the type where none is stated.
QByteArray dataUrl(const Part& part, const char* otherwise);

// An image's type as stated, or as its bytes begin where it is not. Empty: not an image we know.
QByteArray imageType(const Part& image);
// The text of an inline document of a text type (text/plain, text/csv, text/markdown ...).
std::optional<QByteArray> documentText(const Part& document);

// "5m", "30m", "1h", "12h"; anything else is CacheLife::Default.
CacheLife cacheLifeOf(QByteArrayView ttl);

} // namespace gateway::transform

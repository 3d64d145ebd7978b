// The callers' surface of Google's generateContent (wire.md 1.5): POST /{v1,v1beta}/models/{alias}:{verb} and Vertex's
// /{v1,v1beta1}/projects/*/locations/*/publishers/google/models/{alias}:{verb}. The alias and the verb stand in the
// path. A stream is server-sent events with alt=sse, else one JSON array. Stateless; any thread.
#pragma once

#include "transform/surface.h"

namespace gateway::transform {

const Surface& geminiGenerate();    // generateContent, streamGenerateContent
const Surface& geminiCountTokens(); // countTokens
const Surface& geminiEmbed();       // embedContent, batchEmbedContents

// {"models": [{"name": "models/alias", ...}]}, and one of them.
QByteArray geminiModelList(const QStringList& aliases);
QByteArray geminiModel(const QString& alias);

} // namespace gateway::transform

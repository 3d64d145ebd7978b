// Where Google's two doors to its models are: generativelanguage (kind gemini) and aiplatform (kind vertex). Pure; any
// thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform::gemini {

// "…/v1beta/models/{model}:{verb}", or the project's path of Vertex; or why there is none.
std::variant<QByteArray, CallError> modelPath(const Target& target, QByteArrayView verb);

inline bool isVertex(const Target& target)
{
    return target.kind() == config::ProviderKind::Vertex;
}

// The model without a prefix some people write: "models/", "publishers/google/models/".
QByteArrayView plainModel(const Target& target);

// Vertex has embedding models of two kinds: those asked by embedContent, one text at a time, and those of :predict.
bool isPredictModel(const Target& target);

} // namespace gateway::transform::gemini

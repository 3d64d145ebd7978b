// Vectors of 32-bit floats as JSON writes them: a list of numbers (shortest text that reads back as the same bits) or
// base64 of little-endian floats. Values that are no numbers (NaN, infinity) exist in neither. Pure; any thread.
#pragma once

#include "transform/json_view.h"

#include <span>
#include <vector>

namespace gateway::transform {

// Of either form; empty optional: it is not a vector, or a value in it is no number.
std::optional<std::vector<float>> readVector(JsonView json);

QByteArray vectorAsList(std::span<const float> vector);   // [0.1,-2e-09]
QByteArray vectorAsBase64(std::span<const float> vector); // "zczMPQ=="; a JSON string

} // namespace gateway::transform

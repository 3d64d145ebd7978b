// What the readers of all providers' answers have in common: counts that are no data when they are absurd, texts
// cut to a length that a record keeps, vectors, and the errors for answers that are none. Pure; any thread.
#pragma once

#include "transform/call_error.h"
#include "transform/json_view.h"
#include "transform/provider_dialect.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace gateway::transform {

qint64 statedCount(JsonView value); // 0 to 100 million
bool hasCount(JsonView value);
QString shortText(JsonView value);
// Nothing if it is no list of numbers, or longer than any model's vectors.
std::optional<std::vector<float>> vectorOf(JsonView numbers);
// A list of such; false where one of them is none.
bool readVectors(JsonView vectors, Answer& answer);

CallError unreadable(const QString& message); // TransformError
// The model gave up with a word that is not a success (wire.md section 3, model_error).
CallError failedGeneration(QByteArrayView word);

// What a stream's reader says of a frame.
StreamReader::Read readContent();
StreamReader::Read readEnd(bool ended); // false: nothing to tell
StreamReader::Read readError(CallError error);

} // namespace gateway::transform

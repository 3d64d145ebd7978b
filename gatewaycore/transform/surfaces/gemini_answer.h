// Writing answers in Gemini's words: a whole one, a chunk of a stream, usage, errors. Private to the Gemini surface;
// any thread.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/surface.h"

namespace gateway::transform::gemini {

// Whether the caller asked for thoughts; unsigned ones are kept from the others (clients of old take them for text).
bool wantsThoughts(const CallRequest& request);

// {"text": ...}, {"functionCall": ...} ...; nothing for a kind the dialect has no part for.
void writePart(JsonWriter& json, const Part& part);

void writeUsage(JsonWriter& json, const api::Tokens& tokens);

// One GenerateContentResponse. `parts`: the JSON of its parts, with commas. `last`: with the reason to stop and usage.
QByteArray chunk(QByteArrayView parts, const AnswerFacts& facts, const AnswerContext& context, bool last);

QByteArray answerBody(const CallRequest& request, const Answer& answer, const AnswerContext& context);
QByteArray embeddingBody(const CallRequest& request, const Answer& answer);

// {"error": {code, message, status, details, signalbox}}; `signalbox` is the object.
QByteArray errorBody(const CallError& error, QByteArrayView signalbox);

} // namespace gateway::transform::gemini

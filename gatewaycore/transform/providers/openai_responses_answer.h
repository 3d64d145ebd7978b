// Reading what a Responses provider says: the response object with its usage, output items and errors. Shared by whole
// answers and the last event of a stream. Pure functions; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

std::variant<Answer, CallError> readResponsesAnswer(QByteArrayView body, const Target& target);
std::variant<AnswerFacts, CallError> readResponsesFacts(QByteArrayView body, const Target& target);

// Totals with details inside them, taken apart (wire.md section 4). xAI counts its reasoning beside the output, not
// inside it; where a total is stated it decides.
api::Tokens readResponsesUsage(JsonView usage, bool reasoningOutside);

// {"code", "message"}: of a response that failed, of an "error" event, of an error inside a 200
CallError readResponsesError(JsonView error, QByteArrayView providerKey);

// What a response object says besides its items.
void readResponseInto(AnswerFacts& facts, JsonView response, const Target& target, bool toolCalled);

// One output item's parts, appended. Items of tools that the provider runs have none.
void readOutputItem(JsonView item, bool keepsSignature, std::vector<Part>& parts);

// xAI's signatures are not OpenAI's; nobody who could be told apart would take them back.
bool signsAsOpenAi(config::ProviderKind kind);

} // namespace gateway::transform

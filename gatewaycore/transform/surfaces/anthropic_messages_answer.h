// Answers and errors as Anthropic's messages API writes them (wire.md 1.4, 4, 5); the pieces that streams have in
// common with whole answers. Pure; any thread.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/surface.h"

namespace gateway::transform {

QByteArray anthropicAnswerBody(const Answer& answer, const AnswerContext& context);
QByteArray anthropicCountBody(const Answer& answer); // {"input_tokens": n}

// {"type": "error", "error": {"type", "message", "details", "signalbox"}, "request_id"}
QByteArray anthropicErrorBody(const CallError& error, int status, QByteArrayView signalbox, QStringView requestId);

// A document of this dialect, whose stop_reason (in `holder`, or in the document itself) is not what our rules make of
// it: the document with the right one; empty if it is right.
QByteArray repairedStop(QByteArrayView document, QByteArrayView holder, const AnswerFacts& facts);

// "stop_reason", "stop_sequence", "stop_details"
void writeAnthropicStop(JsonWriter& json, const AnswerFacts& facts, bool refused);
// "usage": {...}; input_tokens without what was read from or written to a cache
void writeAnthropicUsage(JsonWriter& json, const api::Tokens& tokens);

// What the caller carries for us: its own kind as it is, another signer's in the envelope; empty if it is nobody's.
QByteArray carriedSignature(const QByteArray& bytes, Signer signer, bool redacted);
// A signature on a text or a tool call stands in a block of its own before it; empty: there is nothing to carry.
QByteArray carrierBlock(const QByteArray& bytes, Signer signer);

QByteArray anthropicMessageId(const AnswerContext& context);
// The call's id, or one made of the answer's and the part's number, where the provider has none.
QByteArray anthropicToolId(const QByteArray& callId, const AnswerContext& context, int part);

} // namespace gateway::transform

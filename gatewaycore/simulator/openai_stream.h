// The events of a streamed chat completion, with what backends do differently (quirks) where the wishes ask for it.
// Pure function; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

QList<QByteArray> openAiChatEvents(const SimCall& call, const ChatAnswer& answer);

QByteArray openAiUsage(const ChatAnswer& answer, const Wishes& wishes);
QByteArray openAiChatId(const SimCall& call);

inline constexpr const char* kFingerprint = "fp_5160b0c0de";

} // namespace gateway::simulator

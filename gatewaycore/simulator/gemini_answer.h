// What Gemini's answers look like: one object, or the objects of a stream. Pure functions; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

QByteArray geminiAnswer(const SimCall& call, const ChatAnswer& answer);
QList<QByteArray> geminiChunks(const SimCall& call, const ChatAnswer& answer); // JSON objects, not yet framed

} // namespace gateway::simulator

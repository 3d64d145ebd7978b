// What a message of Anthropic's looks like, whole and as the events of a stream. Pure functions; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

QByteArray anthropicMessage(const SimCall& call, const ChatAnswer& answer);
QList<QByteArray> anthropicEvents(const SimCall& call, const ChatAnswer& answer);

} // namespace gateway::simulator

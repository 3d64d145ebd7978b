// What a Response looks like, whole and as the events of its life (wire.md 1.2). Pure functions; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

QByteArray responsesBody(const SimCall& call, const ChatAnswer& answer);
QList<QByteArray> responsesEvents(const SimCall& call, const ChatAnswer& answer);

// What is said when a stream breaks after so many events: the event error, then response.failed.
QByteArray responsesFailure(const SimCall& call, qsizetype eventsSent);

} // namespace gateway::simulator

// What this engine offers, for the handshake (api/handshake.h): the fixed part of every route below /api/v1/, sorted,
// each once: "calls", "calls/summary", "credentials/rotate". Read off the route table, so that it cannot be forgotten.
// Any thread; pure.
#pragma once

#include <QStringList>

namespace gateway::admin {

QStringList features();

} // namespace gateway::admin

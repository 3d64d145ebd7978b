// How many QObjects live in this process, for soak runs that look for what is never deleted. Off unless the environment
// says SIGNALBOX_COUNT_OBJECTS=1: it costs an atomic addition an object. Counted through the hooks that Qt keeps for
// debuggers (qtHookData); a Qt whose hooks look otherwise is not counted at all, rather than wrongly. Any thread.
#pragma once

#include <QtGlobal>

#include <optional>

namespace gateway::observability {

// First thing in main(): objects made before are not counted, and their ends would be.
void countObjectsIfAsked();

std::optional<qint64> liveObjects(); // empty: not counted

} // namespace gateway::observability

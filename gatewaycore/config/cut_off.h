// Tells a file that was cut off from one that was shortened, by comparing it with the one in force. YAML has no end
// mark, so no parser can (decisions/0010-cut-off-configs.md). Any thread; a pure function.
#pragma once

#include <QByteArray>

namespace gateway::config {

enum class Shortening
{
    None,   // not merely the beginning of the earlier file, or only comments are gone
    AtItem, // whole sections or whole entries of a section are gone from the end: plausible, worth a warning
    Inside, // something is gone from inside a section's entry: cut off
};

Shortening shortening(const QByteArray& before, const QByteArray& after);

} // namespace gateway::config

// Completions for shells, made from the table of commands. Each is a script that needs nothing but its shell: commands,
// options and closed sets are in it, names of this engine's things are asked of `signalboxctl complete-names KIND`,
// which answers within 300 ms or not at all. Pure.
#pragma once

#include "command_table.h"

namespace ctl {

std::string bashCompletion(const CommandFacts& table);
std::string zshCompletion(const CommandFacts& table);
std::string fishCompletion(const CommandFacts& table);

// Text within single quotes of a POSIX shell or of fish.
std::string singleQuoted(const std::string& text);
std::string fishQuoted(const std::string& text);
// The first sentence's worth, for a list of completions.
std::string shortText(const std::string& description);

} // namespace ctl

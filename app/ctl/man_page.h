// The manual, made from the table of commands: signalboxctl(1) with what all commands share, and one page for each
// noun. man(7) macros, so that groff, mandoc and man read it alike. Pure.
#pragma once

#include "command_table.h"

namespace ctl {

struct ManPage
{
    std::string file; // "signalboxctl.1", "signalboxctl-provider.1"
    std::string text;
};

// The first is signalboxctl's own.
std::vector<ManPage> manPages(const CommandFacts& table);

} // namespace ctl

// What an exit code of signalboxctl means: the one table behind the footer of --help and the manual. Constants.
#pragma once

#include "session.h"

#include <array>

namespace ctl {

struct ExitFacts
{
    Exit code;
    const char* word;     // in the footer of --help
    const char* sentence; // in the manual
};

inline constexpr std::array kExits{
    ExitFacts{Ok, "ok", "It was done, or what was asked for was printed."},
    ExitFacts{Error, "error", "The engine failed, or output could not be written, or a question was answered with no."},
    ExitFacts{Usage, "usage", "The command line is wrong, or the engine found what it was asked for invalid."},
    ExitFacts{NotFound, "not found", "There is no such thing, or it is not yours to see."},
    ExitFacts{NotPermitted, "not permitted", "The token is not accepted, or its role may not do this."},
    ExitFacts{Conflict, "conflict", "The state has moved on meanwhile, or is not one this applies to."},
    ExitFacts{CheckFailed, "check failed", "A check ran, and its verdict is that something is wrong."},
    ExitFacts{NoData, "no or incomplete data", "A check had nothing to look at, or not all of it."},
    ExitFacts{Unreachable, "unreachable",
        "The engine did not answer. The words tell whether a change was applied, was not, or whether that is unknown."},
};

} // namespace ctl

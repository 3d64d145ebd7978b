// The table of commands as plain facts, read off CLI11's tree: what completions and the manual are made from. Nothing
// is told twice: names, values and choices come from the tree, the example from the footer. Hidden commands (no group)
// are left out. Any thread; values.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace ctl {

struct ArgumentFacts
{
    std::vector<std::string> names; // "--since", "-h"; of a positional its one name
    bool isPositional = false;
    std::string value;                // the word for its value, "TENANT"; empty: a flag
    std::vector<std::string> choices; // where the values are a closed set
    std::string description;
    bool isRequired = false;
    bool repeats = false; // takes any number

    bool takesValue() const { return !value.empty(); }
};

struct CommandFacts
{
    std::vector<std::string> path; // {"provider", "drain"}; empty for signalboxctl itself
    std::string description;
    std::string example; // one line; of a noun that of its first command
    std::vector<ArgumentFacts> options;
    std::vector<ArgumentFacts> positionals;
    std::vector<CommandFacts> commands;

    bool isNoun() const { return !commands.empty(); }
    std::string pathText() const; // "provider drain"
};

CommandFacts tableOf(const CLI::App& app);
// Commands that do something, in order.
std::vector<const CommandFacts*> leavesOf(const CommandFacts& table);
// Every command, nouns first, then what is in them; the first is signalboxctl itself.
std::vector<const CommandFacts*> allOf(const CommandFacts& table);

// How the value is completed, by the word for it: "providers" for PROVIDER (asked of the engine), "file" for FILE,
// "directory" for DIR, "" for what only the user knows.
std::string completionOf(const ArgumentFacts& argument);
bool isLiveKind(const std::string& completion);

// The options of signalboxctl itself that say which engine is meant; completions pass them on when they ask for names.
bool saysWhichEngine(const ArgumentFacts& option);

} // namespace ctl

// Fish: `complete` lines, each with the condition where it holds. The condition is a function that walks the tokens
// before the cursor.
#include "completion.h"

#include <set>

namespace ctl {
namespace {

std::string valuedOptions(const CommandFacts& table)
{
    std::set<std::string> names;
    for (const CommandFacts* one : allOf(table)) {
        for (const ArgumentFacts& option : one->options) {
            if (option.takesValue())
                names.insert(option.names.begin(), option.names.end());
        }
    }
    return CLI::detail::join(std::vector<std::string>(names.begin(), names.end()), " ");
}

std::string engineOptions(const CommandFacts& table)
{
    std::vector<std::string> names;
    for (const ArgumentFacts& option : table.options) {
        if (saysWhichEngine(option))
            names.push_back(option.names.back());
    }
    return CLI::detail::join(names, " ");
}

std::string allPaths(const CommandFacts& table)
{
    std::vector<std::string> paths;
    for (const CommandFacts* one : allOf(table)) {
        if (!one->path.empty())
            paths.push_back(fishQuoted(one->pathText()));
    }
    return CLI::detail::join(paths, " ");
}

// What follows -a or says how files are completed.
std::string valueOf(const ArgumentFacts& argument)
{
    if (!argument.choices.empty())
        return " -x -a " + fishQuoted(CLI::detail::join(argument.choices, " "));
    const std::string completion = completionOf(argument);
    if (completion == "file")
        return " -r -F";
    if (completion == "directory")
        return " -x -a '(__fish_complete_directories)'";
    return isLiveKind(completion) ? " -x -a '(__signalboxctl_names " + completion + ")'" : " -x";
}

std::string optionLine(const std::string& condition, const ArgumentFacts& option)
{
    std::string line = "complete -c signalboxctl" + condition;
    for (const std::string& name : option.names)
        line += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (option.takesValue())
        line += valueOf(option);
    return line + " -d " + fishQuoted(shortText(option.description)) + '\n';
}

std::string linesOf(const CommandFacts& command)
{
    std::string out;
    const std::string at = " -n " + fishQuoted("__signalboxctl_at " + fishQuoted(command.pathText()));
    for (const CommandFacts& below : command.commands)
        out += "complete -c signalboxctl" + at + " -a " + fishQuoted(below.path.back()) + " -d " +
               fishQuoted(shortText(below.description)) + '\n';
    for (const ArgumentFacts& option : command.options)
        out += optionLine(command.path.empty() ? std::string() : at, option); // global options hold everywhere
    int place = 0;
    for (const ArgumentFacts& positional : command.positionals) {
        const std::string where = positional.repeats ? std::string() : ' ' + std::to_string(++place);
        const std::string completion = completionOf(positional);
        if (positional.choices.empty() && completion.empty())
            continue;
        out += "complete -c signalboxctl -n " +
               fishQuoted("__signalboxctl_at " + fishQuoted(command.pathText()) + where) +
               (completion == "file" ? " -F" : valueOf(positional).substr(3)) + '\n';
    }
    return out;
}

const char* const kHead =
    R"SH(# fish completion for signalboxctl, made by `signalboxctl completion fish` from its table of commands.
# Use it: signalboxctl completion fish | source

set -g __signalboxctl_paths @PATHS@
set -g __signalboxctl_valued @VALUED@
set -g __signalboxctl_engine @ENGINE@

# Is the cursor in the command $argv[1], and, if $argv[2] is given, at that positional of it?
function __signalboxctl_at
    set -l path ''
    set -l place 1
    set -l skip 0
    set -l tokens (commandline -opc)
    for token in $tokens[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        if string match -q -- '-*' $token
            contains -- $token $__signalboxctl_valued; and set skip 1
            continue
        end
        # what follows help is a command, as if help were not there
        test "$path $token" = ' help'; and continue
        set -l below (string trim -- "$path $token")
        if contains -- $below $__signalboxctl_paths
            set path $below
        else
            set place (math $place + 1)
        end
    end
    test "$path" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test $place = $argv[2]
end

function __signalboxctl_names
    set -l tokens (commandline -opc)
    set -l engine
    set -l before ''
    for token in $tokens[2..-1]
        if contains -- "$before" $__signalboxctl_engine
            set -a engine $before (string replace -r '^~/' "$HOME/" -- $token)
        else if string match -q -- '--*=*' $token
            contains -- (string split -m 1 = -- $token)[1] $__signalboxctl_engine; and set -a engine $token
        end
        set before $token
    end
    set -l program (string replace -r '^~/' "$HOME/" -- $tokens[1])
    $program complete-names $argv[1] $engine 2>/dev/null </dev/null
end

complete -c signalboxctl -f
)SH";

} // namespace

std::string fishQuoted(const std::string& text)
{
    std::string out = CLI::detail::find_and_replace(text, "\\", "\\\\");
    return '\'' + CLI::detail::find_and_replace(out, "'", "\\'") + '\'';
}

std::string shortText(const std::string& description)
{
    return description.substr(0, description.find(';'));
}

std::string fishCompletion(const CommandFacts& table)
{
    std::string out = CLI::detail::find_and_replace(kHead, "@PATHS@", allPaths(table));
    out = CLI::detail::find_and_replace(out, "@VALUED@", valuedOptions(table));
    out = CLI::detail::find_and_replace(out, "@ENGINE@", engineOptions(table));
    for (const CommandFacts* one : allOf(table))
        out += linesOf(*one);
    return out;
}

} // namespace ctl

// Zsh: one function per command, made of _arguments; it can stand in a file _signalboxctl of the fpath or be sourced
// after compinit.
#include "completion.h"

namespace ctl {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    return CLI::detail::find_and_replace(std::move(text), from, to);
}

// Within the [..] of an _arguments spec, or after its colons.
std::string escaped(const std::string& text)
{
    std::string out = replaced(text, "\\", "\\\\");
    for (const char* sign : {"[", "]", ":"})
        out = replaced(out, sign, std::string("\\") + sign);
    return out;
}

std::string functionOf(const CommandFacts& command)
{
    std::string name = "_signalboxctl";
    for (const std::string& part : command.path)
        name += '_' + replaced(part, "-", "_");
    return command.path.empty() ? name : replaced(name, "_signalboxctl_", "_signalboxctl_at_");
}

std::string actionOf(const ArgumentFacts& argument)
{
    if (!argument.choices.empty())
        return '(' + CLI::detail::join(argument.choices, " ") + ')';
    const std::string completion = completionOf(argument);
    if (completion == "file")
        return "_files";
    if (completion == "directory")
        return "_files -/";
    return isLiveKind(completion) ? "{_signalboxctl_names " + completion + "}" : " ";
}

std::string optionSpec(const ArgumentFacts& option)
{
    std::string out;
    for (const std::string& name : option.names) {
        std::string spec = option.repeats ? "*" + name : name;
        if (option.takesValue())
            spec += '=';
        spec += '[' + escaped(shortText(option.description)) + ']';
        if (option.takesValue())
            spec += ':' + escaped(option.value) + ':' + actionOf(option);
        out += " \\\n        " + singleQuoted(spec);
    }
    return out;
}

std::string specsOf(const CommandFacts& table, const CommandFacts& command)
{
    std::string out;
    for (const ArgumentFacts& option : command.options)
        out += optionSpec(option);
    if (!command.path.empty()) {
        for (const ArgumentFacts& option : table.options) {
            if (option.names.back() != "--help" && option.names.back() != "--version")
                out += optionSpec(option); // global options hold everywhere
        }
    }
    return out;
}

std::string nounFunction(const CommandFacts& table, const CommandFacts& command)
{
    std::string list;
    std::string cases;
    for (const CommandFacts& below : command.commands) {
        list += "        " +
                singleQuoted(replaced(below.path.back(), ":", "\\:") + ':' + shortText(below.description)) + '\n';
        // what follows help is a command, as if help were not there
        const bool isHelp = below.path == std::vector<std::string>{"help"};
        cases += "    " + below.path.back() + ") " + functionOf(isHelp ? command : below) + " ;;\n";
    }
    const bool isRoot = command.path.empty();
    return functionOf(command) + "() {\n    local curcontext=$curcontext state line\n    typeset -A opt_args\n" +
           (isRoot ? "    local -a _signalboxctl_line\n    _signalboxctl_line=(\"${(@)words[1,CURRENT-1]}\")\n" : "") +
           "    local -a commands\n    commands=(\n" + list + "    )\n    _arguments -C" + specsOf(table, command) +
           " \\\n        '1: :->command' \\\n        '*:: :->rest' && return\n"
           "    case $state in\n    command) _describe -t commands command commands; return ;;\n    rest) ;;\n"
           "    *) return 1 ;;\n    esac\n    case $words[1] in\n" +
           cases + "    esac\n}\n\n";
}

std::string leafFunction(const CommandFacts& table, const CommandFacts& command)
{
    std::string out = functionOf(command) + "() {\n    _arguments" + specsOf(table, command);
    int place = 0;
    for (const ArgumentFacts& positional : command.positionals) {
        const std::string where = positional.repeats ? "*" : std::to_string(++place);
        const std::string action = actionOf(positional);
        out += " \\\n        " +
               singleQuoted(where + (positional.isRequired ? ":" : "::") + escaped(positional.value) + ':' + action);
    }
    return out + "\n}\n\n";
}

std::string engineOptions(const CommandFacts& table)
{
    std::vector<std::string> names;
    for (const ArgumentFacts& option : table.options) {
        if (saysWhichEngine(option))
            names.push_back(option.names.back());
    }
    return CLI::detail::join(names, "|");
}

const char* const kHead = R"SH(#compdef signalboxctl
# zsh completion for signalboxctl, made by `signalboxctl completion zsh` from its table of commands.
# Use it: signalboxctl completion zsh > a folder of $fpath/_signalboxctl; or source it after compinit.

# Names of this engine's things; _signalboxctl_line is the whole line, which _arguments narrows.
_signalboxctl_names() {
    local -a engine names
    local before='' word
    for word in "${(@)_signalboxctl_line[2,-1]}"; do
        case $before in
        @ENGINE@) engine+=("$before" "${(Q)${word/#\~\//$HOME/}}") ;;
        esac
        case ${word%%=*} in
        @ENGINE@) [[ $word == *=* ]] && engine+=("${(Q)word}") ;;
        esac
        before=$word
    done
    names=("${(@f)$("${(Q)${_signalboxctl_line[1]/#\~\//$HOME/}}" complete-names $1 "${engine[@]}" 2>/dev/null </dev/null)}")
    [[ -n "$names" ]] && compadd -a names
}

)SH";

const char* const kFoot = R"SH(# autoloaded, this file is the function; sourced, it names it
if [[ $funcstack[1] == _signalboxctl ]]; then
    _signalboxctl "$@"
else
    compdef _signalboxctl signalboxctl
fi
)SH";

} // namespace

std::string zshCompletion(const CommandFacts& table)
{
    std::string out = replaced(kHead, "@ENGINE@", engineOptions(table));
    for (const CommandFacts* one : allOf(table))
        out += one->isNoun() ? nounFunction(table, *one) : leafFunction(table, *one);
    return out + kFoot;
}

} // namespace ctl

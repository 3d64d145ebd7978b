// Bash: one function that walks the words of the line. Bash splits words at : = and @, which are in our names
// (provider/model@region), so words are put together again first and the answers cut at the end.
#include "completion.h"

namespace ctl {
namespace {

std::string words(const std::vector<std::string>& list)
{
    return CLI::detail::join(list, " ");
}

// What the walker is told of one value: "choices a b", "names providers", "file", "directory" or "none".
std::string actionOf(const ArgumentFacts& argument)
{
    if (!argument.choices.empty())
        return "choices " + words(argument.choices);
    const std::string completion = completionOf(argument);
    if (isLiveKind(completion))
        return "names " + completion;
    return completion.empty() ? "none" : completion;
}

std::string commandTable(const CommandFacts& table)
{
    std::string out = "_signalboxctl_commands() {\n    case $1 in\n";
    for (const CommandFacts* one : allOf(table)) {
        std::vector<std::string> names;
        for (const CommandFacts& below : one->commands)
            names.push_back(below.path.back());
        if (!names.empty())
            out += "    " + singleQuoted(one->pathText()) + ") echo " + singleQuoted(words(names)) + " ;;\n";
    }
    return out + "    esac\n}\n\n";
}

std::string optionTable(const CommandFacts& table)
{
    std::string out = "_signalboxctl_options() {\n    case $1 in\n";
    for (const CommandFacts* one : allOf(table)) {
        std::vector<std::string> names;
        for (const ArgumentFacts& option : one->options)
            names.insert(names.end(), option.names.begin(), option.names.end());
        out += "    " + singleQuoted(one->pathText()) + ") echo " + singleQuoted(words(names)) + " ;;\n";
    }
    return out + "    esac\n}\n\n";
}

// Of the options that take a value, and of positionals by their place.
std::string valueTable(const CommandFacts& table)
{
    std::string out = "_signalboxctl_value() {\n    case $1 in\n";
    for (const CommandFacts* one : allOf(table)) {
        for (const ArgumentFacts& option : one->options) {
            if (!option.takesValue())
                continue;
            std::vector<std::string> keys;
            for (const std::string& name : option.names)
                keys.push_back(singleQuoted(one->pathText() + ' ' + name));
            out += "    " + CLI::detail::join(keys, "|") + ") echo " + singleQuoted(actionOf(option)) + " ;;\n";
        }
        int place = 0;
        for (const ArgumentFacts& positional : one->positionals) {
            const std::string key = singleQuoted(one->pathText() + " #" + std::to_string(++place));
            out += "    " + key + (positional.repeats ? "|" + singleQuoted(one->pathText() + " #") + "*" : "") +
                   ") echo " + singleQuoted(actionOf(positional)) + " ;;\n";
        }
    }
    return out + "    esac\n}\n\n";
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

const char* const kHead =
    R"SH(# bash completion for signalboxctl, made by `signalboxctl completion bash` from its table of commands.
# Use it: source <(signalboxctl completion bash)

)SH";

const char* const kWalk =
    R"SH(# The words up to the cursor as the user wrote them, in `words`: what bash has split at : = and @ is whole again.
_signalboxctl_words() {
    local rest=$COMP_LINE word i
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && [[ $rest != [[:space:]]* ]]; then
            words[${#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
        rest=${rest#"${rest%%[![:space:]]*}"}
        rest=${rest#"$word"}
    done
}

_signalboxctl() {
    local words path='' option='' current action key word i place=0
    local -a engine=()
    COMPREPLY=()
    _signalboxctl_words
    current=${words[${#words[@]}-1]}
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if [[ -n $option ]]; then
            case $option in
            @ENGINE@) engine+=("$option" "${word/#\~\//$HOME/}") ;;
            esac
            option=''
        elif [[ $word == --*=* ]]; then
            case ${word%%=*} in
            @ENGINE@) engine+=("${word%%=*}" "${word#*=}") ;;
            esac
        elif [[ $word == -* ]]; then
            if [[ -n $(_signalboxctl_value "$path $word") || -n $(_signalboxctl_value " $word") ]]; then
                option=$word
            fi
        elif [[ $word == help && -z $path ]]; then
            : # what follows is a command, as if help were not there
        elif [[ " $(_signalboxctl_commands "$path") " == *" $word "* ]]; then
            path=${path:+$path }$word
        else
            ((place += 1))
        fi
    done
    if [[ -z $option && $current == --*=* ]]; then
        option=${current%%=*}
        word=${current#*=}
    else
        word=$current
    fi
    if [[ -n $option ]]; then
        action=$(_signalboxctl_value "$path $option")
        [[ -n $action ]] || action=$(_signalboxctl_value " $option")
    elif [[ $word == -* ]]; then
        action="choices $(_signalboxctl_options "$path")"
        [[ -z $path ]] || action+=" $(_signalboxctl_options '')"
    else
        action="choices $(_signalboxctl_commands "$path")"
        if [[ $action == 'choices ' ]]; then
            action=$(_signalboxctl_value "$path #$((place + 1))")
        fi
    fi
    case $action in
    'choices '*) mapfile -t COMPREPLY < <(compgen -W "${action#choices }" -- "$word") ;;
    'names '*)
        while IFS= read -r key; do
            [[ -n $key && $key == "$word"* ]] && COMPREPLY+=("$key")
        done < <("${words[0]/#\~\//$HOME/}" complete-names "${action#names }" "${engine[@]}" 2>/dev/null </dev/null)
        ;;
    file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    directory) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    esac
    # readline replaces only what follows the last character at which it splits words
    local before='' breaks=${COMP_WORDBREAKS//[^:=@]/}
    for ((i = ${#word}; i > 0; i--)); do
        if [[ -n $breaks && $breaks == *"${word:i-1:1}"* ]]; then
            before=${word:0:i}
            break
        fi
    done
    for i in "${!COMPREPLY[@]}"; do
        COMPREPLY[i]=${COMPREPLY[i]#"$before"}
    done
}
complete -F _signalboxctl signalboxctl
)SH";

} // namespace

std::string singleQuoted(const std::string& text)
{
    return '\'' + CLI::detail::find_and_replace(text, "'", "'\\''") + '\'';
}

std::string bashCompletion(const CommandFacts& table)
{
    return kHead + commandTable(table) + optionTable(table) + valueTable(table) +
           CLI::detail::find_and_replace(kWalk, "@ENGINE@", engineOptions(table));
}

} // namespace ctl

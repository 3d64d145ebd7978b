#include "man_page.h"

#include "completion.h"
#include "exit_codes.h"

namespace ctl {
namespace {

// The day of the contract it tells of. The day of the build would make no two builds alike.
constexpr const char* kDate = "2026-11-22";

struct Fact
{
    const char* name;
    const char* text;
};

constexpr std::array kEnvironment{
    Fact{"SIGNALBOX_URL", "Address of the engine when neither --url nor --data-dir is given."},
    Fact{"SIGNALBOX_TOKEN_FILE", "File with the token for that address, unless --token-file names one."},
    Fact{"SIGNALBOX_PIN", "SHA-256 of that engine's certificate, unless --pin gives one."},
    Fact{"NO_COLOR", "When it is set to anything, no colour is used on a terminal either."},
    Fact{"XDG_DATA_HOME", "Where signalbox/, the data directory of a local engine, is looked for."},
};

constexpr std::array kFiles{
    Fact{"$XDG_DATA_HOME/signalbox/runtime.json", "Where a local engine listens, while it runs."},
    Fact{"$XDG_DATA_HOME/signalbox/admin.token", "The token for it; readable by its owner alone."},
};

constexpr const char* kAbout =
    "signalboxctl is the command line of Signalbox, an operations console for an LLM gateway. It is a client of the "
    "same admin API as the console: of an engine on this machine, found by its data directory, or of one elsewhere, "
    "with --url, --token-file and, where the certificate is not signed by an authority this machine knows, --pin. "
    "Data goes to standard output and talk to standard error. Times are RFC 3339 in UTC and money is written as "
    "decimal strings.";

constexpr const char* kChanges =
    "Every change takes --reason, which the audit log keeps; --dry-run, which shows the request that would be sent "
    "and, where a plan exists, what would happen, and changes nothing; and --if-revision, which makes it a conflict "
    "when another revision of the config is in force. A change by which calls would be refused is only made with "
    "--yes, or after a word has been typed on a terminal. When the answer to a change does not come, the engine is "
    "asked for --timeout seconds what became of it; the change is never sent again.";

// Roff reads backslashes, a leading dot or quote, and makes a hyphen of a bare minus sign.
std::string text(const std::string& words)
{
    std::string out = CLI::detail::find_and_replace(words, "\\", "\\e");
    out = CLI::detail::find_and_replace(out, "-", "\\-");
    out = CLI::detail::find_and_replace(out, "\"", "\\(dq");
    out = CLI::detail::find_and_replace(out, "'", "\\(aq");
    out = CLI::detail::find_and_replace(out, "`", "\\(ga");
    return !out.empty() && out.front() == '.' ? "\\&" + out : out;
}

std::string bold(const std::string& words)
{
    return "\\fB" + text(words) + "\\fR";
}

std::string italic(const std::string& words)
{
    return "\\fI" + text(words) + "\\fR";
}

std::string sentence(const std::string& words)
{
    return text(words.empty() || words.back() == '.' ? words : words + '.');
}

std::string section(const std::string& title)
{
    return ".SH " + title + '\n';
}

std::string entry(const std::string& term, const std::string& words)
{
    return ".TP\n" + term + '\n' + words + '\n';
}

std::string heading(const std::string& name)
{
    std::string upper = name;
    for (char& c : upper)
        c = c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
    return ".TH " + text(upper) + " 1 " + kDate + " \"Signalbox " SIGNALBOX_VERSION "\" \"Signalbox\"\n";
}

std::string termOf(const ArgumentFacts& argument)
{
    if (argument.isPositional)
        return italic(argument.value);
    std::vector<std::string> names;
    for (const std::string& name : argument.names)
        names.push_back(bold(name));
    return CLI::detail::join(names, ", ") + (argument.takesValue() ? ' ' + italic(argument.value) : std::string());
}

std::string wordsOf(const ArgumentFacts& argument)
{
    std::string words = sentence(argument.description);
    if (!argument.choices.empty())
        words += "\nOne of " + text(CLI::detail::join(argument.choices, ", ")) + '.';
    if (argument.isRequired && !argument.isPositional)
        words += "\nIt must be given.";
    return words;
}

std::string synopsisOf(const CommandFacts& command)
{
    std::string out = bold("signalboxctl " + command.pathText());
    for (const ArgumentFacts& option : command.options) {
        if (option.isRequired)
            out += ' ' + termOf(option);
    }
    for (const ArgumentFacts& positional : command.positionals) {
        const std::string word = termOf(positional) + (positional.repeats ? " ..." : "");
        out += ' ' + (positional.isRequired ? word : '[' + word + ']');
    }
    return out + " [" + italic("options") + ']';
}

// What one command takes; --help is the same everywhere and told once.
std::string bodyOf(const CommandFacts& command)
{
    std::string out = synopsisOf(command) + "\n.PP\n" + sentence(command.description) + '\n';
    for (const ArgumentFacts& positional : command.positionals)
        out += entry(termOf(positional), wordsOf(positional));
    for (const ArgumentFacts& option : command.options) {
        if (option.names.back() != "--help")
            out += entry(termOf(option), wordsOf(option));
    }
    return out + ".PP\nExample:\n.RS 4\n.nf\n" + text(command.example) + "\n.fi\n.RE\n";
}

std::string pageName(const CommandFacts& noun)
{
    return "signalboxctl-" + noun.path.front();
}

ManPage pageOf(const CommandFacts& noun)
{
    std::string out = heading(pageName(noun)) + section("NAME") + text(pageName(noun)) + " \\- " +
                      text(shortText(noun.description)) + '\n' + section("SYNOPSIS");
    const char* separator = "";
    for (const CommandFacts* leaf : leavesOf(noun)) {
        out += separator + synopsisOf(*leaf) + '\n';
        separator = ".br\n";
    }
    out += section("COMMANDS");
    for (const CommandFacts* leaf : leavesOf(noun))
        out += ".SS " + text(leaf->pathText()) + '\n' + bodyOf(*leaf);
    out += section("SEE ALSO") + ".BR signalboxctl (1)\nfor the options that all commands take, the environment and "
                                 "the exit status.\n";
    return {pageName(noun) + ".1", out};
}

std::string commandList(const CommandFacts& table)
{
    std::string out = section("COMMANDS");
    for (const CommandFacts& command : table.commands) {
        if (command.isNoun()) {
            std::vector<std::string> verbs;
            for (const CommandFacts& below : command.commands)
                verbs.push_back(below.path.back());
            out += entry(bold(command.pathText()) + ' ' + text(CLI::detail::join(verbs, " | ")),
                sentence(command.description) + "\nSee\n.BR " + text(pageName(command)) + " (1).");
        } else {
            out += ".SS " + text(command.pathText()) + '\n' + bodyOf(command);
        }
    }
    return out;
}

ManPage mainPage(const CommandFacts& table)
{
    std::string out = heading("signalboxctl") + section("NAME") +
                      "signalboxctl \\- command line of Signalbox, an operations console for an LLM gateway\n" +
                      section("SYNOPSIS") + bold("signalboxctl") + " [" + italic("options") + "] " + italic("command") +
                      " ...\n" + section("DESCRIPTION") + text(kAbout) + "\n.SS Changes\n" + text(kChanges) + '\n' +
                      section("OPTIONS") + "These may be given before or after the command.\n";
    for (const ArgumentFacts& option : table.options)
        out += entry(termOf(option), wordsOf(option));
    out += commandList(table) + section("ENVIRONMENT");
    for (const Fact& fact : kEnvironment)
        out += entry(bold(fact.name), text(fact.text));
    out += section("FILES");
    for (const Fact& fact : kFiles)
        out += entry(italic(fact.name), text(fact.text));
    out += section("EXIT STATUS");
    for (const ExitFacts& exit : kExits)
        out += entry(bold(std::to_string(int(exit.code))), text(exit.sentence));
    out += section("SEE ALSO") + ".BR signalbox (1),\n.BR signalboxd (1)\n";
    return {"signalboxctl.1", out};
}

} // namespace

std::vector<ManPage> manPages(const CommandFacts& table)
{
    std::vector<ManPage> pages{mainPage(table)};
    for (const CommandFacts& command : table.commands) {
        if (command.isNoun())
            pages.push_back(pageOf(command));
    }
    return pages;
}

} // namespace ctl

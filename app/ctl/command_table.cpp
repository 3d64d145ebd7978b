#include "command_table.h"

#include "commands.h"

#include <array>

namespace ctl {
namespace {

struct ValueWord
{
    const char* word;
    const char* completion;
};

constexpr std::array kValueWords{
    ValueWord{"PROVIDER", "providers"},
    ValueWord{"ALIAS", "aliases"},
    ValueWord{"ALIASES", "aliases"},
    ValueWord{"TENANT", "tenants"},
    ValueWord{"TENANTS", "tenants"},
    ValueWord{"CREDENTIAL", "credentials"},
    ValueWord{"BUDGET", "budgets"},
    ValueWord{"INCIDENT", "incidents"},
    ValueWord{"LEVER", "levers"},
    ValueWord{"PRINCIPAL", "principals"},
    ValueWord{"EXPORT", "exports"},
    ValueWord{"FILE", "file"},
    ValueWord{"DIR", "directory"},
};

// "STATE:{open,closed}" as CLI11 writes a closed set behind the word.
std::vector<std::string> choicesOf(const std::string& type)
{
    std::vector<std::string> choices;
    const std::size_t open = type.find('{');
    const std::size_t close = type.find('}', open);
    if (open == std::string::npos || close == std::string::npos)
        return choices;
    for (const std::string& one : CLI::detail::split(type.substr(open + 1, close - open - 1), ','))
        choices.push_back(one);
    return choices;
}

ArgumentFacts factsOf(const CLI::Option& option)
{
    ArgumentFacts facts;
    facts.isPositional = option.get_positional();
    if (facts.isPositional) {
        facts.names = {option.get_name(true)};
    } else {
        for (const std::string& name : option.get_snames())
            facts.names.push_back('-' + name);
        for (const std::string& name : option.get_lnames())
            facts.names.push_back("--" + name);
    }
    if (option.get_items_expected_max() > 0) {
        const std::string type = option.get_type_name();
        facts.value = type.substr(0, type.find(':'));
        facts.choices = choicesOf(type);
    }
    facts.description = option.get_description();
    facts.isRequired = option.get_required();
    facts.repeats = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
                    option.get_expected_max() >= CLI::detail::expected_max_vector_size;
    return facts;
}

std::string exampleOf(const CLI::App& app)
{
    const std::string footer = app.get_footer();
    const std::size_t heading = footer.find(kExampleHeading);
    if (heading == std::string::npos)
        return {};
    const std::size_t begin = heading + std::string(kExampleHeading).size();
    return footer.substr(begin, footer.find('\n', begin) - begin);
}

CommandFacts factsOf(const CLI::App& app, const std::vector<std::string>& path)
{
    CommandFacts facts;
    facts.path = path;
    facts.description = app.get_description();
    facts.example = exampleOf(app);
    for (const CLI::Option* option : app.get_options()) {
        if (!option->get_group().empty())
            (option->get_positional() ? facts.positionals : facts.options).push_back(factsOf(*option));
    }
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->get_group().empty() || command->get_name().empty())
            continue;
        std::vector<std::string> below = path;
        below.push_back(command->get_name());
        facts.commands.push_back(factsOf(*command, below));
    }
    return facts;
}

void gather(const CommandFacts& facts, std::vector<const CommandFacts*>& all)
{
    all.push_back(&facts);
    for (const CommandFacts& below : facts.commands)
        gather(below, all);
}

} // namespace

std::string CommandFacts::pathText() const
{
    return CLI::detail::join(path, " ");
}

CommandFacts tableOf(const CLI::App& app)
{
    return factsOf(app, {});
}

std::vector<const CommandFacts*> allOf(const CommandFacts& table)
{
    std::vector<const CommandFacts*> all;
    gather(table, all);
    return all;
}

std::vector<const CommandFacts*> leavesOf(const CommandFacts& table)
{
    std::vector<const CommandFacts*> leaves;
    for (const CommandFacts* one : allOf(table)) {
        if (!one->isNoun())
            leaves.push_back(one);
    }
    return leaves;
}

std::string completionOf(const ArgumentFacts& argument)
{
    for (const ValueWord& known : kValueWords) {
        if (argument.value == known.word)
            return known.completion;
    }
    return {};
}

bool isLiveKind(const std::string& completion)
{
    return !completion.empty() && completion != "file" && completion != "directory";
}

bool saysWhichEngine(const ArgumentFacts& option)
{
    static const std::array<std::string, 7> names{
        "--data-dir", "--url", "--token-file", "--pin", "--ca", "--client-certificate", "--client-key"};
    return !option.names.empty() && std::find(names.begin(), names.end(), option.names.back()) != names.end();
}

} // namespace ctl

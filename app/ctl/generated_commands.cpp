// completion, man and help: made from the table of commands as it stands. They need no engine.
#include "commands.h"
#include "complete_names.h"
#include "completion.h"
#include "export_file.h"
#include "man_page.h"
#include "output.h"

#include <QDir>

namespace ctl {

using namespace gateway;

namespace {

void printText(const std::string& text)
{
    printBytes(QByteArray::fromStdString(text));
}

std::string completionFor(const std::string& shell, const CommandFacts& table)
{
    if (shell == "zsh")
        return zshCompletion(table);
    return shell == "fish" ? fishCompletion(table) : bashCompletion(table);
}

int writePages(const std::vector<ManPage>& pages, const QString& folder)
{
    if (!QDir().mkpath(folder))
        return fail(api::failure(api::Failure::Internal, QStringLiteral("The folder %1 cannot be made.").arg(folder)));
    for (const ManPage& page : pages) {
        ExportFile file(QDir(folder).filePath(QString::fromStdString(page.file)), ExportFile::Readers::All);
        for (const api::Outcome& step :
            {file.open(), file.write(QByteArray::fromStdString(page.text)), file.commit()}) {
            if (!step)
                return fail(step.error());
        }
    }
    say(QStringLiteral("%1 pages are in %2.").arg(pages.size()).arg(folder));
    return Ok;
}

int runMan(const CommandFacts& table, const std::string& noun, const std::string& folder)
{
    const std::vector<ManPage> pages = manPages(table);
    if (!folder.empty())
        return writePages(pages, QString::fromStdString(folder));
    const std::string wanted = noun.empty() ? "signalboxctl.1" : "signalboxctl-" + noun + ".1";
    for (const ManPage& page : pages) {
        if (page.file == wanted) {
            printText(page.text);
            return Ok;
        }
    }
    return fail(api::failure(api::Failure::NotFound,
        QStringLiteral("There is no page for %1.").arg(QString::fromStdString(noun)),
        QStringLiteral("Nouns have pages; all other commands are in signalboxctl(1).")));
}

int runHelp(const CLI::App& app, const std::vector<std::string>& path)
{
    const CLI::App* at = &app;
    std::string name = app.get_name();
    for (const std::string& word : path) {
        const CLI::App* below = nullptr;
        for (const CLI::App* one : at->get_subcommands([](const CLI::App*) { return true; })) {
            if (one->get_name() == word)
                below = one;
        }
        if (!below)
            return fail(api::failure(
                api::Failure::Invalid, QStringLiteral("%1 has no command %2.")
                                           .arg(QString::fromStdString(name), QString::fromStdString(word))));
        at = below;
        name += ' ' + word;
    }
    printText(at->help());
    return Ok;
}

} // namespace

void addGenerated(CLI::App& app, Context context)
{
    auto* completion = addCommand(
        app, "completion", "Completions for a shell, to be sourced", "source <(signalboxctl completion bash)");
    const auto shell = std::make_shared<std::string>();
    completion->add_option("shell", *shell, "The shell")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->type_name("SHELL");
    completion->callback([&app, shell] { printText(completionFor(*shell, tableOf(app))); });

    auto* man = addCommand(app, "man", "The manual as man pages; signalboxctl(1) on standard output without --out",
        "signalboxctl man --out ~/.local/share/man/man1");
    const auto noun = std::make_shared<std::string>();
    const auto folder = std::make_shared<std::string>();
    man->add_option("noun", *noun, "The page of this noun")->type_name("NOUN");
    man->add_option("--out", *folder, "Write all pages into this folder")->type_name("DIR");
    man->callback([&app, context, noun, folder] { context.result = runMan(tableOf(app), *noun, *folder); });

    auto* help = addCommand(app, "help", "What a command takes", "signalboxctl help provider drain");
    const auto path = std::make_shared<std::vector<std::string>>();
    help->add_option("command", *path, "The command; without it all of them")->type_name("COMMAND");
    help->callback([&app, context, path] { context.result = runHelp(app, *path); });

    auto* names = addCommand(
        app, "complete-names", "Names of one kind of thing, for completions", "signalboxctl complete-names providers");
    const auto kind = std::make_shared<std::string>();
    names->add_option("kind", *kind, "The kind")->required()->check(CLI::IsMember(nameKinds()));
    names->group(""); // hidden: completions call it
    names->callback([context, kind] { completeNames(context.session, *kind); });
}

} // namespace ctl

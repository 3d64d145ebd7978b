// config import: a LiteLLM proxy's config as ours. Reads a file and prints a config; talks of what it could not carry
// over on stderr. Needs no engine.
#include "config_parts.h"
#include "output.h"
#include "table.h"

#include "config/litellm_import.h"

#include <QFile>

#include <cstdio>

namespace ctl {

using namespace gateway;

namespace {

void tell(const config::ImportNote& note)
{
    const QString place = note.line > 0 ? QStringLiteral("line %1, %2").arg(note.line).arg(note.field) : note.field;
    say(QStringLiteral("%1: %2: %3").arg(config::nameOf(note.kind), plain(place), plain(note.sentence)));
}

int runImport(const Session& session, const std::string& name)
{
    QFile file(QString::fromStdString(name));
    const bool isOpen = name == "-" ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen)
        return fail(api::failure(
            api::Failure::Invalid, QStringLiteral("%1 cannot be read: %2").arg(file.fileName(), file.errorString())));
    const api::Result<config::LitellmImport> imported =
        config::importLitellm(file.readAll(), config::processEnvironment());
    if (!imported)
        return fail(imported.error());
    if (session.options().json || session.options().jsonl) {
        QJsonArray notes;
        for (const config::ImportNote& note : imported->notes)
            notes.append(
                QJsonObject{{QStringLiteral("kind"), config::nameOf(note.kind)}, {QStringLiteral("line"), note.line},
                    {QStringLiteral("field"), note.field}, {QStringLiteral("sentence"), note.sentence}});
        const QJsonObject told{{QStringLiteral("yaml"), QString::fromUtf8(imported->yaml)},
            {QStringLiteral("aliases"), imported->aliases}, {QStringLiteral("providers"), imported->providers},
            {QStringLiteral("environment"), QJsonArray::fromStringList(imported->environment)},
            {QStringLiteral("notes"), notes}};
        session.options().json ? printJson(told) : printJsonLine(told);
        return Ok;
    }
    printBytes(imported->yaml);
    for (const config::ImportNote& note : imported->notes)
        tell(note);
    say(QStringLiteral("%1 aliases, %2 providers; %3 notes above.")
            .arg(imported->aliases)
            .arg(imported->providers)
            .arg(imported->notes.size()));
    if (!imported->environment.isEmpty())
        say(QStringLiteral("The engine's environment must have: %1.")
                .arg(imported->environment.join(QStringLiteral(", "))));
    return Ok;
}

} // namespace

void addImport(CLI::App& noun, Context context)
{
    auto* command = addCommand(noun, "import",
        "Print a LiteLLM proxy's config.yaml as a config of Signalbox; what cannot be carried over is said on stderr",
        "signalboxctl config import litellm.yaml");
    const auto file = std::make_shared<std::string>();
    command->add_option("file", *file, "The LiteLLM config; - for standard input")->required()->type_name("FILE");
    command->callback([context, file] { context.result = runImport(context.session, *file); });
}

} // namespace ctl

// config draft, diff, promote, rollback, review, history, standing, adopt, revert: how a config is changed on an
// engine.
#include "config_text.h"
#include "table.h"
#include "walk.h"

#include "api/config_client.h"

#include <QFile>

namespace ctl {

using namespace gateway;
using api::ConfigClient;
using api::Failure;

namespace {

api::Result<QString> textOf(const std::string& file)
{
    QFile in;
    if (file == "-") {
        if (!in.open(stdin, QIODevice::ReadOnly))
            return api::failure(Failure::Invalid, QStringLiteral("Standard input cannot be read."));
    } else {
        in.setFileName(QString::fromStdString(file));
        if (!in.open(QIODevice::ReadOnly))
            return api::failure(Failure::NotFound,
                QStringLiteral("The file %1 cannot be read: %2.").arg(QString::fromStdString(file), in.errorString()));
    }
    return QString::fromUtf8(in.readAll());
}

// "file", "running", a revision's number, a draft's id (d7), or the path of a text here.
api::Result<api::DiffSide> sideFrom(const std::string& word)
{
    const QString name = QString::fromStdString(word);
    api::DiffSide side;
    if (name.isEmpty() || name == QLatin1String("running"))
        return side;
    bool isNumber = false;
    const int number = name.toInt(&isNumber);
    bool isDraft = false;
    if (name.startsWith(u'd'))
        name.mid(1).toInt(&isDraft);
    if (name == QLatin1String("file")) {
        side.file = true;
    } else if (isNumber && number > 0) {
        side.revision = number;
    } else if (isDraft) {
        side.draft = name;
    } else {
        api::Result<QString> text = textOf(word);
        if (!text)
            return text.error();
        side.text = std::move(*text);
    }
    return side;
}

int verdictOf(const api::Draft& draft)
{
    return draft.findings.isBlocked() && draft.state != QLatin1String("abandoned") ? CheckFailed : Ok;
}

template <typename Ask>
void changeDraft(Context context, const Change& change, const QString& verb, Ask ask)
{
    runPlanned(context, change, verb, Look::InDryRun, &noPlan, ask, [&](const api::Draft& draft) {
        if (!printOneAsJson(context.session.options(), draft)) {
            printLine(draft.id);
            say(QStringLiteral("Draft %1 is %2, version %3.").arg(draft.id, draft.state).arg(draft.version));
            printFindings(draft.findings);
        }
        return verdictOf(draft);
    });
}

struct Wanted
{
    std::string draft;
    std::string file;
    std::string note;
    int number = 0;
    int version = 0;
    bool isRejected = false;
    bool isMerge = false;
    bool isEmergency = false;
    bool withText = false;
    std::vector<std::string> set;
    std::vector<std::string> add;
    std::vector<std::string> remove;
};

// "PATH=VALUE"
QVector<api::FieldEdit> editsOf(const Wanted& wanted)
{
    QVector<api::FieldEdit> edits;
    const auto take = [&](const char* op, const std::vector<std::string>& words) {
        for (const std::string& word : words) {
            const QString text = QString::fromStdString(word);
            const qsizetype equals = text.indexOf(u'=');
            const bool hasValue = equals >= 0 && qstrcmp(op, "remove") != 0;
            edits.append(
                {QLatin1String(op), hasValue ? text.left(equals) : text, hasValue ? text.mid(equals + 1) : QString()});
        }
    };
    take("set", wanted.set);
    take("add", wanted.add);
    take("remove", wanted.remove);
    return edits;
}

void runNew(Context context, const Wanted& wanted, const Change& change)
{
    api::DraftRequest request;
    request.from = wanted.number;
    request.note = QString::fromStdString(wanted.note);
    if (!wanted.file.empty()) {
        api::Result<QString> text = textOf(wanted.file);
        if (!text) {
            context.result = fail(text.error());
            return;
        }
        request.text = std::move(*text);
    }
    changeDraft(
        context, change, QStringLiteral("drafted"), [&](const api::GatewayClient& client, const QString& reason) {
            return ConfigClient(client).createDraft(request, reason);
        });
}

void runSave(Context context, const Wanted& wanted, const Change& change)
{
    const QString id = QString::fromStdString(wanted.draft);
    if (wanted.isMerge)
        return changeDraft(
            context, change, QStringLiteral("merged"), [&](const api::GatewayClient& client, const QString& reason) {
                return ConfigClient(client).mergeDraft(id, reason);
            });
    api::DraftSave save;
    save.version = wanted.version;
    save.edits = editsOf(wanted);
    if (save.edits.isEmpty() == wanted.file.empty()) {
        context.result = fail(api::failure(
            Failure::Invalid, QStringLiteral("Give either a file or edits (--set, --add, --remove), or --merge.")));
        return;
    }
    if (save.edits.isEmpty()) {
        api::Result<QString> text = textOf(wanted.file);
        if (!text) {
            context.result = fail(text.error());
            return;
        }
        save.text = std::move(*text);
    }
    if (save.version == 0) { // on the version as it is now
        const auto client = context.session.client();
        if (!client) {
            context.result = fail(client.error());
            return;
        }
        const auto draft = await(ConfigClient(*client).draft(id));
        if (!draft) {
            context.result = fail(draft.error());
            return;
        }
        save.version = draft->version;
    }
    changeDraft(context, change, QStringLiteral("saved"), [&](const api::GatewayClient& client, const QString& reason) {
        const ConfigClient config(client);
        return save.edits.isEmpty() ? config.saveDraft(id, save, reason) : config.editDraft(id, save, reason);
    });
}

void addDrafts(CLI::App& noun, Context context)
{
    auto* draft = addNoun(noun, "draft", "Drafts of the config");
    const auto wanted = std::make_shared<Wanted>();
    const auto named = [wanted](CLI::App& command) {
        command.add_option("draft", wanted->draft, "The draft, as `config draft list` names it")
            ->required()
            ->type_name("DRAFT");
    };

    auto* fresh = addCommand(*draft, "new",
        "Begin a draft of what is in force, of a file or of a revision; exit 6 if its findings block",
        "signalboxctl config draft new signalbox.yaml --note 'more for acme'");
    fresh->add_option("file", wanted->file, "The text; - is standard input")->type_name("FILE");
    fresh->add_option("--from", wanted->number, "The text of this revision")->type_name("N");
    fresh->add_option("--note", wanted->note, "What it is for")->type_name("TEXT");
    auto change = addReason(*fresh);
    fresh->callback([context, wanted, change] { runNew(context, *wanted, *change); });

    auto* list = addCommand(*draft, "list", "The drafts, open ones first", "signalboxctl config draft list");
    list->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return ConfigClient(client).drafts(); }, &printDrafts);
    });

    auto* show = addCommand(
        *draft, "show", "A draft with its findings; exit 6 if they block", "signalboxctl config draft show d3 --text");
    named(*show);
    show->add_flag("--text", wanted->withText, "Only its text");
    show->callback([context, wanted] {
        runOne(
            context,
            [&](const api::GatewayClient& client) {
                return ConfigClient(client).draft(QString::fromStdString(wanted->draft));
            },
            [&](const api::Draft& one) {
                if (wanted->withText)
                    printBytes(one.text.toUtf8());
                else
                    printDraft(one);
            },
            &verdictOf);
    });

    auto* save =
        addCommand(*draft, "save", "Give a draft another text, edit fields of it, or merge what is in force into it",
            "signalboxctl config draft save d3 --set 'aliases[fast].cost_ceiling_usd=\"0.02\"'");
    named(*save);
    save->add_option("file", wanted->file, "The text; - is standard input")->type_name("FILE");
    save->add_option("--set", wanted->set, "A field's value; comments and order stay")->type_name("PATH=YAML");
    save->add_option("--add", wanted->add, "An entry of a list")->type_name("PATH=YAML");
    save->add_option("--remove", wanted->remove, "A field or an entry")->type_name("PATH");
    save->add_flag("--merge", wanted->isMerge, "Take over what came into force since it was begun");
    save->add_option("--if-version", wanted->version, "Only if it is still at this version")->type_name("N");
    change = addReason(*save);
    save->callback([context, wanted, change] { runSave(context, *wanted, *change); });

    auto* review = addCommand(*draft, "review", "Approve a draft's text, or turn it down",
        "signalboxctl config draft review d3 --note 'looked at the zones'");
    named(*review);
    review->add_flag("--reject", wanted->isRejected, "Turn it down");
    review->add_option("--note", wanted->note, "What was looked at")->type_name("TEXT");
    change = addReason(*review);
    review->callback([context, wanted, change] {
        changeDraft(
            context, *change, QStringLiteral("reviewed"), [&](const api::GatewayClient& client, const QString& reason) {
                return ConfigClient(client).reviewDraft(QString::fromStdString(wanted->draft), !wanted->isRejected, {},
                    QString::fromStdString(wanted->note), reason);
            });
    });

    auto* abandon =
        addCommand(*draft, "abandon", "Give a draft up; its text is kept", "signalboxctl config draft abandon d3");
    named(*abandon);
    change = addReason(*abandon);
    abandon->callback([context, wanted, change] {
        changeDraft(context, *change, QStringLiteral("abandoned"),
            [&](const api::GatewayClient& client, const QString& reason) {
                return ConfigClient(client).abandonDraft(QString::fromStdString(wanted->draft), reason);
            });
    });
}

void addPromotion(CLI::App& noun, Context context)
{
    const auto wanted = std::make_shared<Wanted>();
    auto* promote = addCommand(noun, "promote",
        "Put a draft in force; exit 6 if its findings block, 5 if another revision is in force by now",
        "signalboxctl config promote d3 --reason 'more for acme'");
    promote->add_option("draft", wanted->draft, "The draft")->required()->type_name("DRAFT");
    promote->add_flag("--emergency", wanted->isEmergency,
        "Past review and canary; somebody else reviews it by the end of the next day");
    auto change = addReason(*promote);
    promote->callback([context, wanted, change] {
        runChange(
            context, *change, QStringLiteral("promoted"), Look::InDryRun, &noPlan,
            [&](const api::GatewayClient& client, const QString& reason) {
                return ConfigClient(client).promote(
                    {QString::fromStdString(wanted->draft), wanted->isEmergency}, reason);
            },
            &printPromotion);
    });

    auto* rollback =
        addCommand(noun, "rollback", "Go back to the revision before, or to another one; ends a canary that runs",
            "signalboxctl config rollback --reason 'errors on fast-summariser'");
    rollback->add_option("revision", wanted->number, "Without it: the one before")->type_name("N");
    change = addReason(*rollback);
    rollback->callback([context, wanted, change] {
        runChange(
            context, *change, QStringLiteral("rolled back"), Look::InDryRun, &noPlan,
            [&](const api::GatewayClient& client, const QString& reason) {
                return ConfigClient(client).rollBack(wanted->number, reason);
            },
            &printPromotion);
    });

    auto* review = addCommand(noun, "review", "Say that a revision which came into force in an emergency was looked at",
        "signalboxctl config review 12 --note 'fine'");
    review->add_option("revision", wanted->number, "The revision")->required()->type_name("N");
    review->add_flag("--reject", wanted->isRejected, "It should not have been; roll it back as well");
    review->add_option("--note", wanted->note, "What was looked at")->type_name("TEXT");
    change = addReason(*review);
    review->callback([context, wanted, change] {
        runChange(
            context, *change, QStringLiteral("reviewed"), Look::InDryRun, &noPlan,
            [&](const api::GatewayClient& client, const QString& reason) {
                return ConfigClient(client).reviewRevision(
                    wanted->number, !wanted->isRejected, QString::fromStdString(wanted->note), reason);
            },
            &printRevision);
    });
}

void addFile(CLI::App& noun, Context context)
{
    auto* adopt = addCommand(noun, "adopt", "Put the config file in force as it is now, also one that is held back",
        "signalboxctl config adopt --reason 'the file is right again'");
    auto change = addReason(*adopt);
    adopt->callback([context, change] {
        runChange(
            context, *change, QStringLiteral("adopted"), Look::InDryRun, &noPlan,
            [](const api::GatewayClient& client, const QString& reason) {
                return ConfigClient(client).adoptFile(reason);
            },
            &printPromotion);
    });

    auto* revert =
        addCommand(noun, "revert", "Write what is in force into the config file; what it held is kept beside it",
            "signalboxctl config revert --reason 'the store is right'");
    change = addReason(*revert);
    revert->callback([context, change] {
        runChange(
            context, *change, QStringLiteral("reverted"), Look::InDryRun, &noPlan,
            [](const api::GatewayClient& client, const QString& reason) {
                return ConfigClient(client).revertFile(reason);
            },
            [](const api::ConfigStanding& standing) {
                printLine(standing.file);
                say(standing.fileSentence);
            });
    });
}

} // namespace

void addConfigChanges(CLI::App& noun, Context context)
{
    const auto from = std::make_shared<std::string>();
    const auto to = std::make_shared<std::string>();
    auto* diff = addCommand(noun, "diff",
        "What a change of the config does, in sentences: between revisions, drafts (d3), `file`, `running`, or texts "
        "here",
        "signalboxctl config diff running d3");
    diff->add_option("from", *from, "Without it: running")->type_name("SIDE");
    diff->add_option("to", *to, "Without it: file")->type_name("SIDE");
    diff->callback([context, from, to] {
        const api::Result<api::DiffSide> before = sideFrom(*from);
        const api::Result<api::DiffSide> after = sideFrom(to->empty() ? std::string("file") : *to);
        if (!before || !after) {
            context.result = fail(!before ? before.error() : after.error());
            return;
        }
        runOne(
            context, [&](const api::GatewayClient& client) { return ConfigClient(client).diff(*before, *after); },
            &printDiff);
    });

    addDrafts(noun, context);
    addPromotion(noun, context);

    const auto number = std::make_shared<int>(0);
    const auto withText = std::make_shared<bool>(false);
    auto* history = addCommand(noun, "history", "The revisions, newest first; one with who, why and its text",
        "signalboxctl config history 12 --text");
    history->add_option("revision", *number, "One revision")->type_name("N");
    history->add_flag("--text", *withText, "Only its text");
    history->callback([context, number, withText] {
        if (*number == 0)
            return runList(
                context, [](const api::GatewayClient& client) { return ConfigClient(client).revisions(); },
                &printRevisions);
        runOne(
            context, [&](const api::GatewayClient& client) { return ConfigClient(client).revision(*number); },
            [&](const api::Revision& one) {
                if (*withText)
                    printBytes(one.text.toUtf8());
                else
                    printRevision(one);
            });
    });

    const auto withFields = std::make_shared<bool>(false);
    auto* standing = addCommand(noun, "standing",
        "How the file and the running config stand to each other, and where fields come from",
        "signalboxctl config standing --fields");
    standing->add_flag("--fields", *withFields, "Every field with its source");
    standing->callback([context, withFields] {
        runOne(
            context, [](const api::GatewayClient& client) { return ConfigClient(client).standing(); },
            [&](const api::ConfigStanding& one) { printStanding(one, *withFields); });
    });
    addFile(noun, context);
}

} // namespace ctl

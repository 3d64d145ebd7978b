#include "plan.h"

#include "output.h"
#include "table.h"

#include <QJsonDocument>

#include <cstdio>
#include <unistd.h>

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

QJsonObject requestJson(const api::AdminRequest& held)
{
    QJsonObject request{{QStringLiteral("method"), held.method}, {QStringLiteral("path"), held.path},
        {QStringLiteral("body"), held.body}, {QStringLiteral("reason"), held.reason}};
    if (held.expectedRevision)
        request.insert(QStringLiteral("if_revision"), *held.expectedRevision);
    return request;
}

QString requestText(const api::AdminRequest& held)
{
    QString text = held.method + u' ' + held.path;
    if (!held.body.isEmpty())
        text += u' ' + QString::fromUtf8(QJsonDocument(held.body).toJson(QJsonDocument::Compact));
    if (held.expectedRevision)
        text += QStringLiteral(" if revision %1 is in force").arg(*held.expectedRevision);
    return plain(text);
}

// One line from the terminal; standard input may be a file while the terminal is there, and then nobody is asked.
QString lineFromTerminal()
{
    char line[256] = {};
    return std::fgets(line, sizeof line, stdin) ? QString::fromLocal8Bit(line).trimmed() : QString();
}

} // namespace

void tellDryRun(Context context, const Plan& plan, const api::AdminRequest& held)
{
    const Options& options = context.session.options();
    if (options.json || options.jsonl) {
        QJsonObject json = plan.json;
        json.insert(QStringLiteral("would_send"), requestJson(held));
        options.jsonl ? printJsonLine(json) : printJson(json);
    } else if (plan.print) {
        plan.print();
        say(QStringLiteral("Would send: ") + requestText(held));
    } else {
        printLine(requestText(held));
    }
    say(QStringLiteral("Nothing was changed."));
}

api::Outcome askFor(const Options& options, const Plan& plan)
{
    if (options.yes || plan.wide.isEmpty())
        return api::Done{};
    if (options.noInput || ::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1)
        return api::failure(Failure::Invalid, plan.wide + QStringLiteral(" Nothing was changed."),
            QStringLiteral("Add --yes to do it all the same, or --dry-run to see what would happen."));
    say(plain(plan.wide));
    std::fputs(qUtf8Printable(QStringLiteral("Type %1 to go on: ").arg(plain(plan.word))), stderr);
    std::fflush(stderr);
    if (lineFromTerminal() == plan.word)
        return api::Done{};
    return api::failure(Failure::Internal, QStringLiteral("That is not %1. Nothing was changed.").arg(plan.word));
}

} // namespace ctl

// config replay: the calls of the record decided again under another config, and what would differ. It waits for the
// engine's job and shows its result; nothing of the engine's changes.
#include "call_filter.h"
#include "config_parts.h"
#include "output.h"
#include "table.h"

#include "api/replay_client.h"

#include <QFile>
#include <QTimer>

#include <cstdio>

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

constexpr int kPollMs = 200;

struct Wanted
{
    std::string file;
    std::string draft;
    std::optional<int> revision;
    std::string since;
    std::string until;
    std::string tenant;
    std::string alias;
    std::string effect;
    qint64 sample = 0;
    int changes = 20;
};

api::Result<QString> textOf(const QString& name)
{
    QFile file(name);
    const bool isOpen =
        name == QLatin1String("-") ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen)
        return api::failure(
            Failure::Invalid, QStringLiteral("%1 cannot be read: %2").arg(file.fileName(), file.errorString()));
    return QString::fromUtf8(file.readAll());
}

api::Result<api::ReplayRequest> requestFrom(const Wanted& wanted)
{
    CallFilter times;
    times.since = wanted.since;
    times.until = wanted.until;
    const api::Result<api::CallQuery> period = queryFrom(times);
    if (!period)
        return period.error();
    api::ReplayRequest request;
    request.since = period->since;
    request.until = period->until;
    request.tenant = QString::fromStdString(wanted.tenant);
    request.alias = QString::fromStdString(wanted.alias);
    request.sample = wanted.sample;
    request.revision = wanted.revision;
    const QString draft = QString::fromStdString(wanted.draft);
    QString file = QString::fromStdString(wanted.file);
    if (file.isEmpty() && QFile::exists(draft))
        file = draft; // a draft that nobody has sent to an engine yet
    else
        request.draft = draft;
    if (!file.isEmpty()) {
        const api::Result<QString> text = textOf(file);
        if (!text)
            return text.error();
        request.yaml = *text;
    }
    if (int(!request.draft.isEmpty()) + int(!file.isEmpty()) + int(request.revision.has_value()) != 1)
        return api::failure(Failure::Invalid, QStringLiteral("Name one config: a file, --draft ID or --revision N."));
    return request;
}

void pause()
{
    QEventLoop loop;
    QTimer::singleShot(kPollMs, &loop, &QEventLoop::quit);
    loop.exec();
}

QString signedText(const api::Money& amount)
{
    return (amount.nano() > 0 ? QStringLiteral("+") : QString()) + amount.toDecimal();
}

QString millis(const std::optional<qint64>& ms)
{
    return ms ? QStringLiteral("%1 ms").arg(*ms) : QStringLiteral("unknown");
}

void printCounts(const char* heading, const QVector<api::ReplayCount>& counts)
{
    using enum Table::Align;
    if (counts.isEmpty())
        return;
    printLine({});
    Table table({{heading}, {"BEFORE", Right}, {"AFTER", Right}});
    for (const api::ReplayCount& row : counts)
        table.add({row.name.isEmpty() ? QStringLiteral("none") : row.name, QString::number(row.before),
            QString::number(row.after)});
    table.print();
}

void printFigures(const api::ReplayReport& report)
{
    const api::ReplayCost& cost = report.cost;
    QString delta = signedText(cost.delta) + QStringLiteral(" USD");
    if (cost.low && cost.high)
        delta += QStringLiteral(" (95 %: %1 to %2)").arg(signedText(*cost.low), signedText(*cost.high));
    QString wait = QStringLiteral("p50 %1 -> %2, p95 %3 -> %4")
                       .arg(millis(report.latency.p50BeforeMs), millis(report.latency.p50AfterMs),
                           millis(report.latency.p95BeforeMs), millis(report.latency.p95AfterMs));
    if (report.latency.meanDeltaMs && report.latency.lowMs && report.latency.highMs)
        wait += QStringLiteral("; %1 ms a call (95 %: %2 to %3)")
                    .arg(*report.latency.meanDeltaMs, 0, 'f', 1)
                    .arg(*report.latency.lowMs, 0, 'f', 1)
                    .arg(*report.latency.highMs, 0, 'f', 1);
    QVector<std::pair<QString, QString>> facts{{QStringLiteral("against"), report.against},
        {QStringLiteral("period"), timeText(report.since) + QStringLiteral(" to ") + timeText(report.until)},
        {QStringLiteral("calls"), QStringLiteral("%1, %2 decided again").arg(report.calls).arg(report.replayable)},
        {QStringLiteral("cost"), QStringLiteral("%1 -> %2 USD, %3; unknown for %4 calls")
                                     .arg(cost.before.toDecimal(), cost.after.toDecimal(), delta)
                                     .arg(cost.unknown)},
        {QStringLiteral("at most"),
            QStringLiteral("%1 -> %2 USD").arg(cost.boundBefore.toDecimal(), cost.boundAfter.toDecimal())},
        {QStringLiteral("latency"), wait}, {QStringLiteral("confidence"), report.confidence}};
    printFacts(facts);
}

void printLoad(const api::ReplayReport& report)
{
    using enum Table::Align;
    Table table({{"PROVIDER"}, {"PER MINUTE"}, {"LIMIT", Right}, {"PEAK BEFORE", Right}, {"PEAK AFTER", Right},
        {"MINUTES OVER", Right}});
    bool any = false;
    for (const api::ReplayHeadroom& row : report.headroom) {
        if (!row.limit && row.peakBefore == row.peakAfter)
            continue;
        any = true;
        table.add({row.provider, row.unit, row.limit ? QString::number(*row.limit) : QStringLiteral("none"),
            QString::number(row.peakBefore), QString::number(row.peakAfter),
            QStringLiteral("%1 -> %2").arg(row.minutesOverBefore).arg(row.minutesOverAfter)});
    }
    if (any) {
        printLine({});
        table.print();
    }
    for (const api::ReplayBudget& budget : report.budgets) {
        if (budget.reachedAt)
            printLine(QStringLiteral("These calls alone would have used up the budget of %1 (%2 USD) at %3.")
                          .arg(plain(budget.budget), budget.limit.toDecimal(), timeText(budget.reachedAt)));
    }
}

void printChanges(const api::ReplayChangePage& page)
{
    if (page.changes.isEmpty())
        return;
    printLine({});
    Table table({{"CALL"}, {"TENANT"}, {"ALIAS"}, {"EFFECT"}, {"BEFORE"}, {"AFTER"}, {"WHY"}});
    for (const api::ReplayChange& change : page.changes)
        table.add(
            {change.call, change.tenant, change.alias, change.effect, change.before, change.after, change.reason});
    table.print();
    if (page.total > page.changes.size())
        say(QStringLiteral("%1 of %2 changes; --changes N shows more.").arg(page.changes.size()).arg(page.total));
}

void printReport(const api::ReplayReport& report)
{
    printLine(plain(report.sentence));
    printLine({});
    printFigures(report);
    printCounts("EFFECT", report.effects);
    printCounts("CANDIDATE", report.candidates);
    printCounts("REFUSAL", report.refusals);
    printCounts("ZONE", report.zones);
    printLoad(report);
    printLine({});
    for (const QString& sentence : report.coverage)
        printLine(plain(sentence));
}

api::Result<api::ReplayReport> waitForEnd(const api::ReplayClient& replays, api::ReplayReport report)
{
    while (report.isRunning()) {
        pause();
        const api::Result<api::ReplayReport> now = await(replays.report(report.id));
        if (!now)
            return now;
        report = *now;
    }
    return report;
}

int runReplay(const Session& session, const Wanted& wanted)
{
    const api::Result<api::ReplayRequest> request = requestFrom(wanted);
    if (!request)
        return fail(request.error());
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const api::ReplayClient replays(*client);
    const api::Result<api::ReplayReport> started = await(replays.start(*request));
    const api::Result<api::ReplayReport> report = started ? waitForEnd(replays, *started) : started;
    if (!report)
        return fail(report.error());
    if (report->state != QLatin1String("done")) {
        say(report->state == QLatin1String("failed") ? plain(report->error)
                                                     : QStringLiteral("The replay was cancelled."));
        return Error;
    }
    api::ReplayChangeQuery query;
    query.effect = QString::fromStdString(wanted.effect);
    query.limit = std::clamp(wanted.changes, 1, 1000);
    const api::Result<api::ReplayChangePage> changes = await(replays.changes(report->id, query));
    if (!changes)
        return fail(changes.error());
    if (session.options().json || session.options().jsonl) {
        QJsonObject told = api::toJson(*report);
        told.insert(QStringLiteral("changes"), api::toJson(*changes).value(QLatin1String("items")));
        session.options().json ? printJson(told) : printJsonLine(told);
    } else {
        printReport(*report);
        if (wanted.changes > 0)
            printChanges(*changes);
    }
    return report->replayable == 0 ? NoData : Ok;
}

} // namespace

void addReplay(CLI::App& noun, Context context)
{
    auto* command = addCommand(noun, "replay",
        "Decide the recorded calls again under another config; no provider is called; exit 7 without calls",
        "signalboxctl config replay signalbox.yaml --since 7d --tenant acme");
    const auto wanted = std::make_shared<Wanted>();
    command->add_option("file", wanted->file, "A config file; - for standard input")->type_name("FILE");
    command->add_option("--draft", wanted->draft, "Id of a draft of the engine's, or a file")->type_name("DRAFT");
    command->add_option("--revision", wanted->revision, "A revision that was in force")->type_name("N");
    command->add_option("--since", wanted->since, "From when on: a time or a duration; 24h without it")
        ->type_name("TIME");
    command->add_option("--until", wanted->until, "Up to when; now without it")->type_name("TIME");
    command->add_option("--tenant", wanted->tenant, "Only calls of this tenant")->type_name("TENANT");
    command->add_option("--alias", wanted->alias, "Only calls of this alias")->type_name("ALIAS");
    command->add_option("--sample", wanted->sample, "At most so many calls, spread evenly; all without it")
        ->check(CLI::Range(qint64(1), api::ReplayRequest::kMost))
        ->type_name("N");
    command->add_option("--effect", wanted->effect, "Of the changes only these")
        ->check(CLI::IsMember({"other-candidate", "newly-refused", "newly-allowed", "other-refusal", "other-chain"}))
        ->type_name("EFFECT");
    command->add_option("--changes", wanted->changes, "How many changes are shown; 20 without it")
        ->check(CLI::Range(0, 1000))
        ->type_name("N");
    command->callback([context, wanted] { context.result = runReplay(context.session, *wanted); });
}

} // namespace ctl

// config canary: a draft tried on a part of the callers. Exit 6 when a guard failed, 7 while the data do not say.
#include "api/canary_client.h"

#include "table.h"
#include "walk.h"

#include <QEventLoop>
#include <QTimer>

namespace ctl {

using namespace gateway;

namespace {

constexpr int kPollMs = 1000;

struct Wanted
{
    std::string draft;
    std::string stickyBy = "tenant";
    std::string exclude;
    std::string steps;
    std::string stepTime;
    std::optional<qint64> leastCalls;
    bool promotes = false;
};

api::Result<api::CanaryPlan> planFrom(const Wanted& wanted)
{
    api::CanaryPlan plan;
    plan.draft = QString::fromStdString(wanted.draft);
    plan.stickyBy = api::stickyByFromName(QString::fromStdString(wanted.stickyBy)).value_or(api::StickyBy::Tenant);
    plan.exclude = listFrom(wanted.exclude);
    for (const QString& word : listFrom(wanted.steps)) {
        bool ok = false;
        plan.steps.append(word.toInt(&ok));
        if (!ok)
            return api::failure(api::Failure::Invalid, QStringLiteral("--steps takes percentages, as 1,5,25,50,100."));
    }
    if (!wanted.stepTime.empty()) {
        const auto ms = millisFrom(QString::fromStdString(wanted.stepTime));
        if (!ms)
            return api::failure(api::Failure::Invalid, QStringLiteral("--step-time takes a time such as 10m."));
        plan.stepSeconds = (*ms + 999) / 1000;
    }
    plan.leastCalls = wanted.leastCalls;
    if (wanted.promotes)
        plan.promotes = true;
    return plan;
}

int verdictOf(const api::CanaryStatus& status)
{
    if (status.verdict == api::CanaryVerdict::Fail || status.phase == api::CanaryPhase::RolledBack)
        return CheckFailed;
    return status.verdict == api::CanaryVerdict::Pass || status.phase == api::CanaryPhase::Promoted ? Ok : NoData;
}

QString numberText(const api::CanaryGuard& guard, const std::optional<double>& value)
{
    if (!value)
        return {};
    if (guard.unit == QLatin1String("share"))
        return QStringLiteral("%1 %").arg(*value * 100, 0, 'f', 2);
    if (guard.name == QLatin1String("first_token"))
        return QStringLiteral("%1 ms").arg(*value, 0, 'f', 0);
    return QString::number(*value, 'g', 4);
}

QString riseText(const api::CanaryGuard& guard, const std::optional<double>& rise)
{
    if (!rise)
        return {};
    if (guard.unit == QLatin1String("attempts"))
        return QString::number(*rise, 'f', 0);
    return QStringLiteral("%1%2 %3")
        .arg(*rise > 0 ? QStringLiteral("+") : QString())
        .arg(*rise * 100, 0, 'f', 1)
        .arg(guard.unit == QLatin1String("share") ? QStringLiteral("points") : QStringLiteral("%"));
}

void printStatus(const api::CanaryStatus& status)
{
    printFacts({{QStringLiteral("canary"), status.id}, {QStringLiteral("draft"), status.plan.draft},
        {QStringLiteral("phase"), nameOf(status.phase)},
        {QStringLiteral("revision"), QStringLiteral("%1, beside %2").arg(status.revision).arg(status.baseRevision)},
        {QStringLiteral("share"),
            QStringLiteral("%1 % of callers, by %2").arg(status.percent).arg(nameOf(status.plan.stickyBy))},
        {QStringLiteral("this step until"), timeText(status.stepUntil)},
        {QStringLiteral("calls"),
            QStringLiteral("%1 canary, %2 control").arg(status.canary.calls).arg(status.control.calls)},
        {QStringLiteral("callers"),
            QStringLiteral("%1 canary, %2 control").arg(status.canary.callers).arg(status.control.callers)},
        {QStringLiteral("verdict"), nameOf(status.verdict)},
        {QStringLiteral("started"),
            QStringLiteral("%1 by %2: %3").arg(timeText(status.startedAt), status.startedBy, status.reason)},
        {QStringLiteral("ended"),
            status.endedAt
                ? QStringLiteral("%1 by %2: %3").arg(timeText(status.endedAt), status.endedBy, status.endReason)
                : QString()}});
    printLine(plain(status.sentence));
    if (!status.guards.isEmpty()) {
        printLine({});
        using enum Table::Align;
        Table table({{"GUARD"}, {"VERDICT"}, {"CONTROL", Right}, {"CANARY", Right}, {"RISE", Right}, {"FROM", Right},
            {"TO", Right}, {"TOLERATED", Right}, {"N CONTROL", Right}, {"N CANARY", Right}, {"UNKNOWN", Right}});
        for (const api::CanaryGuard& guard : status.guards) {
            table.add({guard.name, nameOf(guard.verdict), numberText(guard, guard.control),
                numberText(guard, guard.canary), riseText(guard, guard.rise), riseText(guard, guard.low),
                riseText(guard, guard.high), guard.tolerated ? riseText(guard, guard.tolerated) : QStringLiteral("off"),
                QString::number(guard.controlCalls), QString::number(guard.canaryCalls),
                QString::number(guard.unknown)});
        }
        table.print();
    }
}

// The one under way, else the last one.
api::Result<api::CanaryStatus> latestOf(const api::Result<api::CanaryReport>& report)
{
    if (!report)
        return report.error();
    if (report->current)
        return *report->current;
    if (!report->past.isEmpty())
        return report->past.first();
    return api::failure(api::Failure::NoData, QStringLiteral("No canary has run here."));
}

int runStatus(const Session& session)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const auto status = latestOf(await(api::CanaryClient(*client).report()));
    if (!status)
        return fail(status.error());
    if (!printOneAsJson(session.options(), *status))
        printStatus(*status);
    return verdictOf(*status);
}

// One line for each change, until it is over or waits for a person.
int runWatch(const Session& session)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const api::CanaryClient canaries(*client);
    QString told;
    while (true) {
        const auto status = latestOf(await(canaries.report()));
        if (!status)
            return fail(status.error());
        const QString line = QStringLiteral("%1  %2  %3 %  %4 canary, %5 control calls  %6")
                                 .arg(timeText(status->asOf), nameOf(status->phase))
                                 .arg(status->percent)
                                 .arg(status->canary.calls)
                                 .arg(status->control.calls)
                                 .arg(nameOf(status->verdict));
        const QString state = nameOf(status->phase) + QString::number(status->percent) +
                              QString::number(status->canary.calls) + nameOf(status->verdict);
        const bool isLast = status->isOver() || status->phase == api::CanaryPhase::Ready;
        if (std::exchange(told, state) != state && !isLast) {
            if (session.options().jsonl)
                printJsonLine(api::toJson(*status));
            else if (!session.options().json)
                printLine(line);
        }
        if (isLast) {
            if (!printOneAsJson(session.options(), *status))
                printStatus(*status);
            return verdictOf(*status);
        }
        QEventLoop pause;
        QTimer::singleShot(kPollMs, &pause, &QEventLoop::quit);
        pause.exec();
    }
}

api::Result<Plan> planOfStart(const api::CanaryPlan& plan)
{
    const QString sentence =
        QStringLiteral("The draft %1 is tried on a part of the callers, by %2.").arg(plan.draft, nameOf(plan.stickyBy));
    return Plan{api::toJson(plan), [sentence] { printLine(sentence); }, {}, {}};
}

api::Result<Plan> planOfAct(const api::GatewayClient& client, const QString& sentence)
{
    const auto report = await(api::CanaryClient(client).report());
    if (!report)
        return report.error();
    if (!report->current)
        return api::failure(api::Failure::NotFound, QStringLiteral("No canary is under way."));
    return Plan{api::toJson(*report->current), [sentence] { printLine(sentence); }, {}, {}};
}

void addAct(CLI::App& noun, Context context, api::CanaryAction action, const char* description, const QString& plan)
{
    const std::string name = nameOf(action).toStdString();
    auto* command =
        addCommand(noun, name, description, "signalboxctl config canary " + name + " --reason 'seen on the dashboard'");
    const auto change = addReason(*command);
    command->callback([context, action, change, plan] {
        runChange(
            context, *change, nameOf(action), Look::InDryRun,
            [plan](const api::GatewayClient& client) { return planOfAct(client, plan); },
            [action](const api::GatewayClient& client, const QString& reason) {
                return api::CanaryClient(client).act(action, reason);
            },
            &printStatus);
    });
}

} // namespace

void addCanary(CLI::App& config, Context context)
{
    auto* noun = addNoun(config, "canary", "A draft tried on a part of the callers");
    auto* start = addCommand(*noun, "start", "Try a draft on the first step of callers",
        "signalboxctl config canary start drf_7f3a --sticky-by credential --reason 'cheaper summaries'");
    const auto wanted = std::make_shared<Wanted>();
    start->add_option("draft", wanted->draft, "The draft")->required()->type_name("DRAFT");
    start->add_option("--sticky-by", wanted->stickyBy, "What stays together on one side; tenant without it")
        ->check(CLI::IsMember({"tenant", "credential"}))
        ->type_name("WHAT");
    start->add_option("--exclude", wanted->exclude, "Tenants that stay on the revision in force")->type_name("TENANTS");
    start->add_option("--steps", wanted->steps, "Percentages that rise and end with 100; as configured without it")
        ->type_name("LIST");
    start->add_option("--step-time", wanted->stepTime, "At least on each step; not below what is configured")
        ->type_name("TIME");
    start
        ->add_option(
            "--least-calls", wanted->leastCalls, "Calls of the canary on each step; not below what is configured")
        ->type_name("N");
    start->add_flag("--promotes", wanted->promotes, "Promote by itself after a pass, if the config allows it");
    const auto change = addReason(*start);
    start->callback([context, wanted, change] {
        const api::Result<api::CanaryPlan> plan = planFrom(*wanted);
        if (!plan) {
            context.result = fail(plan.error());
            return;
        }
        runChange(
            context, *change, QStringLiteral("tried"), Look::InDryRun,
            [plan](const api::GatewayClient&) { return planOfStart(*plan); },
            [plan](const api::GatewayClient& client, const QString& reason) {
                return api::CanaryClient(client).start(*plan, reason);
            },
            &printStatus);
    });
    addCommand(*noun, "status", "The canary under way, or the last one; exit 6 if it failed, 7 if the data do not say",
        "signalboxctl config canary status")
        ->callback([context] { context.result = runStatus(context.session); });
    addCommand(*noun, "watch", "Follow the canary until it is over or waits for a person; exit codes as status",
        "signalboxctl config canary watch")
        ->callback([context] { context.result = runWatch(context.session); });
    addAct(*noun, context, api::CanaryAction::Pause, "Keep its share and go no further",
        QStringLiteral("The canary keeps its share and goes no further."));
    addAct(*noun, context, api::CanaryAction::Resume, "Go on after a pause", QStringLiteral("The canary goes on."));
    addAct(*noun, context, api::CanaryAction::Advance, "Take the next step now",
        QStringLiteral("The canary takes its next step now."));
    addAct(*noun, context, api::CanaryAction::Abort, "End it: all callers back on the revision in force, at once",
        QStringLiteral("All callers go back to the revision in force."));
}

} // namespace ctl

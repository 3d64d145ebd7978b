// provider: how providers fare, and the short forms of the levers on one of them.
#include "change.h"
#include "commands.h"
#include "lever_text.h"
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

QString shareText(const std::optional<double>& share)
{
    return share ? QString::number(*share * 100, 'f', 0) + QStringLiteral(" %") : QString();
}

QString leftText(const std::optional<qint64>& left, const std::optional<qint64>& limit)
{
    return left && limit ? QStringLiteral("%1 of %2 a minute").arg(*left).arg(*limit) : QString();
}

QString drainText(const api::ProviderStatus& provider)
{
    if (provider.drained)
        return QStringLiteral("until %1 (%2)").arg(timeText(provider.drainEnds), provider.leverId);
    return provider.stagePercent ? QStringLiteral("comes back, %1 % of its calls").arg(*provider.stagePercent)
                                 : QStringLiteral("no");
}

// One word for the list: the worst of a provider's breakers, or that it is drained.
QString gateText(const api::ProviderStatus& provider)
{
    if (provider.drained)
        return QStringLiteral("drained");
    QString worst;
    for (const char* state : {"closed", "half-open", "open"}) {
        for (const api::BreakerStatus& breaker : provider.breakers) {
            if (breaker.state == QLatin1String(state))
                worst = breaker.state + (breaker.forced ? QStringLiteral(", forced") : QString());
        }
    }
    return worst;
}

void printProvider(const api::ProviderStatus& provider)
{
    printFacts({{QStringLiteral("name"), provider.name}, {QStringLiteral("kind"), provider.kind},
        {QStringLiteral("region"), provider.region}, {QStringLiteral("address"), provider.baseUrl},
        {QStringLiteral("retention"), provider.retention}, {QStringLiteral("key"), provider.keyReference},
        {QStringLiteral("models"), provider.models.join(QStringLiteral(", "))},
        {QStringLiteral("aliases"), provider.aliases.join(QStringLiteral(", "))},
        {QStringLiteral("health"), nameOf(provider.health)}, {QStringLiteral("why"), provider.why},
        {QStringLiteral("attempts, 5 min"),
            QStringLiteral("%1, %2 failed").arg(provider.attempts5m).arg(provider.failures5m)},
        {QStringLiteral("first token p50"), millisText(provider.firstTokenP50Ms)},
        {QStringLiteral("first token p95"), millisText(provider.firstTokenP95Ms)},
        {QStringLiteral("total p95"), millisText(provider.totalP95Ms)},
        {QStringLiteral("tokens per second"),
            provider.tokensPerSecond ? QString::number(*provider.tokensPerSecond, 'f', 1) : QString()},
        {QStringLiteral("share of attempts"), shareText(provider.share)},
        {QStringLiteral("last success"), timeText(provider.lastSuccess)},
        {QStringLiteral("last failure"), timeText(provider.lastFailure)},
        {QStringLiteral("connections"), QString::number(provider.connectionsOpen)},
        {QStringLiteral("drained"), drainText(provider)},
        {QStringLiteral("requests left"),
            provider.gate ? leftText(provider.gate->requestsLeft, provider.gate->requestsPerMinute) : QString()},
        {QStringLiteral("tokens left"),
            provider.gate ? leftText(provider.gate->tokensLeft, provider.gate->tokensPerMinute) : QString()}});
    if (provider.breakers.isEmpty())
        return;
    printLine({});
    Table table({{"CANDIDATE"}, {"BREAKER"}, {"SINCE"}, {"NEXT PROBE"}, {"FORCED UNTIL"}, {"REASON"}});
    for (const api::BreakerStatus& breaker : provider.breakers) {
        table.add({breaker.candidate, breaker.state, timeText(breaker.openedAt), timeText(breaker.nextProbeAt),
            timeText(breaker.forcedUntil), breaker.reason});
    }
    table.print();
}

struct Named
{
    std::string name;
    std::string candidate;
    std::string state;
};

void runDrain(Context context, const Named& named, const Change& change)
{
    const api::Result<Expiry> expiry = expiryFrom(change.expires);
    if (!expiry) {
        context.result = fail(expiry.error());
        return;
    }
    api::LeverRequest drain;
    drain.provider = QString::fromStdString(named.name);
    drain.endsAt = expiry->at;
    drain.durationSeconds = expiry->seconds;
    runChange(
        context, change, QStringLiteral("drained"), Look::Always,
        [&](const api::GatewayClient& client) { return planOfLever(client, drain); },
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.drainProvider(drain.provider, {expiry->at, expiry->seconds}, reason);
        },
        &sayLever);
}

void runResume(Context context, const Named& named, const Change& change)
{
    const QString name = QString::fromStdString(named.name);
    runChange(
        context, change, QStringLiteral("resumed"), Look::InDryRun,
        [&](const api::GatewayClient& client) -> api::Result<Plan> {
            const auto provider = await(client.provider(name));
            if (!provider)
                return provider.error();
            return Plan{api::toJson(*provider), [provider = *provider] { printProvider(provider); }, {}, {}};
        },
        [&](const api::GatewayClient& client, const QString& reason) { return client.resumeProvider(name, reason); },
        &sayLever);
}

// A breaker that is forced open takes its candidate out, as a drain does; the other states are not planned.
api::Result<Plan> planOfForce(const api::GatewayClient& client, const QString& name, const api::BreakerForce& force)
{
    const auto provider = await(client.provider(name));
    if (!provider)
        return provider.error();
    if (force.state != QLatin1String("open"))
        return Plan{};
    api::LeverRequest lever;
    lever.kind = api::LeverKind::Breaker;
    lever.candidate = force.candidate.isEmpty() && provider->breakers.size() == 1 ? provider->breakers.first().candidate
                                                                                  : force.candidate;
    lever.breaker = force.state;
    lever.endsAt = force.endsAt;
    lever.durationSeconds = force.durationSeconds;
    api::Result<Plan> plan = planOfLever(client, lever);
    if (plan)
        plan->word = name;
    return plan;
}

void runBreaker(Context context, const Named& named, const Change& change)
{
    const api::Result<Expiry> expiry = expiryFrom(change.expires);
    if (!expiry) {
        context.result = fail(expiry.error());
        return;
    }
    const QString name = QString::fromStdString(named.name);
    const api::BreakerForce force{
        QString::fromStdString(named.candidate), QString::fromStdString(named.state), expiry->at, expiry->seconds};
    runChange(
        context, change, QStringLiteral("forced"), Look::Always,
        [&](const api::GatewayClient& client) { return planOfForce(client, name, force); },
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.forceBreaker(name, force, reason);
        },
        &sayLever);
}

void printProbe(const api::ProbeResult& probe)
{
    printLine(QStringLiteral("%1: %2%3")
                  .arg(plain(probe.provider), plain(probe.sentence),
                      probe.firstByteMs ? QStringLiteral(" First byte after %1.").arg(millisText(probe.firstByteMs))
                                        : QString()));
}

void runProbe(Context context, const Named& named, const Change& change)
{
    runPlanned(
        context, change, QStringLiteral("probed"), Look::InDryRun, &noPlan,
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.probeProvider(QString::fromStdString(named.name), reason);
        },
        [&](const api::ProbeResult& probe) {
            if (!printOneAsJson(context.session.options(), probe))
                printProbe(probe);
            return probe.ok ? int(Ok) : int(CheckFailed);
        });
}

void addActions(CLI::App& noun, Context context)
{
    const auto named = std::make_shared<Named>();
    const auto takesName = [&](const char* verb, const char* text, const char* example) {
        CLI::App* command = addCommand(noun, verb, text, example);
        command->add_option("name", named->name, "The provider")->required()->type_name("PROVIDER");
        return command;
    };
    auto* drain = takesName("drain", "Give it no calls for a time",
        "signalboxctl provider drain openai-eu --expires 2h --reason 'announced maintenance'");
    const auto drainChange = addChange(*drain, "30 minutes without it, at most 7 days");
    drain->callback([context, named, drainChange] { runDrain(context, *named, *drainChange); });

    auto* resume = takesName("resume", "End its drain; it comes back in stages of 1, 10 and 100 %",
        "signalboxctl provider resume openai-eu --reason 'maintenance is over'");
    const auto resumeChange = addReason(*resume);
    resume->callback([context, named, resumeChange] { runResume(context, *named, *resumeChange); });

    auto* breaker = takesName("breaker", "Force the breaker of a candidate, or give it back",
        "signalboxctl provider breaker openai-eu --state open --expires 10m --reason 'wrong answers'");
    breaker->add_option("--state", named->state, "The state, or auto to end a force")
        ->required()
        ->check(CLI::IsMember({"open", "closed", "half-open", "auto"}))
        ->type_name("STATE");
    breaker->add_option("--candidate", named->candidate, "provider/model@region, where it has several")
        ->type_name("CANDIDATE");
    const auto breakerChange = addChange(*breaker, "30 minutes without it");
    breaker->callback([context, named, breakerChange] { runBreaker(context, *named, *breakerChange); });

    auto* probe = takesName("probe", "Make one small call with the gateway's own key; exit 6 if it fails",
        "signalboxctl provider probe openai-eu");
    const auto probeChange = addReason(*probe);
    probe->callback([context, named, probeChange] { runProbe(context, *named, *probeChange); });
}

void printProviders(const QVector<api::ProviderStatus>& providers)
{
    using enum Table::Align;
    Table table({{"PROVIDER"}, {"KIND"}, {"REGION"}, {"HEALTH"}, {"ATTEMPTS", Right}, {"FAILED", Right},
        {"FIRST P95", Right}, {"TOTAL P95", Right}, {"SHARE", Right}, {"BREAKER"}});
    for (const api::ProviderStatus& provider : providers) {
        table.add({provider.name, provider.kind, provider.region, nameOf(provider.health),
            QString::number(provider.attempts5m), QString::number(provider.failures5m),
            millisText(provider.firstTokenP95Ms), millisText(provider.totalP95Ms), shareText(provider.share),
            gateText(provider)});
    }
    table.print();
}

} // namespace

void addProviders(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "provider", "Model providers");
    auto* list =
        addCommand(*noun, "list", "All providers with their last five minutes", "signalboxctl provider list --jsonl");
    list->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.providers(); }, &printProviders);
    });
    auto* show = addCommand(*noun, "show", "One provider", "signalboxctl provider show openai-eu");
    const auto name = std::make_shared<std::string>();
    show->add_option("name", *name, "Its name")->required()->type_name("PROVIDER");
    show->callback([context, name] {
        runOne(
            context, [&](const api::GatewayClient& client) { return client.provider(QString::fromStdString(*name)); },
            &printProvider);
    });
    addActions(*noun, context);
    addProviderReach(*noun, context);
}

} // namespace ctl

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
    if (change.dryRun)
        return runLever(context, drain, change, {});
    runOne(
        context,
        [&](const api::GatewayClient& client) {
            return client.drainProvider(
                drain.provider, {expiry->at, expiry->seconds}, reasonOr(change.reason, QStringLiteral("drained")));
        },
        &sayLever);
}

void runBreaker(Context context, const Named& named, const Change& change)
{
    const api::Result<Expiry> expiry = expiryFrom(change.expires);
    if (!expiry) {
        context.result = fail(expiry.error());
        return;
    }
    const api::BreakerForce force{
        QString::fromStdString(named.candidate), QString::fromStdString(named.state), expiry->at, expiry->seconds};
    runOne(
        context,
        [&](const api::GatewayClient& client) {
            return client.forceBreaker(
                QString::fromStdString(named.name), force, reasonOr(change.reason, QStringLiteral("forced")));
        },
        &sayLever);
}

void addActions(CLI::App& noun, Context context)
{
    const auto named = std::make_shared<Named>();
    const auto takesName = [&](const char* verb, const char* text) {
        CLI::App* command = noun.add_subcommand(verb, text);
        command->add_option("name", named->name, "The provider")->required();
        return command;
    };
    auto* drain = takesName("drain", "Give it no calls for a time");
    const auto drainChange = addChange(*drain, "30 minutes without it, at most 7 days");
    drain->callback([context, named, drainChange] { runDrain(context, *named, *drainChange); });

    auto* resume = takesName("resume", "End its drain; it comes back in stages of 1, 10 and 100 %");
    const auto resumeReason = addReason(*resume);
    resume->callback([context, named, resumeReason] {
        runOne(
            context,
            [&](const api::GatewayClient& client) {
                return client.resumeProvider(
                    QString::fromStdString(named->name), reasonOr(resumeReason->reason, QStringLiteral("resumed")));
            },
            &sayLever);
    });

    auto* breaker = takesName("breaker", "Force the breaker of a candidate, or give it back");
    breaker->add_option("--state", named->state, "open, closed, half-open, or auto to end a force")
        ->required()
        ->check(CLI::IsMember({"open", "closed", "half-open", "auto"}))
        ->type_name("STATE");
    breaker->add_option("--candidate", named->candidate, "provider/model@region, where it has several")->type_name("C");
    const auto breakerChange = addReason(*breaker);
    breaker->add_option("--expires", breakerChange->expires, "When it ends; 30 minutes without it")->type_name("TIME");
    breaker->callback([context, named, breakerChange] { runBreaker(context, *named, *breakerChange); });

    auto* probe = takesName("probe", "Make one small call with the gateway's own key");
    const auto probeReason = addReason(*probe);
    probe->callback([context, named, probeReason] {
        runOne(
            context,
            [&](const api::GatewayClient& client) {
                return client.probeProvider(
                    QString::fromStdString(named->name), reasonOr(probeReason->reason, QStringLiteral("probed")));
            },
            [](const api::ProbeResult& probe) {
                printLine(QStringLiteral("%1: %2%3")
                              .arg(probe.provider, plain(probe.sentence),
                                  probe.firstByteMs
                                      ? QStringLiteral(" First byte after %1.").arg(millisText(probe.firstByteMs))
                                      : QString()));
            },
            [](const api::ProbeResult& probe) { return probe.ok ? int(Ok) : int(CheckFailed); });
    });
}

} // namespace

void addProviders(CLI::App& app, Context context)
{
    auto* noun = app.add_subcommand("provider", "Model providers")->require_subcommand(1);
    noun->add_subcommand("list", "All providers with their last five minutes")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.providers(); },
            [](const QVector<api::ProviderStatus>& providers) {
                using enum Table::Align;
                Table table({{"PROVIDER"}, {"KIND"}, {"REGION"}, {"HEALTH"}, {"ATTEMPTS", Right}, {"FAILED", Right},
                    {"FIRST P95", Right}, {"TOTAL P95", Right}, {"SHARE", Right}, {"BREAKER"}});
                for (const api::ProviderStatus& provider : providers) {
                    table.add({provider.name, provider.kind, provider.region, nameOf(provider.health),
                        QString::number(provider.attempts5m), QString::number(provider.failures5m),
                        millisText(provider.firstTokenP95Ms), millisText(provider.totalP95Ms),
                        shareText(provider.share), gateText(provider)});
                }
                table.print();
            });
    });
    auto* show = noun->add_subcommand("show", "One provider");
    const auto name = std::make_shared<std::string>();
    show->add_option("name", *name, "Its name")->required();
    show->callback([context, name] {
        runOne(
            context, [&](const api::GatewayClient& client) { return client.provider(QString::fromStdString(*name)); },
            &printProvider);
    });
    addActions(*noun, context);
}

} // namespace ctl

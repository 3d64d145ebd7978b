#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

constexpr qsizetype kLargestText = 4 * 1024 * 1024; // as for the file itself

QString addressOf(const config::Listener& listener)
{
    return listener.host + u':' + QString::number(listener.port);
}

} // namespace

void getConfig(const Services& services, const Request& request, const Reply& reply)
{
    const config::SnapshotPtr snapshot = services.engine.snapshot();
    api::ConfigFacts facts;
    facts.revision = snapshot->revision;
    facts.contentHash = QString::fromLatin1(snapshot->contentHash);
    facts.sourceFile = snapshot->sourceFile;
    facts.demo = services.engine.status().demo;
    facts.gatewayAddress = addressOf(snapshot->gateway);
    facts.adminAddress = addressOf(snapshot->admin);
    facts.gatewayTls = snapshot->gateway.tls.has_value();
    facts.adminTls = snapshot->admin.tls.has_value();
    facts.acknowledge = snapshot->audit.acknowledge == config::Acknowledge::Committed ? QStringLiteral("committed")
                                                                                      : QStringLiteral("queued");
    facts.whenUnavailable = snapshot->audit.whenUnavailable == config::WhenUnavailable::Spill
                                ? QStringLiteral("spill")
                                : QStringLiteral("refuse");
    facts.retentionHours = snapshot->audit.retention.count();
    facts.zones = int(snapshot->zones.size());
    facts.providers = int(snapshot->providers.size());
    facts.aliases = int(snapshot->aliases.size());
    facts.tenants = int(snapshot->tenants.size());
    facts.warnings = snapshot->warnings;
    facts.problems = services.engine.configProblems();
    if (request.principal.isBound()) { // both name tenants
        facts.tenants = int(request.principal.tenants.size());
        facts.warnings.clear();
        facts.problems.clear();
    }
    reply({200, api::toJson(facts)});
}

void checkConfig(const Services& services, const Request& request, const Reply& reply)
{
    const QJsonValue yaml = request.asked.body.value(QLatin1String("yaml"));
    if (!yaml.isString())
        return reply(api::errorReply(
            api::failure(api::Failure::Invalid, QStringLiteral("The field \"yaml\" must hold the config's text."))));
    const QByteArray text = yaml.toString().toUtf8();
    if (text.size() > kLargestText)
        return reply(
            api::errorReply(api::failure(api::Failure::Invalid, QStringLiteral("The config is larger than 4 MiB."))));
    reply({200, api::toJson(services.engine.checkConfig(text))});
}

} // namespace gateway::admin

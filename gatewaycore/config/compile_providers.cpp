// providers: where models are reached, with which key, within which limits.
#include "config/base_url.h"
#include "config/compile_parts.h"
#include "config/defaults.h"
#include "config/scalars.h"
#include "config/word_tables.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace gateway::config {
namespace {

Secret resolveKey(
    Section& section, const char* field, const KeySource& keys, QStringList& warnings, bool mayBeServiceAccount = false)
{
    const std::optional<QString> reference = section.text(field);
    if (!reference)
        return {};
    api::Result<KeySource::Key> key = keys.resolve(*reference);
    if (!key) {
        section.refuse(field, key.error().message, key.error().hint);
        return {};
    }
    if (key->isServiceAccount && !mayBeServiceAccount) {
        section.refuse(field, QStringLiteral("Only providers of kind vertex take a service account as their key."));
        return {};
    }
    if (!key->warning.isEmpty())
        warnings.append(key->warning);
    return key->secret;
}

bool isRegionName(const QString& region)
{
    return isName(region) && !region.contains(u'.') && !region.contains(u'_');
}

void compileOrigin(Section& section, Provider& provider)
{
    const bool stated = section.has("base_url");
    const QString cloudRegion = provider.kind == ProviderKind::Bedrock ? provider.awsRegion : provider.region;
    QString text = stated ? section.text("base_url").value_or(QString()) : QString();
    if (!stated) {
        // the region becomes part of a host name that our key is sent to
        if (!cloudRegion.isEmpty() && !isRegionName(cloudRegion)) {
            section.refuse(provider.kind == ProviderKind::Bedrock ? "aws_region" : "region",
                QStringLiteral("A cloud region has letters, digits and dashes."));
            return;
        }
        text = defaultBaseUrl(provider.kind, cloudRegion);
        if (text.isEmpty() && provider.kind == ProviderKind::Bedrock)
            section.require("aws_region");
        else if (text.isEmpty() && provider.kind == ProviderKind::Vertex)
            section.require("region");
        else if (text.isEmpty() && provider.kind != ProviderKind::Simulator)
            section.require("base_url");
    }
    provider.baseUrl = text;
    if (text.isEmpty()) {
        provider.origin.tls = false;
        provider.origin.host = QStringLiteral("127.0.0.1");
        return;
    }
    auto parsed = parseBaseUrl(text);
    if (const QString* wrong = std::get_if<QString>(&parsed)) {
        section.refuse("base_url", *wrong);
        return;
    }
    BaseUrl& url = std::get<BaseUrl>(parsed);
    if (!url.origin.tls && !mayUsePlainHttp(provider.kind) && !isPrivateHost(url.origin.host))
        section.refuse("base_url", QStringLiteral("The key would travel in clear to %1.").arg(url.origin.host),
            QStringLiteral("Use https://."));
    provider.origin = url.origin;
    provider.basePath = url.path;
}

void compileTls(Section& section, Provider& provider)
{
    auto tls = section.section("tls", {"ca"});
    if (!tls || !tls->require("ca"))
        return;
    provider.origin.caFile = tls->text("ca").value_or(QString());
    const QFileInfo file(provider.origin.caFile);
    if (!provider.origin.caFile.isEmpty() && (!file.isFile() || !file.isReadable()))
        tls->refuse("ca", QStringLiteral("The file %1 cannot be read.").arg(provider.origin.caFile));
}

void compileCredentials(Section& section, const KeySource& keys, Provider& provider, QStringList& warnings)
{
    if (auto credentials = section.section("credentials", {"access_key", "secret_key", "session_token"})) {
        AwsCredentials aws;
        for (const char* field : {"access_key", "secret_key"})
            credentials->require(field);
        aws.accessKey = resolveKey(*credentials, "access_key", keys, warnings);
        aws.secretKey = resolveKey(*credentials, "secret_key", keys, warnings);
        aws.sessionToken = resolveKey(*credentials, "session_token", keys, warnings);
        provider.awsCredentials = aws;
    }
    for (const char* field : {"aws_region", "credentials"}) {
        if (provider.kind != ProviderKind::Bedrock && section.has(field))
            section.refuse(field, QStringLiteral("Only providers of kind bedrock have this field."));
    }
    if (section.has("key") && section.has("credentials"))
        section.refuse("credentials", QStringLiteral("State either key or credentials, not both."));
}

// A service account names its project; another one may be stated.
void compileProject(Section& section, Provider& provider)
{
    if (provider.kind != ProviderKind::Vertex) {
        if (section.has("project"))
            section.refuse("project", QStringLiteral("Only providers of kind vertex have this field."));
        return;
    }
    const QJsonObject account = QJsonDocument::fromJson(provider.key.reveal()).object();
    const QString project = section.text("project").value_or(account.value(QLatin1String("project_id")).toString());
    static const QRegularExpression kProject(QStringLiteral("^[A-Za-z0-9:._-]{1,128}$"));
    if (project.isEmpty())
        section.require("project");
    else if (!kProject.match(project).hasMatch())
        section.refuse("project", QStringLiteral("This is not the name of a Google Cloud project."));
    provider.project = project.toLatin1();
}

void compileLimits(Section& section, Provider& provider)
{
    constexpr qint64 kMost = 1'000'000'000'000;
    if (auto limits = section.section("limits", {"requests_per_minute", "tokens_per_minute", "headroom"})) {
        provider.limits.requestsPerMinute = limits->integer("requests_per_minute", 1, kMost);
        provider.limits.tokensPerMinute = limits->integer("tokens_per_minute", 1, kMost);
        provider.limits.headroomPercent = int(limits->integer("headroom", 0, 90).value_or(0));
    }
    if (auto timeouts = section.section("timeouts", {"connect", "first_byte", "idle", "total"})) {
        const auto set = [&](const char* field, milliseconds& into) {
            into = timeouts->duration(field).value_or(into);
        };
        set("connect", provider.timeouts.connect);
        set("first_byte", provider.timeouts.firstByte);
        set("idle", provider.timeouts.idle);
        set("total", provider.timeouts.total);
    }
}

} // namespace

void compileProviders(Section& root, const KeySource& keys, PolicySnapshot& snapshot)
{
    for (Section& section :
        root.sections("providers", {"name", "kind", "base_url", "key", "region", "retention", "limits", "timeouts",
                                       "tls", "aws_region", "credentials", "project"})) {
        auto provider = std::make_unique<Provider>();
        provider->index = int(snapshot.providers.size());
        provider->name = uniqueName(section, snapshot.providers);
        bool kindKnown = false;
        if (section.require("kind")) {
            if (const auto kind = section.choice<ProviderKind>("kind", kProviderKinds)) {
                provider->kind = *kind;
                kindKnown = true;
            }
        }
        provider->region = section.name("region").value_or(QString());
        provider->awsRegion = section.name("aws_region").value_or(QString());
        provider->retention = QStringLiteral("none-stated");
        if (section.choice<int>("retention", kProviderRetention))
            provider->retention = *section.text("retention");
        if (kindKnown)
            compileOrigin(section, *provider);
        compileTls(section, *provider);
        provider->key =
            resolveKey(section, "key", keys, snapshot.warnings, kindKnown && provider->kind == ProviderKind::Vertex);
        if (!provider->key.isEmpty())
            provider->keyReference = *section.text("key");
        if (kindKnown)
            compileCredentials(section, keys, *provider, snapshot.warnings);
        if (kindKnown)
            compileProject(section, *provider);
        compileLimits(section, *provider);
        if (kindKnown && needsKey(provider->kind) && !section.has("key") && !section.has("credentials"))
            snapshot.warnings.append(
                QStringLiteral("Provider %1 has no key; its calls go out without one.").arg(provider->name));
        snapshot.providers.push_back(std::move(provider));
    }
}

} // namespace gateway::config

#include "api/engine_status.h"

#include "json_fields.h"
#include "status_fields.h"

#include <QJsonArray>

namespace gateway::api {

template <>
struct Members<RouteCandidate>
{
    static constexpr auto fields = std::tuple{
        field("candidate", &RouteCandidate::candidate),
        field("weight", &RouteCandidate::weight),
        field("lever_weight", &RouteCandidate::leverWeight),
        field("share", &RouteCandidate::share),
    };
};

template <>
struct Members<RouteStep>
{
    static constexpr auto fields =
        std::tuple{field("kind", &RouteStep::kind), field("candidate", &RouteStep::candidate)};
};

template <>
struct Members<LatencyBudget>
{
    static constexpr auto fields = std::tuple{
        field("workload_class", &LatencyBudget::workloadClass),
        field("ms", &LatencyBudget::ms),
    };
};

namespace {

constexpr std::array kHealth{"ok", "degraded", "down", "unknown", "paused"};

// Members by name, one table per value; writeFields and readFields walk them (json_fields.h).
constexpr auto kStatusFields = std::tuple{
    field("version", &EngineStatus::version),
    field("pid", &EngineStatus::pid),
    field("started_at", &EngineStatus::startedAt),
    field("as_of", &EngineStatus::asOf),
    field("revision", &EngineStatus::revision),
    field("gateway", &EngineStatus::gatewayUrl),
    field("admin", &EngineStatus::adminUrl),
    field("data_directory", &EngineStatus::dataDirectory),
    field("config_file", &EngineStatus::configFile),
    field("ready", &EngineStatus::ready),
    field("draining", &EngineStatus::draining),
    field("demo", &EngineStatus::demo),
    field("workers", &EngineStatus::workers),
    field("calls_in_flight", &EngineStatus::callsInFlight),
    field("calls_total", &EngineStatus::callsTotal),
    field("calls_failed", &EngineStatus::callsFailed),
    field("store_queue", &EngineStatus::storeQueue),
    field("resident_bytes", &EngineStatus::residentBytes),
    field("cpu_percent", &EngineStatus::cpuPercent),
    field("open_files", &EngineStatus::openFiles),
    field("event_sequence", &EngineStatus::eventSequence),
    field("engine_id", &EngineStatus::engineId),
    field("name", &EngineStatus::name),
    field("environment", &EngineStatus::environment),
    field("api_major", &EngineStatus::apiMajor),
    field("api_minor", &EngineStatus::apiMinor),
    field("features", &EngineStatus::features),
    field("next_pin", &EngineStatus::nextPin),
};

constexpr auto kProviderFields = std::tuple{
    field("name", &ProviderStatus::name),
    field("kind", &ProviderStatus::kind),
    field("region", &ProviderStatus::region),
    field("base_url", &ProviderStatus::baseUrl),
    field("retention", &ProviderStatus::retention),
    field("key", &ProviderStatus::keyReference),
    field("models", &ProviderStatus::models),
    field("aliases", &ProviderStatus::aliases),
    field("why", &ProviderStatus::why),
    field("attempts_5m", &ProviderStatus::attempts5m),
    field("failures_5m", &ProviderStatus::failures5m),
    field("first_token_p50_ms", &ProviderStatus::firstTokenP50Ms),
    field("first_token_p95_ms", &ProviderStatus::firstTokenP95Ms),
    field("total_p95_ms", &ProviderStatus::totalP95Ms),
    field("tokens_per_second", &ProviderStatus::tokensPerSecond),
    field("share", &ProviderStatus::share),
    field("last_success", &ProviderStatus::lastSuccess),
    field("last_failure", &ProviderStatus::lastFailure),
    field("connections_open", &ProviderStatus::connectionsOpen),
    field("breakers", &ProviderStatus::breakers),
    field("drained", &ProviderStatus::drained),
    field("lever_id", &ProviderStatus::leverId),
    field("drain_ends", &ProviderStatus::drainEnds),
    field("stage_percent", &ProviderStatus::stagePercent),
    field("gate", &ProviderStatus::gate),
};

constexpr auto kAliasFields = std::tuple{
    field("name", &AliasStatus::name),
    field("purpose", &AliasStatus::purpose),
    field("owner", &AliasStatus::owner),
    field("candidates", &AliasStatus::candidates),
    field("routes", &AliasStatus::routes),
    field("chain", &AliasStatus::chain),
    field("degrade", &AliasStatus::degrade),
    field("cost_ceiling_usd", &AliasStatus::costCeiling),
    field("latency_budgets", &AliasStatus::latencyBudgets),
};

constexpr auto kCredentialFields = std::tuple{
    field("id", &CredentialInfo::id),
    field("tenant", &CredentialInfo::tenant),
    field("aliases", &CredentialInfo::aliases),
    field("features", &CredentialInfo::features),
    field("issued_at", &CredentialInfo::issuedAt),
    field("expires_at", &CredentialInfo::expiresAt),
    field("revoked_at", &CredentialInfo::revokedAt),
    field("note", &CredentialInfo::note),
};

constexpr auto kIssuedFields = std::tuple{
    field("id", &IssuedCredential::id),
    field("key", &IssuedCredential::key),
    field("replaces", &IssuedCredential::replaces),
    field("replaced_until", &IssuedCredential::replacedUntil),
};

constexpr auto kCredentialRequestFields = std::tuple{
    field("tenant", &CredentialRequest::tenant),
    field("aliases", &CredentialRequest::aliases),
    field("features", &CredentialRequest::features),
    field("expires_at", &CredentialRequest::expiresAt),
    field("note", &CredentialRequest::note),
};

} // namespace

QString nameOf(Health health)
{
    return QString::fromLatin1(kHealth[static_cast<std::size_t>(health)]);
}

Health healthFromName(QStringView name)
{
    for (std::size_t i = 0; i < kHealth.size(); ++i) {
        if (name == QLatin1String(kHealth[i]))
            return static_cast<Health>(i);
    }
    return Health::Unknown;
}

QJsonObject toJson(const EngineStatus& status)
{
    QJsonObject json = writeFields(status, kStatusFields);
    QJsonArray parts;
    for (const Part& part : status.parts) {
        parts.append(QJsonObject{{QStringLiteral("name"), part.name}, {QStringLiteral("health"), nameOf(part.health)},
            {QStringLiteral("detail"), part.detail}});
    }
    json.insert(QStringLiteral("parts"), parts);
    json.insert(
        QStringLiteral("certificate"), status.certificate ? QJsonValue(toJson(*status.certificate)) : QJsonValue());
    return json;
}

Result<EngineStatus> engineStatusFromJson(const QJsonObject& json)
{
    EngineStatus status;
    if (const auto wrong = readFields(json, status, kStatusFields))
        return *wrong;
    for (const QJsonValue& value : json.value(QLatin1String("parts")).toArray()) {
        const QJsonObject part = value.toObject();
        status.parts.append(Part{part.value(QLatin1String("name")).toString(),
            healthFromName(part.value(QLatin1String("health")).toString()),
            part.value(QLatin1String("detail")).toString()});
    }
    if (const QJsonValue certificate = json.value(QLatin1String("certificate")); certificate.isObject()) {
        Result<CertificateFacts> facts = certificateFactsFromJson(certificate.toObject());
        if (!facts)
            return facts.error();
        status.certificate = std::move(*facts);
    }
    return status;
}

QJsonObject toJson(const ProviderStatus& provider)
{
    QJsonObject json = writeFields(provider, kProviderFields);
    json.insert(QStringLiteral("health"), nameOf(provider.health));
    return json;
}

Result<ProviderStatus> providerStatusFromJson(const QJsonObject& json)
{
    ProviderStatus provider;
    if (const auto wrong = readFields(json, provider, kProviderFields))
        return *wrong;
    provider.health = healthFromName(json.value(QLatin1String("health")).toString());
    return provider;
}

QJsonObject toJson(const AliasStatus& alias)
{
    return writeFields(alias, kAliasFields);
}

Result<AliasStatus> aliasStatusFromJson(const QJsonObject& json)
{
    return parseFields<AliasStatus>(json, kAliasFields);
}

QJsonObject toJson(const CredentialInfo& credential)
{
    return writeFields(credential, kCredentialFields);
}

Result<CredentialInfo> credentialInfoFromJson(const QJsonObject& json)
{
    return parseFields<CredentialInfo>(json, kCredentialFields);
}

QJsonObject toJson(const IssuedCredential& issued)
{
    QJsonObject json = writeFields(issued, kIssuedFields);
    if (issued.replaces.isEmpty()) {
        json.remove(QStringLiteral("replaces"));
        json.remove(QStringLiteral("replaced_until"));
    }
    return json;
}

Result<IssuedCredential> issuedCredentialFromJson(const QJsonObject& json)
{
    return parseFields<IssuedCredential>(json, kIssuedFields);
}

QJsonObject toJson(const CredentialRequest& request)
{
    return writeFields(request, kCredentialRequestFields);
}

Result<CredentialRequest> credentialRequestFromJson(const QJsonObject& json)
{
    return parseFields<CredentialRequest>(json, kCredentialRequestFields);
}

} // namespace gateway::api

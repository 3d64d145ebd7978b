#include "api/config_facts.h"

#include "json_fields.h"

#include <QJsonArray>

namespace gateway::api {
namespace {

constexpr auto kTenantFields = std::tuple{
    field("name", &TenantStatus::name),
    field("zone", &TenantStatus::zone),
    field("regions", &TenantStatus::regions),
    field("retention", &TenantStatus::retention),
    field("contract_reference", &TenantStatus::contractReference),
    field("contract_zone", &TenantStatus::contractZone),
    field("requests_per_minute", &TenantStatus::requestsPerMinute),
    field("input_tokens_per_minute", &TenantStatus::inputTokensPerMinute),
    field("output_tokens_per_minute", &TenantStatus::outputTokensPerMinute),
    field("concurrency", &TenantStatus::concurrency),
};

constexpr auto kProblemFields = std::tuple{
    field("file", &ConfigProblem::file),
    field("line", &ConfigProblem::line),
    field("column", &ConfigProblem::column),
    field("field", &ConfigProblem::field),
    field("message", &ConfigProblem::message),
    field("suggestion", &ConfigProblem::suggestion),
};

constexpr auto kFactsFields = std::tuple{
    field("revision", &ConfigFacts::revision),
    field("content_hash", &ConfigFacts::contentHash),
    field("source_file", &ConfigFacts::sourceFile),
    field("demo", &ConfigFacts::demo),
    field("gateway", &ConfigFacts::gatewayAddress),
    field("admin", &ConfigFacts::adminAddress),
    field("gateway_tls", &ConfigFacts::gatewayTls),
    field("admin_tls", &ConfigFacts::adminTls),
    field("acknowledge", &ConfigFacts::acknowledge),
    field("when_unavailable", &ConfigFacts::whenUnavailable),
    field("retention_hours", &ConfigFacts::retentionHours),
    field("zones", &ConfigFacts::zones),
    field("providers", &ConfigFacts::providers),
    field("aliases", &ConfigFacts::aliases),
    field("tenants", &ConfigFacts::tenants),
    field("warnings", &ConfigFacts::warnings),
};

constexpr auto kCheckFields = std::tuple{
    field("ok", &ConfigCheck::ok),
    field("warnings", &ConfigCheck::warnings),
};

QJsonArray toArray(const QVector<ConfigProblem>& problems)
{
    QJsonArray array;
    for (const ConfigProblem& problem : problems)
        array.append(toJson(problem));
    return array;
}

std::optional<Error> readProblems(const QJsonObject& json, QVector<ConfigProblem>& problems)
{
    for (const QJsonValue& value : json.value(QLatin1String("problems")).toArray()) {
        Result<ConfigProblem> problem = configProblemFromJson(value.toObject());
        if (!problem)
            return problem.error();
        problems.append(std::move(*problem));
    }
    return std::nullopt;
}

} // namespace

QJsonObject toJson(const TenantStatus& tenant)
{
    return writeFields(tenant, kTenantFields);
}

QJsonObject toJson(const ConfigProblem& problem)
{
    return writeFields(problem, kProblemFields);
}

QJsonObject toJson(const ConfigFacts& facts)
{
    QJsonObject json = writeFields(facts, kFactsFields);
    json.insert(QStringLiteral("problems"), toArray(facts.problems));
    return json;
}

QJsonObject toJson(const ConfigCheck& check)
{
    QJsonObject json = writeFields(check, kCheckFields);
    json.insert(QStringLiteral("problems"), toArray(check.problems));
    return json;
}

Result<TenantStatus> tenantStatusFromJson(const QJsonObject& json)
{
    return parseFields<TenantStatus>(json, kTenantFields);
}

Result<ConfigProblem> configProblemFromJson(const QJsonObject& json)
{
    return parseFields<ConfigProblem>(json, kProblemFields);
}

Result<ConfigFacts> configFactsFromJson(const QJsonObject& json)
{
    Result<ConfigFacts> facts = parseFields<ConfigFacts>(json, kFactsFields);
    if (!facts)
        return facts;
    if (const auto wrong = readProblems(json, facts->problems))
        return *wrong;
    return facts;
}

Result<ConfigCheck> configCheckFromJson(const QJsonObject& json)
{
    Result<ConfigCheck> check = parseFields<ConfigCheck>(json, kCheckFields);
    if (!check)
        return check;
    if (const auto wrong = readProblems(json, check->problems))
        return *wrong;
    return check;
}

} // namespace gateway::api

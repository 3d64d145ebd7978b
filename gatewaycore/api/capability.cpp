#include "api/capability.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<FeatureCarriage>
{
    static constexpr auto fields = std::tuple{
        field("name", &FeatureCarriage::name),
        field("from", &FeatureCarriage::from),
    };
};

template <>
struct Members<CandidateCapabilities>
{
    static constexpr auto fields = std::tuple{
        field("candidate", &CandidateCapabilities::candidate),
        field("provider", &CandidateCapabilities::provider),
        field("kind", &CandidateCapabilities::kind),
        field("model", &CandidateCapabilities::model),
        field("dialect", &CandidateCapabilities::dialect),
        field("passed_on", &CandidateCapabilities::passedOn),
        field("aliases", &CandidateCapabilities::aliases),
        field("features", &CandidateCapabilities::features),
    };
};

QString dialectFor(const CandidateCapabilities& capabilities, const QString& surface)
{
    return capabilities.passedOn.contains(surface) ? surface : capabilities.dialect;
}

QString carriageFor(const CandidateCapabilities& capabilities, const FeatureCarriage& feature, const QString& surface)
{
    const QString word = feature.from.value(surface);
    if (word == QLatin1String("yes"))
        return capabilities.passedOn.contains(surface) ? QStringLiteral("same") : QStringLiteral("carried");
    return word == QLatin1String("lossy") || word == QLatin1String("no") ? word : QStringLiteral("unknown");
}

QJsonObject toJson(const CandidateCapabilities& capabilities)
{
    return writeMembers(capabilities);
}

Result<CandidateCapabilities> candidateCapabilitiesFromJson(const QJsonObject& json)
{
    return parseMembers<CandidateCapabilities>(json);
}

} // namespace gateway::api

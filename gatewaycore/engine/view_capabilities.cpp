// GatewayView's side of the capability matrix: the table routing reads, told for every candidate of the config.
#include "engine/gateway_view.h"

#include "transform/capability.h"

#include <QHash>

#include <array>

namespace gateway::engine {
namespace {

using transform::Dialect;

constexpr std::array kCallers{Dialect::OpenAiChat, Dialect::OpenAiResponses, Dialect::Anthropic, Dialect::Gemini};
static_assert(kCallers.size() == api::kCallerDialects.size());

QString wordOf(transform::Carried carried)
{
    switch (carried) {
    case transform::Carried::Yes:
        return QStringLiteral("yes");
    case transform::Carried::Lossy:
        return QStringLiteral("lossy");
    case transform::Carried::No:
        return QStringLiteral("no");
    }
    Q_UNREACHABLE();
}

api::CandidateCapabilities describe(const config::Candidate& candidate)
{
    const config::ProviderKind kind = candidate.provider->kind;
    const auto spoken = [&](Dialect caller) -> const transform::ProviderDialect& {
        return transform::providerDialect(kind, candidate.modelUtf8, caller);
    };
    api::CandidateCapabilities all;
    all.candidate = candidate.label;
    all.provider = candidate.provider->name;
    all.kind = config::nameOf(kind);
    all.model = candidate.model;
    all.dialect = QLatin1String(nameOf(spoken(Dialect::OpenAiChat).dialect()));
    for (const Dialect caller : kCallers) {
        if (spoken(caller).dialect() == caller)
            all.passedOn.append(QLatin1String(nameOf(caller)));
    }
    for (const transform::CapabilityRow& row : transform::capabilityRows()) {
        api::FeatureCarriage feature{QLatin1String(row.name), {}};
        for (const Dialect caller : kCallers)
            feature.from.insert(
                QLatin1String(nameOf(caller)), wordOf(transform::carries(spoken(caller), kind, caller, row.feature)));
        all.features.append(feature);
    }
    return all;
}

} // namespace

QVector<api::CandidateCapabilities> GatewayView::capabilities() const
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    QVector<api::CandidateCapabilities> all;
    QHash<QString, qsizetype> places; // by label
    const auto add = [&](const config::Candidate& candidate, const QString& alias) {
        if (!candidate.provider)
            return; // a step without a provider: cached, refuse
        const auto place = places.constFind(candidate.label);
        if (place == places.constEnd()) {
            places.insert(candidate.label, all.size());
            all.append(describe(candidate));
        }
        QStringList& aliases = all[places.value(candidate.label)].aliases;
        if (!aliases.contains(alias))
            aliases.append(alias);
    };
    for (const auto& alias : snapshot->aliases) {
        for (const config::Candidate& candidate : alias->candidates)
            add(candidate, alias->name);
        for (const config::FallbackStep& step : alias->fallback)
            add(step.candidate, alias->name);
    }
    return all;
}

} // namespace gateway::engine

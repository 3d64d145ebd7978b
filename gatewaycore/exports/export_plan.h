// ExportPlan: one export as it shall run: the policy with its secrets read and its target taken apart. Made on the
// control thread for every config, given to the export thread; two plans with the same key are the same export, which
// then goes on undisturbed. A value.
#pragma once

#include "base/secret.h"
#include "exports/export_health.h"
#include "exports/otlp_metrics.h"
#include "exports/otlp_spans.h"
#include "exports/target.h"

#include <memory>
#include <vector>

namespace gateway::exports {

struct ExportPlan
{
    enum class Kind
    {
        Traces,
        Metrics,
        Webhook
    };
    Kind kind = Kind::Webhook;
    QByteArray key;
    std::shared_ptr<ExportHealth> health;
    Target target;
    std::vector<std::pair<QByteArray, Secret>> headers; // otlp
    std::chrono::milliseconds interval{15'000};         // otlp
    Secret secret;                                      // webhook
    QStringList events;                                 // webhook
};

// What every export says of the engine; changes with a config, without anything being sent anew.
struct ExportContext
{
    Speaker speaker;
    KnownNamesPtr names;
    MetricsSource metrics;
};

} // namespace gateway::exports

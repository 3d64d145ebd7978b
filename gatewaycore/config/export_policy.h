// What leaves the engine for other systems: `export:` of the config file. Any thread; values. Secrets are references
// (env:NAME, file:PATH), read when the exporter starts; one that cannot be read leaves its export off, and says so.
//   export:
//     otlp: {endpoint: "https://otel.example:4318", headers: {authorization: env:OTEL_AUTH}, traces: true, metrics:
//     true,
//            content: false, interval: 15s}
//     webhooks:
//       - {name: pager, url: "https://hooks.example/x", secret: env:HOOK_SECRET, events: [incident.opened,
//       incident.closed]}
#pragma once

#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace gateway::config {

struct OtlpPolicy
{
    QString endpoint;                                 // /v1/traces and /v1/metrics are added
    std::vector<std::pair<QString, QString>> headers; // name, reference to the value
    QString caFile;                                   // empty: the system's
    bool traces = true;
    bool metrics = true;
    bool content = false; // prompts and answers in spans; nothing is there while content.retain is none
    std::chrono::milliseconds interval{15'000};
};

struct WebhookPolicy
{
    QString name;
    QString url;
    QString secret; // reference; a webhook without one is refused
    QString caFile;
    QStringList events; // incident.opened incident.closed incident.acknowledged invariant.failed export.failing ...
};

struct ExportPolicy
{
    std::optional<OtlpPolicy> otlp;
    std::vector<WebhookPolicy> webhooks;
};

} // namespace gateway::config

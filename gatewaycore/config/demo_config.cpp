#include "config/demo_config.h"

namespace gateway::config {

QByteArray demoConfig()
{
    return R"(# The built-in config of --demo: simulated providers, no key, no network.
signalbox: 1
providers:
  - {name: simulator, kind: simulator, region: local, retention: zero}
  - {name: simulator-b, kind: simulator, region: local, retention: zero}
aliases:
  - name: fast-summariser
    purpose: one-paragraph summaries
    owner: platform
    candidates:
      - {provider: simulator, model: sim-small-2026-09-01, weight: 80}
      - {provider: simulator-b, model: sim-small-2026-09-01, weight: 20}
  - name: support-chat
    purpose: answers to customers' questions
    owner: support
    candidates:
      - {provider: simulator, model: sim-large-2026-09-01, weight: 50}
      - {provider: simulator-b, model: sim-large-2026-09-01, weight: 50}
    fallback:
      - {kind: smaller-model, provider: simulator-b, model: sim-small-2026-09-01}
      - {kind: refuse}
    cost_ceiling_usd: "0.50"
tenants:
  - {name: demo, quota: {requests_per_minute: 6000, concurrency: 200}}
  - {name: acme, quota: {requests_per_minute: 600, concurrency: 50}}
budgets:
  - {scope: {tenant: demo}, period: day, time_zone: UTC, amount_usd: "25", soft: [80, 95], at_limit: refuse}
  - {scope: {tenant: acme}, period: month, time_zone: Europe/Berlin, amount_usd: "500", soft: [80, 95], at_limit: refuse}
  - {scope: {alias: support-chat}, period: day, time_zone: UTC, amount_usd: "10", soft: [80], at_limit: degrade}
)";
}

QString demoConfigName()
{
    return QStringLiteral("(built-in demo config)");
}

} // namespace gateway::config

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
tenants:
  - {name: demo}
  - {name: acme}
)";
}

QString demoConfigName()
{
    return QStringLiteral("(built-in demo config)");
}

} // namespace gateway::config

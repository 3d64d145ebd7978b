// What a provider kind brings along when the config does not say: its base URL, whether it needs a key. Any thread.
#pragma once

#include "config/policy_snapshot.h"

namespace gateway::config {

// Empty: the kind has no default and base_url must be stated (azure-openai, openai-compatible), or it needs none
// (simulator). `region` is the cloud's region, read by bedrock and vertex.
QString defaultBaseUrl(ProviderKind kind, const QString& region);

bool needsKey(ProviderKind kind);        // calls without one are refused by the provider
bool mayUsePlainHttp(ProviderKind kind); // to hosts that are not ours as well

} // namespace gateway::config

// The providers of LiteLLM by the prefix of a model, and what they are here: which kind, at which address, with which
// variable for the key where none is named. Private to the import. Constants and pure functions; any thread.
#pragma once

#include "config/policy_snapshot.h"

namespace gateway::config {

struct LitellmKind
{
    const char* prefix; // before the first slash of litellm_params.model
    ProviderKind kind;
    const char* baseUrl;     // of those that speak the chat dialect at an address of their own; "": the kind's
    const char* keyVariable; // that LiteLLM reads where api_key is missing; "": none
};

const LitellmKind* litellmKind(QStringView prefix); // nullptr: not a provider of this gateway

// What LiteLLM takes a model without a prefix for; nullptr: nobody can tell.
const LitellmKind* litellmKindOfModel(const QString& model);

// The base URL as providers of this kind have it here: LiteLLM's users write the version, or the whole path, behind it.
QString baseUrlFor(ProviderKind kind, const QString& apiBase);

} // namespace gateway::config

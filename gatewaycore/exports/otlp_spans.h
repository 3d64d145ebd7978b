// Calls as OpenTelemetry spans: a server span for each call and a client span for each attempt that was sent, with the
// names and attributes of the GenAI conventions and signalbox.* for what is only ours. A caller's traceparent is the
// parent; without one the trace's id comes of the call's id, so that the trace of a call can be found from its record.
// A caller whose trace is not sampled gets none here either.
//   Nothing of a request or an answer stands in a span: names of the config, numbers, and single words (word() in
// otlp_json.h). What a caller says of itself (feature, agent, user) stays in the record. Pure functions; any thread.
#pragma once

#include "api/call.h"
#include "config/policy_snapshot.h"
#include "exports/otlp_json.h"

#include <QHash>
#include <QSet>

#include <memory>

namespace gateway::exports {

// The names an attribute may have, from the config: a caller can invent none.
struct KnownNames
{
    struct Provider
    {
        QString semanticName; // gen_ai.provider.name
        QString host;
        int port = 0; // 0: not known
    };
    QSet<QString> aliases;
    QSet<QString> zones;
    QHash<QString, Provider> providers;

    static std::shared_ptr<const KnownNames> of(const config::PolicySnapshot& snapshot);
};
using KnownNamesPtr = std::shared_ptr<const KnownNames>;

bool isSampled(const api::Call& call);
int spanCount(const api::Call& call); // that spansOf will give
QJsonArray spansOf(const api::Call& call, const KnownNames& names);
// The body of POST /v1/traces.
QByteArray tracesRequest(const QJsonObject& resource, const QJsonArray& spans);

// The span of "test this export".
QJsonArray testSpan(qint64 wallMs, const QByteArray& seed);

} // namespace gateway::exports

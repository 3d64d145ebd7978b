// What a config text is worth: whether it compiles, and everything that is found in it, blocks first. The same function
// serves the console while somebody types, `signalboxctl config check`, and the moment before a text comes into force.
// Keys are resolved as for the real thing. Control thread or a program's only one; no state.
#pragma once

#include "api/config_change.h"
#include "config/config_file.h"
#include "config/key_source.h"
#include "config/policy_snapshot.h"

#include <functional>
#include <memory>

namespace gateway::config {

struct CheckContext
{
    const KeySource& keys;
    QDate today; // models that are retired, reviews that are due
    // Whether a candidate may serve a zone: the filter that routes, for there is to be no second rule (decision 0104).
    std::function<bool(const Candidate&, const Zone*)> inZone;
    // The proof over every route and fallback; its findings are put beside ours. May be empty.
    std::function<QVector<api::Finding>(const ConfigFile&, const PolicySnapshot&)> prove = {};
};

struct CheckedText
{
    std::optional<ConfigFile> file;           // nothing: no YAML
    std::shared_ptr<PolicySnapshot> snapshot; // nullptr: it does not compile; its revision is not set yet
    api::Findings findings;
};

CheckedText checkText(const QString& name, const QByteArray& text, const CheckContext& context);
QByteArray hashOf(const QByteArray& text); // SHA-256, hex

// Places where a secret stands in clear, also in a text that is no YAML. Such a text is not even kept.
QVector<api::Finding> clearSecrets(const QString& name, const QByteArray& text);

// A finding at the field of this path, with its line and column.
api::Finding findingAt(const ConfigFile& file, api::Finding::Severity severity, const char* rule, const QString& path,
    const QString& message, const QString& suggestion = {});

} // namespace gateway::config

// A config text compiled by the real compiler, for the tests of privacy.
#pragma once

#include "config/compiler.h"

#include <QtGlobal>

inline std::unique_ptr<gateway::config::PolicySnapshot> compiled(const QByteArray& yaml, int revision = 1)
{
    using namespace gateway::config;
    Problems problems;
    const KeySource keys([](const QByteArray&) { return std::optional(QByteArray("key-for-tests-0123")); });
    std::unique_ptr<PolicySnapshot> snapshot;
    if (const auto file = parseConfig(QStringLiteral("t.yaml"), yaml, problems))
        snapshot = compile(*file, keys, problems);
    if (snapshot)
        snapshot->revision = revision;
    else
        qWarning("%s\n%s", qPrintable(describe(problems)), yaml.constData());
    return snapshot;
}

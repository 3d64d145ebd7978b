// The config file: it compiles, or every refusal says why. Keys come from a made-up environment; files are not read.
#include "config/compiler.h"

#include "fuzz.h"

using namespace gateway;
using namespace gateway::fuzz;

FUZZ_TARGET(input)
{
    const QByteArray yaml = input.rest().toByteArray();
    if (yaml.contains("file:") || yaml.contains("book") || yaml.contains("/dev") || yaml.contains("/proc"))
        return; // would read what is on this machine, or wait for it
    config::Problems problems;
    const auto file = config::parseConfig(QStringLiteral("f"), yaml, problems);
    must(bool(file) == problems.isEmpty(), "a tree, or problems");
    if (!file)
        return;
    const config::KeySource keys([](const QByteArray& name) -> std::optional<QByteArray> {
        if (name.startsWith('N'))
            return std::nullopt;
        return QByteArray("sk-of-the-fuzzer");
    });
    const auto snapshot = config::compile(*file, keys, problems);
    must(bool(snapshot) == problems.isEmpty(), "a snapshot, or problems");
    for (const config::Problem& problem : problems) {
        must(!problem.message.isEmpty() && problem.line >= 0, "a problem says what and where");
        must(!problem.message.contains(QLatin1String("sk-of-the-fuzzer")), "no message repeats a key");
    }
    if (!snapshot)
        return;
    for (const auto& alias : snapshot->aliases) {
        for (const config::Candidate& candidate : alias->candidates)
            must(candidate.provider && candidate.index >= 0 && candidate.index < snapshot->candidateCount,
                "a candidate knows its provider and its place");
    }
}

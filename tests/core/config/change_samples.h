// Config texts for the tests of drafts, findings and differences: one clean config, and replacements in it.
#pragma once

#include "config/change/check_text.h"
#include "config/change/semantic_diff.h"
#include "routing/route.h"

#include <QByteArray>

namespace sample {

using namespace gateway;

// Nothing is found in it.
inline QByteArray clean()
{
    return R"(# the company's gateway
signalbox: 1
zones:
  - {name: eu, regions: [eu-west-1, eu-central-1], retention: zero}   # as MSA-17 says
providers:
  - name: up            # the first
    kind: openai
    key: env:UP_KEY
    region: eu-west-1
    retention: zero
    limits: {requests_per_minute: 500, tokens_per_minute: 200000, headroom: 10}
  - {name: down, kind: openai, key: env:DOWN_KEY, region: eu-central-1, retention: zero}
aliases:
  - name: fast
    purpose: short answers
    owner: platform

    # two of them, so that one may fail
    candidates:
      - {provider: up, model: gpt-6-luna-2026-09-01, weight: 80}
      - {provider: down, model: gpt-6-luna-2026-09-01, weight: 20}
    fallback:
      - {kind: other-provider, provider: down, model: gpt-6-sol-2026-09-01}
      - {kind: smaller-model, provider: up, model: gpt-5.6-luna-2026-09-01}
      - {kind: refuse}
    cost_ceiling_usd: "0.05"
tenants:
  - name: acme
    zone: eu
    contract: {reference: MSA-17, zone: eu, dated: 2026-01-10}
    quota: {requests_per_minute: 60}
  - {name: beta, zone: eu}
budgets:
  - {scope: {tenant: acme}, period: month, amount_usd: "500", soft: [80, 95], at_limit: refuse}
)";
}

inline QByteArray with(const QByteArray& from, const QByteArray& to, QByteArray text = clean())
{
    Q_ASSERT(text.contains(from));
    return text.replace(from, to);
}

inline config::KeySource keys()
{
    return config::KeySource([](const QByteArray& name) -> std::optional<QByteArray> {
        if (name == "UNSET")
            return std::nullopt;
        return QByteArray("key-of-") + name;
    });
}

inline bool inZone(const config::Candidate& candidate, const config::Zone* zone)
{
    return *routing::zoneObjection(candidate, zone) == 0;
}

inline config::CheckedText check(const QByteArray& text)
{
    static const config::KeySource source = keys();
    return config::checkText(QStringLiteral("test.yaml"), text, {source, QDate(2026, 11, 22), inZone});
}

inline api::DiffReport diff(const QByteArray& before, const QByteArray& after, config::Traffic traffic = {})
{
    const config::CheckedText was = check(before);
    const config::CheckedText now = check(after);
    if (!was.snapshot || !now.snapshot)
        qFatal("a sample does not compile: %s", qPrintable((now.snapshot ? was : now).findings.items.value(0).message));
    return config::semanticDiff({QStringLiteral("before"), *was.file, *was.snapshot},
        {QStringLiteral("after"), *now.file, *now.snapshot},
        {inZone, "a key for fingerprints", QDate(2026, 11, 22), std::move(traffic)});
}

} // namespace sample

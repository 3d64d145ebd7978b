// A config that states every field of contract.md, for the config tests.
#pragma once

#include "config/key_source.h"

#include <QByteArray>

#include <optional>

inline QByteArray fullConfig()
{
    return R"(# every field once
signalbox: 1
server:  {gateway: "127.0.0.1:4180", admin: {listen: "127.0.0.1:4181"}}
audit:   {acknowledge: queued, when_unavailable: refuse, retention: 400d}
content: {retain: none}
zones:
  - {name: eu-only, regions: [eu-west-1, eu-central-1], retention: zero}
  - {name: local, regions: [local], retention: any}
providers:
  - name: openai-eu
    kind: openai
    base_url: https://eu.api.openai.com/v1
    key: env:OPENAI_API_KEY
    region: eu-west-1
    retention: zero
    limits: {requests_per_minute: 500, tokens_per_minute: 200000, headroom: 10}
    timeouts: {connect: 250ms, first_byte: 30s, idle: 60s, total: 10m}
  - {name: anthropic, kind: anthropic, key: env:ANTHROPIC_API_KEY}
  - {name: lake, kind: bedrock, aws_region: eu-west-1, credentials: {access_key: env:A, secret_key: env:B, session_token: env:C}}
aliases:
  - name: fast-summariser
    purpose: one-paragraph summaries
    owner: platform
    candidates:
      - {provider: openai-eu, model: gpt-6-luna-2026-09-01, weight: 80}
      - {provider: anthropic, model: claude-haiku-4-5-20251001, weight: 20}
    fallback:
      - {kind: smaller-model, provider: openai-eu, model: gpt-5.4-nano-2026-03-01}
      - {kind: cached}
      - {kind: refuse}
    degrade: serve
    cost_ceiling_usd: "0.05"
    latency_budget_ms: {interactive: 2000, streaming: 2001, background: 60000, batch: 600000}
    cache: {exact: {ttl: 1h}, semantic: {choice: off, reason: "too risky", owner: platform, decided: 2026-11-22, review_by: 2027-05-22}}
tenants:
  - name: acme
    zone: eu-only
    contract: {reference: MSA-17, zone: eu-only, dated: 2026-01-10}
    quota: {requests_per_minute: 600, input_tokens_per_minute: 400000, output_tokens_per_minute: 100000, concurrency: 50}
    content: {retain: sampled, ttl: 7d, sample_percent: 5}
quotas:
  - {scope: {tenant: acme, feature: search, agent: bot, alias: fast-summariser}, requests_per_minute: 60, input_tokens_per_minute: 1000, output_tokens_per_minute: 500, concurrency: 5}
budgets:
  - {scope: {tenant: acme}, period: month, time_zone: UTC, amount_usd: "500", soft: [80, 95], at_limit: degrade, estimate: learned}
prices: {book: builtin}
export:
  otlp: {endpoint: "https://otel.example:4318", headers: {authorization: env:OTEL_AUTH}, traces: true, metrics: false, content: false, interval: 30s}
  webhooks:
    - {name: pager, url: "https://hooks.example/x", secret: env:HOOK_SECRET, events: [incident.opened, incident.closed]}
changes:
  review: required
  canary: {steps: [2, 20, 100], at_least: 5m, least_calls: 200, error_rise: 0.01, refusal_rise: 0.03, first_token_rise: 0.5, cost_rise: off, promotes: true}
roles:
  - {principal: alice, role: auditor}
)";
}

inline gateway::config::KeySource testKeys()
{
    return gateway::config::KeySource([](const QByteArray& name) -> std::optional<QByteArray> {
        if (name == "UNSET")
            return std::nullopt;
        return QByteArray("key-of-") + name;
    });
}

// aliases: the intent names callers use, their candidates, fallback chains and choices.
#include "config/compile_parts.h"
#include "config/word_tables.h"

namespace gateway::config {
namespace {

QString labelOf(const Candidate& candidate)
{
    if (!candidate.provider)
        return {};
    const QString label = candidate.provider->name + u'/' + candidate.model;
    return candidate.provider->region.isEmpty() ? label : label + u'@' + candidate.provider->region;
}

Candidate candidateOf(Section& section, const PolicySnapshot& snapshot)
{
    Candidate candidate;
    if (section.require("provider"))
        candidate.provider = referenced(section, "provider", snapshot.providers);
    if (section.require("model")) {
        candidate.model = section.text("model").value_or(QString());
        for (const QChar c : candidate.model) {
            if (c.unicode() < 0x21 || c.unicode() == 0x7f) {
                section.refuse("model", QStringLiteral("A model id has no spaces and no control characters."));
                break;
            }
        }
        if (candidate.model.size() > 256)
            section.refuse("model", QStringLiteral("A model id has at most 256 characters."));
    }
    candidate.modelUtf8 = candidate.model.toUtf8();
    candidate.label = labelOf(candidate);
    return candidate;
}

void compileCandidates(Section& section, const PolicySnapshot& snapshot, Alias& alias)
{
    qint64 weights = 0;
    const bool stated = section.require("candidates");
    for (Section& entry : section.sections("candidates", {"provider", "model", "weight"})) {
        Candidate candidate = candidateOf(entry, snapshot);
        candidate.weight = int(entry.integer("weight", 0, 1'000'000).value_or(entry.has("weight") ? 0 : 1));
        weights += candidate.weight;
        for (const Candidate& other : alias.candidates) {
            if (candidate.provider && other.provider == candidate.provider && other.model == candidate.model)
                entry.refuse("model", QStringLiteral("This candidate stands here a second time."));
        }
        alias.candidates.push_back(std::move(candidate));
    }
    if (stated && alias.candidates.empty())
        section.refuse("candidates", QStringLiteral("An alias needs at least one candidate."));
    else if (stated && weights == 0)
        section.refuse("candidates", QStringLiteral("At least one candidate needs a weight above 0."));
}

void compileFallback(Section& section, const PolicySnapshot& snapshot, Alias& alias)
{
    bool ended = false;
    for (Section& entry : section.sections("fallback", {"kind", "provider", "model"})) {
        if (ended)
            entry.refuse("kind", QStringLiteral("No step is reached after refuse."));
        FallbackStep step;
        if (entry.require("kind")) {
            const auto kind = entry.choice<FallbackKind>("kind", kFallbackKinds);
            if (kind && *kind != FallbackKind::Cached && *kind != FallbackKind::Refuse) {
                step.candidate = candidateOf(entry, snapshot);
            } else if (kind) {
                for (const char* field : {"provider", "model"}) {
                    if (entry.has(field))
                        entry.refuse(field, QStringLiteral("A step of kind %1 has no candidate.").arg(nameOf(*kind)));
                }
            }
            step.kind = kind.value_or(FallbackKind::Refuse);
            ended = kind == FallbackKind::Refuse;
        }
        alias.fallback.push_back(std::move(step));
    }
}

void compileCache(Section& section, Alias& alias)
{
    auto cache = section.section("cache", {"exact", "semantic"});
    if (!cache)
        return;
    if (auto exact = cache->section("exact", {"ttl"})) {
        if (exact->require("ttl"))
            alias.cache.exactTtl = exact->duration("ttl");
    }
    if (auto semantic = cache->section("semantic", {"choice", "reason", "owner", "decided", "review_by"})) {
        SemanticCache& chosen = alias.cache.semantic;
        if (semantic->require("choice"))
            chosen.choice =
                semantic->choice<SemanticChoice>("choice", kSemanticChoices).value_or(SemanticChoice::Undecided);
        chosen.reason = semantic->text("reason").value_or(QString());
        chosen.owner = semantic->text("owner").value_or(QString());
        chosen.decided = semantic->date("decided").value_or(QDate());
        chosen.reviewBy = semantic->date("review_by").value_or(QDate());
        // a choice is only one if somebody stands for it and will look at it again
        if (chosen.choice != SemanticChoice::Undecided) {
            for (const char* field : {"reason", "owner", "decided", "review_by"})
                semantic->require(field);
        }
        if (chosen.decided.isValid() && chosen.reviewBy.isValid() && chosen.reviewBy <= chosen.decided)
            semantic->refuse("review_by", QStringLiteral("The review comes after the decision."));
    }
}

void compileLatency(Section& section, Alias& alias)
{
    auto budget = section.section("latency_budget_ms", {"interactive", "streaming", "background", "batch"});
    if (!budget)
        return;
    for (const auto& [word, kind] : kWorkloadWords) {
        if (const auto ms = budget->integer(word, 1, 86'400'000))
            alias.latencyBudget[std::size_t(kind)] = milliseconds(*ms);
    }
}

} // namespace

void compileAliases(Section& root, PolicySnapshot& snapshot)
{
    static constexpr std::array kDegrade{std::pair{"serve", true}, std::pair{"refuse", false}};
    for (Section& section :
        root.sections("aliases", {"name", "purpose", "owner", "candidates", "fallback", "degrade", "on_loss",
                                     "cost_ceiling_usd", "latency_budget_ms", "cache"})) {
        auto alias = std::make_unique<Alias>();
        alias->name = uniqueName(section, snapshot.aliases);
        alias->purpose = section.text("purpose").value_or(QString());
        alias->owner = section.text("owner").value_or(QString());
        compileCandidates(section, snapshot, *alias);
        compileFallback(section, snapshot, *alias);
        alias->degradeServes = section.choice<bool>("degrade", kDegrade).value_or(true);
        alias->onLoss = section.choice<OnLoss>("on_loss", kOnLoss).value_or(OnLoss::Report);
        alias->costCeiling = section.money("cost_ceiling_usd");
        compileLatency(section, *alias);
        compileCache(section, *alias);
        checkFallback(section, *alias);
        snapshot.aliasByName.insert(alias->name, alias.get());
        snapshot.aliases.push_back(std::move(alias));
    }
}

} // namespace gateway::config

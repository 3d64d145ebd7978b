// prices: the book, and what it says of every candidate. Runs when providers, aliases and budgets are compiled.
#include "config/compile_parts.h"

#include <QFile>

#include <algorithm>

namespace gateway::config {
namespace {

constexpr qint64 kLargestBook = 4 << 20; // as a config file

PriceBook::Ptr bookOf(Section& prices, const QString& name, Problems& problems)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly)) {
        prices.refuse("book", QStringLiteral("The file %1 cannot be read.").arg(name));
        return nullptr;
    }
    return PriceBook::parse(name, file.read(kLargestBook + 1), problems);
}

// Every candidate of the snapshot, of fallback steps as well.
template <typename Visit>
void eachCandidate(PolicySnapshot& snapshot, Visit visit)
{
    for (const auto& alias : snapshot.aliases) {
        for (Candidate& candidate : alias->candidates)
            visit(*alias, candidate);
        for (FallbackStep& step : alias->fallback) {
            if (step.candidate.provider)
                visit(*alias, step.candidate);
        }
    }
}

void priceCandidates(PolicySnapshot& snapshot)
{
    QHash<QString, int> indexes;
    eachCandidate(snapshot, [&](const Alias&, Candidate& candidate) {
        const QString& provider = candidate.provider->name;
        const QString kind = nameOf(candidate.provider->kind);
        const auto known = indexes.constFind(provider + u'/' + candidate.model);
        candidate.index = known != indexes.constEnd() ? *known : int(indexes.size());
        indexes.insert(provider + u'/' + candidate.model, candidate.index);
        candidate.prices = snapshot.prices->history(provider, kind, candidate.model);
        candidate.facts = snapshot.prices->facts(provider, kind, candidate.model);
    });
    snapshot.candidateCount = int(indexes.size());
}

// A budget of a tenant, feature or agent may meet a call of any alias.
bool mayCover(const UsageScope& scope, const Alias& alias, const Candidate& candidate)
{
    return (scope.alias.isEmpty() || scope.alias == alias.name) &&
           (scope.provider.isEmpty() || scope.provider == candidate.provider->name);
}

void warnOfUnpriced(PolicySnapshot& snapshot)
{
    QStringList unpriced;
    QStringList refused;
    const auto add = [](QStringList& list, const QString& name) {
        if (!list.contains(name))
            list.append(name);
    };
    eachCandidate(snapshot, [&](const Alias& alias, const Candidate& candidate) {
        if (!candidate.prices.empty())
            return;
        const bool limited =
            alias.costCeiling ||
            std::any_of(snapshot.budgets.begin(), snapshot.budgets.end(), [&](const BudgetPolicy& budget) {
                return budget.atLimit != AtLimit::Warn && mayCover(budget.scope, alias, candidate);
            });
        add(unpriced, candidate.label);
        if (limited)
            add(refused, candidate.label);
    });
    if (!unpriced.isEmpty())
        snapshot.warnings.append(
            QStringLiteral("The price book has no price for %1; what calls to them cost is not known.")
                .arg(unpriced.join(QStringLiteral(", "))));
    if (!refused.isEmpty())
        snapshot.warnings.append(QStringLiteral(
            "Calls to %1 are refused where a budget or a cost ceiling applies, because no price is known.")
                                     .arg(refused.join(QStringLiteral(", "))));
}

// A row for nobody is most likely a misspelt name. Our own book prices providers that are not configured here.
void warnOfForeignRows(PolicySnapshot& snapshot)
{
    QStringList foreign;
    const auto look = [&](const QString& owner) {
        const bool known =
            providerKindFromName(owner) || std::any_of(snapshot.providers.begin(), snapshot.providers.end(),
                                               [&](const auto& provider) { return provider->name == owner; });
        if (!known && !foreign.contains(owner))
            foreign.append(owner);
    };
    for (const Price& price : snapshot.prices->prices())
        look(price.provider);
    for (const ModelFacts& facts : snapshot.prices->models())
        look(facts.provider);
    if (!foreign.isEmpty())
        snapshot.warnings.append(QStringLiteral("The price book speaks of %1, which is no provider here and no kind.")
                                     .arg(foreign.join(QStringLiteral(", "))));
}

} // namespace

void compilePrices(Section& root, PolicySnapshot& snapshot, Problems& problems)
{
    snapshot.prices = PriceBook::builtin();
    if (auto prices = root.section("prices", {"book"})) {
        snapshot.priceBook = prices->text("book").value_or(snapshot.priceBook);
        if (snapshot.priceBook != QLatin1String("builtin"))
            snapshot.prices = bookOf(*prices, snapshot.priceBook, problems);
    }
}

void applyPrices(PolicySnapshot& snapshot)
{
    priceCandidates(snapshot);
    warnOfUnpriced(snapshot);
    warnOfForeignRows(snapshot);
}

} // namespace gateway::config

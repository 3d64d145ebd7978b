#include "config/price_book.h"

#include "config/price_book_rows.h"

#include <QCryptographicHash>
#include <QFile>
#include <QSet>

#include <algorithm>
#include <array>

// A resource in a static library is registered only when somebody asks; the macro wants the global namespace.
static void registerPrices()
{
    Q_INIT_RESOURCE(config_prices);
}

namespace gateway::config {
namespace {

constexpr QChar kAny = u'*';

// What a provider calls the service that everybody gets.
constexpr std::array kStandard{"default", "standard", "standard_only", "on_demand"};
// SERVICE_TIER_FLEX, ON_DEMAND_PRIORITY: Google's spellings of flex and priority
constexpr std::array kTierPrefixes{"service_tier_", "on_demand_"};

QString keyOf(const QString& provider, const QString& model)
{
    return provider + QChar::Null + model;
}

void notePrefix(QHash<QString, std::vector<qsizetype>>& prefixes, const QString& provider, const QString& model)
{
    if (!model.endsWith(kAny))
        return;
    auto& lengths = prefixes[provider];
    const qsizetype length = model.size() - 1;
    const auto at = std::lower_bound(lengths.begin(), lengths.end(), length, std::greater<>());
    if (at == lengths.end() || *at != length)
        lengths.insert(at, length);
}

const Rates& ratesAt(const Rates& base, const std::vector<Tier>& tiers, qint64 inputTokens)
{
    const Rates* found = &base;
    for (const Tier& tier : tiers) {
        if (inputTokens > tier.aboveInputTokens)
            found = &tier.rates;
    }
    return *found;
}

} // namespace

QByteArray tierName(QByteArrayView word)
{
    QByteArray name = word.toByteArray().toLower();
    for (const char* prefix : kTierPrefixes) {
        if (name.startsWith(prefix))
            name.remove(0, qsizetype(qstrlen(prefix)));
    }
    const bool standard =
        std::any_of(kStandard.begin(), kStandard.end(), [&](const char* each) { return name == each; });
    return standard || name == "unspecified" ? QByteArray() : name;
}

const Rates& Price::at(qint64 inputTokens) const
{
    return ratesAt(rates, tiers, inputTokens);
}

const Rates* Price::at(qint64 inputTokens, QByteArrayView word) const
{
    const QByteArray name = tierName(word);
    if (name.isEmpty() || name == "auto")
        return &at(inputTokens);
    const ServiceTier* tier = serviceTier(name);
    return tier ? &ratesAt(tier->rates, tier->tiers, inputTokens) : nullptr;
}

const ServiceTier* Price::serviceTier(const QByteArray& name) const
{
    const ServiceTier* any = nullptr;
    for (const ServiceTier& tier : serviceTiers) {
        if (tier.name == name)
            return &tier;
        if (tier.name == "*")
            any = &tier;
    }
    return any;
}

PriceBook::Ptr PriceBook::parse(const QString& name, const QByteArray& yaml, Problems& problems)
{
    const qsizetype before = problems.size();
    const auto file = parseConfig(name, yaml, problems);
    if (!file)
        return nullptr;
    Reader reader(name, problems);
    Section root(reader, file->root, {}, {"version", "prices", "models"});
    std::shared_ptr<PriceBook> book(new PriceBook);
    if (root.require("version"))
        book->m_version = root.name("version").value_or(QString());
    book->m_version +=
        u'+' + QString::fromLatin1(QCryptographicHash::hash(yaml, QCryptographicHash::Sha256).toHex().left(12));

    root.require("prices");
    for (Section& section : priceRows(root)) {
        const Price row = priceOf(section);
        for (const auto& [provider, model] : subjectsOf(section)) {
            Price price = row;
            price.provider = provider;
            price.model = model;
            Rows& rows = book->m_pricesOf[keyOf(provider, model)];
            for (const std::size_t other : rows) {
                if (row.validFrom.isValid() && book->m_prices[other].validFrom == row.validFrom)
                    section.refuse("valid_from", QStringLiteral("The model has a price from this day on already."));
            }
            const auto at = std::find_if(rows.begin(), rows.end(),
                [&](std::size_t other) { return book->m_prices[other].validFrom < row.validFrom; });
            rows.insert(at, book->m_prices.size());
            notePrefix(book->m_pricePrefixes, provider, model);
            book->m_prices.push_back(std::move(price));
        }
    }
    for (Section& section : modelRows(root)) {
        const ModelFacts row = factsOf(section);
        for (const auto& [provider, model] : subjectsOf(section)) {
            ModelFacts facts = row;
            facts.provider = provider;
            facts.model = model;
            Rows& rows = book->m_factsOf[keyOf(provider, model)];
            if (!rows.empty())
                section.refuse("model", QStringLiteral("The model stands here already."));
            rows = {book->m_models.size()};
            notePrefix(book->m_factPrefixes, provider, model);
            book->m_models.push_back(std::move(facts));
        }
    }
    return problems.size() == before ? book : nullptr;
}

PriceBook::Ptr PriceBook::builtin()
{
    static const Ptr book = [] {
        registerPrices();
        QFile file(QStringLiteral(":/config/prices/builtin.yaml"));
        Problems problems;
        Ptr read =
            file.open(QIODevice::ReadOnly) ? parse(QStringLiteral("builtin"), file.readAll(), problems) : nullptr;
        if (!read)
            qFatal("The built-in price book is wrong: %s", qPrintable(describe(problems)));
        return read;
    }();
    return book;
}

// visit() is given the rows until it says that it has what it wants
template <typename Visit>
void PriceBook::matches(const QHash<QString, Rows>& rows, const QHash<QString, std::vector<qsizetype>>& prefixes,
    const QString& provider, const QString& kind, const QString& model, Visit visit)
{
    const bool written = model.endsWith(kAny);  // an id that looks like a prefix is none
    const auto of = [&](const QString& owner) { // true: visit() has what it wants
        const auto exact = rows.constFind(keyOf(owner, model));
        if (!written && exact != rows.constEnd() && visit(*exact))
            return true;
        for (const qsizetype length : prefixes.value(owner)) {
            if (length > model.size())
                continue;
            const auto found = rows.constFind(keyOf(owner, model.left(length) + kAny));
            if (found != rows.constEnd() && visit(*found))
                return true;
        }
        return false;
    };
    if (!of(provider) && kind != provider)
        of(kind);
}

const Price* PriceBook::find(const QString& provider, const QString& kind, const QString& model, QDate on) const
{
    const Price* found = nullptr;
    matches(m_pricesOf, m_pricePrefixes, provider, kind, model, [&](const Rows& rows) {
        for (const std::size_t row : rows) {
            if (m_prices[row].validFrom <= on) {
                found = &m_prices[row];
                return true;
            }
        }
        return false;
    });
    return found;
}

std::vector<const Price*> PriceBook::history(const QString& provider, const QString& kind, const QString& model) const
{
    QSet<QDate> days;
    matches(m_pricesOf, m_pricePrefixes, provider, kind, model, [&](const Rows& rows) {
        for (const std::size_t row : rows)
            days.insert(m_prices[row].validFrom);
        return false;
    });
    std::vector<QDate> falling(days.begin(), days.end());
    std::sort(falling.begin(), falling.end(), std::greater<>());
    std::vector<const Price*> list;
    for (const QDate day : falling) {
        const Price* price = find(provider, kind, model, day);
        if (list.empty() || list.back() != price)
            list.push_back(price);
    }
    return list;
}

const ModelFacts* PriceBook::facts(const QString& provider, const QString& kind, const QString& model) const
{
    const ModelFacts* found = nullptr;
    matches(m_factsOf, m_factPrefixes, provider, kind, model, [&](const Rows& rows) {
        found = &m_models[rows.front()];
        return true;
    });
    return found;
}

} // namespace gateway::config

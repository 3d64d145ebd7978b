#include "config/price_book.h"

#include "config/section.h"

#include <QCryptographicHash>
#include <QFile>
#include <QSet>

#include <algorithm>

// A resource in a static library is registered only when somebody asks; the macro wants the global namespace.
static void registerPrices()
{
    Q_INIT_RESOURCE(config_prices);
}

namespace gateway::config {
namespace {

constexpr QChar kAny = u'*';
constexpr qint64 kMostTokens = 1'000'000'000'000;

#define RATE_FIELDS                                                                                                    \
    "input_usd_per_million", "output_usd_per_million", "cache_read_usd_per_million", "cache_write_5m_usd_per_million", \
        "cache_write_1h_usd_per_million", "reasoning_usd_per_million", "audio_input_usd_per_million",                  \
        "audio_output_usd_per_million"

QString keyOf(const QString& provider, const QString& model)
{
    return provider + QChar::Null + model;
}

Rates ratesOf(Section& section)
{
    Rates rates;
    for (const char* field : {"input_usd_per_million", "output_usd_per_million"})
        section.require(field);
    rates.input = section.money("input_usd_per_million").value_or(api::Money());
    rates.output = section.money("output_usd_per_million").value_or(api::Money());
    rates.cacheRead = section.money("cache_read_usd_per_million").value_or(rates.input);
    rates.cacheWrite5m = section.money("cache_write_5m_usd_per_million").value_or(rates.input);
    rates.cacheWrite1h = section.money("cache_write_1h_usd_per_million").value_or(rates.cacheWrite5m);
    rates.reasoning = section.money("reasoning_usd_per_million").value_or(rates.output);
    rates.audioInput = section.money("audio_input_usd_per_million").value_or(rates.input);
    rates.audioOutput = section.money("audio_output_usd_per_million").value_or(rates.output);
    return rates;
}

// provider and model of a row; a * may end the model and stand nowhere else
void identify(Section& section, QString& provider, QString& model)
{
    if (section.require("provider"))
        provider = section.name("provider").value_or(QString());
    if (!section.require("model"))
        return;
    model = section.text("model").value_or(QString());
    const qsizetype star = model.indexOf(kAny);
    if (star >= 0 && star != model.size() - 1)
        section.refuse("model", QStringLiteral("A * may only end a model id; it then stands for any ending."));
    for (const QChar c : model) {
        if (c.unicode() < 0x21 || c.unicode() == 0x7f) {
            section.refuse("model", QStringLiteral("A model id has no spaces and no control characters."));
            break;
        }
    }
}

Price priceOf(Section& section)
{
    Price price;
    identify(section, price.provider, price.model);
    if (section.require("valid_from"))
        price.validFrom = section.date("valid_from").value_or(QDate());
    price.rates = ratesOf(section);
    for (Section& entry : section.sections("tiers", {"above_input_tokens", RATE_FIELDS})) {
        Tier tier;
        if (entry.require("above_input_tokens"))
            tier.aboveInputTokens = entry.integer("above_input_tokens", 1, kMostTokens).value_or(0);
        if (!price.tiers.empty() && tier.aboveInputTokens > 0 &&
            tier.aboveInputTokens <= price.tiers.back().aboveInputTokens)
            entry.refuse("above_input_tokens", QStringLiteral("Tiers are written in rising order."));
        tier.rates = ratesOf(entry);
        price.tiers.push_back(tier);
    }
    return price;
}

ModelFacts factsOf(Section& section)
{
    static const QStringList kCapabilities{QStringLiteral("tools"), QStringLiteral("images"),
        QStringLiteral("json_schema"), QStringLiteral("reasoning"), QStringLiteral("audio")};
    ModelFacts facts;
    identify(section, facts.provider, facts.model);
    facts.contextTokens = section.integer("context_tokens", 1, kMostTokens);
    facts.maxOutputTokens = section.integer("max_output_tokens", 1, kMostTokens);
    if (section.has("capabilities")) {
        facts.capabilities = section.texts("capabilities");
        for (const QString& word : *facts.capabilities) {
            if (!kCapabilities.contains(word))
                section.refuseWord("capabilities", word, kCapabilities);
        }
    }
    facts.announced = section.date("announced").value_or(QDate());
    facts.retires = section.date("retires").value_or(QDate());
    facts.successor = section.text("successor").value_or(QString());
    if (facts.announced.isValid() && facts.retires.isValid() && facts.retires < facts.announced)
        section.refuse("retires", QStringLiteral("A model is not retired before its retirement is announced."));
    return facts;
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

} // namespace

const Rates& Price::at(qint64 inputTokens) const
{
    const Rates* found = &rates;
    for (const Tier& tier : tiers) {
        if (inputTokens > tier.aboveInputTokens)
            found = &tier.rates;
    }
    return *found;
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
    for (Section& section : root.sections("prices", {"provider", "model", "valid_from", "tiers", RATE_FIELDS})) {
        Price price = priceOf(section);
        Rows& rows = book->m_pricesOf[keyOf(price.provider, price.model)];
        for (const std::size_t other : rows) {
            if (price.validFrom.isValid() && book->m_prices[other].validFrom == price.validFrom)
                section.refuse("valid_from", QStringLiteral("The model has a price from this day on already."));
        }
        const auto at = std::find_if(rows.begin(), rows.end(),
            [&](std::size_t other) { return book->m_prices[other].validFrom < price.validFrom; });
        rows.insert(at, book->m_prices.size());
        notePrefix(book->m_pricePrefixes, price.provider, price.model);
        book->m_prices.push_back(std::move(price));
    }
    for (Section& section : root.sections("models", {"provider", "model", "context_tokens", "max_output_tokens",
                                                        "capabilities", "announced", "retires", "successor"})) {
        ModelFacts facts = factsOf(section);
        Rows& rows = book->m_factsOf[keyOf(facts.provider, facts.model)];
        if (!rows.empty())
            section.refuse("model", QStringLiteral("The model stands here already."));
        rows = {book->m_models.size()};
        notePrefix(book->m_factPrefixes, facts.provider, facts.model);
        book->m_models.push_back(std::move(facts));
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

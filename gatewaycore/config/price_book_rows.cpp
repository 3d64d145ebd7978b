#include "config/price_book_rows.h"

#include "config/scalars.h"

#include <algorithm>
#include <array>

namespace gateway::config {
namespace {

constexpr QChar kAny = u'*';
constexpr qint64 kMostTokens = 1'000'000'000'000;
constexpr std::size_t kMostInList = 64; // a row stands for every pair of its providers and models

#define RATE_FIELDS                                                                                                    \
    "input_usd_per_million", "output_usd_per_million", "cache_read_usd_per_million", "cache_write_5m_usd_per_million", \
        "cache_write_30m_usd_per_million", "cache_write_1h_usd_per_million", "cache_write_12h_usd_per_million",        \
        "reasoning_usd_per_million", "audio_input_usd_per_million", "audio_output_usd_per_million",                    \
        "image_input_usd_per_million"

constexpr std::array kRates{&Rates::input, &Rates::output, &Rates::cacheRead, &Rates::cacheWrite5m,
    &Rates::cacheWrite30m, &Rates::cacheWrite1h, &Rates::cacheWrite12h, &Rates::reasoning, &Rates::audioInput,
    &Rates::audioOutput, &Rates::imageInput};

// A lifetime that is not stated costs what the next longer one does, else the next shorter one, else input.
void readCacheWrites(Section& section, Rates& rates)
{
    constexpr std::array kLifetimes{std::pair{"cache_write_5m_usd_per_million", &Rates::cacheWrite5m},
        std::pair{"cache_write_30m_usd_per_million", &Rates::cacheWrite30m},
        std::pair{"cache_write_1h_usd_per_million", &Rates::cacheWrite1h},
        std::pair{"cache_write_12h_usd_per_million", &Rates::cacheWrite12h}};
    std::array<std::optional<api::Money>, kLifetimes.size()> stated;
    for (std::size_t i = 0; i < kLifetimes.size(); ++i)
        stated[i] = section.money(kLifetimes[i].first);
    for (std::size_t i = 0; i < kLifetimes.size(); ++i) {
        std::optional<api::Money> found;
        for (std::size_t longer = i; longer < stated.size() && !found; ++longer)
            found = stated[longer];
        for (std::size_t shorter = i; shorter-- > 0 && !found;)
            found = stated[shorter];
        rates.*kLifetimes[i].second = found.value_or(rates.input);
    }
}

Rates ratesOf(Section& section)
{
    Rates rates;
    for (const char* field : {"input_usd_per_million", "output_usd_per_million"})
        section.require(field);
    rates.input = section.money("input_usd_per_million").value_or(api::Money());
    rates.output = section.money("output_usd_per_million").value_or(api::Money());
    rates.cacheRead = section.money("cache_read_usd_per_million").value_or(rates.input);
    readCacheWrites(section, rates);
    rates.reasoning = section.money("reasoning_usd_per_million").value_or(rates.output);
    rates.audioInput = section.money("audio_input_usd_per_million").value_or(rates.input);
    rates.audioOutput = section.money("audio_output_usd_per_million").value_or(rates.output);
    rates.imageInput = section.money("image_input_usd_per_million").value_or(rates.input);
    return rates;
}

std::vector<Tier> tiersOf(Section& section)
{
    std::vector<Tier> tiers;
    for (Section& entry : section.sections("tiers", {"above_input_tokens", RATE_FIELDS})) {
        Tier tier;
        if (entry.require("above_input_tokens"))
            tier.aboveInputTokens = entry.integer("above_input_tokens", 1, kMostTokens).value_or(0);
        if (!tiers.empty() && tier.aboveInputTokens > 0 && tier.aboveInputTokens <= tiers.back().aboveInputTokens)
            entry.refuse("above_input_tokens", QStringLiteral("Tiers are written in rising order."));
        tier.rates = ratesOf(entry);
        tiers.push_back(tier);
    }
    return tiers;
}

// One word or a list of them; each is refused where it is wrong.
template <typename Refusal>
QStringList oneOrMore(Section& section, const char* field, Refusal refusal)
{
    if (!section.require(field))
        return {};
    QStringList words;
    if (section.find(field)->type == Value::Type::List) {
        words = section.texts(field);
        const std::size_t size = section.find(field)->children.size();
        if (size == 0 || size > kMostInList) {
            section.refuse(field, QStringLiteral("A list here has 1 to %1 entries.").arg(kMostInList));
            return {};
        }
    } else if (const auto word = section.text(field)) {
        words = {*word};
    }
    for (const QString& word : words) {
        if (const QString why = refusal(word); !why.isEmpty())
            section.refuse(field, why);
    }
    return words;
}

QString objectionToName(const QString& word)
{
    return isName(word) ? QString()
                        : QStringLiteral("A name has 1 to 64 letters, digits, dots, dashes or underscores.");
}

QString objectionToModel(const QString& model)
{
    const qsizetype star = model.indexOf(kAny);
    if (star >= 0 && star != model.size() - 1)
        return QStringLiteral("A * may only end a model id; it then stands for any ending.");
    for (const QChar c : model) {
        if (c.unicode() < 0x21 || c.unicode() == 0x7f)
            return QStringLiteral("A model id has no spaces and no control characters.");
    }
    return {};
}

QString objectionToTier(const QString& name)
{
    if (name == kAny)
        return {};
    const QByteArray word = tierName(name.toUtf8());
    return word.isEmpty() || word == "auto"
               ? QStringLiteral("The row's own rates are those of the standard tier; auto is a wish and no tier.")
               : objectionToName(name);
}

// Rounded up: a rate must not come out too small. Empty: it does not fit.
std::optional<api::Money> scaled(api::Money rate, api::Money factor)
{
    constexpr qint64 kOne = 1'000'000'000; // nano
    const __int128 product = (__int128(rate.nano()) * factor.nano() + kOne - 1) / kOne;
    return product <= INT64_MAX ? std::optional(api::Money::fromNano(qint64(product))) : std::nullopt;
}

std::optional<Rates> scaled(const Rates& rates, api::Money factor)
{
    Rates result;
    for (const auto rate : kRates) {
        const auto amount = scaled(rates.*rate, factor);
        if (!amount)
            return std::nullopt;
        result.*rate = *amount;
    }
    return result;
}

ServiceTier serviceTierOf(Section& entry, const Price& row)
{
    ServiceTier tier;
    if (!entry.has("multiplier")) {
        tier.rates = ratesOf(entry);
        tier.tiers = tiersOf(entry);
        return tier;
    }
    for (const char* field : {RATE_FIELDS, "tiers"}) {
        if (entry.has(field))
            entry.refuse(field, QStringLiteral("A service tier has a multiplier or rates of its own, not both."));
    }
    const auto factor = entry.money("multiplier");
    const auto base = factor ? scaled(row.rates, *factor) : std::nullopt;
    if (factor && !base)
        entry.refuse("multiplier", QStringLiteral("The multiplier is too large."));
    tier.rates = base.value_or(Rates());
    for (const Tier& above : row.tiers) {
        if (const auto rates = factor ? scaled(above.rates, *factor) : std::nullopt)
            tier.tiers.push_back({above.aboveInputTokens, *rates});
        else if (base)
            entry.refuse("multiplier", QStringLiteral("The multiplier is too large."));
    }
    return tier;
}

} // namespace

std::vector<Section> priceRows(Section& root)
{
    return root.sections("prices", {"provider", "model", "valid_from", "tiers", "service_tiers",
                                       "server_tool_usd_per_thousand", "currency", "source", RATE_FIELDS});
}

std::vector<Section> modelRows(Section& root)
{
    return root.sections("models", {"provider", "model", "context_tokens", "max_output_tokens", "capabilities",
                                       "announced", "retires", "successor"});
}

std::vector<std::pair<QString, QString>> subjectsOf(Section& section)
{
    const QStringList providers = oneOrMore(section, "provider", objectionToName);
    const QStringList models = oneOrMore(section, "model", objectionToModel);
    std::vector<std::pair<QString, QString>> subjects;
    for (const QString& provider : providers) {
        for (const QString& model : models)
            subjects.emplace_back(provider, model);
    }
    return subjects;
}

Price priceOf(Section& section)
{
    Price price;
    if (section.require("valid_from"))
        price.validFrom = section.date("valid_from").value_or(QDate());
    price.rates = ratesOf(section);
    price.tiers = tiersOf(section);
    for (Section& entry : section.sections("service_tiers", {"name", "multiplier", "tiers", RATE_FIELDS})) {
        ServiceTier tier = serviceTierOf(entry, price);
        for (const QString& name : oneOrMore(entry, "name", objectionToTier)) {
            tier.name = name == kAny ? QByteArray("*") : tierName(name.toUtf8());
            if (std::any_of(price.serviceTiers.begin(), price.serviceTiers.end(),
                    [&](const ServiceTier& other) { return other.name == tier.name; }))
                entry.refuse("name", QStringLiteral("The service tier %1 stands here already.").arg(name));
            price.serviceTiers.push_back(tier);
        }
    }
    price.serverToolPerThousand = section.money("server_tool_usd_per_thousand");
    if (const auto currency = section.text("currency"); currency && *currency != QLatin1String("USD"))
        section.refuse("currency", QStringLiteral("Prices are in US dollars (USD)."));
    section.text("source"); // for people
    return price;
}

ModelFacts factsOf(Section& section)
{
    static const QStringList kCapabilities{QStringLiteral("tools"), QStringLiteral("images"),
        QStringLiteral("json_schema"), QStringLiteral("reasoning"), QStringLiteral("audio")};
    ModelFacts facts;
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

} // namespace gateway::config

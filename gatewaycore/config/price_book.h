// PriceBook: dated prices and what is known of models, as read from a file or built in (contract.md, "Price book").
//
// A price row:
//   provider, model     a provider's name or a kind, and a model id; each may be a list: one row for all of them
//   valid_from          the day from which it is in force; a newer row replaces it
//   input_usd_per_million, output_...          required; an explicit 0 is a price
//   cache_read_...                             else input
//   cache_write_5m_ _30m_ _1h_ _12h_...        a lifetime that is not stated costs what the next longer one does, else
//                                              the next shorter one, else input: no write is priced too low
//   reasoning_... audio_output_...             else output
//   audio_input_... image_input_...            else input
//   tiers: [{above_input_tokens: N, ...}]      strictly more input re-prices the whole call; states its own buckets
//   service_tiers: [{name: priority, multiplier: "2"}]   what the provider calls another class of service. Either a
//                                              multiplier of every rate of the row, or rates (and tiers) of its own.
//                                              `name` may be a list; "*" stands for every name the row does not state
//   server_tool_usd_per_thousand               per 1,000 calls of tools that the provider runs; not stated: unknown
//   currency, source                           USD (nothing else is known), and where the row was read
// A model row (`models:`) says what routing may ask: context_tokens, max_output_tokens, capabilities, announced,
// retires, successor; provider and model as above. A model that has no price row has no price.
//
// A row's model is matched whole: gpt-6-luna says nothing of gpt-6-luna-mini. Only a row that says so itself, by a *
// at the end of its model, stands for every model that begins with what is before it ("sim-*", "gpt-6-luna-20*"). Among
// the rows in force on a day a provider's name wins over its kind, then a whole match over a prefix, then the longer
// prefix, then the newer date.
// Immutable after parse(); any thread.
#pragma once

#include "api/money.h"
#include "config/problem.h"

#include <QDate>
#include <QHash>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace gateway::config {

struct Rates // USD per million tokens
{
    api::Money input;
    api::Money output;
    api::Money cacheRead;
    api::Money cacheWrite5m;
    api::Money cacheWrite30m;
    api::Money cacheWrite1h;
    api::Money cacheWrite12h;
    api::Money reasoning;
    api::Money audioInput;
    api::Money audioOutput;
    api::Money imageInput;
};

struct Tier
{
    qint64 aboveInputTokens = 0; // strictly more: the whole call has these rates
    Rates rates;
};

struct ServiceTier
{
    QByteArray name; // lower case, as tierName() gives it; "*": any other
    Rates rates;
    std::vector<Tier> tiers; // rising
};

// A provider's or caller's word for a class of service in one spelling: lower case; "" for what everybody gets
// (default, standard, standard_only, on_demand, and nothing at all); "auto" stays.
QByteArray tierName(QByteArrayView word);

struct Price
{
    QString provider; // a provider's name, or a kind
    QString model;
    QDate validFrom;
    Rates rates;
    std::vector<Tier> tiers; // rising
    std::vector<ServiceTier> serviceTiers;
    std::optional<api::Money> serverToolPerThousand; // empty: not known

    const Rates& at(qint64 inputTokens) const;
    // The rates of a call that was served in this class; "auto" tells nothing and counts as standard. nullptr: the row
    // does not say what this class costs.
    const Rates* at(qint64 inputTokens, QByteArrayView serviceTier) const;
    const ServiceTier* serviceTier(const QByteArray& name) const;
};

// What routing may ask of a model. Unknown members are unknown, not zero and not "no".
struct ModelFacts
{
    QString provider;
    QString model;
    std::optional<qint64> contextTokens;
    std::optional<qint64> maxOutputTokens;
    std::optional<QStringList> capabilities; // tools, images, json_schema, reasoning, audio; empty optional: unknown
    QDate announced;
    QDate retires;
    QString successor;
};

class PriceBook
{
public:
    using Ptr = std::shared_ptr<const PriceBook>;
    // nullptr, with problems, if the text is not a price book.
    static Ptr parse(const QString& file, const QByteArray& yaml, Problems& problems);
    static Ptr builtin();

    const Price* find(const QString& provider, const QString& kind, const QString& model, QDate on) const;
    // All that find() gives for this model, newest first: the first whose valid_from is not after a day is in force
    // on that day.
    std::vector<const Price*> history(const QString& provider, const QString& kind, const QString& model) const;
    const ModelFacts* facts(const QString& provider, const QString& kind, const QString& model) const;
    const std::vector<Price>& prices() const { return m_prices; }
    const std::vector<ModelFacts>& models() const { return m_models; }
    const QString& version() const { return m_version; } // "<stated version>+<12 hex of the content's SHA-256>"

private:
    using Rows = std::vector<std::size_t>;
    // The rows that match, best first: each entry has the rows of one provider and one model or prefix.
    template <typename Visit>
    static void matches(const QHash<QString, Rows>& rows, const QHash<QString, std::vector<qsizetype>>& prefixes,
        const QString& provider, const QString& kind, const QString& model, Visit visit);
    PriceBook() = default;

    QString m_version;
    std::vector<Price> m_prices; // one for each provider and model of a row
    std::vector<ModelFacts> m_models;
    QHash<QString, Rows> m_pricesOf;                        // by provider and model as written; newest valid_from first
    QHash<QString, Rows> m_factsOf;                         // one row each
    QHash<QString, std::vector<qsizetype>> m_pricePrefixes; // of a provider: lengths of its prefixes, longest first
    QHash<QString, std::vector<qsizetype>> m_factPrefixes;
};

} // namespace gateway::config

// PriceBook: dated prices and what is known of models, as read from a file or built in (contract.md, "Price book").
// Prices are per million tokens; a bucket without a price of its own has its fallback (input or output; a one-hour
// cache write that of the five minutes) filled in, so that reading needs no cases. A tier re-prices the whole call and
// states its own buckets. An explicit 0 is a price; a model that is not here has none.
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
    api::Money cacheWrite1h; // 30 minutes and 12 hours are priced as the next longer one stated
    api::Money reasoning;
    api::Money audioInput;
    api::Money audioOutput;
};

struct Tier
{
    qint64 aboveInputTokens = 0; // strictly more: the whole call has these rates
    Rates rates;
};

struct Price
{
    QString provider; // a provider's name, or a kind
    QString model;
    QDate validFrom;
    Rates rates;
    std::vector<Tier> tiers; // rising

    const Rates& at(qint64 inputTokens) const;
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
    std::vector<Price> m_prices;
    std::vector<ModelFacts> m_models;
    QHash<QString, Rows> m_pricesOf;                        // by provider and model as written; newest valid_from first
    QHash<QString, Rows> m_factsOf;                         // one row each
    QHash<QString, std::vector<qsizetype>> m_pricePrefixes; // of a provider: lengths of its prefixes, longest first
    QHash<QString, std::vector<qsizetype>> m_factPrefixes;
};

} // namespace gateway::config

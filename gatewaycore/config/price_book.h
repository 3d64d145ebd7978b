// PriceBook: dated prices and what is known of models, as read from a file or built in (contract.md, "Price book").
// Prices are per million tokens; a bucket without a price of its own has its fallback (input or output) filled in, so
// that reading needs no cases. An explicit 0 is a price; a model that is not here has none. A tier re-prices the whole
// call. Immutable after parse(); any thread.
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

    // In force on that day. A provider's name wins over its kind; a longer id than the model's is not a match.
    const Price* find(const QString& provider, const QString& kind, const QString& model, QDate on) const;
    const ModelFacts* facts(const QString& provider, const QString& kind, const QString& model) const;
    const std::vector<Price>& prices() const { return m_prices; }
    const std::vector<ModelFacts>& models() const { return m_models; }
    const QString& version() const { return m_version; } // "<stated version>+<12 hex of the content's SHA-256>"

private:
    PriceBook() = default;
    QString m_version;
    std::vector<Price> m_prices;
    std::vector<ModelFacts> m_models;
    QHash<QString, std::vector<std::size_t>> m_pricesOf; // "provider\0model": newest valid_from first
    QHash<QString, std::size_t> m_factsOf;
};

} // namespace gateway::config

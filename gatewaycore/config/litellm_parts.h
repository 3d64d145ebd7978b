// What the import of a LiteLLM config makes before it is written as text, and the reader of one map of that file, which
// knows what nobody asked for. Private to the import. Values; one thread.
#pragma once

#include "config/config_file.h"
#include "config/litellm_import.h"
#include "config/policy_snapshot.h"

#include <QSet>

namespace gateway::config {

struct ImportedProvider
{
    QString name;
    QString prefix; // LiteLLM's word for it
    ProviderKind kind = ProviderKind::OpenAiCompatible;
    QString baseUrl;
    QString key; // env:NAME, file:PATH
    QString accessKey, secretKey, sessionToken;
    QString region, awsRegion, project;
    std::optional<qint64> requestsPerMinute, tokensPerMinute;
    std::optional<qint64> totalMs, firstByteMs;
    QString budgetUsd, budgetPeriod;
    QString exclusive; // the model whose limits these are; empty: any model may share it

    // The same but for the name: deployments of the same are one provider.
    bool isSame(const ImportedProvider& other) const;
};

struct ImportedCandidate
{
    std::size_t provider = 0;
    QString model;
    double weight = 0;
    int order = 0;
};

struct ImportedStep
{
    QString kind;
    std::optional<ImportedCandidate> candidate;
};

struct ImportedAlias
{
    QString name;
    QString source; // LiteLLM's model_name
    int line = 0;
    std::vector<ImportedCandidate> candidates;
    std::vector<ImportedStep> fallback;
    QString cacheTtl;
};

struct ImportedTenant
{
    QString name;
    std::optional<qint64> requestsPerMinute, tokensPerMinute, concurrency;
};

struct ImportedBudget
{
    QString scope; // "tenant: acme"; empty: the whole gateway
    QString period;
    QString amountUsd;
};

struct ImportedPrice
{
    std::size_t provider = 0;
    QString model, input, output; // USD per million tokens
};

struct ImportedConfig
{
    std::vector<ImportedProvider> providers;
    std::vector<ImportedAlias> aliases;
    std::vector<ImportedTenant> tenants;
    std::vector<ImportedBudget> budgets;
    std::vector<ImportedPrice> prices;
};

QByteArray textOf(const ImportedConfig& config);

using ImportNotes = QVector<ImportNote>;

// One map of the LiteLLM file. Whatever was not asked for by its name when the reader ends is noted as unknown.
class LitellmMap
{
public:
    LitellmMap(const Value* map, QString path, ImportNotes& notes);
    ~LitellmMap();
    Q_DISABLE_COPY_MOVE(LitellmMap)

    const Value* take(const char* name); // nullptr: not there, or null
    QString text(const char* name);
    std::optional<double> number(const char* name);
    std::optional<qint64> integer(const char* name);
    bool flag(const char* name);

    // What is known and has no place, or another one, here. True: it is there.
    bool note(const char* name, ImportKind kind, const QString& sentence);
    void noteHere(ImportKind kind, const QString& sentence, const char* name = nullptr);
    void noteRest(ImportKind kind, const QString& sentence); // all that was not asked for

    const QString& path() const { return m_path; }
    int line() const { return m_map ? m_map->line : 0; }

private:
    const Value* m_map;
    const QString m_path;
    ImportNotes& m_notes;
    QSet<QString> m_taken;
};

} // namespace gateway::config

// The model_list of a LiteLLM config: which provider each deployment needs and which alias it belongs to. Private to
// the import. One thread.
#pragma once

#include "config/litellm_kinds.h"
#include "config/litellm_parts.h"

#include <QHash>

namespace gateway::config {

class LitellmDeployments
{
public:
    LitellmDeployments(
        ImportedConfig& config, ImportNotes& notes, QStringList& environment, const ImportEnvironment& outside);

    // Times and addresses that stand for all deployments; before read().
    void setTimeout(std::optional<qint64> ms) { m_timeoutMs = ms; }
    void setVariables(const Value* map) { m_variables = map; } // environment_variables of the file

    void read(const Value* modelList);
    // The alias that was made of this model_name; npos: none.
    static constexpr std::size_t npos = std::size_t(-1);
    std::size_t aliasOf(const QString& modelName) const;
    std::size_t addAlias(const QString& modelName, int line); // names that are no names of ours are changed, and said

private:
    struct Deployment;
    void readOne(const Value& entry, int index);
    bool readModel(LitellmMap& params, Deployment& deployment);
    void readAddress(LitellmMap& params, Deployment& deployment);
    void readKey(LitellmMap& params, Deployment& deployment);
    void readBedrock(LitellmMap& params, Deployment& deployment);
    void readVertex(LitellmMap& params, Deployment& deployment);
    void readLimits(LitellmMap& params, Deployment& deployment);
    void readOthers(LitellmMap& params);
    bool readInfo(LitellmMap& entry, Deployment& deployment);
    void place(const Deployment& deployment);
    std::size_t providerFor(ImportedProvider provider);

    // A value that has to stand in the config: as it is, or from the environment.
    QString valueOf(LitellmMap& map, const char* name);
    std::optional<QString> outside(const QString& variable) const;
    // A reference for a key: never the key.
    QString keyOf(LitellmMap& map, const char* name, const QString& usualVariable);
    QString refer(const QString& variable);
    QString freshVariable(const QString& wanted);

    ImportedConfig& m_config;
    ImportNotes& m_notes;
    QStringList& m_environment;
    const ImportEnvironment& m_outside;
    const Value* m_variables = nullptr;
    std::optional<qint64> m_timeoutMs;
    QHash<QString, std::size_t> m_aliases; // by model_name
    QHash<QString, QString> m_variableOf;  // of a key in clear, so that the same key has one; never leaves this object
    QSet<QString> m_made;                  // variables that we named
    QHash<QString, int> m_unnamed;         // providers per base of a name
};

} // namespace gateway::config

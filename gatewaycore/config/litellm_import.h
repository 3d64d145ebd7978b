// A LiteLLM proxy's config.yaml as a config of ours. What means the same is carried over; what means nearly the same is
// carried over and said; what has no place here is said and left out. Nothing is dropped in silence: every field of the
// file is either used or named in a note. Keys never go through: a key in clear becomes a reference to the environment,
// the master key and database addresses are not read at all. Pure, but for the environment it is given; any thread.
//
//   model_list            deployments of one model_name are the candidates of an alias; provider/model says the kind;
//                         each distinct key, address, region, limit or timeout makes a provider of its own
//   router_settings       fallbacks become steps; retries, cooldowns and strategies have rules of their own here
//   litellm_settings      fallbacks, timeouts, the cache, a budget of the whole proxy
//   general_settings      nothing: who may use and administer the gateway is not said in a config here
//   default_team_settings, teams    tenants with their quotas and budgets
#pragma once

#include "api/result.h"

#include <QByteArray>
#include <QStringList>
#include <QVector>

#include <functional>
#include <optional>

namespace gateway::config {

enum class ImportKind
{
    Changed, // carried over, and not quite the same
    ToDo,    // somebody has to fill something in
    LeftOut, // it has no place here
    Unknown, // this import does not know the field
};
QString nameOf(ImportKind kind); // changed todo left-out unknown

struct ImportNote
{
    ImportKind kind = ImportKind::Unknown;
    int line = 0;     // in the LiteLLM file; 0: none
    QString field;    // model_list[2].litellm_params.rpm
    QString sentence; // never repeats a value that could be a key
};

struct LitellmImport
{
    QByteArray yaml; // a config that the compiler takes once the environment has its keys
    QVector<ImportNote> notes;
    QStringList environment; // variables that the config refers to
    int aliases = 0;
    int providers = 0;
};

using ImportEnvironment = std::function<std::optional<QByteArray>(const QByteArray& name)>;
ImportEnvironment processEnvironment();

// Invalid: it is not YAML, or not a LiteLLM config at all. The environment is only asked for what has to stand in the
// config itself (addresses, regions), never for keys.
api::Result<LitellmImport> importLitellm(const QByteArray& bytes, const ImportEnvironment& environment);

} // namespace gateway::config

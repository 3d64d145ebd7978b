#include "config/litellm_import.h"

#include "config/litellm_deployments.h"
#include "config/litellm_file.h"

#include "api/money.h"

#include <cmath>

namespace gateway::config {
namespace {

using enum ImportKind;

struct Known
{
    const char* name;
    ImportKind kind;
    const char* sentence;
};

constexpr std::array kRouterSettings{
    Known{"num_retries", LeftOut, "Repetitions follow the provider's retry budget, not a number."},
    Known{"max_retries", LeftOut, "Repetitions follow the provider's retry budget, not a number."},
    Known{"retry_after", LeftOut, "The pause before a repetition follows what the provider says."},
    Known{"retry_policy", LeftOut, "What is repeated follows from the error (decision 0055 and the chain's rules)."},
    Known{"model_group_retry_policy", LeftOut, "What is repeated follows from the error."},
    Known{"allowed_fails", LeftOut, "A breaker takes a candidate out; its thresholds are not configured."},
    Known{"allowed_fails_policy", LeftOut, "A breaker takes a candidate out; its thresholds are not configured."},
    Known{"cooldown_time", LeftOut, "A breaker's pauses grow by themselves; they are not configured."},
    Known{"disable_cooldowns", LeftOut, "Breakers are always on."},
    Known{"enable_pre_call_checks", LeftOut, "What cannot fit a model's context is always filtered before the call."},
    Known{"routing_strategy_args", LeftOut,
        "There are no strategies to tune; candidates are drawn by weight and health."},
    Known{"content_policy_fallbacks", LeftOut, "A request that a provider refuses is not asked elsewhere."},
    Known{"enable_tag_filtering", LeftOut, "Routing by tags has no place here; an alias of its own does it."},
    Known{"redis_host", LeftOut, "Nothing is kept in Redis: one engine keeps its own state."},
    Known{"redis_port", LeftOut, "Nothing is kept in Redis."},
    Known{"redis_password", LeftOut, "Nothing is kept in Redis; the password was not read."},
    Known{"redis_url", LeftOut, "Nothing is kept in Redis; the address was not read."},
    Known{"cache_responses", LeftOut, "A kept answer is a fallback step here (kind: cached)."},
    Known{"caching_groups", LeftOut, "A kept answer belongs to its alias."},
    Known{"set_verbose", LeftOut, "Logs have one level."},
    Known{"debug_level", LeftOut, "Logs have one level."},
    Known{"default_litellm_params", LeftOut, "Requests are not given default parameters; callers state them."},
    Known{"default_priority", LeftOut, "Who waits first follows the call's workload class."},
    Known{"alerting_config", LeftOut, "Alerts leave as webhooks (exports)."},
    Known{"optional_pre_call_checks", LeftOut, "Checks before a call are not chosen one by one."},
    Known{"stream_timeout", LeftOut, "A stream's patience is the provider's first_byte and idle; state them there."},
    Known{"max_fallbacks", LeftOut, "A chain is as long as its steps."},
    Known{"ignore_invalid_deployments", LeftOut, "A config with a problem is never put in force."},
};

constexpr std::array kLibrarySettings{
    Known{"num_retries", LeftOut, "Repetitions follow the provider's retry budget, not a number."},
    Known{"allowed_fails", LeftOut, "A breaker takes a candidate out; its thresholds are not configured."},
    Known{"drop_params", Changed,
        "What a provider cannot be given is always reported with the answer (on_loss: report)."},
    Known{"modify_params", LeftOut, "Requests are translated by fixed rules, each loss is reported."},
    Known{"content_policy_fallbacks", LeftOut, "A request that a provider refuses is not asked elsewhere."},
    Known{"set_verbose", LeftOut, "Logs have one level."},
    Known{"json_logs", LeftOut, "Logs are JSON lines always."},
    Known{"success_callback", LeftOut, "What leaves for other systems is said under exports (OTLP, webhooks)."},
    Known{"failure_callback", LeftOut, "What leaves for other systems is said under exports (OTLP, webhooks)."},
    Known{
        "callbacks", LeftOut, "What leaves for other systems is said under exports; code of one's own is not loaded."},
    Known{"service_callback", LeftOut, "What leaves for other systems is said under exports."},
    Known{"service_callbacks", LeftOut, "What leaves for other systems is said under exports."},
    Known{"langfuse_default_tags", LeftOut, "What leaves for other systems is said under exports."},
    Known{"turn_off_message_logging", LeftOut, "No prompt and no answer is kept unless the config says so (content)."},
    Known{"redact_user_api_key_info", LeftOut, "Keys are in no log and no export."},
    Known{"telemetry", LeftOut, "Nothing is sent to anybody who is not named in the config."},
    Known{"ssl_verify", LeftOut, "Certificates are always verified; tls: {ca: FILE} names an authority of one's own."},
    Known{"force_ipv4", LeftOut, "Addresses are tried as the system resolves them."},
    Known{"default_internal_user_params", LeftOut, "Users of a console are principals (roles, principal issue)."},
    Known{"default_team_params", LeftOut, "Tenants have no defaults; each states its own."},
    Known{"upperbound_key_generate_params", LeftOut, "Credentials are issued one by one (credential issue)."},
    Known{"max_internal_user_budget", LeftOut, "Budgets are of tenants, features, agents, aliases and providers."},
    Known{"internal_user_budget_duration", LeftOut, "Budgets are of tenants, features, agents, aliases and providers."},
    Known{"max_end_user_budget", LeftOut, "Budgets are of tenants, features, agents, aliases and providers."},
    Known{"enable_json_schema_validation", LeftOut, "Answers are not checked against a schema."},
    Known{"public_model_groups", LeftOut, "Every alias that a credential may use is listed."},
    Known{"guardrails", LeftOut, "There are no guardrails."},
    Known{"require_auth_for_metrics_endpoint", LeftOut, "Metrics need the admin token."},
};

constexpr std::array kGeneralSettings{
    Known{"master_key", ToDo, "It was not read. Callers get keys of their own: signalboxctl credential issue."},
    Known{"database_url", LeftOut, "It was not read. The record lies in the data directory."},
    Known{"alerting", LeftOut, "Alerts leave as webhooks (exports)."},
    Known{"alerting_threshold", LeftOut, "Alerts leave as webhooks (exports)."},
    Known{"max_parallel_requests", LeftOut, "Calls at once are limited per caller: quotas, concurrency."},
    Known{"global_max_parallel_requests", LeftOut, "Calls at once are limited per caller: quotas, concurrency."},
    Known{"store_model_in_db", LeftOut, "The config is the file and its revisions."},
    Known{"store_prompts_in_spend_logs", LeftOut, "No prompt is kept unless the config says so (content)."},
    Known{"maximum_spend_logs_retention_period", LeftOut, "audit: {retention: 400d} says how long calls are kept."},
    Known{"custom_auth", LeftOut, "Code of one's own is not loaded; callers have gateway credentials."},
    Known{"key_management_system", LeftOut, "Keys are references: env:NAME, file:PATH."},
    Known{"key_management_settings", LeftOut, "Keys are references: env:NAME, file:PATH."},
    Known{"pass_through_endpoints", LeftOut, "There is no way around the gateway's own paths."},
    Known{"ui_access_mode", LeftOut, "Who may use the console is said under roles."},
    Known{"allowed_routes", LeftOut, "The paths are fixed; scopes are of credentials."},
    Known{"allowed_ips", LeftOut, "Addresses are not filtered here; a firewall does it."},
};

const QLatin1String kEnvironment("os.environ/");

class Importer
{
public:
    Importer(const Value& root, const ImportEnvironment& environment)
        : m_root(&root, {}, m_made.notes), m_deployments(m_config, m_made.notes, m_made.environment, environment)
    {
    }
    LitellmImport run();

private:
    template <typename Table>
    void noteAll(LitellmMap& map, const Table& table)
    {
        for (const Known& row : table)
            map.note(row.name, row.kind, QString::fromLatin1(row.sentence));
    }
    void readVariables(const Value* variables);
    void readRouter(LitellmMap& router);
    void readLibrary(LitellmMap& library);
    void readGroupAliases(const Value* groups);
    void gatherFallbacks(LitellmMap& map, const char* name, bool forContext);
    void gatherDefaults(LitellmMap& map);
    void applyOrders();
    void applyFallbacks();
    void addTarget(ImportedAlias& alias, const ImportedAlias& target, bool& degraded);
    void readCache(LitellmMap& library);
    void readTeams(const Value* teams, const QString& path);
    void readProviderBudgets(LitellmMap& router);
    void addProviderBudgets();
    QString period(const QString& duration, int line, const QString& field);
    void addBudget(const QString& scope, double usd, const QString& duration, int line, const QString& field);
    void note(ImportKind kind, int line, const QString& field, const QString& sentence)
    {
        m_made.notes.append({kind, line, field, sentence});
    }

    struct Fallback
    {
        QString from;
        QStringList to;
        int line = 0;
        QString field;
        bool forContext = false;
    };

    LitellmImport m_made;
    ImportedConfig m_config;
    LitellmMap m_root;
    LitellmDeployments m_deployments;
    std::vector<Fallback> m_fallbacks;
    QStringList m_defaults;                                    // for aliases without a fallback of their own
    std::vector<std::pair<std::size_t, std::size_t>> m_copies; // other names, and what they stand for
    std::optional<qint64> m_timeoutMs;
};

// "30d", "24h", "1mo": the window that comes nearest.
QString Importer::period(const QString& duration, int line, const QString& field)
{
    struct Row
    {
        const char* period;
        std::initializer_list<const char*> durations;
    };
    static const Row rows[] = {{"hour", {"1h", "60m", "3600s"}}, {"day", {"1d", "24h", "86400s"}},
        {"week", {"7d", "1w", "168h"}}, {"month", {"30d", "31d", "28d", "1mo", "720h", ""}},
        {"quarter", {"90d", "3mo"}}, {"year", {"365d", "1y", "12mo"}}};
    for (const Row& row : rows) {
        for (const char* one : row.durations) {
            if (duration != QLatin1String(one))
                continue;
            if (!duration.isEmpty())
                note(Changed, line, field,
                    QStringLiteral("The budget counts by the calendar's %1 in UTC, not %2 from its first use.")
                        .arg(QLatin1String(row.period), duration));
            return QString::fromLatin1(row.period);
        }
    }
    note(
        ToDo, line, field, QStringLiteral("There is no budget period of %1; month is written.").arg(duration.left(20)));
    return QStringLiteral("month");
}

void Importer::addBudget(const QString& scope, double usd, const QString& duration, int line, const QString& field)
{
    QString amount = QString::number(usd, 'f', 6);
    while (amount.endsWith(u'0'))
        amount.chop(1);
    if (amount.endsWith(u'.'))
        amount.chop(1);
    const QString window = period(duration, line, field);
    const bool taken = std::any_of(m_config.budgets.begin(), m_config.budgets.end(),
        [&](const ImportedBudget& one) { return one.scope == scope && one.period == window; });
    if (taken)
        return note(LeftOut, line, field, QStringLiteral("There is a budget of this scope and period already."));
    m_config.budgets.push_back({scope, window, amount});
}

// Their values may be secrets, so they are not carried over; addresses among them are looked up by the deployments.
void Importer::readVariables(const Value* variables)
{
    m_deployments.setVariables(variables);
    if (!variables || variables->type != Value::Type::Map)
        return;
    for (const Value& variable : variables->children)
        note(LeftOut, variable.line, QStringLiteral("environment_variables.") + variable.key,
            QStringLiteral("Its value was not copied; the engine reads its environment."));
}

void Importer::gatherFallbacks(LitellmMap& map, const char* name, bool forContext)
{
    const Value* list = map.take(name);
    if (!list)
        return;
    const QString field = map.path() + u'.' + QLatin1String(name);
    std::vector<const Value*> entries;
    if (list->type == Value::Type::List) {
        for (const Value& entry : list->children)
            entries.push_back(&entry);
    } else {
        entries.push_back(list);
    }
    for (const Value* entry : entries) {
        if (entry->type != Value::Type::Map) {
            note(LeftOut, entry->line, field, QStringLiteral("A map from a model to a list was expected here."));
            continue;
        }
        for (const Value& from : entry->children) {
            Fallback fallback{from.key, {}, from.line, field, forContext};
            if (from.type == Value::Type::Text)
                fallback.to.append(from.text);
            for (const Value& to : from.children) {
                const Value* model = to.type == Value::Type::Map ? to.member(u"model") : &to;
                if (model && model->type == Value::Type::Text)
                    fallback.to.append(model->text);
                if (to.type != Value::Type::Text)
                    note(LeftOut, to.line, field,
                        QStringLiteral("A fallback names a model; other parameters of it were left out."));
            }
            if (fallback.from == QLatin1String("*"))
                m_defaults += fallback.to;
            else
                m_fallbacks.push_back(fallback);
        }
    }
}

void Importer::gatherDefaults(LitellmMap& map)
{
    const Value* list = map.take("default_fallbacks");
    if (!list)
        return;
    for (const Value& one : list->children) {
        if (one.type == Value::Type::Text)
            m_defaults.append(one.text);
    }
}

void Importer::readRouter(LitellmMap& router)
{
    const QString strategy = router.text("routing_strategy");
    if (!strategy.isEmpty() && strategy != QLatin1String("simple-shuffle"))
        router.noteHere(Changed,
            QStringLiteral("Candidates are drawn by weight, less what their failures take from it; there is no %1.")
                .arg(strategy.left(40)),
            "routing_strategy");
    if (const auto seconds = router.number("timeout"); seconds && *seconds > 0)
        m_timeoutMs = std::llround(*seconds * 1000);
    gatherFallbacks(router, "fallbacks", false);
    gatherFallbacks(router, "context_window_fallbacks", true);
    gatherDefaults(router);
    noteAll(router, kRouterSettings);
}

void Importer::readLibrary(LitellmMap& library)
{
    if (const auto seconds = library.number("request_timeout"); seconds && *seconds > 0 && !m_timeoutMs)
        m_timeoutMs = std::llround(*seconds * 1000);
    gatherFallbacks(library, "fallbacks", false);
    gatherFallbacks(library, "context_window_fallbacks", true);
    gatherDefaults(library);
    noteAll(library, kLibrarySettings);
}

// Other names for a model group: each becomes an alias with the same candidates.
void Importer::readGroupAliases(const Value* groups)
{
    if (!groups || groups->type != Value::Type::Map)
        return;
    for (const Value& group : groups->children) {
        const Value* model = group.type == Value::Type::Map ? group.member(u"model") : &group;
        const QString target = model ? model->text : QString();
        const std::size_t of = m_deployments.aliasOf(target);
        const QString field = QStringLiteral("router_settings.model_group_alias.") + group.key;
        if (of == LitellmDeployments::npos) {
            note(LeftOut, group.line, field, QStringLiteral("It stands for a model that is not in the list."));
            continue;
        }
        if (group.type == Value::Type::Map)
            note(Changed, group.line, field,
                QStringLiteral("Every alias is listed to whoever may use it; hidden has no place here."));
        if (m_deployments.aliasOf(group.key) != LitellmDeployments::npos) {
            note(LeftOut, group.line, field, QStringLiteral("There is a model of that name in the list."));
            continue;
        }
        const std::vector<ImportedCandidate> candidates = m_config.aliases[of].candidates;
        const std::size_t at = m_deployments.addAlias(group.key, group.line);
        m_config.aliases[at].candidates = candidates;
        m_copies.emplace_back(at, of);
    }
}

// `order`: those of the lowest are drawn from, the others become steps behind them.
void Importer::applyOrders()
{
    for (ImportedAlias& alias : m_config.aliases) {
        int lowest = std::numeric_limits<int>::max();
        for (const ImportedCandidate& one : alias.candidates)
            lowest = std::min(lowest, one.order);
        std::vector<ImportedCandidate> first;
        std::vector<ImportedCandidate> later;
        for (const ImportedCandidate& one : alias.candidates)
            (one.order == lowest ? first : later).push_back(one);
        const bool nobody = std::none_of(first.begin(), first.end(), [](const auto& one) { return one.weight > 0; });
        for (ImportedCandidate& one : first)
            one.weight = nobody ? 1 : one.weight;
        std::stable_sort(later.begin(), later.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
        alias.candidates = first;
        bool degraded = false;
        for (const ImportedCandidate& one : later) {
            ImportedAlias target;
            target.candidates = {one};
            addTarget(alias, target, degraded);
        }
        if (!later.empty())
            note(Changed, alias.line, QStringLiteral("model_list"),
                QStringLiteral("%1: deployments of a higher order are fallback steps.").arg(alias.source));
    }
}

void Importer::addTarget(ImportedAlias& alias, const ImportedAlias& target, bool& degraded)
{
    const ImportedCandidate& first = alias.candidates.front();
    std::vector<ImportedCandidate> ordered = target.candidates;
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
    for (const ImportedCandidate& one : ordered) {
        const auto same = [&](const ImportedCandidate& other) {
            return other.provider == one.provider && other.model == one.model;
        };
        const bool known = std::any_of(alias.candidates.begin(), alias.candidates.end(), same) ||
                           std::any_of(alias.fallback.begin(), alias.fallback.end(),
                               [&](const ImportedStep& step) { return step.candidate && same(*step.candidate); });
        if (known)
            continue;
        const ImportedProvider& from = m_config.providers[first.provider];
        const ImportedProvider& to = m_config.providers[one.provider];
        const bool sameModel = first.model == one.model;
        const bool elsewhere = from.kind == to.kind && from.region != to.region;
        degraded = degraded || !sameModel;
        alias.fallback.push_back({!sameModel  ? QStringLiteral("smaller-model")
                                  : elsewhere ? QStringLiteral("other-region")
                                              : QStringLiteral("other-provider"),
            one});
    }
}

void Importer::applyFallbacks()
{
    const auto apply = [&](ImportedAlias& alias, const Fallback& fallback) {
        bool degraded = false;
        for (const QString& name : fallback.to) {
            const std::size_t target = m_deployments.aliasOf(name);
            if (target == LitellmDeployments::npos)
                note(LeftOut, fallback.line, fallback.field,
                    QStringLiteral("The fallback of %1 names a model that is not in the list.")
                        .arg(fallback.from.left(80)));
            else if (m_config.aliases[target].name != alias.name)
                addTarget(alias, m_config.aliases[target], degraded);
        }
        if (degraded)
            note(Changed, fallback.line, fallback.field,
                QStringLiteral("%1: another model is a step of kind smaller-model, and its answers say that they are "
                               "degraded; change the kind where it is as good.")
                    .arg(alias.name));
        if (fallback.forContext)
            note(Changed, fallback.line, fallback.field,
                QStringLiteral("%1: the step also follows other failures; after too long a context only a model that "
                               "is known to take more is asked.")
                    .arg(alias.name));
    };
    // those for everything first, then those for long contexts alone
    QSet<QString> served;
    for (const bool forContext : {false, true}) {
        for (const Fallback& fallback : m_fallbacks) {
            if (fallback.forContext != forContext)
                continue;
            const std::size_t at = m_deployments.aliasOf(fallback.from);
            if (at == LitellmDeployments::npos) {
                note(LeftOut, fallback.line, fallback.field,
                    QStringLiteral("%1 is not in the list of models.").arg(fallback.from.left(80)));
                continue;
            }
            if (!forContext)
                served.insert(fallback.from);
            apply(m_config.aliases[at], fallback);
        }
    }
    for (const auto& [copy, of] : m_copies)
        served.insert(m_config.aliases[copy].source);
    for (ImportedAlias& alias : m_config.aliases) {
        if (!m_defaults.isEmpty() && !served.contains(alias.source))
            apply(alias, {alias.source, m_defaults, 0, QStringLiteral("default_fallbacks"), false});
    }
    // another name of a group has the group's fallbacks
    for (const auto& [copy, of] : m_copies) {
        ImportedAlias& alias = m_config.aliases[copy];
        alias.fallback = alias.fallback.empty() ? m_config.aliases[of].fallback : alias.fallback;
    }
}

void Importer::readCache(LitellmMap& library)
{
    const bool on = library.flag("cache");
    LitellmMap params(library.take("cache_params"), QStringLiteral("litellm_settings.cache_params"), m_made.notes);
    const QString type = params.text("type");
    const std::optional<double> ttl = params.number("ttl");
    const QString mode = params.text("mode");
    params.noteRest(
        LeftOut, QStringLiteral("Kept answers lie in the engine's memory; there is no store of one's own for them."));
    if (!on)
        return;
    if (type.contains(QLatin1String("semantic")))
        return library.noteHere(LeftOut,
            QStringLiteral("A cache by similarity is a choice per alias (cache: semantic), with an owner and a reason; "
                           "it is not switched on by an import."),
            "cache");
    if (mode == QLatin1String("default_off"))
        return library.noteHere(
            LeftOut, QStringLiteral("The cache was off unless a call asked for it; it was left out."), "cache");
    const qint64 seconds = std::clamp<qint64>(std::llround(ttl.value_or(60)), 1, 30 * 86'400);
    for (ImportedAlias& alias : m_config.aliases) {
        alias.cacheTtl = QString::number(seconds) + u's';
        alias.fallback.push_back({QStringLiteral("cached"), {}});
    }
    library.noteHere(Changed,
        QStringLiteral("LiteLLM answers from its cache before it asks anybody; here a kept answer is the last step, "
                       "when nobody else could answer."),
        "cache");
}

void Importer::readTeams(const Value* teams, const QString& path)
{
    if (!teams)
        return;
    int index = 0;
    for (const Value& entry : teams->children) {
        LitellmMap team(&entry, QStringLiteral("%1[%2]").arg(path).arg(index++), m_made.notes);
        const QString alias = team.text("team_alias");
        QString name = alias.isEmpty() ? team.text("team_id") : alias;
        team.take("team_id");
        for (QChar& c : name) {
            if (!(c.isLetterOrNumber() && c.unicode() < 0x80) && !QStringLiteral("._-").contains(c))
                c = u'-';
        }
        name = name.left(64);
        const bool taken = std::any_of(m_config.tenants.begin(), m_config.tenants.end(),
            [&](const ImportedTenant& one) { return one.name == name; });
        if (name.isEmpty() || taken) {
            team.noteRest(LeftOut, QStringLiteral("The team has no name of its own."));
            continue;
        }
        ImportedTenant tenant{
            name, team.integer("rpm_limit"), team.integer("tpm_limit"), team.integer("max_parallel_requests")};
        if (tenant.tokensPerMinute)
            team.noteHere(Changed,
                QStringLiteral(
                    "The limit counts input tokens; output tokens have one of their own (output_tokens_per_minute)."),
                "tpm_limit");
        m_config.tenants.push_back(tenant);
        const std::optional<double> budget = team.number("max_budget");
        const QString duration = team.text("budget_duration");
        if (budget && *budget > 0)
            addBudget(QStringLiteral("tenant: ") + name, *budget, duration, entry.line,
                team.path() + QStringLiteral(".max_budget"));
        team.note("models", ToDo,
            QStringLiteral("Which aliases a tenant may use is said when its credentials are issued (--aliases)."));
        team.noteRest(
            LeftOut, QStringLiteral("What leaves for other systems is said under exports, for all tenants alike."));
    }
}

void Importer::readProviderBudgets(LitellmMap& router)
{
    const Value* budgets = router.take("provider_budget_config");
    if (!budgets || budgets->type != Value::Type::Map)
        return;
    for (const Value& one : budgets->children) {
        LitellmMap budget(&one, QStringLiteral("router_settings.provider_budget_config.") + one.key, m_made.notes);
        std::optional<double> limit = budget.number("budget_limit");
        if (const auto stated = budget.number("max_budget"); stated && !limit)
            limit = stated;
        QString duration = budget.text("time_period");
        if (const QString stated = budget.text("budget_duration"); duration.isEmpty())
            duration = stated;
        QStringList names;
        for (const ImportedProvider& provider : m_config.providers) {
            if (provider.prefix == one.key)
                names.append(provider.name);
        }
        if (names.size() == 1 && limit && *limit > 0)
            addBudget(QStringLiteral("provider: ") + names.first(), *limit, duration, one.line, budget.path());
        else
            budget.noteHere(
                ToDo, QStringLiteral("%1 providers here are %2; a budget is of one of them, so it was left out.")
                          .arg(names.size())
                          .arg(one.key.left(40)));
    }
}

void Importer::addProviderBudgets()
{
    for (const ImportedProvider& provider : m_config.providers) {
        if (!provider.budgetUsd.isEmpty())
            addBudget(QStringLiteral("provider: ") + provider.name, provider.budgetUsd.toDouble(),
                provider.budgetPeriod, 0, QStringLiteral("max_budget of ") + provider.exclusive);
    }
}

LitellmImport Importer::run()
{
    LitellmMap router(m_root.take("router_settings"), QStringLiteral("router_settings"), m_made.notes);
    LitellmMap library(m_root.take("litellm_settings"), QStringLiteral("litellm_settings"), m_made.notes);
    LitellmMap general(m_root.take("general_settings"), QStringLiteral("general_settings"), m_made.notes);
    readVariables(m_root.take("environment_variables"));
    readRouter(router);
    readLibrary(library);
    m_deployments.setTimeout(m_timeoutMs);
    m_deployments.read(m_root.take("model_list"));
    applyOrders();
    readGroupAliases(router.take("model_group_alias"));
    applyFallbacks();
    readCache(library);
    readTeams(library.take("default_team_settings"), QStringLiteral("litellm_settings.default_team_settings"));
    readTeams(general.take("default_team_settings"), QStringLiteral("general_settings.default_team_settings"));
    readTeams(m_root.take("teams"), QStringLiteral("teams"));
    readProviderBudgets(router);
    addProviderBudgets();
    const std::optional<double> budget = library.number("max_budget");
    const QString duration = library.text("budget_duration");
    if (budget && *budget > 0)
        addBudget({}, *budget, duration, library.line(), QStringLiteral("litellm_settings.max_budget"));
    noteAll(general, kGeneralSettings);
    general.noteRest(
        LeftOut, QStringLiteral("How the proxy itself is run, and who may use it, is said elsewhere here."));
    m_root.note("include", ToDo, QStringLiteral("Files that are included are not read; import them one by one."));
    for (const char* name :
        {"mcp_servers", "guardrails", "vector_store_registry", "prompts", "credential_list", "search_tools"})
        m_root.note(name, LeftOut, QStringLiteral("This has no place here."));
    if (m_config.tenants.empty()) {
        m_config.tenants.push_back({QStringLiteral("default"), {}, {}, {}});
        note(Changed, 0, QStringLiteral("tenants"),
            QStringLiteral("The file names no teams; one tenant called default is written, to issue credentials for."));
    }
    router.noteRest(Unknown, QStringLiteral("This field is not known to the import and was left out."));
    library.noteRest(Unknown, QStringLiteral("This field is not known to the import and was left out."));
    m_root.noteRest(Unknown, QStringLiteral("This part is not known to the import and was left out."));
    m_made.yaml = textOf(m_config);
    m_made.aliases = int(m_config.aliases.size());
    m_made.providers = int(m_config.providers.size());
    m_made.environment.sort();
    std::stable_sort(m_made.notes.begin(), m_made.notes.end(),
        [](const ImportNote& a, const ImportNote& b) { return a.line < b.line; });
    return m_made;
}

} // namespace

ImportEnvironment processEnvironment()
{
    return [](const QByteArray& name) -> std::optional<QByteArray> {
        if (!qEnvironmentVariableIsSet(name.constData()))
            return std::nullopt;
        return qgetenv(name.constData());
    };
}

api::Result<LitellmImport> importLitellm(const QByteArray& bytes, const ImportEnvironment& environment)
{
    const api::Result<Value> root = readLitellm(bytes);
    if (!root)
        return root.error();
    const Value* models = root->member(u"model_list");
    if (!models || models->type != Value::Type::List)
        return api::failure(
            api::Failure::Invalid, QStringLiteral("This is no config of a LiteLLM proxy: it has no model_list."));
    LitellmImport made = Importer(*root, environment).run();
    if (made.aliases == 0) {
        QString why = made.notes.isEmpty() ? QString() : made.notes.first().sentence;
        return api::failure(
            api::Failure::Invalid, QStringLiteral("No deployment of the list could be carried over."), why);
    }
    return made;
}

} // namespace gateway::config

#include "config/litellm_deployments.h"

#include "config/base_url.h"
#include "config/defaults.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <QUrl>

#include <cmath>

namespace gateway::config {
namespace {

using enum ImportKind;

const QLatin1String kEnvironment("os.environ/");

// What people write where LiteLLM insists on a key and the server takes none.
bool standsForNoKey(const QString& key)
{
    static const QSet<QString> words{QStringLiteral("none"), QStringLiteral("null"), QStringLiteral("fake"),
        QStringLiteral("fake-key"), QStringLiteral("dummy"), QStringLiteral("anything"), QStringLiteral("empty"),
        QStringLiteral("no-key"), QStringLiteral("not-needed"), QStringLiteral("sk-no-key-required"),
        QStringLiteral("sk-1234"), QStringLiteral("na"), QStringLiteral("n/a")};
    return words.contains(key.toLower());
}

QString nameFrom(QString text)
{
    static const QRegularExpression bad(QStringLiteral("[^A-Za-z0-9._-]+"));
    text.replace(bad, QStringLiteral("-"));
    while (text.startsWith(u'-') || text.startsWith(u'.'))
        text.remove(0, 1);
    return text.left(64).isEmpty() ? QStringLiteral("unnamed") : text.left(64);
}

QString variableFrom(const QString& text)
{
    static const QRegularExpression bad(QStringLiteral("[^A-Za-z0-9_]+"));
    QString name = text;
    name.replace(bad, QStringLiteral("_"));
    return name.toUpper();
}

// USD per million tokens from LiteLLM's USD per token, without a binary fraction's tail.
QString perMillion(double perToken)
{
    QString text = QString::number(perToken * 1e6, 'f', 6);
    while (text.endsWith(u'0'))
        text.chop(1);
    if (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

struct Other
{
    const char* name;
    ImportKind kind;
    const char* sentence;
};
// Of litellm_params: what is known and is not carried over.
constexpr std::array kOthers{
    Other{"api_version", LeftOut, "It is not needed: Azure is asked under /openai/v1."},
    Other{
        "organization", LeftOut, "An organisation of OpenAI's is not sent; use a key of that organisation's project."},
    Other{"temperature", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"top_p", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"max_tokens", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"max_completion_tokens", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"seed", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"presence_penalty", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"frequency_penalty", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"reasoning_effort", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"thinking", LeftOut, "Requests are not given default parameters; callers state them."},
    Other{"extra_body", LeftOut, "Requests are not given more fields than their callers sent."},
    Other{"extra_headers", LeftOut, "Requests are not given headers of the config's."},
    Other{"headers", LeftOut, "Requests are not given headers of the config's."},
    Other{"drop_params", LeftOut,
        "What a provider cannot be given is reported with the answer; on_loss: refuse refuses."},
    Other{"additional_drop_params", LeftOut, "What a provider cannot be given is reported with the answer."},
    Other{"allowed_openai_params", LeftOut, "Every parameter that the provider takes is passed on."},
    Other{"max_retries", LeftOut, "Repetitions follow the provider's retry budget, not a number."},
    Other{"num_retries", LeftOut, "Repetitions follow the provider's retry budget, not a number."},
    Other{"cooldown_time", LeftOut, "A breaker takes a candidate out and probes it; its times are not configured."},
    Other{"max_parallel_requests", LeftOut, "Calls at once are limited per caller (quotas), not per provider."},
    Other{"tags", LeftOut, "Routing by tags has no place here; an alias of its own does it."},
    Other{"mock_response", LeftOut, "Answers are not made up; signalbox-sim is a provider for tests."},
    Other{"mock_timeout", LeftOut, "Answers are not made up; signalbox-sim is a provider for tests."},
    Other{"cache_control_injection_points", LeftOut, "Requests are not given cache marks; callers set them."},
    Other{"merge_reasoning_content_in_choices", LeftOut, "Reasoning stays where the caller's dialect has it."},
    Other{"use_in_pass_through", LeftOut, "There is no way around the gateway's own paths."},
    Other{"tenant_id", ToDo, "Entra ID is not spoken; give the provider a key."},
    Other{"client_id", ToDo, "Entra ID is not spoken; give the provider a key."},
    Other{"client_secret", ToDo, "Entra ID is not spoken, and the secret was not copied; give the provider a key."},
    Other{"azure_ad_token", ToDo, "Entra ID is not spoken, and the token was not copied; give the provider a key."},
};

// Kinds of model that have no surface here.
bool hasSurface(const QString& mode)
{
    static const QSet<QString> known{
        QString(), QStringLiteral("chat"), QStringLiteral("embedding"), QStringLiteral("responses")};
    return known.contains(mode);
}

} // namespace

struct LitellmDeployments::Deployment
{
    QString modelName;
    int line = 0;
    ImportedProvider provider;
    QString model;
    const LitellmKind* kind = nullptr;
    QString cloudRegion; // that stood in the model's path
    std::optional<double> weight;
    int order = 0;
    std::optional<double> inputCost, outputCost;
};

LitellmDeployments::LitellmDeployments(
    ImportedConfig& config, ImportNotes& notes, QStringList& environment, const ImportEnvironment& outside)
    : m_config(config), m_notes(notes), m_environment(environment), m_outside(outside)
{
}

std::optional<QString> LitellmDeployments::outside(const QString& variable) const
{
    if (const auto value = m_outside(variable.toUtf8()); value && !value->isEmpty())
        return QString::fromUtf8(*value);
    if (const Value* stated = m_variables ? m_variables->member(variable) : nullptr;
        stated && stated->type == Value::Type::Text && !stated->text.startsWith(kEnvironment))
        return stated->text;
    return std::nullopt;
}

QString LitellmDeployments::valueOf(LitellmMap& map, const char* name)
{
    const QString text = map.text(name);
    if (!text.startsWith(kEnvironment))
        return text;
    const QString variable = text.mid(kEnvironment.size());
    if (const auto value = outside(variable)) {
        map.noteHere(Changed,
            QStringLiteral("What %1 holds now is written out; here it stands in the config.").arg(variable), name);
        return *value;
    }
    map.noteHere(ToDo, QStringLiteral("%1 is not set here, so its value has to be filled in.").arg(variable), name);
    return QStringLiteral("fill-in-") + variable.toLower().replace(u'_', u'-');
}

QString LitellmDeployments::refer(const QString& variable)
{
    if (!m_environment.contains(variable))
        m_environment.append(variable);
    return QStringLiteral("env:") + variable;
}

// Not one that the file itself means something else by.
QString LitellmDeployments::freshVariable(const QString& wanted)
{
    QString name = wanted;
    for (int number = 2; m_environment.contains(name) || m_made.contains(name); ++number)
        name = wanted + u'_' + QString::number(number);
    m_made.insert(name);
    return name;
}

QString LitellmDeployments::keyOf(LitellmMap& map, const char* name, const QString& usualVariable)
{
    const QString text = map.text(name);
    if (text.isEmpty())
        return {};
    if (text.startsWith(kEnvironment))
        return refer(text.mid(kEnvironment.size()));
    QString& variable = m_variableOf[text];
    if (variable.isEmpty())
        variable = freshVariable(usualVariable);
    map.noteHere(ToDo,
        QStringLiteral("A key stood here in clear. It was not copied: put it into the environment as %1.")
            .arg(variable),
        name);
    return refer(variable);
}

// provider/model, and what Bedrock puts between the two.
bool LitellmDeployments::readModel(LitellmMap& params, Deployment& deployment)
{
    QString model = params.text("model");
    const QString stated = params.text("custom_llm_provider");
    const qsizetype slash = model.indexOf(u'/');
    QString prefix = stated.isEmpty() ? model.left(std::max<qsizetype>(slash, 0)) : stated;
    deployment.kind = litellmKind(prefix);
    if (deployment.kind && slash > 0 && model.left(slash) == prefix)
        model = model.mid(slash + 1);
    if (!deployment.kind && stated.isEmpty())
        deployment.kind = litellmKindOfModel(model);
    if (!deployment.kind && slash < 0 && params.take("api_base"))
        deployment.kind = litellmKind(u"openai_like");
    if (model.isEmpty()) {
        params.noteHere(LeftOut, QStringLiteral("The deployment names no model."));
        return false;
    }
    if (!deployment.kind) {
        params.noteHere(LeftOut,
            QStringLiteral("This gateway has no provider of that kind; the deployment was left out."), "model");
        return false;
    }
    if (model.contains(u'*') || deployment.modelName.contains(u'*')) {
        params.noteHere(LeftOut,
            QStringLiteral("A deployment for every model has no place here: aliases are written out."), "model");
        return false;
    }
    deployment.provider.prefix = QString::fromLatin1(deployment.kind->prefix);
    deployment.provider.kind = deployment.kind->kind;
    if (deployment.kind->kind == ProviderKind::Bedrock) {
        static const QRegularExpression route(QStringLiteral("^(converse|converse_like|invoke)/"));
        static const QRegularExpression region(QStringLiteral("^([a-z]{2}(?:-[a-z]+)+-\\d)/"));
        model.remove(route);
        if (const auto match = region.match(model); match.hasMatch()) {
            deployment.cloudRegion = match.captured(1);
            model = model.mid(match.capturedEnd());
        }
        model.remove(route);
    }
    if (deployment.kind->kind == ProviderKind::OpenAi && model.startsWith(QLatin1String("responses/")))
        model = model.mid(10);
    static const QRegularExpression space(QStringLiteral("\\s"));
    if (model.contains(space) || model.size() > 256) {
        params.noteHere(
            LeftOut, QStringLiteral("This is not the id of a model; the deployment was left out."), "model");
        return false;
    }
    deployment.model = model;
    return true;
}

void LitellmDeployments::readAddress(LitellmMap& params, Deployment& deployment)
{
    ImportedProvider& provider = deployment.provider;
    const char* field = params.take("api_base") ? "api_base" : "base_url";
    QString stated = valueOf(params, field);
    if (params.take("base_url") && QLatin1String(field) == QLatin1String("api_base"))
        params.noteHere(LeftOut, QStringLiteral("api_base stands beside it and is used."), "base_url");
    if (stated.isEmpty() && provider.kind == ProviderKind::AzureOpenAi) {
        stated = outside(QStringLiteral("AZURE_API_BASE")).value_or(QStringLiteral("fill-in-azure-api-base"));
        params.noteHere(stated.startsWith(QLatin1String("fill-in-")) ? ToDo : Changed,
            QStringLiteral("LiteLLM takes the address from AZURE_API_BASE; here it stands in the config."));
    }
    if (stated.isEmpty()) {
        provider.baseUrl = QString::fromLatin1(deployment.kind->baseUrl);
        if (provider.baseUrl.isEmpty() && provider.kind == ProviderKind::OpenAiCompatible) {
            provider.baseUrl = QStringLiteral("https://fill-in.invalid/v1");
            params.noteHere(ToDo, QStringLiteral("The deployment states no address; base_url has to be filled in."));
        }
        return;
    }
    if (stated.startsWith(QLatin1String("fill-in-")))
        stated = QStringLiteral("https://%1.invalid").arg(stated);
    // OpenAI's dialect at somebody else's address
    const QString host = QUrl(stated).host();
    if (provider.kind == ProviderKind::OpenAi && !host.endsWith(QLatin1String("openai.com")))
        provider.kind = ProviderKind::OpenAiCompatible;
    QString url = baseUrlFor(provider.kind, stated);
    if (url.startsWith(QLatin1String("http://")) && !mayUsePlainHttp(provider.kind) && !isPrivateHost(host)) {
        url.replace(0, 4, QStringLiteral("https"));
        params.noteHere(ToDo,
            QStringLiteral("The key would travel in clear, so https is written; see that it is spoken there."), field);
    }
    const auto parsed = parseBaseUrl(url);
    if (std::holds_alternative<QString>(parsed)) {
        url = QStringLiteral("https://fill-in.invalid");
        params.noteHere(ToDo,
            QStringLiteral("This address is not taken here (%1); base_url has to be filled in.")
                .arg(std::get<QString>(parsed)),
            field);
    }
    provider.baseUrl = url;
}

void LitellmDeployments::readKey(LitellmMap& params, Deployment& deployment)
{
    ImportedProvider& provider = deployment.provider;
    const QString usual = deployment.kind->keyVariable[0] != 0
                              ? QString::fromLatin1(deployment.kind->keyVariable)
                              : variableFrom(QString::fromLatin1(deployment.kind->prefix)) + QStringLiteral("_API_KEY");
    const bool ownAddress = provider.kind == ProviderKind::OpenAiCompatible || provider.kind == ProviderKind::Ollama;
    if (const Value* stated = params.take("api_key");
        stated && stated->type == Value::Type::Text && ownAddress && standsForNoKey(stated->text)) {
        params.noteHere(Changed, QStringLiteral("It stands for no key, so none is stated."), "api_key");
        return;
    }
    provider.key = keyOf(params, "api_key", usual);
    const bool implied = provider.key.isEmpty() && deployment.kind->keyVariable[0] != 0 &&
                         (!ownAddress || deployment.kind->baseUrl[0] != 0);
    if (implied) {
        provider.key = refer(usual);
        params.noteHere(
            Changed, QStringLiteral("LiteLLM takes the key from %1 by itself; here it is said.").arg(usual));
    }
}

void LitellmDeployments::readBedrock(LitellmMap& params, Deployment& deployment)
{
    ImportedProvider& provider = deployment.provider;
    const bool isBedrock = provider.kind == ProviderKind::Bedrock;
    QString region = valueOf(params, "aws_region_name");
    if (isBedrock) {
        provider.key.clear();
        if (params.take("api_key"))
            provider.key = keyOf(params, "api_key", QStringLiteral("AWS_BEARER_TOKEN_BEDROCK"));
        if (region.isEmpty())
            region = deployment.cloudRegion;
        for (const char* variable : {"AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"}) {
            if (region.isEmpty())
                region = outside(QString::fromLatin1(variable)).value_or(QString());
        }
        if (region.isEmpty()) {
            region = QStringLiteral("us-east-1");
            params.noteHere(
                ToDo, QStringLiteral("The deployment states no region; us-east-1 is written, see that it is right."));
        }
        provider.awsRegion = provider.region = region;
    } else if (!region.isEmpty()) {
        params.noteHere(
            LeftOut, QStringLiteral("Only providers of kind bedrock have a region of AWS."), "aws_region_name");
    }
    struct Row
    {
        const char* field;
        const char* variable;
        QString ImportedProvider::*member;
    };
    for (const Row& row : {Row{"aws_access_key_id", "AWS_ACCESS_KEY_ID", &ImportedProvider::accessKey},
             Row{"aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", &ImportedProvider::secretKey},
             Row{"aws_session_token", "AWS_SESSION_TOKEN", &ImportedProvider::sessionToken}}) {
        if (isBedrock)
            provider.*row.member = keyOf(params, row.field, QString::fromLatin1(row.variable));
        else
            params.note(row.field, LeftOut, QStringLiteral("Only providers of kind bedrock have credentials of AWS."));
    }
    for (const char* field : {"aws_role_name", "aws_session_name", "aws_profile_name", "aws_web_identity_token",
             "aws_sts_endpoint", "aws_external_id", "aws_bedrock_runtime_endpoint"})
        params.note(field, ToDo,
            QStringLiteral(
                "Roles, profiles and endpoints of AWS are not taken; the provider needs a key or an access key."));
    if (!isBedrock || !provider.key.isEmpty())
        return;
    if (provider.accessKey.isEmpty() || provider.secretKey.isEmpty()) {
        provider.accessKey = refer(QStringLiteral("AWS_ACCESS_KEY_ID"));
        provider.secretKey = refer(QStringLiteral("AWS_SECRET_ACCESS_KEY"));
        params.noteHere(Changed,
            QStringLiteral("LiteLLM takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY by itself; here they are said."));
    }
}

void LitellmDeployments::readVertex(LitellmMap& params, Deployment& deployment)
{
    ImportedProvider& provider = deployment.provider;
    if (provider.kind != ProviderKind::Vertex) {
        for (const char* field :
            {"vertex_project", "vertex_location", "vertex_credentials", "vertex_ai_project", "vertex_ai_location"})
            params.note(field, LeftOut, QStringLiteral("Only providers of kind vertex have this."));
        return;
    }
    const char* projectField = params.take("vertex_project") ? "vertex_project" : "vertex_ai_project";
    const char* placeField = params.take("vertex_location") ? "vertex_location" : "vertex_ai_location";
    provider.project = valueOf(params, projectField);
    provider.region = valueOf(params, placeField);
    params.take("vertex_ai_project");
    params.take("vertex_ai_location");
    if (provider.region.isEmpty()) {
        provider.region = outside(QStringLiteral("VERTEXAI_LOCATION")).value_or(QStringLiteral("us-central1"));
        params.noteHere(
            Changed, QStringLiteral("The deployment states no location; %1 is written, as LiteLLM takes it.")
                         .arg(provider.region));
    }
    if (provider.project.isEmpty()) {
        provider.project = outside(QStringLiteral("VERTEXAI_PROJECT")).value_or(QStringLiteral("fill-in-project"));
        params.noteHere(ToDo, QStringLiteral("The deployment states no project; see that the one written is right."));
    }
    const QString credentials = params.text("vertex_credentials");
    if (credentials.startsWith(kEnvironment)) {
        provider.key = refer(credentials.mid(kEnvironment.size()));
        params.noteHere(Changed,
            QStringLiteral("The variable must hold the service account's JSON itself; file:PATH names a file."),
            "vertex_credentials");
    } else if (credentials.startsWith(u'{')) {
        provider.key = keyOf(params, "vertex_credentials", QStringLiteral("VERTEX_CREDENTIALS"));
    } else if (!credentials.isEmpty()) {
        if (QFileInfo(credentials).isReadable()) {
            provider.key = QStringLiteral("file:") + QFileInfo(credentials).absoluteFilePath();
        } else {
            provider.key = refer(QStringLiteral("VERTEX_CREDENTIALS"));
            params.noteHere(ToDo,
                QStringLiteral("The file cannot be read here; key: env:VERTEX_CREDENTIALS is written, file:PATH would "
                               "name the file."),
                "vertex_credentials");
        }
    } else {
        params.noteHere(ToDo, QStringLiteral("Google's application default credentials are not looked for; the "
                                             "provider needs a key (a service account's JSON)."));
    }
}

void LitellmDeployments::readLimits(LitellmMap& params, Deployment& deployment)
{
    ImportedProvider& provider = deployment.provider;
    provider.requestsPerMinute = params.integer("rpm");
    provider.tokensPerMinute = params.integer("tpm");
    const auto seconds = [&](const char* name) -> std::optional<qint64> {
        const auto stated = params.number(name);
        if (!stated)
            return std::nullopt;
        if (*stated > 0 && *stated < 1e7)
            return std::max<qint64>(1, std::llround(*stated * 1000));
        params.noteHere(LeftOut, QStringLiteral("This is no time that a call may take."), name);
        return std::nullopt;
    };
    provider.totalMs = seconds("timeout");
    if (!provider.totalMs)
        provider.totalMs = m_timeoutMs;
    if ((provider.firstByteMs = seconds("stream_timeout")))
        params.noteHere(Changed,
            QStringLiteral("It bounds the time to the first byte, of streams and of whole answers."), "stream_timeout");
    deployment.weight = params.number("weight");
    deployment.order = int(params.number("order").value_or(0));
    if (const auto budget = params.number("max_budget"); budget && *budget > 0) {
        provider.budgetUsd = QString::number(*budget, 'f', 6);
        provider.budgetPeriod = params.text("budget_duration");
    } else {
        params.take("budget_duration");
    }
    // these are the deployment's own: another model at the same provider must not share them
    if (provider.requestsPerMinute || provider.tokensPerMinute || !provider.budgetUsd.isEmpty())
        provider.exclusive = deployment.model;
    if (const QString region = params.text("region_name"); !region.isEmpty() && provider.region.isEmpty())
        provider.region = nameFrom(region);
}

void LitellmDeployments::readOthers(LitellmMap& params)
{
    for (const Other& row : kOthers)
        params.note(row.name, row.kind, QString::fromLatin1(row.sentence));
}

// False: a kind of model that has no surface here.
bool LitellmDeployments::readInfo(LitellmMap& entry, Deployment& deployment)
{
    LitellmMap info(entry.take("model_info"), entry.path() + QStringLiteral(".model_info"), m_notes);
    const QString mode = info.text("mode");
    const auto cost = [&](const char* name, std::optional<double>& into) {
        if (const auto stated = info.number(name); stated && *stated >= 0)
            into = stated;
    };
    cost("input_cost_per_token", deployment.inputCost);
    cost("output_cost_per_token", deployment.outputCost);
    info.note("base_model", LeftOut,
        QStringLiteral("Prices go by the model that is asked for; a deployment with a name of its own needs a row in a "
                       "price book."));
    info.noteRest(LeftOut, QStringLiteral("What is known of a model stands in the price book here (models:)."));
    if (hasSurface(mode))
        return true;
    info.noteHere(LeftOut,
        QStringLiteral("There is no surface for models of mode %1; the deployment was left out.").arg(mode.left(40)),
        "mode");
    return false;
}

void LitellmDeployments::readOne(const Value& entry, int index)
{
    LitellmMap map(&entry, QStringLiteral("model_list[%1]").arg(index), m_notes);
    Deployment deployment;
    deployment.line = entry.line;
    deployment.modelName = map.text("model_name");
    const Value* stated = map.take("litellm_params");
    LitellmMap params(stated, map.path() + QStringLiteral(".litellm_params"), m_notes);
    const bool served = readInfo(map, deployment);
    if (deployment.modelName.isEmpty() || !stated)
        map.noteHere(LeftOut, QStringLiteral("A deployment needs model_name and litellm_params."));
    if (!served || deployment.modelName.isEmpty() || !stated || !readModel(params, deployment)) {
        params.noteRest(LeftOut, QStringLiteral("It belongs to a deployment that was left out."));
        return;
    }
    readAddress(params, deployment);
    if (deployment.provider.kind != ProviderKind::Bedrock && deployment.provider.kind != ProviderKind::Vertex)
        readKey(params, deployment);
    readBedrock(params, deployment);
    readVertex(params, deployment);
    readLimits(params, deployment);
    readOthers(params);
    for (const auto& [name, into] : {std::pair{"input_cost_per_token", &deployment.inputCost},
             std::pair{"output_cost_per_token", &deployment.outputCost}}) {
        if (const auto cost = params.number(name); cost && *cost >= 0)
            *into = cost;
    }
    place(deployment);
}

std::size_t LitellmDeployments::providerFor(ImportedProvider provider)
{
    std::vector<ImportedProvider>& all = m_config.providers;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].isSame(provider))
            return i;
    }
    QString base = provider.prefix;
    base.replace(u'_', u'-');
    if (!provider.region.isEmpty())
        base += u'-' + provider.region;
    base = nameFrom(base).left(58);
    const int number = ++m_unnamed[base];
    provider.name = number == 1 ? base : base + u'-' + QString::number(number);
    all.push_back(std::move(provider));
    return all.size() - 1;
}

std::size_t LitellmDeployments::aliasOf(const QString& modelName) const
{
    return m_aliases.value(modelName, npos);
}

std::size_t LitellmDeployments::addAlias(const QString& modelName, int line)
{
    ImportedAlias alias;
    alias.source = modelName;
    alias.line = line;
    const QString base = nameFrom(modelName);
    alias.name = base;
    const auto isTaken = [&](const QString& name) {
        return std::any_of(m_config.aliases.begin(), m_config.aliases.end(),
            [&](const ImportedAlias& other) { return other.name == name; });
    };
    for (int number = 2; isTaken(alias.name); ++number)
        alias.name = base.left(60) + u'-' + QString::number(number);
    if (alias.name != modelName)
        m_notes.append({ToDo, line, QStringLiteral("model_name"),
            QStringLiteral("\"%1\" is no name of an alias; it is called %2, and callers have to ask for that.")
                .arg(modelName.left(80), alias.name)});
    m_config.aliases.push_back(std::move(alias));
    m_aliases.insert(modelName, m_config.aliases.size() - 1);
    return m_config.aliases.size() - 1;
}

void LitellmDeployments::place(const Deployment& deployment)
{
    const std::size_t provider = providerFor(deployment.provider);
    std::size_t at = aliasOf(deployment.modelName);
    if (at == npos)
        at = addAlias(deployment.modelName, deployment.line);
    std::vector<ImportedCandidate>& candidates = m_config.aliases[at].candidates;
    // -1: nothing was stated; decided when all deployments of the alias are known
    const double limit =
        double(deployment.provider.requestsPerMinute.value_or(deployment.provider.tokensPerMinute.value_or(0)));
    candidates.push_back({provider, deployment.model,
        deployment.weight ? std::max(0.0, *deployment.weight) : -1 - limit, deployment.order});
    if (deployment.inputCost || deployment.outputCost) {
        m_config.prices.push_back({provider, deployment.model, perMillion(deployment.inputCost.value_or(0)),
            perMillion(deployment.outputCost.value_or(0))});
        m_notes.append({ToDo, deployment.line, QStringLiteral("model_list"),
            QStringLiteral("The price of %1 belongs into a price book; its row stands at the end as a comment.")
                .arg(deployment.model.left(80))});
    }
}

void LitellmDeployments::read(const Value* modelList)
{
    int index = 0;
    if (modelList && modelList->type == Value::Type::List) {
        for (const Value& entry : modelList->children)
            readOne(entry, index++);
    }
    for (ImportedAlias& alias : m_config.aliases) {
        std::vector<ImportedCandidate>& candidates = alias.candidates;
        // LiteLLM's simple shuffle: by weight where one is stated, else by the limits, else alike
        const bool weighted =
            std::any_of(candidates.begin(), candidates.end(), [](const auto& one) { return one.weight > 0; });
        const bool limited =
            std::all_of(candidates.begin(), candidates.end(), [](const auto& one) { return one.weight < -1; });
        for (ImportedCandidate& one : candidates)
            one.weight = weighted ? std::max(0.0, one.weight) : limited ? -1 - one.weight : 1;
        const bool whole = std::all_of(
            candidates.begin(), candidates.end(), [](const auto& one) { return one.weight == std::floor(one.weight); });
        double largest = 1;
        for (const ImportedCandidate& one : candidates)
            largest = std::max(largest, one.weight);
        const double factor = (whole ? 1 : 1000) * (largest > 1000 ? 1000 / largest : 1);
        for (ImportedCandidate& one : candidates) {
            if (one.weight > 0)
                one.weight = std::max(1.0, std::round(one.weight * factor));
        }
        // the same candidate twice is one with both weights
        std::vector<ImportedCandidate> distinct;
        for (const ImportedCandidate& one : candidates) {
            const auto same = std::find_if(distinct.begin(), distinct.end(),
                [&](const auto& other) { return other.provider == one.provider && other.model == one.model; });
            if (same == distinct.end())
                distinct.push_back(one);
            else
                same->weight += one.weight;
        }
        candidates = std::move(distinct);
    }
}

} // namespace gateway::config

// route explain: what would be done with a request, without a call. route matrix: what a candidate can be given at all.
#include "table.h"
#include "walk.h"

#include <QFile>
#include <QJsonDocument>

#include <cstdio>

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

struct Wanted
{
    std::string file;
    std::string alias;
    std::string tenant;
    std::string credential;
    std::string feature;
    std::string workloadClass;
    std::string zone;
    std::string ceiling;
    std::optional<qint64> latencyBudgetMs;
};

api::Result<QByteArray> textOf(const std::string& name)
{
    QFile file(QString::fromStdString(name));
    const bool isOpen = name == "-" ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen)
        return api::failure(
            Failure::Invalid, QStringLiteral("%1 cannot be read: %2").arg(file.fileName(), file.errorString()));
    return file.readAll();
}

// A caller's request has a "model", which is the alias it asked for; a question has an "alias".
api::Result<api::RouteQuestion> questionFrom(const QByteArray& text)
{
    const QJsonDocument document = QJsonDocument::fromJson(text);
    if (!document.isObject())
        return api::failure(Failure::Invalid, QStringLiteral("The request is not a JSON object."));
    const QJsonObject json = document.object();
    if (json.contains(QLatin1String("alias")))
        return api::routeQuestionFromJson(json);
    api::RouteQuestion question;
    question.alias = json.value(QLatin1String("model")).toString();
    question.body = QString::fromUtf8(text);
    return question;
}

void override(QString& member, const std::string& given)
{
    if (!given.empty())
        member = QString::fromStdString(given);
}

api::Result<api::RouteQuestion> questionFrom(const Wanted& wanted)
{
    api::RouteQuestion question;
    if (!wanted.file.empty()) {
        const api::Result<QByteArray> text = textOf(wanted.file);
        if (!text)
            return text.error();
        api::Result<api::RouteQuestion> read = questionFrom(*text);
        if (!read)
            return read;
        question = *read;
    }
    override(question.alias, wanted.alias);
    override(question.tenant, wanted.tenant);
    override(question.credential, wanted.credential);
    override(question.feature, wanted.feature);
    override(question.workloadClass, wanted.workloadClass);
    override(question.zone, wanted.zone);
    if (!wanted.ceiling.empty()) {
        question.costCeiling = api::Money::fromDecimal(QString::fromStdString(wanted.ceiling));
        if (!question.costCeiling)
            return api::failure(Failure::Invalid, QStringLiteral("--ceiling is an amount in USD, as 0.05."));
    }
    if (wanted.latencyBudgetMs)
        question.latencyBudgetMs = wanted.latencyBudgetMs;
    if (question.alias.isEmpty())
        return api::failure(
            Failure::Invalid, QStringLiteral("No alias is named: give a request with a \"model\", or --alias."));
    return question;
}

QString scoreText(const QJsonObject& candidate)
{
    const QJsonValue score = candidate.value(QLatin1String("score"));
    return score.isDouble() ? QString::number(qRound64(score.toDouble())) : QString();
}

void printDecision(const QJsonObject& decision)
{
    using enum Table::Align;
    Table table({{"CANDIDATE"}, {"VERDICT"}, {"CODE"}, {"SCORE", Right}, {"REASON"}});
    for (const QJsonValue& value : decision.value(QLatin1String("candidates")).toArray()) {
        const QJsonObject row = value.toObject();
        const auto text = [&row](const char* name) { return row.value(QLatin1String(name)).toString(); };
        table.add({text("provider") + u'/' + text("model") + u'@' + text("region"), text("verdict"), text("code"),
            scoreText(row), text("reason")});
    }
    table.print();
}

void printExplanation(const api::RouteExplanation& explanation)
{
    using enum Table::Align;
    printLine(plain(explanation.sentence));
    if (explanation.estimate)
        printLine(QStringLiteral("It would cost at most %1 USD.").arg(explanation.estimate->toDecimal()));
    printLine({});
    printDecision(explanation.decision);
    if (!explanation.chain.isEmpty()) {
        printLine({});
        Table table({{"STEP", Right}, {"KIND"}, {"CANDIDATE"}, {"WORST CASE", Right}, {"REACHABLE"}, {"REASON"}});
        int number = 0;
        for (const api::ChainStep& step : explanation.chain) {
            table.add({QString::number(++number), step.kind, step.candidate,
                step.worstCaseMs ? QStringLiteral("%1 ms").arg(*step.worstCaseMs) : QString(),
                step.reachable ? QStringLiteral("yes") : QStringLiteral("no"), step.reason});
        }
        table.print();
    }
    if (!explanation.counterfactuals.isEmpty()) {
        printLine({});
        Table table({{"WITHOUT THE FILTER"}, {"WOULD HAVE WON"}, {"IN WORDS"}});
        for (const api::Counterfactual& other : explanation.counterfactuals)
            table.add({other.filter, other.winner.isEmpty() ? QStringLiteral("nobody") : other.winner, other.sentence});
        table.print();
    }
}

void runExplain(Context context, const Wanted& wanted)
{
    const api::Result<api::RouteQuestion> question = questionFrom(wanted);
    if (!question) {
        context.result = fail(question.error());
        return;
    }
    runOne(
        context, [&](const api::GatewayClient& client) { return client.explainRoute(*question); }, &printExplanation,
        [](const api::RouteExplanation& explanation) {
            if (!explanation.isRefused())
                return int(Ok);
            say(QStringLiteral("The call would be refused: %1.").arg(plain(explanation.refusalCode)));
            return int(CheckFailed);
        });
}

struct Matrix
{
    std::string alias;
    std::string surface = "openai.chat";
};

using Candidates = QVector<api::CandidateCapabilities>;

// Those an alias routes to; NotFound when no candidate belongs to it.
api::Result<Candidates> ofAlias(const Candidates& all, const QString& alias)
{
    if (alias.isEmpty())
        return all;
    Candidates some;
    for (const api::CandidateCapabilities& one : all) {
        if (one.aliases.contains(alias))
            some.append(one);
    }
    if (some.isEmpty())
        return api::failure(Failure::NotFound, QStringLiteral("No candidate belongs to an alias named %1.").arg(alias));
    return some;
}

void printMatrix(const Candidates& candidates, const QString& surface)
{
    if (candidates.isEmpty()) {
        say(QStringLiteral("The config has no candidate."));
        return;
    }
    QVector<QByteArray> headings; // outlive the table
    QStringList dialects{QStringLiteral("asked in")};
    for (const api::CandidateCapabilities& one : candidates) {
        headings.append(plain(one.candidate).toUtf8());
        dialects.append(dialectFor(one, surface));
    }
    QVector<Table::Column> columns{{"FEATURE"}};
    for (const QByteArray& heading : headings)
        columns.append({heading.constData()});
    Table table(columns);
    table.add(dialects);
    for (const api::FeatureCarriage& feature : candidates.first().features) {
        QStringList row{feature.name};
        for (const api::CandidateCapabilities& one : candidates) {
            QString word = QStringLiteral("unknown");
            for (const api::FeatureCarriage& its : one.features) {
                if (its.name == feature.name)
                    word = carriageFor(one, its, surface);
            }
            row.append(word);
        }
        table.add(row);
    }
    table.print();
}

void runMatrix(Context context, const Matrix& wanted)
{
    const auto client = context.session.client();
    if (!client) {
        context.result = fail(client.error());
        return;
    }
    const api::Result<Candidates> all = await(client->capabilities());
    const api::Result<Candidates> some = all ? ofAlias(*all, QString::fromStdString(wanted.alias)) : all;
    if (!some)
        context.result = fail(some.error());
    else if (!printAsJson(context.session.options(), *some))
        printMatrix(*some, QString::fromStdString(wanted.surface));
}

} // namespace

void addRoutes(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "route", "Routes");
    auto* explain =
        addCommand(*noun, "explain", "What would be done with a request, without a call; exit 6 if it is refused",
            "signalboxctl route explain --alias fast-summariser --tenant acme");
    const auto wanted = std::make_shared<Wanted>();
    explain->add_option("file", wanted->file, "A caller's request or a question as JSON; - for standard input")
        ->type_name("FILE");
    explain->add_option("--alias", wanted->alias, "The alias; without it the request's model")->type_name("ALIAS");
    explain->add_option("--tenant", wanted->tenant, "Whose call it is")->type_name("TENANT");
    explain->add_option("--credential", wanted->credential, "Id of the credential it would come with")
        ->type_name("CREDENTIAL");
    explain->add_option("--feature", wanted->feature, "The feature it would name")->type_name("F");
    explain->add_option("--class", wanted->workloadClass, "Workload class")
        ->check(CLI::IsMember({"interactive", "streaming", "background", "batch"}))
        ->type_name("CLASS");
    explain->add_option("--zone", wanted->zone, "A tighter zone than the tenant's")->type_name("Z");
    explain->add_option("--ceiling", wanted->ceiling, "Cost ceiling of the call")->type_name("USD");
    explain->add_option("--latency-budget", wanted->latencyBudgetMs, "Latency budget of the call")->type_name("MS");
    explain->callback([context, wanted] { runExplain(context, *wanted); });

    auto* matrix = addCommand(*noun, "matrix",
        "What each candidate can be given: same (the caller's own bytes), carried, lossy (reported) or no (not routed "
        "there)",
        "signalboxctl route matrix --alias fast-summariser --surface anthropic");
    const auto asked = std::make_shared<Matrix>();
    matrix->add_option("--alias", asked->alias, "Only the candidates of this alias")->type_name("ALIAS");
    matrix->add_option("--surface", asked->surface, "The caller's dialect; openai.chat without it")
        ->check(CLI::IsMember(std::vector<std::string>(api::kCallerDialects.begin(), api::kCallerDialects.end())))
        ->type_name("DIALECT");
    matrix->callback([context, asked] { runMatrix(context, *asked); });
}

} // namespace ctl

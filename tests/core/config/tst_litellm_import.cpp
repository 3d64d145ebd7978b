// A LiteLLM config becomes one of ours that the compiler takes, says what it could not carry over, and never carries a
// key. Every field of a file is either used or named in a note.
#include "config/compiler.h"
#include "config/litellm_import.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <yaml-cpp/yaml.h>

using namespace gateway;
using namespace gateway::config;

namespace {

ImportEnvironment nothingSet()
{
    return [](const QByteArray&) { return std::optional<QByteArray>(); };
}

QByteArray sample(const char* name)
{
    QFile file(qEnvironmentVariable("SIGNALBOX_SOURCE", QStringLiteral(".")) +
               QStringLiteral("/tests/corpus/litellm/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

LitellmImport imported(const QByteArray& text, const ImportEnvironment& environment = nothingSet())
{
    auto made = importLitellm(text, environment);
    if (!made)
        qFatal("%s %s", qPrintable(made.error().message), qPrintable(made.error().hint));
    return *made;
}

// As `signalboxd --check` judges it, with the variables set that the import names.
std::unique_ptr<PolicySnapshot> compiled(const LitellmImport& made, Problems& problems)
{
    const KeySource keys([&](const QByteArray& name) {
        return made.environment.contains(QString::fromLatin1(name)) ? std::optional<QByteArray>("key") : std::nullopt;
    });
    const auto file = parseConfig(QStringLiteral("imported"), made.yaml, problems);
    return file ? compile(*file, keys, problems) : nullptr;
}

QString notesOf(const LitellmImport& made)
{
    QStringList lines;
    for (const ImportNote& note : made.notes)
        lines.append(QStringLiteral("%1 %2 %3: %4").arg(note.line).arg(nameOf(note.kind), note.field, note.sentence));
    return lines.join(u'\n');
}

bool hasNote(const LitellmImport& made, ImportKind kind, const QString& field, const QString& words = {})
{
    return std::any_of(made.notes.begin(), made.notes.end(), [&](const ImportNote& note) {
        return note.kind == kind && note.field.endsWith(field) && note.sentence.contains(words);
    });
}

const Provider* providerOf(const PolicySnapshot& snapshot, const QString& name)
{
    for (const auto& provider : snapshot.providers) {
        if (provider->name == name)
            return provider.get();
    }
    return nullptr;
}

} // namespace

class TestLitellmImport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everySampleCompiles_data();
    void everySampleCompiles();
    void noKeyGoesThrough_data();
    void noKeyGoesThrough();
    void everyFieldIsUsedOrNamed_data();
    void everyFieldIsUsedOrNamed();
    void deploymentsBecomeCandidates();
    void fallbacksBecomeSteps();
    void limitsStayTheirOwn();
    void teamsBecomeTenants();
    void addressesComeFromTheEnvironment();
    void serversOfOnesOwn();
    void namesAreMadeNames();
    void whatIsNoConfigIsRefused();
    void anAliasCannotGrowWithoutEnd();
};

static void samples()
{
    QTest::addColumn<QByteArray>("file");
    for (const char* name : {"small.yaml", "fallbacks.yaml", "teams.yaml", "anchors.yaml", "servers.yaml"})
        QTest::newRow(name) << QByteArray(name);
}

void TestLitellmImport::everySampleCompiles_data()
{
    samples();
}

void TestLitellmImport::everySampleCompiles()
{
    QFETCH(QByteArray, file);
    const LitellmImport made = imported(sample(file.constData()));
    Problems problems;
    const auto snapshot = compiled(made, problems);
    QVERIFY2(snapshot, qPrintable(describe(problems) + QString::fromUtf8(made.yaml)));
    QCOMPARE(int(snapshot->aliases.size()), made.aliases);
    QCOMPARE(int(snapshot->providers.size()), made.providers);
}

void TestLitellmImport::noKeyGoesThrough_data()
{
    samples();
}

// Every secret of the samples ends in a number of its own.
void TestLitellmImport::noKeyGoesThrough()
{
    QFETCH(QByteArray, file);
    const QByteArray text = sample(file.constData());
    const LitellmImport made = imported(text);
    const QByteArray all = made.yaml + notesOf(made).toUtf8() + made.environment.join(u' ').toUtf8();
    for (const char* secret : {"0001", "0002", "0003", "0004", "0005", "0006"})
        QVERIFY2(!all.contains(secret), secret);
    QVERIFY(!all.contains("postgresql://"));
}

void TestLitellmImport::everyFieldIsUsedOrNamed_data()
{
    samples();
}

// A field that nobody knows, put at every place of the file, is named every time.
void TestLitellmImport::everyFieldIsUsedOrNamed()
{
    QFETCH(QByteArray, file);
    YAML::Node root = YAML::Load(sample(file.constData()).toStdString());
    root["zz_root"] = 1;
    int expected = 1;
    for (const char* part : {"router_settings", "litellm_settings", "general_settings"}) {
        if (root[part]) {
            root[part]["zz_part"] = 1;
            ++expected;
        }
    }
    for (YAML::Node entry : root["model_list"]) {
        YAML::Node params = YAML::Clone(entry["litellm_params"]); // an anchor's map is shared
        params["zz_params"] = 1;
        entry["litellm_params"] = params;
        entry["zz_entry"] = 1;
        expected += 2;
    }
    YAML::Emitter out;
    out << root;
    const LitellmImport made = imported(QByteArray(out.c_str()));
    int named = 0;
    for (const ImportNote& note : made.notes)
        named += note.field.contains(QLatin1String("zz_"));
    QVERIFY2(named == expected, qPrintable(QStringLiteral("%1 of %2\n").arg(named).arg(expected) + notesOf(made)));
}

void TestLitellmImport::deploymentsBecomeCandidates()
{
    const LitellmImport made = imported(sample("small.yaml"));
    Problems problems;
    const auto snapshot = compiled(made, problems);
    QVERIFY2(snapshot, qPrintable(describe(problems)));
    const Alias* alias = snapshot->aliasByName.value(QStringLiteral("gpt-4o"));
    QVERIFY(alias);
    QCOMPARE(alias->candidates.size(), 2u);
    QCOMPARE(alias->candidates[0].provider->kind, ProviderKind::OpenAi);
    QCOMPARE(alias->candidates[0].provider->keyReference, QStringLiteral("env:OPENAI_API_KEY"));
    QCOMPARE(alias->candidates[0].weight, 1);
    const Provider& azure = *alias->candidates[1].provider;
    QCOMPARE(azure.kind, ProviderKind::AzureOpenAi);
    QCOMPARE(azure.baseUrl, QStringLiteral("https://acme-eu.openai.azure.com"));
    QCOMPARE(azure.region, QStringLiteral("westeurope"));
    QCOMPARE(azure.keyReference, QStringLiteral("env:AZURE_API_KEY")); // it stood in clear
    QVERIFY2(hasNote(made, ImportKind::ToDo, QStringLiteral("api_key"), QStringLiteral("AZURE_API_KEY")),
        qPrintable(notesOf(made)));
    QVERIFY(hasNote(made, ImportKind::ToDo, QStringLiteral("general_settings.master_key")));
    QCOMPARE(
        snapshot->aliasByName.value(QStringLiteral("local-llama"))->candidates[0].provider->kind, ProviderKind::Ollama);
    QCOMPARE(made.environment, (QStringList{QStringLiteral("AZURE_API_KEY"), QStringLiteral("OPENAI_API_KEY")}));
    for (const ImportNote& note : made.notes) {
        if (note.field.endsWith(QLatin1String("api_version")))
            QCOMPARE(note.line, 12);
    }
}

void TestLitellmImport::fallbacksBecomeSteps()
{
    const LitellmImport made = imported(sample("fallbacks.yaml"));
    Problems problems;
    const auto snapshot = compiled(made, problems);
    QVERIFY2(snapshot, qPrintable(describe(problems)));
    const Alias* chat = snapshot->aliasByName.value(QStringLiteral("chat"));
    QCOMPARE(chat->candidates[0].weight, 700); // 0.7 and 0.3
    QCOMPARE(chat->candidates[1].weight, 300);
    QCOMPARE(chat->candidates[1].provider->awsRegion, QStringLiteral("eu-central-1"));
    QStringList steps;
    for (const FallbackStep& step : chat->fallback)
        steps.append(nameOf(step.kind) + u' ' + step.candidate.model);
    QCOMPARE(
        steps.join(u'|'), QStringLiteral("smaller-model llama-3.1-8b-instant|smaller-model gemini-2.5-pro|cached "));
    // `order: 2` is a step behind `order: 1`
    const Alias* cheap = snapshot->aliasByName.value(QStringLiteral("cheap"));
    QCOMPARE(cheap->candidates.size(), 1u);
    QCOMPARE(cheap->fallback[0].candidate.model, QStringLiteral("deepseek-chat"));
    // other names of a group
    for (const char* name : {"default", "gpt-4"}) {
        const Alias* other = snapshot->aliasByName.value(QString::fromLatin1(name));
        QVERIFY(other);
        QCOMPARE(other->candidates.size(), 2u);
        QCOMPARE(other->fallback.size(), chat->fallback.size());
    }
    // default_fallbacks: of those that have none of their own
    QVERIFY(!snapshot->aliasByName.value(QStringLiteral("chat-long"))->fallback.empty());
    QCOMPARE(chat->cache.exactTtl->count(), 600'000);
    const Provider* gemini = providerOf(*snapshot, QStringLiteral("gemini"));
    QVERIFY(gemini);
    QCOMPARE(gemini->timeouts.total.count(), 120'000);
    QCOMPARE(gemini->timeouts.firstByte.count(), 2'500);
    QCOMPARE(providerOf(*snapshot, QStringLiteral("groq"))->timeouts.total.count(), 30'000); // the router's wins
    for (const char* field : {"routing_strategy", "num_retries", "content_policy_fallbacks", "redis_password",
             "success_callback", "allowed_fails", "litellm_settings.cache"})
        QVERIFY2(hasNote(made, ImportKind::LeftOut, QString::fromLatin1(field)) ||
                     hasNote(made, ImportKind::Changed, QString::fromLatin1(field)),
            field);
    QVERIFY(hasNote(made, ImportKind::LeftOut, QStringLiteral("fallbacks"), QStringLiteral("not in the list")));
}

// A deployment's limits are its own: another model at the same provider does not share them.
void TestLitellmImport::limitsStayTheirOwn()
{
    const LitellmImport made =
        imported("model_list:\n"
                 "  - {model_name: a, litellm_params: {model: openai/m-1, api_key: os.environ/K, rpm: 10}}\n"
                 "  - {model_name: b, litellm_params: {model: openai/m-2, api_key: os.environ/K, rpm: 10}}\n"
                 "  - {model_name: c, litellm_params: {model: openai/m-3, api_key: os.environ/K}}\n"
                 "  - {model_name: d, litellm_params: {model: openai/m-4, api_key: os.environ/K}}\n"
                 "  - {model_name: e, litellm_params: {model: openai/m-1, api_key: os.environ/K, rpm: 30}}\n"
                 "  - {model_name: e, litellm_params: {model: openai/m-5, api_key: os.environ/K, rpm: 10}}\n");
    QCOMPARE(made.providers, 5);
    Problems problems;
    const auto snapshot = compiled(made, problems);
    QVERIFY2(snapshot, qPrintable(describe(problems)));
    const auto at = [&](const char* alias) {
        return snapshot->aliasByName.value(QString::fromLatin1(alias))->candidates[0];
    };
    QVERIFY(at("a").provider != at("b").provider);
    QCOMPARE(*at("a").provider->limits.requestsPerMinute, 10);
    QCOMPARE(at("c").provider, at("d").provider);
    QVERIFY(!at("c").provider->limits.requestsPerMinute);
    QCOMPARE(at("e").weight, 30); // drawn by the limits, as LiteLLM does
}

void TestLitellmImport::teamsBecomeTenants()
{
    const LitellmImport made = imported(sample("teams.yaml"));
    Problems problems;
    const auto snapshot = compiled(made, problems);
    QVERIFY2(snapshot, qPrintable(describe(problems) + QString::fromUtf8(made.yaml)));
    const Tenant* search = snapshot->tenantByName.value(QStringLiteral("Search---Ads"));
    QVERIFY2(search, made.yaml.constData());
    QCOMPARE(*search->requestsPerMinute, 300);
    QCOMPARE(*search->concurrency, 20);
    QVERIFY(snapshot->tenantByName.contains(QStringLiteral("research")));
    QStringList budgets;
    for (const BudgetPolicy& budget : snapshot->budgets)
        budgets.append(describe(budget.scope) + u' ' + nameOf(budget.period) + u' ' + budget.amount.toDecimal());
    budgets.sort();
    QCOMPARE(budgets.join(u'|'),
        QStringLiteral(
            "provider mistral day 25|provider mistral week 100|tenant Search---Ads month 200|tenant team-2 month "
            "10|the whole gateway month 1000"));
    QVERIFY(hasNote(made, ImportKind::ToDo, QStringLiteral("teams[1].max_budget"), QStringLiteral("3d")));
    // the name with a slash is another now, and somebody has to know
    QVERIFY(snapshot->aliasByName.contains(QStringLiteral("summariser-v2")));
    QVERIFY(hasNote(made, ImportKind::ToDo, QStringLiteral("model_name"), QStringLiteral("summariser-v2")));
    QVERIFY(!snapshot->aliasByName.contains(QStringLiteral("speech")));
    QVERIFY(
        hasNote(made, ImportKind::LeftOut, QStringLiteral("model_info.mode"), QStringLiteral("audio_transcription")));
    QVERIFY(hasNote(
        made, ImportKind::LeftOut, QStringLiteral("litellm_params.model"), QStringLiteral("no provider of that kind")));
    QVERIFY(made.yaml.contains("#   - {provider: cohere, model: embed-english-v3.0"));
    QVERIFY(made.yaml.contains("input_usd_per_million: \"0.1\""));
}

void TestLitellmImport::addressesComeFromTheEnvironment()
{
    // not set: said in the file itself
    LitellmImport made = imported(sample("anchors.yaml"));
    Problems problems;
    auto snapshot = compiled(made, problems);
    QVERIFY2(snapshot, qPrintable(describe(problems)));
    const Provider* own = snapshot->aliasByName.value(QStringLiteral("small"))->candidates[0].provider;
    QCOMPARE(own->baseUrl, QStringLiteral("https://llm-egress.acme.internal/v1"));
    QCOMPARE(own->kind, ProviderKind::OpenAiCompatible);
    QCOMPARE(own, snapshot->aliasByName.value(QStringLiteral("large"))->candidates[0].provider);
    const Provider* vertex = snapshot->aliasByName.value(QStringLiteral("vertex"))->candidates[0].provider;
    QCOMPARE(vertex->project, QByteArray("acme-llm"));
    QCOMPARE(vertex->region, QStringLiteral("europe-west4"));
    QVERIFY(hasNote(made, ImportKind::LeftOut, QStringLiteral("litellm_params.model"), QStringLiteral("every model")));
    QVERIFY(hasNote(made, ImportKind::Unknown, QStringLiteral("x-openai")));
    // set: what the environment says wins
    made = imported(sample("anchors.yaml"), [](const QByteArray& name) {
        return name == "OPENAI_PROXY_BASE" ? std::optional<QByteArray>("https://eu.api.openai.com/v1") : std::nullopt;
    });
    snapshot = compiled(made, problems);
    QVERIFY(snapshot);
    QCOMPARE(snapshot->aliasByName.value(QStringLiteral("small"))->candidates[0].provider->kind, ProviderKind::OpenAi);
    // nowhere: a place that nobody answers at, and a note
    made = imported(sample("servers.yaml"));
    snapshot = compiled(made, problems);
    QVERIFY(snapshot);
    QVERIFY(snapshot->aliasByName.value(QStringLiteral("azure-later"))
                ->candidates[0]
                .provider->baseUrl.endsWith(QLatin1String(".invalid")));
    QVERIFY(
        hasNote(made, ImportKind::ToDo, QStringLiteral("litellm_params.api_base"), QStringLiteral("AZURE_API_BASE_2")));
}

void TestLitellmImport::serversOfOnesOwn()
{
    const LitellmImport made = imported(sample("servers.yaml"));
    Problems problems;
    const auto snapshot = compiled(made, problems);
    QVERIFY2(snapshot, qPrintable(describe(problems)));
    const Alias* vllm = snapshot->aliasByName.value(QStringLiteral("vllm-models"));
    QCOMPARE(vllm->candidates.size(), 2u); // the third is the second once more
    QCOMPARE(vllm->candidates[0].provider->kind, ProviderKind::OpenAiCompatible);
    QCOMPARE(vllm->candidates[0].model, QStringLiteral("meta-llama/Llama-3.1-70B-Instruct"));
    QCOMPARE(vllm->candidates[0].provider->keyReference, QString());
    QCOMPARE(vllm->candidates[0].weight, 60);
    QCOMPARE(vllm->candidates[1].weight, 240);
    QCOMPARE(snapshot->aliasByName.value(QStringLiteral("together"))->candidates[0].provider->baseUrl,
        QStringLiteral("https://api.together.xyz/v1"));
    const Provider* claude = snapshot->aliasByName.value(QStringLiteral("claude"))->candidates[0].provider;
    QCOMPARE(claude->kind, ProviderKind::Anthropic);
    QCOMPARE(claude->keyReference, QStringLiteral("env:ANTHROPIC_API_KEY"));
    // a key does not travel in clear to a public host
    const Provider* proxy = snapshot->aliasByName.value(QStringLiteral("claude-proxy"))->candidates[0].provider;
    QCOMPARE(proxy->baseUrl, QStringLiteral("https://proxy.example.com"));
    const Provider* bedrock = snapshot->aliasByName.value(QStringLiteral("nowhere"))->candidates[0].provider;
    QCOMPARE(bedrock->awsRegion, QStringLiteral("us-west-2"));
    QCOMPARE(snapshot->aliasByName.value(QStringLiteral("nowhere"))->candidates[0].model,
        QStringLiteral("anthropic.claude-3-haiku-20240307-v1:0"));
    for (const char* unknown : {"some_new_field", "brand_new_part"})
        QVERIFY2(hasNote(made, ImportKind::Unknown, QString::fromLatin1(unknown)), unknown);
    QVERIFY(hasNote(made, ImportKind::LeftOut, QStringLiteral("a_switch_from_next_year")));
}

void TestLitellmImport::namesAreMadeNames()
{
    const LitellmImport made = imported(
        "model_list:\n"
        "  - {model_name: 'openai/gpt 4', litellm_params: {model: openai/m, api_key: os.environ/K}}\n"
        "  - {model_name: 'openai-gpt-4', litellm_params: {model: openai/m, api_key: os.environ/K}}\n"
        "  - {model_name: '...', litellm_params: {model: \"openai/say \\\"hi\\\": #1\", api_key: os.environ/K}}\n"
        "  - {model_name: 'on', litellm_params: {model: 'openai/a:b\\c\"d', api_key: os.environ/K}}\n");
    Problems problems;
    const auto snapshot = compiled(made, problems);
    QVERIFY2(snapshot, qPrintable(describe(problems) + QString::fromUtf8(made.yaml)));
    QVERIFY(snapshot->aliasByName.contains(QStringLiteral("openai-gpt-4")));
    QVERIFY(snapshot->aliasByName.contains(QStringLiteral("openai-gpt-4-2")));
    QCOMPARE(snapshot->aliasByName.value(QStringLiteral("on"))->candidates[0].model, QStringLiteral("a:b\\c\"d"));
    QVERIFY(hasNote(
        made, ImportKind::LeftOut, QStringLiteral("litellm_params.model"), QStringLiteral("not the id of a model")));
}

void TestLitellmImport::whatIsNoConfigIsRefused()
{
    for (const char* text : {"", "- a\n", "model_list: 3\n", "a: [\n", "signalbox: 1\nproviders: []\n",
             "model_list:\n  - {model_name: a, litellm_params: {model: replicate/x}}\n", "model_list: []\n"})
        QVERIFY2(!importLitellm(text, nothingSet()), text);
    QVERIFY(!importLitellm(QByteArray((4 << 20) + 1, '#'), nothingSet()));
}

// Each level repeats the one before ten times.
void TestLitellmImport::anAliasCannotGrowWithoutEnd()
{
    QByteArray text = "l0: &l0 [a, a, a, a, a, a, a, a, a, a]\n";
    for (int i = 1; i < 9; ++i) {
        const QByteArray before = "*l" + QByteArray::number(i - 1);
        text += "l" + QByteArray::number(i) + ": &l" + QByteArray::number(i) + " [" + before;
        for (int k = 1; k < 10; ++k)
            text += ", " + before;
        text += "]\n";
    }
    QVERIFY(!importLitellm(text + "model_list: []\n", nothingSet()));
}

QTEST_GUILESS_MAIN(TestLitellmImport)
#include "tst_litellm_import.moc"

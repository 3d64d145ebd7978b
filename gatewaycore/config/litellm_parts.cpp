#include "config/litellm_parts.h"

#include <QRegularExpression>

#include <cmath>

namespace gateway::config {
namespace {

// As it may stand in a flow of ours: in quotes unless it is a plain word.
QByteArray scalar(const QString& text)
{
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z][A-Za-z0-9._/-]*$"));
    static const QSet<QString> words{QStringLiteral("true"), QStringLiteral("false"), QStringLiteral("null"),
        QStringLiteral("yes"), QStringLiteral("no"), QStringLiteral("on"), QStringLiteral("off"), QStringLiteral("y"),
        QStringLiteral("n")};
    if (plain.match(text).hasMatch() && !words.contains(text.toLower()))
        return text.toUtf8();
    QByteArray out = "\"";
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\')
            out += '\\';
        if (c.unicode() < 0x20)
            out += "\\x" + QByteArray::number(c.unicode(), 16).rightJustified(2, '0');
        else
            out += QString(c).toUtf8();
    }
    return out + '"';
}

QByteArray duration(qint64 ms)
{
    return ms % 1000 == 0 ? QByteArray::number(ms / 1000) + 's' : QByteArray::number(ms) + "ms";
}

// "{a: 1, b: 2}" from what is there.
class Flow
{
public:
    void add(const char* name, const QString& text)
    {
        if (!text.isEmpty())
            put(name, scalar(text));
    }
    void add(const char* name, const std::optional<qint64>& number)
    {
        if (number)
            put(name, QByteArray::number(*number));
    }
    void put(const char* name, const QByteArray& value)
    {
        m_text += (m_text.isEmpty() ? "" : ", ") + QByteArray(name) + ": " + value;
    }
    bool isEmpty() const { return m_text.isEmpty(); }
    QByteArray text() const { return '{' + m_text + '}'; }

private:
    QByteArray m_text;
};

QByteArray providerText(const ImportedProvider& provider)
{
    QByteArray out = "  - name: " + scalar(provider.name) + "\n    kind: " + nameOf(provider.kind).toUtf8() + '\n';
    const auto line = [&out](const char* name, const QString& text) {
        if (!text.isEmpty())
            out += "    " + QByteArray(name) + ": " + scalar(text) + '\n';
    };
    line("base_url", provider.baseUrl);
    line("key", provider.key);
    if (!provider.accessKey.isEmpty()) {
        Flow keys;
        keys.add("access_key", provider.accessKey);
        keys.add("secret_key", provider.secretKey);
        keys.add("session_token", provider.sessionToken);
        out += "    credentials: " + keys.text() + '\n';
    }
    line("aws_region", provider.awsRegion);
    line("region", provider.region);
    line("project", provider.project);
    Flow limits;
    limits.add("requests_per_minute", provider.requestsPerMinute);
    limits.add("tokens_per_minute", provider.tokensPerMinute);
    if (!limits.isEmpty())
        out += "    limits: " + limits.text() + '\n';
    Flow timeouts;
    if (provider.firstByteMs)
        timeouts.put("first_byte", duration(*provider.firstByteMs));
    if (provider.totalMs)
        timeouts.put("total", duration(*provider.totalMs));
    if (!timeouts.isEmpty())
        out += "    timeouts: " + timeouts.text() + '\n';
    return out;
}

QByteArray candidateText(const ImportedConfig& config, const ImportedCandidate& candidate, bool weighted)
{
    Flow flow;
    flow.add("provider", config.providers[candidate.provider].name);
    flow.put("model", scalar(candidate.model));
    if (weighted)
        flow.put("weight", QByteArray::number(std::llround(candidate.weight)));
    return flow.text();
}

QByteArray aliasText(const ImportedConfig& config, const ImportedAlias& alias)
{
    QByteArray out = "  - name: " + scalar(alias.name) +
                     "\n    purpose: " + scalar(QStringLiteral("imported from LiteLLM, model_name ") + alias.source) +
                     "\n    candidates:\n";
    for (const ImportedCandidate& candidate : alias.candidates)
        out += "      - " + candidateText(config, candidate, true) + '\n';
    if (!alias.fallback.empty())
        out += "    fallback:\n";
    for (const ImportedStep& step : alias.fallback) {
        QByteArray flow = "{kind: " + step.kind.toUtf8() + '}';
        if (step.candidate) {
            flow = candidateText(config, *step.candidate, false);
            flow.insert(1, "kind: " + step.kind.toUtf8() + ", ");
        }
        out += "      - " + flow + '\n';
    }
    if (!alias.cacheTtl.isEmpty())
        out += "    cache: {exact: {ttl: " + alias.cacheTtl.toUtf8() + "}}\n";
    return out;
}

} // namespace

QString nameOf(ImportKind kind)
{
    switch (kind) {
    case ImportKind::Changed:
        return QStringLiteral("changed");
    case ImportKind::ToDo:
        return QStringLiteral("todo");
    case ImportKind::LeftOut:
        return QStringLiteral("left-out");
    case ImportKind::Unknown:
        return QStringLiteral("unknown");
    }
    return {};
}

bool ImportedProvider::isSame(const ImportedProvider& other) const
{
    const auto all = [](const ImportedProvider& one) {
        return std::tie(one.prefix, one.kind, one.baseUrl, one.key, one.accessKey, one.secretKey, one.sessionToken,
            one.region, one.awsRegion, one.project, one.requestsPerMinute, one.tokensPerMinute, one.totalMs,
            one.firstByteMs, one.budgetUsd, one.budgetPeriod, one.exclusive);
    };
    return all(*this) == all(other);
}

QByteArray textOf(const ImportedConfig& config)
{
    QByteArray out =
        "# Made by `signalboxctl config import` from a LiteLLM proxy's config. What could not be carried over\n"
        "# was said there; regions, retention and zones are not known to LiteLLM and are yours to state.\n"
        "signalbox: 1\nproviders:\n";
    for (const ImportedProvider& provider : config.providers)
        out += providerText(provider);
    out += "aliases:\n";
    for (const ImportedAlias& alias : config.aliases)
        out += aliasText(config, alias);
    out += "tenants:\n";
    for (const ImportedTenant& tenant : config.tenants) {
        Flow quota;
        quota.add("requests_per_minute", tenant.requestsPerMinute);
        quota.add("input_tokens_per_minute", tenant.tokensPerMinute);
        quota.add("concurrency", tenant.concurrency);
        Flow flow;
        flow.add("name", tenant.name);
        if (!quota.isEmpty())
            flow.put("quota", quota.text());
        out += "  - " + flow.text() + '\n';
    }
    if (!config.budgets.empty())
        out += "budgets:\n";
    for (const ImportedBudget& budget : config.budgets) {
        out += "  - {scope: {" + budget.scope.toUtf8() + "}, period: " + budget.period.toUtf8() + ", amount_usd: \"" +
               budget.amountUsd.toUtf8() + "\", at_limit: refuse}\n";
    }
    if (config.prices.empty())
        return out;
    out += "# Prices that the LiteLLM config stated. They belong into a price book, a file of its own: prices: {book: "
           "FILE}\n"
           "# prices:\n";
    for (const ImportedPrice& price : config.prices) {
        Flow flow;
        flow.add("provider", config.providers[price.provider].name);
        flow.put("model", scalar(price.model));
        flow.put("valid_from", "2026-01-01");
        flow.put("input_usd_per_million", '"' + price.input.toUtf8() + '"');
        flow.put("output_usd_per_million", '"' + price.output.toUtf8() + '"');
        out += "#   - " + flow.text() + '\n';
    }
    return out;
}

LitellmMap::LitellmMap(const Value* map, QString path, ImportNotes& notes)
    : m_map(map && map->type == Value::Type::Map ? map : nullptr), m_path(std::move(path)), m_notes(notes)
{
    if (map && !m_map && map->type != Value::Type::Null)
        m_notes.append({ImportKind::LeftOut, map->line, m_path, QStringLiteral("A map was expected here.")});
}

LitellmMap::~LitellmMap()
{
    noteRest(ImportKind::Unknown, QStringLiteral("This field is not known to the import and was left out."));
}

const Value* LitellmMap::take(const char* name)
{
    const QString key = QString::fromLatin1(name);
    m_taken.insert(key);
    const Value* found = m_map ? m_map->member(key) : nullptr;
    return found && found->type != Value::Type::Null ? found : nullptr;
}

QString LitellmMap::text(const char* name)
{
    const Value* found = take(name);
    if (!found)
        return {};
    if (found->type != Value::Type::Text) {
        noteHere(ImportKind::LeftOut, QStringLiteral("A single value was expected here."), name);
        return {};
    }
    return found->text.trimmed();
}

std::optional<double> LitellmMap::number(const char* name)
{
    const QString found = text(name);
    if (found.isEmpty())
        return std::nullopt;
    bool ok = false;
    const double number = found.toDouble(&ok);
    if (ok && std::isfinite(number))
        return number;
    noteHere(ImportKind::LeftOut, QStringLiteral("A number was expected here."), name);
    return std::nullopt;
}

std::optional<qint64> LitellmMap::integer(const char* name)
{
    const std::optional<double> found = number(name);
    if (!found)
        return std::nullopt;
    if (*found >= 1 && *found <= 1e12)
        return qint64(std::llround(*found));
    noteHere(ImportKind::LeftOut, QStringLiteral("A limit is at least 1 here; this one was left out."), name);
    return std::nullopt;
}

bool LitellmMap::flag(const char* name)
{
    return text(name).compare(QLatin1String("true"), Qt::CaseInsensitive) == 0;
}

bool LitellmMap::note(const char* name, ImportKind kind, const QString& sentence)
{
    if (!take(name))
        return false;
    noteHere(kind, sentence, name);
    return true;
}

void LitellmMap::noteHere(ImportKind kind, const QString& sentence, const char* name)
{
    const Value* at = name && m_map ? m_map->member(QString::fromLatin1(name)) : m_map;
    const QString dot = m_path.isEmpty() ? QString() : m_path + u'.';
    m_notes.append({kind, at ? at->line : 0, name ? dot + QLatin1String(name) : m_path, sentence});
}

void LitellmMap::noteRest(ImportKind kind, const QString& sentence)
{
    if (!m_map)
        return;
    for (const Value& member : m_map->children) {
        if (!m_taken.contains(member.key))
            m_notes.append({kind, member.line, m_path.isEmpty() ? member.key : m_path + u'.' + member.key, sentence});
        m_taken.insert(member.key);
    }
}

} // namespace gateway::config

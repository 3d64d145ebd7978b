#include "config/change/diff_fields.h"

#include <array>

namespace gateway::config {
namespace {

using Kind = TreeChange::Kind;

constexpr FieldRow kRows[] = {
    // money and limits
    {"budgets[].amount_usd", "money", 2, "budget %n", "The budget for %n is %a USD instead of %b USD.", ""},
    {"budgets[].at_limit", "money", 2, "budget %n", "At its limit the budget for %n does %a instead of %b.", "refuse"},
    {"budgets[].estimate", "money", 2, "budget %n", "The budget for %n reserves by %a instead of %b.", "upper_bound"},
    {"budgets[].soft", "money", 1, "budget %n", "The budget for %n tells at %a % instead of %b %.", "[]"},
    {"budgets[]", "money", 2, "budget %n", "", ""},
    {"quotas[].*", "money", 2, "quota %n", "The quota of %n has %f %a instead of %b.", "not limited"},
    {"quotas[]", "money", 2, "quota %n", "", ""},
    {"tenants[].quota.*", "money", 2, "tenant %n", "The quota of tenant %n has %f %a instead of %b.", "not limited"},
    {"providers[].limits.headroom", "money", 1, "provider %n",
        "%a % instead of %b % of the limits of provider %n stay unused.", "0"},
    {"providers[].limits.*", "money", 2, "provider %n", "The limits of provider %n have %f %a instead of %b.",
        "not limited"},
    {"aliases[].cost_ceiling_usd", "money", 2, "alias %n", "The cost ceiling of alias %n is %a USD instead of %b USD.",
        "no"},
    {"prices.book", "money", 2, "prices", "Prices come from %a instead of %b.", "builtin"},
    // routing
    {"aliases[].candidates[].weight", "routing", 2, "alias %o", "The weight of %n in alias %o is %a instead of %b.",
        "1"},
    {"aliases[].candidates[]", "routing", 2, "alias %o", "", ""},
    {"aliases[].fallback[]", "routing", 2, "alias %o", "", ""},
    {"aliases[].degrade", "routing", 2, "alias %n",
        "Where only a lesser answer can be given, alias %n does %a instead of %b.", "serve"},
    {"aliases[].on_loss", "routing", 2, "alias %n",
        "Where a provider cannot be given all of a request, alias %n does %a instead of %b.", "report"},
    {"aliases[].latency_budget_ms.*", "routing", 2, "alias %n",
        "A call of alias %n (%f) may take %a ms instead of %b ms.", "any number of"},
    {"aliases[].cache.*", "routing", 2, "alias %n", "The cache of alias %n has %f %a instead of %b.", "not stated"},
    {"aliases[].purpose", "other", 1, "alias %n", "The purpose of alias %n is \"%a\" instead of \"%b\".", ""},
    {"aliases[].owner", "other", 1, "alias %n", "The owner of alias %n is %a instead of %b.", "nobody"},
    {"aliases[]", "routing", 2, "alias %n", "", ""},
    {"providers[].base_url", "security", 3, "provider %n",
        "Provider %n is reached at %a instead of %b; its key and all it is sent go there.", "its kind's own address"},
    {"providers[].kind", "routing", 3, "provider %n", "Provider %n speaks %a instead of %b.", ""},
    {"providers[].timeouts.*", "routing", 1, "provider %n", "The timeout %f of provider %n is %a instead of %b.",
        "the usual one"},
    {"providers[].region", "privacy", 3, "provider %n", "Provider %n is said to lie in %a instead of %b.", "no region"},
    {"providers[].retention", "privacy", 3, "provider %n", "Provider %n is said to keep %a instead of %b.",
        "none-stated"},
    {"providers[].key", "security", 2, "provider %n", "The key of provider %n comes from %a instead of %b.", "nowhere"},
    {"providers[].credentials.*", "security", 2, "provider %n",
        "The credentials of provider %n: %f comes from %a instead of %b.", "nowhere"},
    {"providers[].tls.*", "security", 3, "provider %n",
        "The certificate of provider %n is checked against %a instead of %b.", "the system's authorities"},
    {"providers[].*", "routing", 2, "provider %n", "Provider %n has %f %a instead of %b.", "not stated"},
    {"providers[]", "routing", 2, "provider %n", "", ""},
    // privacy and zones
    {"zones[].regions", "privacy", 3, "zone %n", "Zone %n allows %a instead of %b.", ""},
    {"zones[].retention", "privacy", 3, "zone %n", "Zone %n allows its providers to keep %a instead of %b.", ""},
    {"zones[]", "privacy", 2, "zone %n", "", ""},
    {"tenants[].zone", "privacy", 3, "tenant %n", "Tenant %n is served in zone %a instead of %b.", "none"},
    {"tenants[].contract.*", "privacy", 2, "tenant %n", "The contract of tenant %n has %f %a instead of %b.",
        "not stated"},
    {"tenants[].content.*", "privacy", 3, "tenant %n", "Of the content of tenant %n: %f is %a instead of %b.",
        "as for all"},
    {"tenants[]", "privacy", 2, "tenant %n", "", ""},
    {"content.*", "privacy", 3, "content", "Of all content: %f is %a instead of %b.", "none"},
    // security
    {"roles[].role", "security", 3, "principal %n", "%n is %a instead of %b.", ""},
    {"roles[].tenants", "security", 3, "principal %n", "%n sees the tenants %a instead of %b.", "all"},
    {"roles[].certificate", "security", 3, "principal %n", "%n comes with the certificate %a instead of %b.",
        "a token"},
    {"roles[]", "security", 3, "principal %n", "", ""},
    {"server.name", "other", 1, "server", "The engine calls itself %a instead of %b.", ""},
    {"server.environment", "other", 1, "server", "The engine's environment is %a instead of %b.", "not stated"},
    {"server.*", "security", 3, "server", "%f is %a instead of %b; listeners change at the next start.", "not stated"},
    {"audit.acknowledge", "security", 3, "audit", "A caller gets its last byte when its record is %a instead of %b.",
        "committed"},
    {"audit.when_unavailable", "security", 3, "audit", "When records cannot be kept the engine does %a instead of %b.",
        "spill"},
    {"audit.retention", "security", 2, "audit", "Records are kept for %a instead of %b.", "400d"},
    {"audit.*", "security", 3, "audit", "Of the record: %f is %a instead of %b.", "not stated"},
    {"changes.*", "security", 3, "changes", "How the config itself is changed: %f is %a instead of %b.",
        "the usual one"},
    {"export.webhooks[].url", "security", 3, "webhook %n", "Webhook %n is sent to %a instead of %b.", ""},
    {"export.webhooks[].secret", "security", 2, "webhook %n", "The secret of webhook %n comes from %a instead of %b.",
        ""},
    {"export.webhooks[].*", "other", 1, "webhook %n", "Webhook %n has %f %a instead of %b.", "not stated"},
    {"export.webhooks[]", "security", 2, "webhook %n", "", ""},
    {"export.otlp.content", "privacy", 3, "export", "Prompts and answers in spans: %a instead of %b.", "false"},
    {"export.*", "security", 2, "export", "Telemetry: %f is %a instead of %b.", "not stated"},
    {"*", "other", 2, "", "%f is %a instead of %b.", "not stated"},
};

bool fits(const QString& pattern, const char* row)
{
    const QLatin1String wanted(row);
    if (wanted.endsWith(QLatin1Char('*')))
        return QStringView(pattern).startsWith(wanted.chopped(1));
    return pattern == wanted;
}

QString lastName(const QStringList& names)
{
    return names.isEmpty() ? QString() : names.back();
}

// A scope reads better as words: {tenant: acme, alias: fast} -> tenant acme, alias fast
QString spoken(const QString& name)
{
    QString text = name;
    for (const QChar gone : {u'{', u'}', u':'})
        text.remove(gone);
    return text.isEmpty() ? QStringLiteral("the whole gateway") : text;
}

// What is written behind the entry's own part of the path.
QString fieldOf(const QString& pattern)
{
    return pattern.mid(pattern.lastIndexOf(u'.') + 1);
}

QString written(const Value* value, const char* usual)
{
    return value ? shortText(*value) : QString::fromUtf8(usual);
}

// Entries of lists as a whole.
QString entrySentence(const FieldRow& row, const TreeChange& change)
{
    const QString subject = subjectOf(row, change);
    const QString name = spoken(lastName(change.names));
    const QString before = spoken(lastName(change.namesBefore));
    if (change.pattern == QLatin1String("aliases[].candidates[]")) {
        switch (change.kind) {
        case Kind::Added:
            return QStringLiteral("%1 becomes a candidate of %2.").arg(name, subject);
        case Kind::Removed:
            return QStringLiteral("%1 is no candidate of %2 any more.").arg(name, subject);
        default:
            return QStringLiteral("Where %2 took %1, it takes %3.").arg(before, subject, name);
        }
    }
    if (change.pattern == QLatin1String("aliases[].fallback[]")) {
        switch (change.kind) {
        case Kind::Added:
            return QStringLiteral("The chain of %2 gets the step %1.").arg(name, subject);
        case Kind::Removed:
            return QStringLiteral("The chain of %2 loses the step %1.").arg(name, subject);
        case Kind::Moved:
            return QStringLiteral("The step %1 of %2 comes at another place of the chain.").arg(name, subject);
        default:
            return QStringLiteral("In the chain of %2 the step %1 becomes %3.").arg(before, subject, name);
        }
    }
    QString what = subject;
    what.replace(0, 1, what.left(1).toUpper());
    switch (change.kind) {
    case Kind::Added:
        return QStringLiteral("%1 is new: %2.").arg(what, change.after ? shortText(*change.after) : QString());
    case Kind::Removed:
        return QStringLiteral("%1 is gone.").arg(what);
    case Kind::Moved:
        return QStringLiteral("%1 stands at another place.").arg(what);
    default:
        return QStringLiteral("%1 was called %2 before.").arg(what, before);
    }
}

} // namespace

const FieldRow& rowOf(const TreeChange& change)
{
    for (const FieldRow& row : kRows) {
        if (fits(change.pattern, row.pattern))
            return row;
    }
    return kRows[std::size(kRows) - 1];
}

QString subjectOf(const FieldRow& row, const TreeChange& change)
{
    QString subject = QString::fromUtf8(row.subject);
    const bool isInner = change.names.size() > 1;
    subject.replace(QLatin1String("%o"), isInner ? spoken(change.names[change.names.size() - 2]) : QString());
    subject.replace(QLatin1String("%n"), spoken(lastName(change.names)));
    return subject;
}

QString beforeOf(const FieldRow& row, const TreeChange& change)
{
    if (change.kind == Kind::Renamed)
        return lastName(change.namesBefore);
    return change.kind == Kind::Added && !*row.sentence ? QString() : written(change.before, row.usual);
}

QString afterOf(const FieldRow& row, const TreeChange& change)
{
    if (change.kind == Kind::Renamed)
        return lastName(change.names);
    return change.kind == Kind::Removed && !*row.sentence ? QString() : written(change.after, row.usual);
}

QString sentenceOf(const FieldRow& row, const TreeChange& change)
{
    if (change.pattern.endsWith(QLatin1String("[]")) || !*row.sentence)
        return entrySentence(row, change);
    const QString text = QString::fromUtf8(row.sentence);
    // one pass, so that a value with a % in it is not filled again
    QString filled;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != u'%' || i + 1 == text.size()) {
            filled += text[i];
            continue;
        }
        switch (text[++i].toLatin1()) {
        case 'n':
            filled += spoken(lastName(change.names));
            break;
        case 'o':
            filled += change.names.size() > 1 ? spoken(change.names[change.names.size() - 2]) : QString();
            break;
        case 'a':
            filled += written(change.after, row.usual);
            break;
        case 'b':
            filled += written(change.before, row.usual);
            break;
        case 'f':
            filled += fieldOf(change.pattern);
            break;
        default:
            filled += u'%';
            filled += text[i];
        }
    }
    return filled;
}

} // namespace gateway::config

#include "config/change/semantic_diff.h"

#include "config/change/diff_fields.h"
#include "config/change/loosening.h"
#include "config/edit/text_places.h"
#include "config/edit/three_way.h"

#include <QMessageAuthenticationCode>
#include <QSet>

#include <algorithm>

namespace gateway::config {
namespace {

using api::DiffSentence;

constexpr double kDaySeconds = 24 * 3600;

struct GroupTitle
{
    const char* name;
    const char* title;
};
constexpr GroupTitle kGroups[] = {
    {"privacy", "Privacy and zones"},
    {"security", "Security"},
    {"routing", "Routing"},
    {"money", "Limits and money"},
    {"other", "Other"},
};

const char* nameOf(TreeChange::Kind kind)
{
    switch (kind) {
    case TreeChange::Kind::Added:
        return "added";
    case TreeChange::Kind::Removed:
        return "removed";
    case TreeChange::Kind::Changed:
        return "changed";
    case TreeChange::Kind::Moved:
        return "moved";
    case TreeChange::Kind::Renamed:
        return "renamed";
    }
    return "";
}

int lineOf(const ConfigFile& file, const QString& path)
{
    const Value* value = find(file.root, path);
    return value ? value->line : 0;
}

template <typename List>
auto* named(const List& list, const QString& name)
{
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one->name == name; });
    return found == list.end() ? nullptr : found->get();
}

class Comparison
{
public:
    Comparison(const DiffText& before, const DiffText& after, const DiffContext& context)
        : m_before(before), m_after(after), m_context(context)
    {
    }

    api::DiffReport report()
    {
        texts();
        shares();
        prices();
        keys();
        loosened();
        api::DiffReport report;
        report.from = m_before.label;
        report.to = m_after.label;
        report.fromHash = QString::fromLatin1(m_before.snapshot.contentHash);
        report.toHash = QString::fromLatin1(m_after.snapshot.contentHash);
        report.trafficKnown = m_context.traffic.isKnown;
        report.changes = int(m_sentences.size());
        report.cosmetic = cosmeticLines();
        for (const GroupTitle& title : kGroups) {
            api::DiffGroup group{QString::fromLatin1(title.name), QString::fromUtf8(title.title), {}};
            for (const DiffSentence& sentence : std::as_const(m_sentences)) {
                if (sentence.group == group.name)
                    group.sentences.append(sentence);
                report.loosens = report.loosens || sentence.loosens;
            }
            std::stable_sort(
                group.sentences.begin(), group.sentences.end(), [](const DiffSentence& a, const DiffSentence& b) {
                    return std::tuple(-a.risk, a.line) < std::tuple(-b.risk, b.line);
                });
            if (!group.sentences.isEmpty())
                report.groups.append(group);
        }
        report.affected = affected();
        return report;
    }

private:
    void add(DiffSentence sentence) { m_sentences.append(std::move(sentence)); }

    // What the trees say. A weight means nothing by itself: shares() says what it does.
    void texts()
    {
        for (const TreeChange& change : treeChanges(m_before.file.root, m_after.file.root)) {
            const FieldRow& row = rowOf(change);
            note(change, row);
            const bool isWeight = change.pattern == QLatin1String("aliases[].candidates[].weight");
            const bool isAsUsual = *row.usual && beforeOf(row, change) == afterOf(row, change);
            if (isWeight || isAsUsual)
                continue;
            DiffSentence sentence;
            sentence.group = QString::fromLatin1(row.group);
            sentence.subject = subjectOf(row, change);
            sentence.field = change.path;
            sentence.kind = QString::fromLatin1(nameOf(change.kind));
            sentence.text = sentenceOf(row, change);
            sentence.before = beforeOf(row, change);
            sentence.after = afterOf(row, change);
            sentence.line = change.after ? change.after->line : 0;
            sentence.lineBefore = change.before ? change.before->line : 0;
            sentence.risk = row.risk;
            add(std::move(sentence));
        }
    }

    // Which aliases and tenants a change reaches.
    void note(const TreeChange& change, const FieldRow& row)
    {
        const QString section = change.pattern.section(u'.', 0, 0).section(u'[', 0, 0);
        const QString name = change.names.isEmpty() ? QString() : change.names.front();
        if (QLatin1String(row.group) == QLatin1String("other") && section != QLatin1String("providers"))
            return; // an owner's name serves nobody differently
        if (section == QLatin1String("aliases"))
            m_aliases.insert(name);
        else if (section == QLatin1String("providers"))
            m_providers.insert(name);
        else if (section == QLatin1String("tenants"))
            m_tenants.insert(name);
        else if (section == QLatin1String("zones"))
            m_zones.insert(name);
        else if (section == QLatin1String("audit") || section == QLatin1String("content"))
            m_everything = true;
        else if (section == QLatin1String("budgets") || section == QLatin1String("quotas"))
            scopes(change);
    }

    void scopes(const TreeChange& change)
    {
        const Value* entry = change.after ? change.after : change.before;
        for (const DiffText* side : {&m_after, &m_before}) {
            const QString list = change.path.left(change.path.indexOf(u']') + 1);
            if (const Value* whole = find(side->file.root, list))
                entry = whole;
            const Value* scope = entry ? entry->member(u"scope") : nullptr;
            if (!scope)
                continue;
            const Value* tenant = scope->member(u"tenant");
            const Value* alias = scope->member(u"alias");
            const Value* provider = scope->member(u"provider");
            if (tenant)
                m_tenants.insert(tenant->text);
            else if (alias)
                m_aliases.insert(alias->text);
            else if (provider)
                m_providers.insert(provider->text);
            else
                m_everything = true;
            return;
        }
    }

    static int weights(const Alias& alias)
    {
        int sum = 0;
        for (const Candidate& candidate : alias.candidates)
            sum += candidate.weight;
        return sum;
    }

    static QString percent(int weight, int sum)
    {
        return sum == 0 ? QStringLiteral("0 %")
                        : QString::number(double(weight) * 100 / sum, 'g', 3) + QStringLiteral(" %");
    }

    void shares()
    {
        for (std::size_t a = 0; a < m_after.snapshot.aliases.size(); ++a) {
            const Alias& now = *m_after.snapshot.aliases[a];
            const Alias* was = named(m_before.snapshot.aliases, now.name);
            if (!was)
                continue;
            for (std::size_t i = 0; i < now.candidates.size(); ++i) {
                const Candidate& candidate = now.candidates[i];
                const auto same =
                    std::find_if(was->candidates.begin(), was->candidates.end(), [&](const Candidate& one) {
                        return one.provider->name == candidate.provider->name && one.model == candidate.model;
                    });
                if (same == was->candidates.end())
                    continue;
                const QString before = percent(same->weight, weights(*was));
                const QString after = percent(candidate.weight, weights(now));
                if (before == after)
                    continue;
                DiffSentence sentence;
                sentence.group = QStringLiteral("routing");
                sentence.subject = QStringLiteral("alias %1").arg(now.name);
                sentence.field = QStringLiteral("aliases[%1].candidates[%2].weight").arg(a).arg(i);
                sentence.kind = QStringLiteral("changed");
                sentence.text = QStringLiteral("%1 gets %2 of the calls of alias %3 instead of %4.")
                                    .arg(candidate.label, after, now.name, before);
                sentence.before = before;
                sentence.after = after;
                sentence.line = lineOf(m_after.file, QStringLiteral("aliases[%1].candidates[%2]").arg(a).arg(i));
                sentence.risk = 2;
                m_aliases.insert(now.name);
                add(std::move(sentence));
            }
        }
    }

    const Price* priceOn(const Candidate& candidate) const
    {
        for (const Price* price : candidate.prices) {
            if (price->validFrom <= m_context.today)
                return price;
        }
        return nullptr;
    }

    static QString priceText(const Price* price)
    {
        return price ? QStringLiteral("%1 in, %2 out")
                           .arg(price->rates.input.toDecimal(), price->rates.output.toDecimal())
                     : QStringLiteral("unknown");
    }

    void prices()
    {
        if (m_before.snapshot.prices->version() == m_after.snapshot.prices->version())
            return;
        QSet<QString> seen;
        for (const auto& alias : m_after.snapshot.aliases) {
            for (const Candidate& now : alias->candidates)
                priced(*alias, now, seen);
            for (const FallbackStep& step : alias->fallback) {
                if (step.candidate.provider)
                    priced(*alias, step.candidate, seen);
            }
        }
    }

    void priced(const Alias& alias, const Candidate& now, QSet<QString>& seen)
    {
        const Candidate* was = nullptr;
        for (const auto& other : m_before.snapshot.aliases) {
            for (const Candidate& candidate : other->candidates) {
                if (candidate.provider->name == now.provider->name && candidate.model == now.model)
                    was = &candidate;
            }
            for (const FallbackStep& step : other->fallback) {
                if (step.candidate.provider && step.candidate.provider->name == now.provider->name &&
                    step.candidate.model == now.model)
                    was = &step.candidate;
            }
        }
        const QString before = was ? priceText(priceOn(*was)) : QString();
        const QString after = priceText(priceOn(now));
        if (!was || before == after)
            return;
        m_aliases.insert(alias.name);
        if (seen.contains(now.label))
            return;
        seen.insert(now.label);
        DiffSentence sentence;
        sentence.group = QStringLiteral("money");
        sentence.subject = QStringLiteral("prices");
        sentence.field = QStringLiteral("prices.book");
        sentence.kind = QStringLiteral("changed");
        sentence.text = QStringLiteral("A million tokens of %1 are counted at %2 USD instead of %3 USD.")
                            .arg(now.label, after, before);
        sentence.before = before;
        sentence.after = after;
        sentence.line = lineOf(m_after.file, QStringLiteral("prices"));
        sentence.risk = 2;
        add(std::move(sentence));
    }

    // What stands behind a reference may be another secret, although the text is the same.
    void keys()
    {
        for (std::size_t i = 0; i < m_after.snapshot.providers.size(); ++i) {
            const Provider& now = *m_after.snapshot.providers[i];
            const Provider* was = named(m_before.snapshot.providers, now.name);
            if (!was || was->key.equals(now.key.reveal()))
                continue;
            DiffSentence sentence;
            sentence.group = QStringLiteral("security");
            sentence.subject = QStringLiteral("provider %1").arg(now.name);
            sentence.field = QStringLiteral("providers[%1].key").arg(i);
            sentence.kind = QStringLiteral("changed");
            sentence.text = QStringLiteral("Provider %1 is called with another key than now.").arg(now.name);
            sentence.before = QStringLiteral("changed (%1)").arg(fingerprint(m_context.fingerprintKey, was->key));
            sentence.after = QStringLiteral("changed (%1)").arg(fingerprint(m_context.fingerprintKey, now.key));
            sentence.line = lineOf(m_after.file, sentence.field);
            sentence.risk = 2;
            m_providers.insert(now.name);
            add(std::move(sentence));
        }
    }

    void loosened()
    {
        const QVector<Loosening> found = loosenings(m_before.snapshot, m_after.snapshot, m_context.inZone);
        const QStringList others = found.isEmpty() && m_context.loosens
                                       ? m_context.loosens(m_before.snapshot, m_after.snapshot)
                                       : QStringList();
        for (const QString& other : others) {
            DiffSentence sentence;
            sentence.group = QStringLiteral("privacy");
            sentence.kind = QStringLiteral("changed");
            sentence.text = other;
            sentence.risk = 3;
            sentence.loosens = true;
            add(std::move(sentence));
        }
        for (const Loosening& one : found) {
            DiffSentence sentence;
            sentence.group = QStringLiteral("privacy");
            sentence.subject = one.subject;
            sentence.field = one.path;
            sentence.kind = QStringLiteral("changed");
            sentence.text = one.sentence;
            sentence.before = one.before;
            sentence.after = one.after;
            sentence.line = lineOf(m_after.file, one.path);
            sentence.risk = 3;
            sentence.loosens = true;
            if (!one.tenant.isEmpty())
                m_tenants.insert(one.tenant);
            add(std::move(sentence));
        }
    }

    // Lines that differ where no sentence speaks of them.
    int cosmeticLines() const
    {
        const auto old = linesOf(m_before.file.bytes);
        const auto now = linesOf(m_after.file.bytes);
        const std::vector<int> where = matched(old, now);
        int lines = 0;
        int i = 0;
        int j = 0;
        const auto hunk = [&](int toOld, int toNew) {
            const bool isSaid = std::any_of(m_sentences.begin(), m_sentences.end(), [&](const DiffSentence& sentence) {
                return (sentence.line > j && sentence.line <= toNew) ||
                       (sentence.lineBefore > i && sentence.lineBefore <= toOld);
            });
            if (!isSaid)
                lines += std::max(toOld - i, toNew - j);
        };
        for (int at = 0; at < int(old.size()); ++at) {
            if (where[std::size_t(at)] < 0)
                continue;
            hunk(at, where[std::size_t(at)]);
            i = at + 1;
            j = where[std::size_t(at)] + 1;
        }
        hunk(int(old.size()), int(now.size()));
        return lines;
    }

    QVector<api::AffectedTenant> affected() const
    {
        QSet<QString> aliases = m_aliases;
        for (const DiffText* side : {&m_before, &m_after}) {
            for (const auto& alias : side->snapshot.aliases) {
                const auto uses = [&](const Candidate& candidate) {
                    return candidate.provider && m_providers.contains(candidate.provider->name);
                };
                if (m_everything || std::any_of(alias->candidates.begin(), alias->candidates.end(), uses) ||
                    std::any_of(alias->fallback.begin(), alias->fallback.end(),
                        [&](const FallbackStep& step) { return uses(step.candidate); }))
                    aliases.insert(alias->name);
            }
        }
        QVector<api::AffectedTenant> all;
        QSet<QString> seen;
        for (const DiffText* side : {&m_after, &m_before}) {
            for (const auto& tenant : side->snapshot.tenants) {
                if (seen.contains(tenant->name))
                    continue;
                seen.insert(tenant->name);
                const bool itself =
                    m_tenants.contains(tenant->name) || (tenant->zone && m_zones.contains(tenant->zone->name));
                api::AffectedTenant one;
                one.tenant = tenant->name;
                one.zone = tenant->zone ? tenant->zone->name : QString();
                const QHash<QString, qint64> calls = m_context.traffic.calls.value(tenant->name);
                for (auto alias = calls.begin(); alias != calls.end(); ++alias) {
                    if (!itself && !aliases.contains(alias.key()))
                        continue;
                    one.calls += alias.value();
                    if (!itself)
                        one.aliases.append(alias.key());
                }
                one.aliases.sort();
                one.callsPerSecond = double(one.calls) / kDaySeconds;
                if (itself || one.calls > 0)
                    all.append(one);
            }
        }
        std::stable_sort(all.begin(), all.end(),
            [](const api::AffectedTenant& a, const api::AffectedTenant& b) { return a.calls > b.calls; });
        return all;
    }

    const DiffText& m_before;
    const DiffText& m_after;
    const DiffContext& m_context;
    QVector<DiffSentence> m_sentences;
    QSet<QString> m_aliases;
    QSet<QString> m_providers;
    QSet<QString> m_tenants;
    QSet<QString> m_zones;
    bool m_everything = false;
};

} // namespace

QString fingerprint(const QByteArray& key, const Secret& secret)
{
    if (secret.isEmpty())
        return QStringLiteral("none");
    return QString::fromLatin1(
        QMessageAuthenticationCode::hash(secret.reveal(), key, QCryptographicHash::Sha256).toHex().left(8));
}

api::DiffReport semanticDiff(const DiffText& before, const DiffText& after, const DiffContext& context)
{
    return Comparison(before, after, context).report();
}

} // namespace gateway::config

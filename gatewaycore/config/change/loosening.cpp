#include "config/change/loosening.h"

#include <algorithm>

namespace gateway::config {
namespace {

QString zoneText(const Zone* zone)
{
    if (!zone)
        return QStringLiteral("no zone");
    return QStringLiteral("%1 (%2, retention %3)")
        .arg(zone->name, zone->regions.join(QStringLiteral(", ")), zone->retention);
}

bool anyRetention(const Zone& zone)
{
    return zone.retention.isEmpty() || zone.retention == QLatin1String("any");
}

bool allowsMore(const Zone* after, const Zone* before)
{
    if (!before || !after)
        return before && !after;
    const bool region = std::any_of(after->regions.begin(), after->regions.end(),
        [&](const QString& name) { return !before->regions.contains(name); });
    return region || (!anyRetention(*before) && after->retention != before->retention &&
                         after->retention != QLatin1String("zero"));
}

template <typename List>
auto* named(const List& list, const QString& name)
{
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one->name == name; });
    return found == list.end() ? nullptr : found->get();
}

int keeping(const ContentPolicy& content)
{
    return content.retain == Retain::None ? 0 : content.retain == Retain::Sampled ? content.samplePercent : 100;
}

QString contentText(const ContentPolicy& content)
{
    if (content.retain == Retain::None)
        return QStringLiteral("nothing");
    return QStringLiteral("%1 % for %2 h")
        .arg(keeping(content))
        .arg(std::chrono::duration_cast<std::chrono::hours>(content.ttl).count());
}

// The same host under another label may serve whom it might not serve before.
void relabelled(const PolicySnapshot& before, const PolicySnapshot& after,
    const std::function<bool(const Candidate&, const Zone*)>& inZone, QVector<Loosening>& found)
{
    for (std::size_t i = 0; i < after.providers.size(); ++i) {
        const Provider& now = *after.providers[i];
        const Provider* was = named(before.providers, now.name);
        if (!was || (was->region == now.region && was->retention == now.retention))
            continue;
        Candidate candidateNow;
        candidateNow.provider = &now;
        Candidate candidateWas;
        candidateWas.provider = was;
        QStringList zones;
        for (const auto& zone : after.zones) {
            const Zone* zoneWas = named(before.zones, zone->name);
            if (inZone(candidateNow, zone.get()) && zoneWas && !inZone(candidateWas, zoneWas))
                zones.append(zone->name);
        }
        if (zones.isEmpty())
            continue;
        Loosening loosening;
        loosening.subject = QStringLiteral("provider %1").arg(now.name);
        loosening.path = QStringLiteral("providers[%1].%2")
                             .arg(i)
                             .arg(was->region != now.region ? QStringLiteral("region") : QStringLiteral("retention"));
        loosening.before = was->region + u'/' + was->retention;
        loosening.after = now.region + u'/' + now.retention;
        loosening.sentence = QStringLiteral("Provider %1 counts as inside %2 from now on, where it was outside.")
                                 .arg(now.name, zones.join(QStringLiteral(", ")));
        found.append(loosening);
    }
}

} // namespace

QVector<Loosening> loosenings(const PolicySnapshot& before, const PolicySnapshot& after,
    const std::function<bool(const Candidate&, const Zone*)>& inZone)
{
    QVector<Loosening> found;
    for (std::size_t i = 0; i < after.tenants.size(); ++i) {
        const Tenant& now = *after.tenants[i];
        const Tenant* was = named(before.tenants, now.name);
        if (!was)
            continue;
        Loosening loosening;
        loosening.tenant = now.name;
        loosening.subject = QStringLiteral("tenant %1").arg(now.name);
        if (allowsMore(now.zone, was->zone)) {
            loosening.path = QStringLiteral("tenants[%1].zone").arg(i);
            loosening.before = zoneText(was->zone);
            loosening.after = zoneText(now.zone);
            loosening.sentence = QStringLiteral("The zone of tenant %1 allows more than before: %2 instead of %3.")
                                     .arg(now.name, loosening.after, loosening.before);
            found.append(loosening);
        }
        const ContentPolicy& keptNow = now.content ? *now.content : after.content;
        const ContentPolicy& keptBefore = was->content ? *was->content : before.content;
        if (keeping(keptNow) > keeping(keptBefore) ||
            (keeping(keptNow) > 0 && keptNow.ttl > keptBefore.ttl && keeping(keptBefore) > 0)) {
            loosening.path = now.content ? QStringLiteral("tenants[%1].content").arg(i) : QStringLiteral("content");
            loosening.before = contentText(keptBefore);
            loosening.after = contentText(keptNow);
            loosening.sentence = QStringLiteral("More of what tenant %1 sends and gets is kept: %2 instead of %3.")
                                     .arg(now.name, loosening.after, loosening.before);
            found.append(loosening);
        }
    }
    if (inZone)
        relabelled(before, after, inZone, found);
    return found;
}

} // namespace gateway::config

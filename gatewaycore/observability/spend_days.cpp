#include "observability/spend_days.h"

#include <QDate>
#include <QSet>

#include <cmath>

namespace gateway::observability {
namespace {

const QString kOthers = QString(QChar(0x1f)); // no caller can name it

QString dateOf(qint64 day)
{
    return QDate(1970, 1, 1).addDays(day).toString(Qt::ISODate);
}

double percent(double part, double whole)
{
    return 100 * part / whole;
}

QString percentText(double percent)
{
    return QString::number(percent, 'f', 0) + QStringLiteral(" %");
}

QString nameOfFeature(const QString& feature)
{
    if (feature.isEmpty())
        return QStringLiteral("calls that name no feature");
    return feature == kOthers ? QStringLiteral("its many small features") : QStringLiteral("feature ") + feature;
}

} // namespace

void SpendDays::moveTo(qint64 day, const Tell& tell)
{
    if (day <= m_day)
        return;
    m_day = day;
    for (auto tenant = m_tenants.begin(); tenant != m_tenants.end();) {
        Day& today = tenant->today;
        if (today.calls >= kLeastCalls) {
            if (tenant->before.calls > 0 && today.day - tenant->before.day <= kReach)
                compare(tenant.key(), tenant->before, today, tell);
            tenant->before = std::move(today);
        }
        today = {};
        const bool forgotten = tenant->before.calls == 0 || day - tenant->before.day > kReach;
        tenant = forgotten ? m_tenants.erase(tenant) : std::next(tenant);
    }
}

void SpendDays::add(const api::Call& call)
{
    if (m_day < 0 || call.tenant.isEmpty())
        return;
    auto tenant = m_tenants.find(call.tenant);
    if (tenant == m_tenants.end()) {
        if (m_tenants.size() >= kTenants)
            return;
        tenant = m_tenants.insert(call.tenant, {});
    }
    Day& today = tenant->today;
    today.day = m_day;
    ++today.calls;
    today.nameless += call.feature.isEmpty();
    if (!call.cost || call.cost->nano() <= 0)
        return;
    const bool known = today.features.size() < kFeatures || today.features.contains(call.feature);
    today.features[known ? call.feature : kOthers] += double(call.cost->nano());
    today.spent += double(call.cost->nano());
}

void SpendDays::compare(const QString& tenant, const Day& before, const Day& after, const Tell& tell)
{
    const QString days = QStringLiteral("between %1 and %2").arg(dateOf(before.day), dateOf(after.day));
    const double namelessBefore = percent(double(before.nameless), double(before.calls));
    const double namelessAfter = percent(double(after.nameless), double(after.calls));
    if (namelessAfter - namelessBefore > kNamelessPoints) {
        tell("unattributed_growth",
            QStringLiteral("Of the calls of tenant %1, those that name no feature rose from %2 to %3, %4.")
                .arg(tenant, percentText(namelessBefore), percentText(namelessAfter), days));
    }
    if (before.spent <= 0 || after.spent <= 0)
        return;
    QString moved;
    double from = 0;
    double to = 0;
    QStringList features = before.features.keys() + after.features.keys();
    features.sort(); // of two that moved as far, always the same is told
    for (const QString& feature : std::as_const(features)) {
        const double was = percent(before.features.value(feature), before.spent);
        const double is = percent(after.features.value(feature), after.spent);
        if (std::abs(is - was) <= std::abs(to - from))
            continue;
        moved = feature;
        from = was;
        to = is;
    }
    if (std::abs(to - from) <= kSharePoints)
        return;
    tell("share_shift", QStringLiteral("Of the spend of tenant %1, the share of %2 moved from %3 to %4, %5.")
                            .arg(tenant, nameOfFeature(moved), percentText(from), percentText(to), days));
}

} // namespace gateway::observability

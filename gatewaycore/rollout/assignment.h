// Assignment: which callers a canary has. A caller (a tenant or a credential) has a place from 0 to 9,999, from the
// FNV-1a hash of the canary's salt and its name: the same on every machine and after every restart. A canary at p
// percent has the places below 100 p, so who is in at p percent is in at every higher one, and another canary, with
// another salt, begins with others. Excluded tenants are in neither arm. Immutable; any thread.
#pragma once

#include "api/canary.h"

#include <QSet>

namespace gateway::rollout {

constexpr int kPlaces = 10'000;

class Assignment
{
public:
    Assignment() = default; // takes nobody
    Assignment(const QByteArray& salt, api::StickyBy by, int percent, const QStringList& exclude);

    bool takes(const QString& tenant, const QString& credential) const;
    // Could be taken at some share: the others say nothing about the revision in force as a control.
    bool isEligible(const QString& tenant) const { return !m_exclude.contains(tenant); }
    int placeOf(const QString& caller) const; // 0 to kPlaces - 1
    int percent() const { return m_below * 100 / kPlaces; }

private:
    quint64 m_salted = 0; // the hash after the salt
    api::StickyBy m_by = api::StickyBy::Tenant;
    int m_below = 0;
    QSet<QString> m_exclude;
};

} // namespace gateway::rollout

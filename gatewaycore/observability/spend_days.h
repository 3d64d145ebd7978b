// SpendDays: compares each tenant's day (UTC) with the last one before it, when a new day begins. It tells when
//   the share of calls that name no feature has risen by more than kNamelessPoints (unattributed_growth); or
//   one feature's share of the tenant's spend has moved by more than kSharePoints (share_shift; the one that moved most
//   is told, for the others follow from it).
// A day with fewer than kLeastCalls calls says nothing and is passed over, up to kReach days back; so Monday is
// compared with Friday where weekends are quiet. Bounded: kTenants tenants, kFeatures features each; what comes beyond
// those counts as one feature without a name of its own. Thread: control.
#pragma once

#include "api/call.h"

#include <QHash>

#include <functional>

namespace gateway::observability {

class SpendDays
{
public:
    static constexpr int kLeastCalls = 100;
    static constexpr int kNamelessPoints = 20;
    static constexpr int kSharePoints = 30;
    static constexpr int kReach = 7;
    static constexpr int kTenants = 1000;
    static constexpr int kFeatures = 256;

    using Tell = std::function<void(const char* kind, const QString& sentence)>;
    void moveTo(qint64 day, const Tell& tell); // days since 1970; one that goes back is not heard
    void add(const api::Call& call);           // belongs to the day moved to

private:
    struct Day
    {
        qint64 day = 0;
        qint64 calls = 0;
        qint64 nameless = 0;
        double spent = 0; // nano-USD; only shares are made of it
        QHash<QString, double> features;
    };
    struct Tenant
    {
        Day today;
        Day before; // the last that says something; calls 0: none
    };
    static void compare(const QString& tenant, const Day& before, const Day& after, const Tell& tell);

    qint64 m_day = -1;
    QHash<QString, Tenant> m_tenants;
};

} // namespace gateway::observability

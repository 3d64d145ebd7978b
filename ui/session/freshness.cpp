#include "session/freshness.h"

namespace ui {

using Link = gateway::api::LinkStatus::State;

Freshness freshnessOf(const FreshnessFacts& facts)
{
    if (facts.link == Link::NotPermitted || facts.refused)
        return Freshness::NotPermitted;
    if (facts.link == Link::CertificateChanged || facts.link == Link::VersionMismatch)
        return Freshness::Error;
    if (facts.ageMs < 0)
        return facts.failed || facts.link == Link::Unreachable ? Freshness::Error : Freshness::NoData;
    if (facts.ageMs > 3LL * facts.pollMs)
        return Freshness::Stale;
    // nothing is live while its events do not come, however young the last poll is
    if (facts.ageMs >= 2LL * facts.pollMs || facts.streamLost)
        return Freshness::Late;
    return Freshness::Live;
}

QString wordOf(Freshness freshness)
{
    switch (freshness) {
    case Freshness::NoData:
        return QStringLiteral("no data");
    case Freshness::Live:
        return QStringLiteral("live");
    case Freshness::Late:
        return QStringLiteral("late");
    case Freshness::Stale:
        return QStringLiteral("stale");
    case Freshness::Error:
        return QStringLiteral("error");
    case Freshness::NotPermitted:
        return QStringLiteral("not permitted");
    }
    return {};
}

} // namespace ui

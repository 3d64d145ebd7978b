// How attempts that were made stand to the zone that was in force for them: by what the revision of their call said of
// its tenant, its zone and the provider. Who cannot say gives no PASS: an endpoint that the revision does not know is
// outside; a revision that nobody wrote down is unknown. Pure; any thread.
#pragma once

#include "store/zone_history.h"
#include "store/zone_scan.h"

namespace gateway::privacy {

enum class Standing
{
    Inside,
    Outside,
    Unknown, // what the config said then is not known
    Unzoned  // the config had no zones then, so nothing was promised
};

struct Judged
{
    Standing standing = Standing::Unknown;
    QString why;       // of Outside and Unknown
    QString retention; // of the provider then
};

Judged judge(const store::ZoneGroup& group, const store::Revisions& revisions);

} // namespace gateway::privacy

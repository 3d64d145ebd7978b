// Freshness: how far what is on the screen can be trusted, as a type: every number of a page is as fresh as its
// session. Any thread; values. Live below two poll intervals of age, late up to three, stale beyond; no data before the
// first answer; error when nothing can come any more without a person (another certificate, another version of the
// contract); not permitted when the engine does not accept who we are. "No data" is never drawn as zero or as green.
#pragma once

#include "api/admin_transport.h"

#include <QString>

namespace ui {

enum class Freshness
{
    NoData,
    Live,
    Late,
    Stale,
    Error,
    NotPermitted
};

struct FreshnessFacts
{
    qint64 ageMs = -1; // of the last good answer; -1: there was none
    int pollMs = 2000;
    gateway::api::LinkStatus::State link = gateway::api::LinkStatus::State::Connected;
    bool streamLost = false; // no events come; what is polled may still be young
    bool refused = false;    // the last answer was: not permitted
    bool failed = false;     // the last answer was another error, or none came
};

Freshness freshnessOf(const FreshnessFacts& facts);
QString wordOf(Freshness freshness); // "live", "late", "stale", "no data", "error", "not permitted"
// Enough to act upon: live or late.
inline bool isFresh(Freshness freshness)
{
    return freshness == Freshness::Live || freshness == Freshness::Late;
}

} // namespace ui

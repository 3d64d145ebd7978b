// A recorded decision beside the one made again: what differs, and why, in one sentence. Pure; any thread.
#pragma once

#include "api/replay.h"
#include "replay/decide.h"

namespace gateway::replay {

// What a decision comes to, on both sides in the same words.
struct Choice
{
    QString first;                                 // candidate, or "cached"; empty: refused
    api::ErrorCode refusal = api::ErrorCode::None; // of one that is refused
    QStringList chain;                             // what follows the first, in order: candidate and kind

    QString name() const { return refusal == api::ErrorCode::None ? first : api::nameOf(refusal); }
    bool isRefused() const { return refusal != api::ErrorCode::None; }
};

Choice choiceOf(const ReplayCase& call);
Choice choiceOf(const Decision& decision);

api::ReplayEffect effectOf(const Choice& before, const Choice& after);

// Why they differ. `quota`: whose quota refused the call in the replay.
QString reasonOf(const ReplayCase& call, const Choice& before, const Decision& decision, const Choice& after,
    const QString& quota = {});

// Every candidate's verdict and code, the steps, the refusal and the zone, one line each: what a test compares.
QStringList linesOf(const ReplayCase& call);
QStringList linesOf(const Decision& decision);

} // namespace gateway::replay

// A plan: what a change would do, as far as it can be known before. A dry run prints it with the request that would
// have been sent; a wide change (calls would be refused by it, somebody locks himself out) is only made with --yes or
// when a person types a word on the terminal.
#pragma once

#include "commands.h"

#include <QJsonObject>

#include <functional>

namespace ctl {

struct Plan
{
    QJsonObject json;            // the plan itself; empty: nothing is known but the request
    std::function<void()> print; // the same for people; may be empty
    QString wide;                // why somebody must say yes, a sentence; empty: it is not wide
    QString word;                // what is to be typed then
};

// The end of a dry run: the plan, the request that was held back, and that nothing was changed.
void tellDryRun(Context context, const Plan& plan, const gateway::api::AdminRequest& held);

// --yes, or the word typed on a terminal. The error says what to do where nobody can be asked.
gateway::api::Outcome askFor(const Options& options, const Plan& plan);

} // namespace ctl

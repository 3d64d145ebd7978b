// The ladder to an engine (api/connection_check.h), climbed to its end and told as checks. Main thread; blocks in an
// event loop until the ladder ends, which it does by itself.
#pragma once

#include "check.h"

#include "api/connection_check.h"

namespace ctl {

struct Ladder
{
    Checks checks; // one a rung, by the name of the rung
    bool isGood = false;
    bool isLetIn = false; // the engine answers us, whatever failed further up
    QString role;
    QString engine;
    QString environment;
    std::optional<gateway::api::CertificateFacts> offered;
};

Ladder climb(const gateway::api::HttpTransportOptions& options);

} // namespace ctl

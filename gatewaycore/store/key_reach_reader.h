// What a key touched, added up from calls and attempts (api/key_reach.h): of a credential over the calls of its tenant,
// of a provider over the index of attempts by provider. Read in pieces from the end of the time back, so that a
// question about too much is answered with what was read, and says so. On a reading thread, with a connection of its
// own.
#pragma once

#include "api/key_reach.h"

#include <chrono>

namespace gateway::store {

struct ReachQuestion
{
    QString credential; // one of the two
    QString provider;
    QString tenant; // of the credential, if it is known: then its calls alone are read
    qint64 sinceMs = 0;
    qint64 untilMs = 0;
    std::chrono::milliseconds patience{5'000};
};

api::Result<api::KeyReach> keyReach(const QString& databaseFile, const ReachQuestion& question);

} // namespace gateway::store

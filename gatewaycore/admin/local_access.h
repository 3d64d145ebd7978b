// What a local engine leaves in its data directory so that programs of the same user can reach it: admin.token (256
// random bits, mode 0600, made once) and runtime.json (where it listens, while it runs). Reading them:
// api/local_engine.h. Control thread.
#pragma once

#include "api/local_engine.h"
#include "api/result.h"
#include "base/random.h"
#include "base/secret.h"

namespace gateway::admin {

// Reads the token, making it first if there is none. A token file that others may read, that is a link or that does not
// hold a whole token is refused, not repaired: somebody should know.
api::Result<Secret> adminToken(const QString& dataDirectory, RandomSource& random);

api::Outcome writeRuntime(const QString& dataDirectory, const api::RuntimeFacts& facts);
void removeRuntime(const QString& dataDirectory);

} // namespace gateway::admin

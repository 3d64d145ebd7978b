// The pepper: 32 random bytes in the data directory's file `pepper` (mode 0600), without which the hashes in the
// database tell nothing. It is made once; losing it makes every credential worthless, so it is never made anew while
// credentials exist. Control thread, at start.
#pragma once

#include "api/result.h"
#include "base/random.h"
#include "base/secret.h"

#include <QString>

namespace gateway::credential {

// Reads the file, or makes it if `mayCreate`. Refuses a file that others may read, of the wrong size, or that is a
// link.
api::Result<Secret> loadPepper(const QString& directory, bool mayCreate, RandomSource& random);

} // namespace gateway::credential

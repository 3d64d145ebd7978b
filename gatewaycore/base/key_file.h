// A key that this program makes for itself: 32 random bytes in a file of the data directory (mode 0600), made once and
// never anew while something exists that was made with it. Control thread, at start.
#pragma once

#include "api/result.h"
#include "base/random.h"
#include "base/secret.h"

#include <QString>

namespace gateway {

constexpr qsizetype kKeyFileBytes = 32;

struct KeyFileWords
{
    const char* name; // "pepper"
    const char* uses; // "there are credentials that were made with it": why it is not made anew
};

// Reads the file, or makes it if `mayCreate`. Refuses a file that others may read, of the wrong size, or that is a
// link.
api::Result<Secret> loadKeyFile(const QString& file, const KeyFileWords& words, bool mayCreate, RandomSource& random);

} // namespace gateway

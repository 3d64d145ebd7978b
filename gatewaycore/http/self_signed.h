// A certificate of our own for a listener that was given none: ECDSA P-256, signed by itself, good for ten years. Made
// once into the data directory and kept over restarts, because those who attach pin it: its SHA-256 is the engine's
// identity to them, and another one stops them. Control thread, at start; blocks on the disk.
#pragma once

#include "api/result.h"

#include <QString>
#include <QStringList>

namespace gateway::http {

// Key and certificate in one PEM file, mode 0600, so that there is never one without the other.
struct SelfSignedFile
{
    QString path;
    bool isNew = false; // made just now
};

// Reads `directory`/admin-tls.pem, making it first if there is none, for `names` (DNS names and addresses; repeated and
// empty ones are left out). A file that others may read, or that is a link or not ours, is refused, not repaired.
api::Result<SelfSignedFile> selfSigned(const QString& directory, const QStringList& names);

} // namespace gateway::http

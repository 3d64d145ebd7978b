// The anchor: a file outside the database to which every signed head is appended, a line of JSON each, on disk when the
// appending returns. Whoever can change the database but not this file cannot set the log back unseen. Several engines
// may share one file. Anchor: one engine's way to append; readAnchor: what a verifier reads, any thread.
#pragma once

#include "api/result.h"
#include "audit/chain/head.h"

#include <QVector>

namespace gateway::audit {

QString localAnchorFile(const QString& dataDirectory); // where heads go that are anchored nowhere else

struct AnchorContent
{
    bool exists = false;
    QVector<LogHead> heads;     // of the engine that was asked for, in the order of the lines
    QVector<qint64> unreadable; // numbers of lines, from 1; not those that a crash cut off and that follow whole
    bool endsInside = false;    // the last line has no end: a writer was cut off, and writes it again
};
// `engine` empty: of all. An error only if the file is there and cannot be read.
api::Result<AnchorContent> readAnchor(const QString& file, const QString& engine);

// Appends; a last line without end, as a crash leaves it, gets one before. One process and one thread at a time.
api::Outcome appendToAnchor(const QString& file, const QVector<LogHead>& heads);

} // namespace gateway::audit

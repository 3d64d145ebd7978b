// The spill journal of earlier versions (`spill.journal`), read once: what it holds goes into the database, then it is
// removed. Format (little endian): "SBXSPILL", u32 version 1, u32 epoch; then records: u32 length, u32 CRC-32 of epoch
// and payload, payload (a call as JSON). A record that does not verify ends it. Functions; filing thread, at start.
#pragma once

#include "api/call.h"
#include "api/result.h"

#include <memory>
#include <vector>

namespace gateway::store {

struct OldSpill
{
    std::vector<std::shared_ptr<const api::Call>> calls; // oldest first
    int unreadable = 0;                                  // entries that are no call any more
};

api::Result<OldSpill> readOldSpill(const QString& file);
bool removeOldSpill(const QString& file, bool keepCopy); // durably; with a copy aside where something was unreadable

} // namespace gateway::store

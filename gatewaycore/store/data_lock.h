// DataLock: one engine per data directory. An flock on the file `lock`: the kernel drops it with the process, so a kill
// -9 leaves no stale lock. The file says who holds it. Control thread.
#pragma once

#include "api/result.h"

#include <QString>

#include <memory>

namespace gateway::store {

class DataLock
{
public:
    static api::Result<std::unique_ptr<DataLock>> take(const QString& directory);
    ~DataLock();
    Q_DISABLE_COPY_MOVE(DataLock)

private:
    explicit DataLock(int descriptor) : m_descriptor(descriptor) {}
    int m_descriptor;
};

} // namespace gateway::store

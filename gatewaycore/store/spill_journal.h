// SpillJournal: where records go while the database cannot be written. A file allocated in full beforehand, so that it
// can be written on a full disk; every append is synced before it counts. Not thread-safe: store thread. Format (little
// endian): "SBXSPILL", u32 version 1, u32 epoch; then records: u32 length, u32 CRC-32 of epoch and payload, payload (a
// call as JSON). A record that does not verify ends the journal. reset() raises the epoch, so that what lies behind
// from before never verifies again.
#pragma once

#include "api/call.h"
#include "api/result.h"

#include <QString>

#include <memory>
#include <span>
#include <vector>

namespace gateway::store {

class SpillJournal
{
public:
    using Record = std::shared_ptr<const api::Call>;

    // Opens or makes the file and reads what it holds. `bytes` is the size of the whole file.
    static api::Result<std::unique_ptr<SpillJournal>> open(const QString& file, qint64 bytes);
    ~SpillJournal();
    Q_DISABLE_COPY_MOVE(SpillJournal)

    // How many of the records, from the first, are now durable: all, or fewer when it is full, or 0 on an I/O error.
    std::size_t append(std::span<const Record> records);
    // What the journal holds, oldest first. Entries that are no call any more are counted, not returned.
    std::vector<Record> records(int* unreadable = nullptr) const;
    bool reset(); // empty again, durably

    bool isEmpty() const { return m_count == 0; }
    int count() const { return m_count; }

private:
    SpillJournal() = default;
    QByteArray readAll() const;
    template <typename Visitor>
    qint64 walk(const QByteArray& bytes, Visitor visit) const;

    int m_descriptor = -1;
    qint64 m_size = 0;
    qint64 m_end = 0; // where the next record goes
    quint32 m_epoch = 1;
    int m_count = 0;
};

} // namespace gateway::store

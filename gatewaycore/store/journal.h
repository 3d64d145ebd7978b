// Journal: the record's first place, ahead of the database. A row of segments (journal_segment.h) in a directory of its
// own; what was appended is on disk when append() returns, by one write per batch. Segments are made beforehand, by
// whoever files, and come back when what they held is durable in the database; the row grows to `bytes` and no further.
// After a failed write nothing is written any more until a restart, because what the kernel holds is not known then.
// Threads: append() belongs to the journalling thread; read(), release(), provide() to the filing thread; open() and
// empty() to whoever has both; the facts at the end to any. Numbers of records count on without gaps over all runs.
#pragma once

#include "store/journal_segment.h"
#include "store/pending.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

namespace gateway::store {

class Journal
{
public:
    struct Options
    {
        QString directory;
        qint64 bytes = 1 << 30;
        std::function<void(const char*)> atPoint; // tests: told at named points
    };

    // Reads what an earlier run left. What cannot be read any more is put aside beside the segments and counted.
    static api::Result<std::unique_ptr<Journal>> open(Options options);
    // The database has everything up to this record of the journal `id`; 0: it knows of none.
    void setFiled(quint64 id, quint64 sequence);

    void append(std::span<const PendingRecord> records, std::vector<audit::Durability>& durabilities);

    struct Stored
    {
        std::vector<JournalledCall> calls;
        quint64 upTo = 0; // the last record that was looked at; less than asked for: there is nothing more
    };
    Stored read(quint64 from, quint64 until, std::size_t most); // in order
    bool wouldRelease(quint64 upTo) const;                      // is there a full segment with nothing beyond
    void release(quint64 upTo);                                 // those are free: the database has them for good
    void provide();                                             // segments for what comes
    void empty();                                               // all is filed, nobody appends: nothing is held

    quint64 id() const { return m_id; }
    quint64 firstHeld() const; // 0: none
    quint64 lastDurable() const { return m_lastDurable.load(std::memory_order_acquire); }
    bool isBroken() const { return m_broken.load(std::memory_order_relaxed); }
    bool hasRoom() const { return m_room.load(std::memory_order_relaxed) >= m_reserve; }
    bool hasPlenty() const { return m_room.load(std::memory_order_relaxed) >= 3 * m_reserve; }
    int damaged() const { return m_damaged.load(std::memory_order_relaxed); } // parts that were put aside
    QString trouble() const; // why it cannot be written, or cannot grow; empty: it can

private:
    using SegmentPtr = std::shared_ptr<JournalSegment>;
    struct Held // a segment with records
    {
        SegmentPtr segment;
        quint64 first = 0;
        quint64 last = 0;
        qint64 end = 0; // of what is durable
    };

    explicit Journal(Options options);
    api::Outcome readSegments();
    void reckonGaps();
    void putAside(const JournalSegment& segment);
    bool flush(quint64 last);
    bool nextSegment();
    SegmentPtr make(bool zeroed);
    void discard(const SegmentPtr& segment);
    void countRoom(); // with the lock held
    void point(const char* name) const;
    void say(const QString& trouble);

    const Options m_options;
    const qint64 m_segmentBytes;
    const qint64 m_reserve;
    quint64 m_id = 0;

    // the journalling thread's
    SegmentPtr m_active;
    QByteArray m_buffer;

    // the filing thread's: where the next read goes on
    quint64 m_readNext = 0;
    quint64 m_readGeneration = 0;
    qint64 m_readOffset = 0;

    mutable std::mutex m_mutex; // guards what follows, never held over a write
    std::deque<Held> m_held;    // oldest first; the last one may be the active one
    std::deque<SegmentPtr> m_spares;
    qint64 m_fileBytes = 0; // of all segments
    quint64 m_generation = 0;
    int m_fileNumber = 0;
    bool m_mayGrow = true;
    QString m_trouble;

    std::atomic<quint64> m_lastDurable = 0;
    std::atomic<qint64> m_room = 0;
    std::atomic<bool> m_broken = false;
    std::atomic<int> m_damaged = 0;
};

} // namespace gateway::store

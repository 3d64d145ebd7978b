// One file of the journal: a fixed size, allocated beforehand, a header, then frames one after the other. Format
// (little endian). Header, 64 bytes: "SBXJRNL\0", u32 version 1, u32 CRC-32 of the rest, u64 generation, u64 id of the
// journal, zeros; generation 0: it holds nothing. Frame: u32 CRC-32 of all that follows in it, u32 length of the
// payload, u64 sequence number, u64 generation, payload. A frame counts only if it verifies, is of the header's
// generation and follows its neighbour by number; the first that does not ends the segment. So a torn tail is cut,
// nothing behind a hole is believed, and what a recycled file still holds of its former life never verifies again.
// Every write is durable when it returns (O_DSYNC). Not thread-safe: one thread appends, or one reads what was appended
// before (journal.h).
#pragma once

#include "api/result.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>

namespace gateway::store {

struct Frame
{
    quint64 sequence = 0;
    QByteArrayView payload;
};

class JournalSegment
{
public:
    static constexpr qint64 kHeaderBytes = 64;
    static constexpr qint64 kFrameBytes = 24;

    // A new file of that size; zeroed, so that the disk has nothing to note down later but the bytes themselves.
    // Without `zeroed` it is there sooner, and slower the first time round. The caller syncs the directory.
    static api::Result<std::unique_ptr<JournalSegment>> make(const QString& file, qint64 bytes, bool zeroed);
    static api::Result<std::unique_ptr<JournalSegment>> open(const QString& file);
    ~JournalSegment();
    Q_DISABLE_COPY_MOVE(JournalSegment)

    // A new life: what stands before its first frames, in the same write.
    QByteArray begin(quint64 generation, quint64 journalId);
    bool retire(); // holds nothing any more, durably
    // Puts the header of a frame before the payload that lies in `bytes` from `at` + kFrameBytes to the end.
    void seal(QByteArray& bytes, qsizetype at, quint64 sequence) const;
    bool write(const QByteArray& frames); // at the end; the caller knows that they fit. False: nothing is certain
    // Frames from `offset` on, in order, until one does not verify or the visitor says false. Returns where the next
    // frame is to be looked for.
    qint64 walk(qint64 offset, qint64 until, const std::function<bool(const Frame&)>& visit) const;

    // Frames of this life that verify lie behind a hole at `offset`: not a torn tail but damage.
    bool hasFramesBehind(qint64 offset) const;

    const QString& file() const { return m_file; }
    qint64 size() const { return m_size; }
    qint64 end() const { return m_end; } // of what was written in this life; 0: nothing
    qint64 room() const { return m_size - m_end; }
    qint64 capacity() const { return m_size - kHeaderBytes; }
    quint64 generation() const { return m_generation; }
    quint64 journalId() const { return m_journalId; }

private:
    JournalSegment(QString file, int descriptor, qint64 size);

    const QString m_file;
    const int m_descriptor;
    const qint64 m_size;
    qint64 m_end = 0;
    quint64 m_generation = 0; // 0: the header tells none
    quint64 m_journalId = 0;
};

} // namespace gateway::store

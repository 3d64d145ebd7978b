#include "store/journal.h"

#include "base/random.h"
#include "store/call_codec.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::store {
namespace {

using audit::Durability;

constexpr qint64 kLargestSegment = 4 << 20;
constexpr qint64 kSmallestSegment = 16 << 10;
constexpr qint64 kLargestReserve = 2 << 20; // for the calls that are under way when no new ones are taken
constexpr std::size_t kSpares = 2;          // a second of full load and more
constexpr std::size_t kMostSpares = 4;
constexpr qsizetype kBufferKept = 1 << 20;

bool syncDirectory(const QString& directory)
{
    const int descriptor = ::open(directory.toLocal8Bit().constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0)
        ::close(descriptor);
    return synced;
}

QString reason(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

} // namespace

Journal::Journal(Options options)
    : m_options(std::move(options)),
      m_segmentBytes(std::clamp(m_options.bytes / 4, kSmallestSegment, kLargestSegment)),
      m_reserve(std::min(kLargestReserve, m_options.bytes / 16))
{
}

api::Result<std::unique_ptr<Journal>> Journal::open(Options options)
{
    std::unique_ptr<Journal> journal(new Journal(std::move(options)));
    if (const api::Outcome read = journal->readSegments(); !read)
        return read.error();
    if (journal->m_spares.empty()) { // the first record finds its place; the next place is made while nobody waits
        if (const SegmentPtr first = journal->make(false))
            journal->m_spares.push_back(first);
        else if (journal->m_held.empty())
            return api::failure(api::Failure::Unavailable, journal->trouble());
    }
    const std::lock_guard lock(journal->m_mutex);
    journal->countRoom();
    return journal;
}

api::Outcome Journal::readSegments()
{
    const QString& directory = m_options.directory;
    if (!QDir(directory).exists()) {
        if (::mkdir(directory.toLocal8Bit().constData(), 0700) != 0 ||
            !syncDirectory(directory + QStringLiteral("/..")))
            return api::failure(api::Failure::Unavailable,
                QStringLiteral("The journal's directory %1 cannot be made: %2.").arg(directory, reason(errno)));
    }
    for (const QString& name : QDir(directory).entryList({QStringLiteral("segment-*")}, QDir::Files, QDir::Name)) {
        m_fileNumber = std::max(m_fileNumber, name.mid(8).toInt());
        auto opened = JournalSegment::open(directory + u'/' + name);
        if (!opened)
            return opened.error();
        const SegmentPtr segment = std::move(*opened);
        m_fileBytes += segment->size();
        m_generation = std::max(m_generation, segment->generation());
        Held held{segment, 0, 0, 0};
        if (segment->generation() != 0) {
            held.end = segment->walk(JournalSegment::kHeaderBytes, segment->size(), [&held](const Frame& frame) {
                held.first = held.first == 0 ? frame.sequence : held.first;
                held.last = frame.sequence;
                return true;
            });
        }
        if (held.first != 0)
            m_held.push_back(held);
        else if (segment->generation() != 0 && segment->hasFramesBehind(JournalSegment::kHeaderBytes))
            putAside(*segment), discard(segment);
        else if (segment->size() == m_segmentBytes)
            m_spares.push_back(segment);
        else
            discard(segment);
    }
    std::sort(m_held.begin(), m_held.end(),
        [](const Held& a, const Held& b) { return a.segment->generation() < b.segment->generation(); });
    for (const Held& held : m_held)
        m_id = held.segment->journalId() != 0 ? held.segment->journalId() : m_id;
    while (m_id == 0) { // nothing is held: a journal of its own, whatever is done with copies of this directory
        SodiumRandom random;
        random.fill({reinterpret_cast<unsigned char*>(&m_id), sizeof m_id});
    }
    reckonGaps();
    return api::Done{};
}

// A segment is begun when all before it is durable, so where numbers are missing between two of them the older one is
// damaged; so is one with good frames behind a bad one. The newer ones are whole all the same.
void Journal::reckonGaps()
{
    for (std::size_t i = 0; i < m_held.size(); ++i) {
        const Held& held = m_held[i];
        const bool gap = i + 1 < m_held.size() && m_held[i + 1].first > held.last + 1;
        if (gap || held.segment->hasFramesBehind(held.end))
            putAside(*held.segment);
        m_lastDurable = std::max(m_lastDurable.load(), held.last);
    }
}

void Journal::putAside(const JournalSegment& segment)
{
    const QString copy = m_options.directory + QStringLiteral("/damaged-%1").arg(segment.generation());
    if (!QFile::exists(copy))
        QFile::copy(segment.file(), copy);
    ++m_damaged;
}

void Journal::setFiled(quint64 id, quint64 sequence)
{
    // a database that has followed another journal says nothing about this one: then all is filed again, which is
    // harmless
    if (m_lastDurable < sequence)
        m_lastDurable = sequence; // numbers count on
    if (id == m_id)
        release(sequence);
}

quint64 Journal::firstHeld() const
{
    const std::lock_guard lock(m_mutex);
    return m_held.empty() ? 0 : m_held.front().first;
}

void Journal::append(std::span<const PendingRecord> records, std::vector<Durability>& durabilities)
{
    durabilities.assign(records.size(), Durability::Lost);
    if (isBroken())
        return;
    std::size_t waiting = 0; // records in the buffer: the ones before `i`
    const auto settle = [&](std::size_t end) {
        if (waiting == 0)
            return true;
        const std::size_t from = end - waiting;
        if (!flush(lastDurable() + waiting))
            return false;
        std::fill(durabilities.begin() + qsizetype(from), durabilities.begin() + qsizetype(end), Durability::Committed);
        waiting = 0;
        return true;
    };
    m_buffer.resize(0);
    if (m_active && m_active->end() == 0) // it was begun for a record that no segment holds
        m_buffer = m_active->begin(m_active->generation(), m_id);
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (!m_active && !nextSegment())
            return;
        qsizetype at = m_buffer.size();
        m_buffer.resize(at + JournalSegment::kFrameBytes);
        encodeCall(*records[i].call, m_buffer);
        if (m_buffer.size() > m_active->room()) {
            const QByteArray frame = m_buffer.mid(at);
            m_buffer.truncate(at);
            if (!settle(i))
                return;
            if (frame.size() > m_segmentBytes - JournalSegment::kHeaderBytes)
                continue; // no segment holds it
            if (!nextSegment())
                return;
            at = m_buffer.size();
            m_buffer += frame;
        }
        ++waiting;
        m_active->seal(m_buffer, at, lastDurable() + waiting);
    }
    settle(records.size());
    if (m_buffer.capacity() > kBufferKept)
        m_buffer = QByteArray();
}

bool Journal::flush(quint64 last)
{
    point("append");
    if (!m_active->write(m_buffer)) {
        say(QStringLiteral("the disk failed to keep what was written to the journal (%1)").arg(reason(errno)));
        m_broken = true;
        return false;
    }
    point("synced");
    m_buffer.resize(0);
    const std::lock_guard lock(m_mutex);
    Held& held = m_held.back();
    if (held.first == 0)
        held.first = lastDurable() + 1;
    held.last = last;
    held.end = m_active->end();
    m_lastDurable.store(last, std::memory_order_release);
    countRoom();
    return true;
}

bool Journal::nextSegment()
{
    SegmentPtr next;
    {
        const std::lock_guard lock(m_mutex);
        m_active.reset(); // full, and may be freed
        if (!m_spares.empty()) {
            next = m_spares.front();
            m_spares.pop_front();
        }
    }
    point("switch");
    if (!next)
        next = make(false); // whoever files is held up
    const std::lock_guard lock(m_mutex);
    m_active = next;
    if (next) {
        m_buffer = next->begin(++m_generation, m_id);
        m_held.push_back({next, 0, 0, 0});
        m_trouble.clear();
    }
    countRoom();
    return next != nullptr;
}

Journal::SegmentPtr Journal::make(bool zeroed)
{
    QString file;
    {
        const std::lock_guard lock(m_mutex);
        if (m_fileBytes + m_segmentBytes > std::max(m_options.bytes, 2 * m_segmentBytes)) {
            m_trouble = QStringLiteral("the journal is full (%1 MiB)").arg(m_fileBytes >> 20);
            return nullptr;
        }
        m_fileBytes += m_segmentBytes;
        file = QStringLiteral("%1/segment-%2").arg(m_options.directory).arg(++m_fileNumber, 6, 10, QLatin1Char('0'));
    }
    auto made = JournalSegment::make(file, m_segmentBytes, zeroed);
    const bool synced = made.ok() && syncDirectory(m_options.directory);
    const std::lock_guard lock(m_mutex);
    m_mayGrow = synced;
    if (!synced) {
        m_fileBytes -= m_segmentBytes;
        m_trouble = made ? QStringLiteral("the journal's directory cannot be synced") : made.error().message;
        return nullptr;
    }
    return SegmentPtr(std::move(*made));
}

void Journal::discard(const SegmentPtr& segment)
{
    QFile::remove(segment->file());
    m_fileBytes -= segment->size();
}

Journal::Stored Journal::read(quint64 from, quint64 until, std::size_t most)
{
    Stored stored;
    std::vector<Held> held;
    {
        const std::lock_guard lock(m_mutex);
        for (const Held& one : m_held) {
            if (one.last >= from && one.first != 0)
                held.push_back(one);
        }
    }
    for (const Held& one : held) {
        if (stored.calls.size() >= most || one.first > until)
            break;
        const bool goesOn = m_readGeneration == one.segment->generation() && m_readNext <= from;
        bool enough = false;
        const qint64 offset =
            one.segment->walk(goesOn ? m_readOffset : JournalSegment::kHeaderBytes, one.end, [&](const Frame& frame) {
                enough = stored.calls.size() >= most || frame.sequence > until;
                if (enough)
                    return false;
                if (frame.sequence < from)
                    return true;
                stored.upTo = frame.sequence;
                if (auto call = decodeCall(frame.payload)) {
                    stored.calls.push_back(
                        {frame.sequence, std::make_shared<const api::Call>(std::move(*call)), -1, {}});
                    return true;
                }
                QFile aside(QStringLiteral("%1/damaged-record-%2").arg(m_options.directory).arg(frame.sequence));
                if (aside.open(QIODevice::WriteOnly))
                    aside.write(frame.payload.data(), frame.payload.size());
                ++m_damaged;
                return true;
            });
        m_readGeneration = one.segment->generation();
        m_readOffset = offset;
        m_readNext = std::max(from, stored.upTo + 1);
        if (enough)
            break;
        if (offset < one.end) { // it was whole when it was written
            putAside(*one.segment);
            stored.upTo = std::min(one.last, until);
        }
    }
    return stored;
}

bool Journal::wouldRelease(quint64 upTo) const
{
    const std::lock_guard lock(m_mutex);
    return m_held.size() > 1 && m_held.front().last != 0 && m_held.front().last <= upTo;
}

void Journal::release(quint64 upTo)
{
    std::vector<SegmentPtr> done;
    {
        const std::lock_guard lock(m_mutex);
        while (!m_held.empty() && m_held.front().segment != m_active && m_held.front().last <= upTo) {
            done.push_back(m_held.front().segment);
            m_held.pop_front();
        }
    }
    for (const SegmentPtr& segment : done) {
        point("release");
        const bool fits = segment->size() == m_segmentBytes && segment->retire();
        const std::lock_guard lock(m_mutex);
        if (fits && m_spares.size() < kMostSpares)
            m_spares.push_back(segment);
        else
            discard(segment);
        m_trouble.clear();
        countRoom();
    }
}

void Journal::provide()
{
    for (;;) {
        {
            const std::lock_guard lock(m_mutex);
            if (m_spares.size() >= kSpares ||
                m_fileBytes + m_segmentBytes > std::max(m_options.bytes, 2 * m_segmentBytes))
                return;
        }
        const SegmentPtr made = make(true);
        const std::lock_guard lock(m_mutex);
        if (made)
            m_spares.push_back(made);
        countRoom();
        if (!made)
            return;
    }
}

void Journal::empty()
{
    {
        const std::lock_guard lock(m_mutex);
        m_active.reset();
    }
    release(lastDurable());
}

void Journal::countRoom()
{
    const qint64 free = std::max<qint64>(m_options.bytes - m_fileBytes, 0);
    qint64 room = m_active ? m_active->size() - m_held.back().end : 0; // its own end is the other thread's
    room += qint64(m_spares.size()) * (m_segmentBytes - JournalSegment::kHeaderBytes);
    if (m_mayGrow)
        room += free / m_segmentBytes * (m_segmentBytes - JournalSegment::kHeaderBytes);
    m_room = room;
}

QString Journal::trouble() const
{
    const std::lock_guard lock(m_mutex);
    return m_trouble;
}

void Journal::say(const QString& trouble)
{
    const std::lock_guard lock(m_mutex);
    m_trouble = trouble;
}

void Journal::point(const char* name) const
{
    if (m_options.atPoint)
        m_options.atPoint(name);
}

} // namespace gateway::store

#include "store/journal_segment.h"

#include <QtEndian>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <zlib.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::store {
namespace {

constexpr char kMagic[8] = {'S', 'B', 'X', 'J', 'R', 'N', 'L', '\0'};
constexpr quint32 kVersion = 1;
constexpr qint64 kReadAtOnce = 256 << 10;
constexpr qsizetype kZeroesAtOnce = 256 << 10; // a record that is written meanwhile waits behind so much at most

quint32 checksum(const char* bytes, qint64 size)
{
    return quint32(crc32(crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes), uInt(size)));
}

bool writeAll(int descriptor, QByteArrayView bytes, qint64 offset)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t written =
            ::pwrite(descriptor, bytes.data() + done, std::size_t(bytes.size() - done), offset + done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        done += written;
    }
    return true;
}

qint64 readAll(int descriptor, char* into, qint64 size, qint64 offset)
{
    qint64 done = 0;
    while (done < size) {
        const ssize_t got = ::pread(descriptor, into + done, std::size_t(size - done), offset + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += got;
    }
    return done;
}

QByteArray headerOf(quint64 generation, quint64 journalId)
{
    QByteArray header(JournalSegment::kHeaderBytes, '\0');
    std::memcpy(header.data(), kMagic, 8);
    qToLittleEndian(kVersion, header.data() + 8);
    qToLittleEndian(generation, header.data() + 16);
    qToLittleEndian(journalId, header.data() + 24);
    qToLittleEndian(checksum(header.constData() + 16, header.size() - 16), header.data() + 12);
    return header;
}

api::Error wrong(const char* what, const QString& file, int error)
{
    return api::failure(
        api::Failure::Unavailable, QStringLiteral("The journal's file %1 %2: %3.")
                                       .arg(file, QLatin1String(what), QString::fromLocal8Bit(std::strerror(error))));
}

int allocate(int descriptor, qint64 bytes, bool zeroed)
{
    if (const int error = ::posix_fallocate(descriptor, 0, bytes); error != 0)
        return error;
    const QByteArray zeroes(zeroed ? kZeroesAtOnce : 0, '\0');
    for (qint64 at = 0; zeroed && at < bytes; at += zeroes.size()) {
        if (!writeAll(descriptor, QByteArrayView(zeroes).first(std::min(qint64(zeroes.size()), bytes - at)), at))
            return errno != 0 ? errno : ENOSPC;
        // out at once and waited for: the fsync below tells whether all went well
        ::sync_file_range(descriptor, at, zeroes.size(),
            SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    }
    return ::fsync(descriptor) == 0 ? 0 : errno;
}

} // namespace

JournalSegment::JournalSegment(QString file, int descriptor, qint64 size)
    : m_file(std::move(file)), m_descriptor(descriptor), m_size(size)
{
}

JournalSegment::~JournalSegment()
{
    ::close(m_descriptor);
}

api::Result<std::unique_ptr<JournalSegment>> JournalSegment::make(const QString& file, qint64 bytes, bool zeroed)
{
    const QByteArray name = file.toLocal8Bit();
    const int descriptor = ::open(name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return wrong("cannot be made", file, errno);
    const int error = allocate(descriptor, bytes, zeroed);
    ::close(descriptor);
    if (error != 0) {
        ::unlink(name.constData());
        return wrong("finds no room on the disk", file, error);
    }
    return open(file);
}

api::Result<std::unique_ptr<JournalSegment>> JournalSegment::open(const QString& file)
{
    const int descriptor = ::open(file.toLocal8Bit().constData(), O_RDWR | O_DSYNC | O_CLOEXEC);
    if (descriptor < 0)
        return wrong("cannot be opened", file, errno);
    struct stat facts = {};
    if (::fstat(descriptor, &facts) != 0) {
        const int error = errno;
        ::close(descriptor);
        return wrong("cannot be read", file, error);
    }
    std::unique_ptr<JournalSegment> segment(new JournalSegment(file, descriptor, facts.st_size));
    char header[kHeaderBytes];
    if (readAll(descriptor, header, kHeaderBytes, 0) == kHeaderBytes && std::memcmp(header, kMagic, 8) == 0 &&
        qFromLittleEndian<quint32>(header + 8) == kVersion &&
        qFromLittleEndian<quint32>(header + 12) == checksum(header + 16, kHeaderBytes - 16)) {
        segment->m_generation = qFromLittleEndian<quint64>(header + 16);
        segment->m_journalId = qFromLittleEndian<quint64>(header + 24);
    } else if (char frame[kFrameBytes]; readAll(descriptor, frame, kFrameBytes, kHeaderBytes) == kFrameBytes) {
        // a damaged header must not cost the records: frames say what they are
        segment->m_generation = qFromLittleEndian<quint64>(frame + 16);
    }
    return segment;
}

QByteArray JournalSegment::begin(quint64 generation, quint64 journalId)
{
    m_generation = generation;
    m_journalId = journalId;
    m_end = 0;
    return headerOf(generation, journalId);
}

bool JournalSegment::retire()
{
    m_generation = 0;
    m_end = 0;
    return writeAll(m_descriptor, headerOf(0, m_journalId), 0);
}

void JournalSegment::seal(QByteArray& bytes, qsizetype at, quint64 sequence) const
{
    char* frame = bytes.data() + at;
    const qsizetype size = bytes.size() - at;
    qToLittleEndian(quint32(size - kFrameBytes), frame + 4);
    qToLittleEndian(sequence, frame + 8);
    qToLittleEndian(m_generation, frame + 16);
    qToLittleEndian(checksum(frame + 4, size - 4), frame);
}

bool JournalSegment::write(const QByteArray& frames)
{
    if (!writeAll(m_descriptor, frames, m_end))
        return false;
    m_end += frames.size();
    return true;
}

qint64 JournalSegment::walk(qint64 offset, qint64 until, const std::function<bool(const Frame&)>& visit) const
{
    QByteArray bytes;
    qint64 bytesAt = offset; // in the file
    quint64 expected = 0;
    until = std::min(until, m_size);
    // what lies from `offset` on, at least `size` of it
    const auto have = [&](qint64 size) {
        if (offset + size > until)
            return false;
        if (offset + size <= bytesAt + bytes.size())
            return true;
        const qint64 wanted = std::min(std::max(size, kReadAtOnce), until - offset);
        bytes.resize(wanted);
        bytesAt = offset;
        bytes.resize(readAll(m_descriptor, bytes.data(), wanted, offset));
        return bytes.size() >= size;
    };
    while (have(kFrameBytes)) {
        const qint64 length = qFromLittleEndian<quint32>(bytes.constData() + (offset - bytesAt) + 4);
        if (length == 0 || !have(kFrameBytes + length))
            break;
        const char* frame = bytes.constData() + (offset - bytesAt);
        const auto sequence = qFromLittleEndian<quint64>(frame + 8);
        if (qFromLittleEndian<quint64>(frame + 16) != m_generation || sequence == 0 ||
            (expected != 0 && sequence != expected) ||
            qFromLittleEndian<quint32>(frame) != checksum(frame + 4, kFrameBytes - 4 + length))
            break;
        if (!visit(Frame{sequence, QByteArrayView(frame + kFrameBytes, length)}))
            break;
        expected = sequence + 1;
        offset += kFrameBytes + length;
    }
    return offset;
}

bool JournalSegment::hasFramesBehind(qint64 offset) const
{
    QByteArray rest(m_size - offset, Qt::Uninitialized);
    rest.resize(readAll(m_descriptor, rest.data(), rest.size(), offset));
    char mark[8]; // every frame carries it
    qToLittleEndian(m_generation, mark);
    for (qsizetype at = rest.indexOf(QByteArrayView(mark, 8), 16); at >= 0;
         at = rest.indexOf(QByteArrayView(mark, 8), at + 1)) {
        const char* frame = rest.constData() + at - 16;
        const qint64 length = qFromLittleEndian<quint32>(frame + 4);
        if (length > 0 && at - 16 + kFrameBytes + length <= rest.size() &&
            qFromLittleEndian<quint32>(frame) == checksum(frame + 4, kFrameBytes - 4 + length))
            return true;
    }
    return false;
}

} // namespace gateway::store

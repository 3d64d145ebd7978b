#include "store/spill_journal.h"

#include <QJsonDocument>
#include <QtEndian>

#include <cerrno>
#include <cstring>

#include <zlib.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::store {
namespace {

constexpr char kMagic[] = "SBXSPILL";
constexpr qint64 kHeader = 16;
constexpr qint64 kFrame = 8;
constexpr quint32 kVersion = 1;
constexpr QLatin1String kIdempotency("idempotency");

api::Error wrong(const QString& message)
{
    return api::failure(api::Failure::Unavailable, message);
}

QString reason(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

quint32 checksum(quint32 epoch, QByteArrayView payload)
{
    uchar seed[4];
    qToLittleEndian(epoch, seed);
    const uLong begun = crc32(crc32(0, nullptr, 0), seed, sizeof seed);
    return quint32(crc32(begun, reinterpret_cast<const Bytef*>(payload.data()), uInt(payload.size())));
}

bool writeAll(int descriptor, const QByteArray& bytes, qint64 offset)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t written =
            ::pwrite(descriptor, bytes.constData() + done, std::size_t(bytes.size() - done), offset + done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        done += written;
    }
    return true;
}

QByteArray frame(quint32 epoch, const api::Call& call)
{
    QJsonObject json = api::toJson(call);
    if (!call.idempotency.isEmpty()) // not part of what is served, but of the record
        json.insert(kIdempotency, call.idempotency);
    const QByteArray payload = QJsonDocument(json).toJson(QJsonDocument::Compact);
    QByteArray bytes(kFrame, Qt::Uninitialized);
    qToLittleEndian(quint32(payload.size()), bytes.data());
    qToLittleEndian(checksum(epoch, payload), bytes.data() + 4);
    return bytes + payload;
}

} // namespace

api::Result<std::unique_ptr<SpillJournal>> SpillJournal::open(const QString& file, qint64 bytes)
{
    std::unique_ptr<SpillJournal> journal(new SpillJournal);
    journal->m_descriptor = ::open(file.toLocal8Bit().constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (journal->m_descriptor < 0)
        return wrong(QStringLiteral("The spill journal %1 cannot be opened: %2.").arg(file, reason(errno)));
    struct stat facts;
    if (::fstat(journal->m_descriptor, &facts) != 0)
        return wrong(QStringLiteral("The spill journal %1 cannot be read: %2.").arg(file, reason(errno)));
    journal->m_size = std::max<qint64>(bytes, facts.st_size);
    // never shrunk: a smaller setting must not cut records off
    if (const int error = ::posix_fallocate(journal->m_descriptor, 0, journal->m_size); error != 0)
        return wrong(QStringLiteral("The disk has no room for the spill journal %1: %2.").arg(file, reason(error)));

    const QByteArray held = journal->readAll();
    const bool fresh = facts.st_size == 0 || QByteArrayView(held).first(8) == QByteArrayView(QByteArray(8, '\0'));
    if (fresh) {
        if (!journal->reset())
            return wrong(QStringLiteral("The spill journal %1 cannot be written.").arg(file));
        return journal;
    }
    if (!held.startsWith(kMagic) || qFromLittleEndian<quint32>(held.constData() + 8) != kVersion)
        return wrong(QStringLiteral("The file %1 is not a spill journal this program can read.").arg(file));
    journal->m_epoch = qFromLittleEndian<quint32>(held.constData() + 12);
    journal->m_end = journal->walk(held, [&](QByteArrayView) { ++journal->m_count; });
    return journal;
}

SpillJournal::~SpillJournal()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

QByteArray SpillJournal::readAll() const
{
    QByteArray bytes(m_size, '\0');
    qint64 done = 0;
    while (done < m_size) {
        const ssize_t got = ::pread(m_descriptor, bytes.data() + done, std::size_t(m_size - done), done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += got;
    }
    return bytes;
}

template <typename Visitor>
qint64 SpillJournal::walk(const QByteArray& bytes, Visitor visit) const
{
    qint64 at = kHeader;
    while (at + kFrame <= bytes.size()) {
        const qint64 length = qFromLittleEndian<quint32>(bytes.constData() + at);
        if (length == 0 || length > bytes.size() - at - kFrame)
            break;
        const QByteArrayView payload = QByteArrayView(bytes).sliced(at + kFrame, length);
        if (qFromLittleEndian<quint32>(bytes.constData() + at + 4) != checksum(m_epoch, payload))
            break;
        visit(payload);
        at += kFrame + length;
    }
    return at;
}

std::size_t SpillJournal::append(std::span<const Record> records)
{
    QByteArray bytes;
    std::size_t fitting = 0;
    for (const Record& record : records) {
        const QByteArray one = frame(m_epoch, *record);
        if (m_end + bytes.size() + one.size() > m_size)
            break;
        bytes += one;
        ++fitting;
    }
    if (fitting == 0 || !writeAll(m_descriptor, bytes, m_end) || ::fdatasync(m_descriptor) != 0)
        return 0; // m_end stays: the next append overwrites what may have been half written
    m_end += bytes.size();
    m_count += int(fitting);
    return fitting;
}

std::vector<SpillJournal::Record> SpillJournal::records(int* unreadable) const
{
    std::vector<Record> list;
    walk(readAll(), [&](QByteArrayView payload) {
        const QJsonObject json = QJsonDocument::fromJson(payload.toByteArray()).object();
        auto call = api::callFromJson(json);
        if (call)
            call->idempotency = json.value(kIdempotency).toString();
        if (call)
            list.push_back(std::make_shared<const api::Call>(std::move(*call)));
        else if (unreadable)
            ++*unreadable;
    });
    return list;
}

bool SpillJournal::reset()
{
    ++m_epoch;
    QByteArray header(kMagic, 8);
    header.resize(kHeader);
    qToLittleEndian(kVersion, header.data() + 8);
    qToLittleEndian(m_epoch, header.data() + 12);
    if (!writeAll(m_descriptor, header, 0) || ::fdatasync(m_descriptor) != 0)
        return false;
    m_end = kHeader;
    m_count = 0;
    return true;
}

} // namespace gateway::store

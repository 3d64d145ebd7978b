#include "store/old_spill.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QtEndian>

#include <zlib.h>

#include <fcntl.h>
#include <unistd.h>

namespace gateway::store {
namespace {

constexpr char kMagic[] = "SBXSPILL";
constexpr qint64 kHeader = 16;
constexpr qint64 kFrame = 8;
constexpr quint32 kVersion = 1;

quint32 checksum(const QByteArray& epoch, QByteArrayView payload)
{
    const uLong begun =
        crc32(crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(epoch.constData()), uInt(epoch.size()));
    return quint32(crc32(begun, reinterpret_cast<const Bytef*>(payload.data()), uInt(payload.size())));
}

} // namespace

api::Result<OldSpill> readOldSpill(const QString& file)
{
    OldSpill spill;
    QFile opened(file);
    if (!opened.open(QIODevice::ReadOnly))
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("The spill journal %1 cannot be read: %2.").arg(file, opened.errorString()));
    const QByteArray held = opened.readAll();
    if (held.isEmpty() || held.startsWith(QByteArray(8, '\0')))
        return spill; // allocated, and never begun
    if (held.size() < kHeader || !held.startsWith(kMagic) ||
        qFromLittleEndian<quint32>(held.constData() + 8) != kVersion)
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("The file %1 is not a spill journal this program can read.").arg(file));
    const QByteArray epoch = held.mid(12, 4);
    for (qint64 at = kHeader; at + kFrame <= held.size();) {
        const qint64 length = qFromLittleEndian<quint32>(held.constData() + at);
        if (length == 0 || length > held.size() - at - kFrame)
            break;
        const QByteArrayView payload = QByteArrayView(held).sliced(at + kFrame, length);
        if (qFromLittleEndian<quint32>(held.constData() + at + 4) != checksum(epoch, payload))
            break;
        const QJsonObject json = QJsonDocument::fromJson(payload.toByteArray()).object();
        if (auto call = api::callFromJson(json)) {
            call->idempotency = json.value(QLatin1String("idempotency")).toString();
            spill.calls.push_back(std::make_shared<const api::Call>(std::move(*call)));
        } else {
            ++spill.unreadable;
        }
        at += kFrame + length;
    }
    return spill;
}

bool removeOldSpill(const QString& file, bool keepCopy)
{
    const bool gone = keepCopy ? QFile::rename(file, file + QStringLiteral(".unreadable")) : QFile::remove(file);
    const int directory = ::open(QFileInfo(file).path().toLocal8Bit().constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = directory >= 0 && ::fsync(directory) == 0;
    if (directory >= 0)
        ::close(directory);
    return gone && synced;
}

} // namespace gateway::store

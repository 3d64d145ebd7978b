#include "store/data_lock.h"

#include <QByteArray>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace gateway::store {

api::Result<std::unique_ptr<DataLock>> DataLock::take(const QString& directory)
{
    const QString name = directory + QStringLiteral("/lock");
    const int descriptor = ::open(name.toLocal8Bit().constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return api::failure(api::Failure::Unavailable, QStringLiteral("The lock file %1 cannot be opened: %2.")
                                                           .arg(name, QString::fromLocal8Bit(std::strerror(errno))));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        char holder[32] = {};
        const ssize_t size = ::pread(descriptor, holder, sizeof holder - 1, 0);
        ::close(descriptor);
        const QString pid = QString::fromLatin1(QByteArray(holder, std::max<qsizetype>(size, 0)).trimmed());
        return api::failure(api::Failure::Conflict,
            QStringLiteral("Another engine (process %1) uses the data directory %2.")
                .arg(pid.isEmpty() ? QStringLiteral("unknown") : pid, directory),
            QStringLiteral("Stop it, or start this one with another --data-dir."));
    }
    const QByteArray pid = QByteArray::number(::getpid()) + '\n';
    // only for the message above; the lock is the flock
    if (::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, pid.constData(), std::size_t(pid.size()), 0) != pid.size())
        qWarning("The lock file does not name its holder.");
    return std::unique_ptr<DataLock>(new DataLock(descriptor));
}

DataLock::~DataLock()
{
    ::close(m_descriptor);
}

} // namespace gateway::store

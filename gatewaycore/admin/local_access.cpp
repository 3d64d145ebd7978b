#include "admin/local_access.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::admin {
namespace {

using api::Failure;

constexpr int kTokenBytes = 32;
constexpr mode_t kOwnerOnly = 0600;

bool writeAll(int fd, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t count = ::write(fd, bytes.data(), std::size_t(bytes.size()));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes = bytes.sliced(count);
    }
    return true;
}

api::Error cannot(const QString& what, const QString& file)
{
    return api::failure(Failure::Unavailable,
        QStringLiteral("The admin token %1 cannot be %2: %3").arg(file, what, qt_error_string(errno)));
}

// Made whole under another name, then linked into place: nobody ever sees half a token, and the first of two wins.
api::Outcome makeToken(const QString& file, RandomSource& random)
{
    std::array<unsigned char, kTokenBytes> bytes{};
    random.fill(bytes);
    QByteArray text = QByteArray(reinterpret_cast<const char*>(bytes.data()), kTokenBytes).toHex() + '\n';
    const QByteArray path = QFile::encodeName(file);
    const QByteArray part = path + ".new";
    ::unlink(part.constData());
    const int fd = ::open(part.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly);
    if (fd < 0)
        return cannot(QStringLiteral("made"), file);
    const bool written = writeAll(fd, text) && ::fsync(fd) == 0;
    ::close(fd);
    sodium_memzero(bytes.data(), bytes.size());
    sodium_memzero(text.data(), std::size_t(text.size()));
    const bool placed = written && (::link(part.constData(), path.constData()) == 0 || errno == EEXIST);
    const int error = errno;
    ::unlink(part.constData());
    errno = error;
    if (!placed)
        return cannot(QStringLiteral("written"), file);
    return api::Done{};
}

api::Result<Secret> readOwnToken(const QString& file)
{
    const int fd = ::open(QFile::encodeName(file).constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return cannot(QStringLiteral("read"), file);
    struct stat facts
    {
    };
    std::array<char, 256> buffer{};
    const bool known = ::fstat(fd, &facts) == 0;
    const ssize_t count = known ? ::read(fd, buffer.data(), buffer.size()) : -1;
    ::close(fd);
    if (count < 0)
        return cannot(QStringLiteral("read"), file);
    if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & 077) != 0) {
        return api::failure(Failure::NotPermitted,
            QStringLiteral("The admin token %1 is not a file that only its owner can read, so it is not used.")
                .arg(file),
            QStringLiteral("Delete it; the engine makes a new one at its next start."));
    }
    const QByteArray text = QByteArray(buffer.data(), count).trimmed();
    sodium_memzero(buffer.data(), buffer.size());
    if (text.size() != 2 * kTokenBytes || QByteArray::fromHex(text).toHex() != text) {
        return api::failure(Failure::Invalid,
            QStringLiteral("The file %1 does not hold a whole admin token.").arg(file),
            QStringLiteral("Delete it; the engine makes a new one at its next start."));
    }
    return Secret(text);
}

} // namespace

api::Result<Secret> adminToken(const QString& dataDirectory, RandomSource& random)
{
    const QString file = api::tokenFile(dataDirectory);
    struct stat facts
    {
    };
    if (::lstat(QFile::encodeName(file).constData(), &facts) != 0) {
        if (errno != ENOENT)
            return cannot(QStringLiteral("read"), file);
        if (const api::Outcome made = makeToken(file, random); !made)
            return made.error();
    }
    return readOwnToken(file);
}

api::Outcome writeRuntime(const QString& dataDirectory, const api::RuntimeFacts& facts)
{
    QSaveFile file(api::runtimeFile(dataDirectory));
    const QByteArray text = QJsonDocument(api::toJson(facts)).toJson(QJsonDocument::Indented);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) ||
        file.write(text) != text.size() || !file.commit())
        return api::failure(
            Failure::Unavailable, QStringLiteral("%1 cannot be written: %2").arg(file.fileName(), file.errorString()));
    return api::Done{};
}

void removeRuntime(const QString& dataDirectory)
{
    QFile::remove(api::runtimeFile(dataDirectory));
}

} // namespace gateway::admin

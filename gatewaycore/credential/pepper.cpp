#include "credential/pepper.h"

#include <QByteArray>

#include <cerrno>
#include <cstring>
#include <span>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::credential {
namespace {

constexpr qsizetype kBytes = 32;

api::Error wrong(const QString& message, const QString& hint = {})
{
    return api::failure(api::Failure::Unavailable, message, hint);
}

QString reason()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

class File
{
public:
    explicit File(int descriptor) : m_descriptor(descriptor) {}
    ~File()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    Q_DISABLE_COPY_MOVE(File)
    operator int() const { return m_descriptor; }

private:
    int m_descriptor;
};

// Complete on disk under another name first, then linked to its name: a crash leaves no half pepper, and of two engines
// starting at once only one makes it.
api::Outcome create(const QByteArray& directory, const QByteArray& path, RandomSource& random)
{
    const QByteArray draft = path + ".new-" + QByteArray::number(::getpid());
    QByteArray bytes(kBytes, Qt::Uninitialized);
    random.fill(std::span(reinterpret_cast<unsigned char*>(bytes.data()), std::size_t(bytes.size())));
    const Secret pepper(bytes);
    ::unlink(draft.constData());
    bool written = false;
    {
        const File file(::open(draft.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        written = file >= 0 && ::fchmod(file, 0600) == 0 &&
                  ::write(file, bytes.constData(), std::size_t(kBytes)) == kBytes && ::fsync(file) == 0;
    }
    const bool linked = written && (::link(draft.constData(), path.constData()) == 0 || errno == EEXIST);
    const QString why = reason();
    ::unlink(draft.constData());
    if (!linked)
        return wrong(QStringLiteral("The pepper file %1 cannot be made: %2.").arg(QString::fromLocal8Bit(path), why));
    const File parent(::open(directory.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent >= 0)
        ::fsync(parent);
    return api::Done{};
}

} // namespace

api::Result<Secret> loadPepper(const QString& directory, bool mayCreate, RandomSource& random)
{
    const QString name = directory + QStringLiteral("/pepper");
    const QByteArray path = name.toLocal8Bit();
    const auto openIt = [&path] { return ::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW); };
    int descriptor = openIt();
    if (descriptor < 0 && errno == ENOENT) {
        if (!mayCreate)
            return wrong(
                QStringLiteral("The pepper file %1 is missing, but there are credentials that were made with it.")
                    .arg(name),
                QStringLiteral("Restore it from the backup the database comes from."));
        if (const api::Outcome made = create(directory.toLocal8Bit(), path, random); !made)
            return made.error();
        descriptor = openIt();
    }
    const File file(descriptor);
    if (file < 0)
        return wrong(QStringLiteral("The pepper file %1 cannot be opened: %2.").arg(name, reason()));
    struct stat facts;
    if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode))
        return wrong(QStringLiteral("The pepper %1 is not a file.").arg(name));
    if ((facts.st_mode & 077) != 0)
        return wrong(QStringLiteral("The pepper file %1 can be read by other users of this machine.").arg(name),
            QStringLiteral("If nobody has read it, set its mode to 0600."));
    QByteArray bytes(kBytes + 1, '\0');
    if (::read(file, bytes.data(), std::size_t(bytes.size())) != kBytes)
        return wrong(QStringLiteral("The pepper file %1 does not hold 32 bytes.").arg(name),
            QStringLiteral("Restore it from the backup the database comes from."));
    bytes.resize(kBytes);
    return Secret(std::move(bytes));
}

} // namespace gateway::credential

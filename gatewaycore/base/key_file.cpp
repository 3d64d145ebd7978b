#include "base/key_file.h"

#include <QByteArray>

#include <cerrno>
#include <cstring>
#include <span>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway {
namespace {

constexpr qsizetype kBytes = kKeyFileBytes;

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

// Complete on disk under another name first, then linked to its name: a crash leaves no half key, and of two engines
// starting at once only one makes it.
api::Outcome create(const QByteArray& path, const KeyFileWords& words, RandomSource& random)
{
    const QByteArray draft = path + ".new-" + QByteArray::number(::getpid());
    QByteArray bytes(kBytes, Qt::Uninitialized);
    random.fill(std::span(reinterpret_cast<unsigned char*>(bytes.data()), std::size_t(bytes.size())));
    const Secret wiped(bytes); // when it goes
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
        return wrong(QStringLiteral("The %1 file %2 cannot be made: %3.")
                         .arg(QLatin1String(words.name), QString::fromLocal8Bit(path), why));
    const File parent(::open(path.first(path.lastIndexOf('/') + 1).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent >= 0)
        ::fsync(parent);
    return api::Done{};
}

} // namespace

api::Result<Secret> loadKeyFile(const QString& file, const KeyFileWords& words, bool mayCreate, RandomSource& random)
{
    const QByteArray path = file.toLocal8Bit();
    const auto named = [&](const char* sentence) {
        return QString::fromLatin1(sentence).arg(QLatin1String(words.name), file);
    };
    const auto openIt = [&path] { return ::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW); };
    int descriptor = openIt();
    if (descriptor < 0 && errno == ENOENT) {
        if (!mayCreate)
            return wrong(named("The %1 file %2 is missing, but ") + QString::fromLatin1(words.uses) + u'.',
                QStringLiteral("Restore it from the backup the database comes from."));
        if (const api::Outcome made = create(path, words, random); !made)
            return made.error();
        descriptor = openIt();
    }
    const File opened(descriptor);
    if (opened < 0)
        return wrong(named("The %1 file %2 cannot be opened: ") + reason() + u'.');
    struct stat facts;
    if (::fstat(opened, &facts) != 0 || !S_ISREG(facts.st_mode))
        return wrong(named("The %1 %2 is not a file."));
    if ((facts.st_mode & 077) != 0)
        return wrong(named("The %1 file %2 can be read by other users of this machine."),
            QStringLiteral("If nobody has read it, set its mode to 0600."));
    QByteArray bytes(kBytes + 1, '\0');
    if (::read(opened, bytes.data(), std::size_t(bytes.size())) != kBytes)
        return wrong(named("The %1 file %2 does not hold 32 bytes."),
            QStringLiteral("Restore it from the backup the database comes from."));
    bytes.resize(kBytes);
    return Secret(std::move(bytes));
}

} // namespace gateway

#include "audit/chain/anchor.h"

#include <QFile>
#include <QJsonDocument>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::audit {
namespace {

using api::Failure;

constexpr mode_t kOwnerWritesGroupReads = 0640;

api::Error cannot(const char* what, const QString& file)
{
    return api::failure(Failure::Unavailable, QStringLiteral("The anchor of the log, %1, cannot be %2: %3.")
                                                  .arg(file, QLatin1String(what), qt_error_string(errno)));
}

class Descriptor
{
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Q_DISABLE_COPY_MOVE(Descriptor)
    int fd() const { return m_fd; }

private:
    int m_fd;
};

bool endsInside(int fd)
{
    struct stat facts
    {
    };
    char last = '\n';
    return ::fstat(fd, &facts) == 0 && facts.st_size > 0 && ::pread(fd, &last, 1, facts.st_size - 1) == 1 &&
           last != '\n';
}

} // namespace

QString localAnchorFile(const QString& dataDirectory)
{
    return dataDirectory + QStringLiteral("/log-heads.jsonl");
}

api::Result<AnchorContent> readAnchor(const QString& name, const QString& engine)
{
    AnchorContent content;
    QFile file(name);
    if (!file.exists())
        return content;
    if (!file.open(QIODevice::ReadOnly))
        return api::failure(
            Failure::Unavailable, QStringLiteral("The anchor %1 cannot be read: %2.").arg(name, file.errorString()));
    content.exists = true;
    QByteArray cutOff; // what a crash left of a line; the line stands whole behind it then
    for (qint64 number = 1; !file.atEnd(); ++number) {
        QByteArray line = file.readLine();
        content.endsInside = !line.endsWith('\n');
        if (!content.endsInside)
            line.chop(1);
        if (!cutOff.isEmpty() && line.startsWith(cutOff))
            content.unreadable.removeLast();
        cutOff.clear();
        const QJsonDocument json = QJsonDocument::fromJson(line);
        const auto head = json.isObject() ? headFromJson(json.object()) : std::nullopt;
        if (head && (engine.isEmpty() || head->engine == engine))
            content.heads.append(*head);
        if (!head && !content.endsInside) {
            content.unreadable.append(number);
            cutOff = line;
        }
    }
    return content;
}

api::Outcome appendToAnchor(const QString& name, const QVector<LogHead>& heads)
{
    const Descriptor file(
        ::open(QFile::encodeName(name).constData(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, kOwnerWritesGroupReads));
    if (file.fd() < 0)
        return cannot("opened", name);
    QByteArray lines = endsInside(file.fd()) ? QByteArray("\n") : QByteArray();
    for (const LogHead& head : heads)
        lines += QJsonDocument(toJson(head)).toJson(QJsonDocument::Compact) + '\n';
    for (QByteArrayView left = lines; !left.isEmpty();) {
        const ssize_t count = ::write(file.fd(), left.data(), std::size_t(left.size()));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return cannot("written", name);
        left = left.sliced(count);
    }
    if (::fsync(file.fd()) != 0)
        return cannot("kept", name);
    return api::Done{};
}

} // namespace gateway::audit

#include "port_owner.h"

#include <QByteArray>
#include <QDir>
#include <QFile>

namespace ctl {
namespace {

struct Socket
{
    QByteArray inode;
    qint64 user = -1;
};

// A line of /proc/net/tcp: "sl local rem st tx:rx tr:when retrnsmt uid timeout inode ..."; state 0A is LISTEN.
std::optional<Socket> listenerIn(const QString& table, quint16 port)
{
    QFile file(table);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray wanted = ':' + QByteArray::number(port, 16).toUpper().rightJustified(4, '0');
    const QList<QByteArray> lines = file.readAll().split('\n'); // /proc has no size, so it is read whole
    for (const QByteArray& line : lines) {
        const QList<QByteArray> fields = line.simplified().split(' ');
        if (fields.size() > 9 && fields[1].endsWith(wanted) && fields[3] == "0A")
            return Socket{fields[9], fields[7].toLongLong()};
    }
    return {};
}

bool holds(const QString& process, const QString& socket)
{
    const QDir descriptors(process + QStringLiteral("/fd"));
    // what they point to are no files, so nothing here may be filtered by whether it exists
    for (const QString& name : descriptors.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
        if (QFile::symLinkTarget(descriptors.filePath(name)).endsWith(socket))
            return true;
    }
    return false;
}

QString programOf(const QString& process)
{
    QFile file(process + QStringLiteral("/comm"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).trimmed() : QString();
}

} // namespace

std::optional<PortOwner> ownerOfPort(quint16 port)
{
    std::optional<Socket> socket = listenerIn(QStringLiteral("/proc/net/tcp"), port);
    if (!socket)
        socket = listenerIn(QStringLiteral("/proc/net/tcp6"), port);
    if (!socket)
        return {};
    const QString target = QStringLiteral("socket:[%1]").arg(QString::fromLatin1(socket->inode));
    for (const QString& name : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const qint64 pid = name.toLongLong();
        const QString process = QStringLiteral("/proc/") + name;
        if (pid > 0 && holds(process, target))
            return PortOwner{pid, programOf(process), socket->user};
    }
    return PortOwner{0, {}, socket->user};
}

QString describe(const PortOwner& owner)
{
    return owner.pid > 0 ? QStringLiteral("%1, process %2").arg(owner.program).arg(owner.pid)
                         : QStringLiteral("a process of user %1").arg(owner.user);
}

} // namespace ctl

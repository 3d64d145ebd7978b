#include "machine_checks.h"

#include "output.h"
#include "port_owner.h"

#include "config/config_holder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QStorageInfo>
#include <QUrl>

#include <cerrno>
#include <csignal>
#include <sys/timex.h>
#include <unistd.h>

namespace ctl {

using namespace gateway;

namespace {

using Runtime = api::Result<api::RuntimeFacts>;

constexpr qint64 kMiB = 1024 * 1024;
constexpr qint64 kLittleSpace = 2048 * kMiB; // a day of a busy record
constexpr qint64 kNoSpace = 256 * kMiB;
constexpr qint64 kFewFiles = 4096; // two descriptors a call and some hundred calls at once
constexpr quint16 kGatewayPort = 4180;
constexpr quint16 kAdminPort = 4181;

bool othersMay(const QFileInfo& info)
{
    return (info.permissions() & (QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther |
                                     QFileDevice::WriteOther)) != 0;
}

bool isAlive(qint64 pid)
{
    return pid > 0 && (::kill(pid_t(pid), 0) == 0 || errno == EPERM);
}

Check checkFolder(const QString& directory)
{
    const QString name = QStringLiteral("data directory");
    const QFileInfo info(directory);
    if (!info.exists())
        return failed(name, QStringLiteral("%1 does not exist.").arg(directory),
            QStringLiteral("Start an engine with --data-dir %1, which makes it, or name another one.").arg(directory));
    if (!info.isDir() || !info.isReadable() || !info.isWritable())
        return failed(name, QStringLiteral("%1 is not a folder that this user may read and write.").arg(directory),
            QStringLiteral("Run as the user of the engine, or give the folder to this one."));
    if (othersMay(info))
        return warning(name, QStringLiteral("%1 is open to other users of this machine.").arg(directory),
            QStringLiteral("chmod 700 %1").arg(directory));
    return ok(name, directory);
}

Check checkRuntime(const QString& directory)
{
    const QString name = QStringLiteral("runtime.json");
    const Runtime runtime = api::readRuntime(directory);
    if (!runtime)
        return failed(name, runtime.error().message,
            runtime.error().hint.isEmpty() ? QStringLiteral("Start the engine again; it writes the file.")
                                           : runtime.error().hint);
    if (!isAlive(runtime->pid))
        return failed(name,
            QStringLiteral("It names process %1, which does not run: the engine ended without removing it.")
                .arg(runtime->pid),
            QStringLiteral("Start the engine again. Its log says why it ended."));
    return ok(name, QStringLiteral("process %1, version %2, gateway %3, admin %4")
                        .arg(runtime->pid)
                        .arg(runtime->version, runtime->gatewayUrl, runtime->adminUrl));
}

Check checkToken(const QString& directory)
{
    const QString name = QStringLiteral("token file");
    const QString file = api::tokenFile(directory);
    const QFileInfo info(file);
    if (!info.exists())
        return failed(name, QStringLiteral("%1 does not exist.").arg(file),
            QStringLiteral("Start the engine; it makes the file."));
    if (info.isSymLink() || !info.isFile())
        return failed(name, QStringLiteral("%1 is not a plain file.").arg(file),
            QStringLiteral("Remove it and start the engine, which makes a new one."));
    if (othersMay(info))
        return failed(name,
            QStringLiteral("Others than its owner may read %1; the engine will not start with it.").arg(file),
            QStringLiteral("Remove it and start the engine: what others could read is no secret any more."));
    if (const api::Result<QByteArray> token = api::readToken(file); !token)
        return failed(name, token.error().message, QStringLiteral("Run as the user of the engine."));
    return ok(name, QStringLiteral("%1, for its owner alone").arg(file));
}

Check checkDisk(const QString& directory)
{
    const QString name = QStringLiteral("disk space");
    const QStorageInfo storage(directory);
    if (!storage.isValid())
        return skipped(name, QStringLiteral("The file system of %1 cannot be seen.").arg(directory));
    const qint64 left = storage.bytesAvailable();
    const QString detail =
        QStringLiteral("%1 left at %2").arg(bytesText(left), QString::fromLocal8Bit(storage.rootPath().toLocal8Bit()));
    const QString fix =
        QStringLiteral("Make room: when the disk is full, calls are spilled or refused (audit.when_unavailable).");
    if (storage.isReadOnly())
        return failed(name, QStringLiteral("%1 is mounted read-only.").arg(storage.rootPath()),
            QStringLiteral("Mount it writable; the record of calls lies there."));
    if (left < kNoSpace)
        return failed(name, detail, fix);
    return left < kLittleSpace ? warning(name, detail, fix) : ok(name, detail);
}

Check checkPort(const QString& name, quint16 port, qint64 engine)
{
    const std::optional<PortOwner> owner = ownerOfPort(port);
    if (engine == 0)
        return owner ? failed(name, QStringLiteral("%1 is taken by %2.").arg(port).arg(describe(*owner)),
                           QStringLiteral("End that process, or give the engine another address under server."))
                     : ok(name, QStringLiteral("%1 is free.").arg(port));
    if (!owner)
        return failed(name, QStringLiteral("Nobody listens on %1.").arg(port),
            QStringLiteral("Start the engine again. Its log says why it does not listen."));
    if (owner->pid != 0 && owner->pid != engine)
        return failed(name,
            QStringLiteral("%1 belongs to %2, not to the engine, process %3.")
                .arg(port)
                .arg(describe(*owner))
                .arg(engine),
            QStringLiteral("End that process, then start the engine again."));
    return ok(name, QStringLiteral("%1 belongs to %2.").arg(port).arg(describe(*owner)));
}

} // namespace

Checks checkDataDirectory(const QString& directory)
{
    Checks checks{checkFolder(directory)};
    const bool exists = checks.first().state != Check::State::Failed;
    if (!exists)
        return checks;
    return checks << checkRuntime(directory) << checkToken(directory) << checkDisk(directory);
}

Checks checkPorts(const Runtime& runtime)
{
    const bool runs = runtime && isAlive(runtime->pid);
    const quint16 gateway = runs ? quint16(QUrl(runtime->gatewayUrl).port(0)) : kGatewayPort;
    const quint16 admin = runs ? quint16(QUrl(runtime->adminUrl).port(0)) : kAdminPort;
    const qint64 engine = runs ? runtime->pid : 0;
    return {checkPort(QStringLiteral("gateway port"), gateway, engine),
        checkPort(QStringLiteral("admin port"), admin, engine)};
}

Check checkFileLimit(const Runtime& runtime)
{
    const QString name = QStringLiteral("file limit");
    if (!runtime || !isAlive(runtime->pid))
        return skipped(name, QStringLiteral("No engine runs here."));
    QFile limits(QStringLiteral("/proc/%1/limits").arg(runtime->pid));
    if (!limits.open(QIODevice::ReadOnly))
        return skipped(name, QStringLiteral("The engine belongs to another user."));
    qint64 most = -1;
    for (const QByteArray& line : limits.readAll().split('\n')) {
        if (line.startsWith("Max open files"))
            most = line.simplified().split(' ').value(3).toLongLong(); // the soft one; "unlimited" gives 0
    }
    const auto open = QDir(QStringLiteral("/proc/%1/fd").arg(runtime->pid))
                          .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
                          .size();
    const QString detail = most > 0 ? QStringLiteral("%1 of %2 files are open.").arg(open).arg(most)
                                    : QStringLiteral("%1 files are open, without a limit.").arg(open);
    const QString fix = QStringLiteral("Raise the limit of open files (LimitNOFILE= of the unit, or ulimit -n).");
    if (most > 0 && open * 10 > most * 9)
        return failed(name, detail, fix);
    return most > 0 && most < kFewFiles ? warning(name, detail, fix) : ok(name, detail);
}

Check checkClock()
{
    const QString name = QStringLiteral("clock");
    timex state{}; // modes 0: nothing is set
    const int answer = ::adjtimex(&state);
    const QString now = timeText(QDateTime::currentDateTimeUtc());
    if (answer < 0)
        return skipped(
            name, QStringLiteral("Whether the clock is kept right cannot be seen here. It shows %1.").arg(now));
    if (answer == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
        return warning(name, QStringLiteral("No time service keeps this clock right. It shows %1.").arg(now),
            QStringLiteral("Run one (systemd-timesyncd, chrony): windows of budgets and expiries follow this clock."));
    return ok(name, QStringLiteral("%1, kept by a time service").arg(now));
}

Check checkConfigFile()
{
    const QString name = QStringLiteral("config file");
    const QString file = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                         QStringLiteral("/signalbox/signalbox.yaml");
    if (!QFileInfo::exists(file))
        return skipped(name, QStringLiteral("There is no %1, which an engine reads unless told otherwise.").arg(file));
    const config::ConfigHolder::Report report = config::ConfigHolder().check(file);
    if (report.ok)
        return ok(name, QStringLiteral("%1 is a good config.").arg(file));
    return failed(name,
        QStringLiteral("%1: %2").arg(file, report.problems.isEmpty() ? QStringLiteral("it cannot be read.")
                                                                     : config::describe(report.problems.first())),
        QStringLiteral("signalboxctl config check %1 names every problem with its line.").arg(file));
}

} // namespace ctl

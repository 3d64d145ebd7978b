#include "netns.h"

#include <QProcess>
#include <QStandardPaths>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace gateway::test {
namespace {

constexpr const char* kOwn = "/proc/thread-self/ns/net";
const QString kNobody = QStringLiteral("02:00:00:00:00:ee"); // frames to it are dropped by the other end

int open(const char* path)
{
    return ::open(path, O_RDONLY | O_CLOEXEC);
}

// A namespace of no name, as a descriptor; the calling thread stays where it is. -1: errno says why.
int makeNamespace()
{
    const int home = open(kOwn);
    if (home < 0)
        return -1;
    int made = -1;
    if (::unshare(CLONE_NEWNET) == 0) {
        made = open(kOwn);
        if (::setns(home, CLONE_NEWNET) != 0)
            qFatal("a thread could not come back to its network namespace: %s", std::strerror(errno));
    }
    ::close(home);
    return made;
}

QString ipProgram()
{
    return QStandardPaths::findExecutable(
        QStringLiteral("ip"), {QStringLiteral("/usr/sbin"), QStringLiteral("/sbin"), QStringLiteral("/usr/bin")});
}

} // namespace

QString TwoNamespaces::whyNot()
{
    if (ipProgram().isEmpty())
        return QStringLiteral("the program ip (package iproute2) is not installed");
    const int made = makeNamespace();
    if (made < 0)
        return QStringLiteral("network namespaces cannot be made here: %1").arg(QLatin1String(std::strerror(errno)));
    ::close(made);
    return {};
}

TwoNamespaces::TwoNamespaces() : m_engine(makeNamespace()), m_client(makeNamespace())
{
    if (m_engine < 0 || m_client < 0) {
        m_problem = QStringLiteral("a network namespace could not be made");
        return;
    }
    // The peer is made in the other namespace at once, named by the descriptor that this process holds.
    const QString client = QStringLiteral("/proc/%1/fd/%2").arg(::getpid()).arg(m_client);
    const bool made =
        run(Side::Engine, {QStringLiteral("link"), QStringLiteral("add"), QStringLiteral("eng"), QStringLiteral("type"),
                              QStringLiteral("veth"), QStringLiteral("peer"), QStringLiteral("name"),
                              QStringLiteral("cli"), QStringLiteral("netns"), client});
    m_up = made;
    for (const Side side : {Side::Engine, Side::Client}) {
        const QString device = side == Side::Engine ? QStringLiteral("eng") : QStringLiteral("cli");
        m_up = m_up &&
               run(side, {QStringLiteral("link"), QStringLiteral("set"), QStringLiteral("lo"), QStringLiteral("up")}) &&
               run(side, {QStringLiteral("addr"), QStringLiteral("add"), addressOf(side) + QStringLiteral("/24"),
                             QStringLiteral("dev"), device}) &&
               run(side, {QStringLiteral("link"), QStringLiteral("set"), device, QStringLiteral("up")});
    }
}

TwoNamespaces::~TwoNamespaces()
{
    for (const int fd : {m_engine, m_client}) {
        if (fd >= 0)
            ::close(fd);
    }
}

QString TwoNamespaces::addressOf(Side side)
{
    return side == Side::Engine ? QStringLiteral("10.77.0.1") : QStringLiteral("10.77.0.2");
}

bool TwoNamespaces::enter(Side side) const
{
    return ::setns(fdOf(side), CLONE_NEWNET) == 0;
}

std::function<void()> TwoNamespaces::inside(Side side) const
{
    // between fork and exec: one system call, nothing else
    return [fd = fdOf(side)] {
        if (::setns(fd, CLONE_NEWNET) != 0)
            ::_exit(126);
    };
}

void TwoNamespaces::down()
{
    m_up = false;
    run(Side::Engine, {QStringLiteral("link"), QStringLiteral("set"), QStringLiteral("eng"), QStringLiteral("down")});
}

void TwoNamespaces::silence()
{
    silenceAnswers();
    run(Side::Client,
        {QStringLiteral("neigh"), QStringLiteral("replace"), addressOf(Side::Engine), QStringLiteral("lladdr"), kNobody,
            QStringLiteral("dev"), QStringLiteral("cli"), QStringLiteral("nud"), QStringLiteral("permanent")});
}

void TwoNamespaces::silenceAnswers()
{
    m_up = false;
    run(Side::Engine,
        {QStringLiteral("neigh"), QStringLiteral("replace"), addressOf(Side::Client), QStringLiteral("lladdr"), kNobody,
            QStringLiteral("dev"), QStringLiteral("eng"), QStringLiteral("nud"), QStringLiteral("permanent")});
}

void TwoNamespaces::up()
{
    run(Side::Engine, {QStringLiteral("link"), QStringLiteral("set"), QStringLiteral("eng"), QStringLiteral("up")});
    run(Side::Engine, {QStringLiteral("neigh"), QStringLiteral("flush"), QStringLiteral("dev"), QStringLiteral("eng"),
                          QStringLiteral("nud"), QStringLiteral("all")});
    run(Side::Client, {QStringLiteral("neigh"), QStringLiteral("flush"), QStringLiteral("dev"), QStringLiteral("cli"),
                          QStringLiteral("nud"), QStringLiteral("all")});
    m_up = true;
}

void TwoNamespaces::reset()
{
    // ss -K ends a socket of this side as if its program had aborted it: the other side gets a RST
    QProcess process;
    process.setChildProcessModifier(inside(Side::Engine));
    process.start(QStandardPaths::findExecutable(QStringLiteral("ss"),
                      {QStringLiteral("/usr/bin"), QStringLiteral("/bin"), QStringLiteral("/usr/sbin")}),
        {QStringLiteral("-K"), QStringLiteral("-H"), QStringLiteral("-t"), QStringLiteral("dst"),
            addressOf(Side::Client)});
    if (!process.waitForFinished(5000) || process.exitCode() != 0)
        m_problem = QStringLiteral("ss -K failed: ") + QString::fromLocal8Bit(process.readAllStandardError());
}

bool TwoNamespaces::run(Side side, const QStringList& command)
{
    QProcess process;
    process.setChildProcessModifier(inside(side));
    process.start(ipProgram(), command);
    if (process.waitForFinished(5000) && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0)
        return true;
    // a neighbour that is not there is no trouble
    if (!command.contains(QStringLiteral("flush")))
        m_problem = QStringLiteral("ip %1: %2")
                        .arg(command.join(u' '), QString::fromLocal8Bit(process.readAllStandardError()).trimmed());
    return false;
}

} // namespace gateway::test

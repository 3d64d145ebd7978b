#include "program.h"

#include <QDeadlineTimer>
#include <QJsonDocument>

namespace gateway::test {
namespace {

QString pathOf(const QString& name)
{
    if (name.startsWith(QLatin1Char('/')))
        return name;
    return qEnvironmentVariable("SIGNALBOX_BIN") + QLatin1Char('/') + name;
}

} // namespace

Program::Program(const QString& name, const QStringList& arguments, const std::function<void()>& before)
{
    if (before)
        m_process.setChildProcessModifier(before);
    m_process.setProgram(pathOf(name));
    m_process.setArguments(arguments);
    if (m_log.open())
        m_process.setStandardErrorFile(m_log.fileName());
    m_process.start();
}

Program::~Program()
{
    kill9();
}

bool Program::waitForReady(int milliseconds)
{
    const QDeadlineTimer deadline(milliseconds);
    while (!deadline.hasExpired()) {
        m_process.waitForReadyRead(50);
        m_output += m_process.readAllStandardOutput();
        if (const qsizetype end = m_output.indexOf('\n'); end >= 0) {
            m_ready = QJsonDocument::fromJson(m_output.left(end)).object();
            return m_ready.value(QLatin1String("event")).toString() == QLatin1String("ready");
        }
        if (m_process.state() == QProcess::NotRunning)
            return false;
    }
    return false;
}

void Program::say(const QByteArray& line)
{
    m_process.write(line + '\n');
    m_process.waitForBytesWritten(1000);
}

void Program::kill9()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished();
}

int Program::stop(int milliseconds)
{
    m_process.terminate();
    return waitForEnd(milliseconds);
}

int Program::waitForEnd(int milliseconds)
{
    if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(milliseconds))
        return -1;
    return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

QString Program::log()
{
    m_log.seek(0);
    return QString::fromUtf8(m_log.readAll());
}

Finished runProgram(
    const QString& name, const QStringList& arguments, int milliseconds, const std::function<void()>& before)
{
    QProcess process;
    if (before)
        process.setChildProcessModifier(before);
    process.start(pathOf(name), arguments);
    Finished finished;
    if (process.waitForFinished(milliseconds) && process.exitStatus() == QProcess::NormalExit)
        finished.exitCode = process.exitCode();
    else
        process.kill();
    finished.output = process.readAllStandardOutput();
    finished.log = process.readAllStandardError();
    return finished;
}

} // namespace gateway::test

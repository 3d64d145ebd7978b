// Program: one of our own programs as a child process that says it is ready with one JSON line on standard output
// (signalboxd, signalbox-sim). Ends with the object, by SIGKILL if need be. One thread.
#pragma once

#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryFile>

#include <functional>

namespace gateway::test {

class Program
{
public:
    // A name in build/.../bin, or a path. `before` runs in the child before it becomes that program (TwoNamespaces).
    Program(const QString& name, const QStringList& arguments, const std::function<void()>& before = {});
    ~Program();
    Q_DISABLE_COPY_MOVE(Program)

    // Waits for the ready line. False: see log().
    bool waitForReady(int milliseconds = 20'000);
    const QJsonObject& ready() const { return m_ready; }
    QString field(const char* name) const { return m_ready.value(QLatin1String(name)).toString(); }
    qint64 pid() const { return m_process.processId(); }
    bool isRunning() const { return m_process.state() == QProcess::Running; }

    void say(const QByteArray& line);          // to its standard input
    void kill9();                              // and waits for the end
    int stop(int milliseconds = 20'000);       // SIGTERM; the exit code, or -1
    int waitForEnd(int milliseconds = 20'000); // the exit code, or -1
    QString log();                             // what it said on standard error so far

private:
    QProcess m_process;
    QByteArray m_output;
    QTemporaryFile m_log; // a file, not a pipe: nobody empties a pipe while a test waits elsewhere
    QJsonObject m_ready;
};

struct Finished
{
    int exitCode = -1;
    QByteArray output;
    QByteArray log;
};

// Runs a program to its end.
Finished runProgram(const QString& name, const QStringList& arguments, int milliseconds = 20'000,
    const std::function<void()>& before = {});

} // namespace gateway::test

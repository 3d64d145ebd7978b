// Session: what every command needs: the global options, a client of the engine's admin API made from them, and a way
// to wait for an answer. Main thread.
#pragma once

#include "api/gateway_client.h"

#include <QEventLoop>
#include <QFutureWatcher>

#include <string>

namespace ctl {

// Exit codes of contract.md.
enum Exit
{
    Ok = 0,
    Error = 1,
    Usage = 2,
    NotFound = 3,
    NotPermitted = 4,
    Conflict = 5,
    CheckFailed = 6,
    NoData = 7,
    Unreachable = 8
};
int exitCodeOf(gateway::api::Failure failure);

struct Options
{
    std::string dataDirectory;
    std::string url;
    std::string tokenFile;
    bool json = false;
    bool jsonl = false;
    int timeoutSeconds = 15;
};

class Session
{
public:
    explicit Session(const Options& options) : m_options(options) {}

    const Options& options() const { return m_options; }
    gateway::api::Result<gateway::api::GatewayClient> client() const;

private:
    const Options& m_options;
};

// Runs the event loop until the future is finished.
template <typename T>
gateway::api::Result<T> await(const QFuture<gateway::api::Result<T>>& future)
{
    if (!future.isFinished()) {
        QEventLoop loop;
        QFutureWatcher<gateway::api::Result<T>> watcher;
        QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
        watcher.setFuture(future);
        loop.exec();
    }
    return future.result();
}

} // namespace ctl

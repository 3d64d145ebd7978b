// Session: what every command needs: the global options, a client of the engine's admin API made from them, and a way
// to wait for an answer. Main thread.
#pragma once

#include "command_transport.h"

#include "api/gateway_client.h"
#include "api/http_transport.h"

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

// As they stand on the command line; what is empty there comes from the environment or has a default (see session.cpp).
// No secret is among them: a token is named by its file.
struct Options
{
    std::string dataDirectory;
    std::string url;
    std::string tokenFile;
    std::string pin;
    std::string caFile;
    std::string clientCertificate;
    std::string clientKey;
    bool json = false;
    bool jsonl = false;
    bool noInput = false;
    bool yes = false;
    int timeoutSeconds = 15;
};

class Session
{
public:
    explicit Session(const Options& options) : m_options(options) {}

    const Options& options() const { return m_options; }
    // An engine of this machine, found by its data directory; else one at an address.
    bool isLocal() const;
    QString dataDirectory() const;
    // How to reach the engine. Invalid: the options contradict each other or a file is no use; Unreachable: no engine
    // runs in the data directory; NotPermitted: the token file cannot be read.
    gateway::api::Result<gateway::api::HttpTransportOptions> transportOptions() const;
    // The same for an address other than the one of the options, for which a token may be missing (connect test).
    gateway::api::Result<gateway::api::HttpTransportOptions> transportOptionsFor(const QString& url) const;
    gateway::api::Result<std::shared_ptr<CommandTransport>> connect() const;
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

// ConnectionCheck: the ladder a console climbs when it attaches to an engine, one rung at a time: DNS, TCP, TLS, auth,
// role, version, clock, stream. Each rung is ok, a warning, failed or skipped, with a sentence and, when it is not ok,
// the way to fix it. Nothing of the token leaves before TLS has been verified against the pin or the CA. Thread: the
// one that made it; it owns its sockets and ends by itself (every rung has a limit of time).
#pragma once

#include "api/certificate_facts.h"
#include "api/http_transport.h"

#include <QObject>
#include <QVector>

#include <memory>
#include <optional>

namespace gateway::api {

struct CheckRung
{
    enum class Name
    {
        Dns,
        Tcp,
        Tls,
        Auth,
        Role,
        Version,
        Clock,
        Stream
    };
    enum class State
    {
        Waiting,
        Running,
        Ok,
        Warning, // it works, and somebody should know
        Failed,
        Skipped // plain HTTP has no TLS; nothing above a failed rung is tried
    };
    Name name = Name::Dns;
    State state = State::Waiting;
    QString detail; // "10.0.3.7, 2 addresses", "TLS 1.3, verified by the pin"
    QString fix;    // what to do; empty when nothing is to be done
    qint64 ms = -1; // how long it took
};

QString titleOf(CheckRung::Name name); // "Name resolution", "TCP", "TLS" ...

class ConnectionCheck : public QObject
{
    Q_OBJECT
public:
    // `options` as for the transport; a token may be missing: then the ladder ends after TLS, which is enough to see
    // the certificate and to pin it.
    explicit ConnectionCheck(HttpTransportOptions options, QObject* parent = nullptr);
    ~ConnectionCheck() override;

    void start();
    const QVector<CheckRung>& rungs() const;                // always all eight
    const std::optional<CertificateFacts>& offered() const; // what the engine showed, also when it was not accepted
    bool isFinished() const;
    bool isGood() const;         // finished, and no rung failed
    QString role() const;        // of the token, when auth was ok
    QString engineName() const;  // what the engine calls itself
    QString environment() const; // prod stage local, when the engine states one; else empty

Q_SIGNALS:
    void rungChanged(int index);
    void finished();

private:
    class Walk;
    std::unique_ptr<Walk> m_walk;
};

} // namespace gateway::api

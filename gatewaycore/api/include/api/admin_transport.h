// AdminTransport: carries (method, path, JSON) to the admin handlers and brings the answer back. Three do it: in
// process (embedded engine), HTTP (remote engine, command line) and a fake (UI tests). GatewayClient is built on it.
// Thread: the thread that made it. Every future is finished exactly once, also when the engine goes away.
#pragma once

#include "api/certificate_facts.h"
#include "api/result.h"

#include <QFuture>
#include <QJsonObject>
#include <QObject>
#include <QString>
#include <QUrlQuery>

#include <memory>
#include <optional>

namespace gateway::api {

struct AdminRequest
{
    QString method = QStringLiteral("GET");
    QString path; // "/api/v1/..." without a query
    QUrlQuery query;
    QJsonObject body;
    QString idempotencyKey;              // mutations
    QString reason;                      // mutations
    std::optional<int> expectedRevision; // If-Match: a mutation of another revision than this is a conflict
};

struct AdminReply
{
    int status = 0;
    QJsonObject body; // an error is {"error": {"failure", "message", "hint"}}
};

// One event of GET /api/v1/events. Sequence numbers are gapless per engine run; a hole is reported, never hidden.
struct Event
{
    qint64 sequence = 0;
    QString type; // call.finished, engine.state, revision.activated, provider.health ...
    QJsonObject data;
};

// A running subscription; destroying it ends it.
class EventStream : public QObject
{
    Q_OBJECT
public:
    enum class State
    {
        Connecting,
        Live,
        Lost
    };
    Q_ENUM(State)
    using QObject::QObject;

Q_SIGNALS:
    void eventsArrived(const QVector<gateway::api::Event>& events);
    void gapFound(qint64 firstMissing, qint64 lastMissing);
    void stateChanged(gateway::api::EventStream::State state, const QString& reason);
};

// How the way to the engine stands. The in-process transport is always Connected or Unreachable.
struct LinkStatus
{
    enum class State
    {
        Connecting, // first try
        Connected,
        Reconnecting,       // lost; tries again by itself, attempt n
        NotPermitted,       // the token or certificate is not accepted (any more)
        CertificateChanged, // blocked: what the engine shows is not what was pinned
        VersionMismatch,    // its contract has another major number
        Unreachable         // given up: closed, or the embedded engine is gone
    };
    State state = State::Connecting;
    QString reason;  // a sentence; empty when connected
    int attempt = 0; // of reconnecting
    std::optional<QDateTime> nextAttempt;
    std::optional<CertificateFacts> offered; // what the engine showed, when that is the trouble
    std::optional<qint64> roundTripP50Ms;    // of the last 100 answers
    std::optional<qint64> roundTripP95Ms;
};
QString nameOf(LinkStatus::State state);

class AdminTransport : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    // A change whose answer does not come is asked after (operations/{key}/settle) until the engine says what became of
    // it; the future ends with its answer, or with Unreachable and the sentence that it was not applied. It is never
    // sent a second time.
    virtual QFuture<Result<AdminReply>> send(const AdminRequest& request) = 0;
    // Events after `since`; -1: from now on; 0: all the engine still keeps. The caller owns the stream.
    virtual std::unique_ptr<EventStream> subscribe(qint64 since) = 0;
    virtual QString description() const = 0; // "embedded", "https://gw.example:4181"
    virtual LinkStatus link() const { return {LinkStatus::State::Connected, {}, 0, {}, {}, {}, {}}; }
    // Tries again now: the network came back, the computer woke up, a person asked.
    virtual void retryNow() {}

Q_SIGNALS:
    void linkChanged(const gateway::api::LinkStatus& link);
    // A change is in doubt and is being asked after; then what became of it.
    void changeChecking(const QString& key, const QString& path);
    void changeSettled(const QString& key, bool applied);
};

// The one map between Failure and HTTP status, used by both ends.
int httpStatusOf(Failure failure);
Failure failureFromHttpStatus(int status);
QString nameOf(Failure failure);
AdminReply errorReply(const Error& error);

} // namespace gateway::api

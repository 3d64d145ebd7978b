// AdminTransport: carries (method, path, JSON) to the admin handlers and brings the answer back. Three do it: in
// process (embedded engine), HTTP (remote engine, command line) and a fake (UI tests). GatewayClient is built on it.
// Thread: the thread that made it. Every future is finished exactly once, also when the engine goes away.
#pragma once

#include "api/result.h"

#include <QFuture>
#include <QJsonObject>
#include <QObject>
#include <QString>
#include <QUrlQuery>

#include <memory>

namespace gateway::api {

struct AdminRequest
{
    QString method = QStringLiteral("GET");
    QString path; // "/api/v1/..." without a query
    QUrlQuery query;
    QJsonObject body;
    QString idempotencyKey; // mutations
    QString reason;         // mutations
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

class AdminTransport : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    virtual QFuture<Result<AdminReply>> send(const AdminRequest& request) = 0;
    // Events after `since`; -1: from now on; 0: all the engine still keeps. The caller owns the stream.
    virtual std::unique_ptr<EventStream> subscribe(qint64 since) = 0;
    virtual QString description() const = 0; // "embedded", "https://gw.example:4181"
};

// The one map between Failure and HTTP status, used by both ends.
int httpStatusOf(Failure failure);
Failure failureFromHttpStatus(int status);
QString nameOf(Failure failure);
AdminReply errorReply(const Error& error);

} // namespace gateway::api

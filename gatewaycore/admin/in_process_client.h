// The console's half of the in-process transport. Thread: that of the console (whoever made them). Private to
// in_process_*.cpp.
#pragma once

#include "admin/in_process_link.h"

#include <QPointer>
#include <QPromise>

#include <unordered_map>

namespace gateway::admin {

class InProcessTransport final : public api::AdminTransport
{
    Q_OBJECT
public:
    explicit InProcessTransport(std::shared_ptr<InProcessLink> link);
    ~InProcessTransport() override;

    QFuture<api::Result<api::AdminReply>> send(const api::AdminRequest& request) override;
    std::unique_ptr<api::EventStream> subscribe(qint64 since) override;
    QString description() const override { return QStringLiteral("embedded"); }

    void replyArrived(quint64 number, const api::AdminReply& reply);
    Q_INVOKABLE void engineGone();

private:
    using Promise = QPromise<api::Result<api::AdminReply>>;
    std::shared_ptr<InProcessLink> m_link;
    const quint64 m_number; // on the link
    quint64 m_lastRequest = 0;
    std::unordered_map<quint64, Promise> m_open;
};

class InProcessEventStream final : public api::EventStream
{
    Q_OBJECT
public:
    InProcessEventStream(std::shared_ptr<InProcessLink> link, qint64 since);
    ~InProcessEventStream() override;

    void opened(const api::Outcome& outcome);
    void batchArrived(const EventCursor::Batch& batch);
    Q_INVOKABLE void engineGone();

private:
    std::shared_ptr<InProcessLink> m_link;
    const quint64 m_number; // on the link
};

} // namespace gateway::admin

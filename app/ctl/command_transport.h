// CommandTransport: the transport of one command, around the one that carries. It holds the change of a dry run back
// instead of sending it, sends If-Match with the config revision the command has seen, and tells on stderr when a
// change is in doubt and what became of it. Main thread.
#pragma once

#include "api/admin_transport.h"

#include <memory>
#include <optional>

namespace ctl {

class CommandTransport final : public gateway::api::AdminTransport
{
    Q_OBJECT
public:
    explicit CommandTransport(std::unique_ptr<gateway::api::AdminTransport> carrier);

    void holdChanges() { m_holds = true; }
    // The change that was held back, with what would have gone out; its future ended with an error nobody should show.
    const std::optional<gateway::api::AdminRequest>& held() const { return m_held; }
    // Changes are only made while this revision of the config is in force. Reading status sets it too.
    void expectRevision(int revision) { m_revision = revision; }

    QFuture<gateway::api::Result<gateway::api::AdminReply>> send(const gateway::api::AdminRequest& request) override;
    std::unique_ptr<gateway::api::EventStream> subscribe(qint64 since) override { return m_carrier->subscribe(since); }
    QString description() const override { return m_carrier->description(); }
    gateway::api::LinkStatus link() const override { return m_carrier->link(); }
    void retryNow() override { m_carrier->retryNow(); }

private:
    std::unique_ptr<gateway::api::AdminTransport> m_carrier;
    std::optional<gateway::api::AdminRequest> m_held;
    std::optional<int> m_revision;
    bool m_holds = false;
};

// A change has a reason; a question that is posted (plan, explain, check) has none.
bool isChange(const gateway::api::AdminRequest& request);

} // namespace ctl

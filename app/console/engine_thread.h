// EngineThread: the embedded engine on a control thread of its own, so that neither its start nor its work ever holds
// up the window. Thread: made, asked and destroyed on the UI thread; the Gateway lives and dies on its own.
#pragma once

#include "engine/gateway.h"

#include <QThread>

#include <memory>
#include <optional>

class EngineThread
{
public:
    explicit EngineThread(gateway::engine::GatewayOptions options);
    ~EngineThread(); // ends the engine: open calls are cut and recorded
    Q_DISABLE_COPY_MOVE(EngineThread)

    // Waits for the engine to listen (tenths of a second). Empty: it runs.
    std::optional<gateway::engine::StartFailure> start();
    std::shared_ptr<gateway::api::AdminTransport> transport() const;

private:
    const gateway::engine::GatewayOptions m_options;
    QThread m_thread;
    gateway::engine::Gateway* m_gateway = nullptr; // lives on m_thread
    std::shared_ptr<gateway::admin::InProcessLink> m_link;
};

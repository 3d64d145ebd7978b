#include "engine_thread.h"

EngineThread::EngineThread(gateway::engine::GatewayOptions options) : m_options(std::move(options))
{
    m_thread.setObjectName(QStringLiteral("control"));
    m_thread.start();
}

EngineThread::~EngineThread()
{
    if (m_gateway)
        QMetaObject::invokeMethod(
            m_gateway, [gateway = m_gateway] { delete gateway; }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

std::optional<gateway::engine::StartFailure> EngineThread::start()
{
    std::optional<gateway::engine::StartFailure> failure;
    auto* guest = new QObject;
    guest->moveToThread(&m_thread);
    QMetaObject::invokeMethod(
        guest,
        [&] {
            auto gateway = std::make_unique<gateway::engine::Gateway>(m_options);
            failure = gateway->start();
            if (failure)
                return;
            m_link = gateway->link();
            m_gateway = gateway.release();
        },
        Qt::BlockingQueuedConnection);
    guest->deleteLater();
    return failure;
}

std::shared_ptr<gateway::api::AdminTransport> EngineThread::transport() const
{
    return gateway::admin::makeTransport(m_link);
}

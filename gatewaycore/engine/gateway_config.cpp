// Gateway's side of config revisions: which one goes on at a start, SIGHUP, and what putting one in force means here.
#include "engine/draft_book.h"
#include "engine/gateway.h"
#include "observability/log.h"

#include <QTimer>

namespace gateway::engine {
namespace {

using observability::log;
using observability::LogLevel;

constexpr int kTryAgainMs = 50;

} // namespace

std::optional<api::Error> Gateway::startRevisions()
{
    m_parts.drafts = std::make_unique<DraftBook>(DraftBook::Services{*m_parts.store, m_parts.config, m_parts.clock,
        *this, [this](std::function<void()> inForce) { publishEverywhere(std::move(inForce)); },
        [this](const QString& event, const QJsonObject& data) {
            if (m_events)
                m_events->publish(event, data);
        },
        {}});
    if (const api::Outcome started = m_parts.drafts->start(); !started)
        return part("config", started.error());
    return std::nullopt;
}

// To every part, and `inForce` when the last worker has taken it up. Calls that began before end as they began.
void Gateway::publishEverywhere(std::function<void()> inForce)
{
    publishSnapshot();
    refreshAdmin();
    m_governance->configInForce();
    const auto waited = std::make_shared<int>(int(m_parts.workers.size()));
    for (const auto& worker : m_parts.workers) {
        worker->afterwards(this, [waited, inForce] {
            if (--*waited == 0)
                inForce();
        });
    }
}

void Gateway::reload()
{
    if (m_parts.drafts->isBusy()) { // a signal is not lost because a revision is just on its way
        QTimer::singleShot(kTryAgainMs, this, &Gateway::reload);
        return;
    }
    config::ConfigHolder::Read read = m_parts.config.readFile();
    for (const config::Problem& problem : std::as_const(read.problems))
        log(LogLevel::Error, "config.problem", {{"message", config::describe(problem)}});
    const ConfigAsker asker{QStringLiteral("file"), true, QStringLiteral("The file was read again.")};
    m_parts.drafts->takeFile(
        std::move(read), QStringLiteral("reload"), asker, [this](const api::Result<api::Promotion>& taken) {
            if (!taken)
                log(LogLevel::Error, "config.kept", {{"revision", revision()}, {"reason", taken.error().message}});
        });
}

} // namespace gateway::engine

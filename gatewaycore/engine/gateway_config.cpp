// Gateway's side of config revisions: which one goes on at a start, SIGHUP, and what putting one in force means here.
#include "engine/draft_book.h"
#include "engine/gateway.h"
#include "observability/log.h"
#include "store/log_entry.h"
#include "store/zone_history.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

namespace gateway::engine {
namespace {

using observability::log;
using observability::LogLevel;

constexpr int kTryAgainMs = 50;

// By what attempts of this revision are judged later (store/zone_history.h).
bool keepZones(QSqlDatabase& database, const store::RevisionRow& row, const config::PolicySnapshot& snapshot)
{
    QStringList by{row.author.isEmpty() ? row.by : row.author};
    if (!row.approver.isEmpty() && !by.contains(row.approver))
        by.append(row.approver);
    by.removeAll(QString());
    return row.inForce ? store::writeZonesOf(database, snapshot, row.fromMs, by)
                       : store::noteZonesOf(database, snapshot, row.createdMs);
}

// That it came into force, or went out with a canary, stands in the log.
bool keepInLog(QSqlDatabase& database, const store::RevisionRow& row, const config::PolicySnapshot&)
{
    const QJsonObject content{{QStringLiteral("number"), row.number},
        {QStringLiteral("hash"), QString::fromLatin1(row.hash)}, {QStringLiteral("kind"), row.kind},
        {QStringLiteral("draft"), row.draft}, {QStringLiteral("author"), row.author},
        {QStringLiteral("approver"), row.approver}, {QStringLiteral("by"), row.by},
        {QStringLiteral("reason"), row.reason}, {QStringLiteral("in_force"), row.inForce},
        {QStringLiteral("at_ms"), row.inForce ? row.fromMs : row.createdMs}};
    return store::appendToLog(database, store::LogKind::Revision, QString::number(row.number),
        QJsonDocument(content).toJson(QJsonDocument::Compact));
}

} // namespace

std::optional<api::Error> Gateway::startRevisions()
{
    m_parts.drafts = std::make_unique<DraftBook>(DraftBook::Services{*m_parts.store, m_parts.config, m_parts.clock,
        *this, [this](std::function<void()> inForce) { publishEverywhere(std::move(inForce)); },
        [this](const QString& event, const QJsonObject& data) {
            if (m_events)
                m_events->publish(event, data);
        },
        {&keepZones, &keepInLog}});
    if (const api::Outcome started = m_parts.drafts->start(); !started)
        return part("config", started.error());
    // of a revision that came into force before zones were kept
    m_parts.store->submit([snapshot = m_parts.config.current(), atMs = m_parts.clock.wallMs()](
                              QSqlDatabase& database) { return store::writeZonesOf(database, *snapshot, atMs); },
        [](bool) {});
    return std::nullopt;
}

// To every part, and `inForce` when the last worker has taken it up. Calls that began before end as they began.
void Gateway::publishEverywhere(std::function<void()> inForce)
{
    publishSnapshot(std::move(inForce));
    refreshAdmin();
    m_governance->configInForce();
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

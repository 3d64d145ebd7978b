// The desk of what-if replay (admin/replay_desk.h): checks and compiles the config that is asked about, runs the replay
// on a thread of its own that yields to the workers (nice, a reading connection of its own), and keeps the last few
// results. One replay at a time. Thread: control, except run(). Ends its thread when it goes: at most one piece of the
// record later. What it is given must outlive it.
#pragma once

#include "admin/replay_desk.h"
#include "base/clock.h"
#include "credential/credential_book.h"
#include "replay/replay_run.h"

#include <QObject>
#include <QThread>

#include <functional>
#include <memory>
#include <vector>

namespace gateway::engine {

class DeskReplay final : public QObject, public admin::ReplayDesk
{
public:
    struct Services
    {
        const Clock& clock;
        QString databaseFile;
        std::function<config::SnapshotPtr()> snapshot; // in force
        std::function<credential::CredentialBookPtr()> credentials;
        std::function<void()> catchUp; // waits, for a short while, until what was answered is in the database
        // Texts of drafts and revisions; empty functions: they are not kept here.
        std::function<void(const QString& draft, admin::Done<QByteArray> done)> draftText;
        std::function<void(int revision, admin::Done<QByteArray> done)> revisionText;
    };
    explicit DeskReplay(Services services);
    ~DeskReplay() override;

    void start(const api::ReplayRequest& request, const Asker& asker, admin::Done<api::ReplayReport> done) override;
    QVector<api::ReplayReport> list(const QStringList& tenants) const override;
    api::Result<api::ReplayReport> report(const QString& id, const QStringList& tenants) const override;
    api::Result<api::ReplayChangePage> changes(
        const QString& id, const api::ReplayChangeQuery& query, const QStringList& tenants) const override;
    api::Result<api::ReplayReport> cancel(const QString& id, const QStringList& tenants) override;

private:
    static constexpr std::size_t kKept = 4; // replays, each with up to 20 MB of changes
    struct Job
    {
        api::ReplayReport report;
        QStringList tenants; // whom it covers, where its asker is bound; empty: all
        QVector<api::ReplayChange> changes;
        replay::ReplayProgress progress;
    };
    using JobPtr = std::shared_ptr<Job>;

    void begin(const api::ReplayRequest& request, const Asker& asker, const QByteArray& yaml, const QString& against,
        const admin::Done<api::ReplayReport>& done);
    void run(const JobPtr& job, const replay::ReplayOrder& order);
    void ended(const JobPtr& job, api::Result<replay::ReplayOutcome> outcome);
    JobPtr find(const QString& id, const QStringList& tenants) const;
    static bool isSeen(const Job& job, const QStringList& tenants);
    static api::ReplayReport reportOf(const Job& job);

    Services m_services;
    std::vector<JobPtr> m_jobs; // newest first
    std::unique_ptr<QThread> m_thread;
    int m_number = 0;
    bool m_running = false;
};

} // namespace gateway::engine

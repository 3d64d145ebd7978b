// DeskConfig: the engine's ConfigDesk. It resolves what a question names (a revision, a draft, the file), asks the
// DraftBook, and compares; what comes into force is the book's affair. Control thread; the parts must outlive it.
#pragma once

#include "admin/config_desk.h"
#include "config/change/semantic_diff.h"
#include "engine/parts.h"

namespace gateway::engine {

struct ConfigAsker;
ConfigAsker askerOf(const admin::Change& change);

class DeskConfig final : public admin::ConfigDesk
{
public:
    // `fingerprintKey`: of this engine; the same over restarts.
    DeskConfig(Parts& parts, QByteArray fingerprintKey);
    ~DeskConfig() override;

    void standing(admin::Done<api::ConfigStanding> done) override;
    QVector<api::Revision> revisions(int limit) const override;
    void revision(int number, admin::Done<api::Revision> done) override;
    QVector<api::Draft> drafts() const override;
    api::Result<api::Draft> draft(const QString& id) const override;
    void createDraft(
        const api::DraftRequest& request, const admin::Change& change, admin::Done<api::Draft> done) override;
    void saveDraft(const QString& id, const api::DraftSave& save, const admin::Change& change,
        admin::Done<api::Draft> done) override;
    void mergeDraft(const QString& id, const admin::Change& change, admin::Done<api::Draft> done) override;
    void reviewDraft(const QString& id, const api::ConfigReview& review, const admin::Change& change,
        admin::Done<api::Draft> done) override;
    void abandonDraft(const QString& id, const admin::Change& change, admin::Done<api::Draft> done) override;
    api::Findings validate(const QByteArray& text) const override;
    void diff(const api::DiffSide& from, const api::DiffSide& to, admin::Done<api::DiffReport> done) override;
    void promote(
        const api::PromoteRequest& request, const admin::Change& change, admin::Done<api::Promotion> done) override;
    void rollBack(int revision, const admin::Change& change, admin::Done<api::Promotion> done) override;
    void reviewRevision(int number, const api::ConfigReview& review, const admin::Change& change,
        admin::Done<api::Revision> done) override;
    void adoptFile(const admin::Change& change, admin::Done<api::Promotion> done) override;
    void revertFile(const admin::Change& change, admin::Done<api::ConfigStanding> done) override;

private:
    struct Side
    {
        QString label;
        QByteArray bytes;
        config::SnapshotPtr snapshot; // the one that runs; null: compiled anew
    };
    void resolve(const api::DiffSide& side, admin::Done<Side> done);
    void withTraffic(std::function<void(config::Traffic)> then);
    api::Result<api::DiffReport> compare(const Side& from, const Side& to, config::Traffic traffic) const;
    api::ConfigStanding standingNow(const config::Traffic& traffic) const;
    void addOrigins(api::ConfigStanding& standing, const config::ConfigHolder::Read& file) const;

    Parts& m_parts;
    const QByteArray m_fingerprintKey;
    config::Traffic m_traffic; // as of m_trafficAt
    std::optional<Monotonic> m_trafficAt;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace gateway::engine

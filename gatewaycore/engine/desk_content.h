// ContentRoom: kept content, break-glass and the removal of old records, put together from their rooms. Governance
// makes it; the admin handlers see it as the ContentDesk. Control thread.
#pragma once

#include "admin/content_desk.h"
#include "content/keeper.h"
#include "engine/break_glass.h"
#include "engine/parts.h"
#include "engine/record_retention.h"

#include <QObject>

namespace gateway::engine {

class ContentRoom final : public QObject, public admin::ContentDesk
{
    Q_OBJECT
public:
    explicit ContentRoom(Parts& parts);
    ~ContentRoom() override;

    std::optional<api::Error> start();
    void configInForce();
    void upkeep();

    void status(Done<api::ContentStatus> done) override;
    QVector<api::ContentGrant> grants() const override { return m_glass.grants(); }
    api::Result<api::ContentGrant> grant(const QString& id) const override { return m_glass.grant(id); }
    void ask(
        const api::ContentGrantRequest& request, const admin::Change& change, Done<api::ContentGrant> done) override;
    void approve(const QString& id, const admin::Change& change, Done<api::ContentGrant> done) override;
    void end(const QString& id, const admin::Change& change, Done<api::ContentGrant> done) override;
    void read(const QString& call, const admin::Principal& reader, Done<api::KeptContent> done) override;
    void shred(const QString& tenant, const admin::Change& change, Done<api::ContentStatus> done) override;
    void recordRetention(Done<api::RecordRetention> done) override;

private:
    // Asks the keeper; the answer comes on the control thread.
    template <typename T>
    void askKeeper(std::function<api::Result<T>(content::Vault&, qint64)> question, Done<T> done);
    void readUnder(
        const QString& call, const content::Vault::Place& place, const QString& reader, Done<api::KeptContent> done);
    api::ContentStatus statusOf(const std::vector<content::Vault::Sum>& sums) const;

    Parts& m_parts;
    BreakGlass m_glass;
    RecordRetention m_retention;
    std::unique_ptr<content::Keeper> m_keeper;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace gateway::engine

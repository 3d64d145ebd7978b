// FakeContentDesk: a grant of "acme" and one of "other", nothing kept. For the fake engine.
#pragma once

#include "admin/content_desk.h"

namespace gateway::test {

class FakeContentDesk final : public gateway::admin::ContentDesk
{
public:
    FakeContentDesk();

    void status(Done<gateway::api::ContentStatus> done) override;
    QVector<gateway::api::ContentGrant> grants() const override { return m_grants; }
    gateway::api::Result<gateway::api::ContentGrant> grant(const QString& id) const override;
    void ask(const gateway::api::ContentGrantRequest& request, const gateway::admin::Change& change,
        Done<gateway::api::ContentGrant> done) override;
    void approve(
        const QString& id, const gateway::admin::Change& change, Done<gateway::api::ContentGrant> done) override;
    void end(const QString& id, const gateway::admin::Change& change, Done<gateway::api::ContentGrant> done) override;
    // Of req_1 something is kept, and cgr_1 is in force for whoever asks; of others NotFound.
    void read(
        const QString& call, const gateway::admin::Principal& reader, Done<gateway::api::KeptContent> done) override;
    void shred(
        const QString& tenant, const gateway::admin::Change& change, Done<gateway::api::ContentStatus> done) override;
    void recordRetention(Done<gateway::api::RecordRetention> done) override;

private:
    QVector<gateway::api::ContentGrant> m_grants;
};

} // namespace gateway::test

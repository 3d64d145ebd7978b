// FakeChain: the tamper-evident log of the contract tests: a standing, a key, a verification that passes, the receipt
// of one call of tenant acme. Control thread.
#pragma once

#include "admin/chain_desk.h"

namespace gateway::test {

class FakeChain final : public admin::ChainDesk
{
public:
    api::ChainStanding standing() const override
    {
        api::ChainStanding standing;
        standing.engine = QStringLiteral("eng_fake");
        standing.size = 3;
        standing.head =
            api::ChainHead{1, 3, QString(64, u'0'), QDateTime::fromMSecsSinceEpoch(1'795'305'600'000, Qt::UTC)};
        standing.anchor = QStringLiteral("/anchor/heads.jsonl");
        standing.anchorIsOutside = true;
        standing.anchorState = QStringLiteral("ok");
        standing.key = key().fingerprint;
        standing.last = result();
        return standing;
    }
    api::ChainKey key() const override
    {
        return {QString(64, u'a'), QStringLiteral("ed25519:aaaa"), QStringLiteral("env:KEY"),
            QDateTime::fromMSecsSinceEpoch(1'795'305'600'000, Qt::UTC)};
    }
    void verify(admin::Done<api::ChainVerification> done) override { done(result()); }
    void receipt(const QString& callId, const QStringList& tenants, admin::Done<api::Receipt> done) override
    {
        if (callId != QLatin1String("req_1") || (!tenants.isEmpty() && !tenants.contains(QStringLiteral("acme"))))
            return done(api::failure(
                api::Failure::NotFound, QStringLiteral("There is no call %1 in the record.").arg(callId.left(80))));
        done(api::Receipt{{{QStringLiteral("format"), QStringLiteral("signalbox-receipt-1")}}});
    }
    void buildEvidence(const api::EvidenceRequest&, admin::Done<api::EvidencePack> done) override
    {
        done(api::EvidencePack{QStringLiteral("evidence.zip"), QStringLiteral("/data/evidence/evidence.zip"), 10,
            QString(64, u'0'), QStringLiteral("PASS"), QStringLiteral("PASS"), 3, 4, {}});
    }

private:
    static api::ChainVerification result()
    {
        api::ChainVerification result;
        result.verdict = QStringLiteral("PASS");
        result.sentence = QStringLiteral("3 entries are as they were written.");
        result.entries = result.rows = 3;
        result.heads = result.anchored = 1;
        return result;
    }
};

} // namespace gateway::test

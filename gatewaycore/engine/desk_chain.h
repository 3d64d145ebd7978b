// ChainRoom: the tamper-evident log of a running engine (admin/chain_desk.h). It signs a head every 256 entries or
// minute and at the end, has the heads anchored, gives entries to rows from before the log, and looks the log through
// at start, daily and when asked. A finding is an event (audit.broken), a line in the log and the state of the part
// "audit"; calls go on. Without its key the engine runs and says so: then nothing is signed.
// Threads: control; signing on the filing thread, anchoring and looking through on threads of their own.
#pragma once

#include "admin/chain_desk.h"
#include "audit/chain/anchor_writer.h"
#include "engine/parts.h"
#include "store/log_sealer.h"
#include "store/log_verifier.h"

#include <QObject>

#include <thread>

namespace gateway::admin {
class EventHub;
}

namespace gateway::engine {

class ChainRoom final : public admin::ChainDesk
{
public:
    // `context` lives on the control thread and outlives the store.
    ChainRoom(Parts& parts, admin::EventHub& events, QObject& context);
    ~ChainRoom() override; // what is signed at the end is left with the store

    void callsFiled(qint64 count) { m_unsigned += count; }
    void configInForce(); // another anchor, or another key
    void upkeep();        // about once a second

    api::ChainStanding standing() const override;
    api::ChainKey key() const override;
    void verify(admin::Done<api::ChainVerification> done) override;
    void receipt(const QString& callId, const QStringList& tenants, admin::Done<api::Receipt> done) override;
    void buildEvidence(const api::EvidenceRequest& request, admin::Done<api::EvidencePack> done) override;

private:
    struct Signing; // shared with the store, which signs the last head after us

    void loadKey();
    void openAnchor();
    void seal(std::function<void(bool)> then = {});
    void sealed(const std::optional<audit::LogHead>& head, qint64 size, bool good);
    void sealOldRows();
    void beginVerification();
    void verified(const api::ChainVerification& result);
    void makeReceipt(const QString& callId, const QStringList& tenants, bool mayWait, admin::Done<api::Receipt> done);
    api::Part health(api::Part part) const;
    // Something to call from another thread, which then runs on the control thread while we live.
    template <typename... Values>
    std::function<void(Values...)> onControl(std::function<void(Values...)> then);

    Parts& m_parts;
    admin::EventHub& m_events;
    QObject& m_context;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
    std::function<api::Part()> m_auditHealth; // without ours
    std::shared_ptr<Signing> m_signing;
    QString m_keyReference;
    QString m_keyTrouble;

    std::optional<audit::LogHead> m_head;
    QDateTime m_keySince;
    qint64 m_size = 0;
    qint64 m_unsigned = 0; // calls filed since the last head
    qint64 m_unsealed = -1;
    bool m_isSealing = false;
    bool m_isSealingOld = false;
    bool m_sealFailed = false;
    std::vector<std::function<void(bool)>> m_afterSeal; // the next one
    Monotonic m_lastSeal{0};

    std::thread m_verifying;
    std::atomic<bool> m_stop = false;
    bool m_isVerifying = false;
    Monotonic m_nextVerification{0};
    std::vector<admin::Done<api::ChainVerification>> m_waiting; // for the verification under way
    std::optional<api::ChainVerification> m_last;
};

} // namespace gateway::engine

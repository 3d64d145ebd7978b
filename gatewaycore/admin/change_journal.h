// ChangeJournal: the engine's ChangeLog, kept in the database (store/audit_repository). An intent is durable before its
// handler begins; the effect and its mark are one transaction (Change::alongside); the answer follows. So after a crash
// the log says of each change that it happened or that it did not, and open() gives what was left open its end.
//
// A key (Idempotency-Key) belongs to its principal for ever and stands for one change:
//   applied, refused  the same answer again (kept 24 hours; after that only what became of it)
//   failed (5xx, or the engine ended before the effect)  nothing happened, so the same request may begin anew, until
//                     somebody settles it: then it is not applied for good
//   void, unknown     refused, for ever
// An answer that holds a secret is kept whole in memory only, for ten minutes; the database has it without the secret.
//
// When the database cannot be written begin() and settle() say Unavailable: administration is closed, calls are not
// touched. Ends and notes that could not be written are tried again.
// Thread: control. The store must outlive the journal; `context` lives on the control thread and outlives both.
#pragma once

#include "admin/change_log.h"
#include "base/clock.h"
#include "store/audit_repository.h"
#include "store/store.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <deque>
#include <map>
#include <memory>

namespace gateway::admin {

class ChangeJournal final : public ChangeLog
{
public:
    static constexpr std::chrono::hours kReplyKept{24};
    static constexpr std::chrono::minutes kSecretKept{10};
    static constexpr int kSecrets = 200;
    static constexpr int kNotesWaiting = 5000;
    static constexpr int kVoidsPerMinute = 600; // of one principal

    // Told when a change has its end: "audit.entry". No bodies, no names: who may read the log asks for the entry.
    using Tell = std::function<void(const QString& event, const QJsonObject& data)>;
    // Reads entries on another thread; `done` comes on the control thread.
    using Read = std::function<void(const api::AuditQuery& query, Done<api::AuditPage> done)>;

    // Ends what the run before left open. Blocks for one transaction.
    static api::Result<std::unique_ptr<ChangeJournal>> open(
        store::Store& store, QObject& context, const Clock& clock, Read read, Tell tell);
    ~ChangeJournal() override; // hands over what waits
    Q_DISABLE_COPY_MOVE(ChangeJournal)

    void begin(const Principal& by, Intent intent, Done<Begun> done) override;
    void finish(const Change& change, const api::AdminReply& reply, const QJsonObject& before,
        const QJsonObject& after) override;
    void settle(const Principal& by, const QString& key, Done<api::Operation> done) override;
    void note(const api::AuditEntry& entry) override;
    void entries(const api::AuditQuery& query, Done<api::AuditPage> done) override;

    int interrupted() const { return m_interrupted; } // changes of the run before that had no end
    api::Part health() const;                         // "audit": can changes be made?

private:
    struct Ending
    {
        store::OperationEnd end;
        QString action;
        bool isOnItsWay = false;
    };
    struct Secret
    {
        Monotonic until{0};
        api::AdminReply reply;
    };
    struct Rate
    {
        Monotonic since{0};
        int written = 0;
        qint64 leftOut = 0;
        api::AuditEntry last; // of those left out
    };

    ChangeJournal(store::Store& store, QObject& context, const Clock& clock, Read read, Tell tell);
    template <typename Then>
    void submit(store::Store::Work work, Then then); // then(committed) on the control thread, if the journal lives
    void write(qint64 sequence);
    void write(const api::AuditEntry& entry);
    void tick();
    bool withinRate(QHash<QString, Rate>& rates, const QString& principal, int most);
    api::Operation operationOf(const QString& key, const store::StoredOperation& stored) const;
    void told(bool committed);
    QDateTime now() const;

    store::Store& m_store;
    QObject& m_context;
    const Clock& m_clock;
    const Read m_read;
    const Tell m_tell;
    int m_interrupted = 0;
    bool m_isWritable = true;
    std::map<qint64, Ending> m_endings;  // by sequence; not yet durable
    std::map<qint64, Secret> m_secrets;  // by sequence
    std::deque<api::AuditEntry> m_notes; // could not be written; tried again
    int m_notesOnTheirWay = 0;
    QHash<QString, Rate> m_noteRates;
    QHash<QString, Rate> m_voidRates;
    Monotonic m_repliesForgotten{0};
    QTimer m_timer;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace gateway::admin

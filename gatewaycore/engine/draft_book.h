// DraftBook: drafts and revisions of the config, and the one way in which a snapshot comes into force. What is in force
// is what the database says (config_revisions, the row with in_force = 1); the book writes it first, together with what
// has to be true with it (the mark of the change, the witnesses), and then hands the snapshot to every worker. So a
// kill at any point leaves one truth: before the commit the old revision, after it the new one (decision 0150). Numbers
// only grow; a rollback has a number of its own; a record's number says which text served it. Thread: control; every
// `done` comes there exactly once, at once or later. What Services names must outlive the book. While one revision is
// on its way into force another is refused with Conflict.
#pragma once

#include "api/config_change.h"
#include "config/change/check_text.h"
#include "config/config_holder.h"
#include "store/config_repository.h"
#include "store/store.h"

#include <QObject>

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace gateway::engine {

// Who asks for a change of the config, why, and what becomes durable together with it.
struct ConfigAsker
{
    QString name;
    bool isHere = false; // sits at this engine's console or holds its local token: one person with every other such
    QString reason;
    store::Store::Work alongside = {};
};

class DraftBook
{
public:
    template <typename T>
    using Done = std::function<void(api::Result<T>)>;
    // Runs in the transaction that brings a revision into force, or in which its canary begins (row.inForce says
    // which); false keeps it from that.
    using Witness = std::function<bool(QSqlDatabase&, const store::RevisionRow&, const config::PolicySnapshot&)>;
    using Prover = std::function<QVector<api::Finding>(const config::ConfigFile&, const config::PolicySnapshot&)>;

    struct Services
    {
        store::Store& store;
        config::ConfigHolder& config;
        const Clock& clock;
        QObject& context; // lives on the control thread, longer than the store
        // Puts what the holder has now in front of every worker; `inForce` is called when the last one has it.
        std::function<void(std::function<void()> inForce)> publish;
        std::function<void(const QString& event, const QJsonObject& data)> tell;
        std::vector<Witness> witnesses = {};
    };
    explicit DraftBook(Services services);
    Q_DISABLE_COPY_MOVE(DraftBook)

    // At start, when the holder has read the file and the database is there: which revision goes on (decision 0151).
    // Blocks for two transactions.
    api::Outcome start();
    void setProver(Prover prover) { m_prover = std::move(prover); } // its findings are put beside ours

    // Reading.
    QVector<api::Draft> drafts() const; // open ones first, newest first; without texts
    api::Result<api::Draft> draft(const QString& id) const;
    QVector<api::Revision> revisions(int limit) const; // newest first
    void revision(int number, Done<api::Revision> done);
    void text(int number, Done<QByteArray> done);
    int inForce() const;
    bool isBusy() const { return m_isBusy; }
    int previous() const;            // what a rollback goes back to; 0: there is none
    QByteArray fileHashThen() const; // of the file that was taken last
    // The rolled-back revision whose text this is: the same text is not taken from the file by itself.
    std::optional<api::Revision> heldBack(const QByteArray& hash) const;
    QVector<int> unreviewed(bool overdueOnly) const; // put in force past a review, or loosening without one
    config::CheckedText check(const QString& name, const QByteArray& text) const;

    // Drafts.
    void create(const api::DraftRequest& request, const ConfigAsker& asker, Done<api::Draft> done);
    void save(const QString& id, const api::DraftSave& save, const ConfigAsker& asker, Done<api::Draft> done);
    void merge(const QString& id, const ConfigAsker& asker, Done<api::Draft> done);
    void review(const QString& id, const api::ConfigReview& review, const ConfigAsker& asker, Done<api::Draft> done);
    void abandon(const QString& id, const ConfigAsker& asker, Done<api::Draft> done);

    // For the canary. The draft's snapshot under its own number, which is durable before `done`; its findings, its
    // review and its base are looked at as for a promotion. The same number as long as the text is the same.
    // `alongside` of the asker is written in the same transaction.
    void compiled(const QString& id, const ConfigAsker& asker, Done<config::SnapshotPtr> done);
    // How its canary stands; the draft's state follows: running, pass and insufficient_data keep it in `canary`, fail
    // makes it rolled_back, stopped makes it a draft again.
    void noteCanary(const QString& id, const api::CanaryResult& result, store::Store::Work alongside,
        std::function<void(api::Outcome)> done);
    // Told when another text than that of the draft in its canary comes into force, or somebody rolls back meanwhile:
    // the canary ends at once. The book has written its end already; what is noted of it afterwards changes no state.
    void setCanaryEnder(std::function<void(const QString& draft, const QString& why)> end)
    {
        m_endCanary = std::move(end);
    }

    // In force on every worker, and durable, before `done`.
    void promote(const api::PromoteRequest& request, const ConfigAsker& asker, Done<api::Promotion> done);
    // Without a number: ends the canary that runs; else the revision before the one in force.
    void rollBack(int revision, const ConfigAsker& asker, Done<api::Promotion> done);
    // The file as it was read; `kind` is reload (decision 0152) or adopt. The same content as in force: its keys are
    // taken up anew under the same number.
    void takeFile(
        config::ConfigHolder::Read read, const QString& kind, const ConfigAsker& asker, Done<api::Promotion> done);
    // The file has been given the running text: they are one from now on.
    void fileIsRunning(const ConfigAsker& asker, std::function<void(api::Outcome)> done);
    void reviewRevision(
        int number, const api::ConfigReview& review, const ConfigAsker& asker, Done<api::Revision> done);

    void upkeep(); // what is overdue is told once

private:
    struct Change;
    using Row = store::RevisionRow;

    api::Outcome load();
    api::Outcome continueStored(const Row& row);
    void putInForce(const std::shared_ptr<Change>& change);
    void refresh(std::shared_ptr<config::PolicySnapshot> snapshot, const QByteArray& bytes, QStringList warnings,
        const Done<api::Promotion>& done);
    void endCanaryOnly(const QString& draft, const ConfigAsker& asker, const Done<api::Promotion>& done);
    api::Result<store::DraftRow> openDraft(const QString& id) const;
    void write(store::DraftRow row, const store::Store::Work& alongside, const Done<api::Draft>& done);
    api::Draft draftOf(const store::DraftRow& row, bool isWhole) const;
    api::Revision revisionOf(const Row& row) const;
    api::Outcome mayComeIntoForce(
        const store::DraftRow& draft, const config::CheckedText& checked, bool isEmergency, bool& isUnreviewed) const;
    QString reviewState(const store::DraftRow& draft, const config::CheckedText& checked) const;
    bool isOwn(const QStringList& editors, const ConfigAsker& asker) const;
    bool loosens(const config::PolicySnapshot& after) const;
    const Row* row(int number) const;
    Row* rowInForce();
    Row fresh(const QString& kind, const QByteArray& text, const QByteArray& hash, const ConfigAsker& asker) const;
    void keep(const Row& row, const QByteArray& text);
    QString draftInCanary() const;
    qint64 now() const;
    void tellDraft(const store::DraftRow& draft) const;
    template <typename Then>
    void submit(store::Store::Work work, Then then);

    Services m_services;
    Prover m_prover;
    std::map<QString, store::DraftRow> m_drafts;
    std::vector<Row> m_revisions;                    // rising numbers; without texts
    std::vector<std::pair<int, QByteArray>> m_texts; // of the newest few
    int m_highest = 0;                               // number given so far
    int m_drafted = 0;                               // of the drafts
    bool m_isBusy = false;                           // a revision is on its way into force
    std::function<void(const QString& draft, const QString& why)> m_endCanary;
    QVector<int> m_overdueTold;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace gateway::engine

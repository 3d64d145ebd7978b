// DraftBook: drafts and revisions of the config, and the one way in which a snapshot comes into force. What is in force
// is what the database says (config_revisions, the row without an end); the book writes it first, together with what
// has to be true with it (the log, the zones, the mark of the change), and then hands the snapshot to every worker. So a
// kill at any point leaves one truth: before the commit the old revision, after it the new one.
// Numbers only grow, a rollback has a number of its own, and a record's number says which text served it.
// Thread: control; every `done` comes there exactly once. The parts must outlive it. While one revision is on its way
// another is refused with Conflict.
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
    bool isHere = false; // sits at this engine's own console or holds its local token: one person with every other such
    QString reason;
    store::Store::Work alongside = {};
};

class DraftBook : public QObject
{
    Q_OBJECT
public:
    template <typename T>
    using Done = std::function<void(api::Result<T>)>;

    struct Services
    {
        store::Store& store;
        config::ConfigHolder& config;
        const Clock& clock;
        // Puts what the holder has now in front of every worker; `inForce` is called when the last one has it.
        std::function<void(std::function<void()> inForce)> publish;
        std::function<void(const QString& event, const QJsonObject& data)> tell;
        bool fromFile = true; // false: the demo, which has no file
    };
    explicit DraftBook(Services services);

    // At start, when the holder has read the file and the database is there: which revision goes on (decision 0152).
    // Blocks for two transactions.
    api::Outcome start();

    // Reading.
    QVector<api::Draft> drafts() const;
    api::Result<api::Draft> draft(const QString& id) const;
    QVector<api::Revision> revisions(int limit) const;
    void revision(int number, Done<api::Revision> done); // with its text
    int previous() const;                                // what a rollback goes back to; 0: there is none
    // The rolled-back revision whose text this is: the same text is not taken from the file by itself.
    std::optional<api::Revision> heldBack(const QByteArray& hash) const;
    QVector<int> unreviewed(bool overdue) const; // put in force in an emergency

    // Drafts.
    void create(const api::DraftRequest& request, const ConfigAsker& asker, Done<api::Draft> done);
    void save(const QString& id, const api::DraftSave& save, const ConfigAsker& asker, Done<api::Draft> done);
    void merge(const QString& id, const ConfigAsker& asker, Done<api::Draft> done);
    void review(const QString& id, const api::ConfigReview& review, const ConfigAsker& asker, Done<api::Draft> done);
    void abandon(const QString& id, const ConfigAsker& asker, Done<api::Draft> done);

    // For the canary. The draft's snapshot under its own number, which is durable before `done`; its findings, its
    // review and its base have been looked at as for a promotion. The same number every time.
    void compiled(const QString& id, const ConfigAsker& asker, Done<config::SnapshotPtr> done);
    // How its canary stands; the draft's state follows (canary while it runs). `alongside` may be empty.
    void noteCanary(const QString& id, const api::CanaryResult& result, store::Store::Work alongside,
        std::function<void(api::Outcome)> done);
    // Told when another revision comes into force or the draft goes: a canary of `draft` has to end. Returns the id of
    // the draft whose canary it ended, or nothing.
    void setCanaryEnder(std::function<QString(const QString& why)> end) { m_endCanary = std::move(end); }

    // In force on every worker, and durable, before `done`.
    void promote(const api::PromoteRequest& request, const ConfigAsker& asker, Done<api::Promotion> done);
    void rollBack(int revision, const ConfigAsker& asker, Done<api::Promotion> done);
    // A text of the file; `kind` is reload or adopt. The same content as now: the snapshot with its keys read anew, no
    // new number.
    void takeFile(config::ConfigHolder::Read read, const QString& kind, const ConfigAsker& asker,
        Done<api::Promotion> done);
    void reviewRevision(
        int number, const api::ConfigReview& review, const ConfigAsker& asker, Done<api::Revision> done);

    // Text of a revision, from memory or the database.
    void text(int number, Done<QByteArray> done);

    void upkeep(); // an emergency whose review is overdue is told once

private:
    struct InForce;
    void putInForce(std::shared_ptr<InForce> change);
    api::Result<store::DraftRow*> open(const QString& id);
    void write(store::DraftRow row, const ConfigAsker& asker, Done<api::Draft> done);
    api::Draft draftOf(const store::DraftRow& row, bool whole) const;
    api::Revision revisionOf(const store::RevisionRow& row) const;
    api::Outcome mayComeIntoForce(
        const store::DraftRow& row, const config::CheckedText& checked, const ConfigAsker& asker, bool emergency) const;
    const store::RevisionRow* row(int number) const;
    void remember(const store::RevisionRow& row, const QByteArray& text);
    template <typename Then>
    void submit(store::Store::Work work, Then then);

    Services m_services;
    std::map<QString, store::DraftRow> m_drafts;
    std::vector<store::RevisionRow> m_revisions; // rising numbers; without texts
    std::vector<std::pair<int, QByteArray>> m_texts; // of the newest few
    int m_highest = 0;                               // number given so far
    int m_drafted = 0;                               // highest number of a draft
    bool m_busy = false;                             // a revision is on its way into force
    std::function<QString(const QString& why)> m_endCanary;
    QVector<int> m_overdueTold;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace gateway::engine

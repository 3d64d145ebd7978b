// DraftBook's revisions: which one goes on at a start, and the one way into force for promotions, rollbacks and files.
#include "engine/draft_book.h"

#include "config/change/loosening.h"
#include "observability/log.h"
#include "routing/route.h"
#include "store/revision_repository.h"

#include <QDateTime>
#include <QJsonObject>

#include <algorithm>

namespace gateway::engine {
namespace {

using api::Failure;
using observability::log;
using observability::LogLevel;

constexpr int kClosedDrafts = 100;
constexpr std::size_t kTexts = 8;
constexpr qint64 kDayMs = 24 * 3600 * 1000;
const QString kFileItself = QStringLiteral("file"); // who is said to have put in force what a file brought

QDateTime timeOf(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

std::optional<QDateTime> timeOrNone(qint64 ms)
{
    return ms == 0 ? std::nullopt : std::optional(timeOf(ms));
}

// The end of the next day (UTC).
qint64 dayAfter(qint64 ms)
{
    return (ms / kDayMs + 2) * kDayMs;
}

api::Error busy()
{
    return api::failure(Failure::Conflict, QStringLiteral("Another revision is on its way into force."),
        QStringLiteral("Look at what is in force then, and decide again."));
}

api::Error notRecorded()
{
    return api::failure(Failure::Unavailable, QStringLiteral("The change could not be recorded, so it was not made."));
}

api::Error notCompiled(const config::Problems& problems)
{
    return api::failure(Failure::CheckFailed,
        problems.isEmpty() ? QStringLiteral("The config does not compile.") : config::describe(problems.first()));
}

} // namespace

// What is on its way into force, with all that is written together with it.
struct DraftBook::Change
{
    Row row;
    std::shared_ptr<config::PolicySnapshot> snapshot;
    QByteArray bytes;
    std::vector<store::DraftRow> drafts; // as they will be
    std::vector<store::DraftRow> before; // as they were, should it not come to that
    std::optional<Row> rolledBack;
    QString canary; // the draft whose canary ends with it
    ConfigAsker asker;
    Done<api::Promotion> done;
    QStringList warnings;
};

template <typename Then>
void DraftBook::submit(store::Store::Work work, Then then)
{
    m_services.store.submit(std::move(work),
        [context = &m_services.context, alive = std::weak_ptr(m_alive), then = std::move(then)](bool committed) {
            QMetaObject::invokeMethod(
                context,
                [alive, then, committed] {
                    if (alive.lock())
                        then(committed);
                },
                Qt::QueuedConnection);
        });
}

const store::RevisionRow* DraftBook::row(int number) const
{
    const auto found =
        std::find_if(m_revisions.begin(), m_revisions.end(), [number](const Row& one) { return one.number == number; });
    return found == m_revisions.end() ? nullptr : &*found;
}

store::RevisionRow* DraftBook::rowInForce()
{
    const auto found = std::find_if(m_revisions.begin(), m_revisions.end(), [](const Row& one) { return one.inForce; });
    return found == m_revisions.end() ? nullptr : &*found;
}

int DraftBook::inForce() const
{
    return m_services.config.current()->revision;
}

QByteArray DraftBook::fileHashThen() const
{
    const Row* now = row(inForce());
    return now ? now->fileHash : QByteArray();
}

void DraftBook::keep(const Row& kept, const QByteArray& text)
{
    Row without = kept;
    without.text.clear();
    const auto found =
        std::find_if(m_revisions.begin(), m_revisions.end(), [&](const Row& one) { return one.number == kept.number; });
    if (found != m_revisions.end())
        *found = without;
    else
        m_revisions.insert(std::upper_bound(m_revisions.begin(), m_revisions.end(), without,
                               [](const Row& a, const Row& b) { return a.number < b.number; }),
            without);
    std::erase_if(m_texts, [&](const auto& one) { return one.first == kept.number; });
    m_texts.emplace_back(kept.number, text);
    if (m_texts.size() > kTexts)
        m_texts.erase(m_texts.begin());
}

store::RevisionRow DraftBook::fresh(
    const QString& kind, const QByteArray& text, const QByteArray& hash, const ConfigAsker& asker) const
{
    Row row;
    row.hash = hash;
    row.text = text;
    row.kind = kind;
    row.author = asker.name;
    row.editors = QStringList{asker.name};
    row.by = asker.name;
    row.reason = asker.reason;
    row.createdMs = now();
    row.fileHash = fileHashThen(); // of the file that was taken last; an edit of it since then is still to be taken
    return row;
}

api::Outcome DraftBook::load()
{
    std::optional<std::vector<Row>> revisions;
    std::optional<std::vector<store::DraftRow>> drafts;
    std::optional<int> highestDraft;
    std::optional<store::RevisionMark> mark;
    m_services.store.submitAndWait([&](QSqlDatabase& database) {
        revisions = store::allRevisions(database);
        drafts = store::keptDrafts(database, kClosedDrafts);
        highestDraft = store::highestDraft(database);
        mark = store::readRevisionMark(database);
        return true;
    });
    if (!revisions || !drafts || !highestDraft)
        return api::failure(Failure::Unavailable, QStringLiteral("the config's revisions cannot be read"));
    m_revisions = std::move(*revisions);
    for (store::DraftRow& draft : *drafts)
        m_drafts.emplace(draft.id, std::move(draft));
    m_drafted = *highestDraft;
    m_highest = m_revisions.empty() ? 0 : m_revisions.back().number;
    // of the time before revisions were kept: the same content keeps its number
    if (m_revisions.empty() && mark)
        m_highest = mark->contentHash == m_services.config.current()->contentHash ? mark->revision - 1 : mark->revision;
    return api::Done{};
}

// A revision that was put in force past the file, while the file has not changed since.
api::Outcome DraftBook::continueStored(const Row& stored)
{
    std::optional<QByteArray> text;
    m_services.store.submitAndWait([&](QSqlDatabase& database) {
        text = store::revisionText(database, stored.number);
        return true;
    });
    if (!text)
        return api::failure(
            Failure::Unavailable, QStringLiteral("the text of revision %1 cannot be read").arg(stored.number));
    const config::ConfigHolder::Read read =
        m_services.config.readText(QStringLiteral("revision %1").arg(stored.number), *text);
    if (!read.snapshot)
        return api::failure(Failure::Invalid,
            QStringLiteral("revision %1, which is in force past the file, does not compile now: %2")
                .arg(stored.number)
                .arg(config::describe(read.problems)),
            QStringLiteral("Mend what it names, or change the config file: a changed file is taken at a start."));
    m_services.config.adopt(read.snapshot, *text, stored.number);
    keep(stored, *text);
    log(LogLevel::Info, "config.continued", {{"revision", stored.number}, {"kind", stored.kind}});
    return api::Done{};
}

api::Outcome DraftBook::start()
{
    if (const api::Outcome loaded = load(); !loaded)
        return loaded;
    // a canary does not outlive its engine's end: the draft is there, its number too
    std::vector<store::DraftRow> ended;
    for (auto& [id, draft] : m_drafts) {
        if (draft.state != QLatin1String("canary"))
            continue;
        draft.state = QStringLiteral("validated");
        draft.canary.verdict = QStringLiteral("stopped");
        draft.canary.sentence = QStringLiteral("The engine went down while it ran.");
        ended.push_back(draft);
    }
    const config::SnapshotPtr file = m_services.config.current();
    const QByteArray bytes = m_services.config.bytes();
    Row* const before = rowInForce();
    const bool isSame = before && before->hash == file->contentHash;
    const bool isUnchanged = before && before->fileHash == file->contentHash;
    const auto held = heldBack(file->contentHash);
    api::Outcome continued = api::Done{};
    if (before && !isSame && (isUnchanged || held)) {
        continued = continueStored(*before);
        if (continued && held)
            log(LogLevel::Warning, "config.held",
                {{"revision", before->number}, {"principal", held->rolledBackBy}, {"reason", held->rolledBackReason}});
    } else {
        Row now;
        if (isSame) {
            now = *before;
            now.fileHash = file->contentHash;
        } else {
            const ConfigAsker asker{kFileItself, false,
                before ? QStringLiteral("The file had changed when the engine started.")
                       : QStringLiteral("The file at the first start.")};
            now = fresh(QStringLiteral("start"), bytes, file->contentHash, asker);
            now.fileHash = file->contentHash;
            now.number = ++m_highest;
            now.fromMs = this->now();
            if (before && before->hash != before->fileHash)
                log(LogLevel::Warning, "config.replaced",
                    {{"revision", before->number},
                        {"message",
                            QStringLiteral("The file changed, so it takes the place of a revision from the store.")}});
        }
        now.text = bytes;
        const config::ConfigHolder::Read read = m_services.config.readText(file->sourceFile, bytes);
        // `file` is what was compiled; only its number is missing
        if (!read.snapshot)
            return notCompiled(read.problems);
        if (!isSame && before) {
            before->inForce = false;
            before->untilMs = now.fromMs;
        }
        now.inForce = true;
        read.snapshot->warnings = file->warnings;
        const config::SnapshotPtr numbered = m_services.config.adopt(read.snapshot, bytes, now.number);
        keep(now, bytes);
        const bool committed = m_services.store.submitAndWait([&](QSqlDatabase& database) {
            if (isSame ? !store::putRevision(database, now) : !store::bringIntoForce(database, now))
                return false;
            for (const Witness& witness : m_services.witnesses) {
                if (!isSame && !witness(database, now, *numbered))
                    return false;
            }
            return store::writeRevisionMark(database, {now.number, now.hash});
        });
        if (!committed)
            continued = api::failure(Failure::Unavailable, QStringLiteral("the config's revision cannot be kept"));
    }
    if (!ended.empty()) {
        m_services.store.submitAndWait([&](QSqlDatabase& database) {
            return std::all_of(ended.begin(), ended.end(),
                [&](const store::DraftRow& draft) { return store::putDraft(database, draft); });
        });
    }
    return continued;
}

QVector<api::Revision> DraftBook::revisions(int limit) const
{
    QVector<api::Revision> all;
    for (auto one = m_revisions.rbegin(); one != m_revisions.rend() && all.size() < limit; ++one)
        all.append(revisionOf(*one));
    return all;
}

api::Revision DraftBook::revisionOf(const Row& row) const
{
    api::Revision revision;
    revision.number = row.number;
    revision.hash = QString::fromLatin1(row.hash);
    revision.kind = row.kind;
    revision.draft = row.draft;
    revision.restores = row.restores;
    revision.author = row.author;
    revision.editors = row.editors;
    revision.approver = row.approver;
    revision.by = row.by;
    revision.reason = row.reason;
    revision.createdAt = timeOf(row.createdMs);
    revision.inForceFrom = timeOrNone(row.fromMs);
    revision.inForceUntil = timeOrNone(row.untilMs);
    revision.isInForce = row.inForce;
    revision.isOwnApproval = row.approver.isEmpty() || row.editors.contains(row.approver);
    revision.canary = row.canary;
    revision.reviewDue = timeOrNone(row.reviewDueMs);
    revision.reviewedAfter = row.reviewedAfter;
    revision.isOverdue = row.reviewDueMs > 0 && !row.reviewedAfter && row.reviewDueMs < now();
    revision.rolledBackBy = row.rolledBackBy;
    revision.rolledBackReason = row.rolledBackReason;
    revision.rolledBackAt = timeOrNone(row.rolledBackMs);
    return revision;
}

void DraftBook::revision(int number, Done<api::Revision> done)
{
    text(number, [this, number, done = std::move(done)](api::Result<QByteArray> text) {
        if (!text)
            return done(text.error());
        api::Revision revision = revisionOf(*row(number));
        revision.text = QString::fromUtf8(*text);
        done(std::move(revision));
    });
}

void DraftBook::text(int number, Done<QByteArray> done)
{
    if (!row(number))
        return done(api::failure(Failure::NotFound, QStringLiteral("There is no revision %1.").arg(number),
            QStringLiteral("`signalboxctl config history` lists them.")));
    for (const auto& [kept, text] : m_texts) {
        if (kept == number)
            return done(text);
    }
    const auto read = std::make_shared<std::optional<QByteArray>>();
    submit(
        [read, number](QSqlDatabase& database) {
            *read = store::revisionText(database, number);
            return read->has_value();
        },
        [read, number, done = std::move(done)](bool) {
            if (!*read)
                return done(api::failure(
                    Failure::Unavailable, QStringLiteral("The text of revision %1 cannot be read now.").arg(number)));
            done(**read);
        });
}

// The one that was in force before what is in force; for a rollback the one before what it brought back, so that
// rolling back twice goes back twice. What was rolled back is passed over.
int DraftBook::previous() const
{
    const Row* now = row(inForce());
    while (now && now->restores != 0 && row(now->restores))
        now = row(now->restores);
    const Row* best = nullptr;
    for (const Row& one : m_revisions) {
        const bool wasInForce = now && one.fromMs > 0 && one.number < now->number;
        if (wasInForce && !heldBack(one.hash) && one.hash != now->hash && (!best || one.number > best->number))
            best = &one;
    }
    return best ? best->number : 0;
}

std::optional<api::Revision> DraftBook::heldBack(const QByteArray& hash) const
{
    for (auto one = m_revisions.rbegin(); one != m_revisions.rend(); ++one) {
        if (one->hash == hash && one->fromMs > 0)
            return one->rolledBackMs > 0 ? std::optional(revisionOf(*one)) : std::nullopt;
    }
    return std::nullopt;
}

QVector<int> DraftBook::unreviewed(bool overdueOnly) const
{
    QVector<int> numbers;
    for (const Row& one : m_revisions) {
        if (one.reviewDueMs > 0 && !one.reviewedAfter && one.fromMs > 0 && (!overdueOnly || one.reviewDueMs < now()))
            numbers.append(one.number);
    }
    return numbers;
}

// First what is true, in one transaction; then every worker; then the answer.
void DraftBook::putInForce(const std::shared_ptr<Change>& change)
{
    m_isBusy = true;
    Row& coming = change->row;
    if (coming.number == 0)
        coming.number = ++m_highest;
    coming.fromMs = now();
    coming.inForce = true;
    // what is in its canary beside the one that comes has to be judged anew
    if (const QString id = draftInCanary(); !id.isEmpty()) {
        if (id != coming.draft) {
            change->canary = id;
            store::DraftRow draft = m_drafts[id];
            draft.state = QStringLiteral("validated");
            draft.canary.verdict = QStringLiteral("stopped");
            draft.canary.sentence = QStringLiteral("Revision %1 came into force.").arg(coming.number);
            draft.canary.at = timeOf(now());
            change->drafts.push_back(draft);
        }
    }
    change->snapshot->revision = coming.number;
    // at once, so that what is noted of a draft meanwhile is noted of the one that is promoted
    for (const store::DraftRow& draft : change->drafts) {
        change->before.push_back(m_drafts[draft.id]);
        m_drafts[draft.id] = draft;
    }
    const auto effect = [change, witnesses = m_services.witnesses](QSqlDatabase& database) {
        if (!store::bringIntoForce(database, change->row) ||
            !store::writeRevisionMark(database, {change->row.number, change->row.hash}) ||
            (change->rolledBack && !store::updateRevision(database, *change->rolledBack)))
            return false;
        for (const store::DraftRow& draft : change->drafts) {
            if (!store::putDraft(database, draft))
                return false;
        }
        return std::all_of(witnesses.begin(), witnesses.end(),
            [&](const Witness& witness) { return witness(database, change->row, *change->snapshot); });
    };
    submit(store::Store::together(effect, change->asker.alongside), [this, change](bool committed) {
        if (!committed) {
            m_isBusy = false;
            for (const store::DraftRow& draft : change->before)
                m_drafts[draft.id] = draft;
            return change->done(notRecorded());
        }
        const int replaced = inForce();
        if (Row* before = rowInForce()) {
            before->inForce = false;
            before->untilMs = change->row.fromMs;
        }
        if (change->rolledBack) {
            if (const auto found = std::find_if(m_revisions.begin(), m_revisions.end(),
                    [&](const Row& one) { return one.number == change->rolledBack->number; });
                found != m_revisions.end()) {
                found->rolledBackMs = change->rolledBack->rolledBackMs;
                found->rolledBackBy = change->rolledBack->rolledBackBy;
                found->rolledBackReason = change->rolledBack->rolledBackReason;
            }
        }
        keep(change->row, change->bytes);
        for (const store::DraftRow& draft : change->drafts)
            tellDraft(draft);
        m_services.config.adopt(change->snapshot, change->bytes, change->row.number);
        if (!change->canary.isEmpty() && m_endCanary)
            m_endCanary(change->canary, QStringLiteral("Revision %1 came into force.").arg(change->row.number));
        log(LogLevel::Info, "config.activated",
            {{"revision", change->row.number}, {"kind", change->row.kind}, {"principal", change->asker.name},
                {"reason", change->asker.reason}});
        m_services.publish([this, change, replaced] {
            m_isBusy = false;
            m_services.tell(QStringLiteral("revision.activated"),
                {{QStringLiteral("revision"), change->row.number}, {QStringLiteral("kind"), change->row.kind},
                    {QStringLiteral("replaced"), replaced}});
            api::Promotion promotion;
            promotion.revision = revisionOf(*row(change->row.number));
            promotion.replaced = replaced;
            promotion.ended = change->canary;
            promotion.warnings = change->warnings;
            change->done(std::move(promotion));
        });
    });
}

void DraftBook::promote(const api::PromoteRequest& request, const ConfigAsker& asker, Done<api::Promotion> done)
{
    if (m_isBusy)
        return done(busy());
    api::Result<store::DraftRow> found = openDraft(request.draft);
    if (!found)
        return done(found.error());
    store::DraftRow draft = std::move(*found);
    if (draft.state == QLatin1String("canary") && draft.canary.verdict != QLatin1String("pass") && !request.emergency)
        return done(
            api::failure(Failure::Conflict, QStringLiteral("The canary of draft %1 has not passed yet.").arg(draft.id),
                QStringLiteral("Wait for its verdict, or promote as an emergency.")));
    config::CheckedText checked = check(QStringLiteral("draft %1").arg(draft.id), draft.text);
    bool isUnreviewed = false;
    if (const api::Outcome may = mayComeIntoForce(draft, checked, request.emergency, isUnreviewed); !may)
        return done(may.error());
    const auto change = std::make_shared<Change>();
    change->row = fresh(
        request.emergency ? QStringLiteral("emergency") : QStringLiteral("promote"), draft.text, draft.hash, asker);
    Row& coming = change->row;
    coming.number = draft.revision;
    coming.draft = draft.id;
    coming.author = draft.author;
    coming.editors = draft.editors;
    coming.canary = draft.canary;
    for (const api::ConfigReview& review : draft.reviews) {
        if (review.hash.toLatin1() == draft.hash && review.approves && (!review.isOwn || coming.approver.isEmpty()))
            coming.approver = review.by;
    }
    if (request.emergency) // past review and canary: somebody looks at it by the end of the next day
        coming.reviewDueMs = dayAfter(now());
    if (coming.number == 0)
        coming.number = ++m_highest;
    draft.state = QStringLiteral("promoted");
    draft.revision = coming.number;
    draft.updatedMs = now();
    change->drafts.push_back(draft);
    change->snapshot = checked.snapshot;
    change->bytes = draft.text;
    change->warnings = checked.snapshot->warnings;
    change->asker = asker;
    change->done = std::move(done);
    putInForce(change);
}

// Mid-canary, nothing else asked: what is in force stays, and its challenger goes.
void DraftBook::endCanaryOnly(const QString& id, const ConfigAsker& asker, const Done<api::Promotion>& done)
{
    store::DraftRow draft = m_drafts[id];
    draft.state = QStringLiteral("rolled_back");
    draft.canary.verdict = QStringLiteral("stopped");
    draft.canary.sentence = QStringLiteral("Rolled back by %1: %2").arg(asker.name, asker.reason);
    draft.canary.at = timeOf(now());
    draft.updatedMs = now();
    m_drafts[id] = draft;
    std::optional<Row> revision;
    if (const Row* known = row(draft.revision)) {
        revision = *known;
        revision->canary = draft.canary;
        revision->rolledBackMs = now();
        revision->rolledBackBy = asker.name;
        revision->rolledBackReason = asker.reason;
    }
    // calls leave it at once; that it is written follows
    if (m_endCanary)
        m_endCanary(id, draft.canary.sentence);
    submit(store::Store::together(
               [draft, revision](QSqlDatabase& database) {
                   return store::putDraft(database, draft) && (!revision || store::updateRevision(database, *revision));
               },
               asker.alongside),
        [this, draft, revision, done](bool committed) {
            if (!committed)
                return done(notRecorded());
            for (Row& one : m_revisions) {
                if (revision && one.number == revision->number)
                    one = *revision;
            }
            tellDraft(draft);
            m_services.publish([this, draft, done] {
                api::Promotion promotion;
                promotion.revision = revisionOf(*row(inForce()));
                promotion.replaced = draft.revision;
                promotion.ended = draft.id;
                done(std::move(promotion));
            });
        });
}

void DraftBook::rollBack(int number, const ConfigAsker& asker, Done<api::Promotion> done)
{
    if (m_isBusy)
        return done(busy());
    if (const QString canary = draftInCanary(); number == 0 && !canary.isEmpty())
        return endCanaryOnly(canary, asker, done);
    const int target = number == 0 ? previous() : number;
    if (target == 0)
        return done(api::failure(Failure::Conflict, QStringLiteral("There is no revision before the one in force.")));
    const Row* wanted = row(target);
    if (!wanted || wanted->fromMs == 0)
        return done(
            api::failure(Failure::NotFound, QStringLiteral("There was never a revision %1 in force.").arg(target),
                QStringLiteral("`signalboxctl config history` lists them.")));
    if (wanted->inForce)
        return done(api::failure(Failure::Conflict, QStringLiteral("Revision %1 is in force.").arg(target)));
    m_isBusy = true; // its text may have to be read first
    text(target, [this, target, asker, done = std::move(done)](api::Result<QByteArray> text) {
        m_isBusy = false;
        if (!text)
            return done(text.error());
        const config::ConfigHolder::Read read =
            m_services.config.readText(QStringLiteral("revision %1").arg(target), *text);
        if (!read.snapshot)
            return done(notCompiled(read.problems));
        if (loosens(*read.snapshot))
            return done(api::failure(Failure::NotPermitted,
                QStringLiteral("Revision %1 allows more than the one in force, and loosening takes two people.")
                    .arg(target),
                QStringLiteral("Make a draft of it (`signalboxctl config draft new --from %1`); somebody else approves "
                               "it.")
                    .arg(target)));
        const auto change = std::make_shared<Change>();
        const Row& wanted = *row(target);
        change->row = fresh(QStringLiteral("rollback"), *text, wanted.hash, asker);
        change->row.restores = target;
        change->row.author = wanted.author;
        change->row.editors = wanted.editors;
        change->row.approver = wanted.approver;
        // going back means that what was in force was not good; going forth says nothing of it
        const Row* bad = rowInForce();
        const int since = bad && bad->restores != 0 ? bad->restores : bad ? bad->number : 0;
        if (bad && bad->hash != wanted.hash && target < since) {
            change->rolledBack = *bad;
            change->rolledBack->rolledBackMs = now();
            change->rolledBack->rolledBackBy = asker.name;
            change->rolledBack->rolledBackReason = asker.reason;
        }
        change->snapshot = read.snapshot;
        change->bytes = *text;
        change->asker = asker;
        change->done = done;
        putInForce(change);
    });
}

// The number stays; keys, certificates and price files are taken up anew.
void DraftBook::refresh(std::shared_ptr<config::PolicySnapshot> snapshot, const QByteArray& bytes, QStringList warnings,
    const Done<api::Promotion>& done)
{
    m_services.config.adopt(std::move(snapshot), bytes, inForce());
    m_services.publish([this, warnings = std::move(warnings), done] {
        api::Promotion promotion;
        promotion.revision = revisionOf(*row(inForce()));
        promotion.replaced = inForce();
        promotion.warnings = warnings;
        done(std::move(promotion));
    });
}

void DraftBook::takeFile(
    config::ConfigHolder::Read read, const QString& kind, const ConfigAsker& asker, Done<api::Promotion> done)
{
    if (m_isBusy)
        return done(busy());
    if (!read.snapshot) {
        m_services.config.refuse(read.problems);
        return done(notCompiled(read.problems));
    }
    const bool isReload = kind == QLatin1String("reload");
    const QByteArray hash = read.snapshot->contentHash;
    Row* now = rowInForce();
    if (now && hash == now->hash) {
        if (now->fileHash != hash) { // the file has come to where the running config is
            now->fileHash = hash;
            Row row = *now;
            row.text = read.bytes;
            submit(store::Store::together(
                       [row](QSqlDatabase& database) { return store::putRevision(database, row); }, asker.alongside),
                [](bool) {});
        } else if (asker.alongside) {
            submit(asker.alongside, [](bool) {});
        }
        return refresh(read.snapshot, read.bytes, {}, done);
    }
    if (const auto held = heldBack(hash); isReload && held) {
        const QString why = QStringLiteral("The file is held back: revision %1 with this text was rolled back by %2, "
                                           "because: %3")
                                .arg(held->number)
                                .arg(held->rolledBackBy, held->rolledBackReason);
        m_services.config.refuse({config::Problem{m_services.config.file(), 0, 0, {}, why,
            QStringLiteral("`signalboxctl config adopt` takes it all the same.")}});
        m_services.tell(QStringLiteral("config.held"), {{QStringLiteral("revision"), held->number}});
        return done(
            api::failure(Failure::Conflict, why, QStringLiteral("`signalboxctl config adopt` takes it all the same.")));
    }
    if (isReload && now && hash == now->fileHash) {
        // the file is what it was when this revision was put in force past it: that was meant
        const QByteArray running = m_services.config.bytes();
        const config::ConfigHolder::Read again =
            m_services.config.readText(QStringLiteral("revision %1").arg(now->number), running);
        if (!again.snapshot) {
            m_services.config.refuse(again.problems);
            return done(notCompiled(again.problems));
        }
        log(LogLevel::Info, "config.kept",
            {{"revision", now->number},
                {"message", QStringLiteral("The file has not changed since this revision was put in force past it; "
                                           "`signalboxctl config adopt` takes it.")}});
        return refresh(again.snapshot, running,
            {QStringLiteral("The file has not changed since revision %1 was put in force past it.").arg(now->number)},
            done);
    }
    const bool isLoose = loosens(*read.snapshot);
    if (isLoose && !isReload)
        return done(api::failure(Failure::NotPermitted,
            QStringLiteral("The file allows more than what is in force, and loosening takes two people."),
            QStringLiteral("Make a draft of it (`signalboxctl config draft new FILE`); somebody else approves it.")));
    const auto change = std::make_shared<Change>();
    change->row = fresh(kind, read.bytes, hash, asker);
    change->row.fileHash = hash;
    if (isLoose) { // whoever may write the file and signal the engine is past our rules; it is not past our notice
        change->row.reviewDueMs = dayAfter(this->now());
        log(LogLevel::Warning, "config.loosened", {{"principal", asker.name}});
    }
    change->snapshot = read.snapshot;
    change->bytes = read.bytes;
    change->warnings = read.snapshot->warnings;
    change->asker = asker;
    change->done = std::move(done);
    putInForce(change);
}

void DraftBook::fileIsRunning(const ConfigAsker& asker, std::function<void(api::Outcome)> done)
{
    Row* now = rowInForce();
    if (!now)
        return done(api::failure(Failure::Conflict, QStringLiteral("No revision is in force.")));
    now->fileHash = now->hash;
    Row row = *now;
    row.text = m_services.config.bytes();
    submit(store::Store::together(
               [row](QSqlDatabase& database) { return store::putRevision(database, row); }, asker.alongside),
        [done = std::move(done)](
            bool committed) { done(committed ? api::Outcome(api::Done{}) : api::Outcome(notRecorded())); });
}

void DraftBook::reviewRevision(
    int number, const api::ConfigReview& asked, const ConfigAsker& asker, Done<api::Revision> done)
{
    const Row* known = row(number);
    if (!known)
        return done(api::failure(Failure::NotFound, QStringLiteral("There is no revision %1.").arg(number)));
    if (known->reviewDueMs == 0)
        return done(api::failure(Failure::Conflict, QStringLiteral("Revision %1 asks for no review.").arg(number)));
    if (known->reviewedAfter)
        return done(api::failure(Failure::Conflict,
            QStringLiteral("%1 has looked at revision %2 already.").arg(known->reviewedAfter->by).arg(number)));
    if (isOwn(known->editors + QStringList{known->by}, asker))
        return done(api::failure(
            Failure::NotPermitted, QStringLiteral("%1 wrote revision %2 or put it in force; somebody else looks at it.")
                                       .arg(asker.name)
                                       .arg(number)));
    Row reviewed = *known;
    api::ConfigReview review = asked;
    review.by = asker.name;
    review.at = timeOf(now());
    review.hash = QString::fromLatin1(reviewed.hash);
    review.holds = true;
    reviewed.reviewedAfter = review;
    submit(
        store::Store::together(
            [reviewed](QSqlDatabase& database) { return store::updateRevision(database, reviewed); }, asker.alongside),
        [this, reviewed, done = std::move(done)](bool committed) {
            if (!committed)
                return done(notRecorded());
            for (Row& one : m_revisions) {
                if (one.number == reviewed.number)
                    one.reviewedAfter = reviewed.reviewedAfter;
            }
            done(revisionOf(*row(reviewed.number)));
        });
}

void DraftBook::upkeep()
{
    for (const int number : unreviewed(true)) {
        if (m_overdueTold.contains(number))
            continue;
        m_overdueTold.append(number);
        log(LogLevel::Warning, "config.review_overdue", {{"revision", number}});
        m_services.tell(QStringLiteral("config.review_overdue"), {{QStringLiteral("revision"), number}});
    }
}

} // namespace gateway::engine

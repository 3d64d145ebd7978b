#include "engine/draft_book.h"

#include "config/change/loosening.h"
#include "config/edit/field_edit.h"
#include "config/edit/three_way.h"
#include "observability/log.h"
#include "privacy/loosening.h"
#include "routing/route.h"

#include <QDateTime>
#include <QJsonObject>

#include <algorithm>

namespace gateway::engine {
namespace {

using api::Failure;
using observability::log;
using observability::LogLevel;

constexpr int kOpenDrafts = 200;
constexpr qsizetype kLargestText = 4 << 20;
constexpr qsizetype kLongestNote = 500;

QDateTime timeOf(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

api::Error noDraft(const QString& id)
{
    return api::failure(Failure::NotFound, QStringLiteral("There is no draft %1.").arg(id.left(64)),
        QStringLiteral("`signalboxctl config draft list` names them."));
}

api::Error notRecorded()
{
    return api::failure(Failure::Unavailable, QStringLiteral("The change could not be recorded, so it was not made."));
}

const QStringList& peopleHere()
{
    static const QStringList names{QStringLiteral("console"), QStringLiteral("local-token")};
    return names;
}

} // namespace

// The database answers on the filing thread; what follows is the control thread's.
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

DraftBook::DraftBook(Services services) : m_services(std::move(services)) {}

qint64 DraftBook::now() const
{
    return m_services.clock.wallMs();
}

config::CheckedText DraftBook::check(const QString& name, const QByteArray& text) const
{
    const auto inZone = [](const config::Candidate& candidate, const config::Zone* zone) {
        return *routing::zoneObjection(candidate, zone) == 0;
    };
    return config::checkText(name, text, {m_services.config.keys(), timeOf(now()).date(), inZone, m_prover});
}

bool DraftBook::isOwn(const QStringList& editors, const ConfigAsker& asker) const
{
    if (editors.contains(asker.name))
        return true;
    // the console of this machine and its local token are one person
    return asker.isHere && std::any_of(editors.begin(), editors.end(),
                               [](const QString& editor) { return peopleHere().contains(editor); });
}

QVector<api::Draft> DraftBook::drafts() const
{
    QVector<api::Draft> all;
    std::vector<const store::DraftRow*> rows;
    for (const auto& [id, row] : m_drafts)
        rows.push_back(&row);
    std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
        return std::tuple(!a->isOpen(), -a->updatedMs, b->id) < std::tuple(!b->isOpen(), -b->updatedMs, a->id);
    });
    for (const store::DraftRow* row : rows)
        all.append(draftOf(*row, false));
    return all;
}

api::Result<api::Draft> DraftBook::draft(const QString& id) const
{
    const auto found = m_drafts.find(id);
    return found == m_drafts.end() ? api::Result<api::Draft>(noDraft(id)) : draftOf(found->second, true);
}

api::Draft DraftBook::draftOf(const store::DraftRow& row, bool isWhole) const
{
    api::Draft draft;
    draft.id = row.id;
    draft.base = row.base;
    draft.isBehind = row.isOpen() && row.base != inForce();
    draft.version = row.version;
    draft.state = row.state;
    draft.author = row.author;
    draft.editors = row.editors;
    draft.note = row.note;
    draft.createdAt = timeOf(row.createdMs);
    draft.updatedAt = timeOf(row.updatedMs);
    draft.hash = QString::fromLatin1(row.hash);
    draft.revision = row.revision;
    draft.reviews = row.reviews;
    for (api::ConfigReview& review : draft.reviews)
        review.holds = review.hash == draft.hash;
    draft.canary = row.canary;
    if (isWhole) {
        draft.text = QString::fromUtf8(row.text);
        draft.findings = check(QStringLiteral("draft %1").arg(row.id), row.text).findings;
        draft.conflicts = config::conflictsIn(row.text);
    }
    return draft;
}

api::Result<store::DraftRow> DraftBook::openDraft(const QString& id) const
{
    const auto found = m_drafts.find(id);
    if (found == m_drafts.end())
        return noDraft(id);
    if (!found->second.isOpen())
        return api::failure(Failure::Conflict,
            QStringLiteral("Draft %1 is %2 and does not change any more.").arg(id, found->second.state),
            QStringLiteral("Make a new one of its text."));
    return found->second;
}

void DraftBook::tellDraft(const store::DraftRow& draft) const
{
    m_services.tell(
        QStringLiteral("config.draft"), {{QStringLiteral("id"), draft.id}, {QStringLiteral("state"), draft.state},
                                            {QStringLiteral("version"), draft.version}});
}

void DraftBook::write(store::DraftRow row, const store::Store::Work& alongside, const Done<api::Draft>& done)
{
    row.updatedMs = now();
    std::optional<store::DraftRow> before;
    if (const auto known = m_drafts.find(row.id); known != m_drafts.end())
        before = known->second;
    m_drafts[row.id] = row; // what is asked for next is asked of this, durable or not yet
    submit(store::Store::together([row](QSqlDatabase& database) { return store::putDraft(database, row); }, alongside),
        [this, row, before, done](bool committed) {
            if (committed) {
                tellDraft(row);
                return done(draftOf(row, true));
            }
            if (m_drafts[row.id].version == row.version && before)
                m_drafts[row.id] = *before;
            else if (!before)
                m_drafts.erase(row.id);
            done(notRecorded());
        });
}

QString DraftBook::reviewState(const store::DraftRow& draft, const config::CheckedText& checked) const
{
    const bool isApproved = std::any_of(draft.reviews.begin(), draft.reviews.end(),
        [&](const auto& review) { return review.hash.toLatin1() == draft.hash && review.approves; });
    const bool isRejected = std::any_of(draft.reviews.begin(), draft.reviews.end(),
        [&](const auto& review) { return review.hash.toLatin1() == draft.hash && !review.approves; });
    if (checked.findings.isBlocked())
        return QStringLiteral("draft");
    return isApproved && !isRejected ? QStringLiteral("reviewed") : QStringLiteral("validated");
}

void DraftBook::create(const api::DraftRequest& request, const ConfigAsker& asker, Done<api::Draft> done)
{
    const auto open =
        std::count_if(m_drafts.begin(), m_drafts.end(), [](const auto& draft) { return draft.second.isOpen(); });
    if (open >= kOpenDrafts)
        return done(api::failure(Failure::Conflict, QStringLiteral("There are %1 open drafts already.").arg(open),
            QStringLiteral("Abandon those that nobody needs.")));
    if (!request.text && request.from != 0) {
        return text(request.from, [this, request, asker, done = std::move(done)](api::Result<QByteArray> text) {
            if (!text)
                return done(text.error());
            api::DraftRequest whole = request;
            whole.text = QString::fromUtf8(*text);
            create(whole, asker, done);
        });
    }
    store::DraftRow row;
    row.text = request.text ? request.text->toUtf8() : m_services.config.bytes();
    if (row.text.size() > kLargestText)
        return done(api::failure(Failure::Invalid, QStringLiteral("The config is larger than 4 MiB.")));
    if (const auto secrets = config::clearSecrets(QStringLiteral("draft"), row.text); !secrets.isEmpty())
        return done(api::failure(Failure::CheckFailed,
            QStringLiteral("Line %1: %2").arg(secrets.first().line).arg(secrets.first().message),
            secrets.first().suggestion));
    row.id = QStringLiteral("d%1").arg(++m_drafted);
    row.base = inForce();
    row.version = 1;
    row.author = asker.name;
    row.editors = QStringList{asker.name};
    row.note = request.note.left(kLongestNote);
    row.hash = config::hashOf(row.text);
    row.createdMs = now();
    row.state = reviewState(row, check(row.id, row.text));
    write(std::move(row), asker.alongside, done);
}

void DraftBook::save(const QString& id, const api::DraftSave& save, const ConfigAsker& asker, Done<api::Draft> done)
{
    api::Result<store::DraftRow> found = openDraft(id);
    if (!found)
        return done(found.error());
    store::DraftRow row = std::move(*found);
    if (row.state == QLatin1String("canary"))
        return done(api::failure(Failure::Conflict, QStringLiteral("Draft %1 is in its canary.").arg(id),
            QStringLiteral("End the canary first; it judges the text as it is.")));
    if (save.version != row.version)
        return done(api::failure(Failure::Conflict,
            QStringLiteral("Draft %1 is at version %2 and not at %3 any more.")
                .arg(id)
                .arg(row.version)
                .arg(save.version),
            QStringLiteral("Look at it again, then decide again.")));
    QByteArray text = save.text.toUtf8();
    if (!save.edits.isEmpty()) {
        api::Result<QByteArray> edited = config::edited(row.text, save.edits);
        if (!edited)
            return done(edited.error());
        text = std::move(*edited);
    }
    if (text.size() > kLargestText)
        return done(api::failure(Failure::Invalid, QStringLiteral("The config is larger than 4 MiB.")));
    if (const auto secrets = config::clearSecrets(QStringLiteral("draft"), text); !secrets.isEmpty())
        return done(api::failure(Failure::CheckFailed,
            QStringLiteral("Line %1: %2").arg(secrets.first().line).arg(secrets.first().message),
            secrets.first().suggestion));
    if (text != row.text) {
        row.text = text;
        row.hash = config::hashOf(text);
        row.revision = 0; // a number belongs to one text
        if (!row.editors.contains(asker.name))
            row.editors.append(asker.name);
    }
    if (save.note)
        row.note = save.note->left(kLongestNote);
    ++row.version;
    row.state = reviewState(row, check(row.id, row.text));
    write(std::move(row), asker.alongside, done);
}

void DraftBook::merge(const QString& id, const ConfigAsker& asker, Done<api::Draft> done)
{
    api::Result<store::DraftRow> found = openDraft(id);
    if (!found)
        return done(found.error());
    if (found->state == QLatin1String("canary"))
        return done(api::failure(Failure::Conflict, QStringLiteral("Draft %1 is in its canary.").arg(id)));
    if (found->base == inForce())
        return done(draftOf(*found, true));
    text(found->base, [this, id, asker, done = std::move(done)](api::Result<QByteArray> base) {
        if (!base)
            return done(base.error());
        api::Result<store::DraftRow> found = openDraft(id);
        if (!found)
            return done(found.error());
        store::DraftRow row = std::move(*found);
        row.text = config::merged(*base, row.text, m_services.config.bytes()).text.toUtf8();
        row.hash = config::hashOf(row.text);
        row.base = inForce();
        row.revision = 0;
        ++row.version;
        if (!row.editors.contains(asker.name))
            row.editors.append(asker.name);
        row.state = reviewState(row, check(row.id, row.text));
        write(std::move(row), asker.alongside, done);
    });
}

void DraftBook::review(
    const QString& id, const api::ConfigReview& asked, const ConfigAsker& asker, Done<api::Draft> done)
{
    api::Result<store::DraftRow> found = openDraft(id);
    if (!found)
        return done(found.error());
    store::DraftRow row = std::move(*found);
    if (!asked.hash.isEmpty() && asked.hash.toLatin1() != row.hash)
        return done(api::failure(Failure::Conflict,
            QStringLiteral("Draft %1 has another text by now than the one that was looked at.").arg(id),
            QStringLiteral("Look at it again.")));
    api::ConfigReview review = asked;
    review.by = asker.name;
    review.at = timeOf(now());
    review.hash = QString::fromLatin1(row.hash);
    review.note = asked.note.left(kLongestNote);
    review.isOwn = isOwn(row.editors, asker);
    review.holds = true;
    if (review.isOwn && review.approves && m_services.config.current()->changes.reviewRequired)
        return done(api::failure(Failure::NotPermitted,
            QStringLiteral("%1 wrote this text, and this engine asks for the review of somebody else.")
                .arg(asker.name)));
    const config::CheckedText checked = check(row.id, row.text);
    if (review.approves && checked.findings.isBlocked())
        return done(api::failure(
            Failure::CheckFailed, QStringLiteral("The findings block this text, so there is nothing to approve.")));
    // one word of each: the last
    row.reviews.removeIf(
        [&](const api::ConfigReview& other) { return other.by == review.by && other.hash == review.hash; });
    row.reviews.append(review);
    if (row.state != QLatin1String("canary"))
        row.state = reviewState(row, checked);
    write(std::move(row), asker.alongside, done);
}

void DraftBook::abandon(const QString& id, const ConfigAsker& asker, Done<api::Draft> done)
{
    api::Result<store::DraftRow> found = openDraft(id);
    if (!found)
        return done(found.error());
    if (found->state == QLatin1String("canary"))
        return done(api::failure(Failure::Conflict, QStringLiteral("Draft %1 is in its canary.").arg(id),
            QStringLiteral("End the canary first.")));
    store::DraftRow row = std::move(*found);
    row.state = QStringLiteral("abandoned");
    write(std::move(row), asker.alongside, done);
}

bool DraftBook::loosens(const config::PolicySnapshot& after) const
{
    const config::PolicySnapshot& before = *m_services.config.current();
    return !privacy::loosens(before, after).isEmpty() ||
           !config::loosenings(before, after, [](const config::Candidate& candidate, const config::Zone* zone) {
               return *routing::zoneObjection(candidate, zone) == 0;
           }).isEmpty();
}

// The rules of coming into force, in the order somebody can do something about them.
api::Outcome DraftBook::mayComeIntoForce(
    const store::DraftRow& draft, const config::CheckedText& checked, bool isEmergency, bool& isUnreviewed) const
{
    if (draft.base != inForce())
        return api::failure(Failure::Conflict,
            QStringLiteral("Draft %1 was made from revision %2, and %3 is in force.")
                .arg(draft.id)
                .arg(draft.base)
                .arg(inForce()),
            QStringLiteral("Merge it (`signalboxctl config draft save %1 --merge`), then look at it again.")
                .arg(draft.id));
    if (checked.findings.isBlocked()) {
        const api::Finding& first = checked.findings.items.first();
        return api::failure(Failure::CheckFailed,
            QStringLiteral("%1 findings block draft %2. Line %3: %4")
                .arg(checked.findings.blocks)
                .arg(draft.id)
                .arg(first.line)
                .arg(first.message),
            first.suggestion);
    }
    bool isApproved = false;
    for (const api::ConfigReview& review : draft.reviews) {
        if (review.hash.toLatin1() != draft.hash)
            continue;
        if (!review.approves && !isEmergency)
            return api::failure(Failure::NotPermitted,
                QStringLiteral("%1 turned draft %2 down: %3").arg(review.by, draft.id, review.note));
        isApproved = isApproved || (review.approves && !review.isOwn);
    }
    isUnreviewed = !isApproved;
    if (isApproved)
        return api::Done{};
    if (loosens(*checked.snapshot))
        return api::failure(Failure::NotPermitted,
            QStringLiteral("Draft %1 loosens a zone, which takes two people, also in an emergency.").arg(draft.id),
            QStringLiteral("Somebody who did not write it approves it: `signalboxctl config draft review %1`.")
                .arg(draft.id));
    if (m_services.config.current()->changes.reviewRequired && !isEmergency)
        return api::failure(Failure::NotPermitted,
            QStringLiteral("Nobody but who wrote draft %1 has looked at its text.").arg(draft.id),
            QStringLiteral("Somebody else approves it, or --emergency puts it in force with a review afterwards."));
    return api::Done{};
}

void DraftBook::compiled(const QString& id, const ConfigAsker& asker, Done<config::SnapshotPtr> done)
{
    api::Result<store::DraftRow> found = openDraft(id);
    if (!found)
        return done(found.error());
    store::DraftRow draft = std::move(*found);
    const config::CheckedText checked = check(QStringLiteral("draft %1").arg(id), draft.text);
    bool isUnreviewed = false;
    if (const api::Outcome may = mayComeIntoForce(draft, checked, false, isUnreviewed); !may)
        return done(may.error());
    if (const QString other = draftInCanary(); !other.isEmpty() && other != id)
        return done(api::failure(Failure::Conflict, QStringLiteral("Draft %1 is in its canary.").arg(other)));
    if (draft.revision == 0)
        draft.revision = ++m_highest;
    draft.state = QStringLiteral("canary");
    draft.updatedMs = now();
    checked.snapshot->revision = draft.revision;
    checked.snapshot->sourceFile = m_services.config.current()->sourceFile;
    Row row = fresh(QStringLiteral("canary"), draft.text, draft.hash, asker);
    row.number = draft.revision;
    row.draft = id;
    row.author = draft.author;
    row.editors = draft.editors;
    m_drafts[id] = draft;
    submit(store::Store::together(
               [row, draft, snapshot = checked.snapshot, witnesses = m_services.witnesses](QSqlDatabase& database) {
                   return store::putRevision(database, row) && store::putDraft(database, draft) &&
                          std::all_of(witnesses.begin(), witnesses.end(),
                              [&](const Witness& witness) { return witness(database, row, *snapshot); });
               },
               asker.alongside),
        [this, row, draft, snapshot = config::SnapshotPtr(checked.snapshot), done = std::move(done)](bool committed) {
            if (!committed) {
                m_drafts[draft.id].state = QStringLiteral("validated");
                return done(notRecorded());
            }
            keep(row, row.text);
            tellDraft(draft);
            done(snapshot);
        });
}

void DraftBook::noteCanary(const QString& id, const api::CanaryResult& result, store::Store::Work alongside,
    std::function<void(api::Outcome)> done)
{
    const auto found = m_drafts.find(id);
    if (found == m_drafts.end())
        return done(noDraft(id));
    store::DraftRow draft = found->second;
    draft.canary = result;
    if (!draft.canary.at)
        draft.canary.at = timeOf(now());
    if (draft.state == QLatin1String("canary")) {
        if (result.verdict == QLatin1String("fail"))
            draft.state = QStringLiteral("rolled_back");
        else if (result.verdict == QLatin1String("stopped"))
            draft.state = QStringLiteral("validated");
    }
    draft.updatedMs = now();
    found->second = draft;
    std::optional<Row> revision;
    for (Row& one : m_revisions) {
        if (one.number == draft.revision) {
            one.canary = draft.canary;
            revision = one;
        }
    }
    submit(store::Store::together(
               [draft, revision](QSqlDatabase& database) {
                   return store::putDraft(database, draft) && (!revision || store::updateRevision(database, *revision));
               },
               std::move(alongside)),
        [this, draft, done = std::move(done)](bool committed) {
            if (!committed)
                return done(notRecorded());
            tellDraft(draft);
            done(api::Done{});
        });
}

QString DraftBook::draftInCanary() const
{
    for (const auto& [id, draft] : m_drafts) {
        if (draft.state == QLatin1String("canary"))
            return id;
    }
    return {};
}

} // namespace gateway::engine

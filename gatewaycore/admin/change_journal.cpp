#include "admin/change_journal.h"

#include "admin/audit_redaction.h"
#include "observability/log.h"

namespace gateway::admin {
namespace {

using api::Failure;
using api::Operation;
using store::OperationState;
using store::StoredOperation;
using namespace std::chrono_literals;

constexpr int kTickMs = 1000;
constexpr auto kForgetEvery = 15min;
constexpr auto kWindow = 1min;
constexpr int kNotesAtOnce = 500;
constexpr qsizetype kRates = 10'000; // principals remembered; more than that have no window of their own

api::Error closed()
{
    return api::failure(Failure::Unavailable,
        QStringLiteral("The audit log cannot be written, so nothing can be changed. Calls are not affected."),
        QStringLiteral("See the part \"store\" of GET /api/v1/status; usually the disk is full."));
}

Operation::State stateOf(OperationState state)
{
    switch (state) {
    case OperationState::Intent:
    case OperationState::Marked:
        return Operation::State::UnderWay;
    case OperationState::Applied:
        return Operation::State::Applied;
    case OperationState::NotApplied:
    case OperationState::Failed:
    case OperationState::Void:
        return Operation::State::NotApplied;
    case OperationState::None:
    case OperationState::Unknown:
        break;
    }
    return Operation::State::Unknown;
}

QString errorMessage(const QJsonObject& body)
{
    return body.value(QLatin1String("error")).toObject().value(QLatin1String("message")).toString();
}

} // namespace

ChangeJournal::ChangeJournal(store::Store& store, QObject& context, const Clock& clock, Read read, Tell tell)
    : m_store(store), m_context(context), m_clock(clock), m_read(std::move(read)), m_tell(std::move(tell))
{
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tick(); });
    m_timer.start(kTickMs);
}

api::Result<std::unique_ptr<ChangeJournal>> ChangeJournal::open(
    store::Store& store, QObject& context, const Clock& clock, Read read, Tell tell)
{
    std::optional<int> interrupted;
    const qint64 now = clock.wallMs();
    const qint64 oldest = now - std::chrono::milliseconds(kReplyKept).count();
    const bool written = store.submitAndWait([&](QSqlDatabase& database) {
        interrupted = store::endInterrupted(database, now);
        return interrupted && store::forgetReplies(database, oldest);
    });
    if (!written || !interrupted)
        return closed();
    std::unique_ptr<ChangeJournal> journal(new ChangeJournal(store, context, clock, std::move(read), std::move(tell)));
    journal->m_interrupted = *interrupted;
    journal->m_repliesForgotten = clock.monotonic();
    return journal;
}

ChangeJournal::~ChangeJournal()
{
    m_alive.reset();
    for (const auto& [sequence, ending] : m_endings) {
        if (!ending.isOnItsWay)
            m_store.submit(
                [end = ending.end](QSqlDatabase& database) { return store::endOperation(database, end).has_value(); },
                {});
    }
    for (const api::AuditEntry& entry : m_notes)
        m_store.submit([entry](QSqlDatabase& database) { return store::insertEntry(database, entry).has_value(); }, {});
}

QDateTime ChangeJournal::now() const
{
    return QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
}

template <typename Then>
void ChangeJournal::submit(store::Store::Work work, Then then)
{
    m_store.submit(std::move(work),
        [this, context = &m_context, alive = std::weak_ptr<bool>(m_alive), then = std::move(then)](bool committed) {
            QMetaObject::invokeMethod(
                context,
                [this, alive, then, committed] {
                    if (alive.expired())
                        return;
                    told(committed);
                    then(committed);
                },
                Qt::QueuedConnection);
        });
}

// What the last writing said, for the status. Told in the log when it changes.
void ChangeJournal::told(bool committed)
{
    if (committed == m_isWritable)
        return;
    m_isWritable = committed;
    observability::log(committed ? observability::LogLevel::Info : observability::LogLevel::Error,
        committed ? "audit.open" : "audit.closed");
}

api::Part ChangeJournal::health() const
{
    if (m_isWritable)
        return {QStringLiteral("audit"), api::Health::Ok, QStringLiteral("Changes are recorded before they are made.")};
    return {QStringLiteral("audit"), api::Health::Down,
        QStringLiteral("The audit log cannot be written, so administration is closed; calls are not affected.")};
}

void ChangeJournal::begin(const Principal& by, Intent intent, Done<Begun> done)
{
    struct Found
    {
        StoredOperation before; // what stands in the way
        qint64 sequence = 0;
    };
    intent.entry.principal = by.name;
    intent.entry.at = now();
    const auto entry = std::make_shared<const api::AuditEntry>(redacted(std::move(intent.entry)));
    const auto found = std::make_shared<Found>();
    const auto work = [entry, found, digest = intent.digest, marks = intent.marksItsEffect](QSqlDatabase& database) {
        *found = {}; // a busy database runs this again
        if (!entry->operation.isEmpty()) {
            const auto before = store::findOperation(database, entry->principal, entry->operation);
            if (!before)
                return false;
            const bool mayBeginAnew = before->state == OperationState::Failed && before->digest == digest;
            if (before->sequence != 0 && !mayBeginAnew) {
                found->before = *before;
                return true;
            }
            if (before->sequence != 0 && !store::releaseKey(database, before->sequence))
                return false;
        }
        const auto sequence = store::insertIntent(database, *entry, digest, marks);
        found->sequence = sequence.value_or(0);
        return sequence.has_value();
    };
    submit(work, [this, by, entry, found, digest = intent.digest, marks = intent.marksItsEffect,
                     done = std::move(done)](bool committed) {
        if (!committed)
            return done(closed());
        Begun begun;
        begun.isNew = found->sequence != 0;
        if (!begun.isNew) {
            begun.before = operationOf(entry->operation, found->before);
            begun.sameRequest = found->before.state == OperationState::Void || found->before.digest == digest;
            return done(begun);
        }
        begun.change.by = by;
        begun.change.reason = entry->reason;
        begun.change.operation = entry->operation;
        begun.change.sequence = found->sequence;
        if (marks)
            begun.change.alongside = [sequence = found->sequence](
                                         QSqlDatabase& database) { return store::markEffect(database, sequence); };
        m_endings[found->sequence].action = entry->action;
        m_endings[found->sequence].isOnItsWay = true; // nothing to write yet
        done(begun);
    });
}

void ChangeJournal::finish(
    const Change& change, const api::AdminReply& reply, const QJsonObject& before, const QJsonObject& after)
{
    const auto ending = m_endings.find(change.sequence);
    if (ending == m_endings.end())
        return;
    bool hadSecrets = false;
    store::OperationEnd& end = ending->second.end;
    end.sequence = change.sequence;
    end.atMs = m_clock.wallMs();
    end.status = reply.status;
    end.message = redactedText(errorMessage(reply.body)).left(1000);
    end.reply = keptReply(reply.body, hadSecrets);
    end.before = redactedObject(before);
    end.after = redactedObject(after);
    if (hadSecrets && reply.status < 400 && !change.operation.isEmpty()) {
        while (m_secrets.size() >= std::size_t(kSecrets))
            m_secrets.erase(m_secrets.begin());
        m_secrets[change.sequence] = {m_clock.monotonic() + kSecretKept, reply};
    }
    write(change.sequence);
}

void ChangeJournal::write(qint64 sequence)
{
    Ending& ending = m_endings[sequence];
    ending.isOnItsWay = true;
    const auto outcome = std::make_shared<QString>();
    const auto work = [end = ending.end, outcome](QSqlDatabase& database) {
        const auto written = store::endOperation(database, end);
        *outcome = written.value_or(QString());
        return written.has_value();
    };
    submit(work, [this, sequence, outcome](bool committed) {
        const auto known = m_endings.find(sequence);
        if (known == m_endings.end())
            return;
        known->second.isOnItsWay = false;
        if (!committed)
            return; // tick() tries again
        const QString action = known->second.action;
        m_endings.erase(known);
        if (m_tell)
            m_tell(QStringLiteral("audit.entry"),
                {{QStringLiteral("sequence"), sequence}, {QStringLiteral("action"), action},
                    {QStringLiteral("outcome"), *outcome}});
    });
}

Operation ChangeJournal::operationOf(const QString& key, const StoredOperation& stored) const
{
    Operation operation;
    operation.key = key;
    operation.state = stateOf(stored.state);
    operation.status = stored.status;
    operation.reply = stored.reply;
    operation.at = QDateTime::fromMSecsSinceEpoch(stored.atMs, Qt::UTC);
    if (const auto secret = m_secrets.find(stored.sequence);
        secret != m_secrets.end() && m_clock.monotonic() < secret->second.until)
        operation.reply = secret->second.reply.body;
    return operation;
}

void ChangeJournal::settle(const Principal& by, const QString& key, Done<Operation> done)
{
    if (!withinRate(m_voidRates, by.name, kVoidsPerMinute))
        return done(api::failure(
            Failure::Unavailable, QStringLiteral("Too many keys are being asked after; ask again in a minute.")));
    api::AuditEntry given;
    given.at = now();
    given.principal = by.name;
    given.role = api::nameOf(by.role);
    given.by = nameOf(by.by);
    given.client = by.client;
    given.peer = by.peer;
    given.action = QStringLiteral("POST /api/v1/operations/{key}/settle");
    given.object = key;
    given.operation = key;
    given.message = QStringLiteral("The engine had not seen this change; what arrives under its key is refused.");
    const auto entry = std::make_shared<const api::AuditEntry>(redacted(std::move(given)));
    const auto found = std::make_shared<StoredOperation>();
    const auto work = [entry, found](QSqlDatabase& database) {
        const auto before = store::findOperation(database, entry->principal, entry->operation);
        if (!before)
            return false;
        *found = *before;
        if (found->state == OperationState::Failed)
            return store::closeFailed(database, found->sequence);
        if (found->sequence != 0)
            return true;
        found->state = OperationState::Void;
        found->atMs = entry->at.toMSecsSinceEpoch();
        return store::insertVoid(database, *entry).has_value();
    };
    submit(work, [this, key, found, done = std::move(done)](bool committed) {
        if (!committed)
            return done(closed());
        done(operationOf(key, *found));
    });
}

bool ChangeJournal::withinRate(QHash<QString, Rate>& rates, const QString& principal, int most)
{
    const QString name = rates.size() < kRates || rates.contains(principal) ? principal : QString();
    const bool isNew = !rates.contains(name);
    Rate& rate = rates[name];
    if (isNew || m_clock.monotonic() - rate.since >= kWindow) {
        if (rate.leftOut > 0)
            return false; // tick() tells of them first
        rate = {};
        rate.since = m_clock.monotonic();
    }
    if (rate.written >= most)
        return false;
    ++rate.written;
    return true;
}

void ChangeJournal::note(const api::AuditEntry& entry)
{
    api::AuditEntry safe = redacted(entry);
    if (!safe.at.isValid())
        safe.at = now();
    const bool hasRoom = m_notesOnTheirWay + int(m_notes.size()) < kNotesWaiting;
    if (withinRate(m_noteRates, safe.principal, kNotesPerMinute) && hasRoom)
        return write(safe);
    Rate& rate = m_noteRates[m_noteRates.contains(safe.principal) ? safe.principal : QString()];
    ++rate.leftOut;
    rate.last = std::move(safe);
}

void ChangeJournal::write(const api::AuditEntry& entry)
{
    ++m_notesOnTheirWay;
    submit([entry](QSqlDatabase& database) { return store::insertEntry(database, entry).has_value(); },
        [this, entry](bool committed) {
            --m_notesOnTheirWay;
            if (!committed)
                m_notes.push_back(entry);
        });
}

void ChangeJournal::entries(const api::AuditQuery& query, Done<api::AuditPage> done)
{
    m_read(query, std::move(done));
}

// Tries again what could not be written, tells of what was left out, forgets what has had its time.
void ChangeJournal::tick()
{
    const Monotonic at = m_clock.monotonic();
    for (auto& [sequence, ending] : m_endings) {
        if (!ending.isOnItsWay)
            write(sequence);
    }
    std::deque<api::AuditEntry> again;
    again.swap(m_notes);
    for (int i = 0; !again.empty(); ++i) {
        if (i < kNotesAtOnce)
            write(again.front());
        else
            m_notes.push_back(std::move(again.front()));
        again.pop_front();
    }
    for (auto next = m_noteRates.begin(); next != m_noteRates.end();) {
        if (at - next->since < kWindow) {
            ++next;
            continue;
        }
        if (next->leftOut > 0) {
            api::AuditEntry entry = next->last;
            entry.at = now();
            entry.object.clear();
            entry.message =
                QStringLiteral("%1 entries like this one were left out within a minute.").arg(next->leftOut);
            write(entry);
        }
        next = m_noteRates.erase(next);
    }
    for (auto next = m_voidRates.begin(); next != m_voidRates.end();)
        next = at - next->since >= kWindow ? m_voidRates.erase(next) : std::next(next);
    for (auto next = m_secrets.begin(); next != m_secrets.end();)
        next = at >= next->second.until ? m_secrets.erase(next) : std::next(next);
    // while nothing can be written it is tried every time, so that administration opens again by itself
    if (m_isWritable && at - m_repliesForgotten < kForgetEvery)
        return;
    m_repliesForgotten = at;
    const qint64 oldest = m_clock.wallMs() - std::chrono::milliseconds(kReplyKept).count();
    submit([oldest](QSqlDatabase& database) { return store::forgetReplies(database, oldest); }, [](bool) {});
}

} // namespace gateway::admin

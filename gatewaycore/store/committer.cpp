#include "store/committer.h"

#include "store/migrations.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

using namespace std::chrono_literals;
using audit::Durability;

constexpr int kAttempts = 8; // each waits up to the connection's busy_timeout of 250 ms
constexpr auto kBetweenTries = 500ms;
constexpr qint64 kLargeWal = 32 << 20;
constexpr int kBatchesPerWalCheck = 64;

int primary(const QSqlError& error)
{
    return error.nativeErrorCode().toInt() & 0xff;
}

bool isBusy(const QSqlError& error)
{
    constexpr int kBusy = 5;
    constexpr int kLocked = 6;
    return primary(error) == kBusy || primary(error) == kLocked;
}

// SQLITE_IOERR_FSYNC and _DIR_FSYNC
bool isLostSync(const QSqlError& error)
{
    const int code = error.nativeErrorCode().toInt();
    return code == (10 | 4 << 8) || code == (10 | 5 << 8);
}

QString path(const StoreOptions& options, const char* name)
{
    return options.directory + u'/' + QLatin1String(name);
}

qint64 us(Monotonic duration)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

} // namespace

Committer::Committer(const StoreOptions& options, const Clock& clock) : m_options(options), m_clock(clock) {}

api::Result<std::unique_ptr<Committer>> Committer::open(const StoreOptions& options, const Clock& clock)
{
    std::unique_ptr<Committer> committer(new Committer(options, clock));
    const QString journalFile = path(options, "spill.journal");
    // the journal is made after the database, so where it is a database was
    auto connection = openWriter(path(options, "signalbox.db"), QFileInfo::exists(journalFile), clock.wallMs());
    if (!connection)
        return connection.error();
    committer->m_connection = std::move(*connection);
    if (const auto migrated = migrate(*committer->m_connection); !migrated)
        return migrated.error();
    if (const auto prepared = committer->m_writer.prepare(*committer->m_connection); !prepared)
        return prepared.error();
    auto journal = SpillJournal::open(journalFile, options.spillBytes);
    if (!journal)
        return journal.error();
    committer->m_journal = std::move(*journal);
    committer->setState(State::Available, {});
    Calls replayed;
    if (!committer->m_journal->isEmpty() && !committer->recover(replayed))
        committer->setState(State::Unavailable, committer->m_error.text());
    committer->checkpoint();
    return committer;
}

Committer::~Committer()
{
    if (!m_journal || m_state != State::Available)
        return;
    Calls none;
    if (m_durationOf != 0)
        attempt({}, {}, none);
    QSqlQuery(*m_connection).exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
}

void Committer::commit(std::span<const PendingRecord> records, std::span<PendingWork> works,
    std::vector<Durability>& durabilities, Calls& committed)
{
    if (m_state == State::Unavailable && std::chrono::steady_clock::now() >= m_nextTry)
        recover(committed);
    if (m_state == State::Available) {
        for (int i = 0; i < kAttempts; ++i) {
            if (attempt(records, works, committed)) {
                durabilities.assign(records.size(), Durability::Committed);
                return;
            }
            if (!isBusy(m_error))
                break;
        }
        setState(isLostSync(m_error) ? State::Broken : State::Unavailable, m_error.text());
    }
    for (PendingWork& work : works)
        work.succeeded = false;
    spill(records, durabilities);
}

bool Committer::attempt(std::span<const PendingRecord> records, std::span<PendingWork> works, Calls& committed)
{
    const Monotonic begun = m_clock.monotonic();
    if (!m_connection->transaction()) {
        m_error = m_connection->lastError();
        return false;
    }
    m_writer.begin();
    const std::size_t before = committed.size();
    const auto giveUp = [&](const QSqlError& error) {
        committed.resize(before);
        rollBack(error);
        return false;
    };
    const qint64 batch = records.empty() ? 0 : m_writer.nextBatch();
    for (const PendingRecord& record : records) {
        switch (m_writer.write(*record.call, batch, us(begun - record.handedOver))) {
        case CallWriter::Written::New:
            committed.push_back(record.call);
            break;
        case CallWriter::Written::Known:
            break;
        case CallWriter::Written::Failed:
            return giveUp(m_writer.error());
        }
    }
    if (m_durationOf != 0 && !m_writer.writeDuration(m_durationOf, m_durationUs))
        return giveUp(m_writer.error());
    for (PendingWork& work : works) {
        if (!runWork(work))
            return giveUp(m_error);
    }
    if (!m_connection->commit())
        return giveUp(m_connection->lastError());
    m_durationOf = batch;
    m_durationUs = us(m_clock.monotonic() - begun);
    m_walGrew = true;
    if (++m_sinceCheckpoint % kBatchesPerWalCheck == 0 &&
        QFileInfo(path(m_options, "signalbox.db-wal")).size() > kLargeWal)
        checkpoint();
    return true;
}

// False only if the transaction as a whole is lost; a work that says no is undone alone.
bool Committer::runWork(PendingWork& work)
{
    QSqlQuery query(*m_connection);
    const auto run = [&](const char* statement) {
        if (query.exec(QLatin1String(statement)))
            return true;
        m_error = query.lastError();
        return false;
    };
    if (!run("SAVEPOINT work"))
        return false;
    work.succeeded = work.work(*m_connection);
    if (!work.succeeded && !run("ROLLBACK TO work"))
        return false;
    return run("RELEASE work");
}

void Committer::rollBack(const QSqlError& error)
{
    m_error = error;
    m_connection->rollback(); // fails harmlessly where SQLite has rolled back by itself
    m_writer.forgetUncommitted();
}

bool Committer::recover(Calls& committed)
{
    if (m_state == State::Broken)
        return false;
    m_nextTry = std::chrono::steady_clock::now() + kBetweenTries;
    int unreadable = 0;
    std::vector<PendingRecord> records;
    for (auto& call : m_journal->records(&unreadable))
        records.push_back(PendingRecord{std::move(call), nullptr, 0, m_clock.monotonic()});
    if (unreadable > 0 && !saveUnreadable())
        return false;
    // an empty batch would not write and so would prove nothing; a duration does
    if (records.empty() && m_durationOf == 0)
        m_durationOf = m_writer.nextBatch();
    if (!attempt(records, {}, committed))
        return false;
    // if the reset fails the records come again and are known then
    if (!m_journal->isEmpty() && !m_journal->reset())
        return false;
    setState(State::Available, {});
    return true;
}

bool Committer::saveUnreadable() const
{
    const QString file = path(m_options, "spill.journal");
    const QString copy = file + QStringLiteral(".unreadable-") + QString::number(m_clock.wallMs());
    return QFileInfo::exists(copy) || QFile::copy(file, copy);
}

void Committer::spill(std::span<const PendingRecord> records, std::vector<Durability>& durabilities)
{
    std::vector<SpillJournal::Record> calls;
    for (const PendingRecord& record : records)
        calls.push_back(record.call);
    const std::size_t kept = m_journal->append(calls);
    durabilities.assign(records.size(), Durability::Lost);
    std::fill_n(durabilities.begin(), kept, Durability::Spilled);
    if (kept < records.size())
        m_accepting = false;
    const QString why = m_error.text();
    const std::lock_guard lock(m_healthMutex);
    if (kept < records.size()) {
        m_health.health = api::Health::Down;
        m_health.detail = QStringLiteral(
            "The database cannot be written (%1) and the spill journal took no more; new calls are refused.")
                              .arg(why);
    } else if (m_state == State::Unavailable && m_health.health != api::Health::Down) {
        m_health.detail = QStringLiteral("The database cannot be written (%1); %2 records wait in the spill journal.")
                              .arg(why)
                              .arg(m_journal->count());
    }
}

void Committer::setState(State state, const QString& detail)
{
    m_state = state;
    m_nextTry = std::chrono::steady_clock::now() + kBetweenTries;
    m_accepting = state == State::Available || (state == State::Unavailable && !m_options.refuseWhenUnavailable);
    const std::lock_guard lock(m_healthMutex);
    m_health.name = QStringLiteral("store");
    switch (state) {
    case State::Available:
        m_health.health = api::Health::Ok;
        m_health.detail = QStringLiteral("Records are committed to the database.");
        break;
    case State::Unavailable:
        m_health.health = m_options.refuseWhenUnavailable ? api::Health::Down : api::Health::Degraded;
        m_health.detail = QStringLiteral("The database cannot be written: %1.").arg(detail);
        break;
    case State::Broken:
        m_health.health = api::Health::Down;
        m_health.detail = QStringLiteral(
            "The disk failed to keep what was written (%1); restart the engine to recover. New calls are refused.")
                              .arg(detail);
        break;
    }
}

bool Committer::idle(Calls& committed)
{
    if (m_state == State::Unavailable && std::chrono::steady_clock::now() >= m_nextTry)
        recover(committed);
    if (m_state != State::Available)
        return m_state == State::Unavailable;
    if (!m_journal->isEmpty())
        m_journal->reset();
    if (m_durationOf != 0 && !attempt({}, {}, committed)) {
        if (isBusy(m_error))
            return true;
        setState(isLostSync(m_error) ? State::Broken : State::Unavailable, m_error.text());
        return true;
    }
    if (m_walGrew)
        checkpoint();
    return false;
}

// PASSIVE never waits for readers; what they hold back is taken next time.
void Committer::checkpoint()
{
    QSqlQuery(*m_connection).exec(QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)"));
    m_walGrew = false;
}

api::Part Committer::health() const
{
    const std::lock_guard lock(m_healthMutex);
    return m_health;
}

} // namespace gateway::store

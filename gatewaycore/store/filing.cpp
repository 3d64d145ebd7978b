#include "store/filing.h"

#include "store/log_sealer.h"
#include "store/migrations.h"
#include "store/old_spill.h"

#include <QFile>
#include <QFileInfo>
#include <QVariant>

#include <sys/resource.h>

namespace gateway::store {
namespace {

using namespace std::chrono_literals;

constexpr int kAttempts = 8; // each waits up to the connection's busy_timeout of 250 ms
constexpr auto kBetweenTries = 500ms;
constexpr qint64 kLargeWal = 32 << 20;
constexpr int kLowest = 19; // nice

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

} // namespace

Filing::Filing(const StoreOptions& options, const Clock& clock) : m_options(options), m_clock(clock) {}

Filing::~Filing()
{
    if (m_check.valid())
        m_check.wait();
}

api::Result<std::unique_ptr<Filing>> Filing::open(const StoreOptions& options, const Clock& clock)
{
    std::unique_ptr<Filing> filing(new Filing(options, clock));
    const QString oldSpill = path(options, "spill.journal");
    const QString journal = path(options, "journal");
    // the journal is made after the database, so where it is a database was
    const bool hadOne = QFileInfo::exists(journal) || QFileInfo::exists(oldSpill);
    bool checkLater = false;
    auto connection = openWriter(path(options, "signalbox.db"), hadOne, clock.wallMs(), &checkLater);
    if (!connection)
        return connection.error();
    filing->m_connection = std::move(*connection);
    if (const auto migrated = migrate(*filing->m_connection); !migrated)
        return migrated.error();
    if (const auto prepared = filing->m_writer.prepare(*filing->m_connection); !prepared)
        return prepared.error();
    QSqlQuery query(*filing->m_connection);
    filing->m_place = QSqlQuery(*filing->m_connection);
    // the database is open from here on, and only close() says otherwise
    if (!query.exec(QStringLiteral("PRAGMA synchronous = FULL")) || !markClosed(*filing->m_connection, false) ||
        !beginLogIfNew(*filing->m_connection) || !query.exec(QStringLiteral("PRAGMA synchronous = NORMAL")) ||
        !filing->m_place.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('journal', ?)")) ||
        !query.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'journal'")))
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("The database cannot be written: %1.").arg(filing->m_connection->lastError().text()));
    const QStringList place = query.next() ? query.value(0).toString().split(u' ') : QStringList();
    query.finish();

    auto opened = Journal::open({journal, options.journalBytes, options.atPoint});
    if (!opened)
        return opened.error();
    filing->m_journal = std::move(*opened);
    if (place.size() == 2)
        filing->m_journal->setFiled(place[0].toULongLong(nullptr, 16), place[1].toULongLong());
    const quint64 first = filing->m_journal->firstHeld();
    const bool ours = place.size() == 2 && place[0].toULongLong(nullptr, 16) == filing->m_journal->id();
    filing->m_filedUpTo = ours ? place[1].toULongLong() : first != 0 ? first - 1 : filing->m_journal->lastDurable();
    if (QFileInfo::exists(oldSpill)) {
        if (const auto taken = filing->takeOver(oldSpill); !taken)
            return taken.error();
    }
    if (checkLater)
        filing->checkInBackground();
    return filing;
}

// A directory of an earlier version.
api::Outcome Filing::takeOver(const QString& oldSpill)
{
    const auto spill = readOldSpill(oldSpill);
    if (!spill)
        return spill.error();
    std::vector<JournalledCall> calls;
    for (const auto& call : spill->calls)
        calls.push_back({0, call, -1, {}});
    Calls filed;
    m_durable = true;
    if (!calls.empty() && !file(calls, m_filedUpTo, {}, filed))
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("The spill journal of the earlier version cannot be moved to the database: %1.")
                .arg(m_error.text()));
    if (!removeOldSpill(oldSpill, spill->unreadable > 0))
        return api::failure(
            api::Failure::Unavailable, QStringLiteral("The spill journal %1 cannot be removed.").arg(oldSpill));
    return api::Done{};
}

bool Filing::mayTry() const
{
    return m_state == State::Available ||
           (m_state == State::Unavailable && std::chrono::steady_clock::now() >= m_nextTry);
}

bool Filing::file(std::span<const JournalledCall> calls, quint64 upTo, std::span<PendingWork> works, Calls& filed)
{
    for (PendingWork& work : works)
        work.succeeded = false;
    if (!mayTry())
        return false;
    for (int i = 0; i < kAttempts; ++i) {
        const std::size_t before = filed.size();
        if (attempt(calls, upTo, works, filed)) {
            if (m_state == State::Unavailable)
                setState(State::Available, {});
            return true;
        }
        filed.resize(before);
        for (PendingWork& work : works)
            work.succeeded = false;
        if (!isBusy(m_error))
            break;
        m_journal->provide(); // callers go on meanwhile
    }
    setState(isLostSync(m_error) ? State::Broken : State::Unavailable, m_error.text());
    return false;
}

bool Filing::attempt(std::span<const JournalledCall> calls, quint64 upTo, std::span<PendingWork> works, Calls& filed)
{
    const bool durable = m_durable || !works.empty() || m_journal->wouldRelease(upTo);
    if (!setDurable(durable))
        return false;
    // for writing from the first: the log's end is read before anything is written, and who has read is not waited for
    // by SQLite when another writer is in the way
    if (!run("BEGIN IMMEDIATE"))
        return false;
    m_writer.begin();
    if (!write(calls, filed) || (upTo != m_filedUpTo && !place(upTo)))
        return fail(m_error);
    for (PendingWork& work : works) {
        if (!runWork(work))
            return fail(m_error);
    }
    point("filing");
    if (!m_connection->commit())
        return fail(m_connection->lastError());
    point(durable ? "filed-durable" : "filed");
    m_filedUpTo = upTo;
    m_durable = false;
    m_walGrew = true;
    if (durable)
        m_journal->release(upTo);
    return true;
}

bool Filing::write(std::span<const JournalledCall> calls, Calls& filed)
{
    // a call's commit time is its waiting time plus its batch's duration; ours is known as a whole, so the batch adds
    // nothing. A batch without a duration: not known
    const bool timed = std::any_of(calls.begin(), calls.end(), [](const auto& one) { return one.commitUs >= 0; });
    const bool untimed = std::any_of(calls.begin(), calls.end(), [](const auto& one) { return one.commitUs < 0; });
    const qint64 batch = timed ? m_writer.nextBatch() : 0;
    const qint64 unknown = untimed ? m_writer.nextBatch() : 0;
    if (!calls.empty() && !m_writer.beginLog(m_clock.wallMs())) {
        m_error = m_writer.error();
        return false;
    }
    constexpr std::size_t kTogether = CallWriter::kTogether;
    std::array<CallWriter::Row, kTogether> rows;
    for (std::size_t i = 0; i < calls.size();) {
        // what comes back from the journal may be there already
        const auto together = calls.subspan(i, std::min(kTogether, calls.size() - i));
        bool fresh = together.size() == kTogether;
        for (std::size_t k = 0; fresh && k < kTogether; ++k) {
            fresh = together[k].commitUs >= 0;
            rows[k] = {together[k].call.get(), batch, together[k].commitUs};
        }
        const auto written = fresh ? m_writer.writeTogether(rows) : CallWriter::Written::Known;
        if (written == CallWriter::Written::New) {
            for (const JournalledCall& one : together)
                filed.push_back(one.call);
            i += kTogether;
            continue;
        }
        if (written == CallWriter::Written::Known && writeOne(calls[i], batch, unknown, filed)) {
            ++i;
            continue;
        }
        m_error = m_writer.error();
        return false;
    }
    if ((!calls.empty() && !m_writer.flushLog()) || (timed && !m_writer.writeDuration(batch, 0))) {
        m_error = m_writer.error();
        return false;
    }
    return true;
}

bool Filing::writeOne(const JournalledCall& one, qint64 batch, qint64 unknown, Calls& filed)
{
    const bool timed = one.commitUs >= 0;
    const auto written = m_writer.write(*one.call, timed ? batch : unknown, timed ? one.commitUs : 0);
    if (written == CallWriter::Written::New)
        filed.push_back(one.call);
    return written != CallWriter::Written::Failed;
}

bool Filing::place(quint64 upTo)
{
    m_place.bindValue(0, QString::number(m_journal->id(), 16) + u' ' + QString::number(upTo));
    if (m_place.exec())
        return true;
    m_error = m_place.lastError();
    return false;
}

// False only if the transaction as a whole is lost; a work that says no is undone alone.
bool Filing::runWork(PendingWork& work)
{
    if (!run("SAVEPOINT work"))
        return false;
    work.succeeded = work.work(*m_connection);
    if (!work.succeeded && !run("ROLLBACK TO work"))
        return false;
    return run("RELEASE work");
}

bool Filing::setDurable(bool durable)
{
    if (m_isDurable != durable && !run(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"))
        return false;
    m_isDurable = durable;
    return true;
}

bool Filing::run(const char* statement)
{
    QSqlQuery query(*m_connection);
    if (query.exec(QLatin1String(statement)))
        return true;
    m_error = query.lastError();
    return false;
}

bool Filing::fail(const QSqlError& error)
{
    m_error = error;
    m_connection->rollback(); // fails harmlessly where SQLite has rolled back by itself
    m_writer.forgetUncommitted();
    return false;
}

void Filing::setState(State state, const QString& trouble)
{
    m_nextTry = std::chrono::steady_clock::now() + kBetweenTries;
    {
        const std::lock_guard lock(m_troubleMutex);
        m_trouble = trouble;
    }
    m_state = state;
}

QString Filing::trouble() const
{
    const std::lock_guard lock(m_troubleMutex);
    return m_trouble;
}

bool Filing::walIsLarge() const
{
    return m_walGrew && QFileInfo(path(m_options, "signalbox.db-wal")).size() > kLargeWal;
}

// PASSIVE never waits for readers; what they hold back is taken next time.
void Filing::checkpoint()
{
    if (!m_walGrew || m_state != State::Available)
        return;
    if (!run("PRAGMA wal_checkpoint(PASSIVE)") && isLostSync(m_error))
        setState(State::Broken, m_error.text());
    m_walGrew = false;
}

bool Filing::close()
{
    if (m_state != State::Available || !setDurable(true) || !m_connection->transaction())
        return false;
    m_writer.begin();
    if (!place(m_filedUpTo))
        return fail(m_error);
    if (!m_connection->commit())
        return fail(m_connection->lastError());
    m_journal->empty();
    lookAtCheck();
    // whoever finds the mark need not look the database through
    const bool sound = m_state == State::Available && markClosed(*m_connection, true);
    return run("PRAGMA wal_checkpoint(TRUNCATE)") && sound;
}

// Reads the whole database, so it takes seconds for millions of calls: beside the work, and a finding ends the work.
void Filing::checkInBackground()
{
    m_check = std::async(std::launch::async, [file = path(m_options, "signalbox.db")] {
        ::setpriority(PRIO_PROCESS, 0, kLowest); // Linux: of this thread
        auto reader = openReader(file);
        return reader ? quickCheck(**reader) : reader.error().message;
    });
}

void Filing::lookAtCheck()
{
    if (!m_check.valid() || m_check.wait_for(0s) != std::future_status::ready)
        return;
    if (const QString finding = m_check.get(); !finding.isEmpty())
        setState(State::Damaged, finding);
}

void Filing::point(const char* name) const
{
    if (m_options.atPoint)
        m_options.atPoint(name);
}

} // namespace gateway::store

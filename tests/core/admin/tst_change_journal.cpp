// The journal of changes on a real database: what a key stands for, what a crash leaves behind at each step (a copy of
// the files is opened as a second engine would), what never comes twice, and what is never written down.
#include "admin/change_journal.h"
#include "credential/credential_issuer.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <future>

#include <sys/resource.h>

using namespace gateway;
using namespace std::chrono_literals;
using admin::ChangeJournal;
using admin::ChangeLog;
using State = api::Operation::State;

namespace {

const QString kKey = QStringLiteral("key-1");
const QString kSecret = QStringLiteral("sbx_0123abcd_NEVERWRITTENDOWN00");

// An engine as far as changes go, on a data directory that may be a copy of another's.
class Bench
{
public:
    explicit Bench(const QString& directory) : m_directory(directory)
    {
        store::StoreOptions options;
        options.directory = directory;
        options.journalBytes = 64 << 10;
        options.clock = &clock;
        auto opened = store::Store::open(options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        store = std::move(*opened);
        auto made = ChangeJournal::open(
            *store, m_context, clock,
            [this](const api::AuditQuery& query, ChangeLog::Done<api::AuditPage> done) {
                done(store::readAudit(store->databaseFile(), query));
            },
            [this](const QString& event, const QJsonObject& data) {
                events.append({event, data});
            });
        if (!made)
            qFatal("%s", qPrintable(made.error().message));
        journal = std::move(*made);
        auto issued = credential::CredentialIssuer::open(*store, directory, clock, m_random);
        if (!issued)
            qFatal("%s", qPrintable(issued.error().message));
        issuer = std::move(*issued);
    }
    ~Bench()
    {
        issuer.reset();
        journal.reset();
        store.reset();
    }
    Q_DISABLE_COPY_MOVE(Bench)

    using Begun = api::Result<ChangeLog::Begun>;
    std::shared_ptr<std::optional<Begun>> beginLater(const QString& key, const QByteArray& digest = "d1",
        bool marks = true, const QString& by = QStringLiteral("ops"))
    {
        auto result = std::make_shared<std::optional<Begun>>();
        ChangeLog::Intent intent;
        intent.entry.action = QStringLiteral("POST /api/v1/credentials");
        intent.entry.reason = QStringLiteral("because");
        intent.entry.operation = key;
        intent.entry.asked = {{QStringLiteral("tenant"), QStringLiteral("acme")}};
        intent.digest = digest;
        intent.marksItsEffect = marks;
        journal->begin(principal(by), intent, [result](Begun begun) { *result = std::move(begun); });
        return result;
    }
    Begun begin(const QString& key, const QByteArray& digest = "d1", bool marks = true,
        const QString& by = QStringLiteral("ops"))
    {
        const auto result = beginLater(key, digest, marks, by);
        if (!QTest::qWaitFor([&] { return result->has_value(); }, 10'000))
            return api::failure(api::Failure::Internal, QStringLiteral("begin() was not answered"));
        return **result;
    }
    api::Result<api::Operation> settle(const QString& key, const QString& by = QStringLiteral("ops"))
    {
        std::optional<api::Result<api::Operation>> result;
        journal->settle(principal(by), key, [&](api::Result<api::Operation> answer) { result = std::move(answer); });
        if (!QTest::qWaitFor([&] { return result.has_value(); }, 10'000))
            return api::failure(api::Failure::Internal, QStringLiteral("settle() was not answered"));
        return *result;
    }
    State stateOf(const QString& key, const QString& by = QStringLiteral("ops"))
    {
        const auto operation = settle(key, by);
        return operation ? operation->state : State::UnderWay;
    }
    // The effect: a credential, as its handler would make one.
    api::Outcome issue(const admin::Change& change)
    {
        api::CredentialRequest request;
        request.tenant = QStringLiteral("acme");
        request.aliases = QStringList{QStringLiteral("*")};
        auto promise = std::make_shared<std::promise<api::Outcome>>();
        auto done = promise->get_future();
        issuer->issue(request, change.alongside, [promise](const api::Result<api::IssuedCredential>& issued) {
            promise->set_value(issued ? api::Outcome(api::Done{}) : api::Outcome(issued.error()));
        });
        return done.get();
    }
    void finish(const admin::Change& change, int status, const QJsonObject& body = {})
    {
        const qsizetype told = events.size();
        journal->finish(change, {status, body}, {}, {});
        QTRY_COMPARE_WITH_TIMEOUT(events.size(), told + 1, 10'000);
    }
    QVector<api::AuditEntry> entries(const api::AuditQuery& query = {})
    {
        const auto page = store::readAudit(store->databaseFile(), query);
        return page ? page->entries : QVector<api::AuditEntry>();
    }
    // Nothing under way in the store any more.
    void settled()
    {
        store->submitAndWait([](QSqlDatabase&) { return true; });
    }
    // What a kill at this moment leaves behind.
    std::unique_ptr<QTemporaryDir> killed()
    {
        settled();
        auto copy = std::make_unique<QTemporaryDir>();
        for (const QString& name : QDir(m_directory).entryList(QDir::Files)) {
            if (name != QLatin1String("lock"))
                QFile::copy(m_directory + u'/' + name, copy->filePath(name));
        }
        return copy;
    }
    static admin::Principal principal(const QString& name)
    {
        admin::Principal by;
        by.name = name;
        by.role = api::Role::Operator;
        by.by = admin::Principal::By::Token;
        return by;
    }

    ManualClock clock;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<ChangeJournal> journal;
    std::unique_ptr<credential::CredentialIssuer> issuer;
    QVector<std::pair<QString, QJsonObject>> events;

private:
    const QString m_directory;
    QObject m_context;
    SodiumRandom m_random;
};

// No file may grow beyond this size while the limit lives: a full disk, as far as SQLite can tell.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(qint64 bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = rlim_t(bytes);
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    Q_DISABLE_COPY_MOVE(FileSizeLimit)

private:
    rlimit m_before{};
};

QByteArray everythingWritten(const QString& directory)
{
    QByteArray all;
    for (const QString& name : QDir(directory).entryList(QDir::Files)) {
        QFile file(directory + u'/' + name);
        if (file.open(QIODevice::ReadOnly))
            all += file.readAll();
    }
    return all;
}

} // namespace

class TestChangeJournal : public QObject
{
    Q_OBJECT

    QTemporaryDir m_root;
    int m_number = 0;
    std::unique_ptr<Bench> fresh()
    {
        const QString directory = m_root.filePath(QString::number(++m_number));
        return std::make_unique<Bench>(directory);
    }

private Q_SLOTS:
    void killedAfterTheIntent()
    {
        auto bench = fresh();
        const auto begun = bench->begin(kKey);
        QVERIFY(begun.ok() && begun->isNew);
        const auto files = bench->killed();
        Bench next(files->path());
        QCOMPARE(next.journal->interrupted(), 1);
        QVERIFY(next.issuer->list().isEmpty());
        QCOMPARE(next.entries().first().outcome, QStringLiteral("failed"));
        QCOMPARE(next.stateOf(kKey), State::NotApplied);
        // told that it did not happen: so it never will
        const auto late = next.begin(kKey);
        QVERIFY(late.ok() && !late->isNew);
        QCOMPARE(late->before.state, State::NotApplied);
    }

    void killedAfterTheIntentAndAskedAgain()
    {
        auto bench = fresh();
        QVERIFY(bench->begin(kKey).ok());
        const auto files = bench->killed();
        Bench next(files->path());
        const auto again = next.begin(kKey);
        QVERIFY(again.ok() && again->isNew); // nothing happened, and nobody was told so
        QVERIFY(next.issue(again->change).ok());
        next.finish(again->change, 201);
        QCOMPARE(next.issuer->list().size(), 1);
        QCOMPARE(next.stateOf(kKey), State::Applied);
        QCOMPARE(next.entries().size(), 2);
    }

    void killedAfterTheEffect()
    {
        auto bench = fresh();
        const auto begun = bench->begin(kKey);
        QVERIFY(bench->issue(begun->change).ok());
        const auto files = bench->killed();
        Bench next(files->path());
        QCOMPARE(next.journal->interrupted(), 1);
        QCOMPARE(next.issuer->list().size(), 1);
        const auto operation = next.settle(kKey);
        QCOMPARE(operation->state, State::Applied);
        QCOMPARE(operation->status, 0); // its answer was lost
        QVERIFY(operation->reply.isEmpty());
        QCOMPARE(next.entries().first().outcome, QStringLiteral("applied"));
        const auto again = next.begin(kKey);
        QVERIFY(again.ok() && !again->isNew);
    }

    void killedAfterTheEnd()
    {
        auto bench = fresh();
        const auto begun = bench->begin(kKey);
        QVERIFY(bench->issue(begun->change).ok());
        bench->finish(begun->change, 201, {{QStringLiteral("id"), QStringLiteral("c1")}});
        const auto files = bench->killed();
        Bench next(files->path());
        QCOMPARE(next.journal->interrupted(), 0);
        const auto operation = next.settle(kKey);
        QCOMPARE(operation->state, State::Applied);
        QCOMPARE(operation->status, 201);
        QCOMPARE(operation->reply.value(QLatin1String("id")).toString(), QStringLiteral("c1"));
    }

    void killedInTheMiddleOfWhatCannotBeLookedUp()
    {
        auto bench = fresh();
        const auto begun = bench->begin(kKey, "d1", false);
        QVERIFY(begun.ok() && !begun->change.alongside);
        const auto files = bench->killed();
        Bench next(files->path());
        QCOMPARE(next.stateOf(kKey), State::Unknown);
        const auto again = next.begin(kKey, "d1", false);
        QVERIFY(again.ok() && !again->isNew);
        QCOMPARE(again->before.state, State::Unknown);
    }

    // The mark and the effect are one: a mark that cannot be made takes its effect back.
    void anEffectThatCannotBeMarkedIsUndone()
    {
        auto bench = fresh();
        const auto begun = bench->begin(kKey);
        bench->finish(begun->change, 409);
        const api::Outcome late = bench->issue(begun->change);
        QVERIFY(!late.ok());
        QVERIFY(bench->issuer->list().isEmpty());
        QCOMPARE(bench->stateOf(kKey), State::NotApplied);
    }

    void twoAtOnceAreOne()
    {
        auto bench = fresh();
        const auto first = bench->beginLater(kKey);
        const auto second = bench->beginLater(kKey);
        QTRY_VERIFY(first->has_value() && second->has_value());
        QVERIFY((**first)->isNew);
        QVERIFY(!(**second)->isNew);
        QCOMPARE((**second)->before.state, State::UnderWay);
        QCOMPARE(bench->stateOf(kKey), State::UnderWay);
        QVERIFY(bench->begin(kKey, "d1", true, QStringLiteral("anna"))->isNew); // another's key is another key
    }

    void aRepetitionGetsTheFirstAnswer_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("applied") << 200 << QStringLiteral("applied");
        QTest::newRow("refused") << 404 << QStringLiteral("refused");
        QTest::newRow("stale") << 412 << QStringLiteral("refused");
    }
    void aRepetitionGetsTheFirstAnswer()
    {
        QFETCH(int, status);
        QFETCH(QString, outcome);
        auto bench = fresh();
        const QJsonObject body{{QStringLiteral("id"), QStringLiteral("x")}};
        bench->finish(bench->begin(kKey)->change, status, body);
        QCOMPARE(bench->entries().first().outcome, outcome);
        QCOMPARE(bench->entries().first().status, status);
        QCOMPARE(bench->events.last().first, QStringLiteral("audit.entry"));
        QCOMPARE(bench->events.last().second.value(QLatin1String("outcome")).toString(), outcome);
        const auto again = bench->begin(kKey);
        QVERIFY(!again->isNew && again->sameRequest);
        QCOMPARE(again->before.status, status);
        QCOMPARE(again->before.reply, body);
        QVERIFY(!bench->begin(kKey, "d2")->sameRequest);
    }

    void aFailureMayBeTriedAgainUntilItIsSettled()
    {
        auto bench = fresh();
        bench->finish(bench->begin(kKey)->change, 503);
        QCOMPARE(bench->entries().first().outcome, QStringLiteral("failed"));
        const auto other = bench->begin(kKey, "d2");
        QVERIFY(!other->isNew && !other->sameRequest);
        const auto again = bench->begin(kKey);
        QVERIFY(again->isNew);
        bench->finish(again->change, 503);
        QCOMPARE(bench->stateOf(kKey), State::NotApplied);
        const auto late = bench->begin(kKey);
        QVERIFY(!late->isNew);
        QCOMPARE(late->before.state, State::NotApplied);
        QCOMPARE(late->before.status, 0);
    }

    // The handler says it failed, but it happened: the mark is believed.
    void anErrorAfterTheEffectIsStillApplied()
    {
        auto bench = fresh();
        const auto begun = bench->begin(kKey);
        QVERIFY(bench->issue(begun->change).ok());
        bench->finish(begun->change, 503);
        QCOMPARE(bench->entries().first().outcome, QStringLiteral("applied"));
        const auto operation = bench->settle(kKey);
        QCOMPARE(operation->state, State::Applied);
        QCOMPARE(operation->status, 0);
        QVERIFY(!bench->begin(kKey)->isNew);
    }

    void aKeyThatWasNeverSeenIsVoidForEver()
    {
        std::vector<std::unique_ptr<QTemporaryDir>> copies;
        auto bench = fresh();
        QCOMPARE(bench->stateOf(kKey), State::NotApplied);
        QCOMPARE(bench->entries().first().outcome, QStringLiteral("void"));
        QCOMPARE(bench->stateOf(kKey), State::NotApplied); // asked twice: one entry
        QCOMPARE(bench->entries().size(), 1);
        for (int run = 0; run < 2; ++run) {
            const auto late = bench->begin(kKey);
            QVERIFY(late.ok() && !late->isNew && late->sameRequest);
            QCOMPARE(late->before.state, State::NotApplied);
            QCOMPARE(late->before.status, 0);
            QVERIFY(bench->begin(kKey + QString::number(run), "d1", true, QStringLiteral("anna"))->isNew);
            copies.push_back(bench->killed());
            bench = std::make_unique<Bench>(copies.back()->path());
        }
    }

    void secretsAreInTheAnswerOnly()
    {
        auto bench = fresh();
        const auto begun = bench->begin(kKey);
        QVERIFY(bench->issue(begun->change).ok());
        bench->finish(begun->change, 201,
            {{QStringLiteral("id"), QStringLiteral("0123abcd")}, {QStringLiteral("key"), kSecret},
                {QStringLiteral("pair"), QStringLiteral("signalbox://pair?code=%1").arg(kSecret)}});
        bench->settled();
        QVERIFY(!everythingWritten(m_root.filePath(QString::number(m_number))).contains("NEVERWRITTENDOWN"));
        // the one who did not hear the answer may have it for ten minutes
        QCOMPARE(bench->settle(kKey)->reply.value(QLatin1String("key")).toString(), kSecret);
        QCOMPARE(bench->begin(kKey)->before.reply.value(QLatin1String("key")).toString(), kSecret);
        bench->clock.advance(10min);
        const QJsonObject later = bench->settle(kKey)->reply;
        QCOMPARE(later.value(QLatin1String("id")).toString(), QStringLiteral("0123abcd"));
        QVERIFY(!later.contains(QLatin1String("key")));
        QVERIFY(!later.value(QLatin1String("pair")).toString().contains(kSecret));
        QVERIFY(later.value(QLatin1String("not_kept")).isString());
        QCOMPARE(bench->settle(kKey)->status, 201);
    }

    void whatIsAskedIsRedacted()
    {
        auto bench = fresh();
        ChangeLog::Intent intent;
        intent.entry.action = QStringLiteral("POST /x");
        intent.entry.reason = QStringLiteral("rotate ") + kSecret;
        intent.entry.asked = {{QStringLiteral("yaml"), QStringLiteral("key: env:A # short")},
            {QStringLiteral("csv"), QString(100'000, u'x')}, {QStringLiteral("token"), QStringLiteral("abc")},
            {QStringLiteral("note"), QStringLiteral("sent Bearer abcdefghijkl to them")},
            {QStringLiteral("list"), QJsonArray{kSecret, QString(5000, u'y')}},
            {QStringLiteral("tenant"), QStringLiteral("acme")}};
        bool isDone = false;
        bench->journal->begin(Bench::principal(QStringLiteral("ops")), intent, [&](const auto&) { isDone = true; });
        QTRY_VERIFY(isDone);
        const api::AuditEntry entry = bench->entries().first();
        QCOMPARE(entry.reason, QStringLiteral("rotate [redacted]"));
        QCOMPARE(entry.asked.value(QLatin1String("yaml")).toObject().value(QLatin1String("bytes")).toInt(), 18);
        QCOMPARE(entry.asked.value(QLatin1String("csv")).toObject().value(QLatin1String("bytes")).toInt(), 100'000);
        QCOMPARE(entry.asked.value(QLatin1String("token")).toString(), QStringLiteral("[redacted]"));
        QVERIFY(!entry.asked.value(QLatin1String("note")).toString().contains(QStringLiteral("abcdefghijkl")));
        QCOMPARE(entry.asked.value(QLatin1String("list")).toArray().at(0).toString(), QStringLiteral("[redacted]"));
        QVERIFY(entry.asked.value(QLatin1String("list")).toArray().at(1).isObject());
        QCOMPARE(entry.asked.value(QLatin1String("tenant")).toString(), QStringLiteral("acme"));
        const QByteArray written = everythingWritten(m_root.filePath(QString::number(m_number)));
        for (const char* secret : {"NEVERWRITTENDOWN", "abcdefghijkl", "key: env:A"})
            QVERIFY2(!written.contains(secret), secret);
    }

    void answersAreForgottenAfterADay()
    {
        auto bench = fresh();
        bench->finish(bench->begin(kKey)->change, 200, {{QStringLiteral("id"), QStringLiteral("x")}});
        bench->clock.advance(ChangeJournal::kReplyKept + 1min);
        QTRY_COMPARE_WITH_TIMEOUT(bench->settle(kKey)->status, 0, 10'000); // the upkeep has passed
        const auto operation = bench->settle(kKey);
        QCOMPARE(operation->state, State::Applied); // that it happened is known for ever
        QVERIFY(operation->reply.isEmpty());
        QVERIFY(!bench->begin(kKey)->isNew);
    }

    void theSequenceHasNoGapsOverAllRuns()
    {
        const QString directory = m_root.filePath(QStringLiteral("runs"));
        for (int run = 0; run < 3; ++run) {
            Bench bench(directory);
            const QString key = QStringLiteral("run%1-%2");
            bench.finish(bench.begin(key.arg(run).arg(1))->change, 200);
            bench.finish(bench.begin(key.arg(run).arg(2))->change, 503);
            bench.finish(bench.begin(key.arg(run).arg(2))->change, 200);
            bench.begin(key.arg(run).arg(1));
            bench.settle(key.arg(run).arg(3));
            api::AuditEntry read;
            read.principal = QStringLiteral("aud");
            read.outcome = QStringLiteral("read");
            bench.journal->note(read);
            bench.begin(key.arg(run).arg(4)); // left open
        }
        Bench last(directory);
        const QVector<api::AuditEntry> all = last.entries();
        QCOMPARE(all.size(), 3 * 6);
        for (int i = 0; i < all.size(); ++i)
            QCOMPARE(all[i].sequence, qint64(all.size() - i));
        QCOMPARE(last.journal->interrupted(), 1);
    }

    void aFullDiskClosesAdministrationOnly()
    {
        auto bench = fresh();
        const auto open = bench->begin(QStringLiteral("open"));
        QVERIFY(open.ok() && open->isNew);
        {
            const FileSizeLimit limit(4096);
            const auto refused = bench->begin(kKey);
            QVERIFY(!refused.ok());
            QCOMPARE(refused.error().failure, api::Failure::Unavailable);
            QCOMPARE(bench->settle(QStringLiteral("other")).error().failure, api::Failure::Unavailable);
            QCOMPARE(bench->journal->health().health, api::Health::Down);
            bench->journal->finish(open->change, {200, {}}, {}, {});
            QVERIFY(bench->store->accepting()); // calls go to the spill journal
        }
        QTRY_COMPARE_WITH_TIMEOUT(bench->journal->health().health, api::Health::Ok, 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(bench->stateOf(QStringLiteral("open")), State::Applied, 10'000); // its end was kept
        QVERIFY(bench->begin(kKey)->isNew); // what was refused had not begun
    }

    void notesAreBoundedAndCounted()
    {
        auto bench = fresh();
        api::AuditEntry read;
        read.principal = QStringLiteral("aud");
        read.action = QStringLiteral("GET /api/v1/calls");
        read.outcome = QStringLiteral("read");
        for (int i = 0; i < ChangeLog::kNotesPerMinute + 150; ++i)
            bench->journal->note(read);
        read.principal = QStringLiteral("other");
        bench->journal->note(read);
        api::AuditQuery query;
        query.limit = 1000;
        QTRY_COMPARE(bench->entries(query).size(), ChangeLog::kNotesPerMinute + 1);
        bench->clock.advance(61s);
        QTRY_COMPARE_WITH_TIMEOUT(bench->entries(query).size(), ChangeLog::kNotesPerMinute + 2, 10'000);
        const api::AuditEntry counted = bench->entries(query).first();
        QCOMPARE(counted.principal, QStringLiteral("aud"));
        QVERIFY2(counted.message.startsWith(QStringLiteral("150 entries")), qPrintable(counted.message));
        QVERIFY(bench->events.isEmpty()); // reads are no events
    }

    void askingAfterKeysIsBounded()
    {
        auto bench = fresh();
        int refused = 0;
        for (int i = 0; i < ChangeJournal::kVoidsPerMinute + 20; ++i) {
            bench->journal->settle(Bench::principal(QStringLiteral("ops")), QStringLiteral("k%1").arg(i),
                [&](const api::Result<api::Operation>& operation) { refused += !operation.ok(); });
        }
        QCOMPARE(refused, 20);
        QVERIFY(bench->settle(QStringLiteral("k"), QStringLiteral("anna")).ok());
    }
};

QTEST_GUILESS_MAIN(TestChangeJournal)
#include "tst_change_journal.moc"

// The book of drafts over a real store, without an engine around it: what a canary asks of it, what comes into force in
// which order, and what a store that cannot write leaves behind.
#include "engine/draft_book.h"

#include <QFile>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace gateway::engine;
using api::Failure;

namespace {

const QByteArray kConfig = "signalbox: 1\n"
                           "zones:\n"
                           "  - {name: here, regions: [local], retention: any}\n"
                           "providers:\n"
                           "  - {name: up, kind: simulator, region: local, retention: zero}\n"
                           "aliases:\n"
                           "  - {name: fast, owner: qa, candidates: [{provider: up, model: sim-small-2026-09-01}]}\n"
                           "tenants:\n"
                           "  - {name: acme, zone: here}\n";

// The book with what it needs; a new one on the same directory is a restart.
class Room
{
public:
    Room()
    {
        QFile file(path());
        if (file.open(QIODevice::WriteOnly))
            file.write(kConfig);
        file.close();
        open();
    }
    void open()
    {
        book.reset();
        store.reset();
        holder = std::make_unique<config::ConfigHolder>();
        QVERIFY(holder->load(path()).ok);
        store::StoreOptions options;
        options.directory = m_directory.path();
        options.clock = &clock;
        auto opened = store::Store::open(options);
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().message));
        store = std::move(*opened);
        book = std::make_unique<DraftBook>(DraftBook::Services{*store, *holder, clock, context,
            [this](std::function<void()> inForce) {
                steps << QStringLiteral("published %1").arg(holder->current()->revision);
                waiting = std::move(inForce);
                if (!holdsWorkers)
                    std::exchange(waiting, {})();
            },
            [this](const QString& event, const QJsonObject&) { told << event; },
            {[this](QSqlDatabase&, const store::RevisionRow& row, const config::PolicySnapshot& snapshot) {
                if (row.number != snapshot.revision)
                    return false;
                const std::lock_guard lock(mutex);
                witnessed << row.number;
                return !witnessFails;
            }}});
        const api::Outcome started = book->start();
        QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    }
    QString path() const { return m_directory.filePath(QStringLiteral("signalbox.yaml")); }

    template <typename T, typename Ask>
    api::Result<T> wait(Ask ask)
    {
        std::optional<api::Result<T>> answer;
        ask([&](api::Result<T> result) { answer.emplace(std::move(result)); });
        [&] { QTRY_VERIFY(answer.has_value()); }();
        return answer ? *answer : api::Result<T>(api::failure(Failure::Unavailable, QStringLiteral("no answer")));
    }
    ConfigAsker anna{QStringLiteral("anna"), false, QStringLiteral("because")};
    ConfigAsker ben{QStringLiteral("ben"), false, QStringLiteral("because")};

    api::Result<api::Draft> draft(const QByteArray& from, const QByteArray& to)
    {
        api::DraftRequest request;
        request.text = QString::fromUtf8(holder->bytes().replace(from, to));
        return wait<api::Draft>([&](auto done) { book->create(request, anna, done); });
    }
    api::Result<config::SnapshotPtr> compiled(const QString& id)
    {
        return wait<config::SnapshotPtr>([&](auto done) { book->compiled(id, ben, done); });
    }
    api::Result<api::Promotion> promote(const QString& id, bool isEmergency = false)
    {
        return wait<api::Promotion>([&](auto done) { book->promote({id, isEmergency}, ben, done); });
    }
    api::Result<api::Promotion> rollBack(int number = 0)
    {
        return wait<api::Promotion>([&](auto done) { book->rollBack(number, ben, done); });
    }
    api::Outcome note(const QString& id, const char* verdict)
    {
        api::CanaryResult result;
        result.verdict = QLatin1String(verdict);
        result.percent = 5;
        return wait<api::Done>([&](auto done) { book->noteCanary(id, result, {}, done); });
    }
    // Of the database itself.
    QVector<int> inForce()
    {
        QVector<int> numbers;
        store->submitAndWait([&](QSqlDatabase& database) {
            QSqlQuery query(database);
            if (query.exec(QStringLiteral("SELECT number FROM config_revisions WHERE in_force = 1"))) {
                while (query.next())
                    numbers.append(query.value(0).toInt());
            }
            return true;
        });
        return numbers;
    }

    QObject context;
    SystemClock clock;
    std::unique_ptr<config::ConfigHolder> holder;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<DraftBook> book;
    bool holdsWorkers = false;
    std::function<void()> waiting; // a worker that has not taken it up yet
    QStringList steps;
    QStringList told;
    std::mutex mutex;
    QVector<int> witnessed;    // guarded by mutex
    bool witnessFails = false; // guarded by mutex

private:
    QTemporaryDir m_directory;
};

} // namespace

class TestDraftBook : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNumberBelongsToAText();
    void promotionAfterACanary();
    void rollbackEndsTheCanary();
    void whatComesIntoForceEndsTheCanary();
    void aFailedCanaryIsRolledBack();
    void aCanaryDoesNotOutliveItsEngine();
    void workersBeforeTheAnswer();
    void oneAtATime();
    void aWitnessThatRefusesKeepsItOut();
    void theMarkIsWrittenWithIt();
    void theTextOfEveryRevisionIsKept();
    void stepsOfARollback();
    void overdueIsToldOnce();
};

void TestDraftBook::aNumberBelongsToAText()
{
    Room room;
    const auto draft = room.draft("owner: qa", "owner: one");
    QVERIFY(draft);
    const auto first = room.compiled(draft->id);
    QVERIFY2(first, first ? "" : qPrintable(first.error().message));
    QCOMPARE((*first)->revision, 2);
    QCOMPARE((*room.compiled(draft->id))->revision, 2); // the same text, the same number
    QCOMPARE(room.book->draft(draft->id)->state, QStringLiteral("canary"));
    // in its canary its text does not change
    const auto save = room.wait<api::Draft>([&](auto done) {
        room.book->save(draft->id, {1, QStringLiteral("x"), {}, {}}, room.anna, done);
    });
    QCOMPARE(save.error().failure, Failure::Conflict);
    QVERIFY(room.note(draft->id, "stopped"));
    QCOMPARE(room.book->draft(draft->id)->state, QStringLiteral("validated"));
    const QString text = room.book->draft(draft->id)->text + QStringLiteral("# more\n");
    QVERIFY(room.wait<api::Draft>([&](auto done) { room.book->save(draft->id, {1, text, {}, {}}, room.anna, done); }));
    QCOMPARE((*room.compiled(draft->id))->revision, 3); // another text, another number
    QCOMPARE(room.inForce(), QVector<int>{1});
}

void TestDraftBook::promotionAfterACanary()
{
    Room room;
    const auto draft = room.draft("owner: qa", "owner: one");
    QVERIFY(room.compiled(draft->id));
    QVERIFY(room.note(draft->id, "running"));
    QCOMPARE(room.promote(draft->id).error().failure, Failure::Conflict); // not before its verdict
    QVERIFY(room.note(draft->id, "pass"));
    const auto promoted = room.promote(draft->id);
    QVERIFY2(promoted, promoted ? "" : qPrintable(promoted.error().message));
    QCOMPARE(promoted->revision.number, 2); // the number its calls had
    QCOMPARE(promoted->revision.kind, QStringLiteral("promote"));
    QCOMPARE(promoted->revision.canary.verdict, QStringLiteral("pass"));
    QCOMPARE(room.inForce(), QVector<int>{2});
}

void TestDraftBook::rollbackEndsTheCanary()
{
    Room room;
    QStringList ended;
    room.book->setCanaryEnder([&](const QString& draft, const QString& why) { ended << draft << why; });
    const auto draft = room.draft("owner: qa", "owner: one");
    QVERIFY(room.compiled(draft->id));
    QVERIFY(room.note(draft->id, "running"));
    const auto back = room.rollBack();
    QVERIFY2(back, back ? "" : qPrintable(back.error().message));
    QCOMPARE(back->ended, draft->id);
    QCOMPARE(back->revision.number, 1); // what is in force stayed
    QCOMPARE(back->replaced, 2);
    QCOMPARE(ended.value(0), draft->id);
    QCOMPARE(room.book->draft(draft->id)->state, QStringLiteral("rolled_back"));
    QCOMPARE(room.book->draft(draft->id)->canary.verdict, QStringLiteral("stopped"));
    QCOMPARE(room.inForce(), QVector<int>{1});
    QCOMPARE(room.promote(draft->id).error().failure, Failure::Conflict);
}

void TestDraftBook::whatComesIntoForceEndsTheCanary()
{
    Room room;
    QStringList ended;
    room.book->setCanaryEnder([&](const QString& draft, const QString&) { ended << draft; });
    const auto canary = room.draft("owner: qa", "owner: one");
    const auto other = room.draft("owner: qa", "owner: two");
    QVERIFY(room.compiled(canary->id));
    QCOMPARE(room.compiled(other->id).error().failure, Failure::Conflict); // one at a time
    const auto promoted = room.promote(other->id);
    QVERIFY(promoted);
    QCOMPARE(promoted->ended, canary->id);
    QCOMPARE(ended, QStringList{canary->id});
    QCOMPARE(promoted->revision.number, 3); // two went to the canary
    QCOMPARE(room.book->draft(canary->id)->state, QStringLiteral("validated"));
    QVERIFY(room.book->draft(canary->id)->isBehind);
}

void TestDraftBook::aFailedCanaryIsRolledBack()
{
    Room room;
    const auto draft = room.draft("owner: qa", "owner: one");
    QVERIFY(room.compiled(draft->id));
    QVERIFY(room.note(draft->id, "fail"));
    QCOMPARE(room.book->draft(draft->id)->state, QStringLiteral("rolled_back"));
    QCOMPARE(room.promote(draft->id).error().failure, Failure::Conflict);
    QCOMPARE(room.book->revisions(1).first().canary.verdict, QStringLiteral("fail"));
}

void TestDraftBook::aCanaryDoesNotOutliveItsEngine()
{
    Room room;
    const auto draft = room.draft("owner: qa", "owner: one");
    QVERIFY(room.compiled(draft->id));
    QVERIFY(room.note(draft->id, "running"));
    room.open();
    QCOMPARE(room.holder->current()->revision, 1);
    const auto again = room.book->draft(draft->id);
    QCOMPARE(again->state, QStringLiteral("validated"));
    QCOMPARE(again->canary.verdict, QStringLiteral("stopped"));
    QCOMPARE((*room.compiled(draft->id))->revision, 2); // its number is still its own
    QVERIFY(room.note(draft->id, "stopped"));
    const auto other = room.draft("owner: qa", "owner: two");
    QVERIFY(other->id != draft->id);
    QCOMPARE(room.promote(other->id)->revision.number, 3); // and nobody else's
}

void TestDraftBook::workersBeforeTheAnswer()
{
    Room room;
    const auto draft = room.draft("owner: qa", "owner: one");
    room.holdsWorkers = true;
    std::optional<api::Result<api::Promotion>> answer;
    room.book->promote(
        {draft->id, false}, room.ben, [&](api::Result<api::Promotion> result) { answer.emplace(std::move(result)); });
    QTRY_VERIFY(bool(room.waiting));
    QVERIFY(!answer);
    QCOMPARE(room.inForce(), QVector<int>{2}); // durable before any worker had it
    QVERIFY(!room.told.contains(QStringLiteral("revision.activated")));
    room.waiting();
    QVERIFY(answer && answer->ok());
    QVERIFY(room.told.contains(QStringLiteral("revision.activated")));
}

void TestDraftBook::oneAtATime()
{
    Room room;
    const auto one = room.draft("owner: qa", "owner: one");
    const auto two = room.draft("owner: qa", "owner: two");
    room.holdsWorkers = true;
    room.book->promote({one->id, false}, room.ben, [](const api::Result<api::Promotion>&) {});
    QVERIFY(room.book->isBusy());
    QCOMPARE(room.promote(two->id).error().failure, Failure::Conflict);
    QTRY_VERIFY(bool(room.waiting));
    QCOMPARE(room.rollBack().error().failure, Failure::Conflict);
    room.waiting();
    QVERIFY(!room.book->isBusy());
    QCOMPARE(room.inForce(), QVector<int>{2});
}

void TestDraftBook::aWitnessThatRefusesKeepsItOut()
{
    Room room;
    const auto draft = room.draft("owner: qa", "owner: one");
    {
        const std::lock_guard lock(room.mutex);
        room.witnessFails = true;
    }
    QCOMPARE(room.promote(draft->id).error().failure, Failure::Unavailable);
    QCOMPARE(room.holder->current()->revision, 1);
    QCOMPARE(room.inForce(), QVector<int>{1});
    QVERIFY(room.steps.isEmpty());
    QCOMPARE(room.book->draft(draft->id)->state, QStringLiteral("validated"));
    QVERIFY(!room.book->isBusy());
    {
        const std::lock_guard lock(room.mutex);
        room.witnessFails = false;
    }
    QVERIFY(room.promote(draft->id));
}

void TestDraftBook::theMarkIsWrittenWithIt()
{
    Room room;
    const auto draft = room.draft("owner: qa", "owner: one");
    room.ben.alongside = [](QSqlDatabase&) { return false; }; // the mark cannot be written
    QCOMPARE(room.promote(draft->id).error().failure, Failure::Unavailable);
    QCOMPARE(room.inForce(), QVector<int>{1});
    QCOMPARE(room.holder->current()->revision, 1);
}

void TestDraftBook::theTextOfEveryRevisionIsKept()
{
    Room room;
    QVector<QByteArray> texts{room.holder->bytes()};
    for (int i = 0; i < 12; ++i) { // more than are kept in memory
        const auto draft = room.draft("signalbox: 1\n", "signalbox: 1\n# " + QByteArray::number(i) + '\n');
        QVERIFY(room.promote(draft->id));
        texts.append(room.holder->bytes());
    }
    for (int number = 1; number <= texts.size(); ++number) {
        const auto text = room.wait<QByteArray>([&](auto done) { room.book->text(number, done); });
        QVERIFY(text);
        QCOMPARE(*text, texts[number - 1]);
        QCOMPARE(config::hashOf(*text), room.book->revisions(100).at(int(texts.size()) - number).hash.toLatin1());
    }
    QCOMPARE(room.wait<QByteArray>([&](auto done) { room.book->text(99, done); }).error().failure, Failure::NotFound);
}

// What a rollback costs: one transaction and one publication, whatever lies between.
void TestDraftBook::stepsOfARollback()
{
    Room room;
    for (const char* owner : {"one", "two", "three"})
        QVERIFY(room.promote(room.draft("signalbox: 1\n", QByteArray("signalbox: 1\n# ") + owner + '\n')->id));
    room.steps.clear();
    {
        const std::lock_guard lock(room.mutex);
        room.witnessed.clear();
    }
    const auto back = room.rollBack(1);
    QVERIFY(back);
    QCOMPARE(room.steps, QStringList{QStringLiteral("published 5")});
    const std::lock_guard lock(room.mutex);
    QCOMPARE(room.witnessed, QVector<int>{5});
}

void TestDraftBook::overdueIsToldOnce()
{
    Room room;
    QVERIFY(room.promote(room.draft("owner: qa", "owner: one")->id, true));
    room.book->upkeep();
    QVERIFY(!room.told.contains(QStringLiteral("config.review_overdue"))); // it has until tomorrow
    room.store->submitAndWait([](QSqlDatabase& database) {
        QSqlQuery query(database);
        return query.exec(QStringLiteral("UPDATE config_revisions SET review_due_ms = 1 WHERE number = 2"));
    });
    room.open();
    QCOMPARE(room.book->unreviewed(true), QVector<int>{2});
    QVERIFY(room.book->revisions(1).first().isOverdue);
    room.book->upkeep();
    room.book->upkeep();
    QCOMPARE(room.told.count(QStringLiteral("config.review_overdue")), 1);
    const auto reviewed = room.wait<api::Revision>([&](auto done) {
        room.book->reviewRevision(2, {}, {QStringLiteral("carl"), false, {}}, done);
    });
    QVERIFY(reviewed);
    QVERIFY(room.book->unreviewed(false).isEmpty());
}

QTEST_GUILESS_MAIN(TestDraftBook)
#include "tst_draft_book.moc"

// Incidents that survive their engine: what was open goes on, what people said stays, nothing half written is kept. And
// the hand-over that is made of them.
#include "engine/handover.h"
#include "engine/incident_keeper.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace std::chrono_literals;
using engine::IncidentKeeper;
using observability::Incidents;
using State = Incidents::BreakerChange::State;

namespace {

const QString kCandidate = QStringLiteral("openai/gpt@eu");

class Run
{
public:
    Run(const QString& directory, ManualClock& clock) : clock(clock)
    {
        store::StoreOptions options;
        options.directory = directory;
        options.journalBytes = 64 << 10;
        auto opened = store::Store::open(options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        store = std::move(*opened);
        incidents.setCandidates({kCandidate, QStringLiteral("other/m@eu")});
        keeper = std::make_unique<IncidentKeeper>(*store, incidents, clock, m_context);
        loaded = keeper->load();
    }
    ~Run()
    {
        keeper.reset();
        store.reset();
    }
    Q_DISABLE_COPY_MOVE(Run)

    void breaker(State state)
    {
        incidents.breakerChanged({kCandidate, state, false, QStringLiteral("12 of 20 attempts failed"), ++m_changes});
    }
    void pass(std::chrono::seconds time)
    {
        for (auto left = time; left > 0s; left -= 1s) {
            clock.advance(1s);
            incidents.tick();
        }
    }
    api::Incident newest() const { return incidents.list().value(0); }
    api::Result<api::Incident> acknowledge(const QString& id, const QString& owner, const store::Store::Work& mark = {})
    {
        return answered([&](const IncidentKeeper::Done& done) {
            keeper->acknowledge(id, owner, QStringLiteral("ops"), mark, done);
        });
    }
    api::Result<api::Incident> note(const QString& id, const QString& text, const store::Store::Work& mark = {})
    {
        return answered(
            [&](const IncidentKeeper::Done& done) { keeper->note(id, text, QStringLiteral("ops"), mark, done); });
    }

    ManualClock& clock;
    QStringList events;
    Incidents incidents{clock, [this](const QString& event, const api::Incident&) { events.append(event); }};
    std::unique_ptr<store::Store> store;
    std::unique_ptr<IncidentKeeper> keeper;
    api::Outcome loaded = api::Done{};

private:
    template <typename Ask>
    api::Result<api::Incident> answered(Ask ask)
    {
        std::optional<api::Result<api::Incident>> result;
        ask([&](api::Result<api::Incident> answer) { result = std::move(answer); });
        if (!QTest::qWaitFor([&] { return result.has_value(); }, 10'000))
            return api::failure(api::Failure::Internal, QStringLiteral("not answered"));
        return *result;
    }

    QObject m_context;
    qint64 m_changes = 0;
};

api::Incident sample()
{
    api::Incident one;
    one.id = QStringLiteral("inc_1");
    one.provider = QStringLiteral("openai");
    one.title = QStringLiteral("openai is failing");
    one.state = QStringLiteral("open");
    one.severity = QStringLiteral("high");
    one.sentence = QStringLiteral("The breaker opened.\nA second line <b>of markup</b>.");
    one.openedAt = QDateTime(QDate(2026, 11, 22), QTime(12, 0), Qt::UTC);
    one.lastSeenAt = one.openedAt.addSecs(60);
    one.callsFailed = 3;
    one.callsRescued = 40;
    one.openings = 2;
    return one;
}

api::LeverStatus drain(const QString& provider)
{
    api::LeverStatus lever;
    lever.id = QStringLiteral("lev_") + provider;
    lever.kind = api::LeverKind::Drain;
    lever.provider = provider;
    lever.by = QStringLiteral("anna");
    lever.endsAt = sample().openedAt.addSecs(3600);
    return lever;
}

} // namespace

class TestIncidentKeeper : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<Run> run() { return std::make_unique<Run>(m_directory->path(), *m_clock); }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_clock = std::make_unique<ManualClock>();
    }

    void anOpenOneGoesOnAndCloses()
    {
        QString id;
        {
            const auto first = run();
            QVERIFY(first->loaded.ok());
            first->breaker(State::Open);
            first->keeper->save(false);
            id = first->newest().id;
        }
        const auto second = run();
        QVERIFY(second->loaded.ok());
        QCOMPARE(second->newest().id, id);
        QVERIFY(second->newest().isOpen());
        QVERIFY(second->newest().sentence.contains(QStringLiteral("12 of 20 attempts failed")));
        second->breaker(State::Open); // the provider is still down: it is the same incident
        QCOMPARE(second->incidents.list().size(), 1);
        QCOMPARE(second->newest().openings, 2);
        second->breaker(State::Closed);
        second->pass(300s);
        QVERIFY(!second->newest().isOpen());
        QCOMPARE(second->events, QStringList{QStringLiteral("incident.closed")});
    }

    void oneThatIsOverByThenClosesByItself()
    {
        {
            const auto first = run();
            first->breaker(State::Open);
        } // saved when it goes
        const auto second = run();
        second->pass(299s);
        QVERIFY(second->newest().isOpen());
        second->pass(1s);
        QVERIFY(!second->newest().isOpen());
        second->keeper->save(false);
        second->breaker(State::Open); // the next one is another one
        QCOMPARE(second->incidents.list().size(), 2);
        QVERIFY(second->incidents.list().at(0).id != second->incidents.list().at(1).id);
    }

    void theListAndWhatPeopleSaidSurvive()
    {
        QString id;
        {
            const auto first = run();
            first->breaker(State::Open);
            id = first->newest().id;
            QVERIFY(first->acknowledge(id, QStringLiteral("anna")).ok());
            QVERIFY(first->note(id, QStringLiteral("asked them")).ok());
            QVERIFY(first->note(id, QStringLiteral("they know")).ok());
            first->breaker(State::Closed);
            first->pass(300s);
            first->keeper->save(true);
            QCOMPARE(first->events, (QStringList{QStringLiteral("incident.opened"),
                                        QStringLiteral("incident.acknowledged"), QStringLiteral("incident.noted"),
                                        QStringLiteral("incident.noted"), QStringLiteral("incident.closed")}));
        }
        const auto second = run();
        const auto kept = second->incidents.find(id);
        QVERIFY(kept);
        QVERIFY(!kept->incident.isOpen());
        QCOMPARE(kept->incident.owner, QStringLiteral("anna"));
        QCOMPARE(kept->incident.acknowledgedBy, QStringLiteral("ops"));
        QCOMPARE(kept->incident.notes.size(), 2);
        QCOMPARE(kept->incident.notes.last().text, QStringLiteral("they know"));
        QCOMPARE(second->newest().notes.size(), 1); // a list has the last one only
        QCOMPARE(second->newest().noteCount, 2);
        QVERIFY(second->note(id, QStringLiteral("a closed one can be noted too")).ok());
        QCOMPARE(second->incidents.find(id)->incident.notes.size(), 3);
    }

    // Counts that are saved later never take back what people said.
    void countsAndWordsDoNotMeet()
    {
        const auto first = run();
        first->breaker(State::Open);
        const QString id = first->newest().id;
        std::optional<api::Result<api::Incident>> result;
        first->keeper->acknowledge(id, QStringLiteral("anna"), QStringLiteral("ops"), {},
            [&](api::Result<api::Incident> answer) { result = std::move(answer); });
        first->breaker(State::Open);
        first->keeper->save(true); // written after the acknowledgement, made before it counted
        QTRY_VERIFY(result && result->ok());
        first->keeper->save(true);
        first->store->submitAndWait([](QSqlDatabase&) { return true; });
        QCOMPARE(first->newest().owner, QStringLiteral("anna"));
        first->keeper.reset();
        first->store.reset();
        const auto second = run();
        QCOMPARE(second->newest().owner, QStringLiteral("anna"));
        QCOMPARE(second->newest().openings, 2);
    }

    void theFirstAcknowledgementStands()
    {
        const auto first = run();
        first->breaker(State::Open);
        const QString id = first->newest().id;
        const QDateTime at = *first->acknowledge(id, QStringLiteral("anna"))->acknowledgedAt;
        m_clock->advance(60s);
        const auto again = first->acknowledge(id, QStringLiteral("bert"));
        QCOMPARE(again->owner, QStringLiteral("bert"));
        QCOMPARE(*again->acknowledgedAt, at);
    }

    void aNoteAndItsMarkAreOne()
    {
        const auto first = run();
        first->breaker(State::Open);
        const QString id = first->newest().id;
        const auto refused = first->note(id, QStringLiteral("lost"), [](QSqlDatabase&) { return false; });
        QCOMPARE(refused.error().failure, api::Failure::Unavailable);
        QVERIFY(!first->acknowledge(id, QStringLiteral("x"), [](QSqlDatabase&) { return false; }).ok());
        QVERIFY(first->newest().notes.isEmpty());
        QVERIFY(first->newest().owner.isEmpty());
        bool marked = false;
        QVERIFY(first->note(id, QStringLiteral("kept"), [&](QSqlDatabase&) { return marked = true; }).ok());
        QVERIFY(marked);
        QCOMPARE(first->incidents.find(id)->incident.notes.size(), 1);
    }

    void notesAreBounded()
    {
        const auto first = run();
        first->breaker(State::Open);
        const QString id = first->newest().id;
        for (int i = 0; i < api::Incident::kNotes; ++i)
            QVERIFY(first->note(id, QString::number(i)).ok());
        QCOMPARE(first->note(id, QStringLiteral("one more")).error().failure, api::Failure::Conflict);
        QCOMPARE(first->newest().noteCount, api::Incident::kNotes);
        QCOMPARE(first->note(QStringLiteral("inc_nope"), QStringLiteral("x")).error().failure, api::Failure::NotFound);
    }

    void theHandoverTellsFacts()
    {
        engine::HandoverFacts facts;
        facts.incident = sample();
        facts.now = facts.incident.openedAt.addSecs(3900);
        facts.levers = {drain(QStringLiteral("openai")), drain(QStringLiteral("other"))};
        for (int i = 0; i < 6; ++i)
            facts.incident.notes.append(
                {facts.incident.openedAt, QStringLiteral("ops"), QStringLiteral("note %1\nmore").arg(i)});
        api::AuditEntry change;
        change.at = facts.incident.openedAt.addSecs(-600);
        change.principal = QStringLiteral("carl");
        change.action = QStringLiteral("POST /api/v1/budgets/{id}/raise");
        change.object = QStringLiteral("b1");
        facts.changes = QVector<api::AuditEntry>(9, change);
        const api::Handover handover = engine::handoverOf(facts);
        QVERIFY(handover.lines.size() <= 12);
        for (const QString& line : handover.lines)
            QVERIFY2(!line.contains(u'\n') && line.size() < 300, qPrintable(line));
        const QString text = handover.lines.join(u'\n');
        for (const char* part : {"openai is failing (inc_1): open, severity high.",
                 "Since 2026-11-22 12:00Z (1 h 5 min)", "calls failed 3, calls rescued 40",
                 "Nobody has acknowledged it.", "In force: openai is drained until 2026-11-22 13:00Z, by anna.",
                 "note 5 more", "11:50Z carl", "and 6 more", "Next: acknowledge it"})
            QVERIFY2(text.contains(QLatin1String(part)), part);
        QVERIFY(!text.contains(QStringLiteral("note 2")));
        QVERIFY(!text.contains(QStringLiteral("other is drained")));
    }

    void theNextStepFollowsTheState_data()
    {
        QTest::addColumn<bool>("open");
        QTest::addColumn<bool>("acknowledged");
        QTest::addColumn<bool>("quiet");
        QTest::addColumn<bool>("lever");
        QTest::addColumn<int>("failed");
        QTest::addColumn<QString>("step");
        QTest::newRow("over") << false << false << false << false << 3 << QStringLiteral("nothing is left");
        QTest::newRow("over, a lever left") << false << true << true << true << 3 << QStringLiteral("lev_openai");
        QTest::newRow("quiet") << true << false << true << false << 3 << QStringLiteral("wait");
        QTest::newRow("nobody's") << true << false << false << false << 3 << QStringLiteral("acknowledge");
        QTest::newRow("failing") << true << true << false << false << 3 << QStringLiteral("look at a drain");
        QTest::newRow("drained") << true << true << false << true << 3 << QStringLiteral("still fail");
        QTest::newRow("rescued") << true << true << false << false << 0 << QStringLiteral("watch");
    }
    void theNextStepFollowsTheState()
    {
        QFETCH(bool, open);
        QFETCH(bool, acknowledged);
        QFETCH(bool, quiet);
        QFETCH(bool, lever);
        QFETCH(int, failed);
        QFETCH(QString, step);
        engine::HandoverFacts facts;
        facts.incident = sample();
        facts.incident.callsFailed = failed;
        facts.now = facts.incident.openedAt.addSecs(60);
        if (!open)
            facts.incident.closedAt = facts.now;
        if (acknowledged)
            facts.incident.acknowledgedAt = facts.now;
        facts.breakersClosed = quiet;
        if (lever)
            facts.levers = {drain(QStringLiteral("openai"))};
        const api::Handover handover = engine::handoverOf(facts);
        QVERIFY2(handover.lines.last().contains(step), qPrintable(handover.lines.last()));
        QVERIFY(handover.lines.contains(
            QStringLiteral("What changed before it cannot be told: the audit log could not be read.")));
    }
};

QTEST_GUILESS_MAIN(TestIncidentKeeper)
#include "tst_incident_keeper.moc"

// The register of incidents: what is one, what is two, and what is none.
#include "observability/incidents.h"

#include "sample_calls.h"

#include <QJsonArray>
#include <QTest>

using namespace gateway;
using namespace gateway::observability;
using namespace std::chrono_literals;
using State = Incidents::BreakerChange::State;

namespace {

const QString kOne = QStringLiteral("openai/gpt@eu");
const QString kTwo = QStringLiteral("openai/nano@eu");
const QString kOther = QStringLiteral("anthropic/haiku@eu");

struct Bench
{
    ManualClock clock;
    QStringList events;
    Incidents incidents{
        clock, [this](const QString& event, const api::Incident& one) { events.append(event + u' ' + one.provider); }};
    qint64 changes = 0;

    Bench() { incidents.setCandidates({kOne, kTwo, kOther}); }
    void breaker(const QString& candidate, State state, bool forced = false)
    {
        incidents.breakerChanged({candidate, state, forced,
            state == State::Closed ? QString() : QStringLiteral("12 of 20 attempts failed"), ++changes});
    }
    // Time as the engine sees it: a tick a second.
    void pass(std::chrono::seconds time)
    {
        for (auto left = time; left > 0s; left -= 1s) {
            clock.advance(1s);
            incidents.tick();
        }
    }
    api::Incident newest() const { return incidents.list().value(0); }
    // One call that failed at each of these and was then answered, or was not.
    void call(const QStringList& failedAt, bool answered)
    {
        api::Call call = sample::call(clock.wallMs(), QStringLiteral("last"), QStringLiteral("fast"), 1000);
        call.attempts.clear();
        for (const QString& provider : failedAt)
            call.attempts += sample::failed(clock.wallMs(), provider, 529, api::ErrorCode::ProviderOverloaded).attempts;
        call.outcome = answered ? api::CallOutcome::Answered : api::CallOutcome::Failed;
        incidents.add(call);
    }
    // A call that never tried openai, for its breaker was open.
    void passedBy(const char* part, const char* fallbackKind, api::CallOutcome outcome, api::ErrorCode error = {})
    {
        api::Call call = sample::call(clock.wallMs(), QStringLiteral("anthropic"), QStringLiteral("fast"), 1000);
        const QJsonObject row{{QStringLiteral("provider"), QStringLiteral("openai")},
            {QStringLiteral("verdict"), QStringLiteral("rejected")},
            {QStringLiteral("code"), QStringLiteral("breaker_open")}};
        call.decision.insert(QLatin1String(part), QJsonArray{row});
        call.fallbackKind = QLatin1String(fallbackKind);
        call.outcome = outcome;
        call.error = error;
        incidents.add(call);
    }
};

} // namespace

class TestIncidents : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void fourMinutesOfFlappingAreOne();
    void aLongOutageWithProbesIsOne();
    void aSecondOutageIsASecondOne();
    void twoProvidersAreTwo();
    void twoCandidatesAreOne();
    void aForcedBreakerIsNone();
    void halfOpenAloneIsNone();
    void harmIsCounted();
    void whatFailedBeforeBelongsToIt();
    void callsPassedByCount();
    void theCallersOwnFaultIsNoHarm();
    void lateNewsAreDropped();
    void aCandidateThatIsGoneEndsIt();
    void theRegisterIsBounded();
    void theCodecRoundTrips();
    void whatChangedIsSavedOnce();
    void peopleSayThingsOfIt();
    void anotherRunGoesOn();
};

void TestIncidents::fourMinutesOfFlappingAreOne()
{
    Bench bench;
    for (int i = 0; i < 8; ++i) {
        bench.breaker(kOne, State::Open);
        bench.pass(10s);
        bench.breaker(kOne, State::HalfOpen);
        bench.pass(5s);
        if (i % 2) {
            bench.breaker(kOne, State::Closed);
            bench.pass(30s);
        }
    }
    QCOMPARE(bench.incidents.list().size(), 1);
    const api::Incident one = bench.newest();
    QCOMPARE(one.state, QStringLiteral("open"));
    QCOMPARE(one.openings, 8);
    QCOMPARE(one.candidates, QStringList{kOne});
    QVERIFY(one.id.startsWith(QStringLiteral("inc_")));
    QVERIFY(one.sentence.contains(QStringLiteral("8 times")));
    QVERIFY(one.sentence.contains(QStringLiteral("12 of 20 attempts failed. ")));
    QCOMPARE(bench.events, QStringList{QStringLiteral("incident.opened openai")});
    bench.pass(269s); // 30 of the 300 quiet seconds have passed
    QVERIFY(bench.newest().isOpen());
    bench.pass(1s);
    const api::Incident closed = bench.newest();
    QCOMPARE(closed.state, QStringLiteral("closed"));
    QCOMPARE(closed.id, one.id);
    QCOMPARE(closed.closedAt->toMSecsSinceEpoch(), bench.clock.wallMs());
    QCOMPARE(closed.lastSeenAt.secsTo(*closed.closedAt), 300);
    QCOMPARE(bench.events,
        (QStringList{QStringLiteral("incident.opened openai"), QStringLiteral("incident.closed openai")}));
}

void TestIncidents::aLongOutageWithProbesIsOne()
{
    Bench bench;
    for (int i = 0; i < 30; ++i) { // an hour; the pause between probes is two minutes
        bench.breaker(kOne, State::Open);
        bench.pass(120s);
        bench.breaker(kOne, State::HalfOpen);
    }
    bench.pass(3600s); // half-open, and nobody calls: nobody knows that it works
    QCOMPARE(bench.incidents.list().size(), 1);
    QVERIFY(bench.newest().isOpen());
    QCOMPARE(bench.events.size(), 1);
}

void TestIncidents::aSecondOutageIsASecondOne()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    bench.pass(60s);
    bench.breaker(kOne, State::Closed);
    bench.pass(600s);
    bench.breaker(kOne, State::Open);
    const QVector<api::Incident> all = bench.incidents.list();
    QCOMPARE(all.size(), 2);
    QVERIFY(all[0].isOpen() && !all[1].isOpen()); // newest first
    QVERIFY(all[0].id != all[1].id);
    QVERIFY(all[0].openedAt > all[1].openedAt);
    QCOMPARE(all[0].openings, 1);
}

void TestIncidents::twoProvidersAreTwo()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    bench.breaker(kOther, State::Open); // in the same millisecond
    QCOMPARE(bench.incidents.list().size(), 2);
    QVERIFY(bench.incidents.list()[0].id != bench.incidents.list()[1].id);
    bench.breaker(kOther, State::Closed);
    bench.pass(300s);
    QCOMPARE(bench.events.last(), QStringLiteral("incident.closed anthropic"));
    QCOMPARE(bench.events.size(), 3);
}

void TestIncidents::twoCandidatesAreOne()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    bench.breaker(kTwo, State::Open);
    QCOMPARE(bench.incidents.list().size(), 1);
    QCOMPARE(bench.newest().candidates, (QStringList{kOne, kTwo}));
    bench.breaker(kOne, State::Closed);
    bench.pass(900s); // the other is still open
    QVERIFY(bench.newest().isOpen());
    bench.breaker(kTwo, State::Closed);
    bench.pass(300s);
    QVERIFY(!bench.newest().isOpen());
}

void TestIncidents::aForcedBreakerIsNone()
{
    Bench bench;
    bench.breaker(kOne, State::Open, true);
    bench.pass(600s);
    bench.breaker(kOne, State::HalfOpen); // the force has ended, its probes are due
    QVERIFY(bench.incidents.list().isEmpty());
    bench.breaker(kOne, State::Open); // and this one opened by itself
    QCOMPARE(bench.incidents.list().size(), 1);
    bench.breaker(kOne, State::Open, true); // taken out by hand meanwhile: not over
    bench.pass(600s);
    QVERIFY(bench.newest().isOpen());
    QCOMPARE(bench.newest().openings, 1);
    bench.breaker(kOne, State::Closed, true); // somebody vouches for it
    bench.pass(300s);
    QVERIFY(!bench.newest().isOpen());
}

void TestIncidents::halfOpenAloneIsNone()
{
    Bench bench;
    bench.breaker(kOne, State::HalfOpen);
    bench.breaker(kOne, State::Closed);
    QVERIFY(bench.incidents.list().isEmpty());
    QVERIFY(bench.events.isEmpty());
}

void TestIncidents::harmIsCounted()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    QCOMPARE(bench.newest().severity, QStringLiteral("low"));
    QVERIFY(bench.newest().sentence.contains(QStringLiteral("No call was harmed.")));
    for (int i = 0; i < 5; ++i)
        bench.call({QStringLiteral("openai")}, true);
    QCOMPARE(bench.newest().callsRescued, 5);
    QCOMPARE(bench.newest().severity, QStringLiteral("low"));
    QVERIFY(bench.newest().sentence.contains(QStringLiteral("5 calls were rescued, none failed.")));
    bench.pass(10s);
    bench.call({QStringLiteral("openai"), QStringLiteral("openai"), QStringLiteral("anthropic")}, false); // one call
    bench.call({QStringLiteral("anthropic")}, false); // not openai's
    bench.call({}, true);                             // nobody's
    const api::Incident one = bench.newest();
    QCOMPARE(one.callsFailed, 1);
    QCOMPARE(one.callsRescued, 5);
    QCOMPARE(one.severity, QStringLiteral("high"));
    QVERIFY(one.sentence.contains(QStringLiteral("1 call failed and 5 were rescued.")));
    QCOMPARE(one.openedAt.secsTo(one.lastSeenAt), 10);
    bench.breaker(kOne, State::Closed);
    bench.pass(300s);
    bench.call({QStringLiteral("openai")}, false); // after it
    QCOMPARE(bench.newest().callsFailed, 1);
}

void TestIncidents::whatFailedBeforeBelongsToIt()
{
    Bench bench;
    bench.call({QStringLiteral("openai")}, false);
    bench.call({QStringLiteral("anthropic")}, false);
    bench.pass(61s); // too long ago
    bench.breaker(kOther, State::Open);
    QCOMPARE(bench.newest().callsFailed, 0);
    bench.call({QStringLiteral("openai")}, false);
    bench.pass(30s);
    bench.call({QStringLiteral("openai")}, false);
    bench.call({QStringLiteral("openai")}, true);
    bench.breaker(kOne, State::Open);
    QCOMPARE(bench.newest().callsFailed, 2);
    QCOMPARE(bench.newest().callsRescued, 1);
    QCOMPARE(bench.newest().severity, QStringLiteral("high"));
}

void TestIncidents::callsPassedByCount()
{
    using enum api::CallOutcome;
    Bench bench;
    bench.breaker(kOne, State::Open);
    bench.passedBy("candidates", "other-provider", Answered);
    bench.passedBy("fallback", "smaller-model", Answered);
    QCOMPARE(bench.newest().callsRescued, 2);
    bench.passedBy("candidates", "", Answered); // an equal candidate took it: nothing had to be rescued
    bench.passedBy("candidates", "", Refused, api::ErrorCode::BudgetHard);
    bench.passedBy("candidates", "", Cancelled, api::ErrorCode::ClientClosed);
    QCOMPARE(bench.newest().callsRescued, 2);
    QCOMPARE(bench.newest().callsFailed, 0);
    bench.passedBy("candidates", "", Refused, api::ErrorCode::ProviderUnavailable);
    bench.passedBy("candidates", "", Failed, api::ErrorCode::ChainExhausted);
    QCOMPARE(bench.newest().callsFailed, 2);
}

void TestIncidents::theCallersOwnFaultIsNoHarm()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    bench.incidents.add(
        sample::failed(bench.clock.wallMs(), QStringLiteral("openai"), 400, api::ErrorCode::ProviderBadRequest));
    QCOMPARE(bench.newest().callsFailed, 0);
    QCOMPARE(bench.newest().callsRescued, 0);
}

void TestIncidents::lateNewsAreDropped()
{
    Bench bench;
    bench.changes = 10;
    bench.breaker(kOne, State::Open); // 11
    bench.breaker(kOne, State::Closed);
    bench.changes = 10;
    bench.breaker(kOne, State::HalfOpen);
    bench.changes = 10;
    bench.breaker(kOne, State::Open); // told late by another worker
    QCOMPARE(bench.newest().openings, 1);
    bench.pass(300s);
    QVERIFY(!bench.newest().isOpen());
}

void TestIncidents::aCandidateThatIsGoneEndsIt()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    bench.incidents.setCandidates({kTwo, kOther});
    bench.breaker(kOne, State::Open); // a call that was under way over the change of config
    bench.pass(300s);
    QCOMPARE(bench.incidents.list().size(), 1);
    QVERIFY(!bench.newest().isOpen());
    bench.incidents.setCandidates({kOne, kTwo, kOther});
    bench.changes = 0; // a new breaker
    bench.breaker(kOne, State::Open);
    QCOMPARE(bench.incidents.list().size(), 2);
}

void TestIncidents::theRegisterIsBounded()
{
    Bench bench;
    for (int i = 0; i < Incidents::kKept + 20; ++i) {
        bench.breaker(kOne, State::Open);
        bench.breaker(kOne, State::Closed);
        bench.pass(300s);
    }
    bench.breaker(kOther, State::Open);
    const QVector<api::Incident> all = bench.incidents.list();
    QCOMPARE(all.size(), Incidents::kKept);
    QVERIFY(all.first().isOpen());
    for (int i = 1; i < all.size(); ++i)
        QVERIFY(all[i - 1].openedAt > all[i].openedAt);
}

void TestIncidents::theCodecRoundTrips()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    bench.call({QStringLiteral("openai")}, false);
    for (const bool closed : {false, true}) {
        if (closed) {
            bench.breaker(kOne, State::Closed);
            bench.pass(300s);
        }
        const QJsonObject json = api::toJson(bench.newest());
        QCOMPARE(json.value(QStringLiteral("closed_at")).isNull(), !closed);
        const api::Result<api::Incident> back = api::incidentFromJson(json);
        QVERIFY(back.ok());
        QCOMPARE(api::toJson(*back), json);
    }
    QVERIFY(!api::incidentFromJson({{QStringLiteral("openings"), QStringLiteral("two")}}).ok());
}

// What opened or closed at once, counts when somebody asks for all; and nothing twice.
void TestIncidents::whatChangedIsSavedOnce()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    QCOMPARE(bench.incidents.takeUnsaved(false).size(), 1U);
    QCOMPARE(bench.incidents.takeUnsaved(true).size(), 0U);
    bench.call({QStringLiteral("openai")}, false);
    QCOMPARE(bench.incidents.takeUnsaved(false).size(), 0U);
    const auto counted = bench.incidents.takeUnsaved(true);
    QCOMPARE(counted.size(), 1U);
    QCOMPARE(counted.front().incident.callsFailed, 1);
    bench.incidents.saveAgain(counted.front().incident.id);
    QCOMPARE(bench.incidents.takeUnsaved(false).size(), 1U);
    bench.breaker(kOne, State::Closed);
    bench.pass(300s);
    const auto closed = bench.incidents.takeUnsaved(false);
    QCOMPARE(closed.size(), 1U);
    QVERIFY(!closed.front().incident.isOpen());
}

void TestIncidents::peopleSayThingsOfIt()
{
    Bench bench;
    bench.breaker(kOne, State::Open);
    const QString id = bench.newest().id;
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(bench.clock.wallMs(), Qt::UTC);
    QVERIFY(bench.incidents.acknowledge(id, QStringLiteral("anna"), QStringLiteral("ops"), at));
    QVERIFY(bench.incidents.acknowledge(id, QStringLiteral("bert"), QStringLiteral("carl"), at.addSecs(1)));
    QCOMPARE(bench.newest().owner, QStringLiteral("bert"));
    QCOMPARE(bench.newest().acknowledgedBy, QStringLiteral("ops"));
    for (const char* text : {"one", "two"})
        QVERIFY(bench.incidents.addNote(id, {at, QStringLiteral("ops"), QString::fromLatin1(text)}));
    QCOMPARE(bench.newest().notes.size(), 1);
    QCOMPARE(bench.newest().notes.first().text, QStringLiteral("two"));
    QCOMPARE(bench.newest().noteCount, 2);
    QCOMPARE(bench.incidents.find(id)->incident.notes.size(), 2);
    QVERIFY(!bench.incidents.addNote(QStringLiteral("inc_nope"), {at, {}, {}}));
    QVERIFY(!bench.incidents.acknowledge(QStringLiteral("inc_nope"), {}, {}, at));
    QVERIFY(!bench.incidents.find(QStringLiteral("inc_nope")));
}

void TestIncidents::anotherRunGoesOn()
{
    Bench first;
    first.breaker(kOne, State::Open);
    first.breaker(kOther, State::Open);
    std::vector<Incidents::Saved> saved = first.incidents.takeUnsaved(true);
    QCOMPARE(saved.size(), 2U);
    // a second open one of the same provider, as a damaged database might have it: there is one at a time
    Incidents::Saved twin = saved.front();
    twin.incident.id += u'x';
    saved.push_back(twin);
    Bench next;
    next.incidents.load(saved);
    QCOMPARE(next.incidents.list().size(), 3);
    next.pass(300s);
    for (const api::Incident& incident : next.incidents.list())
        QVERIFY(!incident.isOpen());
    QCOMPARE(next.events.size(), 2);
    next.breaker(kOne, State::Open); // and its id was never given before
    QSet<QString> ids;
    for (const api::Incident& incident : next.incidents.list())
        ids.insert(incident.id);
    QCOMPARE(ids.size(), 4);
}

QTEST_GUILESS_MAIN(TestIncidents)
#include "tst_incidents.moc"

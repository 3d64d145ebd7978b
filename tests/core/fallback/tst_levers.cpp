// Levers as calls see them, their way into JSON and back, and the staged return of a drained provider.
#include "fallback/fail_back.h"
#include "fallback/lever_json.h"

#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace gateway;
using namespace gateway::fallback;

namespace {

constexpr qint64 kNow = 1'795'305'600'000;

const QString kProvider = QStringLiteral("openai");
const QString kAlias = QStringLiteral("fast");
const QString kTenant = QStringLiteral("acme");
const QString kCandidate = QStringLiteral("openai/gpt@eu");

Lever leverOf(LeverKind kind)
{
    Lever lever;
    lever.id = QStringLiteral("lev_1");
    lever.kind = kind;
    lever.reason = QStringLiteral("it fails");
    lever.by = QStringLiteral("ada");
    lever.setAtMs = kNow;
    lever.endsAtMs = kNow + 600'000;
    if (kind == LeverKind::Drain || kind == LeverKind::Drill)
        lever.provider = kProvider;
    else
        lever.candidate = kCandidate;
    if (kind == LeverKind::Weight)
        lever.alias = kAlias;
    return lever;
}

int letThrough(const LeverSet& set, qint64 nowMs)
{
    int through = 0;
    for (quint64 call = 0; call < 10'000; ++call)
        through += set.drained(kProvider, call, nowMs) == LeverSet::Drained::No;
    return through;
}

} // namespace

class TestLevers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDrainTakesAll();
    void stagesLetSomeThroughAndTheSameOnesLater();
    void aSecondDrainWins();
    void theLastWeightCounts();
    void aDrillTakesItsShareOfItsScope();
    void namesGoBothWays();
    void thereAndBackAsJson_data();
    void thereAndBackAsJson();
    void wrongJsonNamesTheField_data();
    void wrongJsonNamesTheField();
    void aWellProviderIsBackInTwoMinutes();
    void aSickOneStaysAndSaysWhy();
    void aTroubledMinuteIsForgotten();
    void aTrickleTakesTenMinutes();
    void otherLeversDoNotFailBack();
};

void TestLevers::aDrainTakesAll()
{
    Lever lever = leverOf(LeverKind::Drain);
    const LeverSet set({lever});
    QCOMPARE(letThrough(set, kNow), 0);
    QCOMPARE(set.drained(QStringLiteral("other"), 1, kNow), LeverSet::Drained::No);
    QCOMPARE(set.drained(kProvider, 1, kNow), LeverSet::Drained::Yes);
    // run out, and nobody has told it yet: not all at once
    QCOMPARE(set.drained(kProvider, 1, lever.endsAtMs), LeverSet::Drained::FailingBack);
    QCOMPARE(letThrough(LeverSet(), kNow), 10'000);
    QVERIFY(LeverSet().isEmpty() && !set.isEmpty());
}

void TestLevers::stagesLetSomeThroughAndTheSameOnesLater()
{
    Lever lever = leverOf(LeverKind::Drain);
    lever.endedAtMs = kNow;
    std::vector<bool> before(10'000, false);
    for (const int stage : {0, 1, 10, 100}) {
        lever.stagePercent = stage;
        const LeverSet set({lever});
        const int through = letThrough(set, kNow);
        QVERIFY2(through >= stage * 80 && through <= stage * 120, qPrintable(QString::number(through)));
        for (quint64 call = 0; call < before.size(); ++call) {
            const bool passes = set.drained(kProvider, call, kNow) == LeverSet::Drained::No;
            QVERIFY(passes || !before[call]);
            QCOMPARE(
                set.drained(kProvider, call, kNow) == LeverSet::Drained::No, passes); // the same call, the same answer
            before[call] = passes;
        }
    }
}

void TestLevers::aSecondDrainWins()
{
    Lever ended = leverOf(LeverKind::Drain);
    ended.endedAtMs = kNow;
    ended.stagePercent = 10;
    Lever again = leverOf(LeverKind::Drain);
    again.id = QStringLiteral("lev_2");
    QCOMPARE(letThrough(LeverSet({ended, again}), kNow), 0);
    QCOMPARE(letThrough(LeverSet({again, ended}), kNow), 0);
}

void TestLevers::theLastWeightCounts()
{
    Lever first = leverOf(LeverKind::Weight);
    first.weight = 10;
    Lever second = first;
    second.weight = 0;
    second.setAtMs += 1;
    for (const LeverSet& set : {LeverSet({first, second}), LeverSet({second, first})})
        QCOMPARE(set.weight(kAlias, kCandidate, kNow + 1), std::optional(0));
    second.endedAtMs = kNow + 2;
    const LeverSet undone({first, second});
    QCOMPARE(undone.weight(kAlias, kCandidate, kNow + 3), std::optional(10));
    QVERIFY(!undone.weight(kAlias, kCandidate, first.endsAtMs));
    QVERIFY(!undone.weight(QStringLiteral("other"), kCandidate, kNow));
    QVERIFY(!undone.weight(kAlias, QStringLiteral("other/m@r"), kNow));
}

void TestLevers::aDrillTakesItsShareOfItsScope()
{
    Lever lever = leverOf(LeverKind::Drill);
    lever.alias = kAlias;
    lever.tenant = kTenant;
    lever.percent = 25;
    Lever other = lever;
    other.id = QStringLiteral("lev_2");
    const LeverSet set({lever});
    const LeverSet others({other});
    int taken = 0;
    int both = 0;
    for (quint64 call = 0; call < 10'000; ++call) {
        const Lever* drill = set.drill(kProvider, kAlias, kTenant, call, kNow);
        QCOMPARE(set.drill(kProvider, kAlias, kTenant, call, kNow), drill);
        taken += drill != nullptr;
        both += drill && others.drill(kProvider, kAlias, kTenant, call, kNow);
        QVERIFY(!set.drill(kProvider, QStringLiteral("slow"), kTenant, call, kNow));
        QVERIFY(!set.drill(kProvider, kAlias, QStringLiteral("else"), call, kNow));
        QVERIFY(!set.drill(QStringLiteral("else"), kAlias, kTenant, call, kNow));
        QVERIFY(!set.drill(kProvider, kAlias, kTenant, call, lever.endsAtMs)); // it ends itself
    }
    QVERIFY2(taken > 2200 && taken < 2800, qPrintable(QString::number(taken)));
    QVERIFY2(both > 400 && both < 900, qPrintable(QString::number(both))); // not the same calls every time
    lever.alias.clear();
    lever.tenant.clear();
    lever.percent = 100;
    const LeverSet all({lever});
    for (quint64 call = 0; call < 1000; ++call)
        QCOMPARE(all.drill(kProvider, QString::number(call), QString::number(call), call, kNow)->id, lever.id);
}

void TestLevers::namesGoBothWays()
{
    for (const auto kind : {LeverKind::Drain, LeverKind::Weight, LeverKind::Breaker, LeverKind::Drill})
        QCOMPARE(leverKindFromName(nameOf(kind)), std::optional(kind));
    QVERIFY(!leverKindFromName(u"pull"));
}

void TestLevers::thereAndBackAsJson_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("ended");
    for (int kind = 0; kind < 4; ++kind) {
        for (const bool ended : {false, true})
            QTest::addRow("%s%s", qPrintable(nameOf(LeverKind(kind))), ended ? ", ended" : "") << kind << ended;
    }
}

void TestLevers::thereAndBackAsJson()
{
    QFETCH(int, kind);
    QFETCH(bool, ended);
    Lever lever = leverOf(LeverKind(kind));
    lever.tenant = kTenant;
    lever.weight = lever.kind == LeverKind::Weight ? 7 : 0;
    lever.percent = lever.kind == LeverKind::Drill ? 30 : 100;
    lever.breaker = lever.kind == LeverKind::Breaker ? BreakerState::HalfOpen : BreakerState::Open;
    if (ended)
        lever.endedAtMs = kNow + 5;
    if (ended && lever.kind == LeverKind::Drain) {
        lever.stagePercent = 10;
        lever.stageSinceMs = kNow + 77;
    }
    const QByteArray stored = QJsonDocument(toJson(lever)).toJson();
    const api::Result<Lever> back = leverFromJson(QJsonDocument::fromJson(stored).object());
    QVERIFY2(back, back ? "" : qPrintable(back.error().message));
    QCOMPARE(toJson(*back), toJson(lever));
    QCOMPARE(back->kind, lever.kind);
    QCOMPARE(back->provider, lever.provider);
    QCOMPARE(back->candidate, lever.candidate);
    QCOMPARE(back->alias, lever.alias);
    QCOMPARE(back->tenant, lever.tenant);
    QCOMPARE(back->weight, lever.weight);
    QCOMPARE(back->percent, lever.percent);
    QCOMPARE(back->breaker, lever.breaker);
    QCOMPARE(back->reason, lever.reason);
    QCOMPARE(back->by, lever.by);
    QCOMPARE(back->setAtMs, lever.setAtMs);
    QCOMPARE(back->endsAtMs, lever.endsAtMs);
    QCOMPARE(back->endedAtMs, lever.endedAtMs);
    QCOMPARE(back->stagePercent, lever.stagePercent);
    QCOMPARE(back->stageSinceMs, lever.stageSinceMs);
    QCOMPARE(toJson(lever).value(QStringLiteral("set_at")).toString(), QStringLiteral("2026-11-22T00:00:00.000Z"));
}

void TestLevers::wrongJsonNamesTheField_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("field");
    const auto row = [](const char* name, const char* json, const char* field) {
        QTest::newRow(name) << QString::fromLatin1(json) << QString::fromLatin1(field);
    };
    const char* times = R"("set_at":"2026-11-22T00:00:00Z","ends_at":"2026-11-22T01:00:00Z")";
    const auto with = [&](const char* rest) { return QByteArray("{") + times + "," + rest + "}"; };
    row("kind", with(R"("kind":"pull")"), "kind");
    row("no kind", with(R"("provider":"p")"), "kind");
    row("drain of nothing", with(R"("kind":"drain")"), "provider");
    row("a number", with(R"("kind":"drain","provider":7)"), "provider");
    row("no weight", with(R"("kind":"weight","alias":"a","candidate":"c")"), "weight");
    row("negative weight", with(R"("kind":"weight","alias":"a","candidate":"c","weight":-1)"), "weight");
    row("half a weight", with(R"("kind":"weight","alias":"a","candidate":"c","weight":1.5)"), "weight");
    row("no alias", with(R"("kind":"weight","candidate":"c","weight":1)"), "alias");
    row("percent", with(R"("kind":"drill","provider":"p","percent":101)"), "percent");
    row("percent 0", with(R"("kind":"drill","provider":"p","percent":0)"), "percent");
    row("breaker", with(R"("kind":"breaker","candidate":"c","breaker":"ajar")"), "breaker");
    row("no end", R"({"kind":"drain","provider":"p","set_at":"2026-11-22T00:00:00Z"})", "ends_at");
    row("end first",
        R"({"kind":"drain","provider":"p","set_at":"2026-11-22T01:00:00Z","ends_at":"2026-11-22T00:00:00Z"})",
        "ends_at");
    row("no time", with(R"("kind":"drain","provider":"p","ended_at":"soon")"), "ended_at");
}

void TestLevers::wrongJsonNamesTheField()
{
    QFETCH(QString, json);
    QFETCH(QString, field);
    const auto lever = leverFromJson(QJsonDocument::fromJson(json.toUtf8()).object());
    QVERIFY(!lever);
    QVERIFY2(lever.error().message.contains(u' ' + field + u' '), qPrintable(lever.error().message));
}

void TestLevers::aWellProviderIsBackInTwoMinutes()
{
    Lever lever = leverOf(LeverKind::Drain);
    QVERIFY(advance(lever, {}, kNow).isEmpty()); // still drained
    QCOMPARE(lever.stagePercent, 0);
    lever.endedAtMs = kNow;
    QVERIFY(!advance(lever, {}, kNow).isEmpty());
    QCOMPARE(lever.stagePercent, 1);
    QCOMPARE(lever.stageSinceMs, kNow);
    QVERIFY(advance(lever, {100, 0}, kNow + 59'999).contains(QStringLiteral("a minute")));
    QCOMPARE(lever.stagePercent, 1);
    advance(lever, {100, 10}, kNow + 60'000); // a tenth failed: as much as may
    QCOMPARE(lever.stagePercent, 10);
    QCOMPARE(lever.stageSinceMs, kNow + 60'000);
    advance(lever, {5, 0}, kNow + 119'999);
    QCOMPARE(lever.stagePercent, 10);
    advance(lever, {5, 0}, kNow + 120'000);
    QCOMPARE(lever.stagePercent, 100);
    QVERIFY(advance(lever, {5, 5}, kNow + 500'000).isEmpty()); // over
}

void TestLevers::aSickOneStaysAndSaysWhy()
{
    Lever lever = leverOf(LeverKind::Drain);
    lever.endedAtMs = kNow;
    advance(lever, {}, kNow);
    for (int minute = 1; minute <= 60; ++minute) {
        const QString said = advance(lever, {10, 2}, kNow + minute * 60'000);
        QVERIFY2(said.contains(QStringLiteral("2 of 10 attempts failed")), qPrintable(said));
        QCOMPARE(lever.stagePercent, 1);
    }
    // few attempts and trouble: no way on, however long it takes
    Lever few = lever;
    few.stageSinceMs = kNow;
    advance(few, {2, 1}, kNow + 3'600'000);
    QCOMPARE(few.stagePercent, 1);
}

void TestLevers::aTroubledMinuteIsForgotten()
{
    Lever lever = leverOf(LeverKind::Drain);
    lever.endedAtMs = kNow;
    advance(lever, {}, kNow);
    advance(lever, {1000, 1000}, kNow + 60'000);
    QCOMPARE(lever.stageSinceMs, kNow + 60'000); // its attempts are counted from here
    advance(lever, {1000, 0}, kNow + 119'000);
    QCOMPARE(lever.stagePercent, 1);
    advance(lever, {1000, 0}, kNow + 120'000);
    QCOMPARE(lever.stagePercent, 10);
}

void TestLevers::aTrickleTakesTenMinutes()
{
    Lever lever = leverOf(LeverKind::Drain);
    lever.endedAtMs = kNow;
    advance(lever, {}, kNow);
    QVERIFY(advance(lever, {4, 0}, kNow + 599'999).contains(QStringLiteral("too few")));
    QCOMPARE(lever.stagePercent, 1);
    advance(lever, {0, 0}, kNow + 600'000);
    QCOMPARE(lever.stagePercent, 10);
}

void TestLevers::otherLeversDoNotFailBack()
{
    for (const auto kind : {LeverKind::Weight, LeverKind::Breaker, LeverKind::Drill}) {
        Lever lever = leverOf(kind);
        lever.endedAtMs = kNow;
        QVERIFY(advance(lever, {100, 0}, kNow + 600'000).isEmpty());
        QCOMPARE(lever.stagePercent, 0);
    }
}

QTEST_GUILESS_MAIN(TestLevers)
#include "tst_levers.moc"

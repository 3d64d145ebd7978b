// The values of config/replay survive their JSON and their queries, whatever is in them; what is unknown stays unknown,
// wrong types and words are errors.
#include "api/gateway_client.h"
#include "api/replay.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace gateway::api;

namespace {

const QDateTime kTime = QDateTime::fromMSecsSinceEpoch(1'795'305'600'123, Qt::UTC);

QString text(const char* words)
{
    return QString::fromLatin1(words);
}

QJsonObject overTheWire(const QJsonObject& json)
{
    return QJsonDocument::fromJson(QJsonDocument(json).toJson(QJsonDocument::Compact)).object();
}

template <typename T, typename Codec>
void verifyRoundTrip(const T& value, Codec codec)
{
    const QJsonObject json = toJson(value);
    for (auto member = json.begin(); member != json.end(); ++member)
        QVERIFY2(!member->isNull(), qPrintable(member.key())); // the sample leaves nothing out
    const auto back = codec(overTheWire(json));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().message));
    QCOMPARE(toJson(*back), json);
}

ReplayReport sampleReport()
{
    ReplayReport report;
    report.id = text("rpl_1");
    report.state = text("done");
    report.error = text("no");
    report.done = 9;
    report.total = 10;
    report.by = text("d");
    report.startedAt = kTime;
    report.endedAt = kTime.addSecs(3);
    report.against = text("draft d_1");
    report.revision = 7;
    report.since = kTime.addDays(-1);
    report.until = kTime;
    report.tenant = text("acme");
    report.alias = text("fast");
    report.calls = 100;
    report.sampled = 10;
    report.replayable = 9;
    report.gaps = {{text("not-read"), text("So."), 1}};
    report.effects = {{text("unchanged"), 0, 8}};
    report.changed = 1;
    report.listed = 1;
    report.candidates = {{text("p/m@r"), 9, 8}};
    report.refusals = {{text("cost_ceiling"), 1, 2}};
    report.zones = {{text("eu"), 3, 4}};
    report.aliases = {{text("fast"), 9, 1}};
    report.tenants = {{text("acme"), 9, 1}};
    const auto usd = [](qint64 nano) { return Money::fromNano(nano); };
    report.cost = {8, 1, usd(1), usd(2), usd(1), usd(-3), usd(4), usd(5), usd(6)};
    report.latency = {8, 1, 10, 11, 12, 13, 1.5, -0.25, 3.25};
    report.headroom = {{text("p"), text("tokens"), 100, 5, 6, 7, 8, kTime}};
    report.budgets = {{text("tenant acme, per day"), usd(7), usd(8), usd(9), kTime}};
    report.assumedHealthy = 2;
    report.confidence = text("low");
    report.coverage = QStringList{text("One."), text("Two.")};
    report.sentence = text("All.");
    return report;
}

} // namespace

class TestReplayCodecs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valuesSurvive();
    void unknownStaysUnknown();
    void effectsHaveNames();
    void queriesSurvive();
    void wrongTypesAreErrors();
};

void TestReplayCodecs::valuesSurvive()
{
    verifyRoundTrip(
        ReplayRequest{text("d_1"), text("signalbox: 1"), 3, kTime, kTime.addSecs(1), text("acme"), text("fast"), 100},
        &replayRequestFromJson);
    verifyRoundTrip(sampleReport(), &replayReportFromJson);
    const ReplayChange change{text("req_1"), kTime, text("acme"), text("fast"), text("newly-refused"), text("p/m@r"),
        text("cost_ceiling"), text("Why."), text("eu"), text("wide"), Money::fromNano(1), Money::fromNano(2),
        Money::fromNano(3)};
    verifyRoundTrip(change, &replayChangeFromJson);
    verifyRoundTrip(ReplayChangePage{{change, change}, text("2"), 5}, &replayChangePageFromJson);
}

void TestReplayCodecs::unknownStaysUnknown()
{
    const auto report = replayReportFromJson(overTheWire(toJson(ReplayReport())));
    QVERIFY(report);
    QVERIFY(!report->cost.low && !report->cost.high && !report->latency.p50AfterMs && !report->latency.lowMs);
    QVERIFY(report->isRunning());
    const auto change = replayChangeFromJson(overTheWire(toJson(ReplayChange())));
    QVERIFY(change && !change->costAfter && !change->boundAfter);
    const auto request = replayRequestFromJson(overTheWire(toJson(ReplayRequest())));
    QVERIFY(request && !request->revision && !request->since);
}

void TestReplayCodecs::effectsHaveNames()
{
    for (int i = 0; i <= int(ReplayEffect::OtherChain); ++i)
        QVERIFY(replayEffectFromName(nameOf(ReplayEffect(i))) == ReplayEffect(i));
    QVERIFY(!replayEffectFromName(u"other"));
}

void TestReplayCodecs::queriesSurvive()
{
    const ReplayChangeQuery asked{text("newly-refused"), text("acme & sons"), text("a+b"), text("100"), 7};
    const auto back = replayChangeQueryFromQuery(QUrlQuery(toQuery(asked).toString(QUrl::FullyEncoded)));
    QVERIFY(back);
    QCOMPARE(back->effect, asked.effect);
    QCOMPARE(back->tenant, asked.tenant);
    QCOMPARE(back->alias, asked.alias);
    QCOMPARE(back->after, asked.after);
    QCOMPARE(back->limit, asked.limit);
    for (const char* bad : {"effect=other", "limit=0", "limit=1001", "limit=many"})
        QVERIFY2(!replayChangeQueryFromQuery(QUrlQuery(text(bad))), bad);
}

void TestReplayCodecs::wrongTypesAreErrors()
{
    QVERIFY(!replayRequestFromJson({{text("revision"), text("seven")}}));
    QVERIFY(!replayRequestFromJson({{text("since"), text("yesterday")}}));
    QVERIFY(!replayRequestFromJson({{text("yaml"), 1}}));
    QVERIFY(!replayReportFromJson({{text("cost"), 1}}));
    QVERIFY(!replayChangePageFromJson({{text("items"), text("none")}}));
}

QTEST_GUILESS_MAIN(TestReplayCodecs)
#include "tst_replay_codecs.moc"

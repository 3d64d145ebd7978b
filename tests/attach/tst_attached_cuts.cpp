// A console's session attached over TLS across two namespaces, the link cut at seeded random moments while changes run.
// Afterwards: what the client was told of each change is what happened, once or not at all, and nothing is left
// unknown; a cut longer than the limit shows as stale within 15 s; events go on without a hole, or the hole was told.
//   SIGNALBOX_CUTS=50 ./tst_attached_cuts      the whole run of `./dev bench attach`; five cuts without it
//   SIGNALBOX_SEED=N                       other moments
#include "change_load.h"
#include "remote_engine.h"

#include "raw_client.h"
#include "session/session.h"

#include <QElapsedTimer>
#include <QMap>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

using namespace gateway;
using namespace gateway::test;

namespace {

constexpr qint64 kStaleLimitMs = 15'000;

enum class Kind
{
    Reset,
    Down,
    Silence,
    SilentAnswers
};

const char* nameOf(Kind kind)
{
    switch (kind) {
    case Kind::Reset:
        return "RST";
    case Kind::Down:
        return "down";
    case Kind::Silence:
        return "silence";
    case Kind::SilentAnswers:
        break;
    }
    return "no answers";
}

struct Cut
{
    Kind kind = Kind::Reset;
    int afterMs = 0; // since the last one healed
    int lengthMs = 0;
    // what came of it
    qint64 staleMs = -1;  // from the cut to Stale; -1: it healed before
    bool wasSeen = false; // the session was anything but live meanwhile
    qint64 liveMs = -1;   // from the healing to Live
    int open = 0;         // changes under way at the cut
};

// Every eighth is longer than the limit; the moments and the rest are drawn.
std::vector<Cut> plan(int count, quint32 seed)
{
    QRandomGenerator random(seed);
    std::vector<Cut> cuts;
    for (int i = 0; i < count; ++i) {
        Cut cut;
        const bool isLong = i % 8 == 3;
        cut.kind = isLong ? (i % 16 == 3 ? Kind::Silence : Kind::Down) : Kind(random.bounded(4));
        cut.afterMs = random.bounded(100, 1500);
        cut.lengthMs = isLong ? random.bounded(16'000, 18'000) : cut.kind == Kind::Reset ? 0 : random.bounded(30, 1800);
        cuts.push_back(cut);
    }
    return cuts;
}

// Sequence numbers as they arrive: each is the next one, or the hole before it was told.
struct EventBook
{
    qint64 last = -1;
    qint64 seen = 0;
    qint64 told = 0; // missing, and said so
    QStringList wrong;

    void take(const QVector<api::Event>& events)
    {
        for (const api::Event& event : events) {
            if (last >= 0 && event.sequence != last + 1)
                wrong.append(QStringLiteral("%1 after %2").arg(event.sequence).arg(last));
            last = event.sequence;
            ++seen;
        }
    }
    void takeGap(qint64 first, qint64 lastMissing)
    {
        if (last >= 0 && first != last + 1)
            wrong.append(QStringLiteral("hole from %1 told after %2").arg(first).arg(last));
        told += lastMissing - first + 1;
        last = lastMissing;
    }
};

} // namespace

class TestAttachedCuts : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void nothingIsLostOrRepeated();

private:
    void cutOnce(Cut& cut, ui::Session& session, const ChangeLoad& changes);

    std::unique_ptr<TwoNamespaces> m_link;
    std::unique_ptr<RemoteEngine> m_engine;
};

void TestAttachedCuts::initTestCase()
{
    for (const QString& why : {TwoNamespaces::whyNot(), RemoteEngine::whyNot()}) {
        if (!why.isEmpty())
            QSKIP(qPrintable(why));
    }
    m_link = std::make_unique<TwoNamespaces>();
    QVERIFY2(m_link->isUp(), qPrintable(m_link->problem()));
    QVERIFY(m_link->enter(TwoNamespaces::Side::Client));
    m_engine = std::make_unique<RemoteEngine>(*m_link);
    const QString wrong = m_engine->start();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

void TestAttachedCuts::cutOnce(Cut& cut, ui::Session& session, const ChangeLoad& changes)
{
    QTest::qWait(cut.afterMs);
    cut.open = changes.open();
    QElapsedTimer since;
    since.start();
    const auto isWhole = [&] {
        return session.freshness() == ui::Freshness::Live && session.streamState() == api::EventStream::State::Live;
    };
    const auto watch = [&] {
        if (cut.staleMs < 0 && session.freshness() == ui::Freshness::Stale)
            cut.staleMs = since.elapsed();
        cut.wasSeen = cut.wasSeen || !isWhole();
        return since.elapsed() >= cut.lengthMs;
    };
    switch (cut.kind) {
    case Kind::Reset:
        m_link->reset();
        break;
    case Kind::Down:
        m_link->down();
        break;
    case Kind::Silence:
        m_link->silence();
        break;
    case Kind::SilentAnswers:
        m_link->silenceAnswers();
        break;
    }
    while (!watch())
        QTest::qWait(10);
    m_link->up();
    QElapsedTimer healed;
    healed.start();
    if (QTest::qWaitFor(isWhole, 60'000))
        cut.liveMs = healed.elapsed();
}

void TestAttachedCuts::nothingIsLostOrRepeated()
{
    if (!m_engine)
        QSKIP("no namespaces here");
    bool isNumber = false;
    int count = qEnvironmentVariableIntValue("SIGNALBOX_CUTS", &isNumber);
    count = isNumber && count > 0 ? count : 5;
    const int asked = qEnvironmentVariableIntValue("SIGNALBOX_SEED", &isNumber);
    const quint32 seed = isNumber ? quint32(asked) : 20261122;
    std::vector<Cut> cuts = plan(count, seed);

    auto transport = std::make_shared<api::HttpTransport>(m_engine->options());
    ui::SessionOptions options;
    options.name = QStringLiteral("engine");
    options.embedded = false;
    ui::Session session(transport, options);
    EventBook book;
    connect(&session, &ui::Session::eventsArrived, this, [&](const QVector<api::Event>& events) { book.take(events); });
    connect(&session, &ui::Session::gapFound, this, [&](qint64 first, qint64 last) { book.takeGap(first, last); });
    session.start();
    QVERIFY(QTest::qWaitFor([&] { return session.freshness() == ui::Freshness::Live; }, 20'000));

    // calls go on all the while, on the engine's own side: the data path, and events
    const QByteArray key = issueKey(session.client(), QStringLiteral("load"));
    QVERIFY(!key.isEmpty());
    std::atomic<bool> stopping = false;
    std::atomic<int> refused = 0;
    std::thread caller([&] {
        m_link->enter(TwoNamespaces::Side::Engine);
        while (!stopping) {
            refused += rawCall(4180, chatRequest(key, "load", false, "on and on")).status != 200;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    // Past the session's own gate, which lets nothing out while its numbers are old: so changes go out at every moment.
    ChangeLoad changes(api::GatewayClient(transport), seed);
    changes.start();
    for (Cut& cut : cuts)
        cutOnce(cut, session, changes);
    changes.stop();
    QTest::qWaitFor([&] { return changes.open() == 0; }, 90'000);
    stopping = true;
    caller.join();

    const ChangeLoad::Verdict verdict = changes.judge(session.client());
    const auto status = await(session.client().status());
    if (status)
        QTest::qWaitFor([&] { return book.last >= status->eventSequence; }, 5000);

    std::printf("  #  cut         length ms  changes open  stale after ms  live again after ms\n");
    std::vector<qint64> stale;
    std::vector<qint64> live;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        const Cut& cut = cuts[i];
        const auto orDash = [](bool isThere, qint64 ms) { return isThere ? QByteArray::number(ms) : QByteArray("-"); };
        std::printf("%3zu  %-10s  %9d  %12d  %14s  %19s\n", i + 1, nameOf(cut.kind), cut.lengthMs, cut.open,
            orDash(cut.staleMs >= 0, cut.staleMs).constData(), orDash(cut.wasSeen, cut.liveMs).constData());
        if (cut.lengthMs > kStaleLimitMs)
            stale.push_back(cut.staleMs < 0 ? 999'999 : cut.staleMs);
        if (cut.wasSeen || cut.liveMs < 0)
            live.push_back(cut.liveMs);
    }
    const auto say = [](const char* what, std::vector<qint64> values) {
        std::sort(values.begin(), values.end());
        if (!values.empty())
            std::printf("%s: min %lld, median %lld, max %lld ms (n = %zu)\n", what,
                static_cast<long long>(values.front()), static_cast<long long>(values[values.size() / 2]),
                static_cast<long long>(values.back()), values.size());
    };
    say("stale after a cut longer than 15 s", stale);
    say("live again after the link healed", live);
    std::printf("changes: %d; told applied %d, not applied %d, unknown %d, unanswered %d; wrongly told: %d\n",
        verdict.changes, verdict.applied, verdict.notApplied, verdict.unknown, verdict.unanswered,
        int(verdict.wrong.size()));
    QMap<QString, int> whys;
    for (const ChangeLoad::Change& change : changes.changes()) {
        if (change.told == ChangeLoad::Told::NotApplied)
            ++whys[QString(change.words)
                       .replace(QRegularExpression(QStringLiteral("\\d+|[a-z]+_[a-z0-9]{6,}")), QStringLiteral("N"))];
    }
    for (auto why = whys.cbegin(); why != whys.cend(); ++why)
        std::printf("  not applied, %d times: %s\n", why.value(), qPrintable(why.key()));
    std::printf(
        "events: %lld in order, %lld missing and told, out of order: %d; calls refused meanwhile: %d; seed %u\n",
        static_cast<long long>(book.seen), static_cast<long long>(book.told), int(book.wrong.size()), refused.load(),
        seed);
    std::fflush(stdout);

    QVERIFY2(verdict.wrong.isEmpty(), qPrintable(verdict.wrong.join(u'\n')));
    QCOMPARE(verdict.unanswered, 0);
    QCOMPARE(verdict.unknown, 0);
    QVERIFY(verdict.applied > count); // the test changed something
    QVERIFY2(book.wrong.isEmpty(), qPrintable(book.wrong.join(u'\n')));
    QVERIFY(status);
    QVERIFY2(book.last >= status->eventSequence, "the last events did not come");
    QCOMPARE(refused.load(), 0);
    for (const qint64 ms : stale)
        QVERIFY2(ms <= kStaleLimitMs, qPrintable(QStringLiteral("stale after %1 ms").arg(ms)));
    for (const qint64 ms : live)
        QVERIFY2(ms >= 0, "the session did not come back within a minute");
}

QTEST_GUILESS_MAIN(TestAttachedCuts)
#include "tst_attached_cuts.moc"

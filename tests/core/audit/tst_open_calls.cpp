// The list of open calls survives the process, tells torn slots apart, and never runs over.
#include "audit/open_calls.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

using namespace gateway;
using audit::OpenCalls;

namespace {

api::Call sample(const QString& id)
{
    api::Call call;
    call.id = id;
    call.startedAt = QDateTime::fromMSecsSinceEpoch(1'795'305'600'123, Qt::UTC);
    call.tenant = QStringLiteral("acme");
    call.alias = QStringLiteral("chat");
    call.credential = QStringLiteral("0abc");
    call.surface = QStringLiteral("openai.chat");
    call.zone = QStringLiteral("eu-only");
    call.feature = QStringLiteral("search");
    call.agent = QStringLiteral("bot");
    call.user = QStringLiteral("u\u00e4");
    call.revision = 9;
    return call;
}

} // namespace

class TestOpenCalls : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;

    std::unique_ptr<OpenCalls> map(int workers = 2, int slotsPerWorker = 8)
    {
        auto calls = OpenCalls::map(m_directory->path(), workers, slotsPerWorker);
        if (!calls)
            qWarning("%s", qPrintable(calls.error().message));
        return calls ? std::move(*calls) : nullptr;
    }
    static QStringList ids(const OpenCalls& calls)
    {
        QStringList list;
        for (const api::Call& call : calls.leftOver())
            list.append(call.id);
        list.sort();
        return list;
    }

private Q_SLOTS:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }

    void whatIsOpenIsFoundAgain()
    {
        {
            auto calls = map();
            QVERIFY(calls && calls->leftOver().empty());
            const int a = calls->region(0).open(sample(QStringLiteral("req_a")));
            const int b = calls->region(1).open(sample(QStringLiteral("req_b")));
            const int c = calls->region(0).open(sample(QStringLiteral("req_c")));
            calls->region(0).note(a, u"p1/m1@r1", std::nullopt);
            calls->region(0).note(a, u"p2/org/m2@v1@r2", std::nullopt);
            calls->region(0).close(c);
            QVERIFY(b >= 0);
        }
        auto calls = map();
        QCOMPARE(ids(*calls), (QStringList{QStringLiteral("req_a"), QStringLiteral("req_b")}));
        QCOMPARE(calls->damaged(), 0);
        const api::Call& a = calls->leftOver()[0];
        api::Call expected = sample(QStringLiteral("req_a"));
        QCOMPARE(a.startedAt, expected.startedAt);
        QCOMPARE(a.tenant, expected.tenant);
        QCOMPARE(a.alias, expected.alias);
        QCOMPARE(a.credential, expected.credential);
        QCOMPARE(a.surface, expected.surface);
        QCOMPARE(a.workloadClass, expected.workloadClass);
        QCOMPARE(a.zone, expected.zone);
        QCOMPARE(a.feature, expected.feature);
        QCOMPARE(a.agent, expected.agent);
        QCOMPARE(a.user, expected.user);
        QCOMPARE(a.revision, 9);
        QCOMPARE(int(a.outcome), int(api::CallOutcome::Indeterminate));
        QCOMPARE(a.attempts.size(), 1);
        QCOMPARE(a.attempts[0].number, 2);
        QCOMPARE(a.attempts[0].provider, QStringLiteral("p2"));
        QCOMPARE(a.attempts[0].model, QStringLiteral("org/m2@v1"));
        QCOMPARE(a.attempts[0].region, QStringLiteral("r2"));
        QVERIFY(calls->leftOver()[1].attempts.isEmpty());
    }

    void whatItCost()
    {
        const auto usd = [](qint64 nano) { return api::Money::fromNano(nano); };
        {
            auto calls = map(1, 8);
            auto& region = calls->region(0);
            const auto open = [&](const char* id) { return region.open(sample(QString::fromLatin1(id))); };
            const int underWay = open("req_a");
            region.note(underWay, u"p/m@r", usd(700));
            const int over = open("req_b");
            region.note(over, u"p/m@r", usd(700));
            region.settled(over, usd(30));
            const int third = open("req_c");
            region.note(third, u"p1/m@r", usd(100));
            region.settled(third, usd(10));
            region.note(third, u"p2/m@r", usd(200));
            region.settled(third, usd(20));
            region.note(third, u"p3/m@r", usd(300));
            const int unpriced = open("req_d");
            region.note(unpriced, u"p/m@r", std::nullopt);
            region.settled(unpriced, std::nullopt);
            const int neverSettled = open("req_e");
            region.note(neverSettled, u"p/m@r", usd(7));
            region.note(neverSettled, u"p/m@r", usd(8));
            region.settled(neverSettled, usd(0));
            region.settled(open("req_f"), usd(1)); // no attempt: nothing to settle
            const int silent = open("req_g");
            region.note(silent, u"p/m@r", usd(40));
            region.settled(silent, usd(40), false);
            region.note(silent, u"p/m@r", usd(2));
        }
        auto calls = map(1, 8);
        QHash<QString, api::Call> found;
        for (const api::Call& call : calls->leftOver())
            found.insert(call.id, call);
        QCOMPARE(found.size(), 7);
        const auto attempts = [&](const char* id) { return found[QString::fromLatin1(id)].attempts; };
        QCOMPARE(attempts("req_a").size(), 1);
        QCOMPARE(*attempts("req_a")[0].cost, usd(700));
        QCOMPARE(*attempts("req_a")[0].costEstimated, usd(700));
        QVERIFY(!attempts("req_a")[0].costKnown);
        QCOMPARE(*found[QStringLiteral("req_a")].cost, usd(700));
        QCOMPARE(*attempts("req_b")[0].cost, usd(30));
        QVERIFY(attempts("req_b")[0].costKnown);
        QCOMPARE(attempts("req_c").size(), 2);
        QCOMPARE(attempts("req_c")[0].number, 2);
        QCOMPARE(*attempts("req_c")[0].cost, usd(30));
        QCOMPARE(attempts("req_c")[1].number, 3);
        QCOMPARE(attempts("req_c")[1].provider, QStringLiteral("p3"));
        QCOMPARE(*attempts("req_c")[1].cost, usd(300));
        QCOMPARE(*found[QStringLiteral("req_c")].cost, usd(330));
        QVERIFY(!attempts("req_d")[0].cost && attempts("req_d")[0].costKnown);
        QVERIFY(!found[QStringLiteral("req_d")].cost);
        QCOMPARE(*attempts("req_e")[0].cost, usd(7)); // was still held when the next one began
        QCOMPARE(*attempts("req_e")[1].cost, usd(0));
        QVERIFY(attempts("req_f").isEmpty());
        QCOMPARE(*attempts("req_g")[0].cost, usd(40));
        QVERIFY(!attempts("req_g")[1].costKnown);
    }

    // A file of version 1, byte by byte as it was written: its calls come back, without amounts, and it is version 2
    // afterwards.
    void anOlderFileIsReadAndBroughtUp()
    {
        {
            auto calls = map(1, 4);
            calls->region(0).note(calls->region(0).open(sample(QStringLiteral("req_a"))), u"p/m@r", std::nullopt);
            calls->region(0).open(sample(QStringLiteral("req_b")));
        }
        QFile file(m_directory->filePath(QStringLiteral("open_calls")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const qsizetype slot = 4096;
        QCOMPARE(bytes[slot + 4], char(1 << 1 | 1));
        bytes.replace(slot + 368, 4 + 5, QByteArray::fromHex("0500") + QByteArray::fromHex("dcaf") + "p/m@r");
        bytes[8] = 1;
        QVERIFY(file.seek(0) && file.write(bytes) == bytes.size());
        file.close();
        for (int round = 0; round < 2; ++round) {
            auto calls = map(1, 4);
            QVERIFY(calls);
            QCOMPARE(ids(*calls), (QStringList{QStringLiteral("req_a"), QStringLiteral("req_b")}));
            QCOMPARE(calls->leftOver()[0].attempts[0].provider, QStringLiteral("p"));
            QVERIFY(!calls->leftOver()[0].attempts[0].cost);
            QVERIFY(!calls->leftOver()[0].attempts[0].costKnown);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll()[8], char(2));
            file.close();
        }
    }

    void leftOversHoldTheirSlotsUntilCleared()
    {
        {
            auto calls = map(1, 4);
            for (int i = 0; i < 3; ++i)
                calls->region(0).open(sample(QStringLiteral("req_%1").arg(i)));
        }
        auto calls = map(1, 4);
        QCOMPARE(calls->region(0).freeSlots(), 1);
        QVERIFY(calls->region(0).open(sample(QStringLiteral("req_new"))) >= 0);
        QCOMPARE(calls->region(0).open(sample(QStringLiteral("req_more"))), -1);
        calls->clearLeftOver();
        QCOMPARE(calls->region(0).freeSlots(), 3);
        calls.reset();
        QCOMPARE(ids(*map(1, 4)), QStringList{QStringLiteral("req_new")});
    }

    void flushedWhileInUse()
    {
        auto calls = map(1, 4);
        calls->region(0).note(calls->region(0).open(sample(QStringLiteral("req_a"))), u"p/m@r", std::nullopt);
        QVERIFY(calls->flush());
        calls->region(0).open(sample(QStringLiteral("req_b")));
        calls.reset();
        QCOMPARE(ids(*map(1, 4)), (QStringList{QStringLiteral("req_a"), QStringLiteral("req_b")}));
    }

    void aSlotIsUsedAgain()
    {
        auto calls = map(1, 1);
        for (int i = 0; i < 1000; ++i) {
            const int slot = calls->region(0).open(sample(QStringLiteral("req_%1").arg(i)));
            QCOMPARE(slot, 0);
            if (i % 2)
                calls->region(0).note(slot, u"p/m@r", api::Money::fromNano(5));
            QCOMPARE(calls->region(0).open(sample(QStringLiteral("req_x"))), -1);
            if (i < 999)
                calls->region(0).close(slot);
        }
        calls.reset();
        QCOMPARE(ids(*map(1, 1)), QStringList{QStringLiteral("req_999")});
    }

    void otherWorkerCounts_data()
    {
        QTest::addColumn<int>("workers");
        QTest::addColumn<int>("slotsPerWorker");
        QTest::newRow("more") << 6 << 8;
        QTest::newRow("fewer") << 1 << 2;
        QTest::newRow("other slots") << 2 << 3;
    }
    void otherWorkerCounts()
    {
        QFETCH(int, workers);
        QFETCH(int, slotsPerWorker);
        QStringList opened;
        {
            auto calls = map(3, 8);
            for (int w = 0; w < 3; ++w) {
                for (int i = 0; i < 8; ++i) {
                    opened.append(QStringLiteral("req_%1_%2").arg(w).arg(i));
                    calls->region(w).open(sample(opened.last()));
                }
            }
        }
        auto calls = map(workers, slotsPerWorker);
        QCOMPARE(ids(*calls), opened);
        calls->clearLeftOver();
        for (int w = 0; w < workers; ++w)
            QCOMPARE(calls->region(w).freeSlots(), slotsPerWorker);
        calls.reset();
        QCOMPARE(ids(*map(workers, slotsPerWorker)), QStringList());
    }

    void longTextsAreCutWhole()
    {
        {
            auto calls = map();
            api::Call call = sample(QStringLiteral("req_a"));
            call.user = QStringLiteral("\u20ac").repeated(500);
            call.feature = QStringLiteral("x").repeated(5000);
            const int slot = calls->region(0).open(call);
            calls->region(0).note(
                slot, QString(QStringLiteral("p/") + QStringLiteral("m\u20ac").repeated(500)), std::nullopt);
        }
        auto calls = map();
        QCOMPARE(calls->leftOver().size(), std::size_t(1));
        QCOMPARE(calls->leftOver()[0].user, QStringLiteral("\u20ac").repeated(21));
        QCOMPARE(calls->leftOver()[0].feature.size(), 64);
        QVERIFY(!calls->leftOver()[0].attempts[0].model.contains(QChar::ReplacementCharacter));
    }

    // Any byte of a slot damaged: the call comes back as it was, or is counted as damaged; never a wrong call.
    void damagedAtEveryByte()
    {
        {
            auto calls = map(1, 2);
            calls->region(0).note(
                calls->region(0).open(sample(QStringLiteral("req_a"))), u"p/m@r", api::Money::fromNano(5));
        }
        QFile file(m_directory->filePath(QStringLiteral("open_calls")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray whole = file.readAll();
        int damaged = 0;
        for (int at = 4096; at < 4096 + 1280; ++at) {
            const char changed = char(whole[at] ^ 0x11);
            QVERIFY(file.seek(at) && file.write(&changed, 1) == 1 && file.flush());
            {
                auto calls = map(1, 2);
                QVERIFY(calls);
                QCOMPARE(int(calls->leftOver().size()) + calls->damaged(), 1);
                damaged += calls->damaged();
                for (const api::Call& call : calls->leftOver()) {
                    QCOMPARE(call.id, QStringLiteral("req_a"));
                    QCOMPARE(call.tenant, QStringLiteral("acme"));
                    QVERIFY(call.attempts.isEmpty() || call.attempts[0].provider.isEmpty() ||
                            call.attempts[0].provider == QLatin1String("p"));
                    // never another amount than the one noted
                    QVERIFY(call.attempts.isEmpty() || !call.attempts[0].cost || call.attempts[0].cost->nano() == 5);
                }
            }
            QVERIFY(file.seek(0) && file.write(whole) == whole.size() && file.flush());
        }
        QVERIFY(damaged > 50);
    }

    void anotherFileIsRefused()
    {
        QFile file(m_directory->filePath(QStringLiteral("open_calls")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(8192, 'x'));
        file.close();
        QVERIFY(!OpenCalls::map(m_directory->path(), 1, 1).ok());
    }

    void survivesKill()
    {
        for (int round = 0; round < 20; ++round) {
            init();
            int pipes[2];
            QCOMPARE(::pipe(pipes), 0);
            const pid_t child = ::fork();
            if (child == 0) {
                auto calls = map(1, 64);
                for (int i = 0;; ++i) {
                    const int slot = calls->region(0).open(sample(QStringLiteral("req_%1").arg(i)));
                    calls->region(0).note(slot, u"p/m@r", api::Money::fromNano(5));
                    if (i % 3)
                        calls->region(0).close(slot);
                    if (calls->region(0).freeSlots() == 1) {
                        if (::write(pipes[1], "x", 1) != 1)
                            ::_exit(1);
                        for (int k = 0;; ++k) { // open and close for ever, until the kill
                            const int last = calls->region(0).open(sample(QStringLiteral("req_last_%1").arg(k)));
                            calls->region(0).note(last, u"p/m@r", api::Money::fromNano(5));
                            calls->region(0).close(last);
                        }
                    }
                }
            }
            ::close(pipes[1]);
            char byte = 0;
            QCOMPARE(::read(pipes[0], &byte, 1), 1);
            ::usleep(useconds_t(50 * round));
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
            ::close(pipes[0]);
            auto calls = map(1, 64);
            QCOMPARE(calls->damaged(), 0);
            QVERIFY(calls->leftOver().size() == 63 || calls->leftOver().size() == 64);
            for (const api::Call& call : calls->leftOver())
                QVERIFY(call.attempts.isEmpty() || call.attempts[0].provider == QLatin1String("p"));
        }
    }
};

QTEST_APPLESS_MAIN(TestOpenCalls)
#include "tst_open_calls.moc"

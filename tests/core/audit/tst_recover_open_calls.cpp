// What was open is recorded once, whatever was already in the record and however often the start is repeated.
#include "audit/recover_open_calls.h"
#include "store/call_reader.h"
#include "store/store.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace gateway::audit;

namespace {

// Settles everything as lost: a disk that takes nothing.
class LosingRecorder final : public Recorder
{
public:
    void record(std::shared_ptr<const api::Call>, CommitSink* sink, quint64 token, Haste) override
    {
        sink->recordsSettled({Acknowledgement{token, Durability::Lost}});
    }
    bool accepting() const override { return false; }
};

api::Call sample(const QString& id)
{
    api::Call call;
    call.id = id;
    call.startedAt = QDateTime::fromMSecsSinceEpoch(1'795'305'600'123, Qt::UTC);
    call.tenant = QStringLiteral("acme");
    return call;
}

} // namespace

class TestRecoverOpenCalls : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<store::CallReader> m_reader;
    std::unique_ptr<OpenCalls> m_open;
    static constexpr qint64 kNow = 1'795'305'700'000;

    void start()
    {
        m_reader.reset();
        m_store.reset();
        m_open.reset();
        store::StoreOptions options;
        options.directory = m_directory->path();
        options.journalBytes = 64 << 10;
        auto store = store::Store::open(options);
        QVERIFY(store.ok());
        m_store = std::move(*store);
        auto reader = store::CallReader::open(m_store->databaseFile());
        QVERIFY(reader.ok());
        m_reader = std::move(*reader);
        auto open = OpenCalls::map(m_directory->path(), 1, 16);
        QVERIFY(open.ok());
        m_open = std::move(*open);
    }
    qint64 total() const
    {
        m_store->waitUntilFiled(std::chrono::seconds(60));
        return m_reader->list({})->total;
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        start();
    }
    void cleanup()
    {
        m_reader.reset();
        m_store.reset();
        m_open.reset();
    }

    void nothingToDo() { QCOMPARE(*recoverOpenCalls(*m_store, *m_reader, *m_open, kNow), 0); }

    void eachOnce()
    {
        // one committed and closed, one committed but still open, two only open
        auto& region = m_open->region(0);
        auto committed = std::make_shared<api::Call>(sample(QStringLiteral("req_both")));
        committed->outcome = api::CallOutcome::Answered;
        region.open(*committed);
        m_store->record(committed, nullptr, 0);
        region.note(region.open(sample(QStringLiteral("req_sent"))), u"p/m@r", api::Money::fromNano(900));
        region.open(sample(QStringLiteral("req_waiting")));
        region.close(region.open(sample(QStringLiteral("req_closed"))));

        start(); // as after a kill: nobody closed the slots
        QCOMPARE(m_open->leftOver().size(), std::size_t(3));
        QCOMPARE(*recoverOpenCalls(*m_store, *m_reader, *m_open, kNow), 2);
        QVERIFY(m_open->leftOver().empty());
        QCOMPARE(m_open->region(0).freeSlots(), 16);
        QCOMPARE(total(), 3);
        QCOMPARE(int(m_reader->find(QStringLiteral("req_both"))->outcome), int(api::CallOutcome::Answered));
        const auto sent = m_reader->find(QStringLiteral("req_sent"));
        QCOMPARE(int(sent->outcome), int(api::CallOutcome::Indeterminate));
        QCOMPARE(sent->attempts.size(), 1);
        QCOMPARE(sent->attempts[0].provider, QStringLiteral("p"));
        QCOMPARE(sent->attempts[0].cost->nano(), qint64(900));
        QVERIFY(!sent->attempts[0].costKnown);
        QVERIFY(sent->errorDetail.contains(QLatin1String("2026-11-22T")));
        QVERIFY(m_reader->find(QStringLiteral("req_waiting"))->attempts.isEmpty());

        start();
        QCOMPARE(*recoverOpenCalls(*m_store, *m_reader, *m_open, kNow), 0);
        QCOMPARE(total(), 3);
    }

    void aCrashDuringRecoveryRepeatsItHarmlessly()
    {
        m_open->region(0).open(sample(QStringLiteral("req_a")));
        start();
        // recorded, but the engine dies before the list is cleared
        for (const api::Call& call : m_open->leftOver())
            m_store->record(std::make_shared<const api::Call>(call), nullptr, 0);
        start();
        QCOMPARE(m_open->leftOver().size(), std::size_t(1));
        QCOMPARE(*recoverOpenCalls(*m_store, *m_reader, *m_open, kNow), 0);
        QCOMPARE(total(), 1);
    }

    void whatCannotBeRecordedStaysListed()
    {
        m_open->region(0).open(sample(QStringLiteral("req_a")));
        start();
        LosingRecorder losing;
        QVERIFY(!recoverOpenCalls(losing, *m_reader, *m_open, kNow).ok());
        QCOMPARE(m_open->leftOver().size(), std::size_t(1));
        start();
        QCOMPARE(*recoverOpenCalls(*m_store, *m_reader, *m_open, kNow), 1);
        QVERIFY(m_store->waitUntilFiled(std::chrono::seconds(60)));
        QCOMPARE(total(), 1);
    }
};

QTEST_GUILESS_MAIN(TestRecoverOpenCalls)
#include "tst_recover_open_calls.moc"
